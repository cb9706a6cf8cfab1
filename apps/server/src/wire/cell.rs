use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Serialize, Serializer, ser::SerializeSeq};
use sqlatte_providers::{Row, Value};

/// The largest whole number every JSON reader keeps exactly: 2^53 - 1.
const EXACT: i64 = (1 << 53) - 1;

/// One cell as JSON.
///
/// Whole numbers beyond 2^53 and decimals travel as strings, bytes as base64, NaN and infinities as null.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cell(pub Value);

/// Rows as cells.
pub(crate) fn cells(rows: Vec<Row>) -> Vec<Vec<Cell>> {
    rows.into_iter().map(|row| row.into_iter().map(Cell).collect()).collect()
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        CellRef(&self.0).serialize(serializer)
    }
}

struct CellRef<'a>(&'a Value);

impl Serialize for CellRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_none(),
            Value::Bool(flag) => serializer.serialize_bool(*flag),
            Value::Integer(number) if (-EXACT..=EXACT).contains(number) => serializer.serialize_i64(*number),
            Value::Integer(number) => serializer.collect_str(number),
            Value::Unsigned(number) => serializer.collect_str(number),
            Value::Float(number) if number.is_finite() => serializer.serialize_f64(*number),
            Value::Float(_) => serializer.serialize_none(),
            Value::Decimal(text) | Value::Text(text) => serializer.serialize_str(text),
            Value::Bytes(bytes) => serializer.serialize_str(&STANDARD.encode(bytes)),
            Value::Json(json) => json.serialize(serializer),
            Value::Array(values) => {
                let mut sequence = serializer.serialize_seq(Some(values.len()))?;
                for value in values {
                    sequence.serialize_element(&CellRef(value))?;
                }
                sequence.end()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_on_the_wire() {
        let row = vec![
            Value::Null,
            Value::Bool(true),
            Value::Integer(9_007_199_254_740_991),
            Value::Integer(9_007_199_254_740_992),
            Value::Integer(i64::MIN),
            Value::Unsigned(u64::MAX),
            Value::Float(0.5),
            Value::Float(f64::NAN),
            Value::Float(f64::NEG_INFINITY),
            Value::Decimal("12345678901234567890.50".to_owned()),
            Value::Text("Zoë ☕".to_owned()),
            Value::Bytes(vec![0, 255]),
            Value::Json(serde_json::json!({"a": [1]})),
            Value::Array(vec![Value::Integer(1), Value::Null]),
        ];
        insta::assert_snapshot!(serde_json::to_string(&cells(vec![row])).unwrap());
    }
}
