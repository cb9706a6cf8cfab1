use std::{fmt, time::Duration};

use async_trait::async_trait;
use futures::stream::BoxStream;
use sqlatte_guard::{Dialect, Guarded};

use crate::{Column, Result, Row, TableRef, TableSchema};

/// A database that can be asked.
#[async_trait]
pub trait DatabaseProvider: fmt::Debug + Send + Sync + 'static {
    /// What is connected to, without secrets.
    fn info(&self) -> DatabaseInfo;

    /// Every table and view the connection may read, by name.
    async fn tables(&self) -> Result<Vec<TableRef>>;

    /// Columns, keys, comments and samples of `tables`, in the order asked for, in as few round trips as the
    /// database allows.
    ///
    /// # Errors
    /// `NotFound` names the first table that does not exist.
    async fn describe(&self, tables: &[TableRef]) -> Result<Vec<TableSchema>>;

    /// Runs a statement that passed the guard and streams its rows.
    ///
    /// Returns when the columns are known. Dropping the stream stops the statement within a second.
    ///
    /// # Errors
    /// `Rejected` with the database's words for bad SQL, `Timeout` when `query.timeout` passed (also from the
    /// stream), `Forbidden` for a table or column this user may not read, `Unauthorized`, `Unavailable`.
    async fn query(&self, query: Query) -> Result<RowStream>;

    /// What running the statement would cost, where the database can say so beforehand.
    async fn estimate(&self, sql: &Guarded) -> Result<Option<Estimate>>;

    /// Whether the database answers and lets this user read; the error says what to do.
    async fn check(&self) -> Result<()>;

    /// Rights of this user beyond reading, a sentence each, for an administrator: the statements that get here only
    /// read, and an account that could do no more is a second lock.
    async fn excess_rights(&self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}

/// What a provider is connected to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseInfo {
    /// The provider's kind, such as `postgresql`.
    pub kind: &'static str,
    /// The dialect its SQL is written in.
    pub dialect: Dialect,
    /// Where it is, without user or password: `host:port/database` or a file's path.
    pub target: String,
    /// Where a table's name without catalog and schema is looked for: the catalog and schema, as far as the
    /// database has them; empty where that is more than one place, or not known.
    pub home: Vec<String>,
}

/// A guarded statement with the limits it runs under.
#[derive(Debug, Clone)]
pub struct Query {
    /// The statement.
    pub sql: Guarded,
    /// Rows after which the stream ends and says it was truncated.
    pub max_rows: u64,
    /// Wall-clock time for the whole statement, fetching included.
    pub timeout: Duration,
}

/// The rows of a running statement: columns first, then batches as they come.
pub struct RowStream {
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// The batches; the last one may be empty.
    pub batches: BoxStream<'static, Result<Batch>>,
}

impl fmt::Debug for RowStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowStream").field("columns", &self.columns).finish_non_exhaustive()
    }
}

/// Some rows of a stream.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Batch {
    /// The rows, each as wide as the stream's columns.
    pub rows: Vec<Row>,
    /// Whether the statement had more rows than `max_rows`; only ever true on the last batch.
    pub truncated: bool,
}

/// What a statement is expected to cost; each database knows some of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Estimate {
    /// Rows the database expects to read.
    pub rows: Option<u64>,
    /// Bytes the database expects to scan or bill.
    pub bytes: Option<u64>,
}
