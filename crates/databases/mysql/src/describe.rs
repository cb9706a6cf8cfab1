use std::collections::HashMap;

use futures::{FutureExt, future::BoxFuture};
use mysql_async::{Error, Params, Row, Value, prelude::Queryable};
use sqlatte_providers::{ColumnSchema, ForeignKey, TableRef, TableSchema};

use crate::{
    catalogue::{self, marks, number, text},
    partitions,
    session::{Flavour, Session},
    types,
};

/// Tables that one statement asks for: it has room for 65,535 placeholders.
const AT_ONCE: usize = 1000;

/// A database and a table in it.
pub(crate) type Name = (String, String);

/// The tables to describe, by database and name.
pub(crate) struct Wanted(Vec<Name>);

impl Wanted {
    /// `None` where there is nothing to describe. A table without a database is looked for in `database`.
    pub(crate) fn of(tables: &[TableRef], database: Option<&str>) -> Option<Self> {
        let name = |table: &TableRef| {
            let schema = table.schema.as_deref().or(database).unwrap_or_default();
            (schema.to_owned(), table.name.clone())
        };
        let wanted: Vec<_> = tables.iter().map(name).collect();
        if wanted.is_empty() { None } else { Some(Wanted(wanted)) }
    }
}

/// All that is known of the wanted tables, in their order, samples aside; or the first that is not there.
pub(crate) fn describe(
    session: &mut Session,
    wanted: Wanted,
) -> BoxFuture<'_, Result<Result<Vec<TableSchema>, String>, Error>> {
    async move {
        let mut found = HashMap::new();
        for some in wanted.0.chunks(AT_ONCE) {
            read(session, some, &mut found).await?;
        }
        let pick = |(schema, name): &Name| {
            found.get(&(schema.clone(), name.clone())).cloned().ok_or_else(|| match schema.as_str() {
                "" => name.clone(),
                schema => format!("{schema}.{name}"),
            })
        };
        Ok(wanted.0.iter().map(pick).collect())
    }
    .boxed()
}

async fn read(
    session: &mut Session,
    wanted: &[Name],
    found: &mut HashMap<Name, TableSchema>,
) -> Result<(), Error> {
    let (condition, params) = named(wanted);
    let mut tables: HashMap<Name, TableSchema> = HashMap::new();
    for table in catalogue::list(session, "TABLE_ROWS", &condition, params.clone()).await? {
        let name = (table.schema.clone().unwrap_or_default(), table.name.clone());
        tables.insert(name, TableSchema::new(table));
    }
    for (name, column) in columns(session, &condition, params.clone()).await? {
        if let Some(table) = tables.get_mut(&name) {
            table.columns.push(column);
        }
    }
    keys(session, &condition, params.clone(), &mut tables).await?;
    partitions::add(session, &condition, params, &mut tables).await?;
    // A table can go between one statement and the next.
    tables.retain(|_, table| !table.columns.is_empty());
    // The server may compare names more loosely than it keeps them.
    for name in wanted {
        if let Some(table) = tables.get(name).or_else(|| the_only_like(name, &tables)) {
            found.insert(name.clone(), table.clone());
        }
    }
    Ok(())
}

fn the_only_like<'a>(wanted: &Name, tables: &'a HashMap<Name, TableSchema>) -> Option<&'a TableSchema> {
    let like = |(schema, name): &Name| {
        schema.to_lowercase() == wanted.0.to_lowercase() && name.to_lowercase() == wanted.1.to_lowercase()
    };
    let mut alike = tables.iter().filter(|(name, _)| like(name)).map(|(_, table)| table);
    let table = alike.next()?;
    alike.next().is_none().then_some(table)
}

fn named(wanted: &[Name]) -> (String, Params) {
    let mut by_schema: Vec<(&str, Vec<&str>)> = Vec::new();
    for (schema, name) in wanted {
        match by_schema.iter_mut().find(|(known, _)| known == schema) {
            Some((_, names)) => names.push(name),
            None => by_schema.push((schema, vec![name])),
        }
    }
    let mut params = Vec::new();
    let mut conditions = Vec::new();
    for (schema, mut names) in by_schema {
        names.sort_unstable();
        names.dedup();
        conditions.push(format!("TABLE_SCHEMA = ? AND TABLE_NAME IN ({})", marks(names.len())));
        params.push(Value::from(schema));
        params.extend(names.into_iter().map(Value::from));
    }
    (format!("(({}))", conditions.join(") OR (")), Params::Positional(params))
}

async fn columns(
    session: &mut Session,
    condition: &str,
    params: Params,
) -> Result<Vec<(Name, ColumnSchema)>, Error> {
    let sql = format!(
        "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, IS_NULLABLE, COLUMN_COMMENT, \
         EXTRA, \
         COLUMN_DEFAULT FROM information_schema.COLUMNS WHERE {condition} ORDER BY TABLE_SCHEMA, \
         TABLE_NAME, ORDINAL_POSITION"
    );
    let rows: Vec<Row> = session.conn.exec(sql, params).await?;
    let flavour = session.flavour();
    Ok(rows.into_iter().filter_map(|row| column(row, flavour)).collect())
}

fn column(row: Row, flavour: Flavour) -> Option<(Name, ColumnSchema)> {
    let mut cells = row.unwrap().into_iter().map(text);
    let mut next = || cells.next().flatten();
    let table = (next()?, next()?);
    let (name, data_type, database_type) = (next()?, next()?, next()?);
    let nullable = next()? == "YES";
    let comment = next().filter(|comment| !comment.is_empty());
    let is_expression = next().is_some_and(|extra| extra.contains("DEFAULT_GENERATED"));
    let kind = types::declared(&data_type, &database_type);
    let default = next().and_then(|default| match flavour {
        Flavour::MariaDb => Some(default).filter(|default| default != "NULL"),
        // MySQL leaves out the quotes.
        Flavour::MySql if is_expression || kind.is_numeric() || default.starts_with("b'") => Some(default),
        Flavour::MySql => Some(format!("'{}'", default.replace('\'', "''"))),
    });
    let samples = types::labels(&database_type);
    Some((table, ColumnSchema { name, database_type, kind, nullable, default, comment, samples }))
}

/// Primary keys and foreign keys, each in the order of its columns.
async fn keys(
    session: &mut Session,
    condition: &str,
    params: Params,
    tables: &mut HashMap<Name, TableSchema>,
) -> Result<(), Error> {
    let sql = format!(
        "SELECT TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, \
         REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME, ORDINAL_POSITION \
         FROM information_schema.KEY_COLUMN_USAGE WHERE {condition}"
    );
    let rows: Vec<Row> = session.conn.exec(sql, params).await?;
    let mut parts: Vec<_> = rows.into_iter().filter_map(part).collect();
    parts.sort_by(|a, b| (&a.table, &a.constraint, a.ordinal).cmp(&(&b.table, &b.constraint, b.ordinal)));
    let mut last = None;
    for part in parts {
        let Some(table) = tables.get_mut(&part.table) else { continue };
        let Some((references, referenced)) = part.references else {
            if part.constraint == "PRIMARY" {
                table.primary_key.push(part.column);
            }
            continue;
        };
        let key = (part.table, part.constraint);
        if last.as_ref() != Some(&key) {
            table.foreign_keys.push(ForeignKey { columns: vec![], references, referenced_columns: vec![] });
            last = Some(key);
        }
        if let Some(foreign_key) = table.foreign_keys.last_mut() {
            foreign_key.columns.push(part.column);
            foreign_key.referenced_columns.push(referenced);
        }
    }
    Ok(())
}

/// One column of a key.
struct Part {
    table: Name,
    constraint: String,
    column: String,
    /// The table and column that a foreign key points to.
    references: Option<(String, String)>,
    ordinal: u64,
}

fn part(row: Row) -> Option<Part> {
    let mut cells = row.unwrap().into_iter();
    let mut next = || cells.next().and_then(text);
    let table = (next()?, next()?);
    let (constraint, column) = (next()?, next()?);
    let references = match (next(), next(), next()) {
        (Some(schema), Some(name), Some(column)) => {
            let table = TableRef { schema: Some(schema), ..TableRef::new(name) };
            Some((table.to_string(), column))
        }
        _ => None,
    };
    let ordinal = number(&cells.next()?)?;
    Some(Part { table, constraint, column, references, ordinal })
}
