use serde_json::Value as Json;
use sqlatte_providers::ColumnType;

/// A type, as far as its values need it to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    Boolean,
    Integer,
    Decimal,
    Float,
    Date,
    Time,
    Timestamp,
    TimestampTz,
    IntervalYearToMonth,
    IntervalDayToSecond,
    Json,
    Bytes,
    Uuid,
    Array(Box<Type>),
    /// Of keys and values.
    Map(Box<Type>, Box<Type>),
    /// Of fields, which need not have names.
    Row(Vec<(Option<String>, Type)>),
    /// The type of `NULL`.
    Unknown,
    /// Text, and whatever else: its values pass as they come.
    Other,
}

impl Type {
    /// The type that a signature of the protocol says, or else its text: `signature` is null in some old
    /// servers.
    pub(crate) fn read(signature: &Json, text: &str) -> Self {
        match signature.get("rawType").and_then(Json::as_str) {
            Some(raw) => from_signature(raw, signature),
            None => from_text(text),
        }
    }

    /// The word common to all databases.
    pub(crate) fn kind(&self) -> ColumnType {
        match self {
            Type::Boolean => ColumnType::Boolean,
            Type::Integer => ColumnType::Integer,
            Type::Decimal => ColumnType::Decimal,
            Type::Float => ColumnType::Float,
            Type::Date => ColumnType::Date,
            Type::Time => ColumnType::Time,
            Type::Timestamp => ColumnType::Timestamp,
            Type::TimestampTz => ColumnType::TimestampTz,
            Type::IntervalYearToMonth | Type::IntervalDayToSecond => ColumnType::Interval,
            Type::Json | Type::Map(..) | Type::Row(_) => ColumnType::Json,
            Type::Bytes => ColumnType::Bytes,
            Type::Uuid => ColumnType::Uuid,
            Type::Array(_) => ColumnType::Array,
            Type::Unknown => ColumnType::Unknown,
            Type::Other => ColumnType::Text,
        }
    }
}

/// The type of a column that is described as `text`, such as `timestamp(3) with time zone`.
pub(crate) fn from_text(text: &str) -> Type {
    let text = text.trim().to_ascii_lowercase();
    let base = match (text.find('('), text.rfind(')')) {
        (Some(open), Some(close)) if open < close => {
            format!("{}{}", text[..open].trim_end(), &text[close + 1..])
        }
        _ => text,
    };
    match base.trim() {
        // What is inside only matters for values, and those come with a signature.
        "array" => Type::Array(Box::new(Type::Other)),
        "map" => Type::Map(Box::new(Type::Other), Box::new(Type::Other)),
        "row" => Type::Row(Vec::new()),
        base => plain(base),
    }
}

fn from_signature(raw: &str, signature: &Json) -> Type {
    let list = |name| signature.get(name).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let (arguments, types) = (list("arguments"), list("typeArguments"));
    let argument = |index: usize| {
        let inner = arguments.get(index).and_then(|argument| argument.get("value"));
        Box::new(inner.map_or(Type::Other, |inner| Type::read(inner, "")))
    };
    match raw.to_ascii_lowercase().as_str() {
        "array" => Type::Array(argument(0)),
        "map" => Type::Map(argument(0), argument(1)),
        "row" => Type::Row(
            arguments.iter().enumerate().map(|(at, argument)| field(argument, types.get(at))).collect(),
        ),
        raw => plain(raw),
    }
}

/// A field of a row: a name, which may be missing, and a type. Presto names the type alone, and has the `whole` of
/// it elsewhere.
fn field(argument: &Json, whole: Option<&Json>) -> (Option<String>, Type) {
    let value = argument.get("value").unwrap_or(&Json::Null);
    // Old servers give the name as a text, newer ones as an object that has it.
    let name = value.get("fieldName").map(|name| name.get("name").unwrap_or(name)).and_then(Json::as_str);
    let signature = match (value.get("typeSignature"), whole) {
        (Some(Json::String(_)), Some(whole)) => whole,
        (signature, _) => signature.unwrap_or(&Json::Null),
    };
    (name.map(str::to_owned), Type::read(signature, signature.as_str().unwrap_or_default()))
}

fn plain(raw: &str) -> Type {
    match raw {
        "boolean" => Type::Boolean,
        "tinyint" | "smallint" | "integer" | "int" | "bigint" => Type::Integer,
        "decimal" | "number" => Type::Decimal,
        "real" | "double" => Type::Float,
        "date" => Type::Date,
        "time" | "time with time zone" => Type::Time,
        "timestamp" => Type::Timestamp,
        "timestamp with time zone" => Type::TimestampTz,
        "interval year to month" => Type::IntervalYearToMonth,
        "interval day to second" => Type::IntervalDayToSecond,
        "json" => Type::Json,
        "varbinary" => Type::Bytes,
        "uuid" => Type::Uuid,
        "unknown" => Type::Unknown,
        _ => Type::Other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_texts() {
        for (text, kind) in [
            ("varchar(25)", ColumnType::Text),
            ("char(5)", ColumnType::Text),
            ("ipaddress", ColumnType::Text),
            ("HyperLogLog", ColumnType::Text),
            ("decimal(38,9)", ColumnType::Decimal),
            ("timestamp(12)", ColumnType::Timestamp),
            ("timestamp(3) with time zone", ColumnType::TimestampTz),
            ("timestamp with time zone", ColumnType::TimestampTz),
            ("time(6) with time zone", ColumnType::Time),
            ("interval day to second", ColumnType::Interval),
            ("INTERVAL YEAR TO MONTH", ColumnType::Interval),
            ("array(row(a bigint))", ColumnType::Array),
            ("map(varchar, array(real))", ColumnType::Json),
            ("row(\"a)b\" timestamp(3) with time zone)", ColumnType::Json),
            ("row", ColumnType::Json),
            ("unknown", ColumnType::Unknown),
            ("", ColumnType::Text),
            (")(", ColumnType::Text),
        ] {
            assert_eq!(from_text(text).kind(), kind, "{text}");
        }
    }

    #[test]
    fn reads_signatures_of_all_versions() {
        let now = json!({"rawType": "row", "arguments": [
            {"kind": "NAMED_TYPE", "value": {"fieldName": {"name": "a"}, "typeSignature": {"rawType": "bigint", "arguments": []}}},
            {"kind": "NAMED_TYPE", "value": {"typeSignature": {"rawType": "array", "arguments": [
                {"kind": "TYPE", "value": {"rawType": "real", "arguments": []}}]}}},
        ]});
        let then = json!({"rawType": "row", "typeArguments": [], "literalArguments": ["a"], "arguments": [
            {"kind": "NAMED_TYPE_SIGNATURE", "value": {"fieldName": {"name": "a", "delimited": false}, "typeSignature": "bigint"}},
            {"kind": "NAMED_TYPE_SIGNATURE", "value": {"typeSignature": {"rawType": "array", "arguments": [
                {"kind": "TYPE_SIGNATURE", "value": {"rawType": "real", "arguments": []}}]}}},
        ]});
        let presto = json!({"rawType": "row", "literalArguments": ["a"], "typeArguments": [
            {"rawType": "bigint", "typeArguments": [], "literalArguments": [], "arguments": []},
            {"rawType": "array", "typeArguments": [{"rawType": "real"}], "literalArguments": [], "arguments": [
                {"kind": "TYPE_SIGNATURE", "value": {"rawType": "real", "arguments": []}}]},
        ], "arguments": [
            {"kind": "NAMED_TYPE_SIGNATURE", "value": {"fieldName": {"name": "a", "delimited": false}, "typeSignature": "bigint"}},
            {"kind": "NAMED_TYPE_SIGNATURE", "value": {"typeSignature": "array(real)"}},
        ]});
        let row = Type::Row(vec![
            (Some("a".to_owned()), Type::Integer),
            (None, Type::Array(Box::new(Type::Float))),
        ]);
        for signature in [now, then, presto] {
            assert_eq!(Type::read(&signature, ""), row);
        }
        assert_eq!(Type::read(&Json::Null, "decimal(3,1)"), Type::Decimal);
        assert_eq!(
            Type::read(&json!({"rawType": "map"}), ""),
            Type::Map(Type::Other.into(), Type::Other.into())
        );
        assert_eq!(Type::read(&json!({"rawType": "QDigest", "arguments": [1]}), ""), Type::Other);
    }
}
