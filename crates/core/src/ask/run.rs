use futures::StreamExt;
use sqlatte_guard::Guarded;
use sqlatte_providers::{Column, Query, Row, RowStream};
use tokio::time::Instant;

use super::{AskError, Event, event::Progress, trace::Trace};
use crate::Runtime;

/// Rows kept for insights and chart; more are only passed on.
const SAMPLE_ROWS: usize = 5_000;

/// What is known of a result once it was passed on.
pub(super) struct Ran {
    pub(super) columns: Vec<Column>,
    pub(super) sample: Vec<Row>,
    pub(super) row_count: u64,
    pub(super) truncated: bool,
}

/// Starts a statement.
pub(super) async fn open(runtime: &Runtime, sql: Guarded, max_rows: u64) -> Result<RowStream, AskError> {
    let text = sql.sql().to_owned();
    let query = Query { sql, max_rows, timeout: runtime.limits.query_timeout };
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
    sql: Guarded,
    max_rows: u64,
    trace: &mut Trace,
    progress: &Progress,
) -> Result<Ran, AskError> {
    let text = sql.sql().to_owned();
    let mut waited = Instant::now();
    let opened = open(runtime, sql, max_rows).await;
    trace.timing.database += waited.elapsed();
    let RowStream { columns, mut batches } = opened?;
    progress.send(Event::Columns(columns.clone())).await;

    let mut ran = Ran { columns, sample: Vec::new(), row_count: 0, truncated: false };
    loop {
        waited = Instant::now();
        let batch = batches.next().await;
        trace.timing.database += waited.elapsed();
        let Some(batch) = batch else { break };
        let batch = batch.map_err(|error| AskError::Database { error, sql: Some(text.clone()) })?;
        let room = SAMPLE_ROWS - ran.sample.len();
        ran.sample.extend(batch.rows.iter().take(room).cloned());
        ran.truncated |= batch.truncated;
        let offset = ran.row_count;
        ran.row_count += batch.rows.len() as u64;
        trace.row_count = Some(ran.row_count);
        if !batch.rows.is_empty() {
            progress.send(Event::Rows { offset, rows: batch.rows }).await;
        }
    }
    trace.row_count = Some(ran.row_count);
    Ok(ran)
}
