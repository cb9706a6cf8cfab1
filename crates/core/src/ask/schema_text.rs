use std::fmt::Write;

use sqlatte_providers::{Layout, TableKind, TableSchema};

/// Tables as text: one line a column.
pub(crate) fn schema_text(tables: &[TableSchema]) -> String {
    let mut text = String::new();
    for table in tables {
        describe(&mut text, table);
    }
    text
}

/// Writing to a `String` cannot fail, so its results are dropped.
fn describe(text: &mut String, schema: &TableSchema) {
    let table = &schema.table;
    let what = if table.kind == TableKind::Table { "Table" } else { "View" };
    // The name stands alone on its line, so that the text can be sent back to say which tables are meant.
    let _ = writeln!(text, "{what}: {table}");
    if let Some(comment) = &table.comment {
        let _ = writeln!(text, "  -- {}", one_line(comment));
    }
    if let Some(rows) = table.rows_estimate {
        let _ = writeln!(text, "  -- about {rows} rows");
    }
    layout(text, &schema.layout);
    for column in &schema.columns {
        let _ = write!(text, "  {} {}", column.name, column.database_type);
        if schema.primary_key.contains(&column.name) {
            text.push_str(" primary key");
        } else if !column.nullable {
            text.push_str(" not null");
        }
        if let Some(default) = &column.default {
            let _ = write!(text, " default {}", one_line(default));
        }
        for key in schema.foreign_keys.iter().filter(|key| key.columns.first() == Some(&column.name)) {
            let _ = write!(text, " references {}({})", key.references, key.referenced_columns.join(", "));
        }
        if let Some(comment) = &column.comment {
            let _ = write!(text, " -- {}", one_line(comment));
        }
        if !column.samples.is_empty() {
            let samples: Vec<String> =
                column.samples.iter().map(|sample| format!("{:?}", one_line(sample))).collect();
            let _ = write!(text, " values: {}", samples.join(", "));
        }
        text.push('\n');
    }
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
