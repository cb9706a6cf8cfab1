//! Questions to start with that any model can answer on these tables.

use sqlatte_providers::{ColumnSchema, ColumnType, TableSchema};

use crate::Schema;

/// What can be asked of a table that has a column for it.
type Asked = fn(&TableSchema) -> Option<String>;

/// How columns end whose values hardly ever come twice.
const LABELS: [&str; 6] = ["name", "title", "email", "phone", "description", "address"];

const ASKED: [Asked; 3] = [per_month, by_value, average];

/// A question for each of the first tables, of another kind than that of the table before where it can be.
pub(super) fn starters(schema: &Schema, count: usize) -> Vec<String> {
    let of_table = |(at, table): (usize, &TableSchema)| {
        let kinds = ASKED.iter().cycle().skip(at % ASKED.len()).take(ASKED.len());
        let mut questions = kinds.filter_map(|kind| kind(table));
        questions.next().unwrap_or_else(|| format!("How many rows does {} have?", words(&table.table.name)))
    };
    schema.tables.iter().enumerate().take(count).map(of_table).collect()
}

fn per_month(table: &TableSchema) -> Option<String> {
    let dated = |column: &&ColumnSchema| {
        matches!(column.kind, ColumnType::Date | ColumnType::Timestamp | ColumnType::TimestampTz)
    };
    let column = table.columns.iter().find(dated)?;
    Some(format!("How many {} per month, by {}?", words(&table.table.name), words(&column.name)))
}

fn by_value(table: &TableSchema) -> Option<String> {
    // Names are of one row each, however few there are.
    let is_label = |name: &str| LABELS.iter().any(|label| name.to_lowercase().ends_with(label));
    let sorted = |column: &&ColumnSchema| match column.kind {
        ColumnType::Boolean => true,
        ColumnType::Text => !column.samples.is_empty() && !is_label(&column.name),
        _ => false,
    };
    let column = table.columns.iter().find(sorted)?;
    Some(format!("How many {} for each {}?", words(&table.table.name), words(&column.name)))
}

fn average(table: &TableSchema) -> Option<String> {
    let figure = |column: &&ColumnSchema| matches!(column.kind, ColumnType::Decimal | ColumnType::Float);
    let column = table.columns.iter().find(figure)?;
    Some(format!("What is the average {} in {}?", words(&column.name), words(&table.table.name)))
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use sqlatte_providers::TableRef;

    use super::*;

    fn table(name: &str, columns: &[(&str, ColumnType)]) -> TableSchema {
        let column = |&(name, kind): &(&str, ColumnType)| ColumnSchema {
            samples: if matches!(name, "status" | "first_name") {
                vec!["open".to_owned()]
            } else {
                Vec::new()
            },
            ..ColumnSchema::new(name, "", kind)
        };
        let mut schema = TableSchema::new(TableRef::new(name));
        schema.columns = columns.iter().map(column).collect();
        schema
    }

    #[test]
    fn they_ask_what_the_columns_can_answer() {
        let all = [
            ("id", ColumnType::Integer),
            ("first_name", ColumnType::Text),
            ("status", ColumnType::Text),
            ("ordered_at", ColumnType::Timestamp),
            ("total_amount", ColumnType::Decimal),
        ];
        let schema = Schema::new(vec![
            table("orders", &all),
            table("orders", &all),
            table("orders", &all),
            table("order_items", &all[4..]),
            table("inventory", &all[..2]),
        ]);
        let questions = [
            "How many orders per month, by ordered at?",
            "How many orders for each status?",
            "What is the average total amount in orders?",
            "What is the average total amount in order items?",
            "How many rows does inventory have?",
        ];
        assert_eq!(starters(&schema, 9), questions);
        assert_eq!(starters(&schema, 1), questions[..1]);
    }
}
