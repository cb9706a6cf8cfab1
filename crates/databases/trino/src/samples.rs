//! A few distinct values of text columns, for whoever writes SQL.

use std::{collections::HashMap, sync::Arc};

use sqlatte_providers::{ColumnSchema, ColumnType, Result, Row, Value};

use crate::{
    describe::{Columns, Name},
    listing::EXTRA_TIMEOUT,
    server::Server,
    text::name,
    types::{self, Type},
};

/// Rows looked at in each table, whichever come first.
const ROWS: usize = 2000;
const SAMPLES: usize = 8;
/// A column with more distinct values is not a list of choices.
const DISTINCT: usize = 50;
/// Longer texts are not choices either.
const LENGTH: usize = 60;
/// Tables in one statement.
const TABLES_AT_ONCE: usize = 20;

/// Adds values to the columns that have few. What fails or takes too long is left out.
pub(crate) async fn add(server: &Arc<Server>, tables: &mut HashMap<Name, Columns>) {
    let mut names: Vec<Name> = tables
        .iter()
        .filter(|(_, table)| table.columns.iter().any(is_text))
        .map(|(name, _)| name.clone())
        .collect();
    names.sort();
    let looking = async {
        for names in names.chunks(TABLES_AT_ONCE) {
            if look(server, tables, names).await.is_err() {
                // One table may demand a filter or be out of reach: the others must not go without.
                for name in names {
                    drop(look(server, tables, std::slice::from_ref(name)).await);
                }
            }
        }
    };
    if tokio::time::timeout(EXTRA_TIMEOUT, looking).await.is_err() {
        tracing::debug!(target = %server.client.target(), "samples took too long: goes without the rest");
    }
}

/// Whether a column may hold a list of choices.
fn is_text(column: &ColumnSchema) -> bool {
    let base = column.database_type.split('(').next().unwrap_or_default().trim();
    column.kind == ColumnType::Text
        && types::from_text(&column.database_type) == Type::Other
        && ["varchar", "char"].contains(&base.to_ascii_lowercase().as_str())
}

async fn look(server: &Arc<Server>, tables: &mut HashMap<Name, Columns>, names: &[Name]) -> Result<()> {
    let parts: Vec<String> = names
        .iter()
        .enumerate()
        .filter_map(|(index, name)| Some(counts(index, name, &tables.get(name)?.columns)))
        .collect();
    // What is no list of choices is left out in the server, so that little comes over.
    let sql = format!(
        "SELECT t, c, v FROM (\
         SELECT t, c, v, count(*) AS n, count(*) OVER (PARTITION BY t, c) AS choices, \
         sum(count(*)) OVER (PARTITION BY t, c) AS total, max(length(v)) OVER (PARTITION BY t, c) AS longest \
         FROM ({}) WHERE v IS NOT NULL AND v <> '' GROUP BY t, c, v) \
         WHERE choices <= {DISTINCT} AND longest <= {LENGTH} AND (total <= {DISTINCT} OR choices * 2 <= total) \
         ORDER BY t, c, n DESC, v",
        parts.join(" UNION ALL ")
    );
    for row in server.fetch(&sql, EXTRA_TIMEOUT).await? {
        keep(tables, names, row);
    }
    Ok(())
}

/// The values of a table's text columns: which table, which column, what value.
fn counts(index: usize, table: &Name, columns: &[ColumnSchema]) -> String {
    let texts: Vec<(usize, String)> = columns
        .iter()
        .enumerate()
        .filter(|(_, column)| is_text(column))
        .map(|(at, column)| (at, format!("CAST({} AS varchar)", name(&column.name))))
        .collect();
    let list = |parts: Vec<String>| parts.join(", ");
    format!(
        "SELECT {index} AS t, u.c, u.v FROM (SELECT {} FROM {} LIMIT {ROWS}) AS r \
         CROSS JOIN UNNEST(ARRAY[{}], ARRAY[{}]) AS u (c, v)",
        list(texts.iter().map(|(at, value)| format!("{value} AS v{at}")).collect()),
        table.sql(),
        list(texts.iter().map(|(at, _)| at.to_string()).collect()),
        list(texts.iter().map(|(at, _)| format!("v{at}")).collect()),
    )
}

fn keep(tables: &mut HashMap<Name, Columns>, names: &[Name], row: Row) {
    let Ok([Value::Integer(table), Value::Integer(column), Value::Text(value)]) = <[Value; 3]>::try_from(row)
    else {
        return;
    };
    let at = |index: i64| usize::try_from(index).ok();
    let table = at(table).and_then(|index| names.get(index)).and_then(|name| tables.get_mut(name));
    let Some(column) = table.zip(at(column)).and_then(|(table, index)| table.columns.get_mut(index)) else {
        return;
    };
    if column.samples.len() < SAMPLES {
        column.samples.push(value);
    }
}
