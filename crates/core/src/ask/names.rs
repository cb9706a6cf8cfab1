use sqlatte_guard::{Findings, Guarded, KnownKey, KnownTable, KnownTables, TableName};
use sqlatte_providers::{DatabaseInfo, ErrorKind, ProviderError, TableRef, TableSchema};

use super::{AskError, position};
use crate::{Runtime, Schema};

/// Reads the names of a statement against the schema it was written for.
///
/// What looks unknown is compared with the tables as the database describes them now, since a column may be newer
/// than the last look.
pub(super) async fn read(runtime: &Runtime, schema: &Schema, guarded: &Guarded) -> Findings {
    let info = runtime.catalog.info();
    let others = beyond(runtime, schema, guarded).await;
    let findings = if others.is_empty() {
        schema.known(&info).read(guarded)
    } else {
        known_tables(&info, schema.tables.iter().chain(&others)).read(guarded)
    };
    if findings.unknown.is_empty() {
        return findings;
    }
    let Ok(used) = runtime.catalog.resolve(&names(guarded)).await else { return findings };
    let Ok(fresh) = runtime.catalog.database().describe(&used).await else { return findings };
    let unused = schema.tables.iter().filter(|table| !used.iter().any(|one| same(one, &table.table)));
    let again = known_tables(&info, fresh.iter().chain(unused)).read(guarded);
    if again.unknown.is_empty() {
        runtime.catalog.refresh();
    }
    again
}

/// Tables the statement reads that are not in the schema; as far as they can be described.
async fn beyond(runtime: &Runtime, schema: &Schema, guarded: &Guarded) -> Vec<TableSchema> {
    let Ok(mut used) = runtime.catalog.resolve(&names(guarded)).await else { return Vec::new() };
    used.retain(|one| !schema.tables.iter().any(|table| same(one, &table.table)));
    if used.is_empty() {
        return Vec::new();
    }
    runtime.catalog.describe(&used).await.map(|described| described.tables.clone()).unwrap_or_default()
}

/// Refuses a statement with names that do not exist, as the database would, and one that would run and hardly give
/// what was asked for.
pub(super) fn refuse(findings: &Findings, sql: &str) -> Result<(), AskError> {
    let Some(first) = findings.unknown.first() else { return refuse_doubtful(findings, sql) };
    let messages: Vec<&str> = findings.unknown.iter().map(|name| name.message.as_str()).collect();
    let mut error = ProviderError::new(ErrorKind::Rejected, messages.join("; "));
    if let Some(place) = first.position {
        error = error.with_position(position::offset(sql, place));
    }
    Err(AskError::Database { error, sql: Some(sql.to_owned()) })
}

fn refuse_doubtful(findings: &Findings, sql: &str) -> Result<(), AskError> {
    if findings.doubtful.is_empty() {
        return Ok(());
    }
    let error = ProviderError::new(ErrorKind::Rejected, findings.doubtful.join("; "));
    Err(AskError::Database { error, sql: Some(sql.to_owned()) })
}

/// A statement that the database rejects may speak of a table that is gone: then everything is read anew.
pub(super) async fn forget_dropped(runtime: &Runtime, error: &AskError) {
    let AskError::Database { error, sql: Some(sql) } = error else { return };
    if !matches!(error.kind(), ErrorKind::Rejected | ErrorKind::NotFound) {
        return;
    }
    let Ok(Ok(guarded)) = runtime.catalog.check(sql).await else { return };
    let Ok(used) = runtime.catalog.resolve(&names(&guarded)).await else { return };
    let described = runtime.catalog.database().describe(&used).await;
    if described.is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        runtime.catalog.refresh();
    }
}

/// An error of the database about a statement of the user's own, with what the schema has to say.
pub(super) async fn explained(runtime: &Runtime, error: AskError) -> AskError {
    let AskError::Database { error, sql: Some(sql) } = error else { return error };
    let hints = if error.kind() == ErrorKind::Rejected { hints(runtime, &sql).await } else { Vec::new() };
    if hints.is_empty() {
        return AskError::Database { error, sql: Some(sql) };
    }
    let mut told = ProviderError::new(error.kind(), format!("{}; {}", error.message(), hints.join("; ")));
    if let Some(place) = error.position() {
        told = told.with_position(place);
    }
    AskError::Database { error: told.with_source(error), sql: Some(sql) }
}

/// What reading a statement against the tables brings to light: all of them, unless they are very many.
async fn hints(runtime: &Runtime, sql: &str) -> Vec<String> {
    let Ok(Ok(guarded)) = runtime.catalog.check(sql).await else { return Vec::new() };
    let Ok(tables) = runtime.catalog.tables().await else { return Vec::new() };
    let tables = if tables.len() <= runtime.limits.max_context_tables { tables.to_vec() } else { Vec::new() };
    let Ok(schema) = runtime.catalog.describe(&tables).await else { return Vec::new() };
    said(&read(runtime, &schema, &guarded).await)
}

/// Everything found, as sentences.
pub(super) fn said(findings: &Findings) -> Vec<String> {
    let unknown = findings.unknown.iter().map(|name| name.message.clone());
    unknown.chain(findings.doubtful.iter().chain(&findings.advice).cloned()).collect()
}

/// Described tables as the guard's reading of names takes them.
pub(crate) fn known_tables<'a>(
    info: &DatabaseInfo,
    tables: impl IntoIterator<Item = &'a TableSchema>,
) -> KnownTables {
    let tables = tables.into_iter().map(|schema| KnownTable {
        name: table_name(&schema.table),
        columns: schema.columns.iter().map(|column| column.name.clone()).collect(),
        primary_key: schema.primary_key.clone(),
        keys: schema
            .foreign_keys
            .iter()
            .map(|key| KnownKey {
                columns: key.columns.clone(),
                table: TableName { parts: key.references.split('.').map(str::to_owned).collect() },
                referenced: key.referenced_columns.clone(),
            })
            .collect(),
    });
    KnownTables::new(info.dialect, info.home.clone(), tables)
}

fn table_name(table: &TableRef) -> TableName {
    let parts = [&table.catalog, &table.schema].into_iter().flatten().chain([&table.name]);
    TableName { parts: parts.cloned().collect() }
}

fn names(guarded: &Guarded) -> Vec<String> {
    guarded.tables().iter().map(ToString::to_string).collect()
}

fn same(left: &TableRef, right: &TableRef) -> bool {
    left.catalog == right.catalog && left.schema == right.schema && left.name == right.name
}
