use sqlparser::ast::{ArrayElemTypeDef, DataType, StructField};

use super::{Walk, Walker, clause};
use crate::names;

impl Walker<'_> {
    /// Types hold no expressions, but some hold names and other types.
    ///
    /// A type that is not named here is one of the parser's plain ones; a call could not hide in it, since every
    /// word before a parenthesis is looked at once more.
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
            DataType::Table(Some(_))
            | DataType::NamedTable { .. }
            | DataType::Nested(_)
            | DataType::Union(_) => Err(clause("this type", None)),
            DataType::Nullable(inner) | DataType::LowCardinality(inner) => self.data_type(inner),
            _ => Ok(()),
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
