//! Questions about the catalogue itself, answered from it: "how many tables are there?", "which tables do we have
//! about shipping?", "what columns does orders have?".

mod grammar;
mod slots;
mod words;

use std::{collections::HashSet, fmt::Write};

use sqlatte_providers::{ColumnSchema, TableKind, TableRef, TableSchema};

use self::{grammar::About, words::plain};
use super::{Ask, AskError};
use crate::{ChatAnswer, Intent, Runtime, text};

/// Tables named in one reply.
const MOST_NAMED: usize = 30;
/// Tables named for a subject.
const MOST_ABOUT: usize = 12;
/// Tables looked through for a column.
const MOST_SEARCHED: usize = 100;
/// Columns named in one reply.
const MOST_COLUMNS: usize = 60;

/// The reply, if the question is about the catalogue and nothing else.
///
/// Where a table keeps tables, those of a restaurant, or views, those of a film, the question is left to the
/// interpreter.
pub(super) async fn reply(
    runtime: &Runtime,
    ask: &Ask,
    question: &str,
) -> Result<Option<ChatAnswer>, AskError> {
    let Some(about) = grammar::read(question).filter(|_| ask.tables.is_empty()) else { return Ok(None) };
    let catalog = &runtime.catalog;
    let tables = catalog.tables().await.map_err(AskError::database)?;
    if keeps_such(runtime, &about, &tables).await? {
        return Ok(None);
    }
    let message = match about {
        About::Count { views } => format!("{}.", counted(&tables, views)),
        About::All { views } => {
            let named: Vec<&TableRef> = tables.iter().filter(|table| !views || is_view(table)).collect();
            let names =
                if named.is_empty() { String::new() } else { format!(": {}", listed(&named, MOST_NAMED)) };
            format!("{}{names}.", counted(&tables, views))
        }
        About::Subject(subject) => about_subject(runtime, &tables, &subject).await?,
        About::Named(name) => match named(&tables, &name).as_slice() {
            [] => {
                let near = about_subject(runtime, &tables, &name).await?;
                format!("There is no table called {name}. {near}")
            }
            found => format!("Yes: {}.", listed(found, MOST_ABOUT)),
        },
        About::WithColumn(name) => with_column(runtime, &tables, &name).await?,
        About::Columns(name) => match named(&tables, &name).as_slice() {
            // Something else was asked, or the table is not known under this name.
            [] => return Ok(None),
            found => {
                let found: Vec<TableRef> =
                    found.iter().take(MOST_ABOUT).map(|table| (*table).clone()).collect();
                let schema = catalog.describe(&found).await.map_err(AskError::database)?;
                schema.tables.iter().map(columns).collect::<Vec<_>>().join("\n")
            }
        },
    };
    Ok(Some(ChatAnswer {
        message,
        intent: Intent {
            intent: "chat",
            confidence: 1.0,
            reasoning: "it asks about the tables themselves".to_owned(),
        },
        clarification: None,
        unanswerable: None,
        suggestions: Vec::new(),
    }))
}

/// Whether rows are kept of what the question names: a table or a column of tables, or of views.
async fn keeps_such(runtime: &Runtime, about: &About, tables: &[TableRef]) -> Result<bool, AskError> {
    let noun = if about.is_of_views() { "view" } else { "table" };
    let names_it = |table: &TableRef| {
        let mut words = text::split_identifier(&table.name).into_iter();
        words.any(|word| text::singular(&word) == noun)
    };
    if tables.iter().any(names_it) {
        return Ok(true);
    }
    if !matches!(about, About::Count { .. } | About::All { .. }) {
        return Ok(false);
    }
    let holding = described(runtime, tables, noun, MOST_ABOUT).await?;
    Ok(holding.iter().flat_map(|table| &table.columns).any(|column| counts(&column.name, noun)))
}

/// Whether a column tells such things apart or counts them: `table`, `table_no`, `page_views`.
fn counts(column: &str, noun: &str) -> bool {
    let words = text::split_identifier(column);
    match words.as_slice() {
        [one] => text::singular(one) == noun,
        [.., last] if text::singular(last) == noun => last != noun,
        [first, rest] => {
            text::singular(first) == noun
                && matches!(rest.as_str(), "id" | "no" | "nr" | "num" | "number" | "count")
        }
        _ => false,
    }
}

/// Every table, described; of very many those that speak of `subject`, at most `most`.
async fn described(
    runtime: &Runtime,
    tables: &[TableRef],
    subject: &str,
    most: usize,
) -> Result<Vec<TableSchema>, AskError> {
    let catalog = &runtime.catalog;
    let found = if tables.len() <= runtime.limits.max_context_tables {
        tables.to_vec()
    } else {
        catalog.mentioning(subject, most).await.map_err(AskError::database)?
    };
    Ok(catalog.describe(&found).await.map_err(AskError::database)?.tables.clone())
}

async fn about_subject(runtime: &Runtime, tables: &[TableRef], subject: &str) -> Result<String, AskError> {
    let found = runtime.catalog.mentioning(subject, MOST_ABOUT).await.map_err(AskError::database)?;
    let found: Vec<&TableRef> = found.iter().collect();
    Ok(if found.is_empty() {
        let counted = counted(tables, false);
        format!("No table's name, comment, column or sample value speaks of {subject}. {counted}.")
    } else {
        format!("About {subject}, nearest first: {}.", listed(&found, MOST_ABOUT))
    })
}

/// Where there is a column of this name, or one whose name holds it.
async fn with_column(runtime: &Runtime, tables: &[TableRef], name: &str) -> Result<String, AskError> {
    let searched = described(runtime, tables, name, MOST_SEARCHED).await?;
    let wanted = plain(name);
    let having = |fits: &dyn Fn(&ColumnSchema) -> bool| -> Vec<String> {
        let pairs = searched.iter().flat_map(|table| table.columns.iter().map(move |column| (table, column)));
        let fitting = pairs.filter(|(_, column)| fits(column));
        fitting.map(|(table, column)| format!("{}.{}", table.table, column.name)).collect()
    };
    let same = having(&|column| plain(&column.name) == wanted);
    if !same.is_empty() {
        return Ok(format!(
            "A column {name} is in {}: {}.",
            number(same.len(), "table"),
            joined(&same, MOST_NAMED)
        ));
    }
    let alike = having(&|column| plain(&column.name).contains(&wanted));
    if alike.is_empty() {
        return Ok(format!("No table has a column called {name}. {}.", counted(tables, false)));
    }
    Ok(format!("No column is called {name} alone; these hold the word: {}.", joined(&alike, MOST_NAMED)))
}

/// The tables a name can mean, whether it is written with spaces or underscores, as one or as many, or with a typing
/// error.
fn named<'a>(tables: &'a [TableRef], name: &str) -> Vec<&'a TableRef> {
    let wanted = plain(name);
    let fitting =
        |fits: &dyn Fn(&TableRef) -> bool| tables.iter().filter(|table| fits(table)).collect::<Vec<_>>();
    let same = fitting(&|table| plain(&table.name) == wanted || plain(&table.to_string()) == wanted);
    if !same.is_empty() || wanted.len() < 5 {
        return same;
    }
    fitting(&|table| text::within_edits(&plain(&table.name), &wanted, 1))
}

/// A table's columns with their types and keys.
fn columns(schema: &TableSchema) -> String {
    let what = if is_view(&schema.table) { "view " } else { "" };
    let count = number(schema.columns.len(), "column");
    let columns = schema.columns.iter().map(|column| {
        let mut text = format!("{} ({}", column.name, column.database_type.to_lowercase());
        if schema.primary_key.contains(&column.name) {
            text += ", primary key";
        }
        for key in schema.foreign_keys.iter().filter(|key| key.columns.contains(&column.name)) {
            let _ = write!(text, ", references {}", key.references);
        }
        text + ")"
    });
    let columns: Vec<String> = columns.collect();
    let comment =
        schema.table.comment.as_ref().map(|comment| format!(" ({})", comment.trim())).unwrap_or_default();
    format!("{what}{}{comment} has {count}: {}.", schema.table, joined(&columns, MOST_COLUMNS))
}

fn is_view(table: &TableRef) -> bool {
    matches!(table.kind, TableKind::View | TableKind::MaterializedView)
}

/// How many tables and views there are, or views alone, and in how many schemas.
fn counted(tables: &[TableRef], only_views: bool) -> String {
    let views = tables.iter().filter(|table| is_view(table)).count();
    if only_views {
        return format!("This database has {}", number(views, "view"));
    }
    let mut text = format!("This database has {}", number(tables.len() - views, "table"));
    if views > 0 {
        text += &format!(" and {}", number(views, "view"));
    }
    let schemas: HashSet<_> = tables.iter().map(|table| (&table.catalog, &table.schema)).collect();
    if schemas.len() > 1 {
        text += &format!(" in {}", number(schemas.len(), "schema"));
    }
    text
}

fn number(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn listed(tables: &[&TableRef], most: usize) -> String {
    let names: Vec<String> = tables.iter().map(ToString::to_string).collect();
    joined(&names, most)
}

fn joined(names: &[String], most: usize) -> String {
    let more = names.len().saturating_sub(most);
    let shown = names.get(..most).unwrap_or(names).join(", ");
    if more > 0 { format!("{shown}, and {more} more") } else { shown }
}

#[cfg(test)]
mod tests;
