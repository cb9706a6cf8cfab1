//! The one outgoing HTTP client of the adapters: time limits, retries, SSE reading.
//!
//! A [`Client`] belongs to one API: it knows its address, its secret headers and how often a call is repeated.
//! A [`Request`] has one time limit that covers connecting, every retry and the last byte of the body. What goes
//! wrong on the way becomes a [`ProviderError`](sqlatte_providers::ProviderError) that names the host and what to
//! do, and never a key, a password or a query string. What the API itself answers, good or bad, is the adapter's
//! to read: a status of 400 or more arrives as a [`Response`] like any other.
//!
//! Redirects are not followed, because the secret headers would go along: the redirect is reported with the
//! address it names, for the settings to be put right.

mod address;
mod client;
mod error;
#[cfg(feature = "google")]
pub mod google;
mod request;
mod response;
mod retry;
mod sse;
mod tls;

pub use reqwest::{Method, StatusCode};

pub use crate::{
    address::Address,
    client::{Client, ClientBuilder},
    request::Request,
    response::{Failure, Response},
    sse::{Event, EventStream},
    tls::{Tls, is_tls_fault},
};
