//! Questions about the catalogue itself, answered from it: "how many tables are there?", "which tables do we have
//! about shipping?".

use std::collections::HashSet;

use sqlatte_providers::{TableKind, TableRef};

use super::{Ask, AskError};
use crate::{ChatAnswer, Intent, Runtime, text};

/// Tables named in one reply.
const MOST_NAMED: usize = 30;
/// Tables named for a subject.
const MOST_ABOUT: usize = 12;

/// What is asked about the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
enum About {
    /// How many tables there are.
    Count,
    /// Which there are.
    All,
    /// Which there are about a subject, in the question's own words.
    Subject(String),
}

/// The reply, if the question is about the catalogue and nothing else.
///
/// Where a table keeps tables, those of a restaurant, the question is left to the interpreter.
pub(super) async fn reply(
    runtime: &Runtime,
    ask: &Ask,
    question: &str,
) -> Result<Option<ChatAnswer>, AskError> {
    let Some(about) = read(question).filter(|_| ask.tables.is_empty()) else { return Ok(None) };
    let tables = runtime.catalog.tables().await.map_err(AskError::database)?;
    if tables.iter().any(|table| text::split_identifier(&table.name).iter().any(|word| is_table(word))) {
        return Ok(None);
    }
    let message = match about {
        About::Count => counted(&tables),
        About::All => format!("{}: {}", counted(&tables), listed(tables.iter(), MOST_NAMED)),
        About::Subject(subject) => {
            let found = runtime.catalog.mentioning(&subject, MOST_ABOUT).await.map_err(AskError::database)?;
            if found.is_empty() {
                format!(
                    "No table's name, comment, column or sample value speaks of {subject}. {}.",
                    counted(&tables)
                )
            } else {
                format!("About {subject}, nearest first: {}.", listed(found.iter(), MOST_ABOUT))
            }
        }
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

/// Understands the few ways to ask for tables; any other word in between means that something else is asked.
fn read(question: &str) -> Option<About> {
    let question = question.trim().trim_end_matches(['?', '.', '!']);
    let words: Vec<(&str, String)> =
        question.split_whitespace().map(|word| (word, text::fold(word))).collect();
    let at = words.iter().position(|(_, word)| is_table(word))?;
    let (before, after) = (words.get(..at)?, words.get(at + 1..)?);
    let before: Vec<&str> = before.iter().map(|(_, word)| word.as_str()).collect();
    // "Which tables?" may go on from anything.
    let bare = after.is_empty() && matches!(before.as_slice(), ["which" | "what"]);
    if before.is_empty() || bare || !before.iter().all(|word| is_opening(word)) {
        return None;
    }
    let subject = after.iter().position(|(_, word)| !is_filler(word));
    match subject.map(|at| after.split_at(at)) {
        Some((_, [(_, marker), subject @ ..])) if is_marker(marker) && !subject.is_empty() => {
            let subject: Vec<&str> = subject.iter().map(|(word, _)| *word).collect();
            Some(About::Subject(subject.join(" ")))
        }
        Some(_) => None,
        None if before.contains(&"many") => Some(About::Count),
        None => Some(About::All),
    }
}

fn is_table(word: &str) -> bool {
    matches!(word, "table" | "tables")
}

fn is_opening(word: &str) -> bool {
    matches!(
        word,
        "how"
            | "many"
            | "which"
            | "what"
            | "list"
            | "show"
            | "name"
            | "give"
            | "tell"
            | "me"
            | "us"
            | "all"
            | "the"
            | "of"
            | "your"
            | "our"
            | "my"
            | "please"
            | "are"
            | "database"
            | "available"
            | "is"
            | "there"
            | "do"
            | "you"
            | "can"
            | "see"
            | "any"
    )
}

fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "are"
            | "is"
            | "there"
            | "exist"
            | "do"
            | "does"
            | "we"
            | "you"
            | "i"
            | "it"
            | "have"
            | "has"
            | "got"
            | "in"
            | "the"
            | "this"
            | "that"
            | "our"
            | "your"
            | "my"
            | "database"
            | "db"
            | "schema"
            | "catalog"
            | "catalogue"
            | "available"
            | "can"
            | "see"
            | "here"
            | "all"
            | "please"
            | "know"
            | "total"
    )
}

fn is_marker(word: &str) -> bool {
    matches!(word, "about" | "for" | "on" | "concerning" | "regarding" | "mentioning")
}

/// How many tables and views there are, and in how many schemas.
fn counted(tables: &[TableRef]) -> String {
    let is_view = |table: &&TableRef| matches!(table.kind, TableKind::View | TableKind::MaterializedView);
    let views = tables.iter().filter(is_view).count();
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

fn listed<'a>(tables: impl ExactSizeIterator<Item = &'a TableRef>, most: usize) -> String {
    let more = tables.len().saturating_sub(most);
    let names: Vec<String> = tables.take(most).map(ToString::to_string).collect();
    let names = names.join(", ");
    if more > 0 { format!("{names}, and {more} more") } else { names }
}

#[cfg(test)]
mod tests {
    use super::{About, read};

    #[test]
    fn questions_for_tables_are_understood_and_others_are_not() {
        for question in [
            "How many tables are there?",
            "how many tables do we have",
            "How many tables does the database have?",
        ] {
            assert_eq!(read(question), Some(About::Count), "{question}");
        }
        for question in
            ["Which tables are there?", "list all tables", "Show me the tables.", "what tables do you have?"]
        {
            assert_eq!(read(question), Some(About::All), "{question}");
        }
        for (question, subject) in [
            ("Which tables do we have about shipping?", "shipping"),
            ("what tables are there for Customer Orders?", "Customer Orders"),
        ] {
            assert_eq!(read(question), Some(About::Subject(subject.to_owned())), "{question}");
        }
        for question in [
            "tables",
            "which tables?",
            "drop table customers",
            "which tables are reserved?",
            "how many tables have four seats?",
            "which tables do we have about",
            "sales by table",
            "how many customers are there?",
            "create the tables",
            "",
        ] {
            assert_eq!(read(question), None, "{question}");
        }
    }
}
