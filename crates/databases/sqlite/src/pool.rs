use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlatte_providers::{ErrorKind, ProviderError, Result};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, oneshot},
    task, time,
};

use crate::{
    connection::Connection,
    error,
    stop::{Stop, StopOnDrop},
};

/// How long after the deadline a statement may take to notice it before its caller is answered without it.
const GRACE: Duration = Duration::from_millis(200);

/// A few connections, made when they are needed, each used by one blocking thread at a time.
pub(crate) struct Pool {
    path: PathBuf,
    size: usize,
    busy_timeout: Duration,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    pub(crate) fn new(path: PathBuf, size: usize, busy_timeout: Duration) -> Self {
        let permits = Arc::new(Semaphore::new(size));
        Pool { path, size, busy_timeout, permits, idle: Mutex::default() }
    }

    pub(crate) fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// Runs `work` on a connection of its own, waiting for a free one until the deadline.
    ///
    /// `work` answers through the sender it is given and may go on after that. Dropping the future stops `work`
    /// as long as it has not answered.
    pub(crate) async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        stop: Stop,
        work: impl FnOnce(Lease, &Stop, oneshot::Sender<Result<T>>) + Send + 'static,
    ) -> Result<T> {
        let deadline = time::Instant::from_std(stop.deadline());
        let permits = Arc::clone(&self.permits);
        let permit = match time::timeout_at(deadline, permits.acquire_owned()).await {
            Ok(Ok(permit)) => permit,
            Ok(Err(closed)) => return Err(unexpected("the pool is closed").with_source(closed)),
            Err(_) => return Err(self.exhausted()),
        };

        let guard = StopOnDrop::new(stop.clone());
        let late = stop.timed_out();
        let (sender, answer) = oneshot::channel();
        let pool = Arc::clone(self);
        task::spawn_blocking(move || {
            if sender.is_closed() {
                return;
            }
            match pool.take(permit, &stop) {
                Ok(lease) => work(lease, &stop, sender),
                // Nobody waits any longer if this cannot be sent.
                Err(error) => drop(sender.send(Err(error))),
            }
        });
        let answer = time::timeout_at(deadline + GRACE, answer).await;
        match answer {
            Ok(Ok(Ok(answer))) => {
                // Whoever has the answer decides from here on.
                guard.disarm();
                Ok(answer)
            }
            Ok(Ok(Err(error))) => Err(error),
            Ok(Err(dropped)) => Err(unexpected("the query ended without an answer").with_source(dropped)),
            Err(_) => Err(late),
        }
    }

    fn take(self: &Arc<Self>, permit: OwnedSemaphorePermit, stop: &Stop) -> Result<Lease> {
        let connection = loop {
            let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            match idle {
                Some(connection) if connection.is_current()? => break connection,
                Some(_) => {}
                None => break Connection::open(&self.path, self.busy_timeout, stop)?,
            }
        };
        Ok(Lease { pool: Arc::clone(self), connection: Some(connection), _permit: permit })
    }

    fn exhausted(&self) -> ProviderError {
        ProviderError::new(
            ErrorKind::Timeout,
            format!(
                "the time limit passed while waiting for one of the {} connections to `{}`: try again, or raise `pool_size`",
                self.size,
                error::name(&self.path)
            ),
        )
    }
}

fn unexpected(message: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Unexpected, message)
}

/// A connection on loan: it goes back when dropped, before the next caller is let in.
pub(crate) struct Lease {
    pool: Arc<Pool>,
    connection: Option<Connection>,
    _permit: OwnedSemaphorePermit,
}

impl Lease {
    /// Uses the connection; after an error that may last it is closed instead of given back.
    pub(crate) fn with<T>(&mut self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let Some(connection) = &self.connection else {
            return Err(unexpected("the connection is closed"));
        };
        let result = work(connection);
        if result.as_ref().is_err_and(error::is_lasting) {
            self.connection = None;
        }
        result
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // After a panic nobody knows what state the connection is in.
        if let (Some(connection), false) = (self.connection.take(), std::thread::panicking()) {
            self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}
