//! Statements of earlier answers, told to a model that may see nothing out of a row.

use chrono::NaiveDate;

use crate::{Context, Schema, Speaker};

/// What stands for a text that is not told, and for a statement that is not.
const LEFT_OUT: &str = "…";

/// Words in quotes that belong to the language: parts of dates.
const UNITS: [&str; 8] = ["second", "minute", "hour", "day", "week", "month", "quarter", "year"];

/// A statement whose texts in quotes are those that the person said, dates, and names of the schema; others are left
/// out, since they may come from a row.
pub(super) fn told(sql: &str, question: &str, context: &Context<'_>) -> String {
    let questions = context.conversation.iter().filter(|message| message.speaker == Speaker::User);
    let said =
        questions.map(|message| message.text.as_str()).chain([question]).collect::<Vec<_>>().join("\n");
    without_values(sql, &said.to_lowercase(), &context.schema)
}

fn without_values(sql: &str, said: &str, schema: &Schema) -> String {
    // Where a text ends is a matter of the dialect then.
    if ["\\", "$", "--", "/*", "#", "''", "\"\""].iter().any(|mark| sql.contains(mark)) {
        return LEFT_OUT.to_owned();
    }
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(at) = rest.find(['\'', '"']) {
        let quote = &rest[at..=at];
        out.push_str(&rest[..=at]);
        let Some((text, after)) = rest[at + 1..].split_once(quote) else {
            return LEFT_OUT.to_owned();
        };
        let known = is_said(text, said) || is_of_a_date(text) || is_name(text, schema);
        out.push_str(if known { text } else { LEFT_OUT });
        out.push_str(quote);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Whether the person said it, as whole words.
fn is_said(text: &str, said: &str) -> bool {
    let text = text.trim_matches(['%', '_', ' ']).to_lowercase();
    said.match_indices(text.as_str()).any(|(at, _)| {
        let (before, after) = (&said[..at], &said[at + text.len()..]);
        !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
    })
}

/// A date, a pattern to write one with, or a span of time.
fn is_of_a_date(text: &str) -> bool {
    let is_time = |rest: &str| rest.chars().all(|one| one.is_ascii_digit() || " T:.+-Z".contains(one));
    let date = text.get(..10).is_some_and(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").is_ok());
    let pattern = text.split('%').skip(1).all(|part| part.chars().skip(1).all(|one| "-/: .T".contains(one)));
    let words: Vec<&str> = text.split_whitespace().collect();
    let span = match words.as_slice() {
        [unit] => is_unit(unit),
        [number, unit] => is_number(number) && is_unit(unit),
        ["start", "of", unit] => is_unit(unit),
        _ => false,
    };
    (date && text.len() <= 32 && text.get(10..).is_some_and(is_time))
        || (text.starts_with('%') && pattern)
        || span
        || (text.len() <= 3 && is_number(text))
}

fn is_unit(word: &str) -> bool {
    let word = word.to_lowercase();
    UNITS.contains(&word.strip_suffix('s').unwrap_or(&word))
}

fn is_number(word: &str) -> bool {
    let digits = word.trim_start_matches(['-', '+']);
    digits.len() <= 4 && !digits.is_empty() && digits.chars().all(|one| one.is_ascii_digit())
}

fn is_name(text: &str, schema: &Schema) -> bool {
    schema
        .tables
        .iter()
        .any(|table| table.table.name == text || table.columns.iter().any(|column| column.name == text))
}

#[cfg(test)]
mod tests {
    use sqlatte_providers::{ColumnSchema, ColumnType, TableRef, TableSchema};

    use super::*;

    #[test]
    fn texts_that_nobody_said_are_left_out() {
        let mut table = TableSchema::new(TableRef::new("orders"));
        table.columns.push(ColumnSchema::new("placed on", "DATE", ColumnType::Date));
        let schema = Schema::new(vec![table]);
        let told = |sql| without_values(sql, "orders of berlin since march", &schema);
        for kept in [
            "SELECT \"placed on\" FROM orders WHERE city = 'Berlin' AND day >= '2026-03-01 00:00:00'",
            "SELECT strftime('%Y-%m', day), date(day, 'start of month', '-1 months') FROM orders LIMIT 5",
            "SELECT date_trunc('quarter', day) FROM \"orders\" WHERE name LIKE '%berlin%'",
        ] {
            assert_eq!(told(kept), kept);
        }
        assert_eq!(told("SELECT 1 WHERE a = 'Zoë' OR b = \"Zoë\""), "SELECT 1 WHERE a = '…' OR b = \"…\"");
        assert_eq!(told("SELECT '+49 30 123456', '%Zoë%', '4711-0815', 'Berl'"), "SELECT '…', '…', '…', '…'");
        for whole in ["a = 'it''s Zoë'", "a = 'it\\'s Zoë'", "$$Zoë$$", "1 -- Zoë", "'Zoë"] {
            assert_eq!(told(whole), "…", "{whole}");
        }
    }
}
