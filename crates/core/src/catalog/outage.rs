use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use sqlatte_providers::{ErrorKind, ProviderError};
use tokio::time::Instant;

/// How long a server of embeddings is left alone after it failed: for what may pass by itself, and for what somebody
/// has to mend. A server that says how long is believed, up to the latter.
const SHORT: Duration = Duration::from_secs(30);
const LONG: Duration = Duration::from_secs(600);

/// The time in which embeddings are not asked for, because they were asked for in vain.
#[derive(Debug)]
pub(super) struct Outage {
    /// What cannot be embedded, for the log.
    what: &'static str,
    /// `Some` from the first failure to the next success.
    until: Mutex<Option<Instant>>,
}

impl Outage {
    pub(super) fn new(what: &'static str) -> Self {
        Outage { what, until: Mutex::default() }
    }

    /// Whether nobody should be asked now.
    pub(super) fn lasts(&self) -> bool {
        let until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    /// A failure; the first since the last success is told.
    pub(super) fn begin(&self, error: &ProviderError) {
        let passing = match error.kind() {
            ErrorKind::RateLimited
            | ErrorKind::Timeout
            | ErrorKind::Cancelled
            | ErrorKind::Unavailable
            | ErrorKind::Unexpected => SHORT,
            ErrorKind::InvalidSettings
            | ErrorKind::Unauthorized
            | ErrorKind::Forbidden
            | ErrorKind::NotFound
            | ErrorKind::Rejected
            | ErrorKind::Unsupported => LONG,
        };
        let pause = error.retry_after().unwrap_or(passing).clamp(SHORT, LONG);
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        if until.replace(Instant::now() + pause).is_none() {
            tracing::warn!(
                kind = error.kind().name(),
                error = error as &dyn std::error::Error,
                "{} cannot be embedded: tables are found by their words alone until they can be again; \
                 `sqlatte check` tries it",
                self.what
            );
        }
    }

    /// A success.
    pub(super) fn end(&self) {
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        if until.take().is_some() {
            tracing::info!("{} can be embedded again", self.what);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn lasts_as_long_as_the_failure_asks_for() {
        let lasts = async |error: ProviderError| {
            let outage = Outage::new("tables");
            let begun = Instant::now();
            outage.begin(&error);
            while outage.lasts() {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            begun.elapsed().as_secs()
        };
        let error = |kind| ProviderError::new(kind, "no");
        assert_eq!(lasts(error(ErrorKind::Unavailable)).await, 30);
        assert_eq!(lasts(error(ErrorKind::Unauthorized)).await, 600);
        let told = |seconds| error(ErrorKind::RateLimited).with_retry_after(Duration::from_secs(seconds));
        assert_eq!(lasts(told(1)).await, 30);
        assert_eq!(lasts(told(90)).await, 90);
        assert_eq!(lasts(told(86_400)).await, 600);

        let outage = Outage::new("tables");
        outage.begin(&error(ErrorKind::Unavailable));
        outage.end();
        assert!(!outage.lasts());
    }
}
