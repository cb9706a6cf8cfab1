//! What PostgreSQL's types are in the words common to all databases.

use sqlatte_providers::ColumnType;
use tokio_postgres::types::{Kind, Type};

use crate::binary::{Decoder, Scalar};

/// What a result's column of this type holds.
pub(crate) fn column_type(of: &Type) -> ColumnType {
    match of.kind() {
        Kind::Array(_) => ColumnType::Array,
        Kind::Domain(base) => column_type(base),
        Kind::Composite(_) => ColumnType::Json,
        Kind::Simple if of.name() == "hstore" => ColumnType::Json,
        _ => builtin(of),
    }
}

/// What a table's column holds: `oid` and `name` are of its base type, below all domains; `category` is
/// PostgreSQL's.
pub(crate) fn of_column(oid: u32, name: &str, category: &str, is_composite: bool) -> ColumnType {
    match (Type::from_oid(oid), category) {
        (_, "A") => ColumnType::Array,
        (Some(of), _) => builtin(&of),
        (None, _) if is_composite || name == "hstore" => ColumnType::Json,
        (None, _) => ColumnType::Text,
    }
}

fn builtin(of: &Type) -> ColumnType {
    match *of {
        Type::INT2 | Type::INT4 | Type::INT8 | Type::OID | Type::XID | Type::CID | Type::XID8 => {
            ColumnType::Integer
        }
        Type::NUMERIC => ColumnType::Decimal,
        Type::FLOAT4 | Type::FLOAT8 => ColumnType::Float,
        Type::BOOL => ColumnType::Boolean,
        Type::DATE => ColumnType::Date,
        Type::TIME | Type::TIMETZ => ColumnType::Time,
        Type::TIMESTAMP => ColumnType::Timestamp,
        Type::TIMESTAMPTZ => ColumnType::TimestampTz,
        Type::INTERVAL => ColumnType::Interval,
        Type::JSON | Type::JSONB => ColumnType::Json,
        Type::BYTEA => ColumnType::Bytes,
        Type::UUID => ColumnType::Uuid,
        _ => ColumnType::Text,
    }
}

/// How values of this type are read from their binary form; `None` for types that are fetched as text.
pub(crate) fn decoder(of: &Type) -> Option<Decoder> {
    match of.kind() {
        Kind::Array(element) => scalar(element).map(Decoder::Array),
        _ => scalar(of).map(Decoder::One),
    }
}

fn scalar(of: &Type) -> Option<Scalar> {
    match of.kind() {
        Kind::Enum(_) => return Some(Scalar::Text),
        Kind::Domain(base) => return scalar(base),
        _ => {}
    }
    Some(match *of {
        Type::BOOL => Scalar::Bool,
        Type::CHAR => Scalar::Char,
        Type::INT2 => Scalar::Int2,
        Type::INT4 => Scalar::Int4,
        Type::INT8 => Scalar::Int8,
        Type::OID | Type::XID | Type::CID => Scalar::Oid,
        Type::FLOAT4 => Scalar::Float4,
        Type::FLOAT8 => Scalar::Float8,
        Type::NUMERIC => Scalar::Numeric,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => Scalar::Text,
        Type::JSON => Scalar::Json,
        Type::JSONB => Scalar::Jsonb,
        Type::UUID => Scalar::Uuid,
        Type::BYTEA => Scalar::Bytes,
        Type::DATE => Scalar::Date,
        Type::TIME => Scalar::Time,
        Type::TIMESTAMP => Scalar::Timestamp,
        Type::TIMESTAMPTZ => Scalar::TimestampTz,
        Type::INTERVAL => Scalar::Interval,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use sqlatte_providers::ColumnType;
    use tokio_postgres::types::Type;

    use super::{column_type, decoder, of_column};

    #[test]
    fn knows_the_kinds() {
        assert_eq!(column_type(&Type::INT8_ARRAY), ColumnType::Array);
        assert_eq!(column_type(&Type::INT4_RANGE), ColumnType::Text);
        assert_eq!(of_column(1700, "numeric", "N", false), ColumnType::Decimal);
        assert_eq!(of_column(1007, "_int4", "A", false), ColumnType::Array);
        assert_eq!(of_column(99_999, "hstore", "U", false), ColumnType::Json);
        assert_eq!(of_column(99_999, "mood", "E", false), ColumnType::Text);
        assert_eq!(of_column(99_999, "address", "C", true), ColumnType::Json);
    }

    #[test]
    fn fetches_the_rest_as_text() {
        assert!(decoder(&Type::NUMERIC_ARRAY).is_some());
        for of in [
            Type::INET,
            Type::MONEY,
            Type::TS_VECTOR,
            Type::RECORD,
            Type::INT4_RANGE,
            Type::VARBIT,
            Type::XML,
        ] {
            assert!(decoder(&of).is_none(), "{of}");
        }
    }
}
