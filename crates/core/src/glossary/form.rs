//! Faults that need no database to be found: names given twice, SQL that would be refused.

use std::collections::HashMap;

use sqlatte_guard::{Dialect, Guard, Guarded, Position, Refusal};

use super::{
    Fault, Place,
    entries::{Entries, Metric, Term, Text},
    said,
};
use crate::quote_identifier;

/// Checks all entries, and notes the tables of the examples.
pub(super) fn check(entries: &mut Entries, dialect: Dialect, faults: &mut Vec<Fault>) {
    let guard = Guard::new(dialect);
    names_once(entries, faults);
    for column in entries.terms.iter().flat_map(|term| &term.columns) {
        if !column.text.contains('.') {
            let message = format!("`{}` needs its table: write it as `table.column`", column.text);
            faults.push(fault(&column.place, message));
        }
    }
    for Metric { table, sql, .. } in &entries.metrics {
        let table = quoted(dialect, &table.text);
        let alone = format!("SELECT CASE WHEN 1 = 1 THEN {} END AS figure FROM {table}", sql.text);
        match over_one(&guard, &metric_sql(&table, &sql.text), &alone) {
            Err(message) => faults.push(fault(&sql.place, format!("this SQL cannot be used: {message}"))),
            Ok(()) if !aggregates(&sql.text) => {
                let message = "a metric needs an aggregate, such as SUM(…) or COUNT(*)";
                faults.push(fault(&sql.place, message.to_owned()));
            }
            Ok(()) => {}
        }
    }
    for filter in &entries.filters {
        let (table, condition) = (quoted(dialect, &filter.table.text), &filter.condition.text);
        let alone = format!("SELECT 1 FROM {table} WHERE {}", in_case(condition));
        if let Err(message) = over_one(&guard, &filter_sql(&table, condition), &alone) {
            faults.push(fault(&filter.condition.place, format!("this condition cannot be used: {message}")));
        }
    }
    for join in &entries.joins {
        let (left, right) = (quoted(dialect, &join.left.text), quoted(dialect, &join.right.text));
        let alone = join_sql(&left, &right, &in_case(&join.on.text));
        let checked = guard.check(&join_sql(&left, &right, &join.on.text)).map_err(|refusal| told(&refusal));
        if let Err(message) = checked.and_then(|_| is_one(&guard, &alone)) {
            faults.push(fault(&join.on.place, format!("this condition cannot be used: {message}")));
        }
    }
    for example in &mut entries.examples {
        match guard.check(&example.sql.text) {
            Ok(guarded) => example.tables = tables(&guarded),
            Err(refusal) => {
                faults.push(fault(&example.sql.place, format!("this SQL would be refused: {refusal}")))
            }
        }
    }
}

/// What a metric is worked out with, as a statement of its own.
pub(super) fn metric_sql(table: &str, sql: &str) -> String {
    format!("SELECT ({sql}) AS figure FROM {table}")
}

/// What a filter leaves, as a statement of its own.
pub(super) fn filter_sql(table: &str, condition: &str) -> String {
    format!("SELECT 1 FROM {table} WHERE ({condition})")
}

/// What a join gives, as a statement of its own.
pub(super) fn join_sql(left: &str, right: &str, on: &str) -> String {
    format!("SELECT 1 FROM {left} JOIN {right} ON ({on})")
}

/// A dotted name with each part in quotes.
pub(super) fn quoted(dialect: Dialect, name: &str) -> String {
    name.split('.').map(|part| quote_identifier(dialect, part)).collect::<Vec<_>>().join(".")
}

fn tables(guarded: &Guarded) -> Vec<String> {
    guarded.tables().iter().map(ToString::to_string).collect()
}

/// A condition as part of another one, which it can only be if it is one expression.
fn in_case(condition: &str) -> String {
    format!("CASE WHEN {condition} THEN 1 ELSE 0 END = 1")
}

/// Checks an expression in the two statements it was put into: over one table, and one expression.
fn over_one(guard: &Guard, in_brackets: &str, alone: &str) -> Result<(), String> {
    let guarded = guard.check(in_brackets).map_err(|refusal| told(&refusal))?;
    is_one(guard, alone)?;
    match guarded.tables() {
        [_] => Ok(()),
        _ => Err("it may read the columns of its own table only".to_owned()),
    }
}

/// Brackets that do not close where they open, and commas, would take what stands around an expression apart. No text
/// passes in brackets and in a CASE that is not one expression.
fn is_one(guard: &Guard, alone: &str) -> Result<(), String> {
    let many = |_| "it must be one expression, with its brackets closed".to_owned();
    guard.check(alone).map(drop).map_err(many)
}

/// A refusal without its place, which is one in the statement around the expression.
fn told(refusal: &Refusal) -> String {
    match refusal.position {
        Some(Position { line, column }) => {
            refusal.message.replace(&format!(" at line {line}, column {column}"), "")
        }
        None => refusal.message.clone(),
    }
}

fn fault(place: &Place, message: String) -> Fault {
    Fault { place: place.clone(), message }
}

/// A word means one thing.
fn names_once(entries: &Entries, faults: &mut Vec<Fault>) {
    let of_terms = entries.terms.iter().map(|Term { name, synonyms, .. }| (name, synonyms));
    let of_metrics = entries.metrics.iter().map(|Metric { name, synonyms, .. }| (name, synonyms));
    let mut seen: HashMap<Vec<String>, &Text> = HashMap::new();
    for (name, synonyms) in of_terms.chain(of_metrics) {
        for text in std::iter::once(name).chain(synonyms) {
            let words = said::words(&text.text);
            if words.is_empty() {
                faults.push(fault(&text.place, format!("`{}` holds no word", text.text)));
            } else if let Some(first) = seen.get(&words) {
                let message = format!(
                    "`{}` is already given a meaning in {}: keep one of them",
                    text.text, first.place
                );
                faults.push(fault(&text.place, message));
            } else {
                seen.insert(words, text);
            }
        }
    }
}

/// Whether some function of the expression adds rows up.
fn aggregates(sql: &str) -> bool {
    const NAMES: [&str; 20] = [
        "sum",
        "count",
        "avg",
        "min",
        "max",
        "total",
        "countif",
        "count_if",
        "sumif",
        "stddev",
        "stddev_pop",
        "stddev_samp",
        "variance",
        "var_pop",
        "var_samp",
        "median",
        "max_by",
        "min_by",
        "any_value",
        "corr",
    ];
    let lower = sql.to_lowercase();
    let words = lower.match_indices('(').filter_map(|(at, _)| {
        let before = lower.get(..at)?.trim_end();
        before.rsplit(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next()
    });
    words.into_iter().any(|word| {
        NAMES.contains(&word)
            || word.starts_with("approx_")
            || word.starts_with("percentile_")
            || word.ends_with("_agg")
    })
}
