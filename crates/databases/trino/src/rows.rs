use serde_json::value::RawValue;
use sqlatte_providers::{Batch, ErrorKind, ProviderError, Result, Row};

use crate::{types::Type, values};

const MAX_ROWS: usize = 500;
const MAX_BYTES: usize = 256 << 10;

/// Makes batches of rows, and ends them at the limit.
pub(crate) struct Batches {
    types: Vec<Type>,
    rows: Vec<Row>,
    bytes: usize,
    /// Rows that may still be given out.
    left: u64,
}

/// What came of one more row.
pub(crate) enum Added {
    /// It waits for others.
    Waiting,
    /// A batch is complete.
    Complete(Batch),
    /// It was one too many: the batch is the last.
    Last(Batch),
}

impl Batches {
    pub(crate) fn new(types: Vec<Type>, max_rows: u64) -> Self {
        Batches { types, rows: Vec::new(), bytes: 0, left: max_rows }
    }

    /// Reads a row.
    pub(crate) fn add(&mut self, row: &RawValue) -> Result<Added> {
        if self.left == 0 {
            return Ok(Added::Last(Batch { rows: self.take(), truncated: true }));
        }
        self.left -= 1;
        let row = row.get();
        self.rows.push(values::row(row, &self.types).map_err(malformed)?);
        self.bytes += row.len();
        if self.rows.len() < MAX_ROWS && self.bytes < MAX_BYTES {
            return Ok(Added::Waiting);
        }
        Ok(self.flush().map_or(Added::Waiting, Added::Complete))
    }

    /// The rows that wait. At the limit they go on waiting, since one row more makes their batch the last.
    pub(crate) fn flush(&mut self) -> Option<Batch> {
        (self.left > 0 && !self.rows.is_empty()).then(|| Batch { rows: self.take(), truncated: false })
    }

    /// The rows that wait when there are no more.
    pub(crate) fn end(mut self) -> Option<Batch> {
        (!self.rows.is_empty()).then(|| Batch { rows: self.take(), truncated: false })
    }

    fn take(&mut self) -> Vec<Row> {
        self.bytes = 0;
        std::mem::take(&mut self.rows)
    }
}

/// The server broke its own protocol.
pub(crate) fn malformed(cause: serde_json::Error) -> ProviderError {
    // The error has the place and what was expected, never a value.
    ProviderError::new(
        ErrorKind::Unexpected,
        "the server's answer is not what the Trino protocol says; check that the address is that of a Trino or \
         Presto server, and `protocol`",
    )
    .with_source(cause)
}
