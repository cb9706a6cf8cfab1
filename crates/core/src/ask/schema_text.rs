use std::{collections::HashSet, fmt::Write};

use sqlatte_providers::{ColumnSchema, Layout, TableKind, TableSchema};

use crate::text::{singular, split_identifier};

/// Shorter words of a question are not looked for in columns.
const SHORTEST_WORD: usize = 3;

/// A table wider than all the room there is gets half of it, and this many bytes at least.
const NARROWEST: usize = 1_000;

/// What is said of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// All that the database says.
    Whole,
    /// Names, types and keys: nothing that may quote a row, as comments, defaults and sample values may.
    Shape,
}

/// Tables as text: one line a column.
pub(crate) fn schema_text(tables: &[TableSchema], detail: Detail) -> String {
    let mut text = String::new();
    for table in tables {
        describe(&mut text, table, detail);
    }
    text
}

/// The bytes that a table takes, which whole would take `length`.
pub(crate) fn room(length: usize, budget: usize) -> usize {
    if length <= budget { length } else { (budget / 2).max(NARROWEST) }
}

/// Tables as text: of one wider than `budget` bytes the keys, the columns that the question names, then the others as
/// far as there is [`room`]; what is left out is counted.
pub(crate) fn schema_text_within(
    tables: &[TableSchema],
    detail: Detail,
    budget: usize,
    question: &str,
) -> String {
    let words = split_identifier(question).into_iter().filter(|word| word.chars().count() >= SHORTEST_WORD);
    let words: HashSet<String> = words.map(|word| singular(&word)).collect();
    let mut text = String::new();
    for table in tables {
        let whole = schema_text(std::slice::from_ref(table), detail);
        if whole.len() <= budget {
            text.push_str(&whole);
        } else {
            narrowed(&mut text, table, detail, room(whole.len(), budget), &words);
        }
    }
    text
}

/// A table with the columns that there is room for, in their own order; one at least.
fn narrowed(text: &mut String, schema: &TableSchema, detail: Detail, budget: usize, words: &HashSet<String>) {
    let began = text.len();
    head(text, schema, detail);
    let lines: Vec<String> = schema.columns.iter().map(|column| line(schema, column, detail)).collect();
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|at| schema.columns.get(*at).map(|column| rank(schema, column, words)));

    let mut left = budget.saturating_sub(text.len() - began);
    let mut shown = HashSet::new();
    for at in order {
        let length = lines.get(at).map_or(0, String::len);
        if length <= left || shown.is_empty() {
            left = left.saturating_sub(length);
            shown.insert(at);
        }
    }
    lines.iter().enumerate().filter(|(at, _)| shown.contains(at)).for_each(|(_, line)| text.push_str(line));
    let more = lines.len() - shown.len();
    if more > 0 {
        let _ = writeln!(text, "  … and {more} more column{}", if more == 1 { "" } else { "s" });
    }
}

/// How early a column of a wide table is shown: keys and what the table is laid out by, what the question names, the
/// rest.
fn rank(schema: &TableSchema, column: &ColumnSchema, words: &HashSet<String>) -> u8 {
    let layout = schema.layout.partitioned_by.iter().chain(&schema.layout.clustered_by);
    let keys = schema.foreign_keys.iter().flat_map(|key| &key.columns).chain(&schema.primary_key);
    if layout.chain(keys).any(|name| *name == column.name) {
        return 0;
    }
    let named = |text: &str| split_identifier(text).iter().any(|word| words.contains(&singular(word)));
    if named(&column.name) || column.samples.iter().any(|sample| named(sample)) {
        return 1;
    }
    2 + u8::from(!column.comment.as_deref().is_some_and(named))
}

fn describe(text: &mut String, schema: &TableSchema, detail: Detail) {
    head(text, schema, detail);
    schema.columns.iter().for_each(|column| text.push_str(&line(schema, column, detail)));
}

/// Writing to a `String` cannot fail, so its results are dropped.
fn head(text: &mut String, schema: &TableSchema, detail: Detail) {
    let table = &schema.table;
    let what = if table.kind == TableKind::Table { "Table" } else { "View" };
    // The name stands alone on its line, so that the text can be sent back to say which tables are meant.
    let _ = writeln!(text, "{what}: {table}");
    if let Some(comment) = table.comment.as_ref().filter(|_| detail == Detail::Whole) {
        let _ = writeln!(text, "  -- {}", one_line(comment));
    }
    if let Some(rows) = table.rows_estimate {
        let _ = writeln!(text, "  -- about {rows} rows");
    }
    layout(text, &schema.layout);
}

fn line(schema: &TableSchema, column: &ColumnSchema, detail: Detail) -> String {
    let kind = match detail {
        Detail::Whole => column.database_type.as_str(),
        // An enumeration lists its values.
        Detail::Shape => {
            column.database_type.split(['\'', '"']).next().unwrap_or_default().trim_end_matches('(')
        }
    };
    let mut text = format!("  {} {kind}", column.name);
    if schema.primary_key.contains(&column.name) {
        text.push_str(" primary key");
    } else if !column.nullable {
        text.push_str(" not null");
    }
    if let Some(default) = column.default.as_ref().filter(|_| detail == Detail::Whole) {
        let _ = write!(text, " default {}", one_line(default));
    }
    for key in schema.foreign_keys.iter().filter(|key| key.columns.first() == Some(&column.name)) {
        let _ = write!(text, " references {}({})", key.references, key.referenced_columns.join(", "));
    }
    if let Some(comment) = column.comment.as_ref().filter(|_| detail == Detail::Whole) {
        let _ = write!(text, " -- {}", one_line(comment));
    }
    if !column.samples.is_empty() && detail == Detail::Whole {
        let samples: Vec<String> =
            column.samples.iter().map(|sample| format!("{:?}", one_line(sample))).collect();
        let _ = write!(text, " values: {}", samples.join(", "));
    }
    text.push('\n');
    text
}

fn layout(text: &mut String, layout: &Layout) {
    if !layout.partitioned_by.is_empty() {
        let columns = layout.partitioned_by.join(", ");
        let filter =
            if layout.filter_required { "queries must filter by it" } else { "filter by it to read less" };
        let _ = writeln!(text, "  -- partitioned by {columns}: {filter}");
    }
    if !layout.clustered_by.is_empty() {
        let _ = writeln!(text, "  -- clustered by {}", layout.clustered_by.join(", "));
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
