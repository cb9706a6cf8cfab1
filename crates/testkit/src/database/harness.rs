#![expect(
    clippy::print_stderr,
    clippy::expect_used,
    reason = "part of tests: a failure is to be seen, and so is a clause that does not apply"
)]

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::TryStreamExt;
use sqlatte_guard::{Dialect, Guarded};
use sqlatte_providers::{Column, ColumnType, DatabaseProvider, Query, Result, Row, Value};

use crate::skip;

/// A database of the suite's own, made by an adapter's tests.
///
/// It holds two tables, with keys and comments wherever the database can carry them:
///
/// ```text
/// clients "People who buy"                     sales
///   id      integer, primary key                 id         integer, primary key
///   name    text, not null, "Full name"          client_id  integer, not null, references clients (id), "Who bought"
///   city    text, may be null                    amount     decimal with two digits after the point
///                                                status     text: paid (2 of 3), open
/// 1  Ayşe Yılmaz   Istanbul                    1  1  12.50  paid
/// 2  Jürgen Groß   München                     2  1  99.90  open
/// 3  李小龍         NULL                        3  2   7.00  paid
/// ```
#[async_trait]
pub trait DatabaseHarness: Sized + Send + Sync + 'static {
    /// Makes the database; an error says what is missing to run these tests at all.
    async fn start() -> Result<Self, String>;

    /// The dialect of the statements below.
    fn dialect(&self) -> Dialect;

    /// A new provider that uses at most `connections` at once.
    async fn provider(&self, connections: usize) -> Arc<dyn DatabaseProvider>;

    /// A provider whose user may read the tables and owns nothing.
    async fn restricted(&self) -> Applies<Arc<dyn DatabaseProvider>>;

    /// A provider with a wrong password.
    async fn wrong_password(&self) -> Applies<Arc<dyn DatabaseProvider>>;

    /// The password the harness connects with.
    fn password(&self) -> Applies<String>;

    /// Takes the server away.
    async fn take_away(&self) -> Applies<()>;

    /// Brings the server back after [`take_away`](Self::take_away).
    async fn bring_back(&self);

    /// Whether calls in flight end when the server is [taken away](Self::take_away).
    fn breaks_connections(&self) -> Applies<()>;

    /// How many statements of the provider's user the server is working on, seen from another connection.
    async fn running(&self) -> Applies<u64>;

    /// How many sessions of the provider's user the server keeps, seen from another connection.
    async fn sessions(&self) -> Applies<u64>;

    /// Runs a statement as the owner of the database, who may do everything.
    async fn administer(&self, sql: &str);

    /// Runs statements as the owner of the database, one after the other.
    async fn administer_all(&self, statements: &[String]) {
        for sql in statements {
            self.administer(sql).await;
        }
    }

    /// So many tables that it must not matter, as many as can be made in a minute or less.
    fn many_tables(&self) -> Applies<usize>;

    /// How soon a server with nothing else to do answers a small query.
    fn answers_within(&self) -> Duration {
        Duration::from_secs(1)
    }

    /// Tables with names that try to break out of their quotes, as far as the database allows such names.
    fn odd_names(&self) -> Vec<OddName>;

    /// Whether table and column comments can be kept.
    fn comments(&self) -> Applies<()>;

    /// Whether primary and foreign keys can be declared.
    fn keys(&self) -> Applies<()>;

    /// Whether distinct values of text columns are described.
    fn samples(&self) -> Applies<()>;

    /// A query of one column and one row with a value of this sort.
    fn value(&self, sort: Sort) -> Applies<ValueCase>;

    /// A query that gives `count` rows: a whole number from 1, and a text of about 100 bytes.
    fn many_rows(&self, count: u64) -> String;

    /// A query that works for minutes before its first row.
    fn endless(&self) -> String;

    /// A query that fails when it runs, not when it is prepared.
    fn failing(&self) -> Applies<String>;

    /// Whether an error says where in the statement the fault is.
    fn positions(&self) -> Applies<()>;

    /// Statements that would change data, structure, settings, files or the session, or leave the database.
    fn hostile(&self) -> Vec<String>;

    /// All that a hostile statement could have changed, as lines of text to compare.
    async fn state(&self) -> String;

    /// After how many hostile statements the state is looked at: more than one where looking takes long.
    fn looks_after(&self) -> usize {
        1
    }

    /// Statements for [`administer`](Self::administer), each of which makes another [`state`](Self::state).
    fn changes(&self) -> Vec<String>;

    /// Queries for the provider that show what its session carries from one statement to the next: settings,
    /// variables, temporary tables, cursors.
    fn session(&self) -> Vec<String>;
}

/// Something a database has, or the reason why it has not.
#[derive(Debug, Clone)]
pub enum Applies<T> {
    /// It has.
    Yes(T),
    /// It has not, because.
    No(&'static str),
}

impl<T> Applies<T> {
    /// What it has; where it has not, prints the reason for the reader of the test run.
    pub fn or_print(self, clause: &str) -> Option<T> {
        match self {
            Applies::Yes(value) => Some(value),
            Applies::No(reason) => {
                eprintln!("not applicable: {clause}: {reason}");
                None
            }
        }
    }
}

/// A table with one text column and one row, whose value is `x`.
#[derive(Debug, Clone)]
pub struct OddName {
    /// The table's name.
    pub table: String,
    /// The column's name.
    pub column: String,
}

/// The sorts of value that must survive the way from the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// NULL.
    Null,
    /// `12345678901234567890.123456789`, or as many of its digits as fit.
    Decimal,
    /// The smallest 64-bit integer.
    BigInteger,
    /// The largest unsigned 64-bit integer.
    Unsigned,
    /// `0.1`.
    Float,
    /// Not a number.
    FloatNan,
    /// `2026-11-22 13:14:15.123456`.
    Timestamp,
    /// The same instant in Istanbul.
    TimestampTz,
    /// `2024-02-29`.
    Date,
    /// `23:59:59`.
    Time,
    /// One day and two hours.
    Interval,
    /// True.
    Boolean,
    /// `{"a": [1, null, "ü"]}`.
    Json,
    /// The array of 1, NULL and 3.
    Array,
    /// The bytes 0, 255 and 16.
    Bytes,
    /// `123e4567-e89b-12d3-a456-426614174000`.
    Uuid,
    /// A label of an enumeration.
    Enum,
    /// `ağ 漢字 😊 'quoted"`.
    Utf8,
}

/// A query with one value, and what must arrive.
#[derive(Debug, Clone)]
pub struct ValueCase {
    /// The query.
    pub sql: String,
    /// The column's type.
    pub kind: ColumnType,
    /// The value.
    pub value: Value,
}

/// A database for one clause; `None` where there is no server to test with: see [`skip`].
pub async fn started<H: DatabaseHarness>(clause: &str) -> Option<H> {
    H::start().await.map_err(|reason| skip(clause, &reason)).ok()
}

/// A query past the guard, with limits that no test meets by accident.
pub(super) fn query<H: DatabaseHarness>(harness: &H, sql: &str) -> Query {
    Query {
        sql: Guarded::unguarded(sql, harness.dialect()),
        max_rows: 10_000,
        timeout: Duration::from_secs(60),
    }
}

/// A whole answer.
pub(super) struct Answer {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
    pub(super) truncated: bool,
}

pub(super) async fn fetch(provider: &dyn DatabaseProvider, query: Query) -> Result<Answer> {
    let stream = provider.query(query).await?;
    let columns = stream.columns;
    let batches: Vec<_> = stream.batches.try_collect().await?;
    let truncated = batches.last().is_some_and(|batch| batch.truncated);
    let early = batches.iter().rev().skip(1).any(|batch| batch.truncated);
    assert!(!early, "only the last batch may say that it is truncated");
    let rows: Vec<Row> = batches.into_iter().flat_map(|batch| batch.rows).collect();
    assert!(rows.iter().all(|row| row.len() == columns.len()), "a row is not as wide as its columns");
    Ok(Answer { columns, rows, truncated })
}

pub(super) async fn fetch_sql<H: DatabaseHarness>(harness: &H, sql: &str) -> Answer {
    let provider = harness.provider(2).await;
    fetch(&*provider, query(harness, sql)).await.expect("the query runs")
}
