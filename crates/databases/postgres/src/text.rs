//! Values in PostgreSQL's text form, for types that are not read from their binary one.

use chrono::{DateTime, Utc};
use sqlatte_providers::Value;
use tokio_postgres::types::{Kind, Type};

use crate::{
    binary,
    literal::{self, Node},
};

/// The value that `text` is for this type; text that is not what the type promises stays as it is.
pub(crate) fn value(of: &Type, text: &str) -> Value {
    structured(of, text).unwrap_or_else(|| Value::Text(text.to_owned()))
}

fn structured(of: &Type, text: &str) -> Option<Value> {
    match of.kind() {
        Kind::Array(element) => return literal::array(text).map(|node| element_of(element, node)),
        Kind::Domain(base) => return structured(base, text),
        Kind::Composite(fields) => {
            let values = literal::record(text)?;
            let named = fields.iter().zip(values).map(|(field, text)| {
                (field.name().to_owned(), text.map_or(Value::Null, |text| value(field.type_(), &text)))
            });
            return Some(Value::Json(named.map(|(name, value)| (name, json(value))).collect()));
        }
        Kind::Simple if of.name() == "hstore" => {
            let pairs = literal::hstore(text)?.into_iter();
            return Some(Value::Json(
                pairs.map(|(key, value)| (key, serde_json::Value::from(value))).collect(),
            ));
        }
        _ => {}
    }
    Some(match *of {
        Type::BOOL => Value::Bool(text == "t"),
        Type::INT2 | Type::INT4 | Type::INT8 | Type::OID | Type::XID | Type::CID => {
            Value::Integer(text.parse().ok()?)
        }
        Type::XID8 => text.parse().map(Value::Integer).or_else(|_| text.parse().map(Value::Unsigned)).ok()?,
        Type::FLOAT4 | Type::FLOAT8 => Value::Float(text.parse().ok()?),
        Type::NUMERIC => Value::Decimal(text.to_owned()),
        Type::JSON | Type::JSONB => Value::Json(serde_json::from_str(text).ok()?),
        Type::BYTEA => Value::Bytes(bytes(text)?),
        Type::TIMESTAMPTZ => Value::Text(instant(text)?),
        _ => return None,
    })
}

fn element_of(of: &Type, node: Node) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Text(text) => value(of, &text),
        Node::List(nodes) => Value::Array(nodes.into_iter().map(|node| element_of(of, node)).collect()),
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x")?.as_bytes();
    let pairs = digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    pairs.collect()
}

/// `2026-11-22 13:14:15.5+03` in UTC.
fn instant(text: &str) -> Option<String> {
    let moment = DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z").ok()?.with_timezone(&Utc);
    let fraction = moment.format("%.6f").to_string();
    let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
    Some(format!("{}{fraction}Z", moment.format("%Y-%m-%dT%H:%M:%S")))
}

/// A value inside a document. Decimals keep their digits as text.
fn json(value: Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(truth) => truth.into(),
        Value::Integer(number) => number.into(),
        Value::Unsigned(number) => number.into(),
        Value::Float(number) if number.is_finite() => number.into(),
        Value::Float(number) => number.to_string().into(),
        Value::Decimal(text) | Value::Text(text) => text.into(),
        Value::Bytes(bytes) => binary::hexadecimal(&bytes).into(),
        Value::Json(document) => document,
        Value::Array(values) => values.into_iter().map(json).collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sqlatte_providers::Value;
    use tokio_postgres::types::{Field, Kind, Type};

    use super::value;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn reads_simple_values() {
        assert_eq!(value(&Type::INT8, "-9223372036854775808"), Value::Integer(i64::MIN));
        assert_eq!(value(&Type::XID8, "18446744073709551615"), Value::Unsigned(u64::MAX));
        assert_eq!(value(&Type::BYTEA, "\\x00ff10"), Value::Bytes(vec![0, 255, 16]));
        assert_eq!(value(&Type::FLOAT8, "-Infinity"), Value::Float(f64::NEG_INFINITY));
        assert_eq!(value(&Type::MONEY, "$1,234.50"), text("$1,234.50"));
        assert_eq!(
            value(&Type::TIMESTAMPTZ, "2026-11-22 13:14:15.123456+03"),
            text("2026-11-22T10:14:15.123456Z")
        );
        assert_eq!(value(&Type::TIMESTAMPTZ, "2026-11-22 13:14:15+05:30"), text("2026-11-22T07:44:15Z"));
        assert_eq!(value(&Type::TIMESTAMPTZ, "infinity"), text("infinity"));
        assert_eq!(value(&Type::INT4, "x"), text("x"));
    }

    #[test]
    fn reads_nested_values() {
        let inner = vec![Field::new("n".into(), Type::NUMERIC), Field::new("tags".into(), Type::TEXT_ARRAY)];
        let composite = Type::new("item".into(), 90_000, Kind::Composite(inner), "public".into());
        let document = json!({ "n": "1.50", "tags": ["a", null] });
        assert_eq!(value(&composite, "(1.50,\"{a,NULL}\")"), Value::Json(document.clone()));
        let list = Type::new("_item".into(), 90_001, Kind::Array(composite), "public".into());
        assert_eq!(value(&list, r#"{"(1.50,\"{a,NULL}\")"}"#), Value::Array(vec![Value::Json(document)]));
        let hstore = Type::new("hstore".into(), 90_002, Kind::Simple, "public".into());
        assert_eq!(value(&hstore, r#""a"=>"1", "b"=>NULL"#), Value::Json(json!({ "a": "1", "b": null })));
    }
}
