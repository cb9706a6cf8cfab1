//! The rows of a running statement, as they come.

use std::{
    future::{Future, poll_fn},
    iter,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures::{Stream as _, stream};
use sqlatte_providers::{Batch, Column, ErrorKind, ProviderError, Result, Row, RowStream, Value};
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_postgres::{Error, Statement};

use crate::{
    binary::{Decoder, Raw},
    error,
    limit::Limit,
    pages::Pages,
    session::Session,
    types,
};

const MAX_ROWS: usize = 500;
const MAX_BYTES: usize = 256 << 10;
/// A slow statement shows what it has after this long.
const MAX_AGE: Duration = Duration::from_millis(200);

/// Runs a prepared statement; the answer has its columns, and its rows follow as they are asked for.
///
/// The rows are not fetched in pages: PostgreSQL gives up its parallel plans for statements that are. It is
/// the socket that holds a fast server back, and a cancel request that ends a statement nobody wants to hear
/// more of.
pub(crate) async fn start(
    session: Session,
    statement: Statement,
    sql: &str,
    max_rows: u64,
    limit: Limit,
) -> Result<RowStream> {
    if !statement.params().is_empty() {
        let message = "the statement has parameters such as $1: write the values into it";
        return Err(ProviderError::new(ErrorKind::Rejected, message));
    }
    if statement.columns().is_empty() {
        // Whatever changes a session or the server's data says nothing in answer; it is not even started.
        let message = "only queries may run, and this statement gives no columns";
        return Err(ProviderError::new(ErrorKind::Rejected, message));
    }
    let columns = statement
        .columns()
        .iter()
        .map(|column| Column { name: column.name().to_owned(), kind: types::column_type(column.type_()) });
    let columns = columns.collect();
    let decoders: Option<Vec<_>> =
        statement.columns().iter().map(|column| types::decoder(column.type_())).collect();

    let mut run = Run { source: Source::None, session, sql: sql.to_owned(), limit, left: max_rows };
    run.session.busy = true;
    let opened = match decoders {
        Some(decoders) => {
            let rows = run.session.client()?.query_raw(&statement, iter::empty::<&str>()).await;
            rows.map(|rows| Source::Binary(Box::pin(rows), decoders))
        }
        None => {
            let settings = run.session.settings(limit);
            Pages::open(run.session.client_mut()?, &statement, &settings).await.map(Source::Text)
        }
    };
    run.source = opened.map_err(|error| run.failed(error))?;
    Ok(RowStream { columns, batches: Box::pin(stream::try_unfold(Some(run), Run::step)) })
}

/// A statement that runs.
struct Run {
    source: Source,
    session: Session,
    sql: String,
    limit: Limit,
    /// Rows that may still be given out.
    left: u64,
}

enum Source {
    None,
    Binary(Pin<Box<tokio_postgres::RowStream>>, Vec<Decoder>),
    Text(Pages),
}

/// Rows that are gathered for a batch.
#[derive(Default)]
pub(crate) struct Gathered {
    rows: Vec<Row>,
    bytes: usize,
}

/// Why a batch is no longer gathered for.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum End {
    Full,
    Complete,
    Truncated,
}

impl Run {
    /// The next batch, and what is to be run on after it.
    async fn step(run: Option<Run>) -> Result<Option<(Batch, Option<Run>)>> {
        let Some(mut run) = run else { return Ok(None) };
        let (rows, end) = run.next().await?;
        let batch = Batch { rows, truncated: end == End::Truncated };
        match end {
            End::Full => return Ok(Some((batch, Some(run)))),
            // The server still has rows to give, which the sweep will stop.
            End::Truncated => {}
            End::Complete => run.session.busy = false,
        }
        // Dropped here: the connection is on its way back before the caller hears of the end.
        Ok(Some((batch, None)))
    }

    async fn next(&mut self) -> Result<(Vec<Row>, End)> {
        let limit = self.limit;
        if limit.left().is_zero() {
            return Err(limit.timed_out());
        }
        let mut gathered = Gathered::default();
        let gathering = async {
            let gathered = match &mut self.source {
                Source::None => Ok(End::Complete),
                Source::Binary(rows, decoders) => {
                    gather(rows.as_mut(), decoders, &mut gathered, &mut self.left).await
                }
                Source::Text(pages) => match self.session.client() {
                    Ok(client) => pages.gather(client, &mut gathered, &mut self.left).await,
                    Err(error) => return Err(error),
                },
            };
            gathered.map_err(|error| self.failed(error))
        };
        let end = limit.hold(gathering).await?;
        Ok((gathered.rows, end))
    }

    fn failed(&mut self, error: Error) -> ProviderError {
        if error.as_db_error().is_some() {
            // The server has ended it.
            self.session.busy = false;
        }
        error::of_statement(error, &self.session.connector.target, &self.sql, self.limit)
    }
}

impl Gathered {
    /// Adds a row, unless it is one too many; says whether that ends the batch.
    pub(crate) fn add(&mut self, row: impl FnOnce() -> Row, bytes: usize, left: &mut u64) -> Option<End> {
        let Some(rest) = left.checked_sub(1) else { return Some(End::Truncated) };
        *left = rest;
        let row = row();
        self.bytes += bytes + row.len() * size_of::<Value>();
        self.rows.push(row);
        (self.rows.len() == MAX_ROWS || self.bytes >= MAX_BYTES).then_some(End::Full)
    }
}

/// Gathers rows until a batch is full, the statement has ended, or the first of them has waited long enough.
async fn gather(
    mut rows: Pin<&mut tokio_postgres::RowStream>,
    decoders: &[Decoder],
    gathered: &mut Gathered,
    left: &mut u64,
) -> Result<End, Error> {
    let started = Instant::now();
    let mut timer: Option<Pin<Box<Sleep>>> = None;
    let mut poll = |context: &mut Context<'_>| loop {
        match rows.as_mut().poll_next(context) {
            Poll::Ready(Some(Ok(row))) => {
                let bytes = row.raw_size_bytes();
                if let Some(end) = gathered.add(|| decode(&row, decoders), bytes, left) {
                    return Poll::Ready(Ok(end));
                }
            }
            Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error)),
            Poll::Ready(None) => return Poll::Ready(Ok(End::Complete)),
            Poll::Pending if gathered.rows.is_empty() => return Poll::Pending,
            Poll::Pending => {
                let timer = timer.get_or_insert_with(|| Box::pin(sleep_until(started + MAX_AGE)));
                ready!(timer.as_mut().poll(context));
                return Poll::Ready(Ok(End::Full));
            }
        }
    };
    poll_fn(&mut poll).await
}

fn decode(row: &tokio_postgres::Row, decoders: &[Decoder]) -> Row {
    let cell = |(index, decoder): (usize, &Decoder)| match row.try_get::<_, Option<Raw<'_>>>(index) {
        Ok(Some(Raw(raw))) => decoder.read(raw),
        // The only other answer: every type is accepted, and there are as many columns as decoders.
        Ok(None) | Err(_) => Value::Null,
    };
    decoders.iter().enumerate().map(cell).collect()
}
