use std::{sync::Arc, time::Duration};

use futures::FutureExt;
use mysql_async::{Error, Row, prelude::Queryable};
use sqlatte_providers::{Estimate, Result};

use crate::{
    catalogue::{number, text},
    error,
    pool::Pool,
    prepared::unchanged,
    session::Flavour,
};

/// EXPLAIN of a view that the user may read but not look into.
const NO_SHOW_VIEW: u16 = 1345;

/// How many rows the server expects to read.
pub(crate) async fn estimate(pool: &Arc<Pool>, sql: &str, timeout: Duration) -> Result<Option<Estimate>> {
    let first = sql.trim_start().split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    if ["explain", "describe", "desc", "show"].iter().any(|word| first.eq_ignore_ascii_case(word)) {
        return Ok(None);
    }
    let mysql = unchanged(&format!("EXPLAIN FORMAT=TRADITIONAL {sql}"))?.into_owned();
    let mariadb = unchanged(&format!("EXPLAIN EXTENDED {sql}"))?.into_owned();
    let explained = pool.run(timeout, move |session| {
        async move {
            // Both give the classic table with the share of rows that conditions leave over.
            let explain = match session.flavour() {
                Flavour::MySql => mysql,
                Flavour::MariaDb => mariadb,
            };
            let prepared = session.conn.prep(explain).await;
            let rows: Result<Vec<Row>, Error> = match prepared {
                Ok(prepared) => session.conn.exec(prepared, ()).await,
                Err(error) => Err(error),
            };
            match rows {
                Ok(rows) => Ok(Ok(rows)),
                Err(Error::Server(failure)) => Ok(Err((failure, session.flavour()))),
                Err(error) => Err(error),
            }
        }
        .boxed()
    });
    match explained.await? {
        Ok(rows) => Ok(total(rows)),
        Err((failure, _)) if failure.code == NO_SHOW_VIEW => Ok(None),
        Err((failure, flavour)) => {
            let statement = error::Statement { sql, flavour };
            Err(error::of_statement(failure.into(), pool.server().target(), Some(statement)))
        }
    }
}

/// One line of EXPLAIN: a table that is read once for each row that the tables before it in the same select
/// give.
#[derive(Debug, Clone, PartialEq)]
struct Step {
    select: u64,
    rows: f64,
    /// The share of the rows, in percent, that conditions leave over.
    filtered: f64,
    /// Joined by a hash or a buffer: read once in all.
    once: bool,
}

fn total(rows: Vec<Row>) -> Option<Estimate> {
    let steps: Vec<_> = rows.into_iter().filter_map(step).collect();
    (!steps.is_empty()).then(|| {
        let rows = rows_read(&steps);
        // More than can be counted is as good as the largest number.
        Estimate { rows: Some(rows as u64), bytes: None }
    })
}

fn step(row: Row) -> Option<Step> {
    let names: Vec<_> = row.columns_ref().iter().map(|column| column.name_str().to_lowercase()).collect();
    let mut cells = row.unwrap();
    let mut cell = |name: &str| {
        let index = names.iter().position(|known| known == name)?;
        Some(std::mem::replace(cells.get_mut(index)?, mysql_async::Value::NULL))
    };
    let rows = cell("rows").as_ref().and_then(float)?;
    let filtered = cell("filtered").as_ref().and_then(float).unwrap_or(100.0);
    let extra = cell("extra").and_then(text).unwrap_or_default();
    let select = cell("id").as_ref().and_then(number).unwrap_or_default();
    Some(Step { select, rows, filtered, once: extra.contains("hash join") || extra.contains("join buffer") })
}

/// EXPLAIN gives its numbers as numbers or as texts, as it likes.
fn float(value: &mysql_async::Value) -> Option<f64> {
    match value {
        mysql_async::Value::Double(number) => Some(*number),
        mysql_async::Value::Float(number) => Some(f64::from(*number)),
        mysql_async::Value::Bytes(bytes) => std::str::from_utf8(bytes).ok()?.trim().parse().ok(),
        other => number(other).map(|number| number as f64),
    }
}

/// The sum over all selects and all steps: each step reads its rows once for every row the steps before it
/// give.
fn rows_read(steps: &[Step]) -> f64 {
    let (mut read, mut given, mut select) = (0.0, 1.0, None);
    for step in steps {
        if select != Some(step.select) {
            (select, given) = (Some(step.select), 1.0);
        }
        read += if step.once { step.rows } else { given * step.rows };
        given = (given * step.rows * step.filtered / 100.0).max(1.0);
    }
    read
}

#[cfg(test)]
mod tests {
    use super::{Step, rows_read};

    fn step(select: u64, rows: f64, filtered: f64, once: bool) -> Step {
        Step { select, rows, filtered, once }
    }

    #[test]
    fn joins_multiply_and_selects_add() {
        assert_eq!(rows_read(&[step(1, 100.0, 100.0, false)]), 100.0);
        assert_eq!(rows_read(&[step(1, 100.0, 10.0, false), step(1, 5.0, 100.0, false)]), 150.0);
        assert_eq!(rows_read(&[step(1, 100.0, 100.0, false), step(1, 1000.0, 100.0, true)]), 1100.0);
        assert_eq!(rows_read(&[step(1, 100.0, 100.0, false), step(2, 7.0, 100.0, false)]), 107.0);
    }
}
