//! The demo database in another engine: the same tables, keys, comments and rows.

use std::{fmt::Write as _, path::Path};

use rusqlite::{Connection, OpenFlags, types::ValueRef};
use sqlatte_db_sqlite::{Sqlite, SqliteConfig};
use sqlatte_providers::{ColumnSchema, ColumnType, DatabaseProvider, TableSchema};

use crate::engine::{Admin, Engine};

/// Bytes of rows in one INSERT.
const CHUNK: usize = 1 << 20;

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
        for insert in inserts(schema, &rows) {
            to.run(&insert).await;
        }
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
    columns.push(format!("PRIMARY KEY ({})", schema.primary_key.join(", ")));
    let mut sql = format!("CREATE TABLE {name} ({})", columns.join(", "));
    let comment = text(&schema.table.comment).unwrap_or_else(|| "''".to_owned());
    if engine != Engine::Postgresql {
        let _ = write!(sql, " COMMENT {comment} CHARACTER SET utf8mb4");
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
        ColumnType::Timestamp => "DATETIME",
        ColumnType::Text if engine == Engine::Postgresql => "TEXT",
        ColumnType::Text => "VARCHAR(500)",
        other => panic!("the demo database has no {other:?}, or did not have"),
    }
}

fn inserts(schema: &TableSchema, connection: &Connection) -> Vec<String> {
    let name = &schema.table.name;
    let mut statement = connection.prepare(&format!("SELECT * FROM {name}")).unwrap();
    let mut rows = statement.query([]).unwrap();
    let (mut inserts, mut insert) = (Vec::new(), String::new());
    while let Some(row) = rows.next().unwrap() {
        let cells: Vec<String> = schema
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| match row.get_ref(index).unwrap() {
                ValueRef::Null => "NULL".to_owned(),
                ValueRef::Integer(number) if column.kind == ColumnType::Boolean => (number != 0).to_string(),
                ValueRef::Integer(number) => number.to_string(),
                ValueRef::Real(number) => number.to_string(),
                ValueRef::Text(text) => literal(std::str::from_utf8(text).unwrap()),
                ValueRef::Blob(_) => panic!("the demo database has no blobs, or did not have"),
            })
            .collect();
        if insert.len() > CHUNK {
            inserts.push(std::mem::take(&mut insert));
        }
        insert += if insert.is_empty() { "" } else { ", " };
        if insert.is_empty() {
            insert = format!("INSERT INTO {name} VALUES ");
        }
        let _ = write!(insert, "({})", cells.join(", "));
    }
    inserts.extend(Some(insert).filter(|insert| !insert.is_empty()));
    inserts
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
