use std::sync::Arc;

use sqlatte_providers::{ErrorKind, TableRef};

use super::{Ask, AskError, prompted::HOUSE_ROOM};
use crate::{ConversationMessage, Page, Runtime, Schema, Status, catalog::Used, glossary::find};

/// Tables chosen for a question at most: nearly every question finds all it needs among the first 20.
const MOST_FOUND: usize = 24;
/// Bytes of a description for each token: names take more tokens than prose does.
const BYTES_PER_TOKEN: usize = 3;
/// Bytes of a question that take no room from the tables.
const USUAL_QUESTION: usize = 1_000;
/// Statements of the conversation, from the last, whose tables the question may still be about.
const RECENT_STATEMENTS: usize = 2;
/// Entries of the history, and favourites, whose tables are found sooner.
const REMEMBERED: u32 = 20;
/// How much it says that a table was used: a moment ago, for a favourite, at some time.
const JUST_USED: f32 = 1.0;
const FAVORITE: f32 = 0.3;
const USED: f32 = 0.2;
/// How much it says that an example like the question reads a table.
const IN_EXAMPLE: f32 = 0.5;
/// Examples whose tables are found sooner.
const EXAMPLES: usize = 4;

/// The tables a question is about, described.
///
/// # Errors
/// `UnknownTable` when the caller names one that does not exist.
pub(super) async fn describe(
    runtime: &Runtime,
    ask: &Ask,
    question: &str,
    conversation: &[ConversationMessage],
) -> Result<Arc<Schema>, AskError> {
    match described(runtime, ask, question, conversation).await {
        // One was dropped since the list was read.
        Err(AskError::Database { error, .. }) if error.kind() == ErrorKind::NotFound => {
            runtime.catalog.refresh();
            described(runtime, ask, question, conversation).await
        }
        described => described,
    }
}

/// Those the caller named, all of them; else all there are, if there is room for their text; else those nearest to the
/// question.
async fn described(
    runtime: &Runtime,
    ask: &Ask,
    question: &str,
    conversation: &[ConversationMessage],
) -> Result<Arc<Schema>, AskError> {
    let catalog = &runtime.catalog;
    if !ask.tables.is_empty() {
        let named = catalog.resolve(&ask.tables).await.map_err(|error| match error.kind() {
            ErrorKind::NotFound => AskError::UnknownTable(error),
            _ => AskError::database(error),
        })?;
        let schema = catalog.describe(&named).await.map_err(AskError::database)?;
        return Ok(told(runtime, schema, question, question));
    }
    let tables = catalog.tables().await.map_err(AskError::database)?;
    if tables.is_empty() {
        return Err(AskError::NoTables(catalog.info().kind));
    }
    let room = room(runtime, question);
    if tables.len() > runtime.limits.max_context_tables {
        let ranked = nearest(runtime, ask, question, conversation, &tables).await?;
        let schema = catalog.describe_within(&ranked, room).await.map_err(AskError::database)?;
        return Ok(told(runtime, schema, question, question));
    }
    let all = catalog.describe(&tables).await.map_err(AskError::database)?;
    if !runtime.interpreter.reads_text() || all.length() <= room {
        return Ok(all);
    }
    let mut ranked = nearest(runtime, ask, question, conversation, &tables).await?;
    let others: Vec<TableRef> = tables.iter().filter(|table| !ranked.contains(table)).cloned().collect();
    ranked.extend(others);
    Ok(told(runtime, Arc::new(all.nearest(&ranked, room)), question, question))
}

/// The schema with the columns that there is room for beside a question, those that are `wanted` first, where the
/// interpreter reads its text.
pub(super) fn told(runtime: &Runtime, schema: Arc<Schema>, question: &str, wanted: &str) -> Arc<Schema> {
    match runtime.interpreter.reads_text() {
        true => schema.narrowed(room(runtime, question), wanted),
        false => schema,
    }
}

/// The bytes that the text of tables may take. What the house says takes its own out of it, and so does what a question
/// is longer than usual; half of it stays in any case.
fn room(runtime: &Runtime, question: &str) -> usize {
    let all = runtime.limits.max_context_tokens.saturating_mul(BYTES_PER_TOKEN);
    if !runtime.interpreter.reads_text() {
        return all;
    }
    let house = runtime.catalog.glossary().length().min(HOUSE_ROOM);
    let others = house + question.len().saturating_sub(USUAL_QUESTION);
    all.saturating_sub(others).max(all / 2)
}

/// The tables nearest to the question, best first.
async fn nearest(
    runtime: &Runtime,
    ask: &Ask,
    question: &str,
    conversation: &[ConversationMessage],
    tables: &[TableRef],
) -> Result<Vec<TableRef>, AskError> {
    let catalog = &runtime.catalog;
    let used = used(runtime, ask, question, conversation).await;
    let mut found = said(tables, catalog.glossary().tables_said(question));
    for table in catalog.search(question, &used, MOST_FOUND).await.map_err(AskError::database)? {
        if found.len() < MOST_FOUND && !found.contains(&table) {
            found.push(table);
        }
    }
    if found.is_empty() {
        // A greeting, or words that no table knows: what there is, from the start.
        return Ok(tables.iter().take(MOST_FOUND).cloned().collect());
    }
    Ok(found)
}

/// The tables that the house's own words lead to, as far as they exist.
fn said(tables: &[TableRef], names: Vec<&str>) -> Vec<TableRef> {
    let mut found: Vec<TableRef> = Vec::new();
    for table in names.into_iter().filter_map(|name| tables.get(find(tables.iter(), name)?)) {
        if found.len() < MOST_FOUND && !found.contains(table) {
            found.push(table.clone());
        }
    }
    found
}

/// The tables of the conversation, of favourites, of the history and of examples like the question; a store that
/// cannot be read says nothing.
async fn used(
    runtime: &Runtime,
    ask: &Ask,
    question: &str,
    conversation: &[ConversationMessage],
) -> Vec<Used> {
    let mut used: Vec<Used> = Vec::new();
    for example in runtime.catalog.glossary().similar(question, EXAMPLES) {
        used.extend(example.tables.iter().map(|table| (table.clone(), IN_EXAMPLE)));
    }
    let said = conversation.iter().rev().filter_map(|message| message.sql.as_deref()).take(RECENT_STATEMENTS);
    for sql in said {
        used.extend(tables_of(runtime, sql).await.into_iter().map(|table| (table, JUST_USED)));
    }
    let page = Page { limit: REMEMBERED, ..Page::default() };
    let history = &runtime.stores.history;
    let (favorites, entries) =
        futures::join!(history.favorites(&ask.owner, &page), history.list(&ask.owner, &page));
    for favorite in favorites.into_iter().flat_map(|page| page.items) {
        used.extend(tables_of(runtime, &favorite.sql).await.into_iter().map(|table| (table, FAVORITE)));
    }
    let entries =
        entries.into_iter().flat_map(|page| page.items).filter(|entry| entry.status == Status::Answered);
    used.extend(entries.flat_map(|entry| entry.tables).map(|table| (table, USED)));
    // A table counts once, by its best use.
    used.sort_by(|one, other| one.0.cmp(&other.0).then(other.1.total_cmp(&one.1)));
    used.dedup_by(|next, first| next.0 == first.0);
    used
}

/// The tables a statement reads; none if it would not run today.
async fn tables_of(runtime: &Runtime, sql: &str) -> Vec<String> {
    match runtime.catalog.check(sql).await {
        Ok(Ok(guarded)) => guarded.tables().iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}
