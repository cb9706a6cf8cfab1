//! The contract that every database adapter keeps, here for PostgreSQL.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a harness is a part of tests")]

mod server;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use sqlatte_guard::Dialect;
use sqlatte_providers::{ColumnType, DatabaseProvider, Secret, Value};
use sqlatte_testkit::{
    database::{Applies, DatabaseHarness, OddName, Sort, ValueCase, hostile_corpus},
    database_contract,
};

use self::server::Database;

database_contract!(PostgresHarness);

const SCHEMA: &str = "
CREATE TABLE clients (id integer PRIMARY KEY, name text NOT NULL, city text);
COMMENT ON TABLE clients IS 'People who buy';
COMMENT ON COLUMN clients.name IS 'Full name';
CREATE TABLE sales (
    id integer PRIMARY KEY,
    client_id integer NOT NULL REFERENCES clients,
    amount numeric(10, 2),
    status text
);
COMMENT ON COLUMN sales.client_id IS 'Who bought';
INSERT INTO clients VALUES (1, 'Ayşe Yılmaz', 'Istanbul'), (2, 'Jürgen Groß', 'München'), (3, '李小龙', NULL);
INSERT INTO sales VALUES (1, 1, 12.5, 'paid'), (2, 1, 99.9, 'open'), (3, 2, 7, 'paid');
CREATE TYPE size AS ENUM ('small', 'large');
CREATE SEQUENCE numbers;
CREATE FUNCTION add_client() RETURNS integer LANGUAGE sql AS
    $$ INSERT INTO clients VALUES (9, 'x', 'y') RETURNING id $$;
CREATE FUNCTION add_client_as_owner() RETURNS integer LANGUAGE sql SECURITY DEFINER AS
    $$ INSERT INTO clients VALUES (9, 'x', 'y') RETURNING id $$;
CREATE PROCEDURE empty_clients() LANGUAGE sql AS $$ DELETE FROM clients $$;
";

/// All that a statement could change in its database, and what it could change of the whole server; databases
/// and roles of other tests left out.
const STATE: &str = include_str!("state.sql");

/// What a session carries on, besides what [`STATE`] shows of all sessions. The rest of its settings is set for
/// each statement.
const SESSION: [&str; 3] = [
    "SELECT name || '=' || setting FROM pg_settings
     WHERE name NOT IN ('statement_timeout', 'idle_in_transaction_session_timeout') ORDER BY 1",
    "SELECT current_user::text || session_user || coalesce(inet_client_addr()::text, '')
     || coalesce(current_setting('app.tenant', true), '') || coalesce(current_setting('a.b', true), '')",
    "SELECT 'channel ' || pg_listening_channels()
     UNION ALL SELECT 'cursor ' || name FROM pg_cursors WHERE is_holdable
     UNION ALL SELECT 'prepared ' || name FROM pg_prepared_statements WHERE from_sql",
];

/// Names that try to break out of their quotes.
const ODD_NAMES: [(&str, &str); 9] = [
    ("Mixed Case", "Also Mixed"),
    ("quo\"te", "co\"lumn"),
    ("it's", "'; DROP TABLE clients; --"),
    ("back`tick", "`"),
    ("dots.and.more", "a.b"),
    ("per%cent_under", "100%_"),
    ("şçü漢字", "naïve 😊"),
    ("1digit", "2"),
    ("select", "from"),
];

struct PostgresHarness(Database);

#[async_trait]
impl DatabaseHarness for PostgresHarness {
    async fn start() -> Result<Self, String> {
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        let odd = ODD_NAMES.map(|(table, column)| {
            let (table, column) = (quoted(table), quoted(column));
            format!("CREATE TABLE {table} ({column} text); INSERT INTO {table} VALUES ('x');")
        });
        Database::start(&format!("{SCHEMA}{}", odd.concat())).await.map(PostgresHarness)
    }

    fn dialect(&self) -> Dialect {
        Dialect::Postgresql
    }

    async fn provider(&self, connections: usize) -> Arc<dyn DatabaseProvider> {
        self.0.provider(|config| config.pool_size = connections)
    }

    async fn restricted(&self) -> Applies<Arc<dyn DatabaseProvider>> {
        // A second role, which sees the two tables and no others.
        let (name, password) = (&self.0.name, &self.0.password);
        let create = format!(
            "CREATE ROLE {name}_few LOGIN PASSWORD '{password}'; GRANT CONNECT ON DATABASE {name} TO {name}_few;
             GRANT USAGE ON SCHEMA public TO {name}_few; GRANT SELECT ON clients, sales TO {name}_few"
        );
        self.0.admin.batch_execute(&create).await.unwrap();
        Applies::Yes(self.0.provider(|config| {
            config.url =
                Secret::new(config.url.expose().replace(&format!("//{name}:"), &format!("//{name}_few:")));
        }))
    }

    async fn wrong_password(&self) -> Applies<Arc<dyn DatabaseProvider>> {
        let password = &self.0.password;
        Applies::Yes(self.0.provider(|config| {
            config.url = Secret::new(config.url.expose().replace(password, &format!("not{password}")));
        }))
    }

    fn password(&self) -> Applies<String> {
        Applies::Yes(self.0.password.clone())
    }

    async fn take_away(&self) -> Applies<()> {
        self.0.proxy.cut().await;
        Applies::Yes(())
    }

    async fn bring_back(&self) {
        self.0.proxy.restore().await.unwrap();
    }

    fn breaks_connections(&self) -> Applies<()> {
        Applies::Yes(())
    }

    async fn running(&self) -> Applies<u64> {
        let name = &self.0.name;
        let count =
            format!("SELECT count(*) FROM pg_stat_activity WHERE usename = '{name}' AND state = 'active'");
        Applies::Yes(self.0.texts(&count).await[0].parse().unwrap())
    }

    async fn sessions(&self) -> Applies<u64> {
        let count = format!("SELECT count(*) FROM pg_stat_activity WHERE usename = '{}'", self.0.name);
        Applies::Yes(self.0.texts(&count).await[0].parse().unwrap())
    }

    async fn administer(&self, sql: &str) {
        self.0.admin.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }

    async fn administer_all(&self, statements: &[String]) {
        self.administer(&statements.join(";")).await;
    }

    fn many_tables(&self) -> Applies<usize> {
        Applies::Yes(5000)
    }

    fn odd_names(&self) -> Vec<OddName> {
        ODD_NAMES
            .map(|(table, column)| OddName { table: table.to_owned(), column: column.to_owned() })
            .to_vec()
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
            Sort::Null => ("SELECT NULL", ColumnType::Text, Value::Null),
            Sort::Decimal => (
                "SELECT 12345678901234567890.123456789",
                ColumnType::Decimal,
                Value::Decimal("12345678901234567890.123456789".to_owned()),
            ),
            Sort::BigInteger => {
                ("SELECT '-9223372036854775808'::bigint", ColumnType::Integer, Value::Integer(i64::MIN))
            }
            Sort::Unsigned => return Applies::No("PostgreSQL's integers are signed"),
            Sort::Float => ("SELECT 0.1::float8", ColumnType::Float, Value::Float(0.1)),
            Sort::FloatNan => ("SELECT 'NaN'::float8", ColumnType::Float, Value::Float(f64::NAN)),
            Sort::Timestamp => (
                "SELECT '2026-11-22 13:14:15.123456'::timestamp",
                ColumnType::Timestamp,
                text("2026-11-22 13:14:15.123456"),
            ),
            Sort::TimestampTz => (
                "SELECT '2026-11-22 13:14:15.123456+03'::timestamptz",
                ColumnType::TimestampTz,
                text("2026-11-22T10:14:15.123456Z"),
            ),
            Sort::Date => ("SELECT '2024-02-29'::date", ColumnType::Date, text("2024-02-29")),
            Sort::Time => ("SELECT '23:59:59'::time", ColumnType::Time, text("23:59:59")),
            Sort::Interval => ("SELECT '1 day 2 hours'::interval", ColumnType::Interval, text("P1DT2H")),
            Sort::Boolean => ("SELECT true", ColumnType::Boolean, Value::Bool(true)),
            Sort::Json => (
                r#"SELECT '{"a": [1, null, "ü"]}'::jsonb"#,
                ColumnType::Json,
                Value::Json(serde_json::json!({ "a": [1, null, "ü"] })),
            ),
            Sort::Array => (
                "SELECT ARRAY[1, NULL, 3]",
                ColumnType::Array,
                Value::Array(vec![Value::Integer(1), Value::Null, Value::Integer(3)]),
            ),
            Sort::Bytes => (r"SELECT '\x00ff10'::bytea", ColumnType::Bytes, Value::Bytes(vec![0, 255, 16])),
            Sort::Uuid => (
                "SELECT '123E4567-E89B-12D3-A456-426614174000'::uuid",
                ColumnType::Uuid,
                text("123e4567-e89b-12d3-a456-426614174000"),
            ),
            Sort::Enum => ("SELECT 'small'::size", ColumnType::Text, text("small")),
            Sort::Utf8 => {
                (r#"SELECT 'ağ 漢字 😊 ''quoted"'"#, ColumnType::Text, text("ağ 漢字 😊 'quoted\""))
            }
        };
        Applies::Yes(ValueCase { sql: sql.to_owned(), kind, value })
    }

    fn many_rows(&self, count: u64) -> String {
        format!("SELECT i, lpad(i::text, 100, '0') AS t FROM (SELECT generate_series(1, {count}) AS i) AS n")
    }

    fn endless(&self) -> String {
        "SELECT count(*) FROM (SELECT generate_series(1, 1000000000000)) AS n".to_owned()
    }

    fn failing(&self) -> Applies<String> {
        Applies::Yes("SELECT 1 / (id - 3) FROM clients".to_owned())
    }

    fn positions(&self) -> Applies<()> {
        Applies::Yes(())
    }

    fn hostile(&self) -> Vec<String> {
        let own = [
            "DELETE FROM clients RETURNING id",
            "WITH gone AS (DELETE FROM clients RETURNING *) SELECT * FROM gone",
            "INSERT INTO clients VALUES (9, 'x', 'y') RETURNING *",
            "MERGE INTO clients USING sales ON true WHEN MATCHED THEN DELETE",
            "SELECT * FROM clients FOR UPDATE",
            "SELECT * INTO stolen FROM clients",
            "SELECT 1; DROP TABLE clients",
            "COMMIT; DROP TABLE clients",
            "ROLLBACK",
            "COMMIT",
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
            "SET TRANSACTION READ WRITE",
            "SET ROLE postgres",
            "RESET ALL",
            "SELECT set_config('transaction_read_only', 'off', false)",
            "SELECT set_config('statement_timeout', '0', false)",
            "SELECT set_config('default_transaction_read_only', 'off', false)",
            "SELECT set_config('role', 'postgres', false)",
            "SELECT pg_advisory_lock(7)",
            "SELECT pg_advisory_lock_shared(7)",
            "SELECT pg_try_advisory_xact_lock(7)",
            "SELECT pg_notify('channel', 'text')",
            "SELECT pg_sleep(60)",
            "SELECT nextval('numbers')",
            "SELECT setval('numbers', 99)",
            "SELECT lo_create(4711)",
            "SELECT lo_from_bytea(4712, 'x')",
            "SELECT lo_export(4711, '/tmp/stolen')",
            "SELECT lo_import('/etc/passwd')",
            "SELECT pg_read_file('/etc/passwd')",
            "SELECT pg_ls_dir('/')",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
            "SELECT pg_reload_conf()",
            "SELECT pg_rotate_logfile()",
            "SELECT pg_switch_wal()",
            "SELECT pg_create_restore_point('x')",
            "SELECT pg_create_physical_replication_slot('x')",
            "SELECT pg_create_logical_replication_slot('x', 'test_decoding')",
            "SELECT pg_logical_emit_message(false, 'x', 'y')",
            "SELECT pg_export_snapshot()",
            "SELECT pg_stat_reset()",
            "SELECT pg_current_xact_id()",
            "SELECT query_to_xml('DELETE FROM clients', true, true, '')",
            "SELECT query_to_xml('SELECT set_config(''statement_timeout'', ''0'', false)', true, true, '')",
            "SELECT * FROM ts_stat('DELETE FROM clients RETURNING to_tsvector(name)')",
            "SELECT add_client()",
            "SELECT add_client_as_owner()",
            "CALL empty_clients()",
            "DO $$ BEGIN DELETE FROM clients; END $$",
            "EXPLAIN ANALYZE DELETE FROM clients",
            "EXPLAIN ANALYZE SELECT * INTO stolen FROM clients",
            "COPY clients TO '/tmp/stolen'",
            "COPY clients TO STDOUT",
            "COPY clients FROM STDIN",
            "COPY clients TO PROGRAM 'cat'",
            "LOCK TABLE clients IN ACCESS EXCLUSIVE MODE",
            "LISTEN channel",
            "PREPARE x AS DELETE FROM clients",
            "PREPARE TRANSACTION 'x'",
            "DECLARE c CURSOR WITH HOLD FOR SELECT * FROM clients",
            "CREATE TEMPORARY TABLE x AS SELECT * FROM clients",
            "CREATE TABLE x (a int)",
            "CREATE ROLE evil SUPERUSER",
            "CREATE DATABASE evil",
            "ALTER ROLE CURRENT_USER SET default_transaction_read_only = off",
            "ALTER ROLE CURRENT_USER PASSWORD 'new'",
            "ALTER SYSTEM SET statement_timeout = 0",
            "GRANT ALL ON clients TO PUBLIC",
            "VACUUM clients",
            "ANALYZE clients",
            "CHECKPOINT",
            "DISCARD ALL",
            "LOAD 'auto_explain'",
            "SELECT count(*) FROM (SELECT generate_series(1, 1000000000000)) AS n",
            "SELECT repeat('x', 1000000000)",
            "WITH RECURSIVE n AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT count(*) FROM n",
            "SELECT $1",
            "SELECT FROM clients",
            "",
            "-- nothing",
            "\0",
        ];
        own.into_iter().map(str::to_owned).chain(hostile_corpus(Dialect::Postgresql)).collect()
    }

    async fn state(&self) -> String {
        // The last statement's connection is swept in the background.
        let name = &self.0.name;
        let at_work =
            format!("SELECT pid FROM pg_stat_activity WHERE usename = '{name}' AND state <> 'idle'");
        while !self.0.texts(&at_work).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.0.texts(STATE).await.join("\n")
    }

    fn changes(&self) -> Vec<String> {
        let name = &self.0.name;
        let own = format!("ALTER ROLE {name} SET work_mem = '5MB'");
        let database = format!("ALTER DATABASE {name} SET work_mem = '6MB'");
        let changes = [
            "INSERT INTO t (id) VALUES (77)",
            "UPDATE t SET a = 77 WHERE id = 77",
            "DELETE FROM t WHERE id = 77",
            "SELECT nextval('s')",
            "SELECT lo_create(77)",
            "SELECT lo_put(77, 0, 'x')",
            "CREATE TABLE made (a int)",
            "ALTER TABLE made ADD COLUMN b int",
            "CREATE INDEX ON made (a)",
            "CREATE OR REPLACE VIEW v AS SELECT 2 AS a",
            "REFRESH MATERIALIZED VIEW mv; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "COMMENT ON TABLE t IS 'x'",
            "GRANT INSERT ON t TO PUBLIC",
            "CREATE TEMPORARY TABLE passing AS SELECT 1 AS a",
            "SELECT pg_advisory_lock(77)",
            "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
            &own,
            &database,
        ];
        changes.map(str::to_owned).to_vec()
    }

    fn session(&self) -> Vec<String> {
        SESSION.map(str::to_owned).to_vec()
    }
}

impl Drop for PostgresHarness {
    fn drop(&mut self) {
        let (admin, name) = (&self.0.admin, &self.0.name);
        let gone = format!("DROP OWNED BY {name}_few; DROP ROLE {name}_few");
        // There only for some clauses; the database is dropped after this.
        tokio::task::block_in_place(|| {
            let _ = tokio::runtime::Handle::current().block_on(admin.batch_execute(&gone));
        });
    }
}
