//! Every type of PostgreSQL arrives: by its binary form, or as the text the server itself writes.

#![expect(clippy::unwrap_used, reason = "these are tests")]

mod server;

use serde_json::json;
use sqlatte_providers::{ColumnType, Value};
use sqlatte_testkit::skip;

use self::server::{Database, fetch, query};

const SCHEMA: &str = r#"
CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s "great"');
CREATE DOMAIN cents AS bigint CHECK (VALUE >= 0);
CREATE DOMAIN few AS cents CHECK (VALUE < 10);
CREATE TYPE item AS (name text, price numeric, tags text[], made date);
CREATE TABLE odds (
    a cents DEFAULT 3, b mood DEFAULT 'ok', c item, d mood[], e few, f int GENERATED ALWAYS AS (1) STORED,
    g int GENERATED ALWAYS AS IDENTITY, h serial, i timestamptz DEFAULT now()
);
"#;

async fn start(test: &str) -> Option<Database> {
    Database::start(SCHEMA).await.map_err(|reason| skip(test, &reason)).ok()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn decimal(digits: &str) -> Value {
    Value::Decimal(digits.to_owned())
}

fn array(values: &[Value]) -> Value {
    Value::Array(values.to_vec())
}

/// Each expression arrives as this value, in a column of this kind: alone, and beside a column whose type
/// makes the whole answer travel as text.
async fn arrive(database: &Database, cases: &[(&str, ColumnType, Value)]) {
    let provider = database.provider(|_| {});
    for (expression, kind, value) in cases {
        for (beside, index) in [("", 0), ("NULL::money, ", 1)] {
            let sql = format!("SELECT {beside}{expression}");
            let (columns, rows) = fetch(&*provider, query(&sql)).await.unwrap();
            assert_eq!((&rows[0][index], columns[index].kind), (value, *kind), "{sql}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn simple_values_arrive_alike_both_ways() {
    let Some(database) = start("simple_values_arrive_alike_both_ways").await else { return };
    let cases = [
        ("true", ColumnType::Boolean, Value::Bool(true)),
        ("32767::smallint", ColumnType::Integer, Value::Integer(32767)),
        ("4294967295::oid", ColumnType::Integer, Value::Integer(4_294_967_295)),
        ("'18446744073709551615'::xid8", ColumnType::Integer, Value::Unsigned(u64::MAX)),
        ("0.1::real", ColumnType::Float, Value::Float(0.1)),
        ("'-Infinity'::float8", ColumnType::Float, Value::Float(f64::NEG_INFINITY)),
        ("1e308::float8", ColumnType::Float, Value::Float(1e308)),
        ("'NaN'::numeric", ColumnType::Decimal, decimal("NaN")),
        ("1.500::numeric(10,3)", ColumnType::Decimal, decimal("1.500")),
        ("-0.000000000000000000001", ColumnType::Decimal, decimal("-0.000000000000000000001")),
        ("1e40::numeric", ColumnType::Decimal, decimal("10000000000000000000000000000000000000000")),
        ("'r'::\"char\"", ColumnType::Text, text("r")),
        ("'pg_class'::name", ColumnType::Text, text("pg_class")),
        ("'ab'::char(4)", ColumnType::Text, text("ab  ")),
        (
            "'{\"b\": 1, \"a\": [1.5, null]}'::json",
            ColumnType::Json,
            Value::Json(json!({ "a": [1.5, null], "b": 1 })),
        ),
        ("'null'::jsonb", ColumnType::Json, Value::Json(json!(null))),
        ("'\\x00ff'::bytea", ColumnType::Bytes, Value::Bytes(vec![0, 255])),
        ("'infinity'::date", ColumnType::Date, text("infinity")),
        ("'0044-03-15 BC'::date", ColumnType::Date, text("0044-03-15 BC")),
        ("'5874897-12-31'::date", ColumnType::Date, text("5874897-12-31")),
        ("'24:00'::time", ColumnType::Time, text("24:00:00")),
        ("'13:14:15.5+03'::timetz", ColumnType::Time, text("13:14:15.5+03")),
        ("'-infinity'::timestamp", ColumnType::Timestamp, text("-infinity")),
        (
            "'1969-12-31 23:59:59.999999'::timestamp",
            ColumnType::Timestamp,
            text("1969-12-31 23:59:59.999999"),
        ),
        ("'infinity'::timestamptz", ColumnType::TimestampTz, text("infinity")),
        ("'2026-11-22 13:14:15+05:30'::timestamptz", ColumnType::TimestampTz, text("2026-11-22T07:44:15Z")),
        ("'1 year -2 months 3 days -4:05:06.7'::interval", ColumnType::Interval, text("P10M3DT-4H-5M-6.7S")),
        ("'0'::interval", ColumnType::Interval, text("PT0S")),
        ("'ok'::mood", ColumnType::Text, text("ok")),
        ("5::cents", ColumnType::Integer, Value::Integer(5)),
        ("5::few", ColumnType::Integer, Value::Integer(5)),
    ];
    arrive(&database, &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn arrays_arrive_alike_both_ways() {
    let Some(database) = start("arrays_arrive_alike_both_ways").await else { return };
    let number = Value::Integer;
    let kind = ColumnType::Array;
    let cases = [
        ("'{}'::int[]", kind, array(&[])),
        (
            "ARRAY[[1,2],[3,NULL]]",
            kind,
            array(&[array(&[number(1), number(2)]), array(&[number(3), Value::Null])]),
        ),
        ("'[0:1]={1,2}'::int[]", kind, array(&[number(1), number(2)])),
        ("ARRAY['sad', 'it''s \"great\"']::mood[]", kind, array(&[text("sad"), text("it's \"great\"")])),
        ("ARRAY[1.50, 'NaN']::numeric[]", kind, array(&[decimal("1.50"), decimal("NaN")])),
        (
            "ARRAY['NULL', NULL, '', 'a,\"b\\']",
            kind,
            array(&[text("NULL"), Value::Null, text(""), text("a,\"b\\")]),
        ),
        ("ARRAY[5]::cents[]", kind, array(&[number(5)])),
        ("ARRAY['{\"a\": \"}\"}']::jsonb[]", kind, array(&[Value::Json(json!({ "a": "}" }))])),
        ("ARRAY['infinity', '2026-01-02']::date[]", kind, array(&[text("infinity"), text("2026-01-02")])),
        ("'1 2'::int2vector", kind, array(&[number(1), number(2)])),
    ];
    // The last is an array only in its binary form.
    arrive(&database, &cases[..cases.len() - 1]).await;
    let provider = database.provider(|_| {});
    let (_, rows) = fetch(&*provider, query("SELECT '1 2'::int2vector")).await.unwrap();
    assert_eq!(rows[0][0], cases[cases.len() - 1].2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_arrives_in_the_servers_words() {
    let Some(database) = start("the_rest_arrives_in_the_servers_words").await else { return };
    let words = |words: &str| (ColumnType::Text, text(words));
    let item = json!({ "name": "cup, \"big\"", "price": "3.50", "tags": ["a", null], "made": null });
    let cases = [
        ("'[1,5)'::int4range", words("[1,5)")),
        ("'empty'::daterange", words("empty")),
        ("'{[1,3),[5,8)}'::int4multirange", words("{[1,3),[5,8)}")),
        ("ROW(1, 'a b', NULL)", words("(1,\"a b\",)")),
        ("1234.5::money", words("$1,234.50")),
        ("'10.1.0.0/16'::cidr", words("10.1.0.0/16")),
        ("'::1'::inet", words("::1")),
        ("'08:00:2b:01:02:03'::macaddr", words("08:00:2b:01:02:03")),
        ("'08:00:2b:01:02:03:04:05'::macaddr8", words("08:00:2b:01:02:03:04:05")),
        ("B'101'", words("101")),
        ("B'101'::varbit(5)", words("101")),
        ("'<a b=\"1\">x</a>'::xml", words("<a b=\"1\">x</a>")),
        ("'a fat cat'::tsvector", words("'a' 'cat' 'fat'")),
        ("'fat & !cat'::tsquery", words("'fat' & !'cat'")),
        ("'(1,2)'::point", words("(1,2)")),
        ("'((0,0),(1,1))'::polygon", words("((0,0),(1,1))")),
        ("'pg_class'::regclass", words("pg_class")),
        ("'0/16B3748'::pg_lsn", words("0/16B3748")),
        ("'$.a[*]'::jsonpath", words("$.\"a\"[*]")),
        ("'postgres=r/postgres'::aclitem", words("postgres=r/postgres")),
        (
            "ROW('cup, \"big\"', 3.50, ARRAY['a', NULL], NULL)::item",
            (ColumnType::Json, Value::Json(item.clone())),
        ),
        (
            "ARRAY[ROW('cup, \"big\"', 3.50, ARRAY['a', NULL], NULL)::item]",
            (ColumnType::Array, array(&[Value::Json(item)])),
        ),
        ("ARRAY['[1,2)', NULL]::int4range[]", (ColumnType::Array, array(&[text("[1,2)"), Value::Null]))),
    ];
    let cases = cases.map(|(expression, (kind, value))| (expression, kind, value));
    arrive(&database, &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn extension_types_arrive() {
    let Some(database) = start("extension_types_arrive").await else { return };
    for extension in ["hstore", "citext", "cube", "ltree"] {
        if let Err(error) = database.admin.batch_execute(&format!("CREATE EXTENSION {extension}")).await {
            skip("extension_types_arrive", &format!("no extension {extension}: {error}"));
            return;
        }
    }
    let pairs = json!({ "a": "1, \"2\"", "b": null });
    let cases = [
        ("'a=>\"1, \\\"2\\\"\", b=>NULL'::hstore", ColumnType::Json, Value::Json(pairs)),
        ("'Ab'::citext", ColumnType::Text, text("Ab")),
        ("'(1,2)'::cube", ColumnType::Text, text("(1, 2)")),
        ("'a.b'::ltree", ColumnType::Text, text("a.b")),
    ];
    arrive(&database, &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_come_in_pages_and_end_where_they_should() {
    let Some(database) = start("texts_come_in_pages_and_end_where_they_should").await else { return };
    let provider = database.provider(|config| config.pool_size = 1);
    for count in [0, 1, 499, 500, 501, 1000, 1777] {
        let sql = format!("SELECT i, i::money AS m FROM generate_series(1, {count}) AS i");
        let (columns, rows) = fetch(&*provider, query(&sql)).await.unwrap();
        assert_eq!((columns.len(), rows.len()), (2, count));
        assert!(rows.iter().zip(1..).all(|(row, i)| row[0] == Value::Integer(i)));
    }
    let mut few = query("SELECT i::money FROM (SELECT generate_series(1, 1000000000) AS i) AS n");
    few.max_rows = 700;
    assert_eq!(fetch(&*provider, few).await.unwrap().1.len(), 700);
    let failing = "SELECT i::money, 1 / (600 - i) FROM generate_series(1, 1000) AS i";
    let error = fetch(&*provider, query(failing)).await.unwrap_err();
    assert_eq!(error.message(), "PostgreSQL: division by zero");
    assert_eq!(fetch(&*provider, query("SELECT 1")).await.unwrap().1.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_are_described_exactly() {
    let Some(database) = start("columns_are_described_exactly").await else { return };
    let provider = database.provider(|_| {});
    let tables = provider.tables().await.unwrap();
    let described = provider.describe(&tables).await.unwrap();
    let columns = described[0].columns.iter().map(|column| {
        let default = column.default.as_deref().unwrap_or("-");
        format!(
            "{} {} {} {default} {:?}",
            column.name,
            column.database_type,
            column.kind.name(),
            column.samples
        )
    });
    let moods = r#"["sad", "ok", "it's \"great\""]"#;
    assert_eq!(
        columns.collect::<Vec<_>>(),
        [
            "a cents integer 3 []".to_owned(),
            format!("b mood text 'ok'::mood {moods}"),
            "c item json - []".to_owned(),
            format!("d mood[] array - {moods}"),
            "e few integer - []".to_owned(),
            "f integer integer - []".to_owned(),
            "g integer integer - []".to_owned(),
            "h integer integer - []".to_owned(),
            "i timestamp with time zone timestamptz now() []".to_owned(),
        ]
    );
}
