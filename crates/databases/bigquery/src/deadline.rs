use std::{future::Future, time::Duration};

use sqlatte_providers::{ErrorKind, ProviderError, Result};
use tokio::time::{Instant, timeout_at};

/// No statement runs longer; it also keeps the deadline within what a clock can hold.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// When a call has to end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    at: Instant,
    limit: Duration,
}

impl Deadline {
    pub(crate) fn after(limit: Duration) -> Self {
        let limit = limit.min(LONGEST);
        Deadline { at: Instant::now() + limit, limit }
    }

    pub(crate) fn remaining(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// `Timeout` once the time is up.
    pub(crate) fn check(&self) -> Result<()> {
        if self.remaining().is_zero() { Err(self.passed()) } else { Ok(()) }
    }

    /// What `work` gives, or `Timeout`.
    pub(crate) async fn hold<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        match timeout_at(self.at, work).await {
            Ok(result) => result,
            Err(_) => Err(self.passed()),
        }
    }

    pub(crate) fn passed(&self) -> ProviderError {
        ProviderError::new(
            ErrorKind::Timeout,
            format!(
                "BigQuery was not done after {:?}, and was told to stop: ask for less, or raise the time limit",
                self.limit
            ),
        )
    }
}
