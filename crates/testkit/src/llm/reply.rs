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

use super::{
    fake::split,
    messages_api::{self, Carrier},
};

/// What a [`FakeModelServer`](super::FakeModelServer) does when asked.
#[derive(Debug, Clone)]
pub struct Reply {
    kind: Kind,
    delay: Duration,
    gap: Duration,
    pieces: usize,
    retry_after: Option<String>,
    usage: Usage,
}

#[derive(Debug, Clone)]
enum Kind {
    /// A message with a stop reason of its own, or the usual one.
    Message { text: String, stop_reason: Option<&'static str> },
    /// Part of a streamed message, then the connection breaks.
    Cut { text: String },
    /// Part of a streamed message, then an `error` event.
    Failing { text: String, kind: String, message: String },
    /// Anything at all.
    Raw { status: u16, content_type: &'static str, body: Bytes },
}

impl Reply {
    /// The model answers with text, or with structured output where the request asks for it.
    pub fn text(text: impl Into<String>) -> Self {
        Reply::new(Kind::Message { text: text.into(), stop_reason: None })
    }

    /// The model answers with a JSON value.
    pub fn json(value: &Value) -> Self {
        Reply::text(value.to_string())
    }

    /// The model reaches `max_tokens` after `text`.
    pub fn truncated(text: impl Into<String>) -> Self {
        Reply::new(Kind::Message { text: text.into(), stop_reason: Some("max_tokens") })
    }

    /// The model declines.
    pub fn refusal(text: impl Into<String>) -> Self {
        Reply::new(Kind::Message { text: text.into(), stop_reason: Some("refusal") })
    }

    /// The API fails with a status and a type, such as 529 and `overloaded_error`:
    /// <https://platform.claude.com/docs/en/api/errors>.
    pub fn error(status: u16, kind: &str, message: &str) -> Self {
        let body = messages_api::error(kind, message).to_string();
        Reply::raw(status, "application/json", body)
    }

    /// The connection breaks after `text`, in the middle of a stream; without streaming, in the middle of the body.
    pub fn cut(text: impl Into<String>) -> Self {
        Reply::new(Kind::Cut { text: text.into() })
    }

    /// The API gives up after `text`, in the middle of a stream; without streaming it answers status 529.
    pub fn failing(text: impl Into<String>, kind: &str, message: &str) -> Self {
        Reply::new(Kind::Failing { text: text.into(), kind: kind.to_owned(), message: message.to_owned() })
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

    /// Streams in this many pieces.
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

    fn new(kind: Kind) -> Self {
        Reply {
            kind,
            delay: Duration::ZERO,
            gap: Duration::ZERO,
            pieces: 4,
            retry_after: None,
            usage: Usage { llm_calls: 1, input_tokens: 100, output_tokens: 20, cached_tokens: 0 },
        }
    }

    /// The HTTP answer to `request`, after the delay.
    pub(crate) async fn respond(self, request: &Value) -> Response {
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        let carrier = Carrier::of(request);
        let mut response = match (&self.kind, request["stream"] == true) {
            (Kind::Raw { status, content_type, body }, _) => {
                respond(*status, content_type, body.clone().into())
            }
            (Kind::Message { text, stop_reason }, false) => {
                json(200, &messages_api::message(text, carrier, *stop_reason, self.usage))
            }
            (Kind::Cut { text }, false) => {
                let whole = messages_api::message(text, carrier, None, self.usage).to_string();
                let half = whole.as_bytes()[..whole.len() / 2].to_vec();
                let body = futures::stream::iter([Ok(Bytes::from(half))]).chain(broken());
                respond(200, "application/json", Body::from_stream(body))
            }
            (Kind::Failing { kind, message, .. }, false) => json(529, &messages_api::error(kind, message)),
            (Kind::Message { text, stop_reason }, true) => self.stream(
                text,
                carrier,
                messages_api::stream_end(carrier, *stop_reason, self.usage).concat(),
                false,
            ),
            (Kind::Cut { text }, true) => self.stream(text, carrier, String::new(), true),
            (Kind::Failing { text, kind, message }, true) => {
                let error = messages_api::event(&messages_api::error(kind, message));
                self.stream(text, carrier, error, false)
            }
        };
        if let Some(value) = self.retry_after.as_ref().and_then(|value| value.parse().ok()) {
            response.headers_mut().insert(RETRY_AFTER, value);
        }
        response
    }

    fn stream(&self, text: &str, carrier: Carrier<'_>, end: String, broken_off: bool) -> Response {
        let pieces = split(text, self.pieces);
        let mut events = messages_api::stream_begin(pieces.iter().map(String::as_str), carrier, self.usage);
        events.push(end);
        if self.gap.is_zero() && !broken_off {
            return respond(200, "text/event-stream", events.concat().into());
        }
        let gap = self.gap;
        let events = futures::stream::iter(events).enumerate().then(move |(index, event)| async move {
            // The first three events come at once; the pieces follow.
            if index > 3 && !gap.is_zero() {
                tokio::time::sleep(gap).await;
            }
            Ok(Bytes::from(event))
        });
        let body = match broken_off {
            true => Body::from_stream(events.chain(broken())),
            false => Body::from_stream(events.map(|event: io::Result<Bytes>| event)),
        };
        respond(200, "text/event-stream; charset=utf-8", body)
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
