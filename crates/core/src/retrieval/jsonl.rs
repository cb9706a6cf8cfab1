//! Catalogues as files: a table a line.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use sqlatte_providers::{ColumnSchema, ColumnType, ForeignKey, TableRef, TableSchema};

#[derive(Debug, Deserialize)]
struct Table {
    db: String,
    table: String,
    #[serde(default)]
    comment: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    columns: Vec<Column>,
}

#[derive(Debug, Deserialize)]
struct Column {
    name: String,
    #[serde(default, rename = "type", deserialize_with = "or_default")]
    database_type: String,
    #[serde(default, deserialize_with = "or_default")]
    pk: bool,
    /// Columns referred to, as `table.column` of the same database.
    #[serde(default, deserialize_with = "or_default")]
    fk: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    samples: Vec<Value>,
    #[serde(default)]
    comment: Option<String>,
}

/// What is null is as if it was not there.
fn or_default<'de, D, T>(value: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(value)?.unwrap_or_default())
}

/// Reads one table of a catalogue file: `{"db", "table", "comment", "columns": [{"name", "type", "pk", "fk":
/// ["table.column"], "samples", "comment"}]}`. `db` becomes the schema; only `db`, `table` and the columns' names must
/// be there, the rest may be null, and what else is there is not read. Samples that are no text are left out.
///
/// # Errors
/// Says where the line breaks the form.
pub fn table_from_json(line: &str) -> Result<TableSchema, serde_json::Error> {
    let read: Table = serde_json::from_str(line)?;
    let mut table = TableRef::new(read.table);
    table.schema = Some(read.db.clone());
    table.comment = read.comment;
    let mut schema = TableSchema::new(table);
    for column in read.columns {
        for key in &column.fk {
            let (table, referenced) = key.rsplit_once('.').unwrap_or((key, ""));
            schema.foreign_keys.push(ForeignKey {
                columns: vec![column.name.clone()],
                references: format!("{}.{table}", read.db),
                referenced_columns: vec![referenced.to_owned()],
            });
        }
        if column.pk {
            schema.primary_key.push(column.name.clone());
        }
        // what a type means does not matter for finding tables
        let mut kept = ColumnSchema::new(column.name, column.database_type, ColumnType::Text);
        kept.comment = column.comment;
        let texts = column.samples.into_iter().filter_map(|sample| match sample {
            Value::String(text) => Some(text),
            _ => None,
        });
        kept.samples = texts.collect();
        schema.columns.push(kept);
    }
    Ok(schema)
}
