//! What is in the database: tables, columns, keys, read from PostgreSQL's own catalogue.
//!
//! `information_schema` shows keys to a table's owner only; `pg_catalog` shows them to all.

use std::collections::HashMap;

use futures::future;
use sqlatte_providers::{
    ColumnSchema, ErrorKind, ForeignKey, ProviderError, Result, TableKind, TableRef, TableSchema,
};
use tokio_postgres::{
    Error, Row,
    types::{ToSql, Type},
};

use crate::{
    error::{self, invalid},
    limit::Limit,
    samples::Known,
    session::Session,
    types,
};

const TABLES: &str = include_str!("catalog/tables.sql");
/// The schemas of the search path that there are, and that the role may use.
const PATH: &str = "SELECT s::text AS schema FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) AS s";
const CHECK: &str = include_str!("catalog/check.sql");
const RELATIONS: &str = concat!(include_str!("catalog/wanted.sql"), include_str!("catalog/relations.sql"));
const COLUMNS: &str = concat!(include_str!("catalog/wanted.sql"), include_str!("catalog/columns.sql"));
const KEYS: &str = concat!(include_str!("catalog/wanted.sql"), include_str!("catalog/keys.sql"));
const STATISTICS: &str = concat!(include_str!("catalog/wanted.sql"), include_str!("catalog/statistics.sql"));
/// More labels than these make an enumeration that nobody wants to read.
const MAX_LABELS: usize = 100;

/// Descriptions in the order asked for.
pub(crate) struct Described {
    pub(crate) schemas: Vec<TableSchema>,
    /// For each description, its text columns and what is known about their values.
    pub(crate) statistics: Vec<HashMap<String, Known>>,
}

/// Whether the role can read anything here.
pub(crate) async fn check(session: &mut Session, limit: Limit) -> Result<()> {
    let found = run(session, limit, CHECK, &[(&session.connector.target.schemas, Type::TEXT_ARRAY)]).await?;
    let target = &session.connector.target;
    let Some(row) = found.first() else { return Ok(()) };
    let read = |error| error::of_statement(error, target, "", limit);
    if let Some(missing) = row.try_get::<_, Option<Vec<String>>>("missing").map_err(read)? {
        return Err(invalid(format!(
            "there is no schema `{}` in the database `{}`: check `schemas`",
            missing.join("`, `"),
            target.database
        )));
    }
    let (tables, readable): (i64, i64) =
        (row.try_get("tables").map_err(read)?, row.try_get("readable").map_err(read)?);
    if tables > 0 && readable == 0 {
        return Err(ProviderError::new(
            ErrorKind::Unauthorized,
            format!(
                "the role `{role}` may not read any of the {tables} tables of the database `{}`: give it rights with GRANT USAGE ON SCHEMA … TO {role} and GRANT SELECT ON ALL TABLES IN SCHEMA … TO {role}",
                target.database,
                role = target.user
            ),
        ));
    }
    Ok(())
}

/// Every table and view the role may read, by name; and the schema that short names are looked for in, if there is
/// exactly one.
pub(crate) async fn tables(session: &mut Session, limit: Limit) -> Result<(Vec<TableRef>, Option<String>)> {
    let schemas: [(&(dyn ToSql + Sync), Type); 1] = [(&session.connector.target.schemas, Type::TEXT_ARRAY)];
    let (found, path) =
        future::try_join(run(session, limit, TABLES, &schemas), run(session, limit, PATH, &[])).await?;
    let read = |error| error::of_statement(error, &session.connector.target, "", limit);
    let mut tables = found.iter().map(table_ref).collect::<Result<Vec<_>, _>>().map_err(read)?;
    tables.sort_by_cached_key(ToString::to_string);
    let home = match path.as_slice() {
        [only] => Some(only.try_get("schema").map_err(read)?),
        _ => None,
    };
    Ok((tables, home))
}

fn table_ref(row: &Row) -> Result<TableRef, Error> {
    Ok(TableRef {
        catalog: None,
        schema: row.try_get("schema")?,
        name: row.try_get("name")?,
        kind: match row.try_get("kind")? {
            "v" => TableKind::View,
            "m" => TableKind::MaterializedView,
            "f" => TableKind::ForeignTable,
            _ => TableKind::Table,
        },
        comment: row.try_get("comment")?,
        rows_estimate: row.try_get::<_, Option<f64>>("rows")?.and_then(whole),
    })
}

/// A count that the catalogue keeps as a floating-point number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of what is too large saturates"
)]
fn whole(rows: f64) -> Option<u64> {
    (rows >= 0.0).then_some(rows as u64)
}

/// Columns, keys, comments and enum labels of `wanted`, in one round trip.
pub(crate) async fn describe(session: &mut Session, limit: Limit, wanted: &[TableRef]) -> Result<Described> {
    let schemas: Vec<_> = wanted.iter().map(|table| table.schema.as_deref()).collect();
    let names: Vec<_> = wanted.iter().map(|table| table.name.as_str()).collect();
    let parameters: [(&(dyn ToSql + Sync), Type); 2] =
        [(&schemas, Type::TEXT_ARRAY), (&names, Type::TEXT_ARRAY)];
    session.busy = true;
    let client = session.client()?;
    let answers = future::try_join4(
        client.query_typed(RELATIONS, &parameters),
        client.query_typed(COLUMNS, &parameters),
        client.query_typed(KEYS, &parameters),
        client.query_typed(STATISTICS, &parameters),
    );
    let answers = answers.await;
    session.busy = false;
    let target = &session.connector.target;
    let read = |error| error::of_statement(error, target, "", limit);
    let (relations, columns, keys, statistics) = answers.map_err(read)?;

    let mut found: Vec<Option<(TableSchema, HashMap<String, Known>)>> = Vec::new();
    found.resize_with(wanted.len(), || None);
    for row in &relations {
        let mut schema = TableSchema::new(table_ref(row).map_err(read)?);
        let partitioned_by = row.try_get::<_, Option<Vec<String>>>("partitioned_by").map_err(read)?;
        schema.layout.partitioned_by = partitioned_by.unwrap_or_default();
        if let Some(entry) = entry(&mut found, row).map_err(read)? {
            *entry = Some((schema, HashMap::new()));
        }
    }
    for row in &columns {
        if let Some(Some((schema, known))) = entry(&mut found, row).map_err(read)? {
            let (column, is_string) = column(row).map_err(read)?;
            if is_string {
                known.insert(column.name.clone(), Known::Nothing);
            }
            schema.columns.push(column);
        }
    }
    for row in &keys {
        if let Some(Some((schema, _))) = entry(&mut found, row).map_err(read)? {
            add_key(schema, row).map_err(read)?;
        }
    }
    for row in &statistics {
        if let Some(Some((_, known))) = entry(&mut found, row).map_err(read)? {
            let (name, rows) = (row.try_get("name").map_err(read)?, row.try_get("rows").map_err(read)?);
            let (distinct, common) =
                (row.try_get("n_distinct").map_err(read)?, row.try_get("common").map_err(read)?);
            known.insert(name, Known::of(distinct, rows, common));
        }
    }

    let mut described = Described { schemas: Vec::new(), statistics: Vec::new() };
    for (found, wanted) in found.into_iter().zip(wanted) {
        let Some((schema, known)) = found.filter(|_| wanted.catalog.is_none()) else {
            return Err(ProviderError::new(
                ErrorKind::NotFound,
                format!(
                    "there is no table `{wanted}` in the database `{}`, or the role `{}` may not read it",
                    target.database, target.user
                ),
            ));
        };
        described.schemas.push(schema);
        described.statistics.push(known);
    }
    Ok(described)
}

/// The entry a row is about: they are counted from 1.
fn entry<'a, T>(entries: &'a mut [T], row: &Row) -> Result<Option<&'a mut T>, Error> {
    let place: i64 = row.try_get("place")?;
    Ok(usize::try_from(place - 1).ok().and_then(|index| entries.get_mut(index)))
}

/// A column, and whether it holds texts of which some may be typical.
fn column(row: &Row) -> Result<(ColumnSchema, bool), Error> {
    let category: &str = row.try_get("category")?;
    let kind = types::of_column(
        row.try_get("base")?,
        row.try_get("base_name")?,
        category,
        row.try_get("is_composite")?,
    );
    let mut labels = row.try_get::<_, Option<Vec<String>>>("labels")?.unwrap_or_default();
    labels.truncate(MAX_LABELS);
    // A number that counts on by itself says nothing about the values.
    let default = row.try_get::<_, Option<String>>("default")?.filter(|text| !text.starts_with("nextval("));
    let column = ColumnSchema {
        name: row.try_get("name")?,
        database_type: row.try_get("database_type")?,
        kind,
        nullable: row.try_get("nullable")?,
        default,
        comment: row.try_get("comment")?,
        samples: labels,
    };
    Ok((column, category == "S"))
}

fn add_key(schema: &mut TableSchema, row: &Row) -> Result<(), Error> {
    let columns = row.try_get::<_, Option<Vec<String>>>("columns")?.unwrap_or_default();
    if row.try_get("is_primary")? {
        schema.primary_key = columns;
        return Ok(());
    }
    let references =
        TableRef { schema: row.try_get("schema")?, ..TableRef::new(row.try_get::<_, String>("name")?) };
    schema.foreign_keys.push(ForeignKey {
        columns,
        references: references.to_string(),
        referenced_columns: row.try_get::<_, Option<Vec<String>>>("referenced")?.unwrap_or_default(),
    });
    Ok(())
}

/// Runs a statement of our own.
pub(crate) async fn run(
    session: &Session,
    limit: Limit,
    sql: &str,
    parameters: &[(&(dyn ToSql + Sync), Type)],
) -> Result<Vec<Row>> {
    let answer = session.client()?.query_typed(sql, parameters).await;
    answer.map_err(|error| error::of_statement(error, &session.connector.target, "", limit))
}
