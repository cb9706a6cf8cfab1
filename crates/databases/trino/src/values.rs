//! Cells, read from JSON by the type of their column.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value as Json};
use sqlatte_providers::{Row, Value};

use crate::{temporal, types::Type};

/// Reads a row whose columns have these types; anything else of that width fits too.
pub(crate) fn row(json: &str, types: &[Type]) -> serde_json::Result<Row> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let row = Cells(types).deserialize(&mut reader)?;
    reader.end()?;
    Ok(row)
}

struct Cells<'t>(&'t [Type]);

impl<'de> DeserializeSeed<'de> for Cells<'_> {
    type Value = Row;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Row, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Cells<'_> {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a row of {} values", self.0.len())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut cells: A) -> Result<Row, A::Error> {
        let mut row = Vec::with_capacity(self.0.len());
        while let Some(kind) = self.0.get(row.len()) {
            let Some(value) = cells.next_element_seed(Cell(kind))? else {
                return Err(A::Error::invalid_length(row.len(), &self));
            };
            row.push(value);
        }
        Ok(row)
    }
}

/// Reads one value. Whatever the server sends is taken: where it does not fit the type it passes as it came.
struct Cell<'t>(&'t Type);

impl<'de> DeserializeSeed<'de> for Cell<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Cell<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(match self.0 {
            Type::Float => Value::Float(number as f64),
            Type::Decimal => Value::Decimal(number.to_string()),
            _ => Value::Integer(number),
        })
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            Err(_) => Ok(match self.0 {
                Type::Float => Value::Float(number as f64),
                Type::Decimal => Value::Decimal(number.to_string()),
                _ => Value::Unsigned(number),
            }),
        }
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(match self.0 {
            Type::Decimal => Value::Decimal(number.to_string()),
            _ => Value::Float(number),
        })
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(from_text(self.0, text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        match self.0 {
            Type::Array(element) => {
                let mut values = Vec::with_capacity(elements.size_hint().unwrap_or_default());
                while let Some(value) = elements.next_element_seed(Cell(element))? {
                    values.push(value);
                }
                Ok(Value::Array(values))
            }
            Type::Row(fields) => {
                let mut values = Vec::with_capacity(fields.len());
                while let Some(value) = elements.next_element_seed(Cell(
                    fields.get(values.len()).map_or(&Type::Other, |(_, kind)| kind),
                ))? {
                    values.push(json(value));
                }
                Ok(Value::Json(named(fields, values)))
            }
            _ => {
                let mut values = Vec::new();
                while let Some(value) = elements.next_element::<Json>()? {
                    values.push(value);
                }
                Ok(Value::Json(Json::Array(values)))
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let (keys, values) = match self.0 {
            Type::Map(keys, values) => (&**keys, &**values),
            _ => (&Type::Other, &Type::Other),
        };
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            // The server writes keys as texts, whatever their type.
            let key = match from_text(keys, &key) {
                Value::Text(text) => text,
                _ => key,
            };
            object.insert(key, json(entries.next_value_seed(Cell(values))?));
        }
        Ok(Value::Json(Json::Object(object)))
    }
}

fn from_text(kind: &Type, text: &str) -> Value {
    let as_it_came = || Value::Text(text.to_owned());
    match kind {
        Type::Decimal => Value::Decimal(text.to_owned()),
        // NaN and infinities come as texts.
        Type::Float => text.parse().map_or_else(|_| as_it_came(), Value::Float),
        Type::Integer => text.parse().map_or_else(|_| as_it_came(), Value::Integer),
        Type::Bytes => BASE64_STANDARD.decode(text).map_or_else(|_| as_it_came(), Value::Bytes),
        Type::Json => serde_json::from_str(text).map_or_else(|_| as_it_came(), Value::Json),
        Type::TimestampTz => Value::Text(temporal::instant(text)),
        Type::IntervalYearToMonth => Value::Text(temporal::year_to_month(text)),
        Type::IntervalDayToSecond => Value::Text(temporal::day_to_second(text)),
        Type::Array(_) | Type::Map(..) | Type::Row(_) => nested(kind, text).unwrap_or_else(as_it_came),
        _ => as_it_came(),
    }
}

/// Arrays, maps and rows come from Presto as a text of JSON, and so do those inside them.
fn nested(kind: &Type, text: &str) -> Option<Value> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Cell(kind).deserialize(&mut reader).ok()?;
    reader.end().ok()?;
    matches!(value, Value::Array(_) | Value::Json(_)).then_some(value)
}

/// The fields by their names, or in their order if one has no name or two have the same.
fn named(fields: &[(Option<String>, Type)], values: Vec<Json>) -> Json {
    let names: Vec<&String> = fields.iter().filter_map(|(name, _)| name.as_ref()).collect();
    let distinct = (1..names.len()).all(|index| !names[..index].contains(&names[index]));
    if names.len() == values.len() && distinct {
        Json::Object(names.into_iter().cloned().zip(values).collect())
    } else {
        Json::Array(values)
    }
}

/// A value inside a document. What JSON has no exact form for is text there: decimals, bytes (base64), NaN.
fn json(value: Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(value),
        Value::Integer(number) => number.into(),
        Value::Unsigned(number) => number.into(),
        Value::Float(number) => Number::from_f64(number).map_or_else(
            || {
                Json::String(
                    if number.is_nan() {
                        "NaN"
                    } else if number > 0.0 {
                        "Infinity"
                    } else {
                        "-Infinity"
                    }
                    .to_owned(),
                )
            },
            Json::Number,
        ),
        Value::Decimal(text) | Value::Text(text) => Json::String(text),
        Value::Bytes(bytes) => Json::String(BASE64_STANDARD.encode(bytes)),
        Value::Json(document) => document,
        Value::Array(values) => Json::Array(values.into_iter().map(json).collect()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cell(kind: Type, json: &str) -> Value {
        row(&format!("[{json}]"), &[kind]).unwrap().remove(0)
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn reads_plain_values() {
        for (kind, json, value) in [
            (Type::Boolean, "true", Value::Bool(true)),
            (Type::Integer, "-9223372036854775808", Value::Integer(i64::MIN)),
            (Type::Integer, "\"7\"", Value::Integer(7)),
            (Type::Integer, "18446744073709551615", Value::Unsigned(u64::MAX)),
            (Type::Float, "0.1", Value::Float(0.1)),
            (Type::Float, "1", Value::Float(1.0)),
            (Type::Float, "\"-Infinity\"", Value::Float(f64::NEG_INFINITY)),
            (Type::Decimal, "\"12345678901234567890.10\"", Value::Decimal("12345678901234567890.10".into())),
            (Type::Decimal, "12", Value::Decimal("12".into())),
            (Type::Bytes, "\"AP8Q\"", Value::Bytes(vec![0, 255, 16])),
            (Type::Json, r#""{\"a\":[1,null,\"ü\"]}""#, Value::Json(json!({"a": [1, null, "ü"]}))),
            (Type::Json, r#""null""#, Value::Json(Json::Null)),
            (Type::Date, "\"2024-02-29\"", text("2024-02-29")),
            (Type::TimestampTz, "\"2026-11-22 13:14:15 UTC\"", text("2026-11-22T13:14:15Z")),
            (Type::IntervalDayToSecond, "\"1 02:00:00.000\"", text("P1DT2H")),
            (Type::Other, "\"x    \"", text("x    ")),
        ] {
            assert_eq!(cell(kind, json), value, "{json}");
        }
        assert!(matches!(cell(Type::Float, "\"NaN\""), Value::Float(number) if number.is_nan()));
        for kind in [Type::Boolean, Type::Array(Type::Integer.into()), Type::Row(Vec::new()), Type::Unknown] {
            assert_eq!(cell(kind, "null"), Value::Null);
        }
    }

    #[test]
    fn reads_nested_values() {
        let integers = Type::Array(Type::Integer.into());
        assert_eq!(
            cell(integers.clone(), "[1,null,3]"),
            Value::Array(vec![Value::Integer(1), Value::Null, Value::Integer(3)])
        );
        assert_eq!(
            cell(Type::Array(integers.into()), "[[],null]"),
            Value::Array(vec![Value::Array(vec![]), Value::Null])
        );
        let inner =
            Type::Row(vec![(Some("i".into()), Type::IntervalDayToSecond), (Some("d".into()), Type::Float)]);
        let outer = Type::Row(vec![(Some("a".into()), Type::Decimal), (Some("b".into()), inner)]);
        assert_eq!(
            cell(outer.clone(), r#"["1.50",["1 00:00:00.000","NaN"]]"#),
            Value::Json(json!({"a": "1.50", "b": {"i": "P1D", "d": "NaN"}}))
        );
        assert_eq!(
            cell(Type::Map(Type::TimestampTz.into(), outer.into()), r#"{"2026-11-22 13:14:15 UTC":null}"#),
            Value::Json(json!({"2026-11-22T13:14:15Z": null}))
        );
        let twice = vec![(Some("a".into()), Type::Integer), (Some("a".into()), Type::Bytes)];
        assert_eq!(cell(Type::Row(twice), r#"[1,"AA=="]"#), Value::Json(json!([1, "AA=="])));
        let unnamed = vec![(None, Type::Integer), (Some("a".into()), Type::Other)];
        assert_eq!(cell(Type::Row(unnamed), r#"[1,"x"]"#), Value::Json(json!([1, "x"])));
    }

    #[test]
    fn reads_nested_values_that_come_as_text() {
        let integers = Type::Array(Type::Integer.into());
        let both =
            Value::Array(vec![Value::Array(vec![Value::Integer(1)]), Value::Array(vec![]), Value::Null]);
        assert_eq!(cell(Type::Array(integers.clone().into()), r#""[ \"[ 1 ]\", \"[ ]\", null ]""#), both);
        let map = Type::Map(Type::Other.into(), integers.clone().into());
        assert_eq!(cell(map, r#""{\n  \"k\" : \"[ 1, null ]\"\n}""#), Value::Json(json!({"k": [1, null]})));
        let row = Type::Row(vec![(Some("a".into()), Type::Other), (Some("b".into()), integers)]);
        assert_eq!(cell(row, r#""[ \"[x\", \"[ 2 ]\" ]""#), Value::Json(json!({"a": "[x", "b": [2]})));
    }

    #[test]
    fn what_does_not_fit_passes() {
        for (kind, json, value) in [
            (Type::Float, "\"much\"", text("much")),
            (Type::Integer, "1.5", Value::Float(1.5)),
            (Type::Bytes, "\"%\"", text("%")),
            (Type::Json, "\"{\"", text("{")),
            (Type::Json, "{\"a\":1}", Value::Json(json!({"a": 1}))),
            (Type::Other, "[1,{\"x\":null}]", Value::Json(json!([1, {"x": null}]))),
            (Type::Other, "{\"zoom\":4}", Value::Json(json!({"zoom": 4}))),
            (Type::Array(Type::Integer.into()), "\"[1\"", text("[1")),
            (Type::Array(Type::Integer.into()), "\"1\"", text("1")),
            (Type::Array(Type::Integer.into()), "\"null\"", text("null")),
            (Type::Row(vec![(Some("a".into()), Type::Integer)]), "[1,2]", Value::Json(json!([1, 2]))),
            (Type::Map(Type::Other.into(), Type::Other.into()), "[1]", Value::Json(json!([1]))),
            (Type::Boolean, "\"yes\"", text("yes")),
        ] {
            assert_eq!(cell(kind, json), value, "{json}");
        }
    }

    #[test]
    fn rows_of_another_width_are_refused() {
        let types = [Type::Integer, Type::Integer];
        for json in ["[1]", "[1,2,3]", "[]", "{}", "1", "[1,2] x"] {
            assert!(row(json, &types).is_err(), "{json}");
        }
    }
}
