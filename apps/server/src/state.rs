use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use http::StatusCode;
use sqlatte_core::{
    Answer, Outcome, Runtime,
    ask::{AskError, Event, Failure},
};

use crate::{access::AccessKeys, config::Config, error::ApiError, telemetry::Metrics};

mod checks;
mod running;

pub(crate) use self::{
    checks::{Checks, Readiness},
    running::{Running, RunningGuard},
};

/// When a server that stops may be back.
const RESTARTED_AFTER: Duration = Duration::from_secs(5);

/// What every handler may use; cheap to clone.
#[derive(Debug, Clone)]
pub struct AppState(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    runtime: Arc<Runtime>,
    running: Arc<Running>,
    checks: Checks,
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
            running: Arc::new(Running::new(config.app.max_running_per_session, config.app.max_running)),
            checks: Checks::default(),
            access_keys: AccessKeys::new(&config.app.access_keys),
            metrics: Metrics::default(),
            config,
            started: Instant::now(),
        }))
    }

    /// The snapshot one request works with from first stage to last.
    pub(crate) fn runtime(&self) -> Arc<Runtime> {
        Arc::clone(&self.0.runtime)
    }

    /// The questions being answered.
    pub(crate) fn running(&self) -> &Arc<Running> {
        &self.0.running
    }

    /// What is known of database and stores.
    pub(crate) fn checks(&self) -> &Checks {
        &self.0.checks
    }

    /// Who may use the API.
    pub(crate) fn access_keys(&self) -> &AccessKeys {
        &self.0.access_keys
    }

    /// Counters and durations.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// The settings.
    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    /// When the server started.
    pub(crate) fn started(&self) -> Instant {
        self.0.started
    }

    /// A failed question as its client is told of it.
    pub(crate) fn problem(&self, error: AskError) -> ApiError {
        if matches!(error, AskError::Cancelled) && self.running().is_stopped() {
            return ApiError::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "shutting_down",
                "the server is stopping, and stopped this question: ask it again in a moment",
            )
            .retry_after(RESTARTED_AFTER);
        }
        error.into()
    }

    /// Counts an answered question.
    pub(crate) fn answered(&self, answer: &Answer) {
        if matches!(answer.outcome, Outcome::Sql(_)) {
            self.checks().database_answered();
        }
        self.metrics().answered(answer);
    }

    /// Counts a failed question.
    pub(crate) fn failed(&self, failure: &Failure) {
        self.checks().failed(&failure.error);
        self.metrics().failed(failure);
    }

    /// Counts the end of a streamed question.
    pub(crate) fn observe_event(&self, event: &Event) {
        match event {
            Event::Done(answer) => self.answered(answer),
            Event::Failed(failure) => self.failed(failure),
            _ => {}
        }
    }
}
