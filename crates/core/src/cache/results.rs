use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use futures::{StreamExt, stream};
use moka::future::Cache;
use sqlatte_providers::{Batch, Column, Row, RowStream, Value};
use tokio::time::Instant;

use super::key::Key;

/// Rows given back at a time.
const BATCH: usize = 1_000;
/// What a cell and a row take besides their texts, about.
const CELL_BYTES: usize = 32;
const ROW_BYTES: usize = 48;
/// Of the whole cache, the share that one result may take.
const SHARE: u64 = 4;
/// How long the rows of a statement count whose result changes by itself: long enough for one look by several
/// people.
const VOLATILE: Duration = Duration::from_secs(1);

/// Rows of statements, for a time.
#[derive(Debug)]
pub(crate) struct Results {
    kept: Cache<Key, Arc<Kept>>,
    keep: Duration,
    largest: usize,
}

/// A whole result.
#[derive(Debug)]
struct Kept {
    columns: Vec<Column>,
    rows: Vec<Row>,
    truncated: bool,
    volatile: bool,
    bytes: usize,
    read: Instant,
    read_at: DateTime<Utc>,
}

impl Results {
    pub(super) fn new(bytes: u64, keep: Duration) -> Self {
        let size = |_: &Key, kept: &Arc<Kept>| u32::try_from(kept.bytes).unwrap_or(u32::MAX);
        Results {
            kept: Cache::builder().weigher(size).max_capacity(bytes).time_to_live(keep).build(),
            keep,
            largest: usize::try_from(bytes / SHARE).unwrap_or(usize::MAX),
        }
    }

    /// The rows kept under a key, and when they were read.
    pub(crate) async fn find(&self, key: &Key) -> Option<(RowStream, DateTime<Utc>)> {
        let kept = self.kept.get(key).await?;
        let fresh_for = if kept.volatile { VOLATILE.min(self.keep) } else { self.keep };
        if kept.read.elapsed() >= fresh_for {
            return None;
        }
        Some((Arc::clone(&kept).stream(), kept.read_at))
    }

    /// Begins to copy a result that comes now.
    pub(crate) fn copy(&self, columns: &[Column], now: DateTime<Utc>) -> Copied {
        Copied {
            largest: self.largest,
            bytes: 0,
            columns: columns.to_vec(),
            rows: Vec::new(),
            read: Instant::now(),
            read_at: now,
        }
    }

    /// Keeps a copy that was made to the end, unless it is too large.
    pub(crate) async fn keep(&self, key: Key, copied: Copied, truncated: bool, volatile: bool) {
        let Copied { largest, bytes, columns, rows, read, read_at } = copied;
        if bytes <= largest {
            let kept = Kept { columns, rows, truncated, volatile, bytes, read, read_at };
            self.kept.insert(key, Arc::new(kept)).await;
        }
    }
}

impl Kept {
    fn stream(self: Arc<Self>) -> RowStream {
        let batches = self.rows.len().div_ceil(BATCH).max(1);
        RowStream {
            columns: self.columns.clone(),
            batches: stream::iter(0..batches)
                .map(move |number| {
                    let rows = self.rows.iter().skip(number * BATCH).take(BATCH).cloned().collect();
                    Ok(Batch { rows, truncated: self.truncated && number + 1 == batches })
                })
                .boxed(),
        }
    }
}

/// A result as it comes; when it grows too large, what was copied is let go.
#[derive(Debug)]
pub(crate) struct Copied {
    largest: usize,
    bytes: usize,
    columns: Vec<Column>,
    rows: Vec<Row>,
    read: Instant,
    read_at: DateTime<Utc>,
}

impl Copied {
    /// Copies some more rows.
    pub(crate) fn add(&mut self, rows: &[Row]) {
        self.bytes += rows.iter().map(size).sum::<usize>();
        if self.bytes <= self.largest {
            self.rows.extend_from_slice(rows);
        } else {
            self.rows = Vec::new();
        }
    }
}

/// What a row takes in memory, about.
fn size(row: &Row) -> usize {
    ROW_BYTES + row.iter().map(cell_size).sum::<usize>()
}

/// What a cell takes in memory, about.
pub(crate) fn cell_size(value: &Value) -> usize {
    CELL_BYTES
        + match value {
            Value::Text(text) | Value::Decimal(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            Value::Json(json) => json.to_string().len(),
            Value::Array(values) => values.iter().map(cell_size).sum(),
            Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Unsigned(_) | Value::Float(_) => 0,
        }
}
