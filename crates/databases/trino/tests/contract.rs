//! The contract that every database adapter keeps, here for Trino.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a harness is a part of tests")]

mod server;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::json;
use server::Schema;
use sqlatte_db_trino::Trino;
use sqlatte_guard::Dialect;
use sqlatte_providers::{ColumnType, DatabaseProvider, Value};
use sqlatte_testkit::{
    database::{Applies, DatabaseHarness, OddName, Sort, ValueCase, hostile_corpus},
    database_contract,
    proxy::Proxy,
};

database_contract!(TrinoHarness);

const TABLES: [&str; 4] = [
    "CREATE TABLE clients (id integer NOT NULL, name varchar NOT NULL COMMENT 'Full name', city varchar)
     COMMENT 'People who buy'",
    "INSERT INTO clients VALUES
     (1, 'Ayşe Yılmaz', 'Istanbul'), (2, 'Jürgen Groß', 'München'), (3, '李小龍', NULL)",
    "CREATE TABLE sales (id integer NOT NULL, client_id integer NOT NULL COMMENT 'Who bought',
     amount decimal(10, 2), status varchar)",
    "INSERT INTO sales VALUES
     (1, 1, DECIMAL '12.50', 'paid'), (2, 1, DECIMAL '99.90', 'open'), (3, 2, DECIMAL '7.00', 'paid')",
];

struct TrinoHarness {
    schema: Schema,
    proxy: Proxy,
}

#[async_trait]
impl DatabaseHarness for TrinoHarness {
    async fn start() -> Result<Self, String> {
        let schema = Schema::make().await?;
        let proxy = Proxy::before(&schema.server).await.map_err(|error| error.to_string())?;
        for sql in TABLES {
            schema.run(sql).await;
        }
        Ok(TrinoHarness { schema, proxy })
    }

    fn dialect(&self) -> Dialect {
        Dialect::Trino
    }

    async fn provider(&self, connections: usize) -> Arc<dyn DatabaseProvider> {
        let mut config = self.schema.config(&self.proxy.address().to_string());
        config.pool_size = connections;
        config.samples = true;
        Arc::new(Trino::new(config).unwrap())
    }

    async fn restricted(&self) -> Applies<Arc<dyn DatabaseProvider>> {
        Applies::No("the user of all these tests owns nothing")
    }

    async fn wrong_password(&self) -> Applies<Arc<dyn DatabaseProvider>> {
        Applies::No("Trino's password plugin is not to be had for tests; tests/protocol.rs has a stand-in")
    }

    fn password(&self) -> Applies<String> {
        Applies::No("Trino's password plugin is not to be had for tests; tests/protocol.rs has a stand-in")
    }

    async fn take_away(&self) -> Applies<()> {
        self.proxy.cut().await;
        Applies::Yes(())
    }

    async fn bring_back(&self) {
        self.proxy.restore().await.unwrap();
    }

    fn breaks_connections(&self) -> Applies<()> {
        Applies::Yes(())
    }

    async fn running(&self) -> Applies<u64> {
        let sql = format!(
            "SELECT count(*) FROM system.runtime.queries
             WHERE source = '{}' AND state NOT IN ('FINISHED', 'FAILED')",
            self.schema.name
        );
        match self.schema.run(&sql).await[0][0] {
            Value::Integer(running) => Applies::Yes(running.unsigned_abs()),
            ref other => panic!("{other:?}"),
        }
    }

    async fn sessions(&self) -> Applies<u64> {
        Applies::No("Trino keeps no sessions: each statement brings its own")
    }

    async fn administer(&self, sql: &str) {
        self.schema.run(sql).await;
    }

    fn many_tables(&self) -> Applies<usize> {
        // Each is a statement of its own, and each a tenth of a second.
        Applies::Yes(300)
    }

    fn answers_within(&self) -> Duration {
        // Each page is a round trip of its own, and the server is small.
        Duration::from_secs(4)
    }

    fn odd_names(&self) -> Vec<OddName> {
        // Trino folds all names to lower case.
        let odd = [
            ("odd\"table", "odd\"column"),
            ("a.b", "c.d"),
            ("50%_off", "%"),
            ("select", "from"),
            ("1st place", "2nd; drop table clients"),
            ("ümläut 表", "ñ"),
            ("back`tick", "it's"),
            ("-- comment", "/* comment"),
        ];
        let odd = odd.map(|(table, column)| OddName { table: table.to_owned(), column: column.to_owned() });
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async {
                for OddName { table, column } in &odd {
                    let (table, column) = (quoted(table), quoted(column));
                    self.schema.run(&format!("CREATE TABLE {table} AS SELECT varchar 'x' AS {column}")).await;
                }
            });
        });
        odd.to_vec()
    }

    fn comments(&self) -> Applies<()> {
        Applies::Yes(())
    }

    fn keys(&self) -> Applies<()> {
        Applies::No("Trino knows no keys")
    }

    fn samples(&self) -> Applies<()> {
        Applies::Yes(())
    }

    fn value(&self, sort: Sort) -> Applies<ValueCase> {
        let text = |text: &str| Value::Text(text.to_owned());
        let (sql, kind, value) = match sort {
            Sort::Null => ("NULL", ColumnType::Unknown, Value::Null),
            Sort::Decimal => (
                "DECIMAL '12345678901234567890.123456789'",
                ColumnType::Decimal,
                Value::Decimal("12345678901234567890.123456789".to_owned()),
            ),
            Sort::BigInteger => {
                ("BIGINT '-9223372036854775808'", ColumnType::Integer, Value::Integer(i64::MIN))
            }
            Sort::Unsigned => return Applies::No("Trino's integers are signed"),
            Sort::Float => ("DOUBLE '0.1'", ColumnType::Float, Value::Float(0.1)),
            Sort::FloatNan => ("nan()", ColumnType::Float, Value::Float(f64::NAN)),
            Sort::Timestamp => (
                "TIMESTAMP '2026-11-22 13:14:15.123456'",
                ColumnType::Timestamp,
                text("2026-11-22 13:14:15.123456"),
            ),
            Sort::TimestampTz => (
                "TIMESTAMP '2026-11-22 13:14:15.123456 Europe/Istanbul'",
                ColumnType::TimestampTz,
                text("2026-11-22T13:14:15.123456+03:00"),
            ),
            Sort::Date => ("DATE '2024-02-29'", ColumnType::Date, text("2024-02-29")),
            Sort::Time => ("TIME '23:59:59'", ColumnType::Time, text("23:59:59")),
            Sort::Interval => ("INTERVAL '1 2' DAY TO HOUR", ColumnType::Interval, text("P1DT2H")),
            Sort::Boolean => ("true", ColumnType::Boolean, Value::Bool(true)),
            Sort::Json => (
                "JSON '{\"a\": [1, null, \"ü\"]}'",
                ColumnType::Json,
                Value::Json(json!({ "a": [1, null, "ü"] })),
            ),
            Sort::Array => (
                "ARRAY[1, NULL, 3]",
                ColumnType::Array,
                Value::Array(vec![Value::Integer(1), Value::Null, Value::Integer(3)]),
            ),
            Sort::Bytes => ("X'00FF10'", ColumnType::Bytes, Value::Bytes(vec![0, 255, 16])),
            Sort::Uuid => (
                "UUID '123e4567-e89b-12d3-a456-426614174000'",
                ColumnType::Uuid,
                text("123e4567-e89b-12d3-a456-426614174000"),
            ),
            Sort::Enum => return Applies::No("Trino has no enumerations"),
            Sort::Utf8 => ("'ağ 漢字 😊 ''quoted\"'", ColumnType::Text, text("ağ 漢字 😊 'quoted\"")),
        };
        Applies::Yes(ValueCase { sql: format!("SELECT {sql}"), kind, value })
    }

    fn many_rows(&self, count: u64) -> String {
        format!(
            "SELECT sequential_number AS i, lpad(CAST(sequential_number AS varchar), 100, '0') AS t
             FROM TABLE(sequence(1, {count}))"
        )
    }

    fn endless(&self) -> String {
        "SELECT count(*) FROM tpch.sf1000.lineitem AS a CROSS JOIN tpch.tiny.orders AS b
         WHERE length(a.comment) <> length(b.comment)"
            .to_owned()
    }

    fn failing(&self) -> Applies<String> {
        Applies::Yes("SELECT 10 / (id - 1) FROM clients".to_owned())
    }

    fn positions(&self) -> Applies<()> {
        Applies::Yes(())
    }

    fn hostile(&self) -> Vec<String> {
        let own = [
            "DELETE FROM clients",
            "UPDATE clients SET name = 'x'",
            "INSERT INTO clients VALUES (9, 'x', 'y')",
            "MERGE INTO clients USING sales ON clients.id = sales.id WHEN MATCHED THEN DELETE",
            "TRUNCATE TABLE clients",
            "DROP TABLE sales",
            "DROP SCHEMA memory.{schema} CASCADE",
            "DROP CATALOG memory",
            "CREATE TABLE x (a integer)",
            "CREATE TABLE x AS SELECT * FROM clients",
            "CREATE OR REPLACE TABLE clients AS SELECT 1 AS a",
            "CREATE VIEW x AS SELECT 1 AS a",
            "CREATE MATERIALIZED VIEW x AS SELECT 1 AS a",
            "CREATE SCHEMA memory.{schema}_x",
            "CREATE SCHEMA memory.{schema}_x AUTHORIZATION sqlatte",
            "CREATE CATALOG x USING tpch",
            "CREATE ROLE x",
            "CREATE FUNCTION memory.{schema}.f(x bigint) RETURNS bigint RETURN x",
            "ALTER TABLE clients RENAME TO x",
            "ALTER TABLE clients ADD COLUMN x integer",
            "ALTER TABLE clients SET AUTHORIZATION sqlatte",
            "ALTER TABLE clients EXECUTE optimize",
            "ALTER SCHEMA memory.{schema} RENAME TO {schema}_x",
            "COMMENT ON TABLE clients IS 'x'",
            "COMMENT ON COLUMN clients.name IS 'x'",
            "ANALYZE clients",
            "GRANT ALL PRIVILEGES ON clients TO USER x",
            "DENY SELECT ON clients TO USER x",
            "REVOKE SELECT ON clients FROM USER sqlatte",
            "SET ROLE ALL",
            "SET ROLE ADMIN IN memory",
            "SET SESSION join_distribution_type = 'BROADCAST'",
            "SET SESSION query_max_run_time = '100d'",
            "SET SESSION memory.x = 1",
            "SET SESSION AUTHORIZATION admin",
            "RESET SESSION AUTHORIZATION",
            "SET TIME ZONE 'UTC'",
            "SET PATH memory.{schema}",
            "USE tpch.tiny",
            "START TRANSACTION",
            "COMMIT",
            "ROLLBACK",
            "PREPARE x FROM DELETE FROM clients",
            "EXECUTE x",
            "EXECUTE IMMEDIATE 'DELETE FROM clients'",
            "EXECUTE IMMEDIATE 'DROP TABLE clients'",
            "EXPLAIN ANALYZE DELETE FROM clients",
            "EXPLAIN ANALYZE CREATE TABLE x AS SELECT * FROM clients",
            "CALL system.runtime.kill_query(query_id => 'x', message => 'y')",
            "CALL memory.system.x()",
            "SELECT * FROM system.runtime.queries",
            "SELECT * FROM system.runtime.nodes",
            "SELECT * FROM system.metadata.analyze_properties",
            "SELECT * FROM TABLE(system.query(query => 'DROP TABLE clients'))",
            "WITH FUNCTION f(x bigint) RETURNS bigint RETURN x SELECT f(1)",
            "SELECT 1; DROP TABLE clients",
            "; DROP TABLE clients",
            "WITH x AS (SELECT 1) DELETE FROM clients",
            "SELECT * FROM clients WHERE name = ?",
            "SELECT count(*) FROM tpch.sf1000.lineitem, tpch.sf1000.orders",
            "",
            "-- nothing",
            "\0",
        ];
        let own = own.map(|sql| sql.replace("{schema}", &self.schema.name));
        own.into_iter().chain(hostile_corpus(Dialect::Trino)).collect()
    }

    async fn state(&self) -> String {
        let name = &self.schema.name;
        let tables = format!(
            "SELECT table_name, array_join(array_agg('\"' || replace(column_name, '\"', '\"\"') || '\"'), ', ')
             FROM memory.information_schema.columns WHERE table_schema = '{name}' GROUP BY table_name"
        );
        let tables = self.schema.run(&tables).await;
        let rows = tables.iter().map(|row| {
            let (table, columns) = (row[0].as_str().unwrap_or_default(), row[1].as_str().unwrap_or_default());
            format!(
                "UNION ALL SELECT 'rows', CAST(ROW('{}', count(*), to_hex(checksum(ROW({columns})))) AS json) FROM \"{}\"",
                table.replace('\'', "''"),
                table.replace('"', "\"\"")
            )
        });
        let things = format!(
            // Other tests come and go beside this one.
            "SELECT 'catalog' AS what, CAST(ROW(catalog_name, connector_name) AS json) AS thing FROM system.metadata.catalogs
             UNION ALL SELECT 'schema', CAST(schema_name AS json) FROM memory.information_schema.schemata
                 WHERE NOT regexp_like(schema_name, '^(test|sqlatte|demo|tpch)_') OR schema_name LIKE '{name}%'
             UNION ALL SELECT 'column', CAST(ROW(table_schema, table_name, column_name, data_type, comment) AS json)
                 FROM memory.information_schema.columns WHERE table_schema IN ('{name}', 'default')
             UNION ALL SELECT 'view', CAST(ROW(table_name, view_definition) AS json)
                 FROM memory.information_schema.views WHERE table_schema = '{name}'
             UNION ALL SELECT 'table', CAST(ROW(table_name, comment) AS json) FROM system.metadata.table_comments
                 WHERE catalog_name = 'memory' AND schema_name = '{name}'
             {}
             ORDER BY what, json_format(thing)",
            rows.collect::<Vec<_>>().join("\n")
        );
        let functions = format!("SHOW FUNCTIONS FROM memory.{name}");
        let (things, functions) = tokio::join!(self.schema.run(&things), self.schema.run(&functions));
        things.iter().chain(&functions).map(|row| format!("{row:?}\n")).collect()
    }

    fn looks_after(&self) -> usize {
        8
    }

    fn changes(&self) -> Vec<String> {
        let changes = [
            "INSERT INTO t (id) VALUES 77",
            "CREATE TABLE made (a integer)",
            "ALTER TABLE made ADD COLUMN b integer",
            "COMMENT ON TABLE made IS 'x'",
            "COMMENT ON COLUMN made.a IS 'x'",
            "CREATE OR REPLACE VIEW v AS SELECT 2 AS a",
            "CREATE SCHEMA memory.{schema}_made",
            "DROP SCHEMA memory.{schema}_made",
            "TRUNCATE TABLE t",
            "DROP TABLE made",
        ];
        changes.map(|sql| sql.replace("{schema}", &self.schema.name)).to_vec()
    }

    fn session(&self) -> Vec<String> {
        let own = "SELECT current_user, current_catalog, current_schema, current_timezone(), current_path";
        // The time left is another for each statement.
        let properties = "SHOW SESSION";
        [own, properties].map(str::to_owned).to_vec()
    }
}
