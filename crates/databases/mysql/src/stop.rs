use std::time::Duration;

use sqlatte_providers::{ErrorKind, ProviderError};
use tokio::{
    sync::oneshot,
    time::{self, Instant},
};

/// A time limit beyond what the clock can count is a year.
const YEAR: Duration = Duration::from_secs(31_536_000);

/// When a piece of work has to end: at its deadline, or when its caller is gone.
#[derive(Debug)]
pub(crate) struct Stop {
    deadline: Instant,
    timeout: Duration,
    gone: oneshot::Receiver<()>,
    reached: Option<Reason>,
}

/// Why work has to end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Reason {
    Timeout,
    Gone,
}

/// Whoever waits for the work: dropping it ends the work.
#[derive(Debug)]
pub(crate) struct Caller(#[expect(dead_code, reason = "only its drop is of use")] oneshot::Sender<()>);

impl Stop {
    pub(crate) fn after(timeout: Duration) -> (Self, Caller) {
        let (caller, gone) = oneshot::channel();
        let timeout = timeout.min(YEAR);
        let stop = Stop { deadline: Instant::now() + timeout, timeout, gone, reached: None };
        (stop, Caller(caller))
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// What is left until the deadline.
    pub(crate) fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Waits until it is time to end.
    pub(crate) async fn reached(&mut self) -> Reason {
        if let Some(reason) = self.reached {
            return reason;
        }
        let reason = tokio::select! {
            _ = &mut self.gone => Reason::Gone,
            () = time::sleep_until(self.deadline) => Reason::Timeout,
        };
        *self.reached.insert(reason)
    }

    /// The error to end with.
    pub(crate) fn error(&self, reason: Reason) -> ProviderError {
        match reason {
            Reason::Timeout => timed_out(self.timeout),
            Reason::Gone => ProviderError::new(ErrorKind::Cancelled, "the query was stopped"),
        }
    }
}

pub(crate) fn timed_out(timeout: Duration) -> ProviderError {
    let seconds = (timeout.as_secs_f64() * 10.0).round() / 10.0;
    ProviderError::new(
        ErrorKind::Timeout,
        format!(
            "the query was stopped after {seconds} s: ask for a shorter period or fewer rows, or raise the \
             time limit"
        ),
    )
}
