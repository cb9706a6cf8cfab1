use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use sqlatte_core::{Owner, Runtime, ask::AskError};
use sqlatte_providers::ErrorKind;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use super::Running;

/// How long a look at database and stores is trusted.
const FRESH_FOR: Duration = Duration::from_secs(5);
/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is known of the database and of SQLatte's own stores.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    /// Held while somebody looks, so that many who ask look once.
    last: Arc<Mutex<Option<(Instant, Readiness)>>>,
    database: Arc<AtomicU8>,
}

/// Whether questions can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readiness {
    /// Yes.
    Ready,
    /// The database does not answer.
    NoDatabase,
    /// SQLatte's own storage does not answer.
    NoStore,
}

/// The state of a component as it was last seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Seen {
    /// Nobody looked.
    Unknown,
    /// It answered.
    Ok,
    /// It did not answer.
    Down,
}

impl Seen {
    /// The name in answers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Seen::Unknown => "unknown",
            Seen::Ok => "ok",
            Seen::Down => "down",
        }
    }
}

impl Checks {
    /// Whether questions can be answered, from a look at most five seconds old.
    ///
    /// A database that leaves the look waiting while questions run is busy with them, not down.
    pub(crate) async fn readiness(&self, runtime: Arc<Runtime>, running: Arc<Running>) -> Readiness {
        let mut last = Arc::clone(&self.last).lock_owned().await;
        if let Some((when, readiness)) = *last
            && when.elapsed() < FRESH_FOR
        {
            return readiness;
        }
        let database = Arc::clone(&self.database);
        // A task of its own: whoever leaves in the middle would make the next one look again.
        let look = tokio::spawn(async move {
            let readiness = look(&runtime, &running, &database).await;
            *last = Some((Instant::now(), readiness));
            readiness
        });
        look.await.unwrap_or(Readiness::NoDatabase)
    }

    /// How the database was last seen, by a look or by a question.
    pub(crate) fn database(&self) -> Seen {
        match self.database.load(Ordering::Relaxed) {
            1 => Seen::Ok,
            2 => Seen::Down,
            _ => Seen::Unknown,
        }
    }

    /// Notes that the database gave rows.
    pub(crate) fn database_answered(&self) {
        self.database.store(Seen::Ok as u8, Ordering::Relaxed);
    }

    /// Notes what a failed question says of the database.
    pub(crate) fn failed(&self, error: &AskError) {
        if let AskError::Database { error, .. } = error
            && matches!(
                error.kind(),
                ErrorKind::Unavailable | ErrorKind::Unauthorized | ErrorKind::InvalidSettings
            )
        {
            self.database.store(Seen::Down as u8, Ordering::Relaxed);
        }
    }
}

async fn look(runtime: &Runtime, running: &Running, seen: &AtomicU8) -> Readiness {
    let error: Box<dyn std::error::Error + Send + Sync> =
        match timeout(PATIENCE, runtime.catalog.database().check()).await {
            Ok(Ok(())) => {
                seen.store(Seen::Ok as u8, Ordering::Relaxed);
                return look_at_stores(runtime).await;
            }
            Err(_) if running.count() > 0 => return look_at_stores(runtime).await,
            Ok(Err(error)) => error.into(),
            Err(late) => late.into(),
        };
    seen.store(Seen::Down as u8, Ordering::Relaxed);
    // The log says which database and why; whoever asks without a key learns only that it is down.
    let database = runtime.catalog.info().target;
    tracing::warn!(%database, error = &*error as &dyn std::error::Error, "the database does not answer");
    Readiness::NoDatabase
}

async fn look_at_stores(runtime: &Runtime) -> Readiness {
    let nobody = Owner::user("readiness");
    let error: Box<dyn std::error::Error + Send + Sync> =
        match timeout(PATIENCE, runtime.stores.sessions.find(&nobody)).await {
            Ok(Ok(_)) => return Readiness::Ready,
            Ok(Err(error)) => error.into(),
            Err(late) => late.into(),
        };
    tracing::warn!(error = &*error as &dyn std::error::Error, "SQLatte's own storage does not answer");
    Readiness::NoStore
}
