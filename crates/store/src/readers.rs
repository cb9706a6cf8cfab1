use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use sqlx::{Connection, SqliteConnection};
use tokio::{
    sync::{MappedMutexGuard, Mutex, MutexGuard},
    time::timeout,
};

/// How long a caller waits for a connection that is free.
const PATIENCE: Duration = Duration::from_secs(10);

/// The connections that read.
///
/// sqlx's own pool asks each connection for a sign of life whenever it comes back, which for a file doubles the
/// price of a short read.
pub(crate) struct Readers {
    // empty when closed
    connections: Vec<Mutex<Option<SqliteConnection>>>,
    turn: AtomicUsize,
}

/// One of the connections, for as long as this is held.
pub(crate) type Reader<'a> = MappedMutexGuard<'a, SqliteConnection>;

impl Readers {
    pub(crate) fn new(connections: Vec<SqliteConnection>) -> Self {
        let connections = connections.into_iter().map(|connection| Mutex::new(Some(connection))).collect();
        Readers { connections, turn: AtomicUsize::new(0) }
    }

    /// A connection that nobody else uses; if all are in use, one after the other gets the next in line.
    pub(crate) async fn get(&self) -> Result<Reader<'_>, sqlx::Error> {
        if let Some(free) = self.connections.iter().find_map(|connection| connection.try_lock().ok()) {
            return open(free);
        }
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.connections.len().max(1);
        let connection = self.connections.get(turn).ok_or(sqlx::Error::PoolClosed)?;
        open(timeout(PATIENCE, connection.lock()).await.map_err(|_| sqlx::Error::PoolTimedOut)?)
    }

    /// Waits for those who read, and closes the connections; later readers are refused.
    pub(crate) async fn close(&self) {
        for connection in &self.connections {
            let Some(connection) = connection.lock().await.take() else { continue };
            if let Err(error) = connection.close().await {
                tracing::warn!(%error, "a reader of the store did not close cleanly");
            }
        }
    }
}

fn open(connection: MutexGuard<'_, Option<SqliteConnection>>) -> Result<Reader<'_>, sqlx::Error> {
    MutexGuard::try_map(connection, Option::as_mut).map_err(|_| sqlx::Error::PoolClosed)
}
