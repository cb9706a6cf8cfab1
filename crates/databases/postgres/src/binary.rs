//! Values in PostgreSQL's binary form.

use std::fmt::Write as _;

use sqlatte_providers::Value;
use tokio_postgres::types::{FromSql, Type};

use crate::{calendar, digits};

/// Arrays have at most six dimensions.
const MAX_DIMENSIONS: usize = 6;

/// How a column's values are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decoder {
    One(Scalar),
    Array(Scalar),
}

/// How one value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scalar {
    Bool,
    Char,
    Int2,
    Int4,
    Int8,
    Oid,
    Float4,
    Float8,
    Numeric,
    Text,
    Json,
    Jsonb,
    Uuid,
    Bytes,
    Date,
    Time,
    Timestamp,
    TimestampTz,
    Interval,
}

/// The bytes of a value of any type.
pub(crate) struct Raw<'a>(pub(crate) &'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Raw(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl Decoder {
    /// The value; bytes that are not what the type promises are shown as they are.
    pub(crate) fn read(self, raw: &[u8]) -> Value {
        let value = match self {
            Decoder::One(scalar) => scalar.read(raw),
            Decoder::Array(element) => array(element, raw),
        };
        value.unwrap_or_else(|| Value::Text(hexadecimal(raw)))
    }
}

impl Scalar {
    fn read(self, raw: &[u8]) -> Option<Value> {
        Some(match self {
            Scalar::Bool => Value::Bool(*raw.first()? != 0),
            Scalar::Char => Value::Text(one_byte(*raw.first()?)),
            Scalar::Int2 => Value::Integer(i16::from_be_bytes(raw.try_into().ok()?).into()),
            Scalar::Int4 => Value::Integer(i32::from_be_bytes(raw.try_into().ok()?).into()),
            Scalar::Int8 => Value::Integer(i64::from_be_bytes(raw.try_into().ok()?)),
            Scalar::Oid => Value::Integer(u32::from_be_bytes(raw.try_into().ok()?).into()),
            // By way of its shortest digits: 0.1 stays 0.1.
            Scalar::Float4 => {
                Value::Float(f32::from_be_bytes(raw.try_into().ok()?).to_string().parse().ok()?)
            }
            Scalar::Float8 => Value::Float(f64::from_be_bytes(raw.try_into().ok()?)),
            Scalar::Numeric => Value::Decimal(numeric(raw)?),
            Scalar::Text => Value::Text(text(raw)),
            Scalar::Json => json(raw),
            // The first byte is the form's version.
            Scalar::Jsonb => json(raw.strip_prefix(&[1])?),
            Scalar::Uuid => Value::Text(uuid(raw)?),
            Scalar::Bytes => Value::Bytes(raw.to_vec()),
            Scalar::Date => Value::Text(calendar::date(i32::from_be_bytes(raw.try_into().ok()?))),
            Scalar::Time => Value::Text(calendar::time(i64::from_be_bytes(raw.try_into().ok()?))),
            Scalar::Timestamp => Value::Text(calendar::timestamp(i64::from_be_bytes(raw.try_into().ok()?))),
            Scalar::TimestampTz => {
                Value::Text(calendar::timestamp_utc(i64::from_be_bytes(raw.try_into().ok()?)))
            }
            Scalar::Interval => {
                let mut raw = raw;
                let (micros, days, months) = (take(&mut raw)?, take(&mut raw)?, take(&mut raw)?);
                let (days, months) = (i32::from_be_bytes(days), i32::from_be_bytes(months));
                Value::Text(calendar::interval(i64::from_be_bytes(micros), days, months))
            }
        })
    }
}

/// The next bytes.
fn take<const SIZE: usize>(raw: &mut &[u8]) -> Option<[u8; SIZE]> {
    let (taken, rest) = raw.split_first_chunk()?;
    *raw = rest;
    Some(*taken)
}

/// A text; one that is not UTF-8, which an unchecked encoding allows, is shown as well as it can be.
fn text(raw: &[u8]) -> String {
    String::from_utf8_lossy(raw).into_owned()
}

/// A document; one that cannot be held here, such as a number beyond all bounds, stays text.
fn json(raw: &[u8]) -> Value {
    serde_json::from_slice(raw).map_or_else(|_| Value::Text(text(raw)), Value::Json)
}

/// A value of the type `"char"`.
fn one_byte(byte: u8) -> String {
    match byte {
        0 => String::new(),
        byte if byte.is_ascii() => char::from(byte).to_string(),
        byte => format!("\\{byte:03o}"),
    }
}

pub(crate) fn hexadecimal(raw: &[u8]) -> String {
    let mut text = String::with_capacity(2 + 2 * raw.len());
    text.push_str("\\x");
    for byte in raw {
        push_hexadecimal(&mut text, *byte);
    }
    text
}

fn push_hexadecimal(text: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    text.push(char::from(DIGITS[usize::from(byte >> 4)]));
    text.push(char::from(DIGITS[usize::from(byte & 15)]));
}

fn uuid(raw: &[u8]) -> Option<String> {
    let bytes: &[u8; 16] = raw.try_into().ok()?;
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        push_hexadecimal(&mut text, *byte);
    }
    Some(text)
}

/// All digits of a `numeric`, as many after the point as it was stored with.
fn numeric(mut raw: &[u8]) -> Option<String> {
    let groups = usize::from(u16::from_be_bytes(take(&mut raw)?));
    let weight = i32::from(i16::from_be_bytes(take(&mut raw)?));
    let sign = u16::from_be_bytes(take(&mut raw)?);
    let scale = usize::from(u16::from_be_bytes(take(&mut raw)?));
    let mut text = String::with_capacity(scale + 4 * groups + 8);
    match sign {
        0x0000 => {}
        0x4000 => text.push('-'),
        0xC000 => return Some("NaN".to_owned()),
        0xD000 => return Some("Infinity".to_owned()),
        0xF000 => return Some("-Infinity".to_owned()),
        _ => return None,
    }
    if raw.len() != 2 * groups {
        return None;
    }
    // Each group is four digits; `weight` is the power of 10,000 of the first.
    let group = |power: i32| -> Option<u16> {
        let index = usize::try_from(weight - power).ok().filter(|index| *index < groups)?;
        Some(u16::from_be_bytes([raw[2 * index], raw[2 * index + 1]]))
    };
    if weight < 0 {
        text.push('0');
    }
    for power in (0..=weight).rev() {
        let group = group(power).unwrap_or(0).into();
        if power == weight {
            // Writing to a text cannot fail.
            let _ = write!(text, "{group}");
        } else {
            digits::push(&mut text, group, 2);
        }
    }
    if scale > 0 {
        text.push('.');
        let end = text.len() + scale;
        let mut power = -1;
        while text.len() < end {
            digits::push(&mut text, group(power).unwrap_or(0).into(), 2);
            power -= 1;
        }
        text.truncate(end);
    }
    Some(text)
}

fn array(element: Scalar, mut raw: &[u8]) -> Option<Value> {
    let dimensions = usize::try_from(i32::from_be_bytes(take(&mut raw)?)).ok()?;
    let _flags: [u8; 4] = take(&mut raw)?;
    let _element: [u8; 4] = take(&mut raw)?;
    if dimensions > MAX_DIMENSIONS {
        return None;
    }
    let mut lengths = [0; MAX_DIMENSIONS];
    for length in &mut lengths[..dimensions] {
        *length = usize::try_from(i32::from_be_bytes(take(&mut raw)?)).ok()?;
        let _lower_bound: [u8; 4] = take(&mut raw)?;
    }
    if dimensions == 0 {
        return Some(Value::Array(Vec::new()));
    }
    elements(element, &lengths[..dimensions], &mut raw)
}

fn elements(element: Scalar, lengths: &[usize], raw: &mut &[u8]) -> Option<Value> {
    let Some((length, inner)) = lengths.split_first() else {
        let Ok(size) = usize::try_from(i32::from_be_bytes(take(raw)?)) else { return Some(Value::Null) };
        let (value, rest) = raw.split_at_checked(size)?;
        *raw = rest;
        return element.read(value);
    };
    (0..*length).map(|_| elements(element, inner, raw)).collect::<Option<Vec<_>>>().map(Value::Array)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sqlatte_providers::Value;

    use super::{Decoder, Scalar, numeric};

    fn number(weight: i16, sign: u16, scale: u16, groups: &[u16]) -> String {
        let mut raw = (groups.len() as u16).to_be_bytes().to_vec();
        raw.extend(weight.to_be_bytes());
        raw.extend(sign.to_be_bytes());
        raw.extend(scale.to_be_bytes());
        raw.extend(groups.iter().flat_map(|group| group.to_be_bytes()));
        numeric(&raw).unwrap()
    }

    #[test]
    fn numerics_keep_every_digit() {
        assert_eq!(number(0, 0, 2, &[12, 5000]), "12.50");
        assert_eq!(number(0, 0x4000, 0, &[7]), "-7");
        assert_eq!(number(0, 0, 0, &[]), "0");
        assert_eq!(number(0, 0, 3, &[]), "0.000");
        assert_eq!(number(2, 0, 0, &[1]), "100000000");
        assert_eq!(number(-1, 0, 4, &[1]), "0.0001");
        assert_eq!(number(-2, 0, 9, &[12]), "0.000000120");
        assert_eq!(
            number(4, 0, 9, &[1234, 5678, 9012, 3456, 7890, 1234, 5678, 9000]),
            "12345678901234567890.123456789"
        );
        assert_eq!(
            (number(0, 0xC000, 0, &[]), number(0, 0xF000, 0, &[])),
            ("NaN".into(), "-Infinity".into())
        );
        assert!(numeric(&[0, 9, 0, 0, 0, 0, 0, 0, 1]).is_none());
    }

    #[test]
    fn reads_arrays_of_any_shape() {
        let mut raw = [2_i32, 1, 23, 2, 1, 2, 1].map(i32::to_be_bytes).concat();
        for element in [Some(1_i32), None, Some(3), Some(4)] {
            raw.extend(element.map_or((-1_i32).to_be_bytes(), |_| 4_i32.to_be_bytes()));
            raw.extend(element.map(i32::to_be_bytes).unwrap_or_default().iter().take(if element.is_some() {
                4
            } else {
                0
            }));
        }
        let row = |a, b| Value::Array(vec![a, b]);
        let expected = Value::Array(vec![
            row(Value::Integer(1), Value::Null),
            row(Value::Integer(3), Value::Integer(4)),
        ]);
        assert_eq!(Decoder::Array(Scalar::Int4).read(&raw), expected);
        let empty = [0_i32, 0, 23].map(i32::to_be_bytes).concat();
        assert_eq!(Decoder::Array(Scalar::Int4).read(&empty), Value::Array(vec![]));
    }

    #[test]
    fn what_is_malformed_is_shown_as_it_is() {
        for decoder in [Decoder::One(Scalar::Int8), Decoder::One(Scalar::Uuid), Decoder::Array(Scalar::Text)]
        {
            assert_eq!(decoder.read(&[0xAB, 1]), Value::Text("\\xab01".to_owned()));
        }
        let huge = [1_i32, 0, 23, i32::MAX, 1].map(i32::to_be_bytes).concat();
        assert!(matches!(Decoder::Array(Scalar::Int4).read(&huge), Value::Text(_)));
    }

    #[test]
    fn reads_what_needs_care() {
        let one = |scalar, raw: &[u8]| Decoder::One(scalar).read(raw);
        assert_eq!(one(Scalar::Float4, &0.1_f32.to_be_bytes()), Value::Float(0.1));
        assert_eq!(one(Scalar::Jsonb, b"\x01{\"a\": [1]}"), Value::Json(json!({ "a": [1] })));
        assert_eq!(one(Scalar::Json, b"1e999"), Value::Text("1e999".to_owned()));
        assert_eq!(one(Scalar::Char, b"\xff"), Value::Text("\\377".to_owned()));
        assert_eq!(one(Scalar::Text, b"a\xff"), Value::Text("a\u{fffd}".to_owned()));
    }
}
