//! What a question about the catalogue names: a table, a column, a subject.

use super::{
    grammar::Rest,
    words::{Class, Word},
};

/// Words that make a subject a matter of rows or of sizes.
const OF_ROWS: &[&str] = &[
    "average",
    "avg",
    "biggest",
    "by",
    "count",
    "each",
    "empty",
    "fewest",
    "greatest",
    "highest",
    "largest",
    "last",
    "least",
    "less",
    "longest",
    "lowest",
    "month",
    "monthly",
    "more",
    "most",
    "no",
    "number",
    "only",
    "ordered",
    "per",
    "record",
    "records",
    "row",
    "rows",
    "seat",
    "seats",
    "smallest",
    "sorted",
    "sum",
    "than",
    "their",
    "today",
    "top",
    "year",
    "yesterday",
    "who",
    "whose",
];
/// Words of a subject at most.
const LONGEST_SUBJECT: usize = 6;

impl Rest<'_> {
    /// The name of a table, as far as it is one.
    pub(super) fn name(self) -> Option<String> {
        let words =
            self.0.iter().filter(|word| !matches!(word.class, Class::Table(_) | Class::Called | Class::Be));
        let words: Vec<&Word> = words.collect();
        let placed = words.iter().all(|word| matches!(word.class, Class::Place | Class::Data));
        let told =
            words.iter().any(|word| matches!(word.class, Class::In | Class::Of | Class::Do | Class::Which));
        (!words.is_empty() && !placed && !told && words.len() <= LONGEST_SUBJECT).then(|| said(words))
    }

    /// The name of a column: what stands before or after the word for columns.
    pub(super) fn column(self) -> Option<String> {
        let at = self.0.iter().position(|word| word.class == Class::Column)?;
        let (before, after) = (self.0.get(..at)?, self.0.get(at + 1..)?);
        let name = match (before, after) {
            ([], [called, name @ ..]) if called.class == Class::Called => name,
            ([], name) => name,
            (name, []) => name,
            _ => return None,
        };
        let clear = !name.is_empty() && name.len() <= 3 && name.iter().all(|word| !of_rows(word));
        clear.then(|| said(name.iter().collect()))
    }

    /// What tables may be about.
    pub(super) fn subject(self) -> Option<String> {
        use Class::{About, Be, Data, Exist, For, In, Of, Person, Place, Stored, Table, To};
        let mut words = self.without(&[&[Data, About], &[Data, For], &[Data, Of]]).0;
        while let [head @ .., last] = words
            && matches!(last.class, Stored | In | Be | Data | Place | Exist | To)
        {
            // "which tables hold data?" is about nothing
            words = head;
        }
        let first = words.first()?;
        let clear = words.len() <= LONGEST_SUBJECT
            && !matches!(first.class, Person | Be)
            && !words.iter().any(|word| of_rows(word) || matches!(word.class, Table(_) | Class::Column));
        clear.then(|| said(words.iter().collect()))
    }
}

fn of_rows(word: &Word) -> bool {
    OF_ROWS.contains(&word.text.to_lowercase().as_str())
        || word.text.contains(|letter: char| letter.is_ascii_digit())
}

fn said(words: Vec<&Word>) -> String {
    let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    words.join(" ")
}
