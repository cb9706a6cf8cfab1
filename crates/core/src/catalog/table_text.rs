use sqlatte_providers::TableSchema;

use crate::text::split_identifier;

/// The longest text of a table, in bytes: about 600 tokens, which nearly every model takes.
const LONGEST: usize = 2_000;
/// The most bytes of it that the table's own comment may take.
const LONGEST_COMMENT: usize = 500;

/// What is said of a table to whoever embeds it: its name in words, its comment, the names of its columns, and their
/// comments as far as there is room. Comments may quote rows, and are left out in private; sample values always are.
pub(super) fn table_text(schema: &TableSchema, private: bool) -> String {
    let comment = |text: &Option<String>| text.clone().filter(|text| !private && !text.trim().is_empty());
    let mut text = words(&schema.table.name);
    if let Some(place) = &schema.table.schema {
        text.push_str(&format!(" ({})", words(place)));
    }
    if let Some(comment) = comment(&schema.table.comment) {
        text.push_str(": ");
        text.push_str(&comment[..comment.floor_char_boundary(LONGEST_COMMENT)]);
    }
    let names: Vec<String> = schema.columns.iter().map(|column| words(&column.name)).collect();
    if !names.is_empty() {
        text.push('\n');
        text.push_str(&names.join(", "));
    }
    for (column, name) in schema.columns.iter().zip(&names) {
        if let Some(comment) = comment(&column.comment) {
            text.push_str(&format!("\n{name}: {comment}"));
        }
    }
    text.truncate(text.floor_char_boundary(LONGEST));
    text
}

/// A name in words, as people would say it.
fn words(name: &str) -> String {
    let words = split_identifier(name).join(" ");
    if words.is_empty() { name.to_owned() } else { words }
}

#[cfg(test)]
mod tests {
    use sqlatte_providers::{ColumnSchema, ColumnType, TableRef};

    use super::*;

    fn table(columns: usize) -> TableSchema {
        let mut table = TableRef::new("staffMembers");
        table.schema = Some("hr_data".to_owned());
        table.comment = Some("Everybody who works for us".to_owned());
        let mut schema = TableSchema::new(table);
        for at in 0..columns {
            let mut column = ColumnSchema::new(format!("hired_on_{at}"), "text", ColumnType::Text);
            column.samples = vec!["SAMPLE".to_owned()];
            column.default = Some("DEFAULT".to_owned());
            column.comment = Some("día del contrato ☕".to_owned());
            schema.columns.push(column);
        }
        schema
    }

    #[test]
    fn says_names_and_comments_and_never_a_value() {
        assert_eq!(
            table_text(&table(1), false),
            "staff members (hr data): Everybody who works for us\nhired on 0\nhired on 0: día del contrato ☕"
        );
        assert_eq!(table_text(&table(2), true), "staff members (hr data)\nhired on 0, hired on 1");
    }

    #[test]
    fn a_text_has_bounds() {
        for columns in 0..200 {
            let mut schema = table(columns);
            schema.table.comment = Some("☕".repeat(columns * 10));
            assert!(table_text(&schema, false).len() <= LONGEST);
        }
        let mut odd = TableSchema::new(TableRef::new("___"));
        assert_eq!(table_text(&odd, false), "___");
        odd.table.name = String::new();
        assert_eq!(table_text(&odd, false), "");
    }
}
