//! Cells as the REST API writes them: `{"v": …}`, everything in it a text, nested rows as `{"f": […]}`.

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::DateTime;
use serde_json::{Map, Value as Json};
use sqlatte_providers::{Row, Value};

use crate::{interval, types::Shape};

/// A row of as many cells as there are shapes; what is missing is NULL.
pub(crate) fn row(shapes: &[Shape], mut row: Map<String, Json>) -> Row {
    cells(row.get_mut("f"), shapes.iter())
}

fn cells<'s>(fields: Option<&mut Json>, shapes: impl Iterator<Item = &'s Shape>) -> Vec<Value> {
    let mut fields = match fields.map(Json::take) {
        Some(Json::Array(fields)) => fields.into_iter(),
        _ => Vec::new().into_iter(),
    };
    shapes.map(|shape| fields.next().map_or(Value::Null, |cell| value(shape, inside(cell)))).collect()
}

/// What is inside of `{"v": …}`.
fn inside(mut cell: Json) -> Json {
    cell.get_mut("v").map_or(Json::Null, Json::take)
}

fn value(shape: &Shape, cell: Json) -> Value {
    match (shape, cell) {
        // An array is never NULL in BigQuery: none and empty are the same.
        (Shape::Array(_), Json::Null) => Value::Array(Vec::new()),
        (_, Json::Null) => Value::Null,
        (Shape::Array(element), Json::Array(items)) => {
            Value::Array(items.into_iter().map(|item| value(element, inside(item))).collect())
        }
        (Shape::Struct(fields), mut cell) if cell.is_object() => {
            let values = cells(cell.get_mut("f"), fields.iter().map(|(_, shape)| shape));
            let named = fields.iter().zip(values).map(|((name, _), value)| (name.clone(), json(value)));
            Value::Json(Json::Object(named.collect()))
        }
        (shape, Json::String(text)) => scalar(shape, text),
        (Shape::Boolean, Json::Bool(truth)) => Value::Bool(truth),
        (shape, other) => scalar(shape, other.to_string()),
    }
}

/// What cannot be read as its type says arrives as the text it is.
fn scalar(shape: &Shape, text: String) -> Value {
    let read = match shape {
        Shape::Integer => text.parse().ok().map(Value::Integer),
        Shape::Float => text.parse().ok().map(Value::Float),
        Shape::Boolean => text.to_ascii_lowercase().parse().ok().map(Value::Bool),
        Shape::Bytes => BASE64_STANDARD.decode(&text).ok().map(Value::Bytes),
        Shape::Decimal => return Value::Decimal(text),
        Shape::DateTime => return Value::Text(text.replacen('T', " ", 1)),
        Shape::Timestamp => timestamp(&text).map(Value::Text),
        Shape::Interval => interval::iso(&text).map(Value::Text),
        Shape::Range(element) => range(element, &text).map(Value::Text),
        Shape::Json => serde_json::from_str(&text).ok().map(Value::Json),
        Shape::Text | Shape::Struct(_) | Shape::Array(_) => None,
    };
    read.unwrap_or(Value::Text(text))
}

/// Microseconds since 1970 in ISO 8601.
fn timestamp(text: &str) -> Option<String> {
    let time = DateTime::from_timestamp_micros(text.parse().ok()?)?;
    Some(time.format("%Y-%m-%dT%H:%M:%S%.fZ").to_string())
}

/// `[start, end)`, each end as its own type is written.
fn range(element: &Shape, text: &str) -> Option<String> {
    let (start, end) = text.strip_prefix('[')?.strip_suffix(')')?.split_once(", ")?;
    let bound = |bound: &str| match (bound, scalar(element, bound.to_owned())) {
        ("UNBOUNDED" | "NULL", _) => "UNBOUNDED".to_owned(),
        (_, Value::Text(text)) => text,
        (bound, _) => bound.to_owned(),
    };
    Some(format!("[{}, {})", bound(start), bound(end)))
}

/// A value inside a struct. What JSON has no exact form for is a text.
fn json(value: Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(truth) => truth.into(),
        Value::Integer(number) => number.into(),
        Value::Unsigned(number) => number.into(),
        Value::Float(number) if number.is_finite() => number.into(),
        Value::Float(number) => number.to_string().into(),
        Value::Decimal(text) | Value::Text(text) => text.into(),
        Value::Bytes(bytes) => BASE64_STANDARD.encode(bytes).into(),
        Value::Json(json) => json,
        Value::Array(values) => values.into_iter().map(json).collect(),
    }
}

/// About how many bytes a value takes on its way.
pub(crate) fn size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 4,
        Value::Integer(_) | Value::Unsigned(_) | Value::Float(_) => 8,
        Value::Decimal(text) | Value::Text(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::Json(json) => json_size(json),
        Value::Array(values) => values.iter().map(size).sum::<usize>() + 2,
    }
}

fn json_size(json: &Json) -> usize {
    match json {
        Json::Null | Json::Bool(_) | Json::Number(_) => 8,
        Json::String(text) => text.len() + 2,
        Json::Array(items) => items.iter().map(json_size).sum::<usize>() + 2,
        Json::Object(fields) => fields.iter().map(|(name, value)| name.len() + json_size(value) + 4).sum(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(shape: Shape, cell: Json) -> Value {
        let Json::Object(map) = json!({ "f": [{ "v": cell }] }) else { unreachable!("an object") };
        row(&[shape], map).remove(0)
    }

    #[test]
    fn reads_every_scalar() {
        let text = |text: &str| Value::Text(text.to_owned());
        for (shape, cell, value) in [
            (Shape::Integer, json!("-9223372036854775808"), Value::Integer(i64::MIN)),
            (Shape::Float, json!("0.1"), Value::Float(0.1)),
            (Shape::Float, json!("-Infinity"), Value::Float(f64::NEG_INFINITY)),
            (
                Shape::Decimal,
                json!("12345678901234567890.123456789"),
                Value::Decimal("12345678901234567890.123456789".into()),
            ),
            (Shape::Boolean, json!("true"), Value::Bool(true)),
            (Shape::Boolean, json!(false), Value::Bool(false)),
            (Shape::Bytes, json!("AP8Q"), Value::Bytes(vec![0, 255, 16])),
            (Shape::Text, json!("2024-02-29"), text("2024-02-29")),
            (Shape::DateTime, json!("2026-11-22T13:14:15.123456"), text("2026-11-22 13:14:15.123456")),
            (Shape::Timestamp, json!("1795342455123456"), text("2026-11-22T10:14:15.123456Z")),
            (Shape::Timestamp, json!("-62135596800000000"), text("0001-01-01T00:00:00Z")),
            (Shape::Timestamp, json!("1.5E9"), text("1.5E9")),
            (Shape::Interval, json!("0-0 1 2:0:0"), text("P1DT2H")),
            (Shape::Json, json!("{\"a\": [1, null, \"ü\"]}"), Value::Json(json!({"a": [1, null, "ü"]}))),
            (Shape::Json, json!("null"), Value::Json(Json::Null)),
            (
                Shape::Range(Box::new(Shape::Text)),
                json!("[2020-01-01, UNBOUNDED)"),
                text("[2020-01-01, UNBOUNDED)"),
            ),
            (
                Shape::Range(Box::new(Shape::Timestamp)),
                json!("[1577836800000000, 1577836801000000)"),
                text("[2020-01-01T00:00:00Z, 2020-01-01T00:00:01Z)"),
            ),
            (Shape::Integer, Json::Null, Value::Null),
            (Shape::Integer, json!("many"), text("many")),
        ] {
            assert_eq!(read(shape.clone(), cell), value, "{shape:?}");
        }
        assert!(matches!(read(Shape::Float, json!("NaN")), Value::Float(number) if number.is_nan()));
    }

    #[test]
    fn reads_nested_rows_to_any_depth() {
        let item = Shape::Struct(vec![
            ("sku".to_owned(), Shape::Text),
            ("qty".to_owned(), Shape::Integer),
            ("price".to_owned(), Shape::Decimal),
            ("tags".to_owned(), Shape::Array(Box::new(Shape::Bytes))),
            ("at".to_owned(), Shape::Struct(vec![("when".to_owned(), Shape::Timestamp)])),
        ]);
        let cell = json!([
            {"v": {"f": [
                {"v": "a"}, {"v": "2"}, {"v": "9.90"}, {"v": [{"v": "AP8Q"}]}, {"v": {"f": [{"v": "0"}]}},
            ]}},
            {"v": {"f": [{"v": null}, {"v": null}, {"v": null}, {"v": []}, {"v": null}]}},
        ]);
        let full = json!({"sku": "a", "qty": 2, "price": "9.90", "tags": ["AP8Q"], "at": {"when": "1970-01-01T00:00:00Z"}});
        let empty = json!({"sku": null, "qty": null, "price": null, "tags": [], "at": null});
        assert_eq!(
            read(Shape::Array(Box::new(item)), cell),
            Value::Array(vec![Value::Json(full), Value::Json(empty)])
        );
        assert_eq!(read(Shape::Array(Box::new(Shape::Integer)), Json::Null), Value::Array(vec![]));
    }

    #[test]
    fn no_answer_is_too_odd() {
        for odd in [json!({}), json!({"f": 1}), json!({"f": []}), json!({"f": [1]}), json!({"f": [{"w": 1}]})]
        {
            let Json::Object(map) = odd else { unreachable!("an object") };
            assert_eq!(row(&[Shape::Integer], map), [Value::Null]);
        }
        assert_eq!(read(Shape::Struct(vec![]), json!([1])), Value::Text("[1]".to_owned()));
    }
}
