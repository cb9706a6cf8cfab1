use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use sqlatte_core::{Owner, QueryId, Runtime};
use tokio_util::sync::CancellationToken;

use crate::{access::AccessKeys, config::Config, telemetry::Metrics};

/// What every handler may use; cheap to clone.
#[derive(Debug, Clone)]
pub struct AppState(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    runtime: Arc<Runtime>,
    running: Arc<Running>,
    access_keys: AccessKeys,
    metrics: Metrics,
    config: Config,
    started: Instant,
}

impl AppState {
    /// The state of a server that answers with `runtime`.
    pub fn new(runtime: Runtime, config: Config) -> Self {
        AppState(Arc::new(Inner {
            runtime: Arc::new(runtime),
            running: Arc::new(Running::default()),
            access_keys: AccessKeys::new(&config.app.access_keys),
            metrics: Metrics::default(),
            config,
            started: Instant::now(),
        }))
    }

    /// The snapshot one request works with from first stage to last.
    pub fn runtime(&self) -> Arc<Runtime> {
        Arc::clone(&self.0.runtime)
    }

    /// The questions being answered.
    pub fn running(&self) -> &Arc<Running> {
        &self.0.running
    }

    /// Who may use the API.
    pub fn access_keys(&self) -> &AccessKeys {
        &self.0.access_keys
    }

    /// Counters and durations.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// When the server started.
    pub fn started(&self) -> Instant {
        self.0.started
    }
}

/// The questions being answered, so that they can be stopped by name.
#[derive(Debug, Default)]
pub struct Running(Mutex<HashMap<QueryId, (Owner, CancellationToken)>>);

impl Running {
    /// Enters a question; it leaves when the guard is dropped.
    pub fn enter(self: &Arc<Self>, id: QueryId, owner: Owner) -> RunningGuard {
        let token = CancellationToken::new();
        self.map().insert(id, (owner, token.clone()));
        RunningGuard { running: Arc::clone(self), id, token }
    }

    /// Stops a question of this owner; says whether there was one.
    pub fn cancel(&self, id: QueryId, owner: &Owner) -> bool {
        match self.map().get(&id) {
            Some((whose, token)) if whose == owner => {
                token.cancel();
                true
            }
            _ => false,
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.map().len()
    }

    /// A panic elsewhere leaves the map whole: every change is one call.
    fn map(&self) -> MutexGuard<'_, HashMap<QueryId, (Owner, CancellationToken)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps a question among the running ones.
#[derive(Debug)]
pub struct RunningGuard {
    running: Arc<Running>,
    id: QueryId,
    token: CancellationToken,
}

impl RunningGuard {
    /// What stops it.
    pub fn token(&self) -> CancellationToken {
        self.token.clone()
    }
}

impl Drop for RunningGuard {
    fn drop(&mut self) {
        self.running.map().remove(&self.id);
    }
}
