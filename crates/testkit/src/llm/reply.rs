use std::{io, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{
        StatusCode,
        header::{CONTENT_TYPE, RETRY_AFTER},
    },
    response::Response,
};
use futures::{Stream, StreamExt};
use serde_json::Value;
use sqlatte_providers::Usage;
use tokio::time::{Instant, sleep, sleep_until};

use super::{
    fake::split,
    wire::{ApiError, ApiFault, Call, Ending, Events, Turn, WireFormat},
};

/// Characters of a token, as a rule of thumb.
pub(super) const TOKEN: usize = 4;

/// What a [`FakeModelServer`](super::FakeModelServer) does when asked, in whichever format it is asked.
#[derive(Debug, Clone)]
pub struct Reply {
    kind: Kind,
    delay: Duration,
    pace: Pace,
    retry_after: Option<String>,
    usage: Usage,
}

#[derive(Debug, Clone)]
enum Kind {
    /// A completion with an end of its own.
    Message { text: String, ending: Ending },
    /// Part of a streamed completion, then the connection breaks.
    Cut { text: String },
    /// Part of a streamed completion, then an event that says what failed.
    Failing { text: String, fault: ApiFault },
    /// What the API documents for a failure.
    Fault(ApiFault),
    /// Another failure, in the shape of the API's.
    Error(ApiError),
    /// Anything at all.
    Raw { status: u16, content_type: &'static str, body: Bytes },
}

/// How a stream is cut up, and how fast it comes.
#[derive(Debug, Clone, Copy)]
enum Pace {
    /// In so many pieces, with so much time between two of them.
    Pieces(usize, Duration),
    /// Token by token, with so much time for each.
    Tokens(Duration),
}

impl Reply {
    /// The model answers with text, or with structured output where the request asks for it.
    pub fn text(text: impl Into<String>) -> Self {
        Reply::new(Kind::Message { text: text.into(), ending: Ending::EndOfTurn })
    }

    /// The model answers with a JSON value.
    pub fn json(value: &Value) -> Self {
        Reply::text(value.to_string())
    }

    /// The model reaches its limit of tokens after `text`.
    pub fn truncated(text: impl Into<String>) -> Self {
        Reply::new(Kind::Message { text: text.into(), ending: Ending::MaxTokens })
    }

    /// The model declines.
    pub fn refusal(text: impl Into<String>) -> Self {
        Reply::new(Kind::Message { text: text.into(), ending: Ending::Refusal })
    }

    /// The API fails as it documents for this fault.
    pub fn fault(fault: ApiFault) -> Self {
        Reply::new(Kind::Fault(fault))
    }

    /// The API fails with a status and its own name for the failure, such as 529 and `overloaded_error`.
    pub fn error(status: u16, kind: &str, message: &str) -> Self {
        Reply::new(Kind::Error(ApiError::new(status, kind, message)))
    }

    /// The connection breaks after `text`, in the middle of a stream; without streaming, in the middle of the body.
    pub fn cut(text: impl Into<String>) -> Self {
        Reply::new(Kind::Cut { text: text.into() })
    }

    /// The API fails after `text`, in the middle of a stream; without streaming it fails at once.
    pub fn failing(text: impl Into<String>, fault: ApiFault) -> Self {
        Reply::new(Kind::Failing { text: text.into(), fault })
    }

    /// A proxy's page, with a status.
    pub fn page(status: u16) -> Self {
        Reply::raw(status, "text/html", "<!doctype html><title>Portal</title><p>Please log in.")
    }

    /// Status 200 and JSON that is nothing of the API's.
    pub fn nonsense() -> Self {
        Reply::raw(200, "application/json", r#"{"colourless": ["green", "ideas"]}"#)
    }

    /// Anything at all.
    pub fn raw(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Reply::new(Kind::Raw { status, content_type, body: body.into() })
    }

    /// Lets this much time pass before the first byte.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Streams in this many pieces, 4 unless set.
    #[must_use]
    pub fn in_pieces(mut self, pieces: usize) -> Self {
        self.pace = Pace::Pieces(pieces, self.pace.gap());
        self
    }

    /// Lets this much time pass between two pieces.
    #[must_use]
    pub fn every(mut self, gap: Duration) -> Self {
        self.pace = match self.pace {
            Pace::Pieces(pieces, _) => Pace::Pieces(pieces, gap),
            Pace::Tokens(_) => Pace::Tokens(gap),
        };
        self
    }

    /// Writes this many tokens a second, and streams one by one; without streaming, the whole comes when the last is
    /// written.
    #[must_use]
    pub fn at_rate(mut self, tokens_per_second: f64) -> Self {
        self.pace = Pace::Tokens(Duration::from_secs_f64(1.0 / tokens_per_second));
        self
    }

    /// Sends `Retry-After`, in seconds or as a date.
    #[must_use]
    pub fn retry_after(mut self, value: impl Into<String>) -> Self {
        self.retry_after = Some(value.into());
        self
    }

    /// Reports this usage.
    #[must_use]
    pub fn usage(mut self, usage: Usage) -> Self {
        self.usage = usage;
        self
    }

    /// Characters of what the model says.
    pub(super) fn text_length(&self) -> usize {
        match &self.kind {
            Kind::Message { text, .. } | Kind::Cut { text } | Kind::Failing { text, .. } => {
                text.chars().count()
            }
            Kind::Fault(_) | Kind::Error(_) | Kind::Raw { .. } => 0,
        }
    }

    /// How long the model takes, from the request to the end of its answer.
    pub fn duration(&self) -> Duration {
        let gaps = match (&self.kind, self.pace) {
            (Kind::Fault(_) | Kind::Error(_) | Kind::Raw { .. }, _) => 0,
            (_, Pace::Pieces(pieces, _)) => pieces,
            (_, Pace::Tokens(_)) => self.pieces().len(),
        };
        self.delay + self.pace.gap() * u32::try_from(gaps).unwrap_or(u32::MAX)
    }

    fn new(kind: Kind) -> Self {
        Reply {
            kind,
            delay: Duration::ZERO,
            pace: Pace::Pieces(4, Duration::ZERO),
            retry_after: None,
            usage: Usage { llm_calls: 1, input_tokens: 100, output_tokens: 20, ..Usage::default() },
        }
    }

    /// The HTTP answer to `call`, after the delay.
    pub(crate) async fn respond(self, format: &dyn WireFormat, call: &Call<'_>) -> Response {
        if !self.delay.is_zero() {
            sleep(self.delay).await;
        }
        let streaming = format.is_streaming(call);
        if let (false, Pace::Tokens(_)) = (streaming, self.pace) {
            sleep(self.duration() - self.delay).await;
        }
        let model = call.body["model"].as_str().unwrap_or_default();
        let ending = match self.kind {
            Kind::Message { ending, .. } => ending,
            _ => Ending::EndOfTurn,
        };
        let usage = format.reports_usage(call).then_some(self.usage);
        let turn = Turn { carrier: format.carrier(call.body), ending, usage };
        let mut retry_after = self.retry_after.clone();
        let mut fail = |error: &ApiError| {
            retry_after = retry_after.take().or(error.retry_after.map(|seconds| seconds.to_string()));
            json(error.status, &format.error(error))
        };
        let mut response = match (&self.kind, streaming) {
            (Kind::Raw { status, content_type, body }, _) => {
                respond(*status, content_type, body.clone().into())
            }
            (Kind::Error(error), _) => fail(error),
            (Kind::Fault(fault), _) | (Kind::Failing { fault, .. }, false) => {
                fail(&format.fault(*fault, model))
            }
            (Kind::Message { text, .. }, false) => json(200, &format.whole(text, &turn)),
            (Kind::Cut { text }, false) => {
                let whole = format.whole(text, &turn).to_string();
                let half = whole.as_bytes()[..whole.len() / 2].to_vec();
                let body = futures::stream::iter([Ok(Bytes::from(half))]).chain(broken());
                respond(200, "application/json", Body::from_stream(body))
            }
            (Kind::Message { .. }, true) => self.stream(self.events(format, &turn), false),
            (Kind::Cut { .. }, true) => {
                self.stream(Events { end: String::new(), ..self.events(format, &turn) }, true)
            }
            (Kind::Failing { fault, .. }, true) => {
                let end = format.error_event(&format.fault(*fault, model));
                self.stream(Events { end, ..self.events(format, &turn) }, false)
            }
        };
        if let Some(value) = retry_after.and_then(|value| value.parse().ok()) {
            response.headers_mut().insert(RETRY_AFTER, value);
        }
        response
    }

    fn events(&self, format: &dyn WireFormat, turn: &Turn) -> Events {
        let pieces = self.pieces();
        format.events(&pieces.iter().map(String::as_str).collect::<Vec<_>>(), turn)
    }

    fn pieces(&self) -> Vec<String> {
        let text = match &self.kind {
            Kind::Message { text, .. } | Kind::Cut { text } | Kind::Failing { text, .. } => text,
            Kind::Fault(_) | Kind::Error(_) | Kind::Raw { .. } => return Vec::new(),
        };
        match self.pace {
            Pace::Pieces(pieces, _) => split(text, pieces),
            Pace::Tokens(_) => split(text, text.chars().count().div_ceil(TOKEN)),
        }
    }

    fn stream(&self, events: Events, broken_off: bool) -> Response {
        const KIND: &str = "text/event-stream; charset=utf-8";
        let Events { opening, pieces, end } = events;
        let opens = usize::from(!opening.is_empty());
        let chunks = std::iter::once(opening).chain(pieces).chain([end]).filter(|chunk| !chunk.is_empty());
        let gap = self.pace.gap();
        if gap.is_zero() && !broken_off {
            return respond(200, KIND, chunks.collect::<String>().into());
        }
        // Reckoned from the beginning: the delays of many sleeps would add up.
        let begun = Instant::now();
        let chunks: Vec<String> = chunks.collect();
        let chunks = futures::stream::iter(chunks).enumerate().then(move |(index, chunk)| async move {
            // What opens the stream and the first piece come at once; the others follow.
            let gaps = u32::try_from(index.saturating_sub(opens)).unwrap_or(u32::MAX);
            if gaps > 0 && !gap.is_zero() {
                sleep_until(begun + gap * gaps).await;
            }
            Ok(Bytes::from(chunk))
        });
        let body = match broken_off {
            true => Body::from_stream(chunks.chain(broken())),
            false => Body::from_stream(chunks.map(|chunk: io::Result<Bytes>| chunk)),
        };
        respond(200, KIND, body)
    }
}

impl Pace {
    fn gap(self) -> Duration {
        match self {
            Pace::Pieces(_, gap) | Pace::Tokens(gap) => gap,
        }
    }
}

fn json(status: u16, body: &Value) -> Response {
    respond(status, "application/json", body.to_string().into())
}

fn respond(status: u16, content_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, axum::http::HeaderValue::from_static(content_type));
    response
}

/// An error in a body makes hyper break the connection. It comes late enough for what was said before it to leave:
/// hyper sends what it has when it has to wait, and throws it away when the body fails at once.
fn broken() -> impl Stream<Item = io::Result<Bytes>> + Send {
    futures::stream::once(async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(io::ErrorKind::ConnectionReset.into())
    })
}
