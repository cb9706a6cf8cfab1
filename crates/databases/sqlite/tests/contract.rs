//! The contract that every database adapter keeps, here for SQLite.

#![expect(clippy::unwrap_used, reason = "a harness is a part of tests")]

use std::{fs, path::PathBuf, sync::Arc};

use async_trait::async_trait;
use rusqlite::Connection;
use sqlatte_db_sqlite::{Sqlite, SqliteConfig};
use sqlatte_guard::Dialect;
use sqlatte_providers::{ColumnType, DatabaseProvider, Value};
use sqlatte_testkit::{
    database::{Applies, DatabaseHarness, OddName, Sort, ValueCase, hostile_corpus},
    database_contract,
};
use tempfile::TempDir;

database_contract!(SqliteHarness);

const SCHEMA: &str = "
CREATE TABLE clients ( -- People who buy
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL, -- Full name
    city TEXT
);
CREATE TABLE sales (
    id        INTEGER PRIMARY KEY,
    client_id INTEGER NOT NULL REFERENCES clients, -- Who bought
    amount    DECIMAL(10, 2),
    status    TEXT
);
INSERT INTO clients VALUES (1, 'Ayşe Yılmaz', 'Istanbul'), (2, 'Jürgen Groß', 'München'), (3, '李小龙', NULL);
INSERT INTO sales VALUES (1, 1, 12.5, 'paid'), (2, 1, 99.9, 'open'), (3, 2, 7, 'paid');
CREATE TABLE sorts (
    d DECIMAL_TEXT, b BIGINT, f DOUBLE, ts TIMESTAMP, tz TIMESTAMPTZ, dt DATE, tm TIME, iv INTERVAL_TEXT, bo BOOLEAN,
    j JSON, by BLOB, u UUID, e TEXT CHECK (e IN ('small', 'large')), t TEXT
);
INSERT INTO sorts VALUES (
    '12345678901234567890.123456789', -9223372036854775808, 0.1, '2026-11-22 13:14:15.123456',
    '2026-11-22T13:14:15.123456+03:00', '2024-02-29', '23:59:59', 'P1DT2H', 1, '{\"a\": [1, null, \"ü\"]}',
    x'00ff10', x'123e4567e89b12d3a456426614174000', 'small', 'ağ 漢字 😊 ''quoted\"'
);
CREATE VIEW broken AS SELECT * FROM not_there;
";

/// Tables with a column each.
const ODD_NAMES: [(&str, &str); 9] = [
    ("Mixed Case", "Some Column"),
    ("quote\"d", "col\"umn"),
    ("it's", "'"),
    ("back`tick", "`"),
    ("dot.ted", "a.b"),
    ("per%cent_", "_%"),
    ("1st", "2nd"),
    ("select", "from"),
    ("satış\\ 表", "ağ;--"),
];

struct SqliteHarness {
    folder: TempDir,
}

impl SqliteHarness {
    fn file(&self) -> PathBuf {
        self.folder.path().join("shop.db")
    }
}

#[async_trait]
impl DatabaseHarness for SqliteHarness {
    async fn start() -> Result<Self, String> {
        let harness = SqliteHarness { folder: tempfile::tempdir().map_err(|error| error.to_string())? };
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        let odd = ODD_NAMES.map(|(table, column)| {
            let (table, column) = (quoted(table), quoted(column));
            format!("CREATE TABLE {table} ({column} TEXT); INSERT INTO {table} VALUES ('x');")
        });
        Connection::open(harness.file())
            .and_then(|connection| connection.execute_batch(&(SCHEMA.to_owned() + &odd.concat())))
            .map_err(|error| error.to_string())?;
        Ok(harness)
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn provider(&self, connections: usize) -> Arc<dyn DatabaseProvider> {
        let mut config = SqliteConfig::new(self.file());
        config.pool_size = connections;
        Arc::new(Sqlite::open(config).unwrap())
    }

    async fn restricted(&self) -> Applies<Arc<dyn DatabaseProvider>> {
        Applies::No("SQLite has no roles")
    }

    async fn wrong_password(&self) -> Applies<Arc<dyn DatabaseProvider>> {
        Applies::No("SQLite has no passwords")
    }

    fn password(&self) -> Applies<String> {
        Applies::No("SQLite has no passwords")
    }

    async fn take_away(&self) -> Applies<()> {
        fs::rename(self.file(), self.folder.path().join("elsewhere.db")).unwrap();
        Applies::Yes(())
    }

    async fn bring_back(&self) {
        fs::rename(self.folder.path().join("elsewhere.db"), self.file()).unwrap();
    }

    fn breaks_connections(&self) -> Applies<()> {
        Applies::No("a file that was moved stays open")
    }

    async fn running(&self) -> Applies<u64> {
        Applies::No("SQLite runs in this process")
    }

    async fn sessions(&self) -> Applies<u64> {
        Applies::No("SQLite has no sessions")
    }

    async fn administer(&self, sql: &str) {
        Connection::open(self.file()).unwrap().execute_batch(sql).unwrap();
    }

    async fn administer_all(&self, statements: &[String]) {
        self.administer(&format!("BEGIN; {}; COMMIT", statements.join(";"))).await;
    }

    fn many_tables(&self) -> Applies<usize> {
        Applies::Yes(5000)
    }

    fn odd_names(&self) -> Vec<OddName> {
        let name =
            |(table, column): &(&str, &str)| OddName { table: (*table).into(), column: (*column).into() };
        ODD_NAMES.iter().map(name).collect()
    }

    fn comments(&self) -> Applies<()> {
        Applies::Yes(())
    }

    fn keys(&self) -> Applies<()> {
        Applies::Yes(())
    }

    fn samples(&self) -> Applies<()> {
        Applies::Yes(())
    }

    fn value(&self, sort: Sort) -> Applies<ValueCase> {
        let text = |text: &str| Value::Text(text.to_owned());
        let (sql, kind, value) = match sort {
            Sort::Null => ("SELECT NULL", ColumnType::Unknown, Value::Null),
            Sort::Decimal => (
                "SELECT d FROM sorts",
                ColumnType::Decimal,
                Value::Decimal("12345678901234567890.123456789".to_owned()),
            ),
            Sort::BigInteger => ("SELECT b FROM sorts", ColumnType::Integer, Value::Integer(i64::MIN)),
            Sort::Unsigned => return Applies::No("SQLite's integers are signed"),
            Sort::Float => ("SELECT f FROM sorts", ColumnType::Float, Value::Float(0.1)),
            Sort::FloatNan => return Applies::No("SQLite stores NaN as NULL"),
            Sort::Timestamp => {
                ("SELECT ts FROM sorts", ColumnType::Timestamp, text("2026-11-22 13:14:15.123456"))
            }
            Sort::TimestampTz => {
                ("SELECT tz FROM sorts", ColumnType::TimestampTz, text("2026-11-22T13:14:15.123456+03:00"))
            }
            Sort::Date => ("SELECT dt FROM sorts", ColumnType::Date, text("2024-02-29")),
            Sort::Time => ("SELECT tm FROM sorts", ColumnType::Time, text("23:59:59")),
            Sort::Interval => ("SELECT iv FROM sorts", ColumnType::Interval, text("P1DT2H")),
            Sort::Boolean => ("SELECT bo FROM sorts", ColumnType::Boolean, Value::Bool(true)),
            Sort::Json => (
                "SELECT j FROM sorts",
                ColumnType::Json,
                Value::Json(serde_json::json!({ "a": [1, null, "ü"] })),
            ),
            Sort::Array => return Applies::No("SQLite has no arrays"),
            Sort::Bytes => ("SELECT by FROM sorts", ColumnType::Bytes, Value::Bytes(vec![0, 255, 16])),
            Sort::Uuid => {
                ("SELECT u FROM sorts", ColumnType::Uuid, text("123e4567-e89b-12d3-a456-426614174000"))
            }
            Sort::Enum => ("SELECT e FROM sorts", ColumnType::Text, text("small")),
            Sort::Utf8 => ("SELECT t FROM sorts", ColumnType::Text, text("ağ 漢字 😊 'quoted\"")),
        };
        Applies::Yes(ValueCase { sql: sql.to_owned(), kind, value })
    }

    fn many_rows(&self, count: u64) -> String {
        format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
             SELECT i, printf('%0100d', i) AS t FROM n"
        )
    }

    fn endless(&self) -> String {
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n".to_owned()
    }

    fn failing(&self) -> Applies<String> {
        Applies::Yes("SELECT abs(-9223372036854775807 - id) FROM clients".to_owned())
    }

    fn positions(&self) -> Applies<()> {
        Applies::Yes(())
    }

    fn hostile(&self) -> Vec<String> {
        let file = self.folder.path().join("stolen.db");
        let file = file.display();
        [
            "DELETE FROM clients",
            "UPDATE clients SET name = 'x'",
            "INSERT INTO clients VALUES (9, 'x', 'y')",
            "REPLACE INTO clients VALUES (1, 'x', 'y')",
            "WITH x AS (SELECT 1) DELETE FROM clients",
            "DELETE FROM clients RETURNING id",
            "INSERT INTO clients VALUES (9, 'x', 'y') RETURNING *",
            "DROP TABLE sales",
            "DROP VIEW broken",
            "CREATE TABLE x (a)",
            "CREATE TEMP TABLE x AS SELECT * FROM clients",
            "CREATE TEMP VIEW x AS SELECT 1",
            "CREATE VIRTUAL TABLE x USING fts5(a)",
            "CREATE TRIGGER x AFTER INSERT ON sales BEGIN DELETE FROM clients; END",
            "CREATE INDEX x ON sales (status)",
            "ALTER TABLE clients ADD COLUMN x",
            "ALTER TABLE clients RENAME TO x",
            "REINDEX",
            "ANALYZE",
            "VACUUM",
            "VACUUM INTO '{file}'",
            "ATTACH '{file}' AS x",
            "ATTACH ':memory:' AS x",
            "DETACH main",
            "PRAGMA journal_mode = WAL",
            "PRAGMA query_only = OFF",
            "PRAGMA writable_schema = ON",
            "PRAGMA user_version = 7",
            "PRAGMA trusted_schema = ON",
            "PRAGMA temp_store_directory = '/tmp'",
            "PRAGMA wal_checkpoint",
            "PRAGMA incremental_vacuum",
            "PRAGMA optimize",
            "PRAGMA table_info(clients)",
            "SELECT * FROM pragma_table_info('clients')",
            "SELECT * FROM pragma_database_list",
            "BEGIN",
            "BEGIN EXCLUSIVE",
            "COMMIT",
            "ROLLBACK",
            "SAVEPOINT x",
            "RELEASE x",
            "EXPLAIN DELETE FROM clients",
            "SELECT 1; DROP TABLE sales",
            "SELECT 1; SELECT 2",
            "; DROP TABLE sales",
            "SELECT load_extension('/tmp/evil.so')",
            "SELECT writefile('{file}', 'x')",
            "SELECT readfile('/etc/passwd')",
            "SELECT edit('x')",
            "SELECT fts3_tokenizer('simple', x'00')",
            "SELECT sqlite_log(1, 'x')",
            "SELECT zeroblob(2000000000)",
            "SELECT length(hex(zeroblob(1000000000)))",
            "SELECT printf('%.*c', 2000000000, 'x')",
            "SELECT replace(hex(zeroblob(10000000)), '0', printf('%.*c', 1000000, 'x'))",
            "SELECT group_concat(a.name) FROM clients a, clients b, clients c, clients d, clients e, clients f, clients g, clients h, clients i, clients j, clients k, clients l, clients m, clients n, clients o, clients p",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
            "WITH RECURSIVE n(i) AS (SELECT '' UNION ALL SELECT i || printf('%.*c', 1000000, 'x') FROM n) SELECT max(length(i)) FROM n",
            "SELECT * FROM clients WHERE name = ?",
            "SELECT * FROM dbstat",
            "SELECT * FROM sqlite_dbpage",
            "",
            "-- nothing",
            "\0",
        ]
        .map(|sql| sql.replace("{file}", &file.to_string()))
        .into_iter()
        .chain(hostile_corpus(Dialect::Sqlite))
        .collect()
    }

    async fn state(&self) -> String {
        let mut files: Vec<_> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                (path.clone(), fs::read(path).unwrap())
            })
            .collect();
        files.sort();
        format!("{files:?}")
    }

    fn changes(&self) -> Vec<String> {
        let changes = [
            "INSERT INTO t (id) VALUES (77)",
            "CREATE TABLE made (a)",
            "CREATE VIEW seen AS SELECT 1",
            "PRAGMA user_version = 7",
            "PRAGMA journal_mode = WAL",
        ];
        changes.map(str::to_owned).to_vec()
    }

    fn session(&self) -> Vec<String> {
        vec!["SELECT last_insert_rowid(), changes(), total_changes()".to_owned()]
    }
}
