/// One row: a value for each column of its stream.
pub type Row = Vec<Value>;

/// A cell, in a form that loses nothing any supported database can send.
///
/// What has no exact native form travels as its standard text: decimals, dates and times (ISO 8601), intervals,
/// UUIDs. The column's [`ColumnType`] says what the text means.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number that fits 64 bits.
    Integer(i64),
    /// An unsigned whole number beyond `i64::MAX`.
    Unsigned(u64),
    /// A binary floating-point number, NaN and infinities included.
    Float(f64),
    /// An exact decimal of any size, as its digits.
    Decimal(String),
    /// Text, and everything that travels as text.
    Text(String),
    /// Raw bytes.
    Bytes(Vec<u8>),
    /// A JSON document.
    Json(serde_json::Value),
    /// An array.
    Array(Vec<Value>),
}

impl Value {
    /// Whether it is SQL NULL.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The value as a floating-point number, if it is a number; exactness may be lost.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Integer(number) => Some(*number as f64),
            Value::Unsigned(number) => Some(*number as f64),
            Value::Float(number) => Some(*number),
            Value::Decimal(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    /// The text, if it is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// What a column holds, the same words for every database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// Whole numbers.
    Integer,
    /// Exact decimals.
    Decimal,
    /// Binary floating-point numbers.
    Float,
    /// Booleans.
    Boolean,
    /// Text, enums included.
    Text,
    /// Calendar dates, `2026-11-22`.
    Date,
    /// Times of day.
    Time,
    /// Dates with times, without a zone.
    Timestamp,
    /// Instants, with a zone or offset.
    TimestampTz,
    /// Durations, ISO 8601 where the database can say so.
    Interval,
    /// JSON documents.
    Json,
    /// Arrays.
    Array,
    /// Raw bytes.
    Bytes,
    /// UUIDs.
    Uuid,
    /// Not known, such as a column of NULLs in SQLite.
    Unknown,
}

impl ColumnType {
    /// The name in answers.
    pub fn name(self) -> &'static str {
        match self {
            ColumnType::Integer => "integer",
            ColumnType::Decimal => "decimal",
            ColumnType::Float => "float",
            ColumnType::Boolean => "boolean",
            ColumnType::Text => "text",
            ColumnType::Date => "date",
            ColumnType::Time => "time",
            ColumnType::Timestamp => "timestamp",
            ColumnType::TimestampTz => "timestamptz",
            ColumnType::Interval => "interval",
            ColumnType::Json => "json",
            ColumnType::Array => "array",
            ColumnType::Bytes => "bytes",
            ColumnType::Uuid => "uuid",
            ColumnType::Unknown => "unknown",
        }
    }

    /// Whether its values can be added up.
    pub fn is_numeric(self) -> bool {
        matches!(self, ColumnType::Integer | ColumnType::Decimal | ColumnType::Float)
    }

    /// Whether its values are points on a calendar.
    pub fn is_temporal(self) -> bool {
        matches!(self, ColumnType::Date | ColumnType::Timestamp | ColumnType::TimestampTz)
    }
}

/// A column of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name the statement gives it.
    pub name: String,
    /// What it holds.
    pub kind: ColumnType,
}
