//! Which columns of some tables are shown where there is no room for all of them.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use sqlatte_providers::{ColumnSchema, TableSchema};

use super::schema_text::{Detail, head, line, shortened};
use crate::text::{singular, split_identifier};

/// Shorter words of a question are not looked for in columns.
const SHORTEST_WORD: usize = 3;
/// Bytes of the line that counts what is left out of a table.
const COUNT: usize = 28;

/// For each column of some tables, whether it is shown.
pub(crate) type Shown = Vec<Vec<bool>>;

/// The columns of all tables together that `budget` bytes of text hold beside what is said of the tables themselves:
/// keys first, then what the question names, then the others; the tables take turns.
pub(crate) fn fit(tables: &[TableSchema], budget: usize, question: &str) -> Shown {
    let words = split_identifier(question).into_iter().filter(|word| word.chars().count() >= SHORTEST_WORD);
    let words: HashSet<String> = words.map(|word| singular(&word)).collect();
    let mut left = budget;
    let mut order = Vec::new();
    for (table, schema) in tables.iter().enumerate() {
        left = left.saturating_sub(shortened(&head(schema, Detail::Whole)).len() + COUNT);
        let mut turns: HashMap<Rank, usize> = HashMap::new();
        for (at, column) in schema.columns.iter().enumerate() {
            let rank = rank(schema, column, &words);
            let turn = turns.entry(rank).or_default();
            order.push((rank, *turn, table, at));
            *turn += 1;
        }
    }
    order.sort_unstable();

    let mut shown: Shown = tables.iter().map(|schema| vec![false; schema.columns.len()]).collect();
    for (_, _, table, at) in order {
        let Some((schema, shown)) = tables.get(table).zip(shown.get_mut(table)) else { continue };
        let Some(column) = schema.columns.get(at) else { continue };
        let length = shortened(&line(schema, column, Detail::Whole)).len();
        if let Some(shown) = shown.get_mut(at).filter(|_| length <= left) {
            left -= length;
            *shown = true;
        }
    }
    shown
}

/// How early a column is shown, the least first: keys and what the table is laid out by; what the question names, the
/// more of its words the earlier; what is said of it in words of the question; the rest.
type Rank = (u8, Reverse<usize>);

fn rank(schema: &TableSchema, column: &ColumnSchema, words: &HashSet<String>) -> Rank {
    let layout = schema.layout.partitioned_by.iter().chain(&schema.layout.clustered_by);
    let keys = schema.foreign_keys.iter().flat_map(|key| &key.columns).chain(&schema.primary_key);
    if layout.chain(keys).any(|name| *name == column.name) {
        return (0, Reverse(0));
    }
    let asked =
        |text: &str| split_identifier(text).iter().filter(|word| words.contains(&singular(word))).count();
    let named = asked(&column.name);
    if named > 0 || column.samples.iter().any(|sample| asked(sample) > 0) {
        return (1, Reverse(named));
    }
    let described = column.comment.as_deref().map_or(0, asked);
    (if described > 0 { 2 } else { 3 }, Reverse(described))
}

#[cfg(test)]
mod tests {
    use sqlatte_providers::{ColumnType, TableRef};

    use super::*;
    use crate::ask::schema_text;

    /// A table of these columns, each of them said to hold something very long.
    fn table(name: &str, columns: usize) -> TableSchema {
        let mut table = TableRef::new(name);
        table.comment = Some("ü".repeat(5_000));
        let mut schema = TableSchema::new(table);
        for at in 0..columns {
            let mut column = ColumnSchema::new(format!("c{at}"), "text", ColumnType::Text);
            column.comment = Some("ü".repeat(5_000));
            schema.columns.push(column);
        }
        schema
    }

    #[test]
    fn what_is_too_long_is_cut_where_one_sees_it() {
        let tables = [table("one", 9), table("two", 2)];
        let shown = fit(&tables, 3_000, "anything");
        let text = schema_text(&tables, Detail::Whole, Some(&shown));
        assert!(text.len() <= 3_000, "{} bytes", text.len());
        let count = |shown: &[bool]| shown.iter().filter(|shown| **shown).count();
        assert_eq!(shown.iter().map(|shown| count(shown)).collect::<Vec<_>>(), [5, 2]);
        assert!(text.contains("Table: two\n  -- ü") && text.contains("  c4 text -- ü"), "{text}");
        assert_eq!((text.matches("ü…\n").count(), text.matches("… and 4 more columns\n").count()), (9, 1));
    }

    #[test]
    fn no_room_at_all_still_names_the_tables() {
        let tables = [table("one", 3)];
        let text = schema_text(&tables, Detail::Shape, Some(&fit(&tables, 0, "")));
        assert_eq!(text, "Table: one\n  … and 3 more columns\n");
    }
}
