//! SQLite files as people have them: odd names, odd tables, none at all, very many.

use std::{fmt::Write, path::Path};

use rusqlite::Connection;
use serde_json::{Value, json};
use sqlatte_e2e::{Server, Start};
use tempfile::TempDir;

use crate::support::Api;

struct Own {
    _folder: TempDir,
    _server: Server,
    api: Api,
}

/// A server without a model on a file with this in it.
async fn own(sql: &str) -> Own {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("own.db");
    write(&file, sql);
    let server = Start::new().database(&file).serve();
    let api = Api::of(&server).await;
    Own { _folder: folder, _server: server, api }
}

fn write(file: &Path, sql: &str) {
    Connection::open(file).unwrap().execute_batch(sql).unwrap();
}

/// All that looks at the schema, and every suggested question, is answered.
async fn is_at_home(api: &Api) -> Value {
    let tables = api.get("/api/tables").await.expect(200)["tables"].clone();
    for some in tables.as_array().unwrap().chunks(200) {
        api.post("/api/schema", &json!({ "tables": some })).await.expect(200);
    }
    let suggestions = api.get("/api/suggestions").await.expect(200);
    for question in suggestions["suggestions"].as_array().unwrap() {
        let answer = api.ask(question.as_str().unwrap()).await.expect(200);
        assert_eq!(answer["response_type"], "sql", "{question}: {answer}");
    }
    api.ask("hello").await.expect(200);
    api.ask("how many customers are there?").await.expect(200);
    tables
}

#[tokio::test]
async fn names_that_need_quotes() {
    let own = own(r#"
        CREATE TABLE "order" ("group" INTEGER PRIMARY KEY, "select" TEXT, "from" REAL);
        INSERT INTO "order" VALUES (1, 'a', 1.5), (2, 'b', NULL);
        CREATE TABLE "two words" ("first name" TEXT, "the ""best"" one" INTEGER, "a.b" TEXT);
        INSERT INTO "two words" VALUES ('Ann', 1, 'x');
        CREATE TABLE "Müşteri" ("adı" TEXT, "şehir" TEXT);
        INSERT INTO "Müşteri" VALUES ('İpek', 'İstanbul');
        CREATE TABLE "订单" ("金额" DECIMAL(10, 2));
        CREATE TABLE "quote'd" (x);
        CREATE TABLE "semi;colon" (x);
        CREATE TABLE "日本 -- 語" (x);
    "#)
    .await;
    assert_eq!(is_at_home(&own.api).await.as_array().unwrap().len(), 7);
    let rows =
        own.api.sql(r#"SELECT "first name", "the ""best"" one", "a.b" FROM "two words""#).await.expect(200);
    assert_eq!(rows["columns"], json!(["first name", "the \"best\" one", "a.b"]));
    let rows = own.api.sql("SELECT \"adı\" FROM \"Müşteri\"").await.expect(200);
    assert_eq!(rows["data"], json!([["İpek"]]));
}

#[tokio::test]
async fn every_kind_of_table() {
    let own = own("
        CREATE TABLE plain (id INTEGER PRIMARY KEY AUTOINCREMENT, a INTEGER, b INTEGER GENERATED ALWAYS AS (a * 2) VIRTUAL);
        INSERT INTO plain (a) VALUES (1), (2);
        CREATE TABLE keyed (code TEXT PRIMARY KEY, title TEXT) WITHOUT ROWID;
        CREATE TABLE strict_one (id INTEGER PRIMARY KEY, anything ANY) STRICT;
        CREATE TABLE itself (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES itself (id));
        CREATE TABLE paired (a INTEGER, b INTEGER, PRIMARY KEY (a, b), FOREIGN KEY (a, b) REFERENCES paired (b, a));
        CREATE TABLE dangling (id INTEGER, gone_id INTEGER REFERENCES gone (id));
        CREATE VIEW seen AS SELECT id, a + b AS sum FROM plain;
        CREATE VIEW itself_not AS SELECT * FROM nowhere;
        CREATE VIRTUAL TABLE searched USING fts5 (title, body);
        INSERT INTO searched VALUES ('coffee', 'is good');
        CREATE TRIGGER quiet AFTER INSERT ON plain BEGIN SELECT 1; END;
        CREATE INDEX plain_a ON plain (a);
    ")
    .await;
    let tables = own.api.get("/api/tables").await.expect(200)["tables"].clone();
    for name in ["plain", "keyed", "strict_one", "itself", "paired", "dangling", "seen", "searched"] {
        assert!(tables.as_array().unwrap().contains(&json!(name)), "no {name} in {tables}");
        own.api.post("/api/schema", &json!({"tables": [name]})).await.expect(200);
    }
    assert!(
        !tables.to_string().contains("sqlite_"),
        "SQLite's own tables are none of the people's: {tables}"
    );
    let rows = own.api.sql("SELECT id, a, b FROM plain ORDER BY id").await.expect(200);
    assert_eq!(rows["data"], json!([[1, 1, 2], [2, 2, 4]]));
    let found = own.api.sql("SELECT title FROM searched WHERE searched MATCH 'good'").await;
    assert_eq!(found.expect(200)["data"], json!([["coffee"]]));
    is_at_home(&own.api).await;
}

#[tokio::test]
async fn no_tables_at_all() {
    let own = own("CREATE TABLE x (a); DROP TABLE x; VACUUM;").await;
    assert_eq!(own.api.get("/api/tables").await.expect(200)["tables"], json!([]));
    let problem = own.api.ask("how many customers are there?").await.problem(503, "no_tables");
    assert!(problem["detail"].as_str().unwrap().contains("is empty"), "{problem}");
    assert_eq!(own.api.get("/api/suggestions").await.expect(200)["suggestions"], json!([]));
}

#[tokio::test]
async fn very_many_tables_and_columns() {
    let mut sql = String::from("BEGIN;");
    for number in 0..400 {
        write!(sql, "CREATE TABLE part_{number} (id INTEGER PRIMARY KEY, label TEXT, amount REAL);").unwrap();
    }
    let columns: Vec<String> = (0..1000).map(|number| format!("column_{number} INTEGER")).collect();
    write!(sql, "CREATE TABLE wide ({}); INSERT INTO wide DEFAULT VALUES; COMMIT;", columns.join(", "))
        .unwrap();
    let own = own(&sql).await;
    assert_eq!(is_at_home(&own.api).await.as_array().unwrap().len(), 401);
    let row = own.api.sql("SELECT * FROM wide").await.expect(200);
    assert_eq!(row["data"][0].as_array().unwrap().len(), 1000);
}

/// Somebody writes while we read: what is committed is seen, and neither waits for the other.
#[tokio::test]
async fn a_file_that_is_written_to() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("live.db");
    write(&file, "PRAGMA journal_mode = WAL; CREATE TABLE events (id INTEGER PRIMARY KEY, name TEXT);");
    let writer = Connection::open(&file).unwrap();
    let server = Start::new().database(&file).serve();
    let api = Api::of(&server).await;
    for number in 1..=20 {
        writer.execute_batch("BEGIN IMMEDIATE; INSERT INTO events (name) VALUES ('one')").unwrap();
        let count = || api.sql("SELECT count(*) FROM events");
        assert_eq!(count().await.expect(200)["data"], json!([[number - 1]]), "not committed yet");
        writer.execute_batch("COMMIT").unwrap();
        assert_eq!(count().await.expect(200)["data"], json!([[number]]));
    }
}
