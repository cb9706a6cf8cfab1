use std::{
    future::Future,
    time::{Duration, Instant},
};

use sqlatte_providers::{ErrorKind, ProviderError, Result};
use tokio::time;

/// A timeout beyond what clocks and the server can count is a year.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// By when a piece of work has to be done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    deadline: Instant,
    timeout: Duration,
}

impl Limit {
    pub(crate) fn after(timeout: Duration) -> Self {
        let timeout = timeout.min(LONGEST);
        Limit { deadline: Instant::now() + timeout, timeout }
    }

    pub(crate) fn deadline(self) -> time::Instant {
        time::Instant::from_std(self.deadline)
    }

    pub(crate) fn left(self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Whether the time is up, or so nearly that the server's own clock may have said so.
    pub(crate) fn is_over(self) -> bool {
        self.left() < Duration::from_millis(20)
    }

    /// What `work` gives, if it gives it in time.
    pub(crate) async fn hold<T>(self, work: impl Future<Output = Result<T>>) -> Result<T> {
        match time::timeout_at(self.deadline(), work).await {
            Ok(result) => result,
            Err(_) => Err(self.timed_out()),
        }
    }

    pub(crate) fn timed_out(self) -> ProviderError {
        let seconds = (self.timeout.as_secs_f64() * 10.0).round() / 10.0;
        ProviderError::new(
            ErrorKind::Timeout,
            format!(
                "the query was stopped after {seconds} s: ask for a shorter period or fewer rows, or raise the time limit"
            ),
        )
    }
}
