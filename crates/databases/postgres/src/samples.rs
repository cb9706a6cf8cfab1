//! A few distinct values of text columns: from what ANALYZE found, else from some of the rows.

use std::{
    collections::{HashMap, HashSet},
    future::Future,
    time::Duration,
};

use futures::{StreamExt, stream};
use sqlatte_providers::{Result, TableKind, TableSchema};
use tokio::time;
use tokio_postgres::{Client, Error};

use crate::session::{Session, quoted};

/// Rows looked at, where statistics do not say enough.
const ROWS: usize = 1000;
/// For all tables of one description together.
const TIME: Duration = Duration::from_millis(1500);
/// Statements on their way at once.
const AHEAD: usize = 8;
const SAMPLES: usize = 8;
/// A column with more distinct values is not a list of choices.
const DISTINCT: usize = 50;
/// Longer texts are not choices either.
const LENGTH: usize = 60;
/// Each table is read on its own, so that one that is slow or locked does not spoil the others.
const PREPARE: &str =
    "SET default_transaction_read_only = on; SET statement_timeout = 300; SET lock_timeout = 50";

/// What the statistics say about a column's values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Known {
    /// Not enough.
    Nothing,
    /// That there are too many to be choices.
    TooMany,
    /// All of them, the most frequent first.
    All(Vec<String>),
}

impl Known {
    /// Reads the columns of `pg_stats`: `distinct` is a count, or a share of `rows` if it is negative.
    pub(crate) fn of(distinct: f64, rows: f64, common: Option<Vec<String>>) -> Self {
        let common = common.unwrap_or_default();
        let count = if distinct < 0.0 { -distinct * rows.max(0.0) } else { distinct };
        if count > DISTINCT as f64 {
            Known::TooMany
        } else if distinct > 0.0 && common.len() as f64 >= distinct {
            Known::All(common)
        } else {
            Known::Nothing
        }
    }
}

/// Fills in the samples of all text columns; where that fails they stay empty.
pub(crate) async fn fill(
    schemas: &mut [TableSchema],
    statistics: &[HashMap<String, Known>],
    session: impl Future<Output = Result<Session>>,
) {
    let mut reads = Vec::new();
    // A table may be described twice.
    let mut seen = HashSet::new();
    for (schema, known) in schemas.iter_mut().zip(statistics) {
        let mut unknown = Vec::new();
        for column in &mut schema.columns {
            match known.get(&column.name) {
                Some(Known::All(values)) => column.samples = choices(values),
                Some(Known::Nothing) => unknown.push(column.name.clone()),
                Some(Known::TooMany) | None => {}
            }
        }
        let stored = matches!(schema.table.kind, TableKind::Table | TableKind::MaterializedView);
        if stored && !unknown.is_empty() && seen.insert(schema.table.to_string()) {
            let name = [schema.table.schema.as_deref(), Some(schema.table.name.as_str())];
            let name = name.into_iter().flatten().map(quoted).collect::<Vec<_>>().join(".");
            reads.push(Read { table: schema.table.to_string(), name, columns: unknown });
        }
    }
    if reads.is_empty() {
        return;
    }
    let mut found = HashMap::new();
    let reading = async {
        let mut session = session.await?;
        session.busy = true;
        if let Err(error) = read_all(session.client()?, reads, &mut found).await {
            tracing::debug!(%error, "no samples can be read");
        }
        session.busy = false;
        Ok::<_, sqlatte_providers::ProviderError>(())
    };
    match time::timeout(TIME, reading).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "no samples can be read"),
        Err(_) => tracing::debug!("reading samples took too long: some are missing"),
    }
    for schema in schemas {
        let Some(samples) = found.get(&schema.table.to_string()) else { continue };
        for column in &mut schema.columns {
            if let Some(samples) = samples.get(&column.name) {
                column.samples.clone_from(samples);
            }
        }
    }
}

/// The values of a column, if all of them are short enough to be choices.
fn choices(values: &[String]) -> Vec<String> {
    if values.iter().any(|value| value.chars().count() > LENGTH) {
        return Vec::new();
    }
    values.iter().filter(|value| !value.is_empty()).take(SAMPLES).cloned().collect()
}

/// Columns to be looked at.
struct Read {
    table: String,
    /// As it stands in SQL.
    name: String,
    columns: Vec<String>,
}

type Found = HashMap<String, HashMap<String, Vec<String>>>;

async fn read_all(client: &Client, reads: Vec<Read>, found: &mut Found) -> Result<(), Error> {
    client.batch_execute(PREPARE).await?;
    let mut answers = stream::iter(reads).map(|read| look(client, read)).buffered(AHEAD);
    while let Some((table, answer)) = answers.next().await {
        match answer {
            Ok(samples) => drop(found.insert(table, samples)),
            Err(error) if error.is_closed() => return Err(error),
            Err(error) => tracing::debug!(table, %error, "no samples can be read"),
        }
    }
    Ok(())
}

async fn look(client: &Client, read: Read) -> (String, Result<HashMap<String, Vec<String>>, Error>) {
    let list = read.columns.iter().map(|column| format!("left({}::text, {})", quoted(column), LENGTH + 1));
    let sql = format!("SELECT {} FROM {} LIMIT {ROWS}", list.collect::<Vec<_>>().join(", "), read.name);
    let answer = client.query_typed(&sql, &[]).await.map(|rows| {
        let mut counts: Vec<Counts> = read.columns.iter().map(|_| Counts::default()).collect();
        for row in &rows {
            for (index, counts) in counts.iter_mut().enumerate() {
                if let Ok(Some(text)) = row.try_get::<_, Option<&str>>(index) {
                    counts.add(text);
                }
            }
        }
        read.columns.into_iter().zip(counts.into_iter().map(Counts::samples)).collect()
    });
    (read.table, answer)
}

#[derive(Default)]
struct Counts {
    values: HashMap<String, usize>,
    total: usize,
    too_many: bool,
}

impl Counts {
    fn add(&mut self, text: &str) {
        self.total += 1;
        if self.too_many {
            return;
        }
        if let Some(count) = self.values.get_mut(text) {
            *count += 1;
        } else if text.chars().count() > LENGTH || self.values.len() == DISTINCT {
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

#[cfg(test)]
mod tests {
    use super::{Counts, Known, choices};

    #[test]
    fn statistics_say_all_too_much_or_nothing() {
        let common = || Some(vec!["paid".to_owned(), "open".to_owned()]);
        assert_eq!(Known::of(2.0, 1000.0, common()), Known::All(common().unwrap()));
        assert_eq!(Known::of(3.0, 1000.0, common()), Known::Nothing);
        assert_eq!(Known::of(51.0, 1000.0, common()), Known::TooMany);
        assert_eq!(Known::of(-1.0, 1000.0, None), Known::TooMany);
        assert_eq!(Known::of(-0.67, 3.0, common()), Known::Nothing);
        assert_eq!(Known::of(-1.0, -1.0, None), Known::Nothing);
    }

    #[test]
    fn long_texts_are_no_choices() {
        assert_eq!(choices(&["a".to_owned(), String::new()]), ["a"]);
        assert!(choices(&["a".to_owned(), "x".repeat(61)]).is_empty());
    }

    #[test]
    fn counts_choices_and_not_names() {
        let samples = |texts: &[&str]| {
            let mut counts = Counts::default();
            texts.iter().for_each(|text| counts.add(text));
            counts.samples()
        };
        assert_eq!(samples(&["open", "paid", "paid", ""]), ["paid", "open"]);
        assert_eq!(samples(&["é".repeat(60).as_str()]).len(), 1);
        assert!(samples(&["x".repeat(61).as_str()]).is_empty());
        let names: Vec<_> = (0..51).map(|number| number.to_string()).collect();
        assert!(samples(&names.iter().map(String::as_str).collect::<Vec<_>>()).is_empty());
    }
}
