//! What a column holds: SQLite knows a declared type that binds nobody, and the values themselves.

use sqlatte_providers::{ColumnType, Value};

/// The meaning of a declared type, after SQLite's rules of affinity and the names people use; `None` where only
/// the values can tell.
pub(crate) fn declared(database_type: &str) -> Option<ColumnType> {
    let name = database_type.to_ascii_uppercase();
    let has = |part: &str| name.contains(part);
    Some(if has("BOOL") {
        ColumnType::Boolean
    } else if has("TIMESTAMP") || has("DATETIME") {
        let zoned = has("TZ") || has("WITH TIME ZONE") || has("OFFSET");
        if zoned { ColumnType::TimestampTz } else { ColumnType::Timestamp }
    } else if name == "DATE" {
        ColumnType::Date
    } else if name == "TIME" {
        ColumnType::Time
    } else if has("INTERVAL") {
        ColumnType::Interval
    } else if has("JSON") {
        ColumnType::Json
    } else if has("UUID") || has("GUID") || has("UNIQUEIDENTIFIER") {
        ColumnType::Uuid
    } else if has("DECIMAL") || has("NUMERIC") || has("NUMBER") || has("MONEY") {
        ColumnType::Decimal
    } else if has("INT") {
        ColumnType::Integer
    } else if has("CHAR") || has("CLOB") || has("TEXT") || has("STRING") {
        ColumnType::Text
    } else if has("BLOB") || has("BINARY") {
        ColumnType::Bytes
    } else if has("REAL") || has("FLOA") || has("DOUB") {
        ColumnType::Float
    } else {
        return None;
    })
}

/// What a column of a result holds, from its declared type, where it comes from a table, and its first values.
pub(crate) fn of_result<'a>(
    database_type: Option<&str>,
    values: impl Iterator<Item = &'a Value> + Clone,
) -> ColumnType {
    let mut values = values.filter(|value| !value.is_null()).peekable();
    let declared = database_type.and_then(declared);
    match declared {
        Some(kind) if values.clone().all(|value| fits(kind, value)) => kind,
        None if values.peek().is_none() => ColumnType::Unknown,
        // Only a column without a type of its own is read by its looks: a declared text stays a text.
        _ => of_values(values, database_type.is_none_or(str::is_empty)),
    }
}

fn fits(kind: ColumnType, value: &Value) -> bool {
    match (kind, value) {
        (ColumnType::Boolean, Value::Integer(number)) => matches!(number, 0 | 1),
        (ColumnType::Integer, Value::Integer(_)) => true,
        (ColumnType::Float | ColumnType::Decimal, Value::Integer(_) | Value::Float(_)) => true,
        (ColumnType::Decimal, Value::Text(text)) => is_decimal(text),
        (ColumnType::Date, Value::Text(text)) => is_date(text),
        (ColumnType::Time, Value::Text(text)) => is_time(text),
        (ColumnType::Timestamp | ColumnType::TimestampTz, Value::Text(text)) => is_date_with_time(text),
        (ColumnType::Text | ColumnType::Json | ColumnType::Interval | ColumnType::Uuid, Value::Text(_)) => {
            true
        }
        (ColumnType::Uuid, Value::Bytes(bytes)) => bytes.len() == 16,
        (ColumnType::Bytes, Value::Bytes(_)) => true,
        _ => false,
    }
}

fn of_values<'a>(values: impl Iterator<Item = &'a Value> + Clone, may_be_date: bool) -> ColumnType {
    let all = |test: fn(&Value) -> bool| values.clone().all(test);
    let all_texts = |test: fn(&str) -> bool| values.clone().all(|value| value.as_str().is_some_and(test));
    if all(|value| matches!(value, Value::Integer(_))) {
        ColumnType::Integer
    } else if all(|value| matches!(value, Value::Integer(_) | Value::Float(_))) {
        ColumnType::Float
    } else if may_be_date && all_texts(is_date) {
        ColumnType::Date
    } else if may_be_date && all_texts(|text| text.len() > 10 && is_date_with_time(text)) {
        ColumnType::Timestamp
    } else if all(|value| matches!(value, Value::Text(_))) {
        ColumnType::Text
    } else if all(|value| matches!(value, Value::Bytes(_))) {
        ColumnType::Bytes
    } else {
        ColumnType::Unknown
    }
}

/// Gives a stored value the form its column's kind has everywhere.
pub(crate) fn refine(kind: ColumnType, value: &mut Value) {
    let refined = match (kind, &mut *value) {
        (ColumnType::Boolean, Value::Integer(number @ (0 | 1))) => Value::Bool(*number == 1),
        (ColumnType::Decimal, Value::Text(text)) if is_decimal(text) => Value::Decimal(std::mem::take(text)),
        // SQLite keeps declared decimals as numbers; the shortest text that reads back the same is what was meant.
        (ColumnType::Decimal, Value::Integer(number)) => Value::Decimal(number.to_string()),
        (ColumnType::Decimal, Value::Float(number)) if number.is_finite() => {
            Value::Decimal(number.to_string())
        }
        (ColumnType::Json, Value::Text(text)) => match serde_json::from_str(text) {
            Ok(json) => Value::Json(json),
            Err(_) => return,
        },
        (ColumnType::Uuid, Value::Bytes(bytes)) if bytes.len() == 16 => Value::Text(uuid(bytes)),
        _ => return,
    };
    *value = refined;
}

fn uuid(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
        }
    }
    text
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let numeric = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    numeric(whole) && numeric(fraction)
}

/// Whether `text` follows `pattern`, in which 0 stands for any digit.
fn follows(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, expected)| match expected {
            b'0' => byte.is_ascii_digit(),
            _ => byte == expected,
        })
}

fn is_date(text: &str) -> bool {
    follows(text, "0000-00-00")
        && ("01"..="12").contains(&&text[5..7])
        && ("01"..="31").contains(&&text[8..10])
}

fn is_time(text: &str) -> bool {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    (follows(clock, "00:00:00") || follows(clock, "00:00"))
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

/// A date, followed by a time and an offset or not.
fn is_date_with_time(text: &str) -> bool {
    let Some((date, rest)) = text.split_at_checked(10) else { return false };
    if !is_date(date) {
        return false;
    }
    let Some(time) = rest.strip_prefix([' ', 'T']) else { return rest.is_empty() };
    let offset = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (time, offset) = time.split_at(offset);
    is_time(time) && (offset.len() <= 1 || follows(&offset[1..], "00:00") || follows(&offset[1..], "0000"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_types() {
        for (name, kind) in [
            ("INTEGER", Some(ColumnType::Integer)),
            ("bigint unsigned", Some(ColumnType::Integer)),
            ("varchar(20)", Some(ColumnType::Text)),
            ("NUMERIC(12,2)", Some(ColumnType::Decimal)),
            ("DOUBLE PRECISION", Some(ColumnType::Float)),
            ("timestamp with time zone", Some(ColumnType::TimestampTz)),
            ("DATETIME", Some(ColumnType::Timestamp)),
            ("DATE", Some(ColumnType::Date)),
            ("boolean", Some(ColumnType::Boolean)),
            ("BLOB", Some(ColumnType::Bytes)),
            ("", None),
            ("ANY", None),
        ] {
            assert_eq!(declared(name), kind, "{name}");
        }
    }

    #[test]
    fn values_overrule_what_they_contradict() {
        let text = |text: &str| Value::Text(text.to_owned());
        for (declared, values, kind) in [
            (Some("DATE"), vec![text("2026-11-22"), Value::Null], ColumnType::Date),
            (Some("DATE"), vec![Value::Integer(1_790_000_000)], ColumnType::Integer),
            (Some("DATETIME"), vec![text("2026-11-22T10:00:00.5+01:00")], ColumnType::Timestamp),
            (Some("BOOLEAN"), vec![Value::Integer(0), Value::Integer(2)], ColumnType::Integer),
            (Some("TEXT"), vec![text("2026-11-22")], ColumnType::Text),
            (Some("DATE"), vec![Value::Null], ColumnType::Date),
            (None, vec![text("2026-11-22")], ColumnType::Date),
            (None, vec![text("2026-11-22 08:00:00"), text("2026-11-23 08:00")], ColumnType::Timestamp),
            (None, vec![text("2026-11-22"), text("2026-13-22")], ColumnType::Text),
            (None, vec![text("2026-11")], ColumnType::Text),
            (None, vec![Value::Integer(1), Value::Float(1.5)], ColumnType::Float),
            (None, vec![Value::Integer(1), text("one")], ColumnType::Unknown),
            (None, vec![Value::Null], ColumnType::Unknown),
            (Some("DECIMAL"), vec![text("-12.50"), Value::Integer(3)], ColumnType::Decimal),
        ] {
            assert_eq!(of_result(declared, values.iter()), kind, "{declared:?} {values:?}");
        }
    }

    #[test]
    fn values_take_the_form_of_their_kind() {
        let refined = |kind, mut value| {
            refine(kind, &mut value);
            value
        };
        assert_eq!(refined(ColumnType::Boolean, Value::Integer(1)), Value::Bool(true));
        assert_eq!(refined(ColumnType::Boolean, Value::Integer(7)), Value::Integer(7));
        assert_eq!(
            refined(ColumnType::Uuid, Value::Bytes((0..16).collect())),
            Value::Text("00010203-0405-0607-0809-0a0b0c0d0e0f".to_owned())
        );
        let broken = Value::Text("{".to_owned());
        assert_eq!(refined(ColumnType::Json, broken.clone()), broken);
    }
}
