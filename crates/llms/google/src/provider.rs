use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use futures::StreamExt;
use serde::Serialize;
use sqlatte_http::{Client, Response};
use sqlatte_providers::{
    Completion, CompletionRequest, CompletionStream, ErrorKind, LlmFactory, LlmInfo, LlmProvider, Output,
    Piece, ProviderError, Result, Secret, Settings,
};

use crate::{
    GeminiConfig, StructuredOutput,
    access::{Access, Pass},
    config::{Options, address, invalid},
    error::{Translator, Work},
    wire::{Answer, Body, Draft, LONGEST, Parts, Step, wait_in_body},
};

/// Beside the usual ones also 500: a completion that was lost does no harm when it is made again.
const PASSING: [u16; 6] = [429, 500, 502, 503, 504, 529];

/// Nobody looks at a question for longer while the API has it wait; another model may be asked meanwhile.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// A Gemini model, behind the Gemini API or Vertex AI.
#[derive(Debug)]
pub struct Google {
    options: Options,
    access: Access,
    client: Client,
    /// Version and model, below the base URL.
    resource: String,
    work: Work,
}

/// How an answer is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delivery {
    Whole,
    Streamed,
}

impl Google {
    /// Takes the settings of the Gemini API; nothing is sent yet.
    ///
    /// # Errors
    /// `InvalidSettings` for a missing key, an address that is none or can be read along on its way, and numbers out
    /// of range.
    pub fn gemini(config: GeminiConfig) -> Result<Self> {
        let options = config.options();
        // Keys are pasted with their line break.
        let key = Secret::new(config.api_key.expose().trim());
        if key.is_empty() {
            return Err(invalid(
                "gemini needs an API key: set GEMINI_API_KEY for Google's own address, SQLATTE_LLM_API_KEY for any, or \
                 api_key in its settings; https://aistudio.google.com/apikey makes one",
            ));
        }
        options.validate()?;
        let (base_url, version) = match config.base_url.trim() {
            "" => address(&GeminiConfig::default().base_url, "v1beta", "gemini")?,
            base_url => address(base_url, "v1beta", "gemini")?,
        };
        Google::new(options, Access::Key(key), &base_url, version)
    }

    pub(crate) fn new(options: Options, access: Access, base_url: &str, version: String) -> Result<Self> {
        let mut builder = Client::builder(base_url)?
            .max_retries(options.max_retries)
            .retry_statuses(&PASSING)
            .wait_in_body(wait_in_body)
            .longest_wish(LONGEST_WAIT)
            .max_body(LONGEST);
        if let Some(key) = access.key() {
            builder = builder.secret_header("x-goog-api-key", key);
        }
        let resource = format!("{version}/{}", access.resource(&options.model));
        Ok(Google { client: builder.build()?, options, access, resource, work: Work::Completions })
    }

    /// The same API, asked for something else.
    pub(crate) fn for_work(self, work: Work) -> Self {
        Google { work, ..self }
    }

    pub(crate) fn access(&self) -> &Access {
        &self.access
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// Which model, where.
    pub(crate) fn told(&self) -> LlmInfo {
        LlmInfo {
            kind: self.options.kind,
            model: self.options.model.clone(),
            target: self.client.target().to_string(),
        }
    }

    /// Version and model, below the base URL.
    #[cfg(all(test, feature = "vertex"))]
    pub(crate) fn resource(&self) -> &str {
        &self.resource
    }

    async fn send(
        &self,
        body: &Body<'_>,
        delivery: Delivery,
        limit: Duration,
    ) -> Result<(Response, Pass<'_>)> {
        match delivery {
            Delivery::Whole => self.post("generateContent", None, body, limit).await,
            Delivery::Streamed => self.post("streamGenerateContent", Some(("alt", "sse")), body, limit).await,
        }
    }

    /// Calls a method of the model; only a good answer is one.
    pub(crate) async fn post(
        &self,
        method: &str,
        query: Option<(&str, &str)>,
        body: &(impl Serialize + Sync),
        limit: Duration,
    ) -> Result<(Response, Pass<'_>)> {
        let limit = limit.min(self.options.timeout);
        let begun = Instant::now();
        let pass = self.access.pass(limit).await?;
        let mut request = self.client.post(&format!("{}:{method}", self.resource));
        if let Some((name, value)) = query {
            request = request.query(name, value);
        }
        let request = request.json(body).timeout(limit.saturating_sub(begun.elapsed())).repeatable();
        let answer = pass.apply(request).send().await;
        let answer = answer.map_err(|error| self.translator(&pass).transport(error))?;
        if answer.status().is_success() {
            return Ok((answer, pass));
        }
        let date = answer.header("date").map(str::to_owned);
        let failure = answer.into_failure().await;
        tracing::debug!(status = failure.status.as_u16(), kind = self.options.kind, "a call was refused");
        Err(self.translator(&pass).failure(&failure, date.as_deref()))
    }

    pub(crate) fn translator<'t>(&'t self, pass: &'t Pass<'t>) -> Translator<'t> {
        Translator {
            model: &self.options.model,
            target: self.client.target(),
            access: &self.access,
            pass,
            work: self.work,
        }
    }

    /// What carries the answer to `request`, if it is structured.
    fn carrier(&self, request: &CompletionRequest) -> Option<StructuredOutput> {
        matches!(request.output, Output::Json { .. }).then(|| self.options.structured_output())
    }

    fn max_tokens(&self, request: &CompletionRequest) -> u32 {
        request.max_tokens.unwrap_or(self.options.max_tokens)
    }

    fn cut_off(&self) -> ProviderError {
        ProviderError::new(
            ErrorKind::Unavailable,
            format!("{} ended its answer in the middle; try again", self.client.target()),
        )
    }
}

#[async_trait]
impl LlmProvider for Google {
    fn info(&self) -> LlmInfo {
        self.told()
    }

    async fn complete(&self, request: &CompletionRequest) -> Result<Completion> {
        let body = Body::new(&self.options, request);
        let (answer, pass) = self.send(&body, Delivery::Whole, request.timeout).await?;
        let mut answer: Answer = answer.json().await?;
        if let Some(fault) = answer.take_fault() {
            return Err(self.translator(&pass).event(&fault));
        }
        let completion = answer.into_outcome(self.carrier(request)).finish(self.max_tokens(request))?;
        log(&completion);
        Ok(completion)
    }

    fn stream<'a>(&'a self, request: &'a CompletionRequest) -> CompletionStream<'a> {
        let pieces = async_stream::try_stream! {
            let body = Body::new(&self.options, request);
            let (answer, pass) = self.send(&body, Delivery::Streamed, request.timeout).await?;
            let mut draft = Draft::new(self.carrier(request));
            if answer.is_json() {
                // A gateway may know no streams, or lose the part of the address that asks for events.
                for part in answer.json::<Parts>().await?.into_vec() {
                    match draft.add(part)? {
                        Step::Nothing => {}
                        Step::Text(text) => yield Piece::Text(text),
                        Step::Failed(fault) => Err(draft.failed(self.translator(&pass).event(&fault)))?,
                    }
                }
            } else {
                let mut events = answer.events()?;
                // The stream ends with its body. Once the model has ended its turn, it does not matter how.
                loop {
                    let event = match events.next().await {
                        Some(Ok(event)) => Ok(event),
                        Some(Err(_)) | None if draft.is_finished() => break,
                        Some(Err(error)) => Err(error),
                        None => Err(self.cut_off()),
                    };
                    let step = event.and_then(|event| draft.take(&event.data));
                    match step.map_err(|error| draft.failed(error))? {
                        Step::Nothing => {}
                        Step::Text(text) => yield Piece::Text(text),
                        Step::Failed(fault) => Err(draft.failed(self.translator(&pass).event(&fault)))?,
                    }
                }
            }
            let completion = draft.into_outcome().finish(self.max_tokens(request))?;
            log(&completion);
            yield Piece::Done(completion);
        };
        pieces.boxed()
    }

    async fn check(&self) -> Result<()> {
        let request = CompletionRequest::probe(1, self.options.timeout);
        let body = Body::new(&self.options, &request);
        let (answer, pass) = self.send(&body, Delivery::Whole, request.timeout).await?;
        // One token is bound to be cut off, so only the shape counts.
        match answer.json::<Answer>().await?.take_fault() {
            Some(fault) => Err(self.translator(&pass).event(&fault)),
            None => Ok(()),
        }
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

/// Makes [`Google`] providers of the Gemini API for the registry, under the names `gemini` and `google`.
#[derive(Debug, Clone, Copy, Default)]
pub struct GeminiFactory;

#[async_trait]
impl LlmFactory for GeminiFactory {
    fn names(&self) -> &'static [&'static str] {
        &["gemini", "google"]
    }

    async fn connect(&self, settings: &Settings) -> Result<Arc<dyn LlmProvider>> {
        Ok(Arc::new(Google::gemini(settings.read("gemini")?)?))
    }
}
