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

/// A few distinct values of each of `columns`, the most frequent first; none for columns of high cardinality.
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
}

impl Counts {
    fn add(&mut self, bytes: &[u8]) {
        self.total += 1;
        if self.too_many {
            return;
        }
        let Ok(text) = std::str::from_utf8(bytes) else { return };
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
            return Vec::new();
        }
        let mut values: Vec<_> = self.values.into_iter().collect();
        values.sort_by(|(a, a_count), (b, b_count)| b_count.cmp(a_count).then_with(|| a.cmp(b)));
        values.into_iter().take(SAMPLES).map(|(value, _)| value).collect()
    }
}
