//! The contract that every database adapter keeps, here for BigQuery, against an emulator.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a harness is a part of tests")]

mod front;

use std::{env, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::{Value as Json, json};
use sqlatte_db_bigquery::{Bigquery, BigqueryConfig};
use sqlatte_guard::Dialect;
use sqlatte_http::Method;
use sqlatte_providers::{ColumnType, DatabaseProvider, Secret, Value};
use sqlatte_testkit::{
    database::{Applies, DatabaseHarness, OddName, Sort, ValueCase, hostile_corpus},
    database_contract,
    proxy::Proxy,
};
use uuid::Uuid;

use self::front::{ENDLESS, Front, KEY_ID};

// All but `names_columns`: BigQuery refuses two columns of one name.
database_contract! {
    BigqueryHarness:
    answers_a_check, says_what_it_is,
    lists_tables, describes_columns_in_order, describes_keys, describes_comments, describes_samples,
    describes_in_the_order_asked, describes_for_a_role_that_owns_nothing, missing_table_is_not_found,
    names_cannot_break_out_of_their_quotes, tables_that_go_and_come_back_are_told_apart,
    many_tables_are_listed_and_described_on_demand,
    null_survives, decimal_survives, big_integer_survives, unsigned_survives, float_survives,
    float_nan_survives, timestamp_survives, timestamp_with_zone_survives, date_survives, time_survives,
    interval_survives, boolean_survives, json_survives, array_survives, bytes_survive, uuid_survives,
    enum_survives, utf8_survives,
    empty_results_have_columns, max_rows_truncates, max_rows_met_exactly_is_complete,
    a_million_rows_stream_in_bounded_memory, timeout_stops_the_work, timeout_holds_while_streaming,
    timeout_holds_while_waiting_for_a_connection, dropping_the_call_stops_the_work,
    dropping_the_stream_stops_the_work, two_hundred_stops_lose_no_connection,
    calls_in_flight_fail_when_the_server_goes, many_callers_are_all_answered,
    bad_sql_is_rejected_with_words_and_place, failing_while_running_is_rejected,
    wrong_password_is_unauthorized, server_gone_is_unavailable_until_it_returns,
    nothing_shows_the_password, another_dialect_is_rejected, hostile_statements_change_nothing,
    every_change_would_be_seen
}

/// Opens nothing: it was made for these tests.
const KEY: &str = include_str!("data/throwaway-key.pem");

/// Tables with a column each. BigQuery allows letters, digits, `_`, `-` and spaces; the emulator no spaces,
/// and ASCII alone.
const ODD: [(&str, &str); 6] = [
    ("select", "from"),
    ("1st-table", "_1st"),
    ("Mixed_Case", "MixedCase"),
    ("a--b", "select"),
    ("order_", "group"),
    ("x_y", "x_y"),
];

struct BigqueryHarness {
    front: Front,
    proxy: Proxy,
    dataset: String,
}

impl BigqueryHarness {
    fn config(&self, key_id: &str) -> BigqueryConfig {
        let key = json!({
            "type": "service_account", "project_id": "demo", "private_key_id": key_id, "private_key": KEY,
            "client_email": "sqlatte@demo.iam.gserviceaccount.com",
        });
        let mut config = BigqueryConfig::new("demo");
        config.dataset = Some(self.dataset.clone());
        config.endpoint = Some(format!("http://{}", self.proxy.address()));
        config.credentials_json = Secret::new(key.to_string());
        // The emulator does one thing at a time, and all these tests ask it at once.
        config.request_timeout = 120;
        config
    }

    async fn emulator(&self, path: &str, body: Option<&Json>) -> Json {
        let method = if body.is_some() { Method::POST } else { Method::GET };
        let path = format!("/bigquery/v2/projects/demo/{path}");
        self.front.emulator().ask(method, &path, body).await.1
    }

    async fn run(&self, sql: &str) -> Json {
        let sql = sql.replace("DS.", &format!("{}.", self.dataset));
        let answer = self.emulator("queries", Some(&json!({ "query": sql, "useLegacySql": false }))).await;
        assert!(answer["errors"].is_null() && answer["error"].is_null(), "{sql}: {answer}");
        answer
    }

    async fn table(&self, name: &str, description: &str, fields: &Json) {
        let table = json!({
            "tableReference": { "projectId": "demo", "datasetId": self.dataset, "tableId": name },
            "description": description,
            "schema": { "fields": fields },
        });
        let answer = self.emulator(&format!("datasets/{}/tables", self.dataset), Some(&table)).await;
        assert!(answer["error"].is_null(), "{name}: {answer}");
    }
}

#[async_trait]
impl DatabaseHarness for BigqueryHarness {
    async fn start() -> Result<Self, String> {
        let address = env::var("SQLATTE_TEST_BIGQUERY_URL").map_err(|_| {
            "no BigQuery emulator to test with: set SQLATTE_TEST_BIGQUERY_URL or run the tests with cargo xtask test"
        })?;
        let front = Front::before(&address).await;
        let proxy = Proxy::before(&front.address.to_string()).await.map_err(|error| error.to_string())?;
        let dataset = format!("contract_{}", Uuid::now_v7().simple());
        let harness = BigqueryHarness { front, proxy, dataset };
        let reference = json!({ "projectId": "demo", "datasetId": harness.dataset });
        harness.emulator("datasets", Some(&json!({ "datasetReference": reference }))).await;
        harness
            .table(
                "clients",
                "People who buy",
                &json!([
                    { "name": "id", "type": "INT64", "mode": "REQUIRED" },
                    { "name": "name", "type": "STRING", "mode": "REQUIRED", "description": "Full name" },
                    { "name": "city", "type": "STRING" },
                ]),
            )
            .await;
        harness
            .table(
                "sales",
                "",
                &json!([
                    { "name": "id", "type": "INT64" },
                    { "name": "client_id", "type": "INT64", "mode": "REQUIRED", "description": "Who bought" },
                    { "name": "amount", "type": "NUMERIC" },
                    { "name": "status", "type": "STRING" },
                ]),
            )
            .await;
        for (table, column) in ODD {
            harness.table(table, "", &json!([{ "name": column, "type": "STRING" }])).await;
            harness.run(&format!("INSERT INTO DS.`{table}` VALUES ('x')")).await;
        }
        harness.table("decimals", "", &json!([{ "name": "d", "type": "NUMERIC" }])).await;
        harness.run("INSERT INTO DS.decimals VALUES (NUMERIC '12345678901234567890.123456789')").await;
        harness
            .run("INSERT INTO DS.clients VALUES (1, 'Ayşe Yılmaz', 'Istanbul'), (2, 'Jürgen Groß', 'München'), (3, '李小龙', NULL)")
            .await;
        harness
            .run("INSERT INTO DS.sales VALUES (1, 1, 12.5, 'paid'), (2, 1, 99.9, 'open'), (3, 2, 7, 'paid')")
            .await;
        Ok(harness)
    }

    fn dialect(&self) -> Dialect {
        Dialect::Bigquery
    }

    async fn provider(&self, connections: usize) -> Arc<dyn DatabaseProvider> {
        let mut config = self.config(KEY_ID);
        config.pool_size = connections;
        Arc::new(Bigquery::new(config).unwrap())
    }

    async fn restricted(&self) -> Applies<Arc<dyn DatabaseProvider>> {
        Applies::No("the emulator has no permissions")
    }

    async fn wrong_password(&self) -> Applies<Arc<dyn DatabaseProvider>> {
        Applies::Yes(Arc::new(Bigquery::new(self.config("wrong")).unwrap()))
    }

    fn password(&self) -> Applies<String> {
        // A line of it, as it stands in the key whatever its line breaks become.
        Applies::Yes(KEY.lines().nth(1).unwrap().to_owned())
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
        Applies::Yes(self.front.running())
    }

    async fn sessions(&self) -> Applies<u64> {
        Applies::No("BigQuery has no sessions unless a job asks for one")
    }

    async fn administer(&self, sql: &str) {
        self.run(sql).await;
    }

    fn many_tables(&self) -> Applies<usize> {
        Applies::No("the emulator takes a second for a table; tests/wire reads pages of a long list")
    }

    fn answers_within(&self) -> Duration {
        // The front answers; the machine may be busy with the emulator.
        Duration::from_secs(3)
    }

    fn odd_names(&self) -> Vec<OddName> {
        ODD.map(|(table, column)| OddName { table: table.to_owned(), column: column.to_owned() }).to_vec()
    }

    fn comments(&self) -> Applies<()> {
        Applies::Yes(())
    }

    fn keys(&self) -> Applies<()> {
        Applies::No("the emulator forgets keys; tests/wire describes some")
    }

    fn samples(&self) -> Applies<()> {
        Applies::Yes(())
    }

    fn value(&self, sort: Sort) -> Applies<ValueCase> {
        let text = |text: &str| Value::Text(text.to_owned());
        let (sql, kind, value) = match sort {
            // A NULL alone is an integer to BigQuery.
            Sort::Null => ("SELECT CAST(NULL AS STRING)", ColumnType::Text, Value::Null),
            Sort::Decimal => (
                "SELECT d FROM decimals",
                ColumnType::Decimal,
                Value::Decimal("12345678901234567890.123456789".to_owned()),
            ),
            Sort::BigInteger => {
                ("SELECT -9223372036854775808", ColumnType::Integer, Value::Integer(i64::MIN))
            }
            Sort::Unsigned => return Applies::No("BigQuery's integers are signed"),
            Sort::Float => ("SELECT 0.1", ColumnType::Float, Value::Float(0.1)),
            Sort::FloatNan => ("SELECT CAST('nan' AS FLOAT64)", ColumnType::Float, Value::Float(f64::NAN)),
            Sort::Timestamp => (
                "SELECT DATETIME '2026-11-22 13:14:15.123456'",
                ColumnType::Timestamp,
                text("2026-11-22 13:14:15.123456"),
            ),
            // An instant, without the zone it was written in.
            Sort::TimestampTz => (
                "SELECT TIMESTAMP '2026-11-22 13:14:15.123456+03:00'",
                ColumnType::TimestampTz,
                text("2026-11-22T10:14:15.123456Z"),
            ),
            Sort::Date => ("SELECT DATE '2024-02-29'", ColumnType::Date, text("2024-02-29")),
            Sort::Time => ("SELECT TIME '23:59:59'", ColumnType::Time, text("23:59:59")),
            Sort::Interval => {
                ("SELECT MAKE_INTERVAL(day => 1, hour => 2)", ColumnType::Interval, text("P1DT2H"))
            }
            Sort::Boolean => ("SELECT TRUE", ColumnType::Boolean, Value::Bool(true)),
            Sort::Json => (
                "SELECT JSON '{\"a\": [1, null, \"ü\"]}'",
                ColumnType::Json,
                Value::Json(json!({ "a": [1, null, "ü"] })),
            ),
            // BigQuery refuses to answer with a NULL in an array.
            Sort::Array => {
                ("SELECT [1, 2, 3]", ColumnType::Array, Value::Array([1, 2, 3].map(Value::Integer).to_vec()))
            }
            Sort::Bytes => ("SELECT FROM_HEX('00ff10')", ColumnType::Bytes, Value::Bytes(vec![0, 255, 16])),
            Sort::Uuid => return Applies::No("BigQuery has no UUIDs"),
            Sort::Enum => return Applies::No("BigQuery has no enums"),
            Sort::Utf8 => ("SELECT 'ağ 漢字 😊 \\'quoted\"'", ColumnType::Text, text("ağ 漢字 😊 'quoted\"")),
        };
        Applies::Yes(ValueCase { sql: sql.to_owned(), kind, value })
    }

    fn many_rows(&self, count: u64) -> String {
        front::many_rows(count)
    }

    fn endless(&self) -> String {
        ENDLESS.to_owned()
    }

    fn failing(&self) -> Applies<String> {
        Applies::Yes("SELECT ERROR(name) FROM clients".to_owned())
    }

    fn positions(&self) -> Applies<()> {
        Applies::No("the emulator's words are those of DuckDB; tests/wire reads BigQuery's")
    }

    fn hostile(&self) -> Vec<String> {
        let own = [
            "DELETE FROM clients WHERE TRUE",
            "UPDATE clients SET name = 'x' WHERE TRUE",
            "INSERT INTO clients VALUES (9, 'x', 'y')",
            "MERGE clients USING sales ON FALSE WHEN NOT MATCHED BY SOURCE THEN DELETE",
            "TRUNCATE TABLE clients",
            "DROP TABLE sales",
            "DROP SCHEMA DS",
            "DROP SCHEMA DS CASCADE",
            "CREATE TABLE x AS SELECT 1 AS a",
            "CREATE OR REPLACE TABLE clients AS SELECT 1 AS a",
            "CREATE TEMP TABLE x AS SELECT 1 AS a",
            "CREATE VIEW x AS SELECT 1 AS a",
            "CREATE FUNCTION x() AS (1)",
            "CREATE PROCEDURE x() BEGIN SELECT 1; END",
            "CREATE SNAPSHOT TABLE x CLONE clients",
            "ALTER TABLE clients ADD COLUMN x INT64",
            "ALTER TABLE clients RENAME TO x",
            "ALTER SCHEMA DS SET OPTIONS (description = 'x')",
            "EXPORT DATA OPTIONS (uri = 'gs://x/*', format = 'CSV') AS SELECT * FROM clients",
            "LOAD DATA INTO clients FROM FILES (format = 'CSV', uris = ['gs://x/y'])",
            "GRANT `roles/bigquery.dataViewer` ON TABLE clients TO 'user:x@example.com'",
            "CALL x()",
            "EXECUTE IMMEDIATE 'DROP TABLE clients'",
            "BEGIN TRANSACTION",
            "BEGIN SELECT 1; DROP TABLE clients; END",
            "DECLARE x INT64 DEFAULT 1",
            "SET x = 1",
            "SELECT 1; DROP TABLE clients",
            "SELECT 1; SELECT 2",
            "SELECT @x",
            "SELECT * FROM INFORMATION_SCHEMA.JOBS",
            "SELECT * FROM `region-us`.INFORMATION_SCHEMA.JOBS_BY_PROJECT",
            "SELECT * FROM EXTERNAL_QUERY('us.x', 'DROP TABLE x')",
            "",
            "-- nothing",
            "\0",
        ];
        let own = own.iter().map(|sql| sql.replace("DS", &self.dataset));
        // Theirs speak of a dataset `d`.
        let names = |sql: String| {
            [" ", "`", "("].iter().fold(sql, |sql, before| {
                sql.replace(&format!("{before}d."), &format!("{before}{}.", self.dataset))
            })
        };
        own.chain(hostile_corpus(Dialect::Bigquery).into_iter().map(names)).collect()
    }

    async fn state(&self) -> String {
        let dataset = format!("datasets/{}", self.dataset);
        let mut state = Vec::new();
        for list in ["tables", "routines", "models"] {
            state.push(self.emulator(&format!("{dataset}/{list}"), None).await);
        }
        state.push(self.emulator(&dataset, None).await);
        for table in ["clients", "sales", "t"] {
            state.push(self.emulator(&format!("{dataset}/tables/{table}"), None).await["schema"].take());
            state.push(self.emulator(&format!("{dataset}/tables/{table}/data"), None).await);
        }
        format!("{state:?}")
    }

    fn looks_after(&self) -> usize {
        8
    }

    fn changes(&self) -> Vec<String> {
        let changes = [
            "INSERT INTO DS.t (id) VALUES (77)",
            "CREATE TABLE DS.made (a INT64)",
            "CREATE VIEW DS.seen AS SELECT 1 AS a",
            "DROP TABLE DS.made",
            "DELETE FROM DS.t WHERE id = 77",
        ];
        changes.map(str::to_owned).to_vec()
    }

    fn session(&self) -> Vec<String> {
        // Each statement is a job without a session.
        Vec::new()
    }
}
