use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::{FutureExt, future::BoxFuture};
use mysql_async::{Error, Row, prelude::Queryable};
use sqlatte_providers::{ColumnSchema, ColumnType, TableKind, TableSchema};

use crate::{
    catalogue::text,
    pool::Pool,
    session::{Flavour, Session},
};

/// Rows looked at from each end of the table: the newest may hold what the oldest do not.
const ROWS: usize = 1000;
/// For one table, in the server.
const TABLE_MILLISECONDS: u32 = 300;
/// For all tables together.
const TIME: Duration = Duration::from_secs(2);
const SAMPLES: usize = 8;
/// A column with more distinct values is not a list of choices.
const DISTINCT: usize = 50;
/// Longer texts are not choices either.
const LENGTH: usize = 60;

/// Gives the text columns of `tables` a few of their values, as far as that goes in a short time.
///
/// What goes wrong only leaves columns without samples.
pub(crate) async fn add(pool: &Arc<Pool>, tables: &mut [TableSchema]) {
    let looks: Vec<_> =
        tables.iter().enumerate().filter_map(|(index, table)| Look::at(index, table)).collect();
    if looks.is_empty() {
        return;
    }
    let found = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&found);
    if let Err(error) = pool.run(TIME, move |session| read_all(session, looks, keep)).await {
        tracing::debug!(%error, "some tables are described without samples");
    }
    let found = std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
    for (table, column, samples) in found {
        if let Some(column) =
            tables.get_mut(table).and_then(|table: &mut TableSchema| table.columns.get_mut(column))
        {
            column.samples = samples;
        }
    }
}

/// Samples of one column: the table's index, the column's, and the values.
type Found = Arc<Mutex<Vec<(usize, usize, Vec<String>)>>>;

/// What to look at in one table.
struct Look {
    table: usize,
    columns: Vec<usize>,
    /// Two selects, or one where there is no key to order by.
    selects: Vec<String>,
}

impl Look {
    fn at(index: usize, table: &TableSchema) -> Option<Self> {
        let is_short = |database_type: &str| {
            let name = database_type.to_ascii_lowercase();
            ["char", "varchar", "tinytext", "text"].iter().any(|text| name.starts_with(text))
        };
        let is_wanted = |column: &ColumnSchema| {
            column.kind == ColumnType::Text && is_short(&column.database_type) && column.samples.is_empty()
        };
        let columns: Vec<_> =
            table.columns.iter().enumerate().filter(|(_, column)| is_wanted(column)).collect();
        if columns.is_empty() {
            return None;
        }
        let beginning =
            |(_, column): &(usize, &ColumnSchema)| format!("LEFT({}, {})", quote(&column.name), LENGTH + 1);
        let list = columns.iter().map(beginning).collect::<Vec<_>>().join(", ");
        let schema = table.table.schema.as_deref().unwrap_or_default();
        let from = format!("{list} FROM {}.{}", quote(schema), quote(&table.table.name));
        let key = |direction: &str| {
            let columns = table.primary_key.iter().map(|column| format!("{} {direction}", quote(column)));
            columns.collect::<Vec<_>>().join(", ")
        };
        let selects = if table.primary_key.is_empty() || table.table.kind != TableKind::Table {
            vec![format!("{from} LIMIT {ROWS}")]
        } else {
            let end = |direction| format!("{from} ORDER BY {} LIMIT {ROWS}", key(direction));
            vec![end("ASC"), end("DESC")]
        };
        Some(Look { table: index, columns: columns.into_iter().map(|(index, _)| index).collect(), selects })
    }
}

/// A name as it stands in a statement.
fn quote(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

fn limited(select: &str, flavour: Flavour) -> String {
    match flavour {
        Flavour::MySql => format!("SELECT /*+ MAX_EXECUTION_TIME({TABLE_MILLISECONDS}) */ {select}"),
        Flavour::MariaDb => {
            let seconds = f64::from(TABLE_MILLISECONDS) / 1000.0;
            format!("SET STATEMENT max_statement_time={seconds} FOR SELECT {select}")
        }
    }
}

/// Looks at all tables, many in one round trip.
fn read_all(session: &mut Session, looks: Vec<Look>, found: Found) -> BoxFuture<'_, Result<(), Error>> {
    async move {
        let mut left = looks.as_slice();
        while !left.is_empty() {
            let (done, result) = read_until_failure(session, left, &found).await;
            match result {
                Err(error) if error.is_fatal() => return Err(error),
                // The table at which it failed goes without, the others have their turn.
                _ => left = &left[(done + 1).min(left.len())..],
            }
        }
        Ok(())
    }
    .boxed()
}

/// Statements of our own in one text; the server stops at the first that fails. Tells how many tables were
/// read.
async fn read_until_failure(
    session: &mut Session,
    looks: &[Look],
    found: &Found,
) -> (usize, Result<(), Error>) {
    let flavour = session.flavour();
    let selects = looks.iter().flat_map(|look| &look.selects).map(|select| limited(select, flavour));
    let sql = selects.collect::<Vec<_>>().join("; ");
    let mut result = match session.conn.query_iter(sql).await {
        Ok(result) => result,
        Err(error) => return (0, Err(error)),
    };
    for (done, look) in looks.iter().enumerate() {
        let mut counts: Vec<Counts> = look.columns.iter().map(|_| Counts::default()).collect();
        for _ in &look.selects {
            let rows = result.for_each(|row| count(row, &mut counts)).await;
            if let Err(error) = rows {
                return (done, Err(error));
            }
        }
        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
        for (column, counts) in look.columns.iter().zip(counts) {
            found.push((look.table, *column, counts.samples()));
        }
    }
    (looks.len(), Ok(()))
}

fn count(row: Row, counts: &mut [Counts]) {
    for (value, counts) in row.unwrap().into_iter().zip(counts) {
        if let Some(text) = text(value) {
            counts.add(text);
        }
    }
}

#[derive(Default)]
struct Counts {
    values: HashMap<String, usize>,
    total: usize,
    too_many: bool,
}

impl Counts {
    fn add(&mut self, text: String) {
        self.total += 1;
        if self.too_many {
            return;
        }
        if let Some(count) = self.values.get_mut(&text) {
            *count += 1;
        } else if text.chars().count() > LENGTH || self.values.len() == DISTINCT {
            self.too_many = true;
        } else if !text.is_empty() {
            self.values.insert(text, 1);
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
