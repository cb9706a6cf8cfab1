use std::{path::Path, sync::Arc};

use sqlatte_core::StoreError;
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use crate::{error, group, write::Write};

/// Writes that wait at most; the next caller waits for room, so that memory stays bounded.
const QUEUE: usize = 1024;
/// Writes of one commit at most, so that nobody waits long behind others.
const BATCH: usize = 256;

/// The way to the one connection that writes.
///
/// All writes that wait when it is free go into one transaction, and each caller is told after its commit.
pub(crate) struct Writer {
    path: Arc<Path>,
    jobs: mpsc::Sender<Job>,
}

enum Job {
    Write { write: Write, done: oneshot::Sender<Result<u64, StoreError>> },
    Close { done: oneshot::Sender<()> },
}

impl Writer {
    /// Writes on this connection until closed or dropped.
    pub(crate) fn start(path: Arc<Path>, connection: SqliteConnection) -> Self {
        let (jobs, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(run(path.clone(), connection, waiting));
        Writer { path, jobs }
    }

    /// Makes the change and waits until it is committed. It is made even if the caller stops waiting.
    pub(crate) async fn write(&self, write: Write) -> Result<u64, StoreError> {
        let (done, committed) = oneshot::channel();
        let sent = self.jobs.send(Job::Write { write, done }).await;
        sent.map_err(|_| error::closed(&self.path))?;
        committed.await.map_err(|_| error::closed(&self.path))?
    }

    /// Finishes what waits and closes the file; writes after this are refused.
    pub(crate) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.jobs.send(Job::Close { done }).await.is_ok() {
            // an error means that it was closed by someone else
            let _ = closed.await;
        }
    }
}

async fn run(path: Arc<Path>, mut connection: SqliteConnection, mut waiting: mpsc::Receiver<Job>) {
    let mut batch = Vec::with_capacity(BATCH);
    let mut asked_to_close = Vec::new();
    while asked_to_close.is_empty() && waiting.recv_many(&mut batch, BATCH).await > 0 {
        let mut writes = Vec::with_capacity(batch.len());
        let mut callers = Vec::with_capacity(batch.len());
        for job in batch.drain(..) {
            match job {
                Job::Write { write, done } => {
                    writes.push(write);
                    callers.push(done);
                }
                Job::Close { done } => asked_to_close.push(done),
            }
        }
        let results = make(&path, &mut connection, &writes).await;
        for (caller, result) in callers.into_iter().zip(results) {
            // a caller that stopped waiting is no error
            let _ = caller.send(result);
        }
    }
    if let Err(error) = connection.close().await {
        tracing::warn!(path = %path.display(), %error, "the store did not close cleanly");
    }
    for done in asked_to_close {
        let _ = done.send(());
    }
}

/// Makes the changes in one commit; if that fails, each in its own, so that one that cannot be made does not
/// take the others along.
async fn make(
    path: &Path,
    connection: &mut SqliteConnection,
    writes: &[Write],
) -> Vec<Result<u64, StoreError>> {
    if writes.len() > 1
        && let Ok(touched) = commit(connection, writes).await
    {
        return touched.into_iter().map(Ok).collect();
    }
    let mut results = Vec::with_capacity(writes.len());
    for write in writes {
        let result = commit(connection, std::slice::from_ref(write)).await;
        results.push(result.map(|touched| touched.iter().sum()).map_err(|cause| error::told(path, cause)));
    }
    results
}

/// Makes all changes or none; gives the rows each touched.
///
/// The statements are ours, not sqlx's `Transaction`: when the disk is full SQLite rolls back by itself, which
/// sqlx does not notice, so that it would refuse every transaction after it.
async fn commit(connection: &mut SqliteConnection, writes: &[Write]) -> Result<Vec<u64>, sqlx::Error> {
    if let [write] = writes
        && group::is_one_statement(write)
    {
        return group::apply(connection, writes).await;
    }
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    let made = apply(connection, writes).await;
    if made.is_err() {
        // fails if SQLite has rolled back already
        let _ = sqlx::query("ROLLBACK").execute(connection).await;
    }
    made
}

async fn apply(connection: &mut SqliteConnection, writes: &[Write]) -> Result<Vec<u64>, sqlx::Error> {
    let touched = group::apply(connection, writes).await?;
    sqlx::query("COMMIT").execute(connection).await?;
    Ok(touched)
}
