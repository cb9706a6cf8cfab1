//! Which catalogs, schemas and tables there are.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use futures::{StreamExt, TryStreamExt, future, stream};
use sqlatte_providers::{ErrorKind, ProviderError, Result, Row, TableKind, TableRef, Value};

use crate::{
    server::Server,
    text::{literal, literals, name},
};

const LIST_TIMEOUT: Duration = Duration::from_secs(60);
/// For what a list can do without: some metastores take a minute to tell the comments of all tables.
pub(crate) const EXTRA_TIMEOUT: Duration = Duration::from_secs(3);
/// Catalogs asked at once.
const AT_ONCE: usize = 4;
/// Catalogs about the server itself.
const OWN_CATALOGS: [&str; 2] = ["system", "jmx"];
/// The most names that a message lists.
const NAMES_SHOWN: usize = 10;

/// Every table and view of the catalogs and schemas in the settings, by name.
pub(crate) async fn tables(server: &Arc<Server>) -> Result<Vec<TableRef>> {
    let lists = stream::iter(catalogs(server).await?)
        .map(|catalog| async move { of_catalog(server, &catalog).await })
        .buffered(AT_ONCE);
    let mut tables: Vec<TableRef> = lists.try_concat().await?;
    tables.sort_by_cached_key(ToString::to_string);
    Ok(tables)
}

/// Whether the server answers and has the catalogs and schemas of the settings.
pub(crate) async fn check(server: &Arc<Server>, limit: Duration) -> Result<()> {
    let seen = names(server.fetch("SHOW CATALOGS", limit).await?);
    let wanted = catalogs(server).await?;
    let scope = &server.scope;
    let own = Some(&scope.catalog).filter(|name| !name.is_empty());
    for catalog in wanted.iter().chain(own) {
        if !seen.contains(catalog) {
            return Err(missing("catalog", catalog, &scope.asking_user(), &seen));
        }
    }
    for catalog in wanted {
        let schemas = schemas(server, &catalog);
        if schemas.is_empty() {
            continue;
        }
        let sql = format!("SELECT schema_name FROM {}.information_schema.schemata", self::name(&catalog));
        let seen = self::names(server.fetch(&sql, limit).await?);
        if let Some(schema) = schemas.iter().find(|schema| !seen.contains(*schema)) {
            let what = format!("{catalog}.{schema}");
            return Err(missing("schema", &what, &scope.asking_user(), &seen));
        }
    }
    Ok(())
}

fn missing(what: &str, name: &str, user: &str, seen: &HashSet<String>) -> ProviderError {
    let mut seen: Vec<&str> = seen.iter().map(String::as_str).collect();
    seen.sort_unstable();
    let more = if seen.len() > NAMES_SHOWN { ", …" } else { "" };
    seen.truncate(NAMES_SHOWN);
    ProviderError::new(
        ErrorKind::InvalidSettings,
        format!(
            "there is no {what} `{name}` that {user} can see, only: {}{more}; check the settings",
            seen.join(", ")
        ),
    )
}

/// The catalogs whose tables are listed.
async fn catalogs(server: &Arc<Server>) -> Result<Vec<String>> {
    let scope = &server.scope;
    if !scope.catalogs.is_empty() {
        return Ok(scope.catalogs.clone());
    }
    if !scope.catalog.is_empty() {
        return Ok(vec![scope.catalog.clone()]);
    }
    let seen = names(server.fetch("SHOW CATALOGS", LIST_TIMEOUT).await?);
    Ok(seen.into_iter().filter(|name| !OWN_CATALOGS.contains(&name.as_str())).collect())
}

/// The schemas of `catalog` whose tables are listed; all of them if empty.
fn schemas<'s>(server: &'s Server, catalog: &str) -> &'s [String] {
    let scope = &server.scope;
    if !scope.schemas.is_empty() {
        &scope.schemas
    } else if catalog == scope.catalog && !scope.schema.is_empty() {
        std::slice::from_ref(&scope.schema)
    } else {
        &[]
    }
}

async fn of_catalog(server: &Arc<Server>, catalog: &str) -> Result<Vec<TableRef>> {
    let listed = schemas(server, catalog);
    let within = |column: &str| match listed {
        [] => format!("{column} <> 'information_schema'"),
        _ => format!("{column} IN ({})", literals(listed.iter().map(String::as_str))),
    };
    let tables = format!(
        "SELECT table_schema, table_name, table_type FROM {}.information_schema.tables WHERE {}",
        name(catalog),
        within("table_schema")
    );
    let comments = format!(
        "SELECT schema_name, table_name, comment FROM system.metadata.table_comments \
         WHERE catalog_name = {} AND {} AND comment IS NOT NULL",
        literal(catalog),
        within("schema_name")
    );
    // In the list of tables they are plain tables.
    let materialized = format!(
        "SELECT schema_name, name FROM system.metadata.materialized_views WHERE catalog_name = {} AND {}",
        literal(catalog),
        within("schema_name")
    );
    let (tables, comments, materialized) = future::join3(
        server.fetch(&tables, LIST_TIMEOUT),
        extra(server, &comments),
        extra(server, &materialized),
    )
    .await;
    let mut comments: HashMap<(String, String), String> = comments
        .into_iter()
        .filter_map(|row| texts(row).map(|[schema, name, comment]| ((schema, name), comment)))
        .collect();
    let materialized: HashSet<[String; 2]> = materialized.into_iter().filter_map(texts).collect();
    let table = |row: Row| {
        let [schema, name, kind] = texts(row)?;
        let key = [schema.clone(), name.clone()];
        let kind = match kind.as_str() {
            _ if materialized.contains(&key) => TableKind::MaterializedView,
            "VIEW" => TableKind::View,
            _ => TableKind::Table,
        };
        let comment = comments.remove(&(schema.clone(), name.clone())).filter(|comment| !comment.is_empty());
        Some(TableRef {
            catalog: Some(catalog.to_owned()),
            schema: Some(schema),
            kind,
            comment,
            ..TableRef::new(name)
        })
    };
    Ok(tables?.into_iter().filter_map(table).collect())
}

/// The rows of a statement that may fail: nothing then, and a line in the log.
pub(crate) async fn extra(server: &Arc<Server>, sql: &str) -> Vec<Row> {
    match server.fetch(sql, EXTRA_TIMEOUT).await {
        Ok(rows) => rows,
        Err(error) => {
            tracing::debug!(target = %server.client.target(), %error, sql, "goes without");
            Vec::new()
        }
    }
}

/// A row of texts alone.
pub(crate) fn texts<const N: usize>(row: Row) -> Option<[String; N]> {
    let texts: Option<Vec<String>> = row
        .into_iter()
        .map(|value| match value {
            Value::Text(text) => Some(text),
            _ => None,
        })
        .collect();
    texts?.try_into().ok()
}

/// The first column of rows of texts.
fn names(rows: Vec<Row>) -> HashSet<String> {
    rows.into_iter().filter_map(texts).map(|[name]| name).collect()
}
