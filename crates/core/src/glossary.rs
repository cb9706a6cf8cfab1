//! What a house calls things: terms, metrics, joins, default filters, partitions, rules and examples.
//!
//! They come as YAML files, read by whoever starts SQLatte and handed over as text. Faults of form, and SQL
//! that the guard refuses, are found at once, each with its file and line ([`Glossary::read`]); names are
//! compared with the live schema afterwards ([`Glossary::check`]), because a table may be away for a while.
//! What is used of a glossary is only ever what the tables in question bear out ([`House`]). It helps to read
//! a question and to find its tables; it never changes what may run.

mod entries;
mod form;
mod house;
mod live;
mod node;
mod read;
mod said;

#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc};

use sqlatte_guard::Dialect;

use self::{entries::Entries, said::Said};
pub use self::{
    entries::{Example, Filter, Join, Metric, Partition, Term, Text},
    house::{Bound, Expression, House, Meant, Piece},
};
pub(crate) use self::{
    house::find,
    live::is_sound,
    said::{holds, words},
};
use crate::retrieval::TableIndex;

/// The text of one context file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextFile {
    /// Its name, as faults tell it.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// Where something stands in a context file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file's name.
    pub file: Arc<str>,
    /// The line, from 1; 0 where nobody knows.
    pub line: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}", self.file),
            line => write!(f, "{}:{line}", self.file),
        }
    }
}

/// What is wrong with a context file, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{place}: {message}")]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What is wrong, for people, with the nearest name that would be right.
    pub message: String,
}

/// The context files of a house, read.
#[derive(Debug, Default)]
pub struct Glossary {
    entries: Entries,
    /// What leads from the words of a question to tables.
    said: Said,
    /// The questions of the examples, searched by their words; made of nothing where there are none.
    examples: Option<TableIndex>,
    /// Bytes of its files.
    length: usize,
}

impl Glossary {
    /// Reads context files for a database of this dialect.
    ///
    /// # Errors
    /// Every fault of form in all of them: what is no YAML, keys nobody knows, entries that lack something, names
    /// given twice, SQL that the guard refuses.
    pub fn read(files: &[ContextFile], dialect: Dialect) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut entries = read::entries(files, &mut faults);
        form::check(&mut entries, dialect, &mut faults);
        if !faults.is_empty() {
            faults.sort();
            return Err(faults);
        }
        let said = Said::new(&entries);
        let examples = (!entries.examples.is_empty()).then(|| said::index(&entries.examples));
        let length = files.iter().map(|file| file.text.len()).sum();
        Ok(Glossary { entries, said, examples, length })
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of its files, which is more than can be said of it.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// How many entries it holds, of all kinds.
    pub fn len(&self) -> usize {
        let Entries { terms, metrics, joins, filters, partitions, rules, examples } = &self.entries;
        terms.len()
            + metrics.len()
            + joins.len()
            + filters.len()
            + partitions.len()
            + rules.len()
            + examples.len()
    }

    /// The rules of the house, as texts.
    pub fn rules(&self) -> &[Text] {
        &self.entries.rules
    }
}
