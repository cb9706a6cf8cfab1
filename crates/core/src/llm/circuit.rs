use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sqlatte_providers::{ErrorKind, LlmProvider, ProviderError};
use tokio::time::Instant;

/// The longest a provider is left alone because it asked for that.
const LONGEST_WISH: Duration = Duration::from_secs(10 * 60);

/// When a provider that fails is left alone, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerLimits {
    /// Failures in a row after which it is left alone.
    pub failures: u32,
    /// For how long. One that said how long to wait is left alone for that time at once, up to ten minutes.
    pub pause: Duration,
}

impl Default for BreakerLimits {
    fn default() -> Self {
        BreakerLimits { failures: 3, pause: Duration::from_secs(30) }
    }
}

/// A provider with its circuit breaker: after some failures in a row it is left alone for a time, then one call finds
/// out whether it answers again.
///
/// What counts is that it cannot be reached, is too slow, wants no more calls, or does not know key or model. A bad
/// answer does not count, or one odd question asked three times would be everybody's fault.
#[derive(Debug)]
pub struct Circuit {
    provider: Arc<dyn LlmProvider>,
    limits: BreakerLimits,
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// Calls go through; this many failed in a row.
    Closed { failures: u32 },
    /// It is left alone until then.
    Open { until: Instant },
    /// That time is over, and one call finds out how it is.
    Probing,
}

impl Circuit {
    /// `provider`, which no call failed so far.
    pub fn new(provider: Arc<dyn LlmProvider>, limits: BreakerLimits) -> Self {
        Circuit { provider, limits, state: Mutex::new(State::Closed { failures: 0 }) }
    }

    /// The provider.
    pub fn provider(&self) -> &Arc<dyn LlmProvider> {
        &self.provider
    }

    /// Whether a call would be let through now.
    pub(super) fn is_ready(&self) -> bool {
        match *self.state() {
            State::Closed { .. } => true,
            State::Open { until } => Instant::now() >= until,
            State::Probing => false,
        }
    }

    /// Leave to make a call; none while the provider is left alone.
    pub(super) fn admit(&self) -> Option<Permit<'_>> {
        let mut state = self.state();
        let probe = match *state {
            State::Closed { .. } => false,
            State::Open { until } if Instant::now() >= until => true,
            State::Open { .. } | State::Probing => return None,
        };
        if probe {
            *state = State::Probing;
        }
        Some(Permit { circuit: self, probe })
    }

    /// Leave to make a call whatever happened, for when there is nobody else to ask.
    pub(super) fn insist(&self) -> Permit<'_> {
        Permit { circuit: self, probe: false }
    }

    fn close(&self) {
        let before = std::mem::replace(&mut *self.state(), State::Closed { failures: 0 });
        if !matches!(before, State::Closed { .. }) {
            let info = self.provider.info();
            tracing::info!(provider = info.kind, model = info.model, "a model answers again");
        }
    }

    fn fail(&self, error: &ProviderError) {
        let now = Instant::now();
        let mut state = self.state();
        let (failures, until) = match *state {
            State::Closed { failures } => (failures.saturating_add(1), now),
            // It had its chance.
            State::Probing => (self.limits.failures, now),
            State::Open { until } => (self.limits.failures, until),
        };
        let wish = error.retry_after().map(|wait| wait.min(LONGEST_WISH));
        let pause = wish.or((failures >= self.limits.failures).then_some(self.limits.pause));
        let Some(pause) = pause else {
            *state = State::Closed { failures };
            return;
        };
        *state = State::Open { until: now.checked_add(pause).unwrap_or(now).max(until) };
        drop(state);
        let info = self.provider.info();
        let (provider, model, seconds) = (info.kind, info.model, pause.as_secs());
        tracing::warn!(provider, model, seconds, "a model that does not answer is left alone for a while");
    }

    /// A state is never left half changed.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leave to make one call; how it ended is to be told.
#[must_use]
#[derive(Debug)]
pub(super) struct Permit<'c> {
    circuit: &'c Circuit,
    probe: bool,
}

impl<'c> Permit<'c> {
    /// Whose call it is.
    pub(super) fn circuit(&self) -> &'c Circuit {
        self.circuit
    }

    /// Whom to call.
    pub(super) fn provider(&self) -> &'c dyn LlmProvider {
        &*self.circuit.provider
    }

    /// The call was answered.
    pub(super) fn succeed(mut self) {
        self.probe = false;
        self.circuit.close();
    }

    /// The call failed.
    pub(super) fn fail(mut self, error: &ProviderError) {
        match error.kind() {
            ErrorKind::Unavailable
            | ErrorKind::Timeout
            | ErrorKind::RateLimited
            | ErrorKind::Unauthorized
            | ErrorKind::Forbidden
            | ErrorKind::NotFound => self.circuit.fail(error),
            ErrorKind::Rejected | ErrorKind::Unexpected | ErrorKind::Unsupported => self.circuit.close(),
            // They say nothing of the other side.
            ErrorKind::InvalidSettings | ErrorKind::Cancelled => return,
        }
        self.probe = false;
    }
}

impl Drop for Permit<'_> {
    /// A call that was given up tells nothing: the next one may try.
    fn drop(&mut self) {
        if self.probe {
            *self.circuit.state() = State::Open { until: Instant::now() };
        }
    }
}

#[cfg(test)]
mod tests;
