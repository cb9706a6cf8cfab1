use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::StreamExt;
use sqlatte_http::{Address, Client, Response};
use sqlatte_providers::{
    Completion, CompletionRequest, CompletionStream, ErrorKind, LlmFactory, LlmInfo, LlmProvider, Output,
    Piece, ProviderError, Result, Secret, Settings,
};

use crate::{
    Config, StructuredOutput,
    error::Translator,
    wire::{Answer, Body, Draft, LONGEST, Step},
};

/// The version of the API this is written for: <https://platform.claude.com/docs/en/api/versioning>.
const API_VERSION: &str = "2023-06-01";

/// The path of the Messages API below the base URL.
const MESSAGES: &str = "v1/messages";

/// Beside the usual ones also 500: a completion that was lost does no harm when it is made again.
const PASSING: [u16; 6] = [429, 500, 502, 503, 504, 529];

/// Nobody looks at a question for longer while the API has it wait; another model may be asked meanwhile.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// A Claude model behind the Messages API.
#[derive(Debug)]
pub struct Anthropic {
    config: Config,
    client: Client,
}

impl Anthropic {
    /// Takes the settings; nothing is sent yet.
    ///
    /// # Errors
    /// `InvalidSettings` for a missing key, an address that is none, and numbers out of range.
    pub fn new(config: Config) -> Result<Self> {
        config.validate()?;
        let base_url = config.base_url.trim().trim_end_matches('/');
        // Keys are pasted with their line break, addresses as other programs want them.
        let key = Secret::new(config.api_key.expose().trim());
        let base_url = base_url.strip_suffix("/v1").unwrap_or(base_url);
        let of_setting = |error: ProviderError| {
            ProviderError::new(error.kind(), format!("base_url of anthropic: {error}"))
        };
        let address = Address::parse(base_url).map_err(of_setting)?;
        if address.is_in_clear() {
            return Err(ProviderError::new(
                ErrorKind::InvalidSettings,
                format!(
                    "the key of anthropic would go to {} for all to read: write base_url with https://",
                    address.target()
                ),
            ));
        }
        let client = Client::builder(base_url)
            .map_err(of_setting)?
            .secret_header("x-api-key", &key)
            .header("anthropic-version", API_VERSION)
            .max_retries(config.max_retries)
            .retry_statuses(&PASSING)
            .longest_wish(LONGEST_WAIT)
            .max_body(LONGEST)
            .build()?;
        Ok(Anthropic { config, client })
    }

    async fn send(&self, body: &Body<'_>, timeout: Duration) -> Result<Response> {
        let timeout = timeout.min(self.config.timeout);
        let answer = self.client.post(MESSAGES).json(body).timeout(timeout).repeatable().send().await?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        // What support asks for; it identifies the call and nobody.
        let request_id = answer.header("request-id").unwrap_or_default().to_owned();
        let failure = answer.into_failure().await;
        tracing::debug!(status = failure.status.as_u16(), request_id, "the Messages API refused a call");
        Err(self.translator().failure(&failure))
    }

    fn translator(&self) -> Translator<'_> {
        Translator { config: &self.config, target: self.client.target() }
    }

    /// What carries the answer to `request`, if it is structured.
    fn carrier(&self, request: &CompletionRequest) -> Option<StructuredOutput> {
        matches!(request.output, Output::Json { .. }).then(|| self.config.structured_output())
    }

    fn max_tokens(&self, request: &CompletionRequest) -> u32 {
        request.max_tokens.unwrap_or(self.config.max_tokens)
    }

    fn cut_off(&self) -> ProviderError {
        ProviderError::new(
            ErrorKind::Unavailable,
            format!("{} ended its answer in the middle; try again", self.client.target()),
        )
    }
}

#[async_trait]
impl LlmProvider for Anthropic {
    fn info(&self) -> LlmInfo {
        LlmInfo {
            kind: "anthropic",
            model: self.config.model.clone(),
            target: self.client.target().to_string(),
        }
    }

    async fn complete(&self, request: &CompletionRequest) -> Result<Completion> {
        let body = Body::new(&self.config, request, false);
        let answer: Answer = self.send(&body, request.timeout).await?.json().await?;
        let completion = answer.into_outcome(self.carrier(request)).finish(self.max_tokens(request))?;
        log(&completion);
        Ok(completion)
    }

    fn stream<'a>(&'a self, request: &'a CompletionRequest) -> CompletionStream<'a> {
        let pieces = async_stream::try_stream! {
            let body = Body::new(&self.config, request, true);
            let answer = self.send(&body, request.timeout).await?;
            let outcome = if answer.is_json() {
                // Not every server knows how to stream.
                let outcome = answer.json::<Answer>().await?.into_outcome(self.carrier(request));
                if !outcome.text.is_empty() {
                    yield Piece::Text(outcome.text.clone());
                }
                outcome
            } else {
                let mut events = answer.events()?;
                let mut draft = Draft::new(self.carrier(request));
                loop {
                    let event = events.next().await.unwrap_or_else(|| Err(self.cut_off()));
                    let step = event.and_then(|event| draft.take(&event.data));
                    match step.map_err(|error| draft.failed(error))? {
                        Step::Nothing => {}
                        Step::Text(text) => yield Piece::Text(text),
                        Step::Failed(fault) => Err(draft.failed(self.translator().event(&fault)))?,
                        Step::Stop => break,
                    }
                }
                if let Some(rest) = draft.rest() {
                    yield Piece::Text(rest);
                }
                draft.into_outcome()
            };
            let completion = outcome.finish(self.max_tokens(request))?;
            log(&completion);
            yield Piece::Done(completion);
        };
        pieces.boxed()
    }

    async fn check(&self) -> Result<()> {
        // Asking for the model alone would be free, but says nothing about credit, nor whether it keeps to a schema.
        let request = CompletionRequest::probe(1, self.config.timeout);
        let answer = self.send(&Body::new(&self.config, &request, false), request.timeout).await?;
        // One token is bound to be cut off, so only the shape counts.
        answer.json::<Answer>().await.map(drop)
    }
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

/// Makes [`Anthropic`] providers for the registry, under the names `anthropic` and `claude`.
#[derive(Debug, Clone, Copy, Default)]
pub struct AnthropicFactory;

#[async_trait]
impl LlmFactory for AnthropicFactory {
    fn names(&self) -> &'static [&'static str] {
        &["anthropic", "claude"]
    }

    async fn connect(&self, settings: &Settings) -> Result<Arc<dyn LlmProvider>> {
        Ok(Arc::new(Anthropic::new(settings.read("anthropic")?)?))
    }
}
