use std::{collections::HashSet, sync::Arc};

use sqlatte_providers::{ErrorKind, TableRef};

use super::AskError;
use crate::{Runtime, Schema};

/// The tables a question is about, described.
///
/// # Errors
/// `UnknownTable` when the caller names one that does not exist.
pub(super) async fn describe(
    runtime: &Runtime,
    question: &str,
    named: &[String],
) -> Result<Arc<Schema>, AskError> {
    let tables = choose(runtime, question, named).await?;
    match runtime.catalog.describe(&tables).await {
        // One was dropped since the list was read.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            runtime.catalog.refresh();
            let tables = choose(runtime, question, named).await?;
            runtime.catalog.describe(&tables).await.map_err(AskError::database)
        }
        described => described.map_err(AskError::database),
    }
}

/// Those the caller named, or all of them, or the most likely of very many.
async fn choose(runtime: &Runtime, question: &str, named: &[String]) -> Result<Vec<TableRef>, AskError> {
    if !named.is_empty() {
        return runtime.catalog.resolve(named).await.map_err(|error| match error.kind() {
            ErrorKind::NotFound => AskError::UnknownTable(error),
            _ => AskError::database(error),
        });
    }
    let tables = runtime.catalog.tables().await.map_err(AskError::database)?;
    let most = runtime.limits.max_context_tables;
    if tables.len() <= most {
        return Ok(tables.to_vec());
    }
    let mut ranked: Vec<(usize, usize)> =
        tables.iter().enumerate().map(|(index, table)| (shared_words(question, table), index)).collect();
    ranked.sort_by_key(|&(shared, index)| (std::cmp::Reverse(shared), index));
    let mut chosen: Vec<usize> = ranked.into_iter().take(most).map(|(_, index)| index).collect();
    chosen.sort_unstable();
    Ok(chosen.into_iter().map(|index| tables[index].clone()).collect())
}

/// How many words of the table's name and comment the question shares, plurals alike.
fn shared_words(question: &str, table: &TableRef) -> usize {
    let asked = words(question);
    let mut known = words(&table.name);
    known.extend(words(table.comment.as_deref().unwrap_or_default()));
    asked.intersection(&known).count()
}

fn words(text: &str) -> HashSet<String> {
    text.split(|character: char| !character.is_alphanumeric())
        .filter(|word| word.len() > 2)
        .map(|word| word.to_lowercase().trim_end_matches('s').to_owned())
        .collect()
}
