//! Which tables belong together by keys, declared or inferred.

use std::collections::HashMap;

use sqlatte_providers::TableSchema;

use super::terms;

/// For each table the tables that a key leads to or comes from, in order.
///
/// `schema_of` says which schema each table is in: a key is inferred within one only.
pub(super) fn neighbours(tables: &[TableSchema], schema_of: &[u32]) -> Vec<Box<[u32]>> {
    let mut near = vec![Vec::new(); tables.len()];
    let mut by_name: HashMap<String, u32> = HashMap::new();
    for (at, table) in (0..).zip(tables) {
        by_name.entry(table.table.to_string().to_lowercase()).or_insert(at);
    }
    let keys = names_of_keys(tables, schema_of);
    for ((at, table), &schema) in (0..).zip(tables).zip(schema_of) {
        let declared =
            table.foreign_keys.iter().map(|key| by_name.get(&key.references.to_lowercase()).copied());
        let undeclared = table.columns.iter().filter(|column| {
            let own = table.primary_key == [column.name.as_str()];
            !own && !table.foreign_keys.iter().any(|key| key.columns.contains(&column.name))
        });
        let inferred = undeclared
            .map(|column| keys.get(&(schema, terms::of_name(&column.name).concat())).copied().flatten());
        for to in declared.chain(inferred).flatten().filter(|to| *to != at) {
            link(&mut near, at, to);
            link(&mut near, to, at);
        }
    }
    let sorted = near.into_iter().map(|mut tables| {
        tables.sort_unstable();
        tables.dedup();
        tables.into_boxed_slice()
    });
    sorted.collect()
}

fn link(near: &mut [Vec<u32>], from: u32, to: u32) {
    if let Some(tables) = near.get_mut(from as usize) {
        tables.push(to);
    }
}

/// The names under which other tables keep the key of a table: `customer_id` for `customers.id`, and a key's own name
/// where it says whose it is. A name that could mean two tables means none.
fn names_of_keys(tables: &[TableSchema], schema_of: &[u32]) -> HashMap<(u32, String), Option<u32>> {
    let mut names: HashMap<(u32, String), Option<u32>> = HashMap::new();
    for ((at, table), &schema) in (0..).zip(tables).zip(schema_of) {
        let own = terms::of_name(&table.table.name).concat();
        let Some(key) = key_of(table, &own) else { continue };
        let words = terms::of_name(key);
        let name = match words.as_slice() {
            [word] if matches!(word.as_str(), "id" | "key" | "code" | "no" | "number") => own + word,
            // `pid` and the like say whose they are only to those who know
            [word] if word.len() <= 3 || !word.ends_with("id") => continue,
            words => words.concat(),
        };
        names.entry((schema, name)).and_modify(|known| *known = None).or_insert(Some(at));
    }
    names
}

/// The column that is a table's key: declared, or called `id` or after the table where none is.
fn key_of<'a>(table: &'a TableSchema, own: &str) -> Option<&'a str> {
    match table.primary_key.as_slice() {
        [key] => Some(key),
        [] => {
            let named = |wanted: &str| {
                let mut columns = table.columns.iter().map(|column| column.name.as_str());
                columns.find(|name| terms::of_name(name).concat() == wanted)
            };
            named("id").or_else(|| named(&format!("{own}id")))
        }
        _ => None,
    }
}
