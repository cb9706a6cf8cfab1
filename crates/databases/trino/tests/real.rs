//! What is special about Trino, on a real server.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests and their helpers fail by panicking")]

mod server;

use std::time::Duration;

use futures::TryStreamExt;
use serde_json::json;
use server::{Schema, fetch};
use sqlatte_db_trino::{Trino, TrinoConfig};
use sqlatte_guard::{Dialect, Guarded};
use sqlatte_providers::{
    ColumnType, DatabaseProvider, ErrorKind, Estimate, ProviderError, Query, TableKind, TableRef, Value,
};
use sqlatte_testkit::skip;

/// A schema; without a server to make it on, the test is skipped.
async fn schema(test: &str) -> Option<Schema> {
    Schema::make().await.map_err(|reason| skip(test, &reason)).ok()
}

fn trino(schema: &Schema, change: impl FnOnce(&mut TrinoConfig)) -> Trino {
    let mut config = schema.config(&schema.server);
    change(&mut config);
    Trino::new(config).unwrap()
}

fn guarded(sql: &str) -> Guarded {
    Guarded::unguarded(sql, Dialect::Trino)
}

#[tokio::test]
async fn every_type_arrives() {
    let Some(schema) = schema("every_type_arrives").await else { return };
    let text = |text: &str| Value::Text(text.to_owned());
    let cases: Vec<(&str, ColumnType, Value)> = vec![
        ("TINYINT '-1'", ColumnType::Integer, Value::Integer(-1)),
        ("SMALLINT '-1'", ColumnType::Integer, Value::Integer(-1)),
        ("REAL '0.1'", ColumnType::Float, Value::Float(0.1)),
        ("infinity()", ColumnType::Float, Value::Float(f64::INFINITY)),
        ("CAST(-infinity() AS real)", ColumnType::Float, Value::Float(f64::NEG_INFINITY)),
        (
            "CAST('12345678901234567890123456789012345678' AS decimal(38))",
            ColumnType::Decimal,
            Value::Decimal("12345678901234567890123456789012345678".into()),
        ),
        ("CAST('x' AS char(3))", ColumnType::Text, text("x  ")),
        ("JSON 'null'", ColumnType::Json, Value::Json(json!(null))),
        ("DATE '-0044-03-15'", ColumnType::Date, text("-0044-03-15")),
        ("TIME '23:59:59.123456789012'", ColumnType::Time, text("23:59:59.123456789012")),
        ("TIME '23:59:59.1+03:00'", ColumnType::Time, text("23:59:59.1+03:00")),
        (
            "TIMESTAMP '2026-11-22 13:14:15.123456789012'",
            ColumnType::Timestamp,
            text("2026-11-22 13:14:15.123456789012"),
        ),
        (
            "TIMESTAMP '2026-11-22 13:14:15.123456789012 +03:00'",
            ColumnType::TimestampTz,
            text("2026-11-22T13:14:15.123456789012+03:00"),
        ),
        ("TIMESTAMP '2026-11-22 13:14:15 UTC'", ColumnType::TimestampTz, text("2026-11-22T13:14:15Z")),
        ("INTERVAL '-14' MONTH", ColumnType::Interval, text("P-1Y-2M")),
        ("INTERVAL '-1 2:03:04.005' DAY TO SECOND", ColumnType::Interval, text("P-1DT-2H-3M-4.005S")),
        ("IPADDRESS '10.0.0.1'", ColumnType::Text, text("10.0.0.1")),
        ("color('red')", ColumnType::Text, text("red")),
        ("approx_set(1)", ColumnType::Text, text("AgwBAIADRAA=")),
        (
            "ARRAY[ARRAY[DECIMAL '1.5'], NULL]",
            ColumnType::Array,
            Value::Array(vec![Value::Array(vec![Value::Decimal("1.5".into())]), Value::Null]),
        ),
        ("ARRAY[]", ColumnType::Array, Value::Array(vec![])),
        (
            "MAP(ARRAY[1, 2], ARRAY[ROW(DATE '2024-02-29', X'00'), NULL])",
            ColumnType::Json,
            Value::Json(json!({ "1": ["2024-02-29", "AA=="], "2": null })),
        ),
        (
            "CAST(ROW(1, ROW(INTERVAL '1' DAY, nan())) AS
             ROW(\"A b\" bigint, b ROW(i interval day to second, d double)))",
            ColumnType::Json,
            Value::Json(json!({ "A b": 1, "b": { "i": "P1D", "d": "NaN" } })),
        ),
    ];
    let expressions: Vec<&str> = cases.iter().map(|(sql, ..)| *sql).collect();
    let sql = format!("SELECT {}", expressions.join(", "));
    let query = Query { sql: guarded(&sql), max_rows: 10, timeout: Duration::from_secs(60) };
    let stream = trino(&schema, |_| {}).query(query).await.unwrap();
    let columns = stream.columns;
    let rows: Vec<_> = stream.batches.try_collect::<Vec<_>>().await.unwrap().remove(0).rows;
    for (((sql, kind, value), column), found) in cases.iter().zip(&columns).zip(&rows[0]) {
        assert_eq!((column.kind, found), (*kind, value), "{sql}");
    }
}

#[tokio::test]
async fn places_are_bytes_of_the_text_as_given() {
    let Some(schema) = schema("places_are_bytes_of_the_text_as_given").await else { return };
    let trino = trino(&schema, |_| {});
    for sql in ["SELECT '😊ü',\n  nmae; -- done", " SELECT nmae FROM tpch.tiny.nation ;"] {
        let error = fetch(&trino, sql).await.unwrap_err();
        assert_eq!((error.kind(), error.position()), (ErrorKind::Rejected, sql.find("nmae")), "{error}");
        let error = trino.estimate(&guarded(sql)).await.unwrap_err();
        assert_eq!(error.position(), sql.find("nmae"), "{error}");
    }
    assert_eq!(fetch(&trino, "SELECT 1; -- a; b").await.unwrap(), [[Value::Integer(1)]]);
}

#[tokio::test]
async fn estimates_rows_and_bytes() {
    let Some(schema) = schema("estimates_rows_and_bytes").await else { return };
    let trino = trino(&schema, |_| {});
    let estimate = async |sql: &str| trino.estimate(&guarded(sql)).await.unwrap();
    let Some(Estimate { rows: Some(15_000), bytes: Some(bytes) }) =
        estimate("SELECT * FROM tpch.tiny.orders;").await
    else {
        panic!("no estimate of a table with statistics")
    };
    assert!(bytes > 1_000_000, "{bytes}");
    let both = "SELECT * FROM tpch.tiny.orders AS o JOIN tpch.tiny.nation AS n ON n.nationkey = o.custkey";
    assert_eq!(estimate(both).await.and_then(|estimate| estimate.rows), Some(15_025));
    assert_eq!(estimate("SELECT 1").await, Some(Estimate { rows: Some(0), bytes: Some(0) }));
    assert_eq!(estimate("EXPLAIN SELECT * FROM tpch.tiny.orders").await, None);
    assert_eq!(estimate("SHOW CATALOGS").await, None);
}

#[tokio::test]
async fn several_catalogs_are_listed_and_described() {
    let Some(schema) = schema("several_catalogs_are_listed_and_described").await else { return };
    schema.run("CREATE TABLE clients (id integer, name varchar)").await;
    schema.run("CREATE VIEW people COMMENT 'Who is who' AS SELECT name FROM clients").await;
    let both = trino(&schema, |config| {
        config.catalogs = vec!["tpch".to_owned(), "memory".to_owned()];
        config.schemas = vec!["tiny".to_owned(), schema.name.clone()];
    });
    let tables = both.tables().await.unwrap();
    let names: Vec<_> = tables.iter().map(ToString::to_string).collect();
    assert_eq!(names[0], format!("memory.{}.clients", schema.name));
    assert!(names.contains(&"tpch.tiny.lineitem".to_owned()), "{names:?}");
    assert_eq!(tables.len(), 10);
    let people = tables.iter().find(|table| table.name == "people").unwrap();
    assert_eq!((people.kind, people.comment.as_deref()), (TableKind::View, Some("Who is who")));

    let described = both.describe(&tables).await.unwrap();
    assert_eq!(described.len(), tables.len());
    let nation = described.iter().find(|table| table.table.name == "nation").unwrap();
    assert_eq!(nation.table.rows_estimate, Some(25));
    assert_eq!(nation.columns[1].database_type, "varchar(25)");
    assert!(!nation.columns[1].nullable);
    assert!(nation.columns.iter().all(|column| column.samples.is_empty()), "samples are off unless set");

    // A short name is looked for where the settings say.
    let short = [TableRef::new("clients")];
    let found = both.describe(&short).await.unwrap().remove(0);
    assert_eq!(found.table.to_string(), format!("memory.{}.clients", schema.name));

    let one = trino(&schema, |_| {}).tables().await.unwrap();
    assert_eq!(one.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(), ["clients", "people"]);
    let all = trino(&schema, |config| {
        config.url = sqlatte_providers::Secret::new(format!("trino://sqlatte@{}", schema.server));
    });
    let all: Vec<_> = all.tables().await.unwrap();
    assert!(all.iter().any(|table| table.catalog.as_deref() == Some("tpch")));
    assert!(all.iter().all(|table| table.catalog.as_deref() != Some("system")));
    assert!(all.iter().all(|table| table.schema.as_deref() != Some("information_schema")));
}

#[tokio::test]
async fn samples_survive_a_table_that_cannot_be_read() {
    let Some(schema) = schema("samples_survive_a_table_that_cannot_be_read").await else { return };
    schema.run("CREATE TABLE base AS SELECT varchar 'x' AS a").await;
    schema
        .run("CREATE TABLE sound AS SELECT * FROM (VALUES varchar 'red', 'blue', 'red') AS t (colour)")
        .await;
    schema.run("CREATE TABLE many AS SELECT CAST(custkey AS varchar) AS a FROM tpch.tiny.customer").await;
    schema.run("CREATE VIEW broken AS SELECT a FROM base").await;
    schema.run("DROP TABLE base").await;
    let trino = trino(&schema, |config| config.samples = true);
    let tables = trino.tables().await.unwrap();
    let described = trino.describe(&tables).await.unwrap();
    let samples = |name: &str| {
        let table = described.iter().find(|table| table.table.name == name).unwrap();
        table.columns.iter().flat_map(|column| column.samples.clone()).collect::<Vec<_>>()
    };
    assert_eq!(samples("sound"), ["red", "blue"]);
    assert!(samples("many").is_empty() && samples("broken").is_empty());
}

fn shown(error: &ProviderError, schema: &Schema) -> String {
    let text = error.message().replace(&schema.server, "HOST").replace(&schema.name, "SCHEMA");
    format!("{}: {text}", error.kind().name())
}

#[tokio::test]
async fn wrong_settings_are_told() {
    let Some(schema) = schema("wrong_settings_are_told").await else { return };
    let mut texts = Vec::new();
    let changes: [fn(&mut TrinoConfig); 7] = [
        |config| config.catalogs = vec!["nope".to_owned()],
        |config| config.schemas = vec!["nope".to_owned()],
        |config| config.url = at(config, "nope/nope"),
        |config| config.url = at(config, "memory/nope"),
        |config| config.session_properties = [("no_such_thing".to_owned(), "1".to_owned())].into(),
        |config| config.impersonate = "admin".to_owned(),
        |config| config.password = sqlatte_providers::Secret::new("hunter2"),
    ];
    for change in changes {
        let trino = trino(&schema, change);
        let check = trino.check().await.unwrap_err();
        let query = fetch(&trino, "SELECT * FROM clients").await.unwrap_err();
        for error in [check, query] {
            // What is to be seen is that catalogs are named, not which tests run beside this one.
            let text = shown(&error, &schema);
            texts.push(text.split(", only: ").next().unwrap_or_default().to_owned());
        }
    }
    insta::assert_snapshot!(texts.join("\n"));
}

/// The address of `config`, with other names.
fn at(config: &TrinoConfig, names: &str) -> sqlatte_providers::Secret {
    let url = config.url.expose();
    let host = url.split('/').nth(2).unwrap_or_default();
    sqlatte_providers::Secret::new(format!("trino://{host}/{names}"))
}

#[tokio::test]
async fn limits_reach_the_server() {
    let Some(schema) = schema("limits_reach_the_server").await else { return };
    let scan = trino(&schema, |config| config.max_scan_bytes = Some(123_456));
    let rows = fetch(&scan, "SHOW SESSION LIKE 'query_max_%'").await.unwrap();
    let value = |name: &str| {
        let row = rows.iter().find(|row| row[0].as_str() == Some(name)).unwrap();
        row[1].as_str().unwrap_or_default().to_owned()
    };
    // The statements of these tests may run for a minute; the server waits a little longer.
    assert_eq!(
        (value("query_max_run_time"), value("query_max_execution_time")),
        ("62s".into(), "62s".into())
    );
    assert_eq!(value("query_max_scan_physical_bytes"), "123456B");
}

#[tokio::test]
async fn a_time_zone_is_that_of_the_session() {
    let Some(schema) = schema("a_time_zone_is_that_of_the_session").await else { return };
    let trino = trino(&schema, |config| config.time_zone = "Asia/Kathmandu".to_owned());
    let rows = fetch(
        &trino,
        "SELECT current_timezone(), CAST(TIMESTAMP '2026-11-22 13:14:15' AS timestamp(0) with time zone)",
    )
    .await
    .unwrap();
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(rows, [[text("Asia/Kathmandu"), text("2026-11-22T13:14:15+05:45")]]);
}
