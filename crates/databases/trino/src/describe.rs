//! Columns, comments, partitioning and size of tables.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use futures::future;
use sqlatte_providers::{
    ColumnSchema, ErrorKind, Layout, ProviderError, Result, Row, TableKind, TableRef, TableSchema, Value,
};

use crate::{
    estimate,
    listing::{extra, texts},
    partitions, samples,
    server::Server,
    text::{literal, literals, name},
    types,
};

const DESCRIBE_TIMEOUT: Duration = Duration::from_secs(60);
/// Tables in one statement: beyond about a hundred the server reads the whole catalog instead of looking them
/// up.
const TABLES_AT_ONCE: usize = 100;

/// What is looked at besides the columns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    pub(crate) row_estimates: bool,
    pub(crate) samples: bool,
}

/// A table's full name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Name {
    pub(crate) catalog: String,
    pub(crate) schema: String,
    pub(crate) table: String,
}

impl Name {
    /// The name with what the settings add where it is short; `None` where they say nothing.
    fn of(table: &TableRef, server: &Server) -> Option<Self> {
        let or = |part: &Option<String>, default: &String| {
            part.clone().or_else(|| Some(default.clone()).filter(|default| !default.is_empty()))
        };
        Some(Name {
            catalog: or(&table.catalog, &server.scope.catalog)?,
            schema: or(&table.schema, &server.scope.schema)?,
            table: table.name.clone(),
        })
    }

    /// As SQL has it.
    pub(crate) fn sql(&self) -> String {
        format!("{}.{}.{}", name(&self.catalog), name(&self.schema), name(&self.table))
    }
}

/// Describes `tables`, in their order.
pub(crate) async fn describe(
    server: &Arc<Server>,
    tables: &[TableRef],
    options: Options,
) -> Result<Vec<TableSchema>> {
    let named: Vec<(Name, &TableRef)> = tables
        .iter()
        .map(|table| {
            Name::of(table, server).map(|name| (name, table)).ok_or_else(|| not_found(table, server))
        })
        .collect::<Result<_>>()?;
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let distinct: BTreeMap<&Name, TableKind> = named.iter().map(|(name, table)| (name, table.kind)).collect();
    let names: Vec<&Name> = distinct.keys().copied().collect();
    let stored: Vec<&Name> =
        distinct.iter().filter(|(_, kind)| **kind != TableKind::View).map(|(name, _)| *name).collect();

    let (columns, comments, partitions, sizes) = future::join4(
        columns(server, &names),
        comments(server, &names),
        partitions::read(server, &stored),
        async {
            match options.row_estimates {
                true => estimate::sizes(server, &stored).await,
                false => HashMap::new(),
            }
        },
    )
    .await;
    let mut found = columns?;
    if options.samples {
        samples::add(server, &mut found).await;
    }
    let schema = |(name, table): (Name, &TableRef)| {
        let Columns { columns, mut partitioned_by } =
            found.get(&name).cloned().ok_or_else(|| not_found(table, server))?;
        if let Some(fields) = partitions.get(&name) {
            partitioned_by = partitions::columns(&columns, fields);
        }
        let table = TableRef {
            comment: comments.get(&name).or(table.comment.as_ref()).cloned(),
            rows_estimate: sizes.get(&name).copied().or(table.rows_estimate),
            catalog: Some(name.catalog),
            schema: Some(name.schema),
            name: name.table,
            kind: table.kind,
        };
        let layout = Layout { partitioned_by, ..Layout::default() };
        Ok(TableSchema { columns, layout, ..TableSchema::new(table) })
    };
    named.into_iter().map(schema).collect()
}

fn not_found(table: &TableRef, server: &Server) -> ProviderError {
    let target = server.client.target();
    ProviderError::new(
        ErrorKind::NotFound,
        format!("there is no table `{table}` in `{target}` that {} can see", server.scope.asking_user()),
    )
}

/// The columns of a table, and those among them that Hive's connector says it is partitioned by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Columns {
    pub(crate) columns: Vec<ColumnSchema>,
    partitioned_by: Vec<String>,
}

/// The columns of each table that is there.
async fn columns(server: &Arc<Server>, names: &[&Name]) -> Result<HashMap<Name, Columns>> {
    let mut found: HashMap<Name, Columns> = HashMap::new();
    for (catalog, names) in by_catalog(names) {
        for names in names.chunks(TABLES_AT_ONCE) {
            // The last two are hidden: no `SELECT *` shows them.
            let sql = format!(
                "SELECT table_schema, table_name, column_name, data_type, is_nullable, column_default, comment, \
                 extra_info FROM {}.information_schema.columns WHERE {} \
                 ORDER BY table_schema, table_name, ordinal_position",
                name(catalog),
                within(names, "table_schema")
            );
            for row in server.fetch(&sql, DESCRIBE_TIMEOUT).await? {
                if let Some((name, column, is_partition_key)) = column(catalog, row) {
                    let table = found.entry(name).or_default();
                    if is_partition_key {
                        table.partitioned_by.push(column.name.clone());
                    }
                    table.columns.push(column);
                }
            }
        }
    }
    Ok(found)
}

/// A column of a table, and whether the table is partitioned by it.
fn column(catalog: &str, row: Row) -> Option<(Name, ColumnSchema, bool)> {
    let [schema, table, column, database_type, nullable, default, comment, extra] =
        <[Value; 8]>::try_from(row).ok()?;
    let text = |value: Value| match value {
        Value::Text(text) if !text.trim().is_empty() => Some(text),
        _ => None,
    };
    let name = Name { catalog: catalog.to_owned(), schema: text(schema)?, table: text(table)? };
    let database_type = text(database_type)?;
    let kind = types::from_text(&database_type).kind();
    let column = ColumnSchema {
        nullable: text(nullable).is_none_or(|nullable| nullable != "NO"),
        default: text(default),
        comment: text(comment),
        ..ColumnSchema::new(text(column)?, database_type, kind)
    };
    Some((name, column, text(extra).is_some_and(|extra| extra.contains("partition key"))))
}

/// The comments of the tables that have one.
async fn comments(server: &Arc<Server>, names: &[&Name]) -> HashMap<Name, String> {
    let mut found = HashMap::new();
    for (catalog, names) in by_catalog(names) {
        for names in names.chunks(TABLES_AT_ONCE) {
            let sql = format!(
                "SELECT schema_name, table_name, comment FROM system.metadata.table_comments \
                 WHERE catalog_name = {} AND ({})",
                literal(catalog),
                within(names, "schema_name")
            );
            for [schema, table, comment] in extra(server, &sql).await.into_iter().filter_map(texts) {
                if !comment.trim().is_empty() {
                    found.insert(Name { catalog: catalog.to_owned(), schema, table }, comment);
                }
            }
        }
    }
    found
}

fn by_catalog<'n>(names: &[&'n Name]) -> BTreeMap<&'n str, Vec<&'n Name>> {
    let mut catalogs: BTreeMap<&str, Vec<&Name>> = BTreeMap::new();
    for &name in names {
        catalogs.entry(&name.catalog).or_default().push(name);
    }
    catalogs
}

/// A condition that the row is about one of `names`, all of one catalog.
fn within(names: &[&Name], schema_column: &str) -> String {
    let mut schemas: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for name in names {
        schemas.entry(&name.schema).or_default().insert(&name.table);
    }
    let conditions: Vec<String> = schemas
        .into_iter()
        .map(|(schema, tables)| {
            format!("({schema_column} = {} AND table_name IN ({}))", literal(schema), literals(tables))
        })
        .collect();
    conditions.join(" OR ")
}
