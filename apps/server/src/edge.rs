//! The outermost layer: request ids, problem bodies, security headers.

mod spanned;

use axum::{
    body::Body,
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use http::{HeaderName, HeaderValue, header};
use tracing::Instrument;
use uuid::Uuid;

use self::spanned::Spanned;

use crate::error::ApiError;

/// The header that carries the id.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longer ids of a client's own are not taken over.
const MAX_ID: usize = 64;

/// The id of a request, for its log lines, its problem and its response.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub String);

/// Names the request, runs it, and finishes the response.
pub(crate) async fn edge(mut request: Request, next: Next) -> Response {
    let id = request_id(&request);
    request.extensions_mut().insert(RequestId(id.clone()));
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str);
    let span = tracing::info_span!("request", request_id = id, method = %request.method(), route);
    let mut response = next.run(request).instrument(span.clone()).await;
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        let kept = response.headers().clone();
        response = error.into_problem_response(&id);
        // CORS headers were set further in; a browser shows no problem without them.
        for (name, value) in &kept {
            if name.as_str().starts_with("access-control-") || name == header::VARY || name == header::ALLOW {
                response.headers_mut().append(name, value.clone());
            }
        }
    }
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("same-origin"));
    // A stream goes on after its head was sent: its log lines belong to the request too.
    response.map(|body| Body::new(Spanned::new(body, span)))
}

/// The client's own id if it is harmless in a log line, else a new one.
fn request_id(request: &Request) -> String {
    let harmless = |id: &&str| {
        (1..=MAX_ID).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    match request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(harmless) {
        Some(id) => id.to_owned(),
        None => Uuid::now_v7().to_string(),
    }
}
