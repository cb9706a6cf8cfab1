//! BigQuery's types: in its own words, in the words common to all databases, and as cells are read.

use google_cloud_bigquery_v2::model::TableFieldSchema;
use sqlatte_providers::{Column, ColumnType};

/// How a cell of some type is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    Integer,
    Float,
    Decimal,
    Boolean,
    /// Text, and everything that travels as text.
    Text,
    Bytes,
    DateTime,
    Timestamp,
    Interval,
    Json,
    Range(Box<Shape>),
    /// The fields, under names that differ.
    Struct(Vec<(String, Shape)>),
    Array(Box<Shape>),
}

/// The column that a field of a result becomes.
pub(crate) fn column(field: &TableFieldSchema) -> Column {
    Column { name: field.name.clone(), kind: kind(field) }
}

/// What a column of this type holds.
pub(crate) fn kind(field: &TableFieldSchema) -> ColumnType {
    if is_repeated(field) {
        return ColumnType::Array;
    }
    match name(&field.r#type) {
        "INT64" => ColumnType::Integer,
        "FLOAT64" => ColumnType::Float,
        "NUMERIC" | "BIGNUMERIC" => ColumnType::Decimal,
        "BOOL" => ColumnType::Boolean,
        "STRING" | "GEOGRAPHY" | "RANGE" => ColumnType::Text,
        "BYTES" => ColumnType::Bytes,
        "DATE" => ColumnType::Date,
        "TIME" => ColumnType::Time,
        "DATETIME" => ColumnType::Timestamp,
        "TIMESTAMP" => ColumnType::TimestampTz,
        "INTERVAL" => ColumnType::Interval,
        "JSON" | "STRUCT" => ColumnType::Json,
        _ => ColumnType::Unknown,
    }
}

/// The type as GoogleSQL writes it, such as `ARRAY<STRUCT<sku STRING, qty INT64>>`.
pub(crate) fn written(field: &TableFieldSchema) -> String {
    let name = name(&field.r#type);
    let one = match name {
        "STRUCT" => {
            let fields: Vec<_> =
                field.fields.iter().map(|inner| format!("{} {}", inner.name, written(inner))).collect();
            format!("STRUCT<{}>", fields.join(", "))
        }
        "RANGE" => format!("RANGE<{}>", element(field)),
        "NUMERIC" | "BIGNUMERIC" if field.precision > 0 && field.scale > 0 => {
            format!("{name}({}, {})", field.precision, field.scale)
        }
        "NUMERIC" | "BIGNUMERIC" if field.precision > 0 => format!("{name}({})", field.precision),
        "STRING" | "BYTES" if field.max_length > 0 => format!("{name}({})", field.max_length),
        name => name.to_owned(),
    };
    if is_repeated(field) { format!("ARRAY<{one}>") } else { one }
}

/// How the cells of a field are read.
pub(crate) fn shape(field: &TableFieldSchema) -> Shape {
    let one = match name(&field.r#type) {
        "RANGE" => Shape::Range(Box::new(plain(element(field)))),
        "STRUCT" => {
            Shape::Struct(names(&field.fields).into_iter().zip(field.fields.iter().map(shape)).collect())
        }
        name => plain(name),
    };
    if is_repeated(field) { Shape::Array(Box::new(one)) } else { one }
}

/// Names for the fields of a struct: they may have none, or several the same.
fn names(fields: &[TableFieldSchema]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(fields.len());
    for (index, field) in fields.iter().enumerate() {
        // As BigQuery's own TO_JSON names it.
        let unnamed = || format!("_field_{}", index + 1);
        let name = if field.name.is_empty() { unnamed() } else { field.name.clone() };
        let taken = names.contains(&name);
        names.push(if taken { format!("{name}_{}", index + 1) } else { name });
    }
    names
}

fn plain(name: &str) -> Shape {
    match name {
        "INT64" => Shape::Integer,
        "FLOAT64" => Shape::Float,
        "NUMERIC" | "BIGNUMERIC" => Shape::Decimal,
        "BOOL" => Shape::Boolean,
        "BYTES" => Shape::Bytes,
        "DATETIME" => Shape::DateTime,
        "TIMESTAMP" => Shape::Timestamp,
        "INTERVAL" => Shape::Interval,
        "JSON" => Shape::Json,
        _ => Shape::Text,
    }
}

/// The name in GoogleSQL; the API still uses those of legacy SQL.
fn name(name: &str) -> &str {
    match name {
        "INTEGER" => "INT64",
        "FLOAT" => "FLOAT64",
        "BOOLEAN" => "BOOL",
        "RECORD" => "STRUCT",
        "DECIMAL" => "NUMERIC",
        "BIGDECIMAL" => "BIGNUMERIC",
        name => name,
    }
}

fn element(field: &TableFieldSchema) -> &str {
    field.range_element_type.as_ref().map_or("", |element| name(&element.r#type))
}

fn is_repeated(field: &TableFieldSchema) -> bool {
    field.mode == "REPEATED"
}

#[cfg(test)]
mod tests {
    use google_cloud_bigquery_v2::model::{TableFieldSchema, table_field_schema::FieldElementType};

    use super::*;

    fn field(name: &str, of: &str) -> TableFieldSchema {
        TableFieldSchema::new().set_name(name).set_type(of)
    }

    #[test]
    fn writes_types_as_google_sql_does() {
        let items = field("items", "RECORD").set_mode("REPEATED").set_fields([
            field("sku", "STRING").set_max_length(12),
            field("qty", "INTEGER"),
            field("tags", "STRING").set_mode("REPEATED"),
            field("price", "NUMERIC").set_precision(10).set_scale(2),
        ]);
        let range = field("r", "RANGE").set_range_element_type(FieldElementType::new().set_type("DATE"));
        for (field, text, kind) in [
            (
                items,
                "ARRAY<STRUCT<sku STRING(12), qty INT64, tags ARRAY<STRING>, price NUMERIC(10, 2)>>",
                ColumnType::Array,
            ),
            (range, "RANGE<DATE>", ColumnType::Text),
            (field("n", "BIGNUMERIC").set_precision(50), "BIGNUMERIC(50)", ColumnType::Decimal),
            (field("f", "FLOAT"), "FLOAT64", ColumnType::Float),
            (field("b", "BOOLEAN"), "BOOL", ColumnType::Boolean),
            (field("d", "DATETIME"), "DATETIME", ColumnType::Timestamp),
            (field("t", "TIMESTAMP"), "TIMESTAMP", ColumnType::TimestampTz),
            (field("g", "GEOGRAPHY"), "GEOGRAPHY", ColumnType::Text),
            (field("x", "NEW_TYPE"), "NEW_TYPE", ColumnType::Unknown),
        ] {
            assert_eq!((written(&field).as_str(), super::kind(&field)), (text, kind));
        }
    }

    #[test]
    fn fields_of_a_struct_have_names_that_differ() {
        let fields = [field("", "INT64"), field("a", "INT64"), field("a", "INT64"), field("", "INT64")];
        assert_eq!(names(&fields), ["_field_1", "a", "a_3", "_field_4"]);
    }
}
