use std::time::Duration;

use reqwest::{
    Method, Url,
    header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue},
};
use serde::Serialize;
use sqlatte_providers::{ErrorKind, ProviderError, Result, Secret};
use tokio::time::{Instant, sleep, timeout_at};

use crate::{
    Client, Response, error,
    response::Limits,
    retry::{self, Retry, jitter},
};

/// No call runs longer, whatever it asks for; it also keeps the deadline within what a clock can hold.
const LONGEST_CALL: Duration = Duration::from_secs(24 * 60 * 60);

/// A call about to be made; [`Client::post`] and its like begin one.
#[derive(Debug)]
pub struct Request<'c> {
    client: &'c Client,
    inner: Result<reqwest::Request>,
    timeout: Duration,
    repeatable: bool,
    max_retries: Option<u32>,
}

impl<'c> Request<'c> {
    pub(crate) fn new(client: &'c Client, method: Method, url: Url) -> Self {
        let repeatable = matches!(method, Method::GET | Method::HEAD | Method::PUT | Method::DELETE);
        let mut inner = reqwest::Request::new(method, url);
        inner.headers_mut().clone_from(client.headers());
        Request { client, inner: Ok(inner), timeout: Duration::from_secs(60), repeatable, max_retries: None }
    }

    /// A header of this call alone.
    #[must_use]
    pub fn header(self, name: &'static str, value: &str) -> Self {
        self.put_header(name, value, false)
    }

    /// A header of this call alone that no `Debug` and no error shows.
    #[must_use]
    pub fn secret_header(self, name: &'static str, value: &Secret) -> Self {
        self.put_header(name, value.expose(), true)
    }

    /// One more parameter of the URL's query, encoded as it needs to be. Nothing secret belongs there.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        if let Ok(inner) = &mut self.inner {
            inner.url_mut().query_pairs_mut().append_pair(name, value);
        }
        self
    }

    /// The body, as JSON.
    #[must_use]
    pub fn json(mut self, body: &impl Serialize) -> Self {
        self.inner = self.inner.and_then(|mut inner| {
            let body = serde_json::to_vec(body).map_err(|cause| {
                ProviderError::new(ErrorKind::Unexpected, "the request cannot be written as JSON")
                    .with_source(cause)
            })?;
            inner.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *inner.body_mut() = Some(body.into());
            Ok(inner)
        });
        self
    }

    /// The body, as plain text.
    #[must_use]
    pub fn text(mut self, body: &str) -> Self {
        if let Ok(inner) = &mut self.inner {
            inner.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
            *inner.body_mut() = Some(body.to_owned().into());
        }
        self
    }

    /// How often this call is made again after the first time, instead of what the client says.
    #[must_use]
    pub fn max_retries(mut self, max: u32) -> Self {
        self.max_retries = Some(max);
        self
    }

    /// Wall-clock time for the whole call, retries and body included: 60 seconds unless set, a day at most.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.min(LONGEST_CALL);
        self
    }

    /// Says that doing it twice does no harm, so that it is also repeated when the connection ends after the request
    /// went out. GET, HEAD, PUT and DELETE are so without being told.
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Makes the call, again and again where that helps, and returns with the headers of the answer.
    ///
    /// # Errors
    /// `Timeout` when the time limit passes; `Unavailable` when the host cannot be reached or does not answer;
    /// `Unexpected` for a redirect. An answer of any other status is no error.
    pub async fn send(self) -> Result<Response> {
        let Request { client, inner, timeout, repeatable, max_retries } = self;
        let mut request = inner?;
        // Without it the headers say that anything is welcome, and some gateways then answer with a page.
        request.headers_mut().entry(ACCEPT).or_insert(HeaderValue::from_static("application/json"));
        let target = client.target();
        let policy = match max_retries {
            Some(max) => &Retry { max, ..client.retry().clone() },
            None => client.retry(),
        };
        let deadline = Instant::now() + timeout;

        for attempt in 0.. {
            let Some(copy) = request.try_clone() else { break };
            let sent = timeout_at(deadline, async {
                let answer = client.inner().execute(copy).await?;
                let asked = policy.applies(attempt, answer.status()).then(|| client.wait_in_body()).flatten();
                reqwest::Result::Ok(match asked {
                    Some(read) => retry::look_into(answer, read).await,
                    None => (answer, None),
                })
            });
            let (sent, in_body) = match sent.await {
                Ok(Ok((answer, in_body))) => (Ok(answer), in_body),
                Ok(Err(fault)) => (Err(fault), None),
                Err(_) => return Err(error::timed_out(target, timeout)),
            };
            let wait = match &sent {
                Ok(answer) if policy.applies(attempt, answer.status()) => {
                    let wish =
                        retry::retry_after(answer.headers(), std::time::SystemTime::now()).max(in_body);
                    tracing::debug!(%target, status = answer.status().as_u16(), ?wish, "trying again");
                    Some(wish.unwrap_or_else(|| policy.wait(attempt, jitter())))
                }
                // What swallowed the first attempt to connect would swallow the next, and connecting has its limit.
                Err(fault) if fault.is_connect() && fault.is_timeout() => None,
                Err(fault)
                    if attempt < policy.max && (fault.is_connect() || repeatable && fault.is_request()) =>
                {
                    tracing::debug!(%target, connect = fault.is_connect(), "trying again");
                    Some(policy.wait(attempt, jitter()))
                }
                _ => None,
            };
            match wait {
                // A wait that ends after the deadline is time lost: better to say now what is wrong.
                Some(wait) if wait <= policy.longest_wish && Instant::now() + wait < deadline => {
                    drop(sent);
                    sleep(wait).await;
                }
                _ => {
                    let limits =
                        Limits { target: target.clone(), deadline, timeout, max_body: client.max_body() };
                    return match sent {
                        Ok(answer) => Response::new(answer, limits),
                        Err(fault) => Err(error::transport(fault, target)),
                    };
                }
            }
        }
        Err(ProviderError::new(ErrorKind::Unexpected, format!("the request to {target} could not be made")))
    }

    fn put_header(mut self, name: &'static str, value: &str, secret: bool) -> Self {
        self.inner = self.inner.and_then(|mut inner| {
            inner.headers_mut().insert(HeaderName::from_static(name), header_value(name, value, secret)?);
            Ok(inner)
        });
        self
    }
}

/// A header's value; the message of a failure names the header alone.
pub(crate) fn header_value(name: &str, value: &str, secret: bool) -> Result<HeaderValue> {
    let mut header = HeaderValue::from_str(value).map_err(|_| {
        ProviderError::new(
            ErrorKind::InvalidSettings,
            format!(
                "the value for the header {name} has characters that cannot be sent, such as a line break"
            ),
        )
    })?;
    header.set_sensitive(secret);
    Ok(header)
}
