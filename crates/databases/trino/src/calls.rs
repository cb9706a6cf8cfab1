//! The calls of the protocol.

use std::time::Duration;

use bytes::Bytes;
use sqlatte_http::{Method, Request, Response, StatusCode};
use sqlatte_providers::{ErrorKind, ProviderError, Result};

use crate::{
    error::{self, Call},
    server::Server,
    statement::Statement,
};

/// The server answers a call for the next page within a second, with an empty one if need be.
const PAGE_TIMEOUT: Duration = Duration::from_secs(60);
const PAGE_RETRIES: u32 = 6;
/// How often a page is asked for again that broke off in its middle: the server keeps the last one.
const BODY_RETRIES: u32 = 2;
/// How long a submission that nobody waits for any longer may take to say what is to be cancelled.
pub(crate) const SUBMIT_GRACE: Duration = Duration::from_secs(10);
/// How long, and how often, it is tried to cancel: a server that cannot be reached may come back.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(60);
const CANCEL_RETRIES: u32 = 9;

impl Server {
    /// Hands over a statement; the answer is its first page.
    pub(crate) async fn submit(&self, statement: &Statement) -> Result<Bytes> {
        let mut request = self
            .client
            .post("v1/statement")
            .text(&statement.text.sql)
            .timeout(statement.timeout.saturating_add(SUBMIT_GRACE))
            // A statement only reads. One that was submitted unseen ends by its time limit.
            .repeatable();
        if let Some(properties) = self.session(statement.timeout) {
            request = request.header(self.session_header, &properties);
        }
        let response = request.send().await.map_err(|fault| error::transport(fault, Call::Submit))?;
        self.body(response, Call::Submit).await
    }

    /// The page at `uri`.
    pub(crate) async fn page(&self, uri: &str) -> Result<Bytes> {
        let mut attempt = 0;
        loop {
            let request = self.request(Method::GET, uri)?.timeout(PAGE_TIMEOUT).max_retries(PAGE_RETRIES);
            let response = request.send().await.map_err(|fault| error::transport(fault, Call::Follow))?;
            let answered = response.status() == StatusCode::OK;
            match self.body(response, Call::Follow).await {
                Err(fault)
                    if answered && fault.kind() == ErrorKind::Unavailable && attempt < BODY_RETRIES =>
                {
                    attempt += 1;
                }
                body => return body,
            }
        }
    }

    async fn body(&self, response: Response, call: Call) -> Result<Bytes> {
        if response.status() != StatusCode::OK {
            let failure = response.into_failure().await;
            return Err(error::status(&failure, self.client.target(), call, &self.scope));
        }
        response.bytes().await.map_err(|fault| error::transport(fault, call))
    }

    /// A call of an address that the server gave; of its own origin only, since the credentials go along.
    fn request(&self, method: Method, uri: &str) -> Result<Request<'_>> {
        self.client.request_at(method, uri).map_err(|fault| {
            let message = format!(
                "{fault}; where a proxy stands before Trino it must pass on X-Forwarded-Host, X-Forwarded-Port \
                 and X-Forwarded-Proto, and Trino needs http-server.process-forwarded=true"
            );
            ProviderError::new(ErrorKind::InvalidSettings, message).with_source(fault)
        })
    }

    /// Ends the statement whose next page would be at `uri`.
    pub(crate) async fn cancel(&self, uri: &str) {
        let target = self.client.target();
        let request = self.client.request_at(Method::DELETE, uri).unwrap_or_else(|_| {
            // An address that a proxy did not translate: its path means the same to the server.
            let path = ::url::Url::parse(uri).map(|url| url.path().to_owned()).unwrap_or_default();
            self.client.request(Method::DELETE, &path)
        });
        match request.timeout(CANCEL_TIMEOUT).max_retries(CANCEL_RETRIES).send().await {
            Ok(answer) => tracing::debug!(%target, status = answer.status().as_u16(), "cancelled"),
            Err(fault) => {
                tracing::warn!(%target, error = %fault, "a statement could not be cancelled; its time limit ends it");
            }
        }
    }
}
