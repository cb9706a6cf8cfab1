use std::fmt::Write;

use sqlatte_providers::{ColumnSchema, Layout, TableKind, TableSchema};

use super::columns::Shown;

/// What is said of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// All that the database says.
    Whole,
    /// Names, types and keys: nothing that may quote a row, as comments, defaults and sample values may.
    Shape,
}

/// Bytes of a line, and of a table's comment, where not all columns are shown; longer ones are cut where one sees it.
const LONGEST_LINE: usize = 300;

/// Tables as text: one line a column. Where not all columns are `shown`, those that are not are counted.
pub(crate) fn schema_text(tables: &[TableSchema], detail: Detail, shown: Option<&Shown>) -> String {
    let mut text = String::new();
    for (at, table) in tables.iter().enumerate() {
        match shown.and_then(|shown| shown.get(at)) {
            Some(shown) => describe_some(&mut text, table, detail, shown),
            None => {
                text.push_str(&head(table, detail));
                table.columns.iter().for_each(|column| text.push_str(&line(table, column, detail)));
            }
        }
    }
    text
}

fn describe_some(text: &mut String, table: &TableSchema, detail: Detail, shown: &[bool]) {
    text.push_str(&shortened(&head(table, detail)));
    for (column, _) in table.columns.iter().zip(shown).filter(|(_, shown)| **shown) {
        text.push_str(&shortened(&line(table, column, detail)));
    }
    let more = shown.iter().filter(|shown| !**shown).count();
    if more > 0 {
        let _ = writeln!(text, "  … and {more} more column{}", if more == 1 { "" } else { "s" });
    }
}

/// Lines without what is too much of each; names stay whole.
pub(super) fn shortened(lines: &str) -> String {
    let mut text = String::new();
    for line in lines.split_inclusive('\n') {
        if line.len() <= LONGEST_LINE || !line.starts_with(' ') {
            text.push_str(line);
        } else {
            let _ = writeln!(text, "{}…", &line[..line.floor_char_boundary(LONGEST_LINE)]);
        }
    }
    text
}

/// Writing to a `String` cannot fail, so its results are dropped.
pub(super) fn head(schema: &TableSchema, detail: Detail) -> String {
    let table = &schema.table;
    let mut text = String::new();
    let what = if table.kind == TableKind::Table { "Table" } else { "View" };
    // The name stands alone on its line, so that the text can be sent back to say which tables are meant.
    let _ = writeln!(text, "{what}: {table}");
    if let Some(comment) = table.comment.as_ref().filter(|_| detail == Detail::Whole) {
        let _ = writeln!(text, "  -- {}", one_line(comment));
    }
    if let Some(rows) = table.rows_estimate {
        let _ = writeln!(text, "  -- about {rows} rows");
    }
    layout(&mut text, &schema.layout);
    text
}

pub(super) fn line(schema: &TableSchema, column: &ColumnSchema, detail: Detail) -> String {
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
