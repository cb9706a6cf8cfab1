use std::{
    pin::Pin,
    sync::mpsc as demand,
    task::{Context, Poll},
    time::Instant,
};

use futures::Stream;
use sqlatte_providers::{Batch, Column, Result, RowStream};
use tokio::sync::{mpsc, oneshot};

use crate::{
    connection::Connection,
    pool::Lease,
    rows::{self, Chunk, End, Reader},
    stop::{Stop, StopOnDrop},
};

/// Batches that may be ready before they are asked for.
const AHEAD: usize = 2;

/// The start of an answer: its columns and first rows, and where the rest comes from if there is any.
pub(crate) struct Head {
    columns: Vec<Column>,
    first: Batch,
    rest: Option<Rest>,
}

struct Rest {
    batches: mpsc::UnboundedReceiver<Result<Batch>>,
    /// One message for each batch taken: the channel is bounded by what is asked for.
    taken: demand::Sender<()>,
}

impl Head {
    /// The answer as its caller sees it; `stop` ends the statement when that caller drops it.
    pub(crate) fn into_stream(self, stop: Stop) -> RowStream {
        let stop = self.rest.is_some().then(|| StopOnDrop::new(stop));
        let batches = Batches { first: Some(self.first), rest: self.rest, _stop: stop };
        RowStream { columns: self.columns, batches: Box::pin(batches) }
    }
}

struct Batches {
    first: Option<Batch>,
    rest: Option<Rest>,
    _stop: Option<StopOnDrop>,
}

impl Stream for Batches {
    type Item = Result<Batch>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        let Some(rest) = &mut self.rest else { return Poll::Ready(None) };
        let item = std::task::ready!(rest.batches.poll_recv(context));
        match &item {
            // Fails when the statement has ended, and then nothing is to be asked for.
            Some(Ok(_)) => drop(rest.taken.send(())),
            Some(Err(_)) | None => self.rest = None,
        }
        Poll::Ready(item)
    }
}

/// Runs a statement on this thread: answers with its head, then sends the rest as it is asked for.
pub(crate) fn serve(
    mut lease: Lease,
    stop: &Stop,
    sql: &str,
    max_rows: u64,
    answer: oneshot::Sender<Result<Head>>,
) {
    let mut phase = Phase::First(answer);
    let result = lease.with(|connection| read(connection, stop, sql.trim(), max_rows, &mut phase));
    let result = result.map_err(|error| match error.position() {
        // Counted from the first word, which is not always the start of the text.
        Some(position) => error.with_position(position + sql.len() - sql.trim_start().len()),
        None => error,
    });
    // The connection goes back before the caller hears of the end, and finds it free.
    drop(lease);
    phase.end(result);
}

/// How far the answer is.
enum Phase {
    First(oneshot::Sender<Result<Head>>),
    /// Everything is in the head, which is sent when the connection is free again.
    Complete(oneshot::Sender<Result<Head>>, Head),
    Streaming(mpsc::UnboundedSender<Result<Batch>>),
    Abandoned,
}

impl Phase {
    fn end(self, result: Result<()>) {
        // Sending fails only where nobody listens any more.
        match (self, result) {
            (Phase::First(answer) | Phase::Complete(answer, _), Err(error)) => drop(answer.send(Err(error))),
            (Phase::Complete(answer, head), Ok(())) => drop(answer.send(Ok(head))),
            (Phase::Streaming(batches), Err(error)) => drop(batches.send(Err(error))),
            (Phase::First(_) | Phase::Streaming(_) | Phase::Abandoned, _) => {}
        }
    }
}

fn read(connection: &Connection, stop: &Stop, sql: &str, max_rows: u64, phase: &mut Phase) -> Result<()> {
    connection.run(stop, |sqlite| {
        let mut statement = match Connection::prepare(sqlite, sql)? {
            Ok(statement) => statement,
            Err(refused) => return Ok(Err(refused)),
        };
        let mut reader = Reader::new(statement.query([])?, max_rows);
        let mut first = reader.next()?;
        // Only now: SQLite prepares a statement anew when it begins and its tables have changed.
        let Some(declared) = reader.declared.take() else {
            drop(reader);
            complete(rows::decide(rows::declared(&statement), &[]), first, phase);
            return Ok(Ok(()));
        };
        // From here on rows are on their way, and nothing may be tried again.
        let columns = rows::decide(declared, &first.rows);
        rows::refine(&columns, &mut first.rows);
        Ok(answer(reader, columns, first, stop, phase).map_err(|error| connection.translate(error, stop)))
    })?
}

/// Sends the head, and the rest where there is one.
fn answer(
    mut reader: Reader<'_>,
    columns: Vec<Column>,
    first: Chunk,
    stop: &Stop,
    phase: &mut Phase,
) -> rusqlite::Result<()> {
    if first.end.is_some() {
        complete(columns, first, phase);
        return Ok(());
    }
    let Phase::First(answer) = std::mem::replace(phase, Phase::Abandoned) else { return Ok(()) };
    let (batches, receiver) = mpsc::unbounded_channel();
    let (taken, demand) = demand::channel();
    let rest = Some(Rest { batches: receiver, taken });
    if answer.send(Ok(Head { columns: columns.clone(), first: batch(first), rest })).is_err() {
        return Ok(());
    }
    *phase = Phase::Streaming(batches.clone());

    let mut ahead = 0;
    loop {
        let mut chunk = reader.next()?;
        rows::refine(&columns, &mut chunk.rows);
        let ended = chunk.end.is_some();
        if batches.send(Ok(batch(chunk))).is_err() || ended {
            return Ok(());
        }
        ahead += 1;
        if ahead >= AHEAD {
            match demand.recv_timeout(stop.deadline().saturating_duration_since(Instant::now())) {
                Ok(()) => ahead -= 1,
                Err(demand::RecvTimeoutError::Timeout) => {
                    // The caller's time is up as well as the statement's.
                    drop(batches.send(Err(stop.timed_out())));
                    return Ok(());
                }
                Err(demand::RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
        while demand.try_recv().is_ok() {
            ahead -= 1;
        }
    }
}

/// Keeps the head of an answer that it is all of, until the connection is free.
fn complete(columns: Vec<Column>, all: Chunk, phase: &mut Phase) {
    if let Phase::First(answer) = std::mem::replace(phase, Phase::Abandoned) {
        *phase = Phase::Complete(answer, Head { columns, first: batch(all), rest: None });
    }
}

fn batch(chunk: Chunk) -> Batch {
    Batch { rows: chunk.rows, truncated: chunk.end == Some(End::Truncated) }
}
