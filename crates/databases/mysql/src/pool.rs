use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::future::BoxFuture;
use mysql_async::{Conn, Error};
use sqlatte_providers::{ErrorKind, ProviderError, Result};
use tokio::{
    sync::{self, OwnedSemaphorePermit, Semaphore, oneshot},
    time::{self, Instant},
};

use crate::{
    error,
    server::{self, Server},
    session::Session,
    statement::{self, Ended},
    stop::Stop,
};

/// How long after the deadline a caller waits for the word that it has passed.
pub(crate) const GRACE: Duration = Duration::from_millis(200);
/// What killing a statement, and cleaning a connection, may take before the connection is given up.
const CLEANING: Duration = Duration::from_secs(1);
/// A connection that was idle for longer is not trusted any more: firewalls forget it without telling.
const MAX_IDLE: Duration = Duration::from_secs(300);
/// An idle connection that takes longer to begin is taken for broken.
const STALE: Duration = Duration::from_secs(2);

/// A few connections, made when they are needed, and one more to kill statements with.
#[derive(Debug)]
pub(crate) struct Pool {
    server: Server,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Idle>>,
    control: sync::Mutex<Option<Conn>>,
}

#[derive(Debug)]
struct Idle {
    session: Session,
    since: Instant,
}

impl Pool {
    pub(crate) fn new(server: Server) -> Self {
        let permits = Arc::new(Semaphore::new(server.config().pool_size));
        Pool { server, permits, idle: Mutex::default(), control: sync::Mutex::default() }
    }

    pub(crate) fn server(&self) -> &Server {
        &self.server
    }

    /// Runs statements of our own; dropping the call stops them.
    pub(crate) async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        timeout: Duration,
        work: impl for<'a> FnOnce(&'a mut Session) -> BoxFuture<'a, Result<T, Error>> + Send + 'static,
    ) -> Result<T> {
        let (mut stop, caller) = Stop::after(timeout);
        let deadline = stop.deadline() + GRACE;
        let (sender, answer) = oneshot::channel();
        let pool = Arc::clone(self);
        tokio::spawn(async move {
            let result = pool.work(&mut stop, work).await;
            // Nobody waits any longer if this cannot be sent.
            drop(sender.send(result));
        });
        let answer = answered(answer, deadline, timeout).await;
        drop(caller);
        answer
    }

    async fn work<T>(
        self: &Arc<Self>,
        stop: &mut Stop,
        work: impl for<'a> FnOnce(&'a mut Session) -> BoxFuture<'a, Result<T, Error>>,
    ) -> Result<T> {
        let mut lease = self.lease(stop).await?;
        let id = lease.id();
        let ended = match lease.session() {
            Some(session) => statement::until_stopped(work(session), stop, self, id).await,
            None => return Err(unexpected("the connection is closed")),
        };
        let (result, clean) = match ended {
            Ended::Done(result) => {
                let clean = !result.as_ref().is_err_and(Error::is_fatal);
                (result.map_err(|error| error::of_statement(error, self.server.target(), None)), clean)
            }
            Ended::Stopped(reason, rest) => (Err(stop.error(reason)), rest.is_some()),
        };
        lease.finish(clean).await;
        result
    }

    /// A connection that has begun, waiting for a free one until it is time to stop.
    pub(crate) async fn lease(self: &Arc<Self>, stop: &mut Stop) -> Result<Lease> {
        let permit = tokio::select! {
            biased;
            permit = Arc::clone(&self.permits).acquire_owned() => {
                permit.map_err(|closed| unexpected("the pool is closed").with_source(closed))?
            }
            reason = stop.reached() => return Err(match reason {
                crate::stop::Reason::Timeout => self.exhausted(),
                crate::stop::Reason::Gone => stop.error(reason),
            }),
        };
        let limit = stop.left();
        let session = tokio::select! {
            session = self.begun(limit) => session?,
            reason = stop.reached() => return Err(stop.error(reason)),
        };
        Ok(Lease { pool: Arc::clone(self), session: Some(session), _permit: permit })
    }

    /// An idle connection if one is still good, or a new one.
    async fn begun(&self, limit: Duration) -> Result<Session> {
        while let Some(mut session) = self.take_idle() {
            // Nothing of the caller's has been sent yet: a stale connection costs nobody an error.
            match time::timeout(STALE, session.begin(limit)).await {
                Ok(Ok(())) => return Ok(session),
                stale => {
                    tracing::debug!(?stale, "an idle connection is no longer good");
                    server::hang_up(session.conn);
                    self.forget_idle();
                }
            }
        }
        let mut session = self.server.connect().await?;
        session.begin(limit).await.map_err(|error| error::connecting(error, self.server.target()))?;
        Ok(session)
    }

    /// What broke one connection has most likely broken the others.
    fn forget_idle(&self) {
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        idle.into_iter().for_each(|idle| server::hang_up(idle.session.conn));
    }

    fn take_idle(&self) -> Option<Session> {
        loop {
            let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            if idle.since.elapsed() < MAX_IDLE {
                return Some(idle.session);
            }
            server::hang_up(idle.session.conn);
        }
    }

    /// Ends what the connection `id` is doing; whether the server was told in time.
    pub(crate) async fn kill_statement(&self, id: u64) -> bool {
        self.kill(&format!("KILL QUERY {id}")).await
    }

    /// Ends the connection `id` in the server.
    pub(crate) async fn kill_connection(&self, id: u64) {
        self.kill(&format!("KILL {id}")).await;
    }

    async fn kill(&self, sql: &str) -> bool {
        let killed = time::timeout(CLEANING, async {
            let mut control = self.control.lock().await;
            // The connection kept from the last time may be stale.
            if let Some(mut conn) = control.take()
                && server::kill(&mut conn, sql).await.is_ok()
            {
                *control = Some(conn);
                return Ok(());
            }
            let mut conn = self.server.connect_bare().await?;
            let killed = server::kill(&mut conn, sql).await;
            killed.map_err(|error| error::connecting(error, self.server.target()))?;
            *control = Some(conn);
            Ok::<_, ProviderError>(())
        });
        match killed.await {
            Ok(Ok(())) => return true,
            Ok(Err(error)) => tracing::warn!(%error, "a statement could not be stopped"),
            Err(_) => tracing::warn!("a statement could not be stopped: the server does not answer"),
        }
        false
    }

    fn exhausted(&self) -> ProviderError {
        ProviderError::new(
            ErrorKind::Timeout,
            format!(
                "the time limit passed while waiting for one of the {} connections to `{}`: try again, or \
                 raise \
                 `pool_size`",
                self.server.config().pool_size,
                self.server.target()
            ),
        )
    }
}

/// Waits for a task's answer until a little after the deadline.
pub(crate) async fn answered<T>(
    answer: oneshot::Receiver<Result<T>>,
    deadline: Instant,
    timeout: Duration,
) -> Result<T> {
    match time::timeout_at(deadline, answer).await {
        Ok(Ok(result)) => result,
        Ok(Err(dropped)) => Err(unexpected("the query ended without an answer").with_source(dropped)),
        Err(_) => Err(crate::stop::timed_out(timeout)),
    }
}

fn unexpected(message: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Unexpected, message)
}

/// A connection on loan. Unless it is finished as clean it is closed.
#[derive(Debug)]
pub(crate) struct Lease {
    pool: Arc<Pool>,
    session: Option<Session>,
    _permit: OwnedSemaphorePermit,
}

impl Lease {
    /// The connection's number in the server.
    pub(crate) fn id(&self) -> u64 {
        self.session.as_ref().map(Session::id).unwrap_or_default()
    }

    pub(crate) fn session(&mut self) -> Option<&mut Session> {
        self.session.as_mut()
    }

    /// Gives the connection back, if nothing is left to read from it and it can be reset.
    pub(crate) async fn finish(mut self, clean: bool) {
        let Some(mut session) = self.session.take() else { return };
        if clean && matches!(time::timeout(CLEANING, session.end()).await, Ok(Ok(true))) {
            let idle = Idle { session, since: Instant::now() };
            self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner).push(idle);
        } else {
            server::hang_up(session.conn);
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            server::hang_up(session.conn);
        }
    }
}
