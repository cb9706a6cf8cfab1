//! The tables that help to mend a statement.

use std::sync::Arc;

use sqlatte_guard::Guarded;
use sqlatte_providers::TableRef;

use super::tables;
use crate::{Attempt, Runtime, Schema, glossary::find};

/// Tables added for one repair at most.
const MOST_ADDED: usize = 4;

/// The schema with the tables that a failed statement reads, and those that its fault and the hints name, as far as they
/// can be described; of its columns those come first that these speak of. The same schema if it shows them all already.
pub(super) async fn schema(
    runtime: &Runtime,
    schema: &Arc<Schema>,
    question: &str,
    failed: &Attempt,
) -> Arc<Schema> {
    let missing = missing(runtime, schema, failed).await;
    let added = match missing.is_empty() {
        true => None,
        false => runtime.catalog.describe(&missing).await.ok(),
    };
    let whole = match added {
        Some(added) => Arc::new(schema.with_more(&added.tables)),
        None if schema.columns_left_out() > 0 => Arc::new(schema.with_more(&[])),
        None => return Arc::clone(schema),
    };
    // Names of the statement may be right, those of the hints are.
    let wanted = format!("{question} {} {}", failed.hints.join(" "), failed.fault);
    tables::told(runtime, whole, question, &wanted)
}

/// Tables of the database that are spoken of and not in the schema.
async fn missing(runtime: &Runtime, schema: &Schema, failed: &Attempt) -> Vec<TableRef> {
    let Ok(tables) = runtime.catalog.tables().await else { return Vec::new() };
    let read = match runtime.catalog.check(&failed.sql).await {
        Ok(Ok(guarded)) => names(&guarded),
        _ => Vec::new(),
    };
    let said = failed.hints.iter().chain([&failed.fault]).flat_map(|text| in_backticks(text));
    let mut missing: Vec<TableRef> = Vec::new();
    for name in said.map(str::to_owned).chain(read) {
        // A column is told with its table before it.
        let table = std::iter::once(name.as_str()).chain(name.rsplit_once('.').map(|(table, _)| table));
        let found = table.filter_map(|name| tables.get(find(tables.iter(), name)?)).next();
        if let Some(table) = found
            && !schema.tables.iter().any(|shown| shown.table.to_string() == table.to_string())
            && !missing.contains(table)
        {
            missing.push(table.clone());
        }
    }
    missing.truncate(MOST_ADDED);
    missing
}

fn names(guarded: &Guarded) -> Vec<String> {
    guarded.tables().iter().map(ToString::to_string).collect()
}

/// The names in a sentence.
fn in_backticks(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}
