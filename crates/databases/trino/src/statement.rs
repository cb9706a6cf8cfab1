//! One statement from its submission to its end, or to its cancellation.

use std::{pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{
    StreamExt, TryStreamExt,
    future::{self, Either},
    stream,
};
use serde_json::value::RawValue;
use sqlatte_providers::{Batch, Column, ErrorKind, ProviderError, Result, Row, RowStream};
use tokio::{
    sync::{OwnedSemaphorePermit, mpsc},
    time::{Instant, sleep, sleep_until, timeout, timeout_at},
};

use crate::{
    calls::SUBMIT_GRACE,
    error::{self, Text},
    rows::{Added, Batches, malformed},
    server::Server,
    text::unterminated,
    types::Type,
    wire::{Page, WireColumn},
};

/// How long a statement that is being cancelled keeps others from its place.
const PLACE_KEPT: Duration = Duration::from_secs(2);
/// No statement runs longer, whatever it is allowed.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A statement and its limits.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub(crate) text: Text,
    pub(crate) max_rows: u64,
    pub(crate) timeout: Duration,
}

impl Statement {
    pub(crate) fn new(sql: &str, max_rows: u64, timeout: Duration) -> Self {
        Statement::after("", sql, max_rows, timeout)
    }

    /// A statement that is `sql` with `before` in front of it; places are counted from where `sql` begins.
    pub(crate) fn after(before: &str, sql: &str, max_rows: u64, timeout: Duration) -> Self {
        let text = Text { sql: format!("{before}{}", unterminated(sql)), before: before.len() };
        Statement { text, max_rows, timeout: timeout.min(LONGEST) }
    }
}

/// What the task of a statement tells its caller: the columns first, then the batches.
enum Told {
    Columns(Vec<Column>, Vec<Type>),
    Batch(Batch),
}

type Sender = mpsc::Sender<Result<Told>>;

impl Server {
    /// Runs a statement; returns when its columns are known.
    ///
    /// It runs in a task of its own: whoever drops the call or the stream need not stay to see it cancelled.
    pub(crate) async fn run(self: &Arc<Self>, statement: Statement) -> Result<RowStream> {
        self.run_typed(statement).await.map(|(stream, _)| stream)
    }

    /// As [`run`](Self::run), with the columns' whole types.
    pub(crate) async fn run_typed(self: &Arc<Self>, statement: Statement) -> Result<(RowStream, Vec<Type>)> {
        // One batch waits while the next is read.
        let (sender, mut receiver) = mpsc::channel(1);
        tokio::spawn(drive(self.clone(), statement, sender));
        let (columns, types) = match receiver.recv().await {
            Some(Ok(Told::Columns(columns, types))) => (columns, types),
            Some(Err(error)) => return Err(error),
            Some(Ok(Told::Batch(_))) | None => {
                return Err(ProviderError::new(
                    ErrorKind::Unexpected,
                    "the statement ended without an answer",
                ));
            }
        };
        let batches = stream::unfold(receiver, |mut receiver| async {
            let batch = match receiver.recv().await? {
                Ok(Told::Batch(batch)) => Ok(batch),
                Ok(Told::Columns(..)) => Ok(Batch::default()),
                Err(error) => Err(error),
            };
            Some((batch, receiver))
        });
        Ok((RowStream { columns, batches: batches.boxed() }, types))
    }

    /// Runs a statement of our own and keeps all its rows.
    pub(crate) async fn fetch(self: &Arc<Self>, sql: &str, limit: Duration) -> Result<Vec<Row>> {
        let stream = self.run(Statement::new(sql, u64::MAX, limit)).await?;
        let batches: Vec<Batch> = stream.batches.try_collect().await?;
        Ok(batches.into_iter().flat_map(|batch| batch.rows).collect())
    }
}

/// Runs a statement and tells `sender`; ends it in the server when time is up or nobody listens.
async fn drive(server: Arc<Server>, statement: Statement, sender: Sender) {
    let deadline = Instant::now() + statement.timeout;
    let free = server.running.clone().acquire_owned();
    let permit = tokio::select! {
        permit = timeout_at(deadline, free) => permit,
        () = sender.closed() => return,
    };
    let Ok(Ok(permit)) = permit else {
        tell(&sender, Err(error::timed_out(statement.timeout))).await;
        return;
    };
    let first = match begin(&server, &statement, deadline, &sender).await {
        Begun::Running(first) => first,
        Begun::Failed => return,
        Begun::Unwanted(next) => return end(&server, next, permit).await,
    };
    let mut next = None;
    let ended = tokio::select! {
        ended = timeout_at(deadline, follow(&server, &statement, first, &mut next, &sender)) => ended,
        () = sender.closed() => Ok(Ok(())),
    };
    let failure = match ended {
        Ok(Ok(())) => None,
        Ok(Err(failure)) => Some(failure),
        Err(_) => Some(error::timed_out(statement.timeout)),
    };
    future::join(end(&server, next, permit), async {
        if let Some(failure) = failure {
            tell(&sender, Err(failure)).await;
        }
        // The caller sees the end at once, not only when the server has heard of it.
        drop(sender);
    })
    .await;
}

/// Cancels what still runs, and makes room for the next when that is done or takes long.
async fn end(server: &Server, next: Option<String>, permit: OwnedSemaphorePermit) {
    let Some(uri) = next else { return };
    let mut cancelled = pin!(server.cancel(&uri));
    let done = timeout(PLACE_KEPT, &mut cancelled).await;
    drop(permit);
    if done.is_err() {
        cancelled.await;
    }
}

/// How a submission went.
enum Begun {
    /// The statement runs; its first page.
    Running(Bytes),
    /// The caller has been told why not.
    Failed,
    /// Time was up, or nobody listened any more; where it can be cancelled, if it runs.
    Unwanted(Option<String>),
}

/// Submits the statement, which a server answers at once, whatever it has to do. When that takes too long, or
/// nobody listens any more, it waits a little for the answer all the same: only that says what is to be cancelled.
async fn begin(server: &Server, statement: &Statement, deadline: Instant, sender: &Sender) -> Begun {
    let mut submitted = pin!(server.submit(statement));
    tokio::select! {
        first = &mut submitted => match first {
            Ok(first) => return Begun::Running(first),
            Err(failure) => {
                tell(sender, Err(failure)).await;
                return Begun::Failed;
            }
        },
        () = sleep_until(deadline) => tell(sender, Err(error::timed_out(statement.timeout))).await,
        () = sleep(server.patience) => tell(sender, Err(error::unanswered(server))).await,
        () = sender.closed() => {}
    }
    let first = timeout(SUBMIT_GRACE, submitted).await.ok().and_then(Result::ok);
    let page = first.as_ref().and_then(|first| serde_json::from_slice::<Page<'_>>(first).ok());
    Begun::Unwanted(page.and_then(|page| page.next_uri))
}

/// Reads page after page. `next` is where the statement can be cancelled, as long as it runs.
async fn follow(
    server: &Server,
    statement: &Statement,
    first: Bytes,
    next: &mut Option<String>,
    sender: &Sender,
) -> Result<()> {
    let mut body = first;
    let mut batches: Option<Batches> = None;
    // The columns are known long before the first row; they are told with it, so that a statement that fails
    // at once fails as a whole.
    let mut head = None;
    loop {
        let page = read_page(&body, batches.is_none())?;
        next.clone_from(&page.next_uri);
        if let Some(failure) = page.error {
            // A statement that failed has ended, whatever address comes with it.
            *next = None;
            return Err(error::query(failure, &statement.text, server.client.target(), &server.scope));
        }
        if batches.is_none()
            && let Some(columns) = page.columns
        {
            let (columns, types) = read_columns(columns)?;
            head = Some(Told::Columns(columns, types.clone()));
            batches = Some(Batches::new(types, statement.max_rows));
        }
        // The next page is on its way while this one's rows are read: one ahead, never more.
        let ahead = async {
            match &page.next_uri {
                Some(uri) => server.page(uri).await.map(Some),
                None => Ok(None),
            }
        };
        let rows = async {
            match (page.data, &mut batches) {
                (Some(data), Some(batches)) => pass_on(data, batches, &mut head, sender).await,
                (Some(_), None) => Err(malformed(serde::de::Error::custom("rows without columns"))),
                (None, _) => Ok(false),
            }
        };
        let (complete, ahead) = match future::select(pin!(rows), pin!(ahead)).await {
            Either::Left((complete, ahead)) => match complete? {
                true => (true, Ok(None)),
                false => (false, ahead.await),
            },
            Either::Right((ahead, rows)) => (rows.await?, ahead),
        };
        if complete {
            return Ok(());
        }
        match ahead? {
            Some(following) => body = following,
            None => break,
        }
    }
    // A statement without rows, or one that has no columns either.
    let untold = match &batches {
        Some(_) => head,
        None => Some(Told::Columns(Vec::new(), Vec::new())),
    };
    if let Some(head) = untold {
        tell(sender, Ok(head)).await;
    }
    if let Some(batch) = batches.and_then(Batches::end) {
        tell(sender, Ok(Told::Batch(batch))).await;
    }
    Ok(())
}

/// A page; the first says whether this is a Trino at all.
fn read_page(body: &[u8], first: bool) -> Result<Page<'_>> {
    serde_json::from_slice(body).map_err(|cause| {
        let error = malformed(cause);
        match first {
            true => {
                ProviderError::new(ErrorKind::InvalidSettings, error.message().to_owned()).with_source(error)
            }
            false => error,
        }
    })
}

/// Tells the rows of a page, after the columns if those are still to be told; whether there were more rows
/// than the limit allows.
async fn pass_on(
    data: &RawValue,
    batches: &mut Batches,
    head: &mut Option<Told>,
    sender: &Sender,
) -> Result<bool> {
    // Row by row, so that a large page is not held twice.
    let rows: Vec<&RawValue> = serde_json::from_str(data.get()).map_err(malformed)?;
    if !rows.is_empty()
        && let Some(head) = head.take()
    {
        tell(sender, Ok(head)).await;
    }
    for row in rows {
        match batches.add(row)? {
            Added::Waiting => {}
            Added::Complete(batch) => tell(sender, Ok(Told::Batch(batch))).await,
            Added::Last(batch) => {
                tell(sender, Ok(Told::Batch(batch))).await;
                return Ok(true);
            }
        }
    }
    // Slow statements show what there is.
    if let Some(batch) = batches.flush() {
        tell(sender, Ok(Told::Batch(batch))).await;
    }
    Ok(false)
}

fn read_columns(columns: &RawValue) -> Result<(Vec<Column>, Vec<Type>)> {
    let columns: Vec<WireColumn> = serde_json::from_str(columns.get()).map_err(malformed)?;
    let read = |column: WireColumn| {
        let kind = Type::read(&column.signature, &column.type_text);
        (Column { name: column.name, kind: kind.kind() }, kind)
    };
    Ok(columns.into_iter().map(read).unzip())
}

/// Tells the caller; one who has gone is noticed elsewhere.
async fn tell(sender: &Sender, told: Result<Told>) {
    drop(sender.send(told).await);
}
