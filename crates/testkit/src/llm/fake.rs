use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use futures::StreamExt;
use sqlatte_providers::{
    Completion, CompletionRequest, CompletionStream, ErrorKind, LlmInfo, LlmProvider, Piece, ProviderError,
    Result, Role, StopReason, Usage,
};

use super::script::Script;

/// An LLM provider that answers what it was told to.
///
/// Rules are tried in the order they were made, the fallback last; what nobody answers is an error that quotes the
/// question. Clones share everything, so a test keeps one to ask what happened.
///
/// ```
/// use sqlatte_providers::ErrorKind;
/// use sqlatte_testkit::llm::{FakeAnswer, FakeLlm};
///
/// let llm = FakeLlm::new()
///     .then(FakeAnswer::error(ErrorKind::Unavailable, "overloaded"))
///     .on("top 5", FakeAnswer::json(serde_json::json!({"sql": "SELECT 1"})).in_pieces(3))
///     .otherwise(FakeAnswer::text("I don't know."));
/// assert_eq!(llm.calls(), 0);
/// ```
#[derive(Debug, Clone)]
pub struct FakeLlm(Arc<State>);

#[derive(Debug)]
struct State {
    script: Script<FakeAnswer>,
    requests: Mutex<Vec<CompletionRequest>>,
    checks: Mutex<Option<(ErrorKind, String)>>,
    dropped: AtomicUsize,
    model: Mutex<String>,
}

/// What a [`FakeLlm`] does when asked.
#[derive(Debug, Clone)]
pub struct FakeAnswer {
    text: String,
    stop_reason: StopReason,
    usage: Usage,
    delay: Duration,
    gap: Duration,
    pieces: usize,
    error: Option<(ErrorKind, String)>,
    retry_after: Option<Duration>,
}

impl Default for FakeLlm {
    fn default() -> Self {
        FakeLlm::new()
    }
}

impl FakeLlm {
    /// One that knows no answer yet.
    pub fn new() -> Self {
        FakeLlm(Arc::new(State {
            script: Script::new(),
            requests: Mutex::default(),
            checks: Mutex::default(),
            dropped: AtomicUsize::new(0),
            model: Mutex::new("fake-model".to_owned()),
        }))
    }

    /// One that gives the same answer to everything.
    pub fn always(answer: FakeAnswer) -> Self {
        FakeLlm::new().otherwise(answer)
    }

    /// Answers each question that contains `needle`, in its last user message.
    #[must_use]
    pub fn on(self, needle: &str, answer: FakeAnswer) -> Self {
        self.0.script.add(Some(needle), None, answer);
        self
    }

    /// Answers one question, whatever it is; several in a row make a sequence.
    #[must_use]
    pub fn then(self, answer: FakeAnswer) -> Self {
        self.0.script.add(None, Some(1), answer);
        self
    }

    /// Answers what no rule answers.
    #[must_use]
    pub fn otherwise(self, answer: FakeAnswer) -> Self {
        self.0.script.set_fallback(answer);
        self
    }

    /// Makes `check` fail from now on.
    #[must_use]
    pub fn failing_check(self, kind: ErrorKind, message: &str) -> Self {
        *self.0.checks.lock().unwrap_or_else(PoisonError::into_inner) = Some((kind, message.to_owned()));
        self
    }

    /// Gives its model another name than `fake-model`.
    #[must_use]
    pub fn named(self, model: &str) -> Self {
        *self.0.model.lock().unwrap_or_else(PoisonError::into_inner) = model.to_owned();
        self
    }

    /// How many completions were asked for, streamed or whole.
    pub fn calls(&self) -> usize {
        self.0.requests.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// What was asked, in order.
    pub fn requests(&self) -> Vec<CompletionRequest> {
        self.0.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many calls were dropped before their end.
    pub fn dropped(&self) -> usize {
        self.0.dropped.load(Ordering::SeqCst)
    }

    fn answer(&self, request: &CompletionRequest) -> Result<FakeAnswer> {
        let question = question(request);
        self.0.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        self.0.script.answer(question).ok_or_else(|| {
            ProviderError::new(ErrorKind::Unexpected, format!("FakeLlm was told no answer to: {question}"))
        })
    }
}

impl FakeAnswer {
    /// Free text.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        // Four characters a token is near enough for tests of sums.
        let usage = Usage {
            llm_calls: 1,
            input_tokens: 100,
            output_tokens: text.len().div_ceil(4) as u64,
            ..Usage::default()
        };
        FakeAnswer {
            text,
            stop_reason: StopReason::EndOfTurn,
            usage,
            delay: Duration::ZERO,
            gap: Duration::ZERO,
            pieces: 1,
            error: None,
            retry_after: None,
        }
    }

    /// A JSON value, as structured output brings it.
    pub fn json(value: serde_json::Value) -> Self {
        FakeAnswer::text(value.to_string())
    }

    /// The model declines.
    pub fn refusal(text: impl Into<String>) -> Self {
        FakeAnswer { stop_reason: StopReason::Refusal, ..FakeAnswer::text(text) }
    }

    /// The call fails.
    pub fn error(kind: ErrorKind, message: impl Into<String>) -> Self {
        FakeAnswer { error: Some((kind, message.into())), ..FakeAnswer::text("") }
    }

    /// The stream fails after `text`; a whole completion just fails.
    pub fn broken_off(text: impl Into<String>, kind: ErrorKind, message: impl Into<String>) -> Self {
        FakeAnswer { error: Some((kind, message.into())), ..FakeAnswer::text(text) }
    }

    /// Lets a failure say when to come back.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Lets this much time pass first. Beyond the request's time limit the call fails with `Timeout`.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Streams in this many pieces of about the same length.
    #[must_use]
    pub fn in_pieces(mut self, pieces: usize) -> Self {
        self.pieces = pieces;
        self
    }

    /// Lets this much time pass between two pieces.
    #[must_use]
    pub fn every(mut self, gap: Duration) -> Self {
        self.gap = gap;
        self
    }

    /// Reports this usage instead of a made-up one.
    #[must_use]
    pub fn usage(mut self, usage: Usage) -> Self {
        self.usage = usage;
        self
    }

    fn completion(self) -> Result<Completion> {
        match self.error {
            Some((kind, message)) => {
                let error = ProviderError::new(kind, message);
                Err(match self.retry_after {
                    Some(wait) => error.with_retry_after(wait),
                    None => error,
                })
            }
            None => Ok(Completion { text: self.text, stop_reason: self.stop_reason, usage: self.usage }),
        }
    }
}

#[async_trait]
impl LlmProvider for FakeLlm {
    fn info(&self) -> LlmInfo {
        let model = self.0.model.lock().unwrap_or_else(PoisonError::into_inner).clone();
        LlmInfo { kind: "fake", model, target: "nowhere".to_owned() }
    }

    async fn complete(&self, request: &CompletionRequest) -> Result<Completion> {
        let answer = self.answer(request)?;
        let watch = Watch::new(&self.0.dropped);
        let outcome = wait(answer.delay, request.timeout).await.and_then(|()| answer.completion());
        watch.finished();
        outcome
    }

    fn stream<'a>(&'a self, request: &'a CompletionRequest) -> CompletionStream<'a> {
        let pieces = async_stream::try_stream! {
            let answer = self.answer(request)?;
            let watch = Watch::new(&self.0.dropped);
            if let Err(error) = wait(answer.delay, request.timeout).await {
                watch.finished();
                Err(error)?;
            } else {
                for (index, piece) in split(&answer.text, answer.pieces).into_iter().enumerate() {
                    if index > 0 && !answer.gap.is_zero() {
                        tokio::time::sleep(answer.gap).await;
                    }
                    yield Piece::Text(piece);
                }
                watch.finished();
                yield Piece::Done(answer.completion()?);
            }
        };
        pieces.boxed()
    }

    async fn check(&self) -> Result<()> {
        match &*self.0.checks.lock().unwrap_or_else(PoisonError::into_inner) {
            Some((kind, message)) => Err(ProviderError::new(*kind, message.clone())),
            None => Ok(()),
        }
    }
}

/// Counts a call that is dropped before it is finished.
struct Watch<'a>(Option<&'a AtomicUsize>);

impl<'a> Watch<'a> {
    fn new(dropped: &'a AtomicUsize) -> Self {
        Watch(Some(dropped))
    }

    fn finished(mut self) {
        self.0 = None;
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if let Some(dropped) = self.0 {
            dropped.fetch_add(1, Ordering::SeqCst);
        }
    }
}

async fn wait(delay: Duration, limit: Duration) -> Result<()> {
    if !delay.is_zero() {
        tokio::time::sleep(delay.min(limit)).await;
    }
    if delay > limit {
        return Err(ProviderError::new(ErrorKind::Timeout, "nowhere did not answer in time"));
    }
    Ok(())
}

fn question(request: &CompletionRequest) -> &str {
    let last = request.messages.iter().rfind(|message| message.role == Role::User);
    last.map(|message| message.text.as_str()).unwrap_or_default()
}

/// `text` in up to `pieces` parts of about the same number of characters, none empty.
pub(crate) fn split(text: &str, pieces: usize) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let length = characters.len().div_ceil(pieces.max(1)).max(1);
    characters.chunks(length).map(|part| part.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt;
    use sqlatte_providers::{Message, Output};

    use super::*;

    fn ask(text: &str) -> CompletionRequest {
        CompletionRequest {
            system: Vec::new(),
            messages: vec![Message { role: Role::User, text: text.to_owned() }],
            output: Output::Text,
            max_tokens: None,
            temperature: None,
            timeout: Duration::from_secs(1),
        }
    }

    #[tokio::test]
    async fn answers_by_text_and_in_sequence_and_keeps_count() {
        let llm = FakeLlm::new()
            .then(FakeAnswer::error(ErrorKind::Unavailable, "busy"))
            .on("cats", FakeAnswer::text("meow"))
            .otherwise(FakeAnswer::refusal("no"));
        assert_eq!(llm.complete(&ask("cats")).await.unwrap_err().kind(), ErrorKind::Unavailable);
        assert_eq!(llm.complete(&ask("two cats")).await.unwrap().text, "meow");
        assert_eq!(llm.complete(&ask("dogs")).await.unwrap().stop_reason, StopReason::Refusal);
        assert_eq!(llm.calls(), 3);
        assert_eq!(llm.requests()[1], ask("two cats"));
        assert_eq!(llm.dropped(), 0);
        let error = FakeLlm::new().complete(&ask("who?")).await.unwrap_err();
        assert_eq!(error.message(), "FakeLlm was told no answer to: who?");
    }

    #[tokio::test]
    async fn streams_in_pieces_and_notices_being_dropped() {
        let llm = FakeLlm::always(FakeAnswer::text("çok güzel").in_pieces(3));
        let request = ask("x");
        let pieces: Vec<_> = llm.stream(&request).try_collect().await.unwrap();
        let Some((Piece::Done(done), texts)) = pieces.split_last() else { panic!("{pieces:?}") };
        let joined: String = texts
            .iter()
            .map(|piece| if let Piece::Text(text) = piece { text.as_str() } else { "" })
            .collect();
        assert_eq!((texts.len(), joined.as_str(), done.text.as_str()), (3, "çok güzel", "çok güzel"));

        let mut stream = llm.stream(&request);
        stream.next().await.unwrap().unwrap();
        drop(stream);
        assert_eq!((llm.calls(), llm.dropped()), (2, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_delay_beyond_the_limit_is_a_timeout() {
        let llm = FakeLlm::always(FakeAnswer::text("late").after(Duration::from_secs(5)));
        assert_eq!(llm.complete(&ask("x")).await.unwrap_err().kind(), ErrorKind::Timeout);
        let patient = CompletionRequest { timeout: Duration::from_secs(9), ..ask("x") };
        assert_eq!(llm.complete(&patient).await.unwrap().text, "late");
    }

    #[test]
    fn splits_evenly_and_never_empty() {
        assert_eq!(split("abcde", 2), ["abc", "de"]);
        assert_eq!(split("ab", 5), ["a", "b"]);
        assert_eq!(split("ab", 0), ["ab"]);
        assert!(split("", 3).is_empty());
    }
}
