//! Tables that go, and come back in another shape, while the server knows them: each answer says what is true of
//! them now.

use serde_json::json;
use sqlatte_e2e::Start;

use crate::engine::Engine;

async fn a_dropped_table_is_told(engine: Engine) {
    let Some(fresh) = engine.fresh().await else { return };
    let mut admin = fresh.admin().await;
    for sql in ["CREATE TABLE passing (n integer)", "INSERT INTO passing VALUES (7)"] {
        admin.run(sql).await;
    }
    let server = Start::new().argument("--database").argument(fresh.reader().await).serve();
    let (client, sql) = (server.client(), "SELECT * FROM passing");
    let schema = client.get("/api/tables").await.expect(200).to_string();
    assert!(schema.contains("passing"), "{schema}");
    // Twice: what a connection remembers of a statement is used by the second.
    for _ in 0..2 {
        assert_eq!(client.sql(sql).await.expect(200)["data"], json!([[7]]));
    }

    admin.run("DROP TABLE passing").await;
    // The database misses it first, and from then on the server knows.
    let missed = client.sql(sql).await.problem(422, "sql_rejected");
    assert!(missed["detail"].as_str().unwrap().contains("passing"), "{missed}");
    assert_eq!(missed["sql"], sql, "{missed}");
    let refused = client.sql(sql).await.problem(422, "sql_refused");
    let detail = "the table `passing` is not among the tables you may ask; use one of those the schema shows";
    assert_eq!(refused["detail"], detail);

    for sql in ["CREATE TABLE passing (a integer, n integer)", "INSERT INTO passing VALUES (1, 2)"] {
        admin.run(sql).await;
    }
    if engine == Engine::Postgresql {
        // Rights went with the table.
        admin.run("GRANT SELECT ON passing TO PUBLIC").await;
    }
    let schema = client.get("/api/tables?refresh=true").await.expect(200).to_string();
    assert!(schema.contains("passing"), "{schema}");
    let answer = client.sql(sql).await.expect(200);
    assert_eq!((&answer["columns"], &answer["data"]), (&json!(["a", "n"]), &json!([[1, 2]])));
    drop((server, admin));
    fresh.remove().await;
}

#[tokio::test]
async fn postgresql_misses_it() {
    a_dropped_table_is_told(Engine::Postgresql).await;
}

#[tokio::test]
async fn mysql_misses_it() {
    a_dropped_table_is_told(Engine::Mysql).await;
}

#[tokio::test]
async fn mariadb_misses_it() {
    a_dropped_table_is_told(Engine::Mariadb).await;
}

#[tokio::test]
async fn trino_misses_it() {
    a_dropped_table_is_told(Engine::Trino).await;
}
