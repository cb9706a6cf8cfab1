use std::{collections::VecDeque, sync::Arc};

use async_trait::async_trait;
use futures::{StreamExt, future::join_all};
use sqlatte_providers::{
    Blame, Completion, CompletionRequest, CompletionStream, ErrorKind, LlmInfo, LlmProvider, Piece,
    ProviderError, Result, Usage,
};
use tokio::time::Instant;

use super::circuit::{Circuit, Permit};

/// Providers in the order in which they are asked: where one fails, the next is asked within the same call, also when
/// it broke off in the middle of its answer.
///
/// - The next one is asked after every failure of the provider or of the request (see [`Blame`]), once the provider's own
///   retries are over: what is too long for one model has room in another, and what one content filter stops, or one
///   API refuses, another takes. It is not asked after a refusal of the model, which is an answer.
/// - A stream that begins anew says so by [`Piece::Restart`].
/// - The time of the request is that of all together: each provider has an equal part of what is left, so that the
///   last one has time too.
/// - A provider that is left alone (see [`Circuit`]) is asked after all the others, rather than to ask nobody.
/// - The usage of an answer counts the calls that failed on the way to it, and says whether it is the first one's own.
#[derive(Debug)]
pub struct Fallback {
    first: Arc<Circuit>,
    others: Vec<Arc<Circuit>>,
}

impl Fallback {
    /// Asks `first`, then `others` in their order.
    pub fn new(first: Arc<Circuit>, others: Vec<Arc<Circuit>>) -> Self {
        Fallback { first, others }
    }

    fn circuits(&self) -> impl Iterator<Item = &Circuit> {
        std::iter::once(&*self.first).chain(self.others.iter().map(|circuit| &**circuit))
    }
}

#[async_trait]
impl LlmProvider for Fallback {
    /// That of the first provider.
    fn info(&self) -> LlmInfo {
        self.first.provider().info()
    }

    async fn complete(&self, request: &CompletionRequest) -> Result<Completion> {
        let mut round = Round::new(self, request);
        while let Some(Turn { permit, request }) = round.next() {
            match permit.provider().complete(&request).await {
                Ok(completion) => return Ok(round.answered(permit, completion)),
                Err(error) => round.failed(permit, error)?,
            }
        }
        Err(round.into_error())
    }

    fn stream<'a>(&'a self, request: &'a CompletionRequest) -> CompletionStream<'a> {
        let pieces = async_stream::try_stream! {
            let mut round = Round::new(self, request);
            let mut written = false;
            let completion = loop {
                let Some(Turn { permit, request }) = round.next() else { Err(round.into_error())? };
                if std::mem::take(&mut written) {
                    yield Piece::Restart;
                }
                let mut pieces = permit.provider().stream(&request);
                let ended = loop {
                    match pieces.next().await {
                        Some(Ok(Piece::Done(completion))) => break Ok(completion),
                        Some(Ok(piece)) => {
                            written = piece != Piece::Restart;
                            yield piece;
                        }
                        Some(Err(error)) => break Err(error),
                        None => break Err(no_end()),
                    }
                };
                match ended {
                    Ok(completion) => break round.answered(permit, completion),
                    Err(error) => round.failed(permit, error)?,
                }
            };
            yield Piece::Done(completion);
        };
        pieces.boxed()
    }

    /// All of them, at the same time: one that cannot be asked is an error, which says of each how it is.
    async fn check(&self) -> Result<()> {
        let checks = join_all(self.circuits().map(|circuit| circuit.provider().check())).await;
        let first = checks.iter().find_map(|check| check.as_ref().err().map(ProviderError::kind));
        let Some(kind) = first else { return Ok(()) };
        let each = self.circuits().zip(&checks).map(|(circuit, check)| match check {
            Ok(()) => format!("{} answers", name(circuit)),
            Err(error) => format!("{}: {error}", name(circuit)),
        });
        Err(ProviderError::new(kind, each.collect::<Vec<_>>().join("; ")))
    }

    /// That of the first provider.
    async fn room(&self) -> Option<u64> {
        self.first.provider().room().await
    }
}

/// One request on its way from provider to provider.
struct Round<'a> {
    request: &'a CompletionRequest,
    first: &'a Circuit,
    deadline: Instant,
    waiting: VecDeque<&'a Circuit>,
    left_alone: VecDeque<&'a Circuit>,
    faults: Vec<(&'a Circuit, ProviderError)>,
    usage: Usage,
}

/// A provider's turn, with the request as it is for it.
struct Turn<'a> {
    permit: Permit<'a>,
    request: CompletionRequest,
}

impl<'a> Round<'a> {
    fn new(fallback: &'a Fallback, request: &'a CompletionRequest) -> Self {
        let now = Instant::now();
        Round {
            request,
            first: &fallback.first,
            deadline: now.checked_add(request.timeout).unwrap_or(now),
            waiting: fallback.circuits().collect(),
            left_alone: VecDeque::new(),
            faults: Vec::new(),
            usage: Usage::default(),
        }
    }

    /// Whose turn it is, if there is anybody left, and time.
    fn next(&mut self) -> Option<Turn<'a>> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        let mut admitted = None;
        while admitted.is_none()
            && let Some(circuit) = self.waiting.pop_front()
        {
            admitted = circuit.admit();
            if admitted.is_none() {
                self.left_alone.push_back(circuit);
            }
        }
        let (permit, after) = match admitted {
            Some(permit) => (permit, self.waiting.iter().filter(|circuit| circuit.is_ready()).count()),
            None => (self.left_alone.pop_front()?.insist(), self.left_alone.len()),
        };
        let parts = u32::try_from(after).unwrap_or(u32::MAX).saturating_add(1);
        Some(Turn { permit, request: CompletionRequest { timeout: left / parts, ..self.request.clone() } })
    }

    /// Keeps the fault, or gives it back where nobody wants an answer any more.
    fn failed(&mut self, permit: Permit<'a>, error: ProviderError) -> Result<()> {
        let circuit = permit.circuit();
        permit.fail(&error);
        self.usage += error.usage();
        if error.kind().blame() == Blame::Caller {
            return Err(error.with_usage(self.usage));
        }
        let info = circuit.provider().info();
        tracing::warn!(
            provider = info.kind,
            model = info.model,
            kind = error.kind().name(),
            error = &error as &dyn std::error::Error,
            others = self.waiting.len() + self.left_alone.len(),
            "a model did not answer; the others are asked in its place"
        );
        self.faults.push((circuit, error));
        Ok(())
    }

    /// Counts the calls before the answer, and says whether it is the first provider's own.
    fn answered(&self, permit: Permit<'a>, mut completion: Completion) -> Completion {
        let stands_in = !std::ptr::eq(permit.circuit(), self.first);
        permit.succeed();
        completion.usage += self.usage;
        completion.usage.stand_in_calls += u32::from(stands_in);
        completion
    }

    /// Nobody answered: what each of them said, in the kind they agree on.
    fn into_error(self) -> ProviderError {
        let mut kinds = self.faults.iter().map(|(_, error)| error.kind());
        let kind = match kinds.next() {
            None => ErrorKind::Timeout,
            Some(first) if kinds.all(|kind| kind == first) => first,
            Some(_) => ErrorKind::Unavailable,
        };
        let unasked = self.waiting.iter().chain(&self.left_alone);
        let unasked = unasked.map(|circuit| format!("{}: there was no time left to ask it", name(circuit)));
        let said = self.faults.iter().map(|(circuit, error)| format!("{}: {error}", name(circuit)));
        let said: Vec<String> = said.chain(unasked).collect();
        let message =
            format!("none of the {} models that were set up answered: {}", said.len(), said.join("; "));
        let wait = self.faults.iter().filter_map(|(_, error)| error.retry_after()).min();
        let error = ProviderError::new(kind, message).with_usage(self.usage);
        match wait {
            Some(wait) => error.with_retry_after(wait),
            None => error,
        }
    }
}

fn name(circuit: &Circuit) -> String {
    let LlmInfo { kind, model, .. } = circuit.provider().info();
    format!("{model} ({kind})")
}

fn no_end() -> ProviderError {
    ProviderError::new(ErrorKind::Unavailable, "the model's answer ended before its end; try again")
}
