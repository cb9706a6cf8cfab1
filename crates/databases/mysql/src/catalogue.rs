//! What there is to ask: databases and tables.

use futures::{FutureExt, future::BoxFuture};
use mysql_async::{Error, Params, Row, Value, prelude::Queryable};
use sqlatte_providers::{TableKind, TableRef};

use crate::session::Session;

/// The server's own databases.
const SYSTEM: &str = "'information_schema', 'mysql', 'performance_schema', 'sys'";
/// With more tables, estimates of their rows are left to the description: MySQL opens every table for them.
const MAX_ESTIMATED: usize = 300;

/// What keeps a user from asking anything.
#[derive(Debug, PartialEq)]
pub(crate) enum Unseen {
    Database(String),
    Tables,
}

/// Every table and view of `databases`, or of all but the server's own, by name.
pub(crate) fn tables(
    session: &mut Session,
    databases: Vec<String>,
) -> BoxFuture<'_, Result<Vec<TableRef>, Error>> {
    async move {
        let (condition, params) = within(&databases);
        let mut tables = list(session, "NULL", &condition, params.clone()).await?;
        if tables.len() <= MAX_ESTIMATED {
            tables = list(session, "TABLE_ROWS", &condition, params).await?;
        }
        tables.sort_by_cached_key(ToString::to_string);
        Ok(tables)
    }
    .boxed()
}

/// The tables that meet `condition`. Columns are read by their place: MySQL 8 gives them names in capitals.
pub(crate) async fn list(
    session: &mut Session,
    rows: &str,
    condition: &str,
    params: Params,
) -> Result<Vec<TableRef>, Error> {
    let sql = format!(
        "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_COMMENT, {rows} \
         FROM information_schema.TABLES WHERE {condition}"
    );
    let found: Vec<Row> = session.conn.exec(sql, params).await?;
    Ok(found.into_iter().filter_map(table).collect())
}

fn table(row: Row) -> Option<TableRef> {
    let mut cells = row.unwrap().into_iter();
    let (schema, name) = (text(cells.next()?)?, text(cells.next()?)?);
    let (kind, engine) = (text(cells.next()?)?, text(cells.next()?).unwrap_or_default());
    let (comment, rows) = (text(cells.next()?), number(&cells.next()?));
    let kind = match kind.as_str() {
        "SEQUENCE" => return None,
        kind if kind.contains("VIEW") => TableKind::View,
        _ if ["FEDERATED", "CONNECT", "SPIDER"].contains(&engine.as_str()) => TableKind::ForeignTable,
        _ => TableKind::Table,
    };
    // A view's comment is the word VIEW, or what is wrong with it.
    let comment = comment.filter(|comment| !comment.is_empty() && kind != TableKind::View);
    let rows_estimate = rows.filter(|_| kind != TableKind::View);
    Some(TableRef { schema: Some(schema), kind, comment, rows_estimate, ..TableRef::new(name) })
}

/// The first of `databases` that the user does not see, or that there is nothing to see at all.
pub(crate) fn unseen(
    session: &mut Session,
    databases: Vec<String>,
) -> BoxFuture<'_, Result<Option<Unseen>, Error>> {
    async move {
        let (condition, params) = within(&databases);
        let condition_on_databases = condition.replace("TABLE_SCHEMA", "SCHEMA_NAME");
        let sql =
            format!("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE {condition_on_databases}");
        let seen: Vec<String> = session.conn.exec(sql, params.clone()).await?;
        let is_seen = |wanted: &&String| seen.iter().any(|name| name.eq_ignore_ascii_case(wanted));
        if let Some(name) = databases.iter().find(|name| !is_seen(name)) {
            return Ok(Some(Unseen::Database(name.clone())));
        }
        let sql = format!("SELECT 1 FROM information_schema.TABLES WHERE {condition} LIMIT 1");
        let table: Option<u8> = session.conn.exec_first(sql, params).await?;
        Ok(if table.is_some() { None } else { Some(Unseen::Tables) })
    }
    .boxed()
}

fn within(databases: &[String]) -> (String, Params) {
    let own = format!("TABLE_SCHEMA NOT IN ({SYSTEM})");
    if databases.is_empty() {
        return (own, Params::Empty);
    }
    let values = databases.iter().map(|name| Value::from(name.as_str())).collect();
    (format!("TABLE_SCHEMA IN ({}) AND {own}", marks(databases.len())), Params::Positional(values))
}

/// As many placeholders as there are values.
pub(crate) fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}

pub(crate) fn text(value: Value) -> Option<String> {
    match value {
        Value::Bytes(bytes) => String::from_utf8(bytes).ok(),
        _ => None,
    }
}

pub(crate) fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Int(number) => u64::try_from(*number).ok(),
        Value::UInt(number) => Some(*number),
        _ => None,
    }
}
