use std::time::Duration;

use futures::StreamExt;
use sqlatte_guard::Guarded;
use sqlatte_providers::{Column, Query, Row, RowStream, Value};
use tokio::time::Instant;

use super::{AskError, Event, event::Progress, trace::Trace};
use crate::Runtime;

/// Rows and bytes kept for insights and chart; more are only passed on.
const SAMPLE_ROWS: usize = 5_000;
const SAMPLE_BYTES: usize = 4 * 1024 * 1024;
/// What a cell takes besides its text.
const CELL_BYTES: usize = 32;

/// What is known of a result once it was passed on.
pub(super) struct Ran {
    pub(super) columns: Vec<Column>,
    pub(super) sample: Vec<Row>,
    pub(super) row_count: u64,
    pub(super) truncated: bool,
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
    sql: Guarded,
    max_rows: u64,
    trace: &mut Trace,
    progress: &Progress,
) -> Result<Ran, AskError> {
    let text = sql.sql().to_owned();
    let mut waited = Instant::now();
    let opened = open(runtime, sql, max_rows, runtime.limits.query_timeout).await;
    trace.timing.database += waited.elapsed();
    let RowStream { columns, mut batches } = opened?;
    progress.send(Event::Columns(columns.clone())).await;

    let mut ran = Ran { columns, sample: Vec::new(), row_count: 0, truncated: false };
    let mut bytes = 0;
    while bytes <= runtime.limits.max_result_bytes {
        waited = Instant::now();
        let batch = batches.next().await;
        trace.timing.database += waited.elapsed();
        let Some(batch) = batch else { break };
        let batch = batch.map_err(|error| AskError::Database { error, sql: Some(text.clone()) })?;
        for row in &batch.rows {
            bytes += row.iter().map(size).sum::<usize>();
            if ran.sample.len() < SAMPLE_ROWS && bytes <= SAMPLE_BYTES {
                ran.sample.push(row.clone());
            }
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
    ran.truncated |= bytes > runtime.limits.max_result_bytes;
    trace.row_count = Some(ran.row_count);
    Ok(ran)
}

/// What a cell takes in memory, about.
fn size(value: &Value) -> usize {
    CELL_BYTES
        + match value {
            Value::Text(text) | Value::Decimal(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            Value::Json(json) => json.to_string().len(),
            Value::Array(values) => values.iter().map(size).sum(),
            Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Unsigned(_) | Value::Float(_) => 0,
        }
}
