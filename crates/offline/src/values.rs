//! The value index: which column holds which text.

use std::collections::{HashMap, HashSet};

use futures::{StreamExt, stream};
use sqlatte_core::Catalog;

use crate::{
    model::{Column, ColumnId, Model},
    text::{fold, singular},
    token::tokenise,
};

/// Distinct values kept of a column by which its rows are known.
const MOST_NAMES: u64 = 5_000;
/// Distinct values kept of another text column; a column with more is no category.
const MOST_CATEGORIES: u64 = 1_000;
/// Values kept in all.
const MOST_IN_ALL: usize = 60_000;
/// Columns that are read.
const MOST_COLUMNS: usize = 200;
/// Words of the longest value that is kept.
pub(crate) const MOST_WORDS: usize = 8;
/// Columns read at a time.
const AT_ONCE: usize = 4;

/// Texts of the database by their folded words.
#[derive(Debug, Default)]
pub(crate) struct ValueIndex {
    by_words: HashMap<Box<str>, Vec<(ColumnId, u32)>>,
    texts: Vec<Box<str>>,
    /// The single words of all phrases.
    words: HashSet<Box<str>>,
}

impl ValueIndex {
    /// Reads the text columns that are worth reading; a column that cannot be read is left out.
    pub(crate) async fn read(model: &Model, catalog: &Catalog) -> Self {
        let columns: Vec<ColumnId> =
            (0..model.columns.len()).filter(|&id| holds_values(model, id)).take(MOST_COLUMNS).collect();
        let reads = columns.into_iter().map(async |id| {
            let column = &model.columns[id];
            let table = &model.tables[column.table];
            let limit = if table.labels.contains(&id) { MOST_NAMES } else { MOST_CATEGORIES };
            (id, catalog.distinct_values(&table.reference, &column.name, limit).await)
        });
        let mut index = ValueIndex::default();
        let mut results = stream::iter(reads).buffered(AT_ONCE);
        while let Some((id, values)) = results.next().await {
            match values {
                Ok(Some(values)) => index.add_all(model, id, &values),
                Ok(None) => index.add_all(model, id, &model.columns[id].samples),
                Err(error) => {
                    tracing::warn!(column = model.column_name(id), %error, "values could not be read");
                }
            }
        }
        index
    }

    fn add_all<Text: AsRef<str>>(&mut self, model: &Model, column: ColumnId, values: &[Text]) {
        for value in values {
            self.add(column, value.as_ref());
        }
        if model.columns[column].has_word(&["sex", "gender"]) && values.len() <= 8 {
            for value in values {
                self.add_gender(column, value.as_ref());
            }
        }
    }

    /// "F" in a column of genders is also "female" and "women".
    fn add_gender(&mut self, column: ColumnId, text: &str) {
        let words: &[&str] = match fold(text).as_str() {
            "f" | "female" | "w" => &["female", "woman", "girl"],
            "m" | "male" => &["male", "man", "boy"],
            _ => return,
        };
        let own =
            self.find(&index_words(text)).find(|(other, ..)| *other == column).map(|(_, value, _)| value);
        let Some(value) = own else { return };
        for word in words {
            let entry = self.by_words.entry((*word).into()).or_default();
            if !entry.contains(&(column, value)) {
                entry.push((column, value));
            }
        }
    }

    pub(crate) fn add(&mut self, column: ColumnId, text: &str) {
        if self.texts.len() >= MOST_IN_ALL || text.trim().is_empty() || text.len() > 80 {
            return;
        }
        let words: Vec<String> = tokenise(text)
            .into_iter()
            .filter(|token| token.word.chars().any(char::is_alphanumeric))
            .map(|token| token.norm)
            .collect();
        if words.is_empty() || words.len() > MOST_WORDS {
            return;
        }
        for word in &words {
            if !self.words.contains(word.as_str()) {
                self.words.insert(word.as_str().into());
            }
        }
        let id = self.texts.len() as u32;
        let entry = self.by_words.entry(words.join(" ").into()).or_default();
        if entry.iter().any(|&(other, value)| other == column && &*self.texts[value as usize] == text) {
            return;
        }
        self.texts.push(text.into());
        entry.push((column, id));
    }

    /// The columns that hold these words, with the text as stored.
    pub(crate) fn find(&self, words: &str) -> impl Iterator<Item = (ColumnId, u32, &str)> {
        self.by_words
            .get(words)
            .into_iter()
            .flatten()
            .filter_map(|&(column, value)| Some((column, value, &**self.texts.get(value as usize)?)))
    }

    /// Whether some value holds this word.
    pub(crate) fn knows_word(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// The text as stored.
    pub(crate) fn text(&self, value: u32) -> &str {
        self.texts.get(value as usize).map_or("", |text| text)
    }

    /// The texts known of a column, in order.
    pub(crate) fn of_column(&self, column: ColumnId) -> Vec<&str> {
        let mut texts: Vec<&str> = self
            .by_words
            .values()
            .flatten()
            .filter(|(other, _)| *other == column)
            .map(|(_, value)| self.text(*value))
            .collect();
        texts.sort_unstable();
        texts.dedup();
        texts
    }

    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    /// Every indexed phrase, for finding typing errors.
    pub(crate) fn phrases(&self) -> impl Iterator<Item = &str> {
        self.by_words.keys().map(|words| &**words)
    }
}

/// Whether people would name a value of this column: no keys, addresses, telephone numbers or long texts.
fn holds_values(model: &Model, id: ColumnId) -> bool {
    let column: &Column = &model.columns[id];
    let unspoken = [
        "email",
        "mail",
        "phone",
        "telephone",
        "fax",
        "url",
        "link",
        "website",
        "password",
        "hash",
        "token",
        "comment",
        "note",
        "description",
        "text",
        "body",
        "message",
        "tracking",
        "uuid",
        "guid",
        "iban",
        "image",
        "picture",
    ];
    column.is_text() && !column.has_word(&unspoken)
}

/// The words of a phrase as the index keeps them.
pub(crate) fn index_words(text: &str) -> String {
    fold(text).split_whitespace().map(singular).collect::<Vec<_>>().join(" ")
}
