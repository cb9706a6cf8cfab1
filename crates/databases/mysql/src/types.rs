//! What a column holds: from its declaration, from a result's description, and where neither says it, from
//! the first values.

use mysql_async::{
    Column,
    consts::{ColumnFlags, ColumnType as Wire},
};
use serde::de::IgnoredAny;
use sqlatte_providers::{ColumnType, Value};

use crate::session::Flavour;

/// The character set of what is no text.
const BINARY: u16 = 63;
/// Bytes of the texts that MariaDB keeps JSON in.
const LONGTEXT: u32 = u32::MAX;

/// The meaning of a declared type: its name alone, and in full, such as `tinyint` and `tinyint(1) unsigned`.
pub(crate) fn declared(name: &str, full: &str) -> ColumnType {
    let full = full.to_ascii_lowercase();
    match name.to_ascii_lowercase().as_str() {
        "tinyint" if full == "tinyint(1)" => ColumnType::Boolean,
        "bit" if full == "bit(1)" => ColumnType::Boolean,
        "tinyint" | "smallint" | "mediumint" | "int" | "integer" | "bigint" | "year" | "bit" => {
            ColumnType::Integer
        }
        "decimal" | "numeric" => ColumnType::Decimal,
        "float" | "double" | "real" => ColumnType::Float,
        "date" => ColumnType::Date,
        "time" => ColumnType::Time,
        "datetime" | "timestamp" => ColumnType::Timestamp,
        "json" => ColumnType::Json,
        "uuid" => ColumnType::Uuid,
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" | "vector" => {
            ColumnType::Bytes
        }
        _ => ColumnType::Text,
    }
}

/// The labels of an `enum('a','b')` or a `set(…)`.
pub(crate) fn labels(full: &str) -> Vec<String> {
    let Some(list) = ["enum(", "set("]
        .iter()
        .find_map(|start| full.get(..start.len())?.eq_ignore_ascii_case(start).then(|| &full[start.len()..]))
    else {
        return Vec::new();
    };
    let (mut labels, mut label) = (Vec::new(), None::<String>);
    let mut letters = list.chars().peekable();
    while let Some(letter) = letters.next() {
        match (&mut label, letter) {
            (None, '\'') => label = Some(String::new()),
            (Some(text), '\'') if letters.peek() == Some(&'\'') => {
                letters.next();
                text.push('\'');
            }
            (Some(_), '\'') => labels.extend(label.take()),
            (Some(text), _) => text.push(letter),
            (None, _) => {}
        }
    }
    labels
}

/// How the values of a result's column are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    Integer,
    /// A `TINYINT(1)`, which is a boolean as long as it holds nothing but 0 and 1.
    Flag,
    Bit,
    Boolean,
    Decimal,
    Float,
    Date,
    Timestamp,
    Time,
    Text,
    /// A text in which MariaDB may keep JSON.
    LongText,
    Json,
    Geometry,
    Bytes,
    Unknown,
}

impl Reading {
    /// What the server says of a column.
    pub(crate) fn of(column: &Column, flavour: Flavour) -> Self {
        match column.column_type() {
            Wire::MYSQL_TYPE_TINY
                if column.column_length() == 1 && !is(column, ColumnFlags::UNSIGNED_FLAG) =>
            {
                Reading::Flag
            }
            Wire::MYSQL_TYPE_TINY
            | Wire::MYSQL_TYPE_SHORT
            | Wire::MYSQL_TYPE_INT24
            | Wire::MYSQL_TYPE_LONG
            | Wire::MYSQL_TYPE_LONGLONG
            | Wire::MYSQL_TYPE_YEAR => Reading::Integer,
            Wire::MYSQL_TYPE_DECIMAL | Wire::MYSQL_TYPE_NEWDECIMAL => Reading::Decimal,
            Wire::MYSQL_TYPE_FLOAT | Wire::MYSQL_TYPE_DOUBLE => Reading::Float,
            Wire::MYSQL_TYPE_DATE | Wire::MYSQL_TYPE_NEWDATE => Reading::Date,
            Wire::MYSQL_TYPE_DATETIME | Wire::MYSQL_TYPE_TIMESTAMP => Reading::Timestamp,
            Wire::MYSQL_TYPE_TIME => Reading::Time,
            Wire::MYSQL_TYPE_BIT if column.column_length() == 1 => Reading::Boolean,
            Wire::MYSQL_TYPE_BIT => Reading::Bit,
            Wire::MYSQL_TYPE_JSON => Reading::Json,
            Wire::MYSQL_TYPE_GEOMETRY => Reading::Geometry,
            Wire::MYSQL_TYPE_VECTOR => Reading::Bytes,
            Wire::MYSQL_TYPE_NULL => Reading::Unknown,
            _ if is(column, ColumnFlags::ENUM_FLAG) || is(column, ColumnFlags::SET_FLAG) => Reading::Text,
            // MySQL describes a NULL that is written out as a binary text without length.
            _ if column.character_set() == BINARY && column.column_length() == 0 => Reading::Unknown,
            _ if column.character_set() == BINARY => Reading::Bytes,
            _ if flavour == Flavour::MariaDb
                && column.column_length() == LONGTEXT
                && is(column, ColumnFlags::BINARY_FLAG) =>
            {
                Reading::LongText
            }
            _ => Reading::Text,
        }
    }

    /// The same, now that the first values of the column are known.
    pub(crate) fn decided<'a>(self, mut values: impl Iterator<Item = &'a Value>) -> Self {
        match self {
            Reading::Flag if values.all(|value| matches!(value, Value::Null | Value::Integer(0 | 1))) => {
                Reading::Boolean
            }
            Reading::Flag => Reading::Integer,
            Reading::LongText => {
                // Numbers and words alone are JSON as well, and more likely just texts.
                let mut nested = false;
                let all = values.filter_map(Value::as_str).all(|text| {
                    nested |= text.trim_start().starts_with(['{', '[']);
                    serde_json::from_str::<IgnoredAny>(text).is_ok()
                });
                if all && nested { Reading::Json } else { Reading::Text }
            }
            decided => decided,
        }
    }

    pub(crate) fn kind(self) -> ColumnType {
        match self {
            Reading::Integer | Reading::Flag | Reading::Bit => ColumnType::Integer,
            Reading::Boolean => ColumnType::Boolean,
            Reading::Decimal => ColumnType::Decimal,
            Reading::Float => ColumnType::Float,
            Reading::Date => ColumnType::Date,
            Reading::Timestamp => ColumnType::Timestamp,
            Reading::Time => ColumnType::Time,
            Reading::Text | Reading::LongText | Reading::Geometry => ColumnType::Text,
            Reading::Json => ColumnType::Json,
            Reading::Bytes => ColumnType::Bytes,
            Reading::Unknown => ColumnType::Unknown,
        }
    }
}

fn is(column: &Column, flag: ColumnFlags) -> bool {
    column.flags().contains(flag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_types() {
        for (name, full, kind) in [
            ("tinyint", "tinyint(1)", ColumnType::Boolean),
            ("tinyint", "tinyint(1) unsigned", ColumnType::Integer),
            ("tinyint", "tinyint(4)", ColumnType::Integer),
            ("bigint", "bigint(20) unsigned", ColumnType::Integer),
            ("bit", "bit(8)", ColumnType::Integer),
            ("decimal", "decimal(10,2)", ColumnType::Decimal),
            ("timestamp", "timestamp(6)", ColumnType::Timestamp),
            ("set", "set('a','b')", ColumnType::Text),
            ("uuid", "uuid", ColumnType::Uuid),
            ("geometry", "geometry", ColumnType::Text),
            ("inet6", "inet6", ColumnType::Text),
            ("longblob", "longblob", ColumnType::Bytes),
        ] {
            assert_eq!(declared(name, full), kind, "{full}");
        }
    }

    #[test]
    fn labels_of_enumerations() {
        assert_eq!(labels("enum('small','it''s','a,b','')"), ["small", "it's", "a,b", ""]);
        assert_eq!(labels("SET('x','y')"), ["x", "y"]);
        assert!(labels("varchar(20)").is_empty());
        assert!(labels("é").is_empty());
    }

    #[test]
    fn first_values_decide() {
        let text = |text: &str| Value::Text(text.to_owned());
        let flag = |values: &[Value]| Reading::Flag.decided(values.iter());
        assert_eq!(flag(&[Value::Integer(1), Value::Null]), Reading::Boolean);
        assert_eq!(flag(&[Value::Integer(1), Value::Integer(7)]), Reading::Integer);
        assert_eq!(flag(&[]), Reading::Boolean);
        let long = |values: &[Value]| Reading::LongText.decided(values.iter());
        assert_eq!(long(&[Value::Null, text("{\"a\": 1}")]), Reading::Json);
        assert_eq!(long(&[text("[1]"), text("plain")]), Reading::Text);
        assert_eq!(long(&[text("[1]"), text("null")]), Reading::Json);
        assert_eq!(long(&[text("12")]), Reading::Text);
        assert_eq!(long(&[Value::Null]), Reading::Text);
    }
}
