use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use futures::StreamExt;
use sqlatte_providers::{
    Blame, Completion, CompletionRequest, CompletionStream, ErrorKind, LlmInfo, LlmProvider, Piece,
    ProviderError, Result, Usage,
};
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
/// What counts is what would happen to the next question, too ([`Blame::Provider`]). A bad answer does not count, or one
/// odd question asked three times would be everybody's fault.
///
/// As a provider of its own, with no other one to ask, it answers for the one that is left alone: at once, with what that
/// one said last and the time that is left.
#[derive(Debug)]
pub struct Circuit {
    provider: Arc<dyn LlmProvider>,
    limits: BreakerLimits,
    state: Mutex<State>,
    /// The failure for which it was left alone the last time.
    reason: Mutex<Option<Reason>>,
}

#[derive(Debug, Clone)]
struct Reason {
    kind: ErrorKind,
    message: String,
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
        Circuit {
            provider,
            limits,
            state: Mutex::new(State::Closed { failures: 0 }),
            reason: Mutex::new(None),
        }
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
        *self.reason() = Some(Reason { kind: error.kind(), message: error.message().to_owned() });
        let info = self.provider.info();
        let (provider, model, seconds) = (info.kind, info.model, pause.as_secs());
        tracing::warn!(provider, model, seconds, "a model that does not answer is left alone for a while");
    }

    /// What is told in place of an answer while it is left alone.
    fn left_alone(&self) -> ProviderError {
        let left = match *self.state() {
            State::Open { until } => until.saturating_duration_since(Instant::now()),
            // Somebody is finding out.
            State::Closed { .. } | State::Probing => Duration::ZERO,
        };
        let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
        let wait = Duration::from_secs(seconds.max(1));
        let LlmInfo { kind: provider, model, .. } = self.provider.info();
        let (kind, said) = match self.reason().clone() {
            Some(Reason { kind, message }) => (kind, message),
            None => (ErrorKind::Unavailable, "it did not answer".to_owned()),
        };
        let message = format!(
            "{model} ({provider}) is left alone for another {} s because it failed, and is asked again then; it failed \
             with: {said}",
            wait.as_secs()
        );
        ProviderError::new(kind, message).with_usage(Usage::default()).with_retry_after(wait)
    }

    /// A state is never left half changed.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reason(&self) -> MutexGuard<'_, Option<Reason>> {
        self.reason.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl LlmProvider for Circuit {
    fn info(&self) -> LlmInfo {
        self.provider.info()
    }

    async fn complete(&self, request: &CompletionRequest) -> Result<Completion> {
        let permit = self.admit().ok_or_else(|| self.left_alone())?;
        let outcome = permit.provider().complete(request).await;
        permit.end(outcome.as_ref().err());
        outcome
    }

    fn stream<'a>(&'a self, request: &'a CompletionRequest) -> CompletionStream<'a> {
        let pieces = async_stream::stream! {
            let Some(permit) = self.admit() else {
                yield Err(self.left_alone());
                return;
            };
            let mut pieces = permit.provider().stream(request);
            while let Some(piece) = pieces.next().await {
                if !matches!(piece, Ok(Piece::Text(_) | Piece::Restart)) {
                    permit.end(piece.as_ref().err());
                    yield piece;
                    return;
                }
                yield piece;
            }
        };
        pieces.boxed()
    }

    /// Asks in any case: somebody wants to know. One that answers is left alone no longer.
    async fn check(&self) -> Result<()> {
        self.provider.check().await?;
        self.close();
        Ok(())
    }

    async fn room(&self) -> Option<u64> {
        self.provider.room().await
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

    /// The call ended, in a failure or in an answer.
    fn end(self, failure: Option<&ProviderError>) {
        match failure {
            Some(error) => self.fail(error),
            None => self.succeed(),
        }
    }

    /// The call was answered.
    pub(super) fn succeed(mut self) {
        self.probe = false;
        self.circuit.close();
    }

    /// The call failed.
    pub(super) fn fail(mut self, error: &ProviderError) {
        match error.kind().blame() {
            Blame::Provider => self.circuit.fail(error),
            Blame::Request => self.circuit.close(),
            // It says nothing of the other side.
            Blame::Caller => return,
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
