//! From the words of a question to the tables and examples they lead to.

use sqlatte_providers::{TableRef, TableSchema};

use super::{
    Glossary,
    entries::{Entries, Example, Text},
};
use crate::{
    retrieval::TableIndex,
    text::{fold, singular},
};

/// Phrases of the house, each with the names of the tables it leads to.
#[derive(Debug, Default)]
pub(super) struct Said(Vec<(Vec<String>, Vec<String>)>);

impl Said {
    pub(super) fn new(entries: &Entries) -> Self {
        let mut said = Vec::new();
        for term in &entries.terms {
            // `a.b` may be a column of `a` or a table in the schema `a`
            let same = term.same_as.iter().flat_map(|name| [Some(name.text.as_str()), owner(&name.text)]);
            let columns = term.columns.iter().map(|column| owner(&column.text));
            let tables = term.tables.iter().map(|table| Some(table.text.as_str()));
            let tables: Vec<String> =
                same.chain(tables).chain(columns).flatten().map(str::to_owned).collect();
            said.extend(phrases(&term.name, &term.synonyms).map(|phrase| (phrase, tables.clone())));
        }
        for metric in &entries.metrics {
            let table = vec![metric.table.text.clone()];
            said.extend(phrases(&metric.name, &metric.synonyms).map(|phrase| (phrase, table.clone())));
        }
        Said(said)
    }
}

impl Glossary {
    /// The tables that terms and metrics of the question lead to, by the names the files give them.
    pub(crate) fn tables_said(&self, question: &str) -> Vec<&str> {
        if self.said.0.is_empty() {
            return Vec::new();
        }
        let question = words(question);
        let said = self.said.0.iter().filter(|(phrase, _)| holds(&question, phrase));
        let mut tables: Vec<&str> = Vec::new();
        for table in said.flat_map(|(_, tables)| tables) {
            if !tables.contains(&table.as_str()) {
                tables.push(table);
            }
        }
        tables
    }

    /// The examples whose questions are most like this one, best first, at most `most`.
    pub(crate) fn similar(&self, question: &str, most: usize) -> Vec<&Example> {
        let Some(index) = &self.examples else { return Vec::new() };
        let found = index.mentioning(question, most).into_iter();
        found.filter_map(|one| self.entries.examples.get(one.table)).collect()
    }
}

/// The questions of examples as what a search for tables searches: each is the comment of one.
pub(super) fn index(examples: &[Example]) -> TableIndex {
    let documents = examples.iter().map(|example| {
        let mut table = TableRef::new("");
        table.comment = Some(example.question.text.clone());
        TableSchema::new(table)
    });
    TableIndex::new(&documents.collect::<Vec<_>>())
}

/// The words of each name of an entry.
fn phrases<'a>(name: &'a Text, synonyms: &'a [Text]) -> impl Iterator<Item = Vec<String>> + 'a {
    std::iter::once(name).chain(synonyms).map(|text| words(&text.text))
}

fn owner(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(table, _)| table)
}

/// A text's words as they are compared: folded and singular.
pub(crate) fn words(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| singular(&fold(word))).collect()
}

/// Whether a phrase stands among some words.
pub(crate) fn holds(words: &[String], phrase: &[String]) -> bool {
    !phrase.is_empty() && words.windows(phrase.len()).any(|part| part == phrase)
}
