use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use futures::StreamExt;
use reqwest::{
    StatusCode,
    header::{CONTENT_TYPE, LOCATION},
};
use serde::de::DeserializeOwned;
use sqlatte_providers::Result;
use tokio::time::{Instant, timeout_at};

use crate::{address, error, retry, sse::EventStream};

/// The most of a failure's body that is read: enough for any API's explanation.
pub(crate) const FAILURE_LIMIT: usize = 64 << 10;

/// The most bytes one event of a stream may have.
const EVENT_LIMIT: usize = 1 << 20;

/// An answer whose headers have arrived.
#[derive(Debug)]
pub struct Response {
    inner: reqwest::Response,
    limits: Limits,
}

/// What bounds the reading of a body.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    /// Who answers, for messages.
    pub(crate) target: Arc<str>,
    /// When the whole call must be over.
    pub(crate) deadline: Instant,
    /// The time the whole call was given, for the message.
    pub(crate) timeout: Duration,
    /// The most bytes of a body that is read as a whole.
    pub(crate) max_body: usize,
}

/// What a server said instead of doing what it was asked: a status of 400 or more, and its words.
#[derive(Debug)]
pub struct Failure {
    /// The status.
    pub status: StatusCode,
    /// How long to wait before another try, if it said so; a day at most.
    pub retry_after: Option<Duration>,
    /// The body, 64 KiB of it at most, empty where it could not be read.
    pub body: Bytes,
    /// Whether the body is a web page, as proxies send them.
    pub is_page: bool,
}

impl Failure {
    /// The body as JSON of a given shape, if it is that.
    pub fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }
}

impl Response {
    /// # Errors
    /// `Unexpected` for a redirect, which is not followed.
    pub(crate) fn new(inner: reqwest::Response, limits: Limits) -> Result<Self> {
        if inner.status().is_redirection() {
            // Its query may carry a token: the message has the host and path alone.
            let to = inner.headers().get(LOCATION).and_then(|to| inner.url().join(to.to_str().ok()?).ok());
            let to = to.map(|url| format!("{}://{}{}", url.scheme(), address::target(&url), url.path()));
            return Err(error::redirected(&limits.target, to.as_deref()));
        }
        Ok(Response { inner, limits })
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.inner.status()
    }

    /// A header, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.inner.headers().get(name)?.to_str().ok()
    }

    /// Whether the body says of itself that it is JSON: a server that knows no streams may send it in place of one.
    pub fn is_json(&self) -> bool {
        self.header(CONTENT_TYPE.as_str()).is_some_and(|kind| {
            let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            kind == "application/json" || kind.ends_with("+json")
        })
    }

    /// The body as JSON of a given shape.
    ///
    /// # Errors
    /// `Unexpected` for a web page, for anything else that is not JSON of that shape, and for a body beyond the
    /// client's limit; `Timeout` and `Unavailable` when it does not arrive whole.
    pub async fn json<T: DeserializeOwned>(self) -> Result<T> {
        let target = self.limits.target.clone();
        let html = self.says_html();
        let limit = self.limits.max_body;
        let body = self.read(limit, true).await?;
        serde_json::from_slice(&body).map_err(|cause| match html || looks_like_html(&body) {
            true => error::web_page(&target),
            false => error::not_what_was_asked(&target, "the JSON that was expected").with_source(cause),
        })
    }

    /// The body as it is.
    ///
    /// # Errors
    /// `Unexpected` for a body beyond the client's limit; `Timeout` and `Unavailable` when it does not arrive whole.
    pub async fn bytes(self) -> Result<Bytes> {
        let limit = self.limits.max_body;
        self.read(limit, true).await
    }

    /// Gives up on the answer and reads what the server says about it.
    ///
    /// It does not fail: what cannot be read is left out.
    pub async fn into_failure(self) -> Failure {
        let status = self.status();
        let retry_after = retry::retry_after(self.inner.headers(), SystemTime::now());
        let html = self.says_html();
        let body = self.read(FAILURE_LIMIT, false).await.unwrap_or_default();
        Failure { status, retry_after, is_page: html || looks_like_html(&body), body }
    }

    /// The body as server-sent events, each as it arrives. Dropping the stream closes the connection.
    ///
    /// # Errors
    /// `Unexpected` for anything that is not an event stream. The stream's own items fail with `Timeout` when the
    /// call's time limit passes, `Unavailable` when the connection breaks off, `Unexpected` for an event of more
    /// than 1 MiB; it ends after any of them.
    pub fn events(self) -> Result<EventStream> {
        let kind = self.header(CONTENT_TYPE.as_str()).unwrap_or_default();
        if !kind.trim_start().to_ascii_lowercase().starts_with("text/event-stream") {
            return Err(match self.says_html() {
                true => error::web_page(&self.limits.target),
                false => error::not_what_was_asked(&self.limits.target, "a stream of events"),
            });
        }
        let Response { inner, limits } = self;
        let chunks = futures::stream::try_unfold((inner, limits.clone()), async |(mut inner, limits)| {
            Ok(next(&mut inner, &limits).await?.map(|chunk| (chunk, (inner, limits))))
        });
        Ok(EventStream::new(chunks.boxed(), limits.target, EVENT_LIMIT))
    }

    fn says_html(&self) -> bool {
        self.header(CONTENT_TYPE.as_str()).is_some_and(|kind| kind.to_ascii_lowercase().contains("html"))
    }

    /// The body up to `limit` bytes; more is an error, or cut off if not `whole`.
    async fn read(mut self, limit: usize, whole: bool) -> Result<Bytes> {
        let mut body = Vec::new();
        while let Some(chunk) = next(&mut self.inner, &self.limits).await? {
            if chunk.len() > limit - body.len() {
                if whole {
                    return Err(error::too_large(&self.limits.target, limit));
                }
                body.extend_from_slice(&chunk[..limit - body.len()]);
                break;
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.into())
    }
}

async fn next(inner: &mut reqwest::Response, limits: &Limits) -> Result<Option<Bytes>> {
    match timeout_at(limits.deadline, inner.chunk()).await {
        Ok(Ok(chunk)) => Ok(chunk),
        Ok(Err(cause)) => Err(error::broke_off(&limits.target).with_source(cause.without_url())),
        Err(_) => Err(error::timed_out(&limits.target, limits.timeout)),
    }
}

fn looks_like_html(body: &[u8]) -> bool {
    body.trim_ascii_start().first() == Some(&b'<')
}
