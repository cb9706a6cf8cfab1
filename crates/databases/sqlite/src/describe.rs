//! What is in the file: tables, columns, keys.

use std::collections::HashMap;

use rusqlite::Connection;
use sqlatte_providers::{ColumnSchema, ColumnType, ForeignKey, TableKind, TableRef, TableSchema};

use crate::{comments::Comments, samples, types};

/// What describing found, or the first table that is not there.
pub(crate) type Described = Result<Vec<TableSchema>, TableRef>;

/// A name as it stands in SQL.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Every table and view, by name.
pub(crate) fn tables(connection: &Connection) -> rusqlite::Result<Vec<TableRef>> {
    let catalog = Catalog::read(connection)?;
    catalog.entries.iter().map(|entry| catalog.table_ref(connection, entry)).collect()
}

/// Columns, keys, comments and samples of `wanted`, in that order.
pub(crate) fn describe(
    connection: &Connection,
    wanted: &[TableRef],
    with_samples: bool,
) -> rusqlite::Result<Described> {
    let catalog = Catalog::read(connection)?;
    let mut schemas = Vec::with_capacity(wanted.len());
    for table in wanted {
        match catalog.find(table) {
            Some(entry) => schemas.push(catalog.describe(connection, entry, with_samples)?),
            None => return Ok(Err(table.clone())),
        }
    }
    Ok(Ok(schemas))
}

/// The file's own list of what is in it.
struct Catalog {
    /// By name.
    entries: Vec<Entry>,
    /// The `CREATE` statements.
    sql: HashMap<String, String>,
    /// Rows at the time of the last `ANALYZE`.
    analyzed: HashMap<String, i64>,
}

struct Entry {
    name: String,
    kind: Kind,
    without_rowid: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Table,
    View,
    Virtual,
}

impl Catalog {
    fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let mut entries = Vec::new();
        let mut statement = connection.prepare("PRAGMA table_list")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (schema, name, kind) = (text(row, 0)?, text(row, 1)?, text(row, 2)?);
            let kind = match kind.as_str() {
                "table" => Kind::Table,
                "view" => Kind::View,
                "virtual" => Kind::Virtual,
                // The shadow tables of a virtual table are its own business.
                _ => continue,
            };
            if schema == "main" && !name.starts_with("sqlite_") {
                entries.push(Entry { name, kind, without_rowid: row.get::<_, i64>(4)? != 0 });
            }
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));

        let mut sql = HashMap::new();
        let mut has_statistics = false;
        let mut statement =
            connection.prepare("SELECT name, sql FROM sqlite_schema WHERE type IN ('table', 'view')")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let name = text(row, 0)?;
            has_statistics |= name == "sqlite_stat1";
            sql.insert(name, text(row, 1)?);
        }

        let mut analyzed = HashMap::new();
        if has_statistics {
            let mut statement = connection.prepare(
                "SELECT tbl, max(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl NOT NULL GROUP BY tbl",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                if let Some(count) = row.get(1)? {
                    analyzed.insert(text(row, 0)?, count);
                }
            }
        }
        Ok(Catalog { entries, sql, analyzed })
    }

    fn find(&self, table: &TableRef) -> Option<&Entry> {
        let here = table.catalog.is_none()
            && table.schema.as_ref().is_none_or(|schema| schema.eq_ignore_ascii_case("main"));
        self.named(&table.name).filter(|_| here)
    }

    fn named(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    fn comments(&self, entry: &Entry) -> Comments {
        match (entry.kind, self.sql.get(&entry.name)) {
            (Kind::Table | Kind::View, Some(sql)) => Comments::read(sql),
            _ => Comments::default(),
        }
    }

    fn table_ref(&self, connection: &Connection, entry: &Entry) -> rusqlite::Result<TableRef> {
        let kind = if entry.kind == Kind::View { TableKind::View } else { TableKind::Table };
        let rows_estimate = self.rows_estimate(connection, entry)?;
        let comment = self.comments(entry).table;
        Ok(TableRef { kind, comment, rows_estimate, ..TableRef::new(&entry.name) })
    }

    /// What `ANALYZE` counted, else the largest row number, which is one look at the end of the table.
    fn rows_estimate(&self, connection: &Connection, entry: &Entry) -> rusqlite::Result<Option<u64>> {
        if entry.kind != Kind::Table {
            return Ok(None);
        }
        if let Some(count) = self.analyzed.get(&entry.name) {
            return Ok(Some(count.unsigned_abs()));
        }
        if entry.without_rowid {
            return Ok(None);
        }
        let sql = format!("SELECT max(_rowid_) FROM {}", quote(&entry.name));
        let largest = connection.query_row(&sql, [], |row| row.get::<_, Option<i64>>(0))?;
        Ok(Some(u64::try_from(largest.unwrap_or(0)).unwrap_or(0)))
    }

    fn describe(
        &self,
        connection: &Connection,
        entry: &Entry,
        with_samples: bool,
    ) -> rusqlite::Result<TableSchema> {
        let comments = self.comments(entry);
        let mut columns = Vec::new();
        let mut key = Vec::new();
        for found in self.columns(connection, entry)? {
            if found.key > 0 {
                key.push((found.key, found.name.clone()));
            }
            let kind = types::declared(&found.database_type).unwrap_or(ColumnType::Unknown);
            columns.push(ColumnSchema {
                nullable: found.nullable,
                comment: comments.column(&found.name).map(str::to_owned),
                ..ColumnSchema::new(found.name, found.database_type, kind)
            });
        }
        key.sort();
        if with_samples && entry.kind == Kind::Table {
            let (texts, names): (Vec<usize>, Vec<&str>) = columns
                .iter()
                .enumerate()
                .filter(|(_, column)| column.kind == ColumnType::Text)
                .map(|(index, column)| (index, column.name.as_str()))
                .unzip();
            let samples = match samples::read(connection, &entry.name, !entry.without_rowid, &names) {
                // A row that cannot be read, such as one with a huge text, must not hide the table.
                Err(error) if !is_interrupted(&error) => {
                    tracing::warn!(table = entry.name, %error, "no samples can be read");
                    Vec::new()
                }
                result => result?,
            };
            for (index, samples) in texts.into_iter().zip(samples) {
                columns[index].samples = samples;
            }
        }
        Ok(TableSchema {
            columns,
            primary_key: key.into_iter().map(|(_, name)| name).collect(),
            foreign_keys: self.foreign_keys(connection, entry)?,
            ..TableSchema::new(self.table_ref(connection, entry)?)
        })
    }

    /// The columns; none of a view or virtual table that is broken, which must not hide the others.
    fn columns(&self, connection: &Connection, entry: &Entry) -> rusqlite::Result<Vec<Found>> {
        match read_columns(connection, entry) {
            Err(error) if entry.kind != Kind::Table && is_broken(&error) => {
                tracing::warn!(table = entry.name, %error, "the columns cannot be read");
                Ok(Vec::new())
            }
            result => result,
        }
    }

    fn foreign_keys(&self, connection: &Connection, entry: &Entry) -> rusqlite::Result<Vec<ForeignKey>> {
        if entry.kind != Kind::Table {
            return Ok(Vec::new());
        }
        let mut statement =
            connection.prepare(&format!("PRAGMA foreign_key_list({})", quote(&entry.name)))?;
        let mut rows = statement.query([])?;
        let mut keys: Vec<(i64, ForeignKey)> = Vec::new();
        while let Some(row) = rows.next()? {
            let (id, references, column) = (row.get(0)?, text(row, 2)?, text(row, 3)?);
            if keys.last().is_none_or(|(last, _)| *last != id) {
                // Named as the table names itself, however the key writes it.
                let references = self.named(&references).map_or(references, |entry| entry.name.clone());
                keys.push((
                    id,
                    ForeignKey { columns: Vec::new(), references, referenced_columns: Vec::new() },
                ));
            }
            if let Some((_, key)) = keys.last_mut() {
                key.columns.push(column);
                key.referenced_columns.extend(row.get::<_, Option<String>>(4)?);
            }
        }
        for (_, key) in &mut keys {
            if let (true, Some(entry)) = (key.referenced_columns.is_empty(), self.named(&key.references)) {
                let mut primary: Vec<_> = self
                    .columns(connection, entry)?
                    .into_iter()
                    .filter(|column| column.key > 0)
                    .map(|column| (column.key, column.name))
                    .collect();
                primary.sort();
                key.referenced_columns = primary.into_iter().map(|(_, name)| name).collect();
            }
        }
        // SQLite lists the last declared first.
        keys.reverse();
        Ok(keys.into_iter().map(|(_, key)| key).collect())
    }
}

struct Found {
    name: String,
    database_type: String,
    nullable: bool,
    /// Place in the primary key, from 1; 0 outside.
    key: i64,
}

fn read_columns(connection: &Connection, entry: &Entry) -> rusqlite::Result<Vec<Found>> {
    let mut statement = connection.prepare(&format!("PRAGMA table_xinfo({})", quote(&entry.name)))?;
    let mut rows = statement.query([])?;
    let mut columns = Vec::new();
    while let Some(row) = rows.next()? {
        let (name, database_type) = (text(row, 1)?, text(row, 2)?);
        let (not_null, key, hidden) = (row.get::<_, i64>(3)? != 0, row.get(5)?, row.get::<_, i64>(6)?);
        // 1 is a hidden column of a virtual table; 2 and 3 are generated columns, which can be read.
        if hidden == 1 {
            continue;
        }
        // A rowid has a value always; other keys may be NULL in SQLite, for old times' sake.
        let key_has_value = key > 0 && (entry.without_rowid || database_type.eq_ignore_ascii_case("INTEGER"));
        columns.push(Found { name, database_type, nullable: !not_null && !key_has_value, key });
    }
    Ok(columns)
}

/// Whether the table is at fault: a view of a missing table, a virtual table of a missing module.
fn is_broken(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::Unknown))
        || matches!(error, rusqlite::Error::SqlInputError { .. })
}

fn is_interrupted(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::OperationInterrupted))
}

/// A text that may not be UTF-8.
fn text(row: &rusqlite::Row<'_>, index: usize) -> rusqlite::Result<String> {
    use rusqlite::types::ValueRef;
    Ok(match row.get_ref(index)? {
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        _ => String::new(),
    })
}
