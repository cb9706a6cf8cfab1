//! Files as people have them: broken, locked, gone, and with names nobody expected.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use futures::TryStreamExt;
use rusqlite::Connection;
use sqlatte_db_sqlite::{Sqlite, SqliteConfig, SqliteFactory};
use sqlatte_guard::{Dialect, Guard};
use sqlatte_providers::{
    ColumnType, DatabaseProvider, ErrorKind, ProviderError, Query, Registry, Result, Row, Settings,
    TableKind, TableRef, TableSchema, Value,
};
use tempfile::TempDir;

fn made(sql: &str) -> (TempDir, Sqlite) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    let sqlite = open(&path);
    (folder, sqlite)
}

fn open(path: &Path) -> Sqlite {
    let mut config = SqliteConfig::new(path);
    config.busy_timeout_ms = 200;
    Sqlite::open(config).unwrap()
}

async fn rows(sqlite: &Sqlite, sql: &str) -> Result<(Vec<(String, ColumnType)>, Vec<Row>)> {
    let sql = Guard::new(Dialect::Sqlite).check(sql).unwrap();
    let query = Query { sql, max_rows: 1000, timeout: Duration::from_secs(10) };
    let stream = sqlite.query(query).await?;
    let columns = stream.columns.into_iter().map(|column| (column.name, column.kind)).collect();
    let batches: Vec<_> = stream.batches.try_collect().await?;
    Ok((columns, batches.into_iter().flat_map(|batch| batch.rows).collect()))
}

async fn described(sqlite: &Sqlite, table: &str) -> TableSchema {
    sqlite.describe(&[TableRef::new(table)]).await.unwrap().remove(0)
}

/// The check and a query agree on what is wrong; the message names the file, and not where it lies.
async fn fault(path: &Path) -> ProviderError {
    let sqlite = open(path);
    let error = sqlite.check().await.unwrap_err();
    let same = rows(&sqlite, "SELECT * FROM t").await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (same.kind(), same.message()));
    let (folder, name) = (path.parent().unwrap(), path.file_name().unwrap());
    assert!(error.message().contains(name.to_str().unwrap()), "{error}");
    assert!(!error.message().contains(folder.to_str().unwrap()), "{error}");
    error
}

#[tokio::test]
async fn each_broken_file_has_its_own_answer() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);

    let error = fault(&path("missing.db")).await;
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.message().contains("does not exist"), "{error}");

    let error = fault(folder.path()).await;
    assert_eq!(error.kind(), ErrorKind::InvalidSettings);
    assert!(error.message().contains("is a folder"), "{error}");

    fs::write(path("empty.db"), "").unwrap();
    let error = fault(&path("empty.db")).await;
    assert_eq!(error.kind(), ErrorKind::InvalidSettings);
    assert!(error.message().contains("is empty"), "{error}");

    for text in ["id,name\n1,x\n".repeat(1000), "SQL".to_owned()] {
        fs::write(path("table.csv"), text).unwrap();
        let error = fault(&path("table.csv")).await;
        assert_eq!(error.kind(), ErrorKind::InvalidSettings);
        assert!(error.message().contains("is not a SQLite database"), "{error}");
    }

    Connection::open(path("torn.db"))
        .unwrap()
        .execute_batch("CREATE TABLE t (a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9999) INSERT INTO t SELECT printf('%100d', i) FROM n")
        .unwrap();
    let mut bytes = fs::read(path("torn.db")).unwrap();
    bytes[100..].fill(0xee);
    fs::write(path("torn.db"), bytes).unwrap();
    let error = fault(&path("torn.db")).await;
    assert_eq!(error.kind(), ErrorKind::Unexpected);
    assert!(error.message().contains("is damaged"), "{error}");
}

#[tokio::test]
async fn a_locked_file_is_unavailable_until_it_is_free() {
    let (folder, sqlite) = made("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    sqlite.check().await.unwrap();
    let writer = Connection::open(folder.path().join("a.db")).unwrap();
    writer.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let error = rows(&sqlite, "SELECT * FROM t").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.message().contains("is locked") && error.retry_after().is_some(), "{error}");
    writer.execute_batch("COMMIT").unwrap();
    assert_eq!(rows(&sqlite, "SELECT * FROM t").await.unwrap().1.len(), 1);
}

#[tokio::test]
async fn wal_is_read_and_needs_its_folder() {
    let (folder, sqlite) = made("PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    assert_eq!(rows(&sqlite, "SELECT * FROM t").await.unwrap().1.len(), 1);
    drop(sqlite);
    // What a folder without write permission does, also for a test that runs as root.
    for file in ["a.db-shm", "a.db-wal"] {
        let _ = fs::remove_file(folder.path().join(file));
        fs::create_dir(folder.path().join(file)).unwrap();
    }
    let error = fault(&folder.path().join("a.db")).await;
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("WAL mode"), "{error}");
}

#[tokio::test]
async fn another_file_under_the_same_name_is_seen() {
    let (folder, sqlite) = made("CREATE TABLE t (a); INSERT INTO t VALUES ('old')");
    assert_eq!(rows(&sqlite, "SELECT a FROM t").await.unwrap().1, [[Value::Text("old".to_owned())]]);
    let other = folder.path().join("b.db");
    Connection::open(&other)
        .unwrap()
        .execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES ('new')")
        .unwrap();
    fs::rename(&other, folder.path().join("a.db")).unwrap();
    assert_eq!(rows(&sqlite, "SELECT a FROM t").await.unwrap().1, [[Value::Text("new".to_owned())]]);
}

#[tokio::test]
async fn odd_names_are_names() {
    let names = [
        "a \"b\"",
        "select",
        "x.y",
        "back`tick",
        "it's",
        "[brackets]",
        "ürün listesi",
        "semi;colon",
        "-- no",
    ];
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let sql: String = names
        .iter()
        .map(|name| format!("CREATE TABLE {0} ({0} TEXT); INSERT INTO {0} VALUES ('v');", quoted(name)))
        .collect();
    let (_folder, sqlite) = made(&sql);
    let tables = sqlite.tables().await.unwrap();
    assert_eq!(tables.len(), names.len());
    for schema in sqlite.describe(&tables).await.unwrap() {
        let name = &schema.table.name;
        assert!(names.contains(&name.as_str()));
        assert_eq!(
            (&schema.columns[0].name, schema.columns[0].samples.as_slice()),
            (name, ["v".to_owned()].as_slice())
        );
        assert_eq!(schema.table.rows_estimate, Some(1));
    }
}

#[tokio::test]
async fn describes_what_sqlite_can_hold() {
    let (_folder, sqlite) = made(
        "PRAGMA foreign_keys = OFF;
         CREATE TABLE parent (a INT, b INT, PRIMARY KEY (b, a)) WITHOUT ROWID;
         CREATE TABLE child (
             id INTEGER PRIMARY KEY, x INT, y INT, size INT, double_size INT AS (size * 2) STORED, half AS (size / 2),
             next REFERENCES Child (id), FOREIGN KEY (x, y) REFERENCES PARENT, FOREIGN KEY (size) REFERENCES nowhere
         );
         INSERT INTO child (id, size) VALUES (1, 10);
         CREATE VIEW good AS SELECT id, size * 2 AS twice FROM child;
         CREATE VIEW broken AS SELECT * FROM not_there;
         CREATE VIRTUAL TABLE texts USING fts5(title, body);
         INSERT INTO texts VALUES ('Coffee', 'dark and strong'), ('Tea', 'light');
         ANALYZE;",
    );
    let tables = sqlite.tables().await.unwrap();
    let listed: Vec<_> = tables.iter().map(|table| (table.name.as_str(), table.kind)).collect();
    let (table, view) = (TableKind::Table, TableKind::View);
    assert_eq!(
        listed,
        [("broken", view), ("child", table), ("good", view), ("parent", table), ("texts", table)]
    );

    let schemas = sqlite.describe(&tables).await.unwrap();
    assert_eq!(schemas.len(), 5);
    assert!(schemas[0].columns.is_empty());
    let child = &schemas[1];
    let columns: Vec<_> = child.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(columns, ["id", "x", "y", "size", "double_size", "half", "next"]);
    assert!(!child.columns[0].nullable);
    let keys: Vec<_> = child
        .foreign_keys
        .iter()
        .map(|key| (key.columns.join(" "), key.references.as_str(), key.referenced_columns.join(" ")))
        .collect();
    let key = |columns: &str, table, referenced: &str| (columns.to_owned(), table, referenced.to_owned());
    assert_eq!(keys, [key("next", "child", "id"), key("x y", "parent", "b a"), key("size", "nowhere", "")]);
    assert_eq!(described(&sqlite, "PARENT").await.primary_key, ["b", "a"]);
    let texts = &schemas[4];
    assert_eq!(texts.columns.iter().map(|column| &*column.name).collect::<Vec<_>>(), ["title", "body"]);

    let found = rows(&sqlite, "SELECT title FROM texts WHERE body LIKE '%strong%'").await.unwrap();
    assert_eq!(found.1, [[Value::Text("Coffee".to_owned())]]);
    let error = rows(&sqlite, "SELECT * FROM broken").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(error.message().contains("not_there"), "{error}");
}

#[tokio::test]
async fn values_are_typed_by_declaration_or_by_looks() {
    let (_folder, sqlite) = made(
        "CREATE TABLE t (d DATE, at DATETIME, yes BOOLEAN, n NUMERIC(10,2), raw, txt TEXT);
         INSERT INTO t VALUES ('2026-01-31', '2026-01-31 10:00:00', 1, 12, 'x', '2026-01-31');
         INSERT INTO t VALUES (NULL, '2026-02-01 10:00:00', 0, 12.5, 7, CAST(x'66ff6f' AS TEXT));",
    );
    let sql =
        "SELECT *, date(at), max(at) OVER (), strftime('%Y-%m', at), count(*) OVER (), n / 3.0, NULL FROM t";
    let (columns, rows) = rows(&sqlite, sql).await.unwrap();
    let kinds: Vec<_> = columns.iter().map(|(_, kind)| *kind).collect();
    assert_eq!(
        kinds,
        [
            ColumnType::Date,
            ColumnType::Timestamp,
            ColumnType::Boolean,
            ColumnType::Decimal,
            ColumnType::Unknown,
            ColumnType::Text,
            ColumnType::Date,
            ColumnType::Timestamp,
            ColumnType::Text,
            ColumnType::Integer,
            ColumnType::Float,
            ColumnType::Unknown,
        ]
    );
    assert_eq!(rows[0][2..4], [Value::Bool(true), Value::Decimal("12".to_owned())]);
    // A text that is not UTF-8 is shown as well as it can be.
    assert_eq!(
        rows[1][3..6],
        [Value::Decimal("12.5".to_owned()), Value::Integer(7), Value::Text("f\u{fffd}o".to_owned())]
    );
}

#[tokio::test]
async fn samples_can_be_left_out_and_are_few() {
    let sql = "CREATE TABLE t (id INTEGER PRIMARY KEY, state TEXT, name TEXT);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000)
        INSERT INTO t SELECT i, CASE WHEN i > 19990 THEN 'new' ELSE 'state ' || (i % 3) END, 'name ' || i FROM n";
    let (folder, sqlite) = made(sql);
    let samples =
        |schema: TableSchema| schema.columns.into_iter().map(|column| column.samples).collect::<Vec<_>>();
    let state = ["state 0", "state 1", "state 2", "new"].map(str::to_owned).to_vec();
    let mut found = samples(described(&sqlite, "t").await);
    found[1].sort();
    let mut sorted = state;
    sorted.sort();
    assert_eq!(found, [vec![], sorted, vec![]]);

    let mut config = SqliteConfig::new(folder.path().join("a.db"));
    config.samples = false;
    let without = Sqlite::open(config).unwrap();
    assert!(samples(described(&without, "t").await).iter().all(Vec::is_empty));
}

#[tokio::test]
async fn the_registry_makes_one_from_a_url() {
    let (folder, _) = made("CREATE TABLE t (a)");
    let registry = Registry::new().with_database(SqliteFactory);
    let settings = Settings::from_url(&format!("sqlite:{}", folder.path().join("a.db").display()));
    let database = registry.database("sqlite", &settings).await.unwrap();
    database.check().await.unwrap();
    assert_eq!(database.info().dialect, Dialect::Sqlite);
    assert!(database.info().target.ends_with("a.db"));
}

#[tokio::test]
async fn a_row_too_large_to_sample_hides_nothing() {
    let (_folder, sqlite) = made(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, txt TEXT); INSERT INTO t VALUES (1, hex(zeroblob(20000000)))",
    );
    let schema = described(&sqlite, "t").await;
    assert_eq!((schema.columns.len(), schema.columns[1].samples.len()), (2, 0));
    assert_eq!(rows(&sqlite, "SELECT id FROM t").await.unwrap().1, [[Value::Integer(1)]]);
    let error = rows(&sqlite, "SELECT txt FROM t").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected, "{error}");
}

/// Sorting and grouping are where SQLite looks up least.
#[tokio::test]
async fn long_sorts_and_groups_are_stopped_in_time() {
    let (folder, _) = made("CREATE TABLE t (a)");
    let mut config = SqliteConfig::new(folder.path().join("a.db"));
    config.pool_size = 1;
    let sqlite = Sqlite::open(config).unwrap();
    let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000)";
    for sql in [
        format!("{numbers} SELECT i, printf('%020d', i * 7919 % 3000017) AS t FROM n ORDER BY t"),
        format!("{numbers} SELECT i % 1000003 AS k, count(*) FROM n GROUP BY k ORDER BY 2, 1"),
        format!("{numbers} SELECT count(DISTINCT i * 7919 % 3000017) FROM n"),
    ] {
        for timeout in [300, 900] {
            let guarded = Guard::new(Dialect::Sqlite).check(&sql).unwrap();
            let query = Query { sql: guarded, max_rows: u64::MAX, timeout: Duration::from_millis(timeout) };
            let started = Instant::now();
            if let Ok(stream) = sqlite.query(query).await {
                let _ = stream.batches.try_for_each(|_| async { Ok(()) }).await;
            }
            rows(&sqlite, "SELECT 1").await.unwrap();
            let late = started.elapsed().saturating_sub(Duration::from_millis(timeout));
            assert!(late < Duration::from_secs(1), "{late:?} late: {sql}");
        }
    }
}
