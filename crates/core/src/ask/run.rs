use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::StreamExt;
use sqlatte_guard::Guarded;
use sqlatte_providers::{Column, Query, Row, RowStream};
use tokio::time::Instant;

use super::{Ask, AskError, Event, event::Progress, trace::Trace};
use crate::{
    Runtime,
    cache::{Key, Results, cell_size},
};

/// Rows and bytes kept for insights and chart; more are only passed on.
const SAMPLE_ROWS: usize = 5_000;
const SAMPLE_BYTES: usize = 4 * 1024 * 1024;

/// What is known of a result once it was passed on.
pub(super) struct Ran {
    pub(super) columns: Vec<Column>,
    pub(super) sample: Vec<Row>,
    pub(super) row_count: u64,
    pub(super) truncated: bool,
    /// When they were read, if that was for an earlier question.
    pub(super) cached_at: Option<DateTime<Utc>>,
}

impl Ran {
    /// Whether all rows that there are were kept.
    pub(super) fn is_whole(&self) -> bool {
        !self.truncated && self.sample.len() as u64 == self.row_count
    }
}

/// Starts a statement.
pub(super) async fn open(
    runtime: &Runtime,
    sql: Guarded,
    max_rows: u64,
    timeout: Duration,
) -> Result<RowStream, AskError> {
    let text = sql.sql().to_owned();
    let query = Query { sql, max_rows, timeout };
    runtime
        .catalog
        .database()
        .query(query)
        .await
        .map_err(|error| AskError::Database { error, sql: Some(text) })
}

/// Runs a statement and passes its rows on as they come.
pub(super) async fn run(
    runtime: &Runtime,
    ask: &Ask,
    sql: Guarded,
    max_rows: u64,
    trace: &mut Trace,
    progress: &Progress,
) -> Result<Ran, AskError> {
    let (text, volatile) = (sql.sql().to_owned(), sql.is_volatile());
    let kept = runtime.caches.results.as_ref();
    let kept = kept.map(|results| (results, Key::of_rows(&sql, max_rows, &runtime.catalog.info())));
    let mut waited = Instant::now();
    let found = if ask.fresh { None } else { find(kept).await };
    let cached_at = found.as_ref().map(|(_, read_at)| *read_at);
    trace.replayed = found.is_some();
    let opened = match found {
        Some((rows, _)) => Ok(rows),
        None => open(runtime, sql, max_rows, runtime.limits.query_timeout).await,
    };
    trace.timing.database += waited.elapsed();
    let RowStream { columns, mut batches } = opened?;
    progress.send(Event::Columns(columns.clone())).await;

    let keeps = kept.filter(|_| cached_at.is_none());
    let mut copied = keeps.map(|(results, _)| results.copy(&columns, runtime.clock.utc()));
    let mut ran = Ran { columns, sample: Vec::new(), row_count: 0, truncated: false, cached_at };
    let mut bytes = 0;
    while bytes <= runtime.limits.max_result_bytes {
        waited = Instant::now();
        let batch = batches.next().await;
        trace.timing.database += waited.elapsed();
        let Some(batch) = batch else { break };
        let batch = batch.map_err(|error| AskError::Database { error, sql: Some(text.clone()) })?;
        for row in &batch.rows {
            bytes += row.iter().map(cell_size).sum::<usize>();
            if ran.sample.len() < SAMPLE_ROWS && bytes <= SAMPLE_BYTES {
                ran.sample.push(row.clone());
            }
        }
        if let Some(copied) = &mut copied {
            copied.add(&batch.rows);
        }
        ran.truncated |= batch.truncated;
        let offset = ran.row_count;
        ran.row_count += batch.rows.len() as u64;
        trace.row_count = Some(ran.row_count);
        if !batch.rows.is_empty() {
            progress.send(Event::Rows { offset, rows: batch.rows }).await;
        }
    }
    // Leaving the loop early drops the stream, which stops the statement.
    let cut = bytes > runtime.limits.max_result_bytes;
    if let (Some((results, key)), Some(copied), false) = (keeps, copied, cut) {
        results.keep(key, copied, ran.truncated, volatile).await;
    }
    ran.truncated |= cut;
    trace.row_count = Some(ran.row_count);
    Ok(ran)
}

/// The rows of this very statement, if they were kept.
async fn find(kept: Option<(&Results, Key)>) -> Option<(RowStream, DateTime<Utc>)> {
    let (results, key) = kept?;
    results.find(&key).await
}
