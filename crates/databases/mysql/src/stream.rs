use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures::Stream;
use mysql_async::{BinaryProtocol, Error, QueryResult, prelude::Queryable};
use sqlatte_providers::{Batch, Column, ErrorKind, ProviderError, Result, RowStream};
use tokio::sync::{mpsc, oneshot};

use crate::{
    error::{self, Statement},
    pool::{self, GRACE, Pool},
    prepared::unchanged,
    rows::{Chunk, End, Reader},
    session::Session,
    statement::{Ended, killed, until_stopped},
    stop::{Caller, Reason, Stop},
};

/// Batches that may be ready before they are asked for.
const AHEAD: usize = 2;

/// Runs a statement that passed the guard and answers with its rows.
pub(crate) async fn open(
    pool: &Arc<Pool>,
    sql: String,
    max_rows: u64,
    timeout: Duration,
) -> Result<RowStream> {
    let (stop, caller) = Stop::after(timeout);
    let deadline = stop.deadline() + GRACE;
    let (sender, answer) = oneshot::channel();
    tokio::spawn(serve(Arc::clone(pool), sql, max_rows, stop, sender));
    let head: Head = pool::answered(answer, deadline, timeout).await?;
    let batches = Batches { first: Some(head.first), rest: head.rest, _caller: caller };
    Ok(RowStream { columns: head.columns, batches: Box::pin(batches) })
}

/// The start of an answer: its columns and first rows, and where the rest comes from if there is any.
struct Head {
    columns: Vec<Column>,
    first: Batch,
    rest: Option<mpsc::Receiver<Result<Batch>>>,
}

struct Batches {
    first: Option<Batch>,
    rest: Option<mpsc::Receiver<Result<Batch>>>,
    _caller: Caller,
}

impl Stream for Batches {
    type Item = Result<Batch>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        let Some(rest) = &mut self.rest else { return Poll::Ready(None) };
        let item = std::task::ready!(rest.poll_recv(context));
        if !matches!(item, Some(Ok(_))) {
            self.rest = None;
        }
        Poll::Ready(item)
    }
}

/// How far the answer is.
enum Phase {
    First(oneshot::Sender<Result<Head>>),
    Streaming(mpsc::Sender<Result<Batch>>),
}

impl Phase {
    /// Hands out some rows; false when nobody wants them any more.
    async fn send(&mut self, columns: &mut Vec<Column>, batch: Batch, last: bool) -> bool {
        if let Phase::Streaming(batches) = self {
            return batches.send(Ok(batch)).await.is_ok();
        }
        let (sender, receiver) = mpsc::channel(AHEAD);
        let Phase::First(answer) = std::mem::replace(self, Phase::Streaming(sender)) else { return false };
        let rest = if last { None } else { Some(receiver) };
        answer.send(Ok(Head { columns: std::mem::take(columns), first: batch, rest })).is_ok()
    }

    async fn fail(self, error: ProviderError) {
        // Sending fails only where nobody listens any more.
        match self {
            Phase::First(answer) => drop(answer.send(Err(error))),
            Phase::Streaming(batches) => drop(batches.send(Err(error)).await),
        }
    }
}

async fn serve(
    pool: Arc<Pool>,
    sql: String,
    max_rows: u64,
    mut stop: Stop,
    answer: oneshot::Sender<Result<Head>>,
) {
    let mut phase = Phase::First(answer);
    let mut lease = match pool.lease(&mut stop).await {
        Ok(lease) => lease,
        Err(error) => return phase.fail(error).await,
    };
    let id = lease.id();
    let outcome = match lease.session() {
        Some(session) => {
            let statement = Statement { sql: &sql, flavour: session.flavour() };
            let mut run = Run { pool: &pool, id, statement, max_rows, stop: &mut stop };
            run.run(session, &mut phase).await
        }
        None => Outcome::clean(None),
    };
    lease.finish(outcome.clean).await;
    if let Some(error) = outcome.error {
        phase.fail(error).await;
    }
}

/// How a statement ended.
struct Outcome {
    /// What its caller has not heard yet.
    error: Option<ProviderError>,
    /// Whether nothing of it is left on the connection.
    clean: bool,
}

impl Outcome {
    fn clean(error: Option<ProviderError>) -> Self {
        Outcome { error, clean: true }
    }
}

struct Run<'a> {
    pool: &'a Pool,
    id: u64,
    statement: Statement<'a>,
    max_rows: u64,
    stop: &'a mut Stop,
}

impl Run<'_> {
    async fn run(&mut self, session: &mut Session, phase: &mut Phase) -> Outcome {
        let flavour = session.flavour();
        let text = match unchanged(self.statement.sql) {
            Ok(text) => text,
            Err(error) => return Outcome::clean(Some(error)),
        };
        let prepared =
            match until_stopped(session.conn.prep(text.as_ref()), self.stop, self.pool, self.id).await {
                Ended::Done(Ok(prepared)) => prepared,
                Ended::Done(Err(error)) => return self.failed(error),
                Ended::Stopped(reason, rest) => return self.stopped(reason, rest.is_some()),
            };
        if prepared.num_columns() == 0 {
            return Outcome::clean(Some(refused("only statements that give rows may run")));
        }
        if prepared.num_params() > 0 {
            return Outcome::clean(Some(refused(
                "`?` stands for a value that nobody gives: write the value",
            )));
        }
        let started = session.conn.exec_iter(&prepared, ());
        let mut result = match until_stopped(started, self.stop, self.pool, self.id).await {
            Ended::Done(Ok(result)) => result,
            Ended::Done(Err(error)) => return self.failed(error),
            Ended::Stopped(reason, Some(Ok(mut result))) => {
                let clean = killed(drained(&mut result), self.pool, self.id).await;
                return self.stopped(reason, clean.unwrap_or(false));
            }
            Ended::Stopped(reason, Some(Err(error))) => return self.stopped(reason, !error.is_fatal()),
            Ended::Stopped(reason, None) => return self.stopped(reason, false),
        };
        let reader = Reader::new(result.columns_ref(), flavour, self.max_rows);
        self.read(&mut result, reader, phase).await
    }

    async fn read(
        &mut self,
        result: &mut QueryResult<'_, '_, BinaryProtocol>,
        mut reader: Reader,
        phase: &mut Phase,
    ) -> Outcome {
        let mut columns = None;
        loop {
            let chunk = tokio::select! {
                biased;
                chunk = reader.next(result) => chunk,
                reason = self.stop.reached() => return self.abandon(result, Some(reason)).await,
            };
            let Chunk { mut rows, end } = match chunk {
                Ok(chunk) => chunk,
                Err(error) => return self.failed(error),
            };
            let columns = columns.get_or_insert_with(|| reader.decide(&mut rows));
            let batch = Batch { rows, truncated: end == Some(End::Truncated) };
            let wanted = tokio::select! {
                biased;
                wanted = phase.send(columns, batch, end.is_some()) => wanted,
                reason = self.stop.reached() => return self.abandon(result, Some(reason)).await,
            };
            match end {
                Some(End::Complete) => return Outcome::clean(None),
                Some(End::Truncated) => return self.abandon(result, None).await,
                None if !wanted => return self.abandon(result, None).await,
                None => {}
            }
        }
    }

    /// Ends a statement whose rows are not wanted any more.
    async fn abandon(
        &self,
        result: &mut QueryResult<'_, '_, BinaryProtocol>,
        reason: Option<Reason>,
    ) -> Outcome {
        let clean = killed(drained(result), self.pool, self.id).await.unwrap_or(false);
        Outcome { error: reason.map(|reason| self.stop.error(reason)), clean }
    }

    fn failed(&self, error: Error) -> Outcome {
        let clean = !error.is_fatal();
        let error = error::of_statement(error, self.pool.server().target(), Some(self.statement));
        Outcome { error: Some(error), clean }
    }

    fn stopped(&self, reason: Reason, clean: bool) -> Outcome {
        Outcome { error: Some(self.stop.error(reason)), clean }
    }
}

/// Reads what a killed statement had still sent; whether the connection is good for more.
async fn drained(result: &mut QueryResult<'_, '_, BinaryProtocol>) -> bool {
    loop {
        match result.next().await {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(error) => return !error.is_fatal(),
        }
    }
}

fn refused(message: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Rejected, message)
}
