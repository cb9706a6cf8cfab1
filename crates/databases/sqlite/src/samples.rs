use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use rusqlite::{Connection, types::ValueRef};

use crate::describe::quote;

/// Rows looked at from each end of the table: the newest may hold what the oldest do not.
const ROWS: usize = 2000;
const TIME: Duration = Duration::from_millis(300);
const SAMPLES: usize = 8;
/// A column with more distinct values is not a list of choices.
const DISTINCT: usize = 50;
/// Longer texts are not choices either.
const LENGTH: usize = 60;

/// Dates shown of a column that keeps them as text.
const DATES: usize = 3;

/// A few distinct values of each of `columns`, the most frequent first; none for columns of high cardinality, but
/// for those that keep dates as text, which SQLite has no type for: their form has to be known.
pub(crate) fn read(
    connection: &Connection,
    table: &str,
    has_rowid: bool,
    columns: &[&str],
) -> rusqlite::Result<Vec<Vec<String>>> {
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    let started = Instant::now();
    let list = columns.iter().map(|column| quote(column)).collect::<Vec<_>>().join(", ");
    let table = quote(table);
    let ends: &[&str] = if has_rowid { &["ORDER BY _rowid_", "ORDER BY _rowid_ DESC"] } else { &[""] };
    let mut counts: Vec<Counts> = columns.iter().map(|_| Counts::default()).collect();
    for end in ends {
        let mut statement = connection.prepare(&format!("SELECT {list} FROM {table} {end} LIMIT {ROWS}"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for (index, counts) in counts.iter_mut().enumerate() {
                if let ValueRef::Text(bytes) = row.get_ref(index)? {
                    counts.add(bytes);
                }
            }
            if started.elapsed() > TIME {
                break;
            }
        }
    }
    Ok(counts.into_iter().map(Counts::samples).collect())
}

#[derive(Default)]
struct Counts {
    values: HashMap<String, usize>,
    total: usize,
    too_many: bool,
    /// Whether one of them is no date.
    other_than_dates: bool,
}

impl Counts {
    fn add(&mut self, bytes: &[u8]) {
        self.total += 1;
        let Ok(text) = std::str::from_utf8(bytes) else {
            self.other_than_dates = true;
            return;
        };
        self.other_than_dates |= !text.is_empty() && !is_date(text);
        if self.too_many {
            return;
        }
        if let Some(count) = self.values.get_mut(text) {
            *count += 1;
        } else if text.len() > LENGTH || self.values.len() == DISTINCT {
            self.too_many = true;
        } else if !text.is_empty() {
            self.values.insert(text.to_owned(), 1);
        }
    }

    fn samples(self) -> Vec<String> {
        // In a short table every text is different; in a long one that makes a name, not a choice.
        let all_different = self.total > DISTINCT && self.values.len() * 2 > self.total;
        if self.too_many || all_different {
            if self.other_than_dates {
                return Vec::new();
            }
            let mut dates: Vec<_> = self.values.into_keys().collect();
            dates.sort_unstable_by(|one, other| other.cmp(one));
            dates.truncate(DATES);
            return dates;
        }
        let mut values: Vec<_> = self.values.into_iter().collect();
        values.sort_by(|(a, a_count), (b, b_count)| b_count.cmp(a_count).then_with(|| a.cmp(b)));
        values.into_iter().take(SAMPLES).map(|(value, _)| value).collect()
    }
}

/// Whether a text is a date that SQLite's date functions read: `2026-11-22`, also with a time behind it.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10
        && bytes[..10].iter().zip(b"0000-00-00").all(|(byte, form)| match form {
            b'0' => byte.is_ascii_digit(),
            _ => byte == form,
        })
        && matches!(bytes.get(10), None | Some(b' ' | b'T'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(texts: impl IntoIterator<Item = String>) -> Vec<String> {
        let mut counts = Counts::default();
        texts.into_iter().for_each(|text| counts.add(text.as_bytes()));
        counts.samples()
    }

    #[test]
    fn many_texts_are_no_choices_but_dates_show_their_form() {
        assert_eq!(samples((0..200).map(|number| format!("name {number}"))), Vec::<String>::new());
        let days =
            || (0..200).map(|number| format!("2026-{:02}-{:02} 10:00", 1 + number / 28, 1 + number % 28));
        assert_eq!(samples(days()), ["2026-02-22 10:00", "2026-02-21 10:00", "2026-02-20 10:00"]);
        assert_eq!(samples(days().chain(["soon".to_owned()])), Vec::<String>::new());
        assert_eq!(samples(["b", "a", "b"].map(str::to_owned)), ["b", "a"]);
    }

    #[test]
    fn dates_as_text() {
        assert!(["2026-11-22", "2026-11-22T10:00:00Z", "2026-11-22 10:00"].into_iter().all(is_date));
        assert!(!["2026", "22.11.2026", "2026-11-2", "2026-11-220", "20261122", ""].into_iter().any(is_date));
    }
}
