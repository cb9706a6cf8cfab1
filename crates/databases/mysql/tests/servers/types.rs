//! Types of MySQL and MariaDB alone.

use sqlatte_db_mysql::MySql;
use sqlatte_providers::{ColumnType, TableRef, Value};
use sqlatte_testkit::database::DatabaseHarness;

use super::{fetch, fetch_value, text};
use crate::harness::{Harness, Server};

on_both!(own_types_arrive, own_types_are_described,);

const OWN_TYPES: &str = "
SET SESSION sql_mode = '';
CREATE TABLE own (
    flag TINYINT(1), tiny TINYINT(1), b1 BIT(1), b10 BIT(10), b64 BIT(64), y YEAR, zero DATE,
    zero_at DATETIME,
    half DATE, long_time TIME(2), choice SET('x','y','z'), f FLOAT, c CHAR(5), bin BINARY(3),
    long_text LONGTEXT,
    b LONGBLOB, place POINT, shape GEOMETRY, j JSON, i TIMESTAMP(3) NULL, big DECIMAL(65,0), latin VARCHAR(9)
    CHARACTER SET latin1
);
INSERT INTO own VALUES (
    1, 7, b'1', b'1000000001', 0xffffffffffffffff, 2026, '0000-00-00', '0000-00-00 00:00:00', '2026-02-00',
    '-838:59:58.50', 'x,z', 0.1, 'ab', 'ab', '{}', x'00ff', ST_GeomFromText('POINT(1 2.5)'),
    ST_GeomFromText('POLYGON((0 0,4 0,4 4,0 0),(1 1,2 1,1 2,1 1))'), '[1, {\"a\": 1.5}]',
    '2026-11-22 13:14:15.125', 99999999999999999999999999999999999999999999999999999999999999999, 'größe'
), (0, 0, b'0', 0, 0, 1901, NULL, NULL, NULL, '00:00:00', '', -2.5e10, '', 'xyz', NULL, '', NULL,
    ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))'), 'null', NULL, 0, '');
";

async fn own_types_arrive<S: Server>(harness: &Harness<S>) {
    harness.set_up(OWN_TYPES).await;
    let mut config = harness.config();
    config.time_zone = "+00:00".to_owned();
    let provider = MySql::new(config).unwrap();
    let (columns, rows) = fetch(&provider, "SELECT * FROM own").await.unwrap();
    let kinds: Vec<_> = columns.iter().map(|(name, kind)| format!("{name} {}", kind.name())).collect();
    assert_eq!(
        kinds.join(", "),
        "flag boolean, tiny integer, b1 boolean, b10 integer, b64 integer, y integer, zero date, zero_at \
         timestamp, \
         half date, long_time time, choice text, f float, c text, bin bytes, long_text text, b bytes, place \
         text, \
         shape text, j json, i timestamp, big decimal, latin text"
    );
    let json = Value::Json(serde_json::json!([1, { "a": 1.5 }]));
    let expected = [
        Value::Bool(true),
        Value::Integer(7),
        Value::Bool(true),
        Value::Integer(513),
        Value::Unsigned(u64::MAX),
        Value::Integer(2026),
        text("0000-00-00"),
        text("0000-00-00 00:00:00"),
        text("2026-02-00"),
        text("-838:59:58.50"),
        text("x,z"),
        Value::Float(0.1),
        text("ab"),
        Value::Bytes(b"ab\0".to_vec()),
        text("{}"),
        Value::Bytes(vec![0, 255]),
        text("POINT(1 2.5)"),
        text("POLYGON((0 0,4 0,4 4,0 0),(1 1,2 1,1 2,1 1))"),
        json,
    ];
    for ((value, expected), (name, _)) in rows[0].iter().zip(expected).zip(&columns) {
        assert_eq!(*value, expected, "{name}");
    }
    assert_eq!(rows[0][20], Value::Decimal("9".repeat(65)));
    assert_eq!(rows[0][21], text("größe"));
    assert_eq!(rows[1][17], text("GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))"));
    assert_eq!((&rows[1][6], &rows[1][9], &rows[1][10]), (&Value::Null, &text("00:00:00.00"), &text("")));

    for (sql, value) in [
        ("SELECT SUM(tiny) FROM own", Value::Decimal("7".to_owned())),
        ("SELECT COUNT(*) FROM own", Value::Integer(2)),
        ("SELECT AVG(tiny) FROM own", Value::Decimal("3.5000".to_owned())),
        ("SELECT MAX(zero_at) FROM own WHERE zero_at = '0000-00-00'", text("0000-00-00 00:00:00")),
        ("SELECT DATE_FORMAT(i, '%Y-%m') FROM own LIMIT 1", text("2026-11")),
        ("SELECT i FROM own LIMIT 1", text("2026-11-22 13:14:15.125")),
        ("SELECT CONCAT(y, c) FROM own LIMIT 1", text("2026ab")),
        ("SELECT 1e0 / 3", Value::Float(1.0 / 3.0)),
        ("SELECT HEX(b) FROM own LIMIT 1", text("00FF")),
        ("SELECT '😊'", text("😊")),
        ("SELECT ''", text("")),
        ("SELECT INET6_ATON('::1') = INET6_ATON('::1')", Value::Integer(1)),
    ] {
        assert_eq!(fetch_value(&provider, sql).await, value, "{sql}");
    }
    if S::IS_MARIADB {
        assert_eq!(
            fetch_value(&provider, "SELECT CAST('::ffff:1.2.3.4' AS INET6)").await,
            text("::ffff:1.2.3.4")
        );
    } else {
        let vector = fetch_value(&provider, "SELECT STRING_TO_VECTOR('[1]')").await;
        assert_eq!(vector, Value::Bytes(1_f32.to_le_bytes().to_vec()));
    }
}

async fn own_types_are_described<S: Server>(harness: &Harness<S>) {
    harness.set_up(OWN_TYPES).await;
    let provider = harness.provider(1).await;
    let own = provider.describe(&[TableRef::new("own")]).await.unwrap().remove(0);
    let shown = |name: &str| {
        let column = own.columns.iter().find(|column| column.name == name).unwrap();
        (column.database_type.to_ascii_lowercase(), column.kind, column.samples.clone())
    };
    let labels = ["x", "y", "z"].map(str::to_owned).to_vec();
    assert_eq!(shown("choice"), ("set('x','y','z')".to_owned(), ColumnType::Text, labels));
    assert_eq!(shown("flag"), ("tinyint(1)".to_owned(), ColumnType::Boolean, vec![]));
    assert_eq!(shown("b10"), ("bit(10)".to_owned(), ColumnType::Integer, vec![]));
    assert_eq!(shown("big").0, "decimal(65,0)");
    assert_eq!(shown("shape").1, ColumnType::Text);
    let json = if S::IS_MARIADB { ("longtext", ColumnType::Text) } else { ("json", ColumnType::Json) };
    assert_eq!((shown("j").0.as_str(), shown("j").1), json);
}
