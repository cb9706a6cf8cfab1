//! What of a table is searched, and how strongly each term speaks for it.

use std::collections::{BTreeMap, HashMap};

use sqlatte_providers::{ColumnSchema, TableSchema};

use super::{terms, weights::Weights};
use crate::text::singular;

/// Longest sample value whose words are searched, in bytes: longer ones are prose.
const LONGEST_VALUE: usize = 60;
/// Tables that have a word in their names before it is looked for inside longer words.
const KNOWN_FROM: u32 = 3;
/// A longer word that so many tables have is a word of its own.
const OWN_FROM: u32 = 40;
/// What a second column with the same word adds.
const SECOND_COLUMN: f32 = 0.05;
/// How surely the table's word and the column's belong together, as in "student name", against two of one name.
const TABLE_AND_COLUMN: f32 = 0.7;

/// The terms of one table.
#[derive(Debug)]
pub(super) struct Fields {
    /// The words of its own name.
    pub(super) name: Vec<String>,
    /// How strongly each term speaks for it, from 0 to about 2.
    pub(super) strengths: BTreeMap<String, f32>,
}

/// The evidence of one term before it is saturated.
#[derive(Debug, Default)]
struct Evidence {
    name: f32,
    column: f32,
    other: f32,
}

/// Reads a table.
pub(super) fn of_table(schema: &TableSchema, known: &KnownWords, weights: &Weights) -> Fields {
    let mut found: BTreeMap<String, Evidence> = BTreeMap::new();
    let name = terms::of_name(&schema.table.name);
    let share = share(&name, weights.name_length);
    for (term, strength) in of_words(&name, share, known, weights) {
        found.entry(term).or_default().name += strength * weights.name;
    }
    for place in [&schema.table.schema, &schema.table.catalog].into_iter().flatten() {
        for word in terms::of_name(place) {
            found.entry(word).or_default().other += weights.schema_name;
        }
    }
    let comments = schema.columns.iter().filter_map(|column| column.comment.as_deref());
    for comment in comments.chain(schema.table.comment.as_deref()) {
        for word in terms::of_text(comment) {
            found.entry(word).or_default().other += weights.comment;
        }
    }
    for column in &schema.columns {
        add_column(&mut found, column, name.last(), known, weights);
    }
    let strengths = found.into_iter().map(|(term, evidence)| {
        let sum = evidence.name + evidence.column + evidence.other;
        (term, sum * (1.0 + weights.saturation) / (sum + weights.saturation))
    });
    Fields { name, strengths: strengths.collect() }
}

fn add_column(
    found: &mut BTreeMap<String, Evidence>,
    column: &ColumnSchema,
    of_table: Option<&String>,
    known: &KnownWords,
    weights: &Weights,
) {
    let words = terms::of_name(&column.name);
    let share = share(&words, weights.column_length);
    for (term, strength) in of_words(&words, share, known, weights) {
        let evidence = &mut found.entry(term).or_default().column;
        *evidence = evidence.max(strength * weights.column) + SECOND_COLUMN;
    }
    for (table, word) in of_table.into_iter().flat_map(|table| words.iter().map(move |word| (table, word))) {
        if table != word {
            let evidence = &mut found.entry(terms::pair(table, word)).or_default().column;
            *evidence = evidence.max(weights.column * weights.pair * TABLE_AND_COLUMN);
        }
    }
    for sample in column.samples.iter().filter(|sample| sample.len() <= LONGEST_VALUE) {
        for word in terms::of_text(sample) {
            let evidence = &mut found.entry(word).or_default().other;
            *evidence = evidence.max(weights.value);
        }
    }
}

/// The terms of a name, each with its strength: its words, the words inside them, its pairs, and all as one word.
fn of_words(words: &[String], share: f32, known: &KnownWords, weights: &Weights) -> Vec<(String, f32)> {
    let single = words.iter().map(|word| (word.clone(), share));
    let inside = words.iter().filter_map(|word| known.parts(word)).flatten();
    let inside = inside.map(|word| (word, share * weights.part));
    let pairs = terms::pairs(words).map(|pair| (pair, weights.pair));
    let whole = (words.len() > 1).then(|| (words.concat(), 1.0));
    single.chain(inside).chain(pairs).chain(whole).collect()
}

/// What one word of a name says: less in a longer name.
#[expect(clippy::cast_precision_loss, reason = "a name has few words")]
fn share(words: &[String], power: f32) -> f32 {
    1.0 / (words.len().max(1) as f32).powf(power)
}

/// The words of all names of tables and columns, with how many tables have them.
#[derive(Debug, Default)]
pub(super) struct KnownWords(HashMap<String, u32>);

impl KnownWords {
    pub(super) fn of(tables: &[TableSchema]) -> Self {
        let mut known: HashMap<String, u32> = HashMap::new();
        for table in tables {
            let names = table.columns.iter().map(|column| &column.name).chain([&table.table.name]);
            let mut words: Vec<String> = names.flat_map(|name| terms::of_name(name)).collect();
            words.sort_unstable();
            words.dedup();
            for word in words {
                *known.entry(word).or_default() += 1;
            }
        }
        KnownWords(known)
    }

    /// The two known words that a word is made of, as in `lastname`; the first as long as can be.
    fn parts(&self, word: &str) -> Option<[String; 2]> {
        let tables = |word: &str| self.0.get(word).copied().unwrap_or(0);
        if word.len() < 6 || !word.is_ascii() || tables(word) >= OWN_FROM {
            return None;
        }
        (3..=word.len() - 2).rev().find_map(|at| {
            let (first, rest) = word.split_at(at);
            let second = singular(rest);
            let whole = rest.len() > 2 || matches!(rest, "id" | "no");
            let both = whole && tables(first) >= KNOWN_FROM && tables(&second) >= KNOWN_FROM;
            both.then(|| [first.to_owned(), second])
        })
    }
}

/// The single words of names and comments of a table.
pub(super) fn words_of_names(schema: &TableSchema, known: &KnownWords) -> impl Iterator<Item = String> {
    let table = &schema.table;
    let places = [&table.schema, &table.catalog].into_iter().flatten();
    let names = schema.columns.iter().map(|column| &column.name).chain([&table.name]);
    let comments = schema.columns.iter().filter_map(|column| column.comment.as_ref()).chain(&table.comment);
    let words = names.flat_map(|name| terms::of_name(name)).flat_map(|word| {
        let parts = known.parts(&word).into_iter().flatten();
        parts.chain([word]).collect::<Vec<_>>()
    });
    words
        .chain(places.flat_map(|name| terms::of_name(name)))
        .chain(comments.flat_map(|text| terms::of_text(text)))
}
