use futures::stream;
use sqlatte_providers::{Batch, ColumnType, Value};

use super::*;

fn rows() -> RowStream {
    let column = |name: &str, kind| Column { name: name.to_owned(), kind };
    let text = |text: &str| Value::Text(text.to_owned());
    let first = vec![
        vec![text("Zoë, \"the\" <b>"), Value::Integer(i64::MAX), Value::Float(-1.5)],
        vec![text("=HYPERLINK(\"http://evil\")"), Value::Null, Value::Float(f64::NAN)],
    ];
    let second = vec![
        vec![text("+90 555 (12)"), Value::Bool(true), Value::Bytes(vec![1, 2])],
        vec![
            text("-2+cmd|' /C calc'!A0"),
            Value::Decimal("0.10".into()),
            Value::Array(vec![Value::Integer(1)]),
        ],
    ];
    RowStream {
        columns: vec![
            column("name", ColumnType::Text),
            column("n", ColumnType::Integer),
            column("x & y", ColumnType::Float),
        ],
        batches: stream::iter([
            Ok(Batch { rows: first, truncated: false }),
            Ok(Batch { rows: second, truncated: true }),
        ])
        .boxed(),
    }
}

async fn whole(stream: impl Stream<Item = Result<Bytes, ProviderError>>) -> String {
    let parts: Vec<_> = stream.map(Result::unwrap).collect().await;
    String::from_utf8(parts.concat()).unwrap()
}

#[tokio::test]
async fn csv_is_quoted_and_runs_no_formula() {
    insta::assert_snapshot!(whole(csv(rows())).await);
}

#[tokio::test]
async fn json_is_valid_and_loses_nothing() {
    let text = whole(json(rows())).await;
    serde_json::from_str::<serde_json::Value>(&text).unwrap();
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn html_is_escaped() {
    insta::assert_snapshot!(whole(html(rows())).await);
}

#[tokio::test]
async fn xlsx_is_a_workbook() {
    let parts: Vec<_> = xlsx(rows()).await.unwrap().map(Result::unwrap).collect().await;
    assert_eq!(&parts.concat()[..4], b"PK\x03\x04");
}

#[tokio::test]
async fn a_failure_midway_breaks_the_body_off() {
    let broken = RowStream {
        columns: rows().columns,
        batches: stream::iter([
            Ok(Batch::default()),
            Err(ProviderError::new(sqlatte_providers::ErrorKind::Unavailable, "gone")),
        ])
        .boxed(),
    };
    let parts: Vec<_> = csv(broken).collect().await;
    assert!(parts.last().unwrap().is_err());
}
