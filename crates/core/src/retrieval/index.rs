use std::{collections::HashMap, mem::size_of};

use sqlatte_providers::TableSchema;

use super::{
    fields::{self, Fields, KnownWords},
    graph,
    weights::{WEIGHTS, Weights},
};
use crate::text;

/// What is kept of a catalogue to find tables in it.
///
/// Made once for each reading of the catalogue. It keeps words, not descriptions: less than 1 kB a table.
#[derive(Debug)]
pub struct TableIndex {
    pub(super) weights: Weights,
    /// Every term, in order; its place here is its number.
    terms: Vec<Box<str>>,
    /// Whether a name or comment holds the term; those of values only are not guessed at.
    in_names: Vec<bool>,
    /// The stems of the terms of names, in order.
    stems: Vec<(Box<str>, u32)>,
    /// Where the postings of each term begin; one more at the end.
    starts: Vec<u32>,
    postings: Vec<Posting>,
    /// The terms of each table's name.
    pub(super) names: Vec<Box<[u32]>>,
    /// The schema of each table.
    pub(super) schema_of: Vec<u32>,
    /// The tables of each schema.
    pub(super) schemas: Vec<Vec<u32>>,
    /// The tables that keys join to each table.
    pub(super) near: Vec<Box<[u32]>>,
}

/// A table that holds a term.
#[derive(Debug, Clone, Copy)]
pub(super) struct Posting {
    pub(super) table: u32,
    /// How strongly the term speaks for it.
    pub(super) strength: f32,
}

impl TableIndex {
    /// The index of these tables. Tables without columns are found by their names and comments alone.
    pub fn new(tables: &[TableSchema]) -> Self {
        Self::weighted(tables, WEIGHTS)
    }

    pub(super) fn weighted(tables: &[TableSchema], weights: Weights) -> Self {
        let known = KnownWords::of(tables);
        let fields: Vec<Fields> =
            tables.iter().map(|table| fields::of_table(table, &known, &weights)).collect();
        let mut terms: Vec<Box<str>> = fields
            .iter()
            .flat_map(|fields| fields.strengths.keys().map(|term| Box::from(term.as_str())))
            .collect();
        terms.sort_unstable();
        terms.dedup();
        let number = |term: &str| number(&terms, term);

        let mut found: Vec<(u32, Posting)> = Vec::new();
        for (table, fields) in (0..).zip(&fields) {
            let numbered =
                fields.strengths.iter().filter_map(|(term, &strength)| Some((number(term)?, strength)));
            found.extend(numbered.map(|(term, strength)| (term, Posting { table, strength })));
        }
        found.sort_unstable_by_key(|(term, posting)| (*term, posting.table));
        let starts =
            (0..=terms.len()).map(|term| found.partition_point(|(other, _)| (*other as usize) < term));
        let starts = starts.map(|start| u32::try_from(start).unwrap_or(u32::MAX)).collect();

        let names = fields.iter().map(|fields| fields.name.iter().filter_map(|word| number(word)).collect());
        let names = names.collect();
        let in_names = terms_of_names(tables, &known, &terms);
        let mut stems: Vec<(Box<str>, u32)> = (0..)
            .zip(terms.iter().zip(&in_names))
            .filter(|(_, (_, in_names))| **in_names)
            .map(|(id, (term, _))| (text::stem(term).into_boxed_str(), id))
            .collect();
        stems.sort_unstable();
        let (schema_of, schemas) = schemas(tables);
        TableIndex {
            weights,
            in_names,
            stems,
            starts,
            postings: found.into_iter().map(|(_, posting)| posting).collect(),
            names,
            near: graph::neighbours(tables, &schema_of),
            schema_of,
            schemas,
            terms,
        }
    }

    /// How many tables are in it.
    pub fn len(&self) -> usize {
        self.schema_of.len()
    }

    /// Whether there is nothing to find.
    pub fn is_empty(&self) -> bool {
        self.schema_of.is_empty()
    }

    /// About how much memory it takes, in bytes.
    pub fn bytes(&self) -> usize {
        let text = |words: usize| words * size_of::<Box<str>>();
        text(self.terms.len())
            + self.terms.iter().map(|term| term.len()).sum::<usize>()
            + self.in_names.len()
            + self.stems.len() * size_of::<(Box<str>, u32)>()
            + self.stems.iter().map(|(stem, _)| stem.len()).sum::<usize>()
            + self.starts.len() * size_of::<u32>()
            + self.postings.len() * size_of::<Posting>()
            + self.len() * (2 * size_of::<Box<[u32]>>() + 2 * size_of::<u32>())
            + self.names.iter().chain(&self.near).map(|ids| ids.len() * size_of::<u32>()).sum::<usize>()
    }

    /// The number of a term.
    pub(super) fn term(&self, term: &str) -> Option<u32> {
        number(&self.terms, term)
    }

    /// The tables that hold a term, in order.
    pub(super) fn postings(&self, term: u32) -> &[Posting] {
        let place = |at: usize| self.starts.get(at).map_or(0, |&start| start as usize);
        self.postings.get(place(term as usize)..place(term as usize + 1)).unwrap_or_default()
    }

    /// The terms of names with this stem.
    pub(super) fn with_stem<'a>(&'a self, stem: &'a str) -> impl Iterator<Item = u32> + 'a {
        let first = self.stems.partition_point(|(other, _)| &**other < stem);
        self.stems.iter().skip(first).take_while(move |(other, _)| &**other == stem).map(|(_, id)| *id)
    }

    /// The terms of names, single words, that begin with this letter.
    pub(super) fn beginning_with(&self, letter: char) -> impl Iterator<Item = (&str, u32)> {
        let first = self.terms.partition_point(|term| term.chars().next() < Some(letter));
        (first..)
            .zip(self.terms.iter().zip(&self.in_names).skip(first))
            .take_while(move |(_, (term, _))| term.starts_with(letter))
            .filter(|(_, (_, in_names))| **in_names)
            .filter_map(|(id, (term, _))| Some((&**term, u32::try_from(id).ok()?)))
    }
}

fn number(terms: &[Box<str>], term: &str) -> Option<u32> {
    terms.binary_search_by(|other| (**other).cmp(term)).ok().and_then(|at| u32::try_from(at).ok())
}

/// Which terms are single words of names and comments.
fn terms_of_names(tables: &[TableSchema], known: &KnownWords, terms: &[Box<str>]) -> Vec<bool> {
    let mut in_names = vec![false; terms.len()];
    for table in tables {
        for word in fields::words_of_names(table, known) {
            if let Some(slot) = number(terms, &word).and_then(|id| in_names.get_mut(id as usize)) {
                *slot = true;
            }
        }
    }
    in_names
}

/// The schema of each table, and the tables of each schema.
fn schemas(tables: &[TableSchema]) -> (Vec<u32>, Vec<Vec<u32>>) {
    let mut numbers: HashMap<(Option<&str>, Option<&str>), u32> = HashMap::new();
    let mut schemas: Vec<Vec<u32>> = Vec::new();
    let mut schema_of = Vec::with_capacity(tables.len());
    for (at, table) in (0..).zip(tables) {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        let place = (table.table.catalog.as_deref(), table.table.schema.as_deref());
        let schema = *numbers.entry(place).or_insert(next);
        if schema == next {
            schemas.push(Vec::new());
        }
        if let Some(tables) = schemas.get_mut(schema as usize) {
            tables.push(at);
        }
        schema_of.push(schema);
    }
    (schema_of, schemas)
}
