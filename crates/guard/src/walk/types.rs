use sqlparser::ast::{ArrayElemTypeDef, DataType, StructField};

use super::{Walk, Walker, clause};
use crate::names;

impl Walker<'_> {
    /// Types hold no expressions, but some hold names and other types.
    pub(super) fn data_type(&mut self, data_type: &DataType) -> Walk {
        match data_type {
            DataType::Custom(name, _) => {
                if let Some(ident) = names::idents(name).and_then(|idents| idents.last().copied()) {
                    self.explain(ident);
                }
                Ok(())
            }
            DataType::Array(element) => match element {
                ArrayElemTypeDef::None => Ok(()),
                ArrayElemTypeDef::AngleBracket(element)
                | ArrayElemTypeDef::Parenthesis(element)
                | ArrayElemTypeDef::SquareBracket(element, _)
                | ArrayElemTypeDef::Qualified(element, _) => self.data_type(element),
            },
            DataType::Map(key, value, _) => {
                self.data_type(key)?;
                self.data_type(value)
            }
            DataType::Struct(fields, _) | DataType::Tuple(fields) => self.fields(fields),
            DataType::Table(_)
            | DataType::Trigger
            | DataType::NamedTable { .. }
            | DataType::Nested(_)
            | DataType::Union(_) => Err(clause("this type", None)),
            DataType::Nullable(inner) | DataType::LowCardinality(inner) => self.data_type(inner),
            DataType::Uuid
            | DataType::TinyBlob
            | DataType::MediumBlob
            | DataType::LongBlob
            | DataType::UTinyInt
            | DataType::USmallInt
            | DataType::Int16
            | DataType::Int32
            | DataType::Int64
            | DataType::Int128
            | DataType::Int256
            | DataType::HugeInt
            | DataType::UHugeInt
            | DataType::UInt8
            | DataType::UInt16
            | DataType::UInt32
            | DataType::UInt64
            | DataType::UInt128
            | DataType::UInt256
            | DataType::UBigInt
            | DataType::Signed
            | DataType::SignedInteger
            | DataType::Unsigned
            | DataType::UnsignedInteger
            | DataType::Float4
            | DataType::Float32
            | DataType::Float64
            | DataType::Real
            | DataType::RealUnsigned
            | DataType::Float8
            | DataType::DoublePrecision
            | DataType::DoublePrecisionUnsigned
            | DataType::Bool
            | DataType::Boolean
            | DataType::Date
            | DataType::Date32
            | DataType::JSON
            | DataType::JSONB
            | DataType::Regclass
            | DataType::Text
            | DataType::TinyText
            | DataType::MediumText
            | DataType::LongText
            | DataType::Bytea
            | DataType::Unspecified
            | DataType::AnyType
            | DataType::TsVector
            | DataType::TsQuery
            | DataType::Character(_)
            | DataType::Char(_)
            | DataType::CharacterVarying(_)
            | DataType::CharVarying(_)
            | DataType::Varchar(_)
            | DataType::Nvarchar(_)
            | DataType::CharacterLargeObject(_)
            | DataType::CharLargeObject(_)
            | DataType::Clob(_)
            | DataType::Binary(_)
            | DataType::Varbinary(_)
            | DataType::Blob(_)
            | DataType::Bytes(_)
            | DataType::Numeric(_)
            | DataType::Decimal(_)
            | DataType::DecimalUnsigned(_)
            | DataType::BigNumeric(_)
            | DataType::BigDecimal(_)
            | DataType::Dec(_)
            | DataType::DecUnsigned(_)
            | DataType::Float(_)
            | DataType::FloatUnsigned(_)
            | DataType::TinyInt(_)
            | DataType::TinyIntUnsigned(_)
            | DataType::Int2(_)
            | DataType::Int2Unsigned(_)
            | DataType::SmallInt(_)
            | DataType::SmallIntUnsigned(_)
            | DataType::MediumInt(_)
            | DataType::MediumIntUnsigned(_)
            | DataType::Int(_)
            | DataType::Int4(_)
            | DataType::Int8(_)
            | DataType::Integer(_)
            | DataType::IntUnsigned(_)
            | DataType::Int4Unsigned(_)
            | DataType::IntegerUnsigned(_)
            | DataType::BigInt(_)
            | DataType::BigIntUnsigned(_)
            | DataType::Int8Unsigned(_)
            | DataType::Double(_)
            | DataType::DoubleUnsigned(_)
            | DataType::Datetime(_)
            | DataType::TimestampNtz(_)
            | DataType::String(_)
            | DataType::FixedString(_)
            | DataType::Bit(_)
            | DataType::BitVarying(_)
            | DataType::VarBit(_)
            | DataType::Set(_)
            | DataType::GeometricType(_)
            | DataType::Time(_, _)
            | DataType::Timestamp(_, _)
            | DataType::Datetime64(_, _)
            | DataType::Enum(_, _)
            | DataType::Interval { fields: _, precision: _ } => Ok(()),
        }
    }

    pub(super) fn fields(&mut self, fields: &[StructField]) -> Walk {
        for StructField { field_name, field_type, options } in fields {
            if options.is_some() {
                return Err(clause("OPTIONS of a field", None));
            }
            if let Some(name) = field_name {
                self.explain(name);
            }
            self.data_type(field_type)?;
        }
        Ok(())
    }
}
