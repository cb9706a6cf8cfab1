//! Who may use the API: access keys, host names, origins.

use std::net::IpAddr;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header, request::Parts};
use sha2::{Digest, Sha256};
use sqlatte_providers::Secret;
use subtle::{Choice, ConstantTimeEq};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::{
    config::Config,
    edge::REQUEST_ID,
    error::{ApiError, SESSION_ID},
    state::AppState,
};

/// The keys that open the API, kept as hashes so that comparing takes the same time for every key.
#[derive(Debug, Default)]
pub(crate) struct AccessKeys(Vec<[u8; 32]>);

impl AccessKeys {
    /// Takes the configured keys.
    pub(crate) fn new(keys: &[Secret]) -> Self {
        AccessKeys(keys.iter().map(|key| Sha256::digest(key.expose().as_bytes()).into()).collect())
    }

    /// Whether a request with these headers may use the API: it shows a key, or there are none.
    pub(crate) fn open_for(&self, headers: &HeaderMap) -> bool {
        let shown = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            // Names of schemes have no case (RFC 9110, 11.1).
            .and_then(|(scheme, key)| scheme.eq_ignore_ascii_case("bearer").then_some(key));
        self.0.is_empty() || shown.is_some_and(|key| self.opens(key))
    }

    fn opens(&self, key: &str) -> bool {
        let shown: [u8; 32] = Sha256::digest(key.as_bytes()).into();
        self.0.iter().fold(Choice::from(0), |fits, key| fits | key.ct_eq(&shown)).into()
    }
}

/// Lets a request through that shows one of the access keys, or any if there are none.
pub(crate) async fn require_key(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if state.access_keys().open_for(request.headers()) {
        return next.run(request).await;
    }
    ApiError::new(
        StatusCode::UNAUTHORIZED,
        "unauthorized",
        "this server needs an access key: send it as `Authorization: Bearer KEY`",
    )
    .into_response()
}

/// Refuses requests for other host names than ours.
///
/// A page of an attacker's can make its own name point to this machine (DNS rebinding); the browser then sends
/// the attacker's name as `Host`.
pub(crate) async fn require_host(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if host_is_ours(request.headers(), request.uri(), state.config()) {
        return next.run(request).await;
    }
    ApiError::new(
        StatusCode::MISDIRECTED_REQUEST,
        "unknown_host",
        "this server does not answer to that host name: add it to app.allowed_hosts",
    )
    .into_response()
}

fn host_is_ours(headers: &HeaderMap, uri: &Uri, config: &Config) -> bool {
    let host = match (uri.host(), headers.get(header::HOST).map(HeaderValue::to_str)) {
        (Some(host), _) => host,
        (None, Some(Ok(host))) => host_of(host),
        (None, Some(Err(_))) => return false,
        // HTTP/1.0 clients send none; browsers always do.
        (None, None) => return true,
    };
    is_loopback(host)
        || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
        || host.eq_ignore_ascii_case(&config.app.host)
        || config.app.allowed_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host))
}

/// The host of `host:port`, IPv6 brackets kept.
fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// Whether a host name or address means this machine and nothing else.
pub(crate) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Cross-origin rules for the API: only the configured origins, never cookies.
pub(crate) fn cors(config: &Config) -> CorsLayer {
    let allowed = config.cors.allow_origins.clone();
    let origin = AllowOrigin::predicate(move |origin: &HeaderValue, _: &Parts| {
        origin.to_str().is_ok_and(|origin| allowed.iter().any(|allowed| fits(allowed, origin)))
    });
    CorsLayer::new()
        .allow_origin(origin)
        .allow_methods([http::Method::GET, http::Method::POST, http::Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::ACCEPT,
            SESSION_ID,
            HeaderName::from_static("last-event-id"),
        ])
        .expose_headers([header::RETRY_AFTER, header::CONTENT_DISPOSITION, REQUEST_ID, SESSION_ID])
        .max_age(std::time::Duration::from_secs(7200))
}

fn fits(allowed: &str, origin: &str) -> bool {
    match allowed {
        "*" => true,
        "loopback" => origin
            .split_once("://")
            .is_some_and(|(scheme, rest)| matches!(scheme, "http" | "https") && is_loopback(host_of(rest))),
        allowed => allowed.trim_end_matches('/').eq_ignore_ascii_case(origin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_origins_and_nothing_that_looks_like_them() {
        for origin in ["http://localhost:3000", "http://127.0.0.1", "https://[::1]:8443"] {
            assert!(fits("loopback", origin), "{origin}");
        }
        for origin in [
            "http://localhost.evil.com",
            "http://127.0.0.1.evil.com:80",
            "null",
            "file://",
            "http://evil.com",
        ] {
            assert!(!fits("loopback", origin), "{origin}");
        }
        assert!(fits("https://portal.example.com/", "https://portal.example.com"));
        assert!(!fits("https://portal.example.com", "https://portal.example.com.evil.com"));
    }

    #[test]
    fn keys_are_compared_whole() {
        let keys = AccessKeys::new(&[Secret::new("one-long-enough-access-key-1")]);
        assert!(keys.opens("one-long-enough-access-key-1"));
        assert!(!keys.opens("one-long-enough-access-key-"));
        assert!(!keys.opens(""));
        assert!(AccessKeys::default().open_for(&HeaderMap::new()));
        assert!(!keys.open_for(&HeaderMap::new()));
        let shown = |value: &str| HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().unwrap())]);
        assert!(keys.open_for(&shown("bearer one-long-enough-access-key-1")));
        assert!(!keys.open_for(&shown("Basic one-long-enough-access-key-1")));
    }
}
