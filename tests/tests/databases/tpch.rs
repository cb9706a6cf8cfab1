//! TPC-H at scale 0.01: each query passes the guard and gives the rows that the engine's own client gives.

use std::process::Command;

use serde_json::Value;
use sqlatte_e2e::{Client, Server, Start};

use crate::engine::{Admin, Engine, Fresh, required};

const SCHEMA: &str = include_str!("tpch/schema.sql");
const QUERIES: &str = include_str!("tpch/queries.sql");
const TABLES: [&str; 8] =
    ["region", "nation", "part", "supplier", "partsupp", "customer", "orders", "lineitem"];
/// Rows of one INSERT.
const CHUNK: usize = 2000;

fn queries() -> Vec<(String, String)> {
    let parts = QUERIES.split("-- Q").skip(1).map(|part| part.split_once('\n').unwrap());
    parts.map(|(number, sql)| (format!("Q{number}"), sql.trim().to_owned())).collect()
}

/// The server, asking this database, with limits that no answer here meets.
fn serve(url: &str) -> Server {
    let limits = "query: { default_limit: 100000, max_limit: 100000, timeout: 300 }";
    Start::new().config(limits).argument("--database").argument(url).serve()
}

/// Trino makes the data itself.
fn trino() -> Option<String> {
    let url = required("SQLATTE_TEST_TRINO_URL", "Trino, which makes the data")?;
    Some(url.replace("http://", "trino://admin@") + "/tpch_standard/tiny")
}

async fn rows(api: &Client, sql: &str) -> Vec<Vec<String>> {
    let answer = api.sql(sql).await.expect(200);
    assert_eq!(answer["truncated"], Value::Bool(false));
    let rows = answer["data"].as_array().unwrap().iter();
    rows.map(|row| row.as_array().unwrap().iter().map(text).collect()).collect()
}

/// A cell as the clients print it.
fn text(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

async fn load(trino: &str, to: &mut Admin) {
    for sql in SCHEMA.split(';').map(str::trim).filter(|sql| !sql.is_empty()) {
        to.run(sql).await;
    }
    let source = serve(trino);
    let api = source.client();
    for table in TABLES {
        for chunk in rows(&api, &format!("SELECT * FROM {table}")).await.chunks(CHUNK) {
            let quoted = |cell: &String| format!("'{}'", cell.replace('\'', "''"));
            let rows = chunk
                .iter()
                .map(|row| format!("({})", row.iter().map(quoted).collect::<Vec<_>>().join(", ")));
            to.run(&format!("INSERT INTO {table} VALUES {}", rows.collect::<Vec<_>>().join(", "))).await;
        }
    }
}

/// What the engine's own client prints for a query.
fn own_client(fresh: &Fresh, sql: &str) -> Vec<Vec<String>> {
    let mut command = match fresh.engine {
        Engine::Postgresql => {
            let mut psql = Command::new("psql");
            psql.args(["-XqAt", "-F", "\t", "-P", "null=NULL", "-c", sql, "-d", &fresh.url]);
            psql
        }
        Engine::Mysql | Engine::Mariadb => {
            let place = fresh.place();
            let mut client = Command::new("mariadb");
            client.args(["--no-defaults", "--batch", "--raw", "--skip-column-names", "--protocol=tcp"]);
            client.args(["-h", &place.host, "-P", &place.port, "-u", &place.user, "-e", sql, &fresh.name]);
            client.args(["--default-character-set=utf8mb4"]).env("MYSQL_PWD", &place.password);
            client
        }
    };
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    printed.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

async fn same_as_its_own_client(engine: Engine) {
    let (Some(trino), Some(fresh)) = (trino(), engine.fresh().await) else { return };
    load(&trino, &mut fresh.admin().await).await;
    let server = serve(&fresh.reader().await);
    for (name, sql) in queries() {
        let expected = own_client(&fresh, &sql);
        assert!(!expected.is_empty(), "{name} gives no rows");
        assert_eq!(rows(&server.client(), &sql).await, expected, "{name}");
    }
    drop(server);
    fresh.remove().await;
}

#[tokio::test]
async fn postgresql_gives_what_psql_gives() {
    same_as_its_own_client(Engine::Postgresql).await;
}

#[tokio::test]
async fn mysql_gives_what_its_client_gives() {
    same_as_its_own_client(Engine::Mysql).await;
}

#[tokio::test]
async fn mariadb_gives_what_its_client_gives() {
    same_as_its_own_client(Engine::Mariadb).await;
}
