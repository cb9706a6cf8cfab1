use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use futures::StreamExt;
use serde_json::Value;
use sqlatte_http::{Client, Failure, Response};
use sqlatte_providers::{
    Completion, CompletionRequest, CompletionStream, ErrorKind, LlmFactory, LlmInfo, LlmProvider, Output,
    Piece, ProviderError, Result, Settings,
};

use crate::{
    Config, StructuredOutput,
    endpoint::{Endpoint, Work},
    error::{Fault, Translator, is_cut_off},
    manner::{Learned, Manner},
    room,
    wire::{Body, Draft, Models, Step},
};

/// No call runs longer, whatever it asks for; it also keeps the deadline within what a clock can hold.
const LONGEST_CALL: Duration = Duration::from_secs(24 * 60 * 60);

/// Tokens for a check: models that think answer nothing at all with fewer.
const PROBE_TOKENS: u32 = 16;

/// Time for the list of models, which is at hand in every server.
const LIST_TIMEOUT: Duration = Duration::from_secs(10);

/// A model behind chat completions.
#[derive(Debug)]
pub struct OpenAi {
    config: Config,
    endpoint: Endpoint,
    client: Client,
    learned: Learned,
}

/// What came of a call.
enum Called {
    /// The answer, and the manner in which it was asked for.
    Answered(Response, Manner),
    /// A status of 400 or more, and what the server says about it.
    Refused(Failure, Option<Fault>),
}

impl OpenAi {
    /// Takes the settings; nothing is sent yet.
    ///
    /// # Errors
    /// `InvalidSettings` for a missing model or key, an address that is none, a key that others could read on its way,
    /// and numbers out of range.
    pub fn new(config: Config) -> Result<Self> {
        config.validate()?;
        let endpoint = Endpoint::new(&config)?;
        let client = endpoint.client(&config)?;
        let learned = Learned::new(&config, endpoint.is_newest());
        Ok(OpenAi { config, endpoint, client, learned })
    }

    /// Asks, and asks again in another manner as long as the server says that it does not know the one before.
    async fn call<'r>(&self, timeout: Duration, body: impl Fn(Manner) -> Body<'r> + Send) -> Result<Called> {
        let deadline = Instant::now() + timeout.min(self.config.timeout).min(LONGEST_CALL);
        let mut manner = self.learned.manner();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let request = self.client.post(Work::Completions.path()).json(&body(manner)).timeout(left);
            let request = self.endpoint.versioned(request);
            let answer = request.repeatable().send().await?;
            if answer.status().is_success() {
                return Ok(Called::Answered(answer, manner));
            }
            // What support asks for; it identifies the call and nobody.
            let request_id = answer.header("x-request-id").unwrap_or_default().to_owned();
            let failure = answer.into_failure().await;
            let status = failure.status.as_u16();
            tracing::debug!(status, request_id, "the server refused a completion");
            let fault = failure.json::<Value>().as_ref().and_then(Fault::read);
            match fault.as_ref().and_then(|fault| self.learned.learn(manner, status, fault)) {
                Some(next) => manner = next,
                None => return Ok(Called::Refused(failure, fault)),
            }
        }
    }

    /// The answer to `request`, and how it is held to a schema, if it is.
    async fn ask(
        &self,
        request: &CompletionRequest,
        stream: bool,
    ) -> Result<(Response, Option<StructuredOutput>)> {
        let body = |manner| Body::new(&self.config, request, stream, manner);
        match self.call(request.timeout, body).await? {
            Called::Answered(answer, manner) => {
                let structured = matches!(request.output, Output::Json { .. }).then_some(manner.structured);
                Ok((answer, structured))
            }
            Called::Refused(failure, fault) => Err(self.translator().failure(&failure, fault.as_ref())),
        }
    }

    async fn models(&self) -> Result<Option<Models>> {
        models(&self.endpoint, &self.client, self.config.timeout).await
    }

    fn translator(&self) -> Translator<'_> {
        let target = self.client.target();
        Translator { config: &self.config, endpoint: &self.endpoint, target, work: Work::Completions }
    }

    fn max_tokens(&self, request: &CompletionRequest) -> Option<u32> {
        request.max_tokens.or(self.config.max_tokens)
    }

    fn broken_off(&self) -> ProviderError {
        ProviderError::new(
            ErrorKind::Unavailable,
            format!("{} ended its answer in the middle; try again", self.client.target()),
        )
    }
}

#[async_trait]
impl LlmProvider for OpenAi {
    fn info(&self) -> LlmInfo {
        LlmInfo {
            kind: "openai",
            model: self.config.model.trim().to_owned(),
            target: self.client.target().to_string(),
        }
    }

    async fn complete(&self, request: &CompletionRequest) -> Result<Completion> {
        let (answer, structured) = self.ask(request, false).await?;
        let mut draft = Draft::new(structured);
        if let Step::Failed(fault) = draft.whole(answer.json().await?)? {
            return Err(self.translator().event(&fault));
        }
        let completion = draft.finish(self.max_tokens(request))?.completion;
        log(&completion);
        Ok(completion)
    }

    fn stream<'a>(&'a self, request: &'a CompletionRequest) -> CompletionStream<'a> {
        let pieces = async_stream::try_stream! {
            let (answer, structured) = self.ask(request, true).await?;
            let mut draft = Draft::new(structured);
            if answer.is_json() {
                // Not every server knows how to stream.
                match draft.whole(answer.json().await?)? {
                    Step::Failed(fault) => Err(self.translator().event(&fault))?,
                    Step::Text(text) => yield Piece::Text(text),
                    Step::Nothing | Step::Stop => {}
                }
            } else {
                let mut events = answer.events()?;
                loop {
                    let event = match events.next().await {
                        Some(Ok(event)) => event,
                        // Not every server says that its stream is over.
                        _ if draft.is_whole() => break,
                        Some(Err(error)) => Err(error)?,
                        None => Err(self.broken_off())?,
                    };
                    match draft.take(&event.data)? {
                        Step::Nothing => {}
                        Step::Text(text) => yield Piece::Text(text),
                        Step::Failed(fault) => Err(self.translator().event(&fault))?,
                        Step::Stop => break,
                    }
                }
            }
            let finished = draft.finish(self.max_tokens(request))?;
            log(&finished.completion);
            if let Some(rest) = finished.rest {
                yield Piece::Text(rest);
            }
            yield Piece::Done(finished.completion);
        };
        pieces.boxed()
    }

    async fn check(&self) -> Result<()> {
        // The list of models would be free, but it says nothing of quota, of the form of answers, and of room for them.
        let request = CompletionRequest::probe(PROBE_TOKENS, self.config.timeout);
        let body = |manner| Body::new(&self.config, &request, false, manner);
        let called = self.call(request.timeout, body).await?;
        let error = match called {
            // A few tokens are bound to be cut off, so only the shape counts.
            Called::Answered(answer, _) => {
                return match Draft::new(None).whole(answer.json().await?)? {
                    Step::Failed(fault) => Err(self.translator().event(&fault)),
                    _ => Ok(()),
                };
            }
            Called::Refused(_, Some(fault)) if is_cut_off(&fault) => return Ok(()),
            Called::Refused(failure, fault) => self.translator().failure(&failure, fault.as_ref()),
        };
        if error.kind() != ErrorKind::NotFound {
            return Err(error);
        }
        let models = self.models().await.unwrap_or_default();
        match models.and_then(|models| models.some(self.config.model.trim())) {
            Some(names) => Err(ProviderError::new(ErrorKind::NotFound, format!("{error}; it has {names}"))),
            None => Err(error),
        }
    }

    async fn room(&self) -> Option<u64> {
        let models = self.models().await.ok()??;
        let model = models.find(&self.config.model)?;
        let context = room::context(&self.endpoint, &self.client, model).await?;
        Some(context.saturating_sub(self.config.max_tokens.unwrap_or_default().into()))
    }
}

/// The models a server has, where it has a list.
pub(crate) async fn models(
    endpoint: &Endpoint,
    client: &Client,
    timeout: Duration,
) -> Result<Option<Models>> {
    if endpoint.deployment {
        return Ok(None);
    }
    let timeout = LIST_TIMEOUT.min(timeout);
    let answer = endpoint.versioned(client.get("models")).timeout(timeout).send().await?;
    Ok(if answer.status().is_success() { answer.json().await.ok() } else { None })
}

fn log(completion: &Completion) {
    let usage = completion.usage;
    tracing::debug!(
        input_tokens = usage.input_tokens,
        cached_tokens = usage.cached_tokens,
        output_tokens = usage.output_tokens,
        stop_reason = ?completion.stop_reason,
        "completion"
    );
}

/// Makes [`OpenAi`] providers for the registry, under the name `openai`.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenAiFactory;

#[async_trait]
impl LlmFactory for OpenAiFactory {
    fn names(&self) -> &'static [&'static str] {
        &["openai"]
    }

    async fn connect(&self, settings: &Settings) -> Result<Arc<dyn LlmProvider>> {
        Ok(Arc::new(OpenAi::new(settings.read("openai")?)?))
    }
}
