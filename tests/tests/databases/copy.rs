//! The demo database in another engine: the same tables, keys, comments and rows.

use std::{fmt::Write as _, path::Path};

use rusqlite::{Connection, OpenFlags, types::ValueRef};
use sqlatte_db_sqlite::{Sqlite, SqliteConfig};
use sqlatte_providers::{ColumnSchema, ColumnType, DatabaseProvider, TableSchema};

use crate::engine::{Admin, Engine};

/// Bytes of rows in one INSERT; Trino takes statements of a million characters.
const CHUNK: usize = 800_000;

/// Copies the SQLite file `from`.
pub(crate) async fn copy(from: &Path, engine: Engine, to: &mut Admin) {
    let sqlite = Sqlite::open(SqliteConfig::new(from)).unwrap();
    let tables = sqlite.tables().await.unwrap();
    let schemas = sqlite.describe(&tables).await.unwrap();
    let rows = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    for schema in &schemas {
        for sql in created(schema, engine) {
            to.run(&sql).await;
        }
        for insert in inserts(schema, &rows, engine) {
            to.run(&insert).await;
        }
    }
    if engine == Engine::Trino {
        // It knows neither keys nor, in this catalog, statistics.
        return;
    }
    for schema in &schemas {
        for sql in keys(schema) {
            to.run(&sql).await;
        }
        let name = &schema.table.name;
        let analyze = if engine == Engine::Postgresql {
            format!("ANALYZE {name}")
        } else {
            format!("ANALYZE TABLE {name}")
        };
        to.run(&analyze).await;
    }
}

/// The table, its primary key and its comments.
fn created(schema: &TableSchema, engine: Engine) -> Vec<String> {
    let name = &schema.table.name;
    let text = |comment: &Option<String>| comment.as_ref().map(|comment| literal(comment));
    let mut columns: Vec<String> = schema
        .columns
        .iter()
        .map(|column| {
            let mut sql = format!("{} {}", column.name, column_type(column, schema, engine));
            if !column.nullable || schema.primary_key.contains(&column.name) {
                sql += " NOT NULL";
            }
            if let (Some(comment), true) = (text(&column.comment), engine != Engine::Postgresql) {
                let _ = write!(sql, " COMMENT {comment}");
            }
            sql
        })
        .collect();
    if engine != Engine::Trino {
        columns.push(format!("PRIMARY KEY ({})", schema.primary_key.join(", ")));
    }
    let mut sql = format!("CREATE TABLE {name} ({})", columns.join(", "));
    let comment = text(&schema.table.comment).unwrap_or_else(|| "''".to_owned());
    if engine != Engine::Postgresql {
        let _ = write!(sql, " COMMENT {comment}");
        sql += if engine == Engine::Trino { "" } else { " CHARACTER SET utf8mb4" };
        return vec![sql];
    }
    let comments = schema.columns.iter().filter_map(|column| {
        Some(format!("COMMENT ON COLUMN {name}.{} IS {}", column.name, text(&column.comment)?))
    });
    [sql, format!("COMMENT ON TABLE {name} IS {comment}")].into_iter().chain(comments).collect()
}

fn column_type(column: &ColumnSchema, schema: &TableSchema, engine: Engine) -> &'static str {
    let is_key = schema.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
    match column.kind {
        ColumnType::Integer if is_key || schema.primary_key.contains(&column.name) => "INTEGER",
        ColumnType::Integer => "BIGINT",
        // What is REAL in the demo database are amounts of money and scores.
        ColumnType::Float | ColumnType::Decimal => "DECIMAL(14, 4)",
        ColumnType::Boolean => "BOOLEAN",
        ColumnType::Date => "DATE",
        ColumnType::Timestamp if engine == Engine::Postgresql => "TIMESTAMP",
        ColumnType::Timestamp if engine == Engine::Trino => "TIMESTAMP(0)",
        ColumnType::Timestamp => "DATETIME",
        ColumnType::Text if engine == Engine::Postgresql => "TEXT",
        ColumnType::Text if engine == Engine::Trino => "VARCHAR",
        ColumnType::Text => "VARCHAR(500)",
        other => panic!("the demo database has no {other:?}, or did not have"),
    }
}

/// Statements that fill a table. Trino plans a long list of rows for seconds, and one text quickly: there the
/// rows come as one JSON document.
fn inserts(schema: &TableSchema, connection: &Connection, engine: Engine) -> Vec<String> {
    let name = &schema.table.name;
    let mut statement = connection.prepare(&format!("SELECT * FROM {name}")).unwrap();
    let mut rows = statement.query([]).unwrap();
    let (mut inserts, mut values) = (Vec::new(), String::new());
    let insert = |values: &str| match engine {
        Engine::Trino => {
            let cells = schema.columns.iter().enumerate();
            let cells = cells.map(|(index, column)| {
                format!("CAST(r[{}] AS {})", index + 1, column_type(column, schema, engine))
            });
            format!(
                "INSERT INTO {name} SELECT {} \
                 FROM UNNEST(CAST(json_parse({}) AS array(array(varchar)))) AS x (r)",
                cells.collect::<Vec<_>>().join(", "),
                literal(&format!("[{values}]"))
            )
        }
        _ => format!("INSERT INTO {name} VALUES {values}"),
    };
    while let Some(row) = rows.next().unwrap() {
        if values.len() > CHUNK {
            inserts.push(insert(&std::mem::take(&mut values)));
        }
        values += if values.is_empty() { "" } else { ", " };
        let cells = schema.columns.iter().enumerate().map(|(index, column)| {
            let text = text(row.get_ref(index).unwrap(), column);
            match engine {
                Engine::Trino => serde_json::json!(text).to_string(),
                _ => text.map_or_else(|| "NULL".to_owned(), |text| sql_value(&text, column)),
            }
        });
        let cells = cells.collect::<Vec<_>>().join(", ");
        let _ =
            if engine == Engine::Trino { write!(values, "[{cells}]") } else { write!(values, "({cells})") };
    }
    inserts.extend((!values.is_empty()).then(|| insert(&values)));
    inserts
}

/// A cell of the demo database as text; nothing for NULL.
fn text(value: ValueRef<'_>, column: &ColumnSchema) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) if column.kind == ColumnType::Boolean => Some((number != 0).to_string()),
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(text) => Some(std::str::from_utf8(text).unwrap().to_owned()),
        ValueRef::Blob(_) => panic!("the demo database has no blobs, or did not have"),
    }
}

/// A cell as SQL has it.
fn sql_value(text: &str, column: &ColumnSchema) -> String {
    match column.kind {
        ColumnType::Integer | ColumnType::Float | ColumnType::Decimal | ColumnType::Boolean => {
            text.to_owned()
        }
        _ => literal(text),
    }
}

fn keys(schema: &TableSchema) -> Vec<String> {
    let sql = schema.foreign_keys.iter().map(|key| {
        let (columns, there) = (key.columns.join(", "), key.referenced_columns.join(", "));
        let (name, other) = (&schema.table.name, &key.references);
        format!("ALTER TABLE {name} ADD FOREIGN KEY ({columns}) REFERENCES {other} ({there})")
    });
    sql.collect()
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
