//! By what columns tables are partitioned, so that statements can be written that read little.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::{StreamExt, stream};
use sqlatte_providers::ColumnSchema;

use crate::{
    describe::Name,
    listing::{EXTRA_TIMEOUT, extra, texts},
    server::Server,
    statement::Statement,
    text::name,
    types::Type,
};

/// Tables looked at at once.
const AT_ONCE: usize = 4;
/// Tables looked at in all: each needs a statement of its own.
const TABLES: usize = 40;
/// Connectors whose partitions are a table of their own beside the table.
const CONNECTORS: &str = "'iceberg', 'delta_lake'";
/// What Iceberg adds to a column's name for a field that is computed from it; a hash's is followed by its
/// size.
const COMPUTED: [&str; 6] = ["_year", "_month", "_day", "_hour", "_bucket", "_trunc"];

/// The fields that each of `names` is partitioned by, as far as that can be told soon.
///
/// Hive's connector is not asked: it says so with the columns.
pub(crate) async fn read(server: &Arc<Server>, names: &[&Name]) -> HashMap<Name, Vec<String>> {
    if names.is_empty() {
        return HashMap::new();
    }
    let sql =
        format!("SELECT catalog_name FROM system.metadata.catalogs WHERE connector_name IN ({CONNECTORS})");
    let catalogs: Vec<String> =
        extra(server, &sql).await.into_iter().filter_map(texts).map(|[catalog]| catalog).collect();
    let wanted: Vec<Name> = names
        .iter()
        .filter(|name| catalogs.contains(&name.catalog))
        .take(TABLES)
        .map(|name| (*name).clone())
        .collect();
    let mut found = HashMap::new();
    let fields = stream::iter(wanted)
        .map(|name| async move { fields(server, &name, EXTRA_TIMEOUT).await.map(|fields| (name, fields)) })
        .buffer_unordered(AT_ONCE);
    let collect = fields.for_each(|fields| {
        found.extend(fields);
        std::future::ready(())
    });
    if tokio::time::timeout(EXTRA_TIMEOUT, collect).await.is_err() {
        tracing::debug!(target = %server.client.target(), "partitions took too long: goes without the rest");
    }
    found
}

/// The names of the fields of the column `partition` in a table's own table of partitions.
async fn fields(server: &Arc<Server>, table: &Name, limit: Duration) -> Option<Vec<String>> {
    let partitions = Name { table: format!("{}$partitions", table.table), ..table.clone() };
    // Only the columns are wanted, which the analysis alone gives.
    let sql = format!("SELECT {} FROM {} LIMIT 0", name("partition"), partitions.sql());
    match server.run_typed(Statement::new(&sql, 0, limit)).await {
        Ok((_, types)) => match types.into_iter().next() {
            Some(Type::Row(fields)) => Some(fields.into_iter().filter_map(|(name, _)| name).collect()),
            _ => None,
        },
        Err(error) => {
            // A table without partitions has no such column.
            tracing::debug!(table = %table.sql(), %error, "no partitions");
            None
        }
    }
}

/// The columns that these fields are, or are computed from: a filter on them leaves partitions unread.
pub(crate) fn columns(columns: &[ColumnSchema], fields: &[String]) -> Vec<String> {
    let is_column = |name: &str| columns.iter().any(|column| column.name == name);
    let mut found: Vec<String> = Vec::new();
    for field in fields {
        let computed = || {
            COMPUTED
                .iter()
                .filter_map(|suffix| Some(&field[..field.rfind(suffix)?]))
                .find(|name| is_column(name))
        };
        let column = if is_column(field) { Some(field.as_str()) } else { computed() };
        if let Some(column) = column.filter(|column| !found.iter().any(|known| known == column)) {
            found.push(column.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use sqlatte_providers::ColumnType;

    use super::*;

    #[test]
    fn fields_lead_to_columns() {
        let names = ["ordered", "region", "client_id", "birth_day", "birth", "monthly_day_rate"];
        let table = names.map(|name| ColumnSchema::new(name, "date", ColumnType::Date));
        for (fields, expected) in [
            (vec!["ordered_month", "region"], vec!["ordered", "region"]),
            (vec!["client_id_bucket_16", "birth_day"], vec!["client_id", "birth_day"]),
            (vec!["birth_year", "birth_month", "gone_day"], vec!["birth"]),
            (vec!["monthly_day_rate_trunc"], vec!["monthly_day_rate"]),
            (vec!["_day", "x", ""], vec![]),
        ] {
            let fields: Vec<String> = fields.into_iter().map(str::to_owned).collect();
            assert_eq!(columns(&table, &fields), expected, "{fields:?}");
        }
    }
}
