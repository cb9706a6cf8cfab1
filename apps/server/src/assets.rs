//! The web pages, compiled in; a debug build reads them from disk.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Dist;

/// What our own pages may load: nothing from elsewhere, no inline script or style, no HTML from strings.
const PAGE_CSP: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
     trusted-types 'none'",
);

const NOT_BUILT: &str = "<!doctype html><meta charset=\"utf-8\"><title>SQLatte</title>\
    <p>This server was built without its web pages. Build them with <code>cargo xtask web</code> and build the \
    server again. The API works: see <a href=\"/docs\">/docs</a>.</p>";

/// A file of the web build, in the encoding the client likes best; `None` if there is no such file.
pub(crate) fn asset(path: &str, request: &HeaderMap) -> Option<Response> {
    let (file, encoding) = best(path, request)?;
    let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&file.metadata.sha256_hash()[..16]));
    let mut headers = HeaderMap::new();
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    let page = path.ends_with(".html");
    set(header::CONTENT_TYPE, &content_type(path));
    set(header::ETAG, &etag);
    set(header::VARY, "accept-encoding");
    set(header::CACHE_CONTROL, cache_control(path));
    if let Some(encoding) = encoding {
        set(header::CONTENT_ENCODING, encoding);
    }
    if page {
        headers.insert(header::CONTENT_SECURITY_POLICY, PAGE_CSP);
        headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
        headers.insert("permissions-policy", HeaderValue::from_static("clipboard-write=(self)"));
    } else {
        // The widget's files are made to be loaded by other sites' pages, isolated ones among them.
        headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    if knows(request, &etag) {
        return Some((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let body = match file.data {
        Cow::Borrowed(bytes) => bytes::Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    Some((headers, body).into_response())
}

/// Whether the client has this version: it names any, or this one among others (RFC 9110, 13.1.2).
fn knows(request: &HeaderMap, etag: &str) -> bool {
    let known = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == etag)
}

/// The page to show when there is no web build.
pub(crate) fn not_built() -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], NOT_BUILT).into_response()
}

fn best(path: &str, request: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted = request.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    let accepts = |encoding: &str| {
        accepted.split(',').any(|one| {
            let (name, quality) = one.split_once(';').unwrap_or((one, ""));
            name.trim() == encoding && quality.trim() != "q=0"
        })
    };
    for (encoding, suffix) in [("br", ".br"), ("gzip", ".gz")] {
        if accepts(encoding)
            && let Some(file) = Dist::get(&format!("{path}{suffix}"))
        {
            return Some((file, Some(encoding)));
        }
    }
    Dist::get(path).map(|file| (file, None))
}

fn content_type(path: &str) -> String {
    let kind = match path.rsplit('.').next() {
        Some("html") => "text/html",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("svg") => return "image/svg+xml".to_owned(),
        Some("png") => return "image/png".to_owned(),
        Some("json") => return "application/json".to_owned(),
        _ => "text/plain",
    };
    format!("{kind}; charset=utf-8")
}

/// Names under /assets carry a hash and never change; the loader is asked for again every five minutes.
fn cache_control(path: &str) -> &'static str {
    if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else if path.ends_with(".html") {
        "no-cache"
    } else {
        "public, max-age=300"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_known_by_any_of_several_names() {
        let shown = |value: &str| {
            HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_str(value).unwrap())])
        };
        for known in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "*"] {
            assert!(knows(&shown(known), "\"a\""), "{known}");
        }
        for other in ["\"b\"", "a", ""] {
            assert!(!knows(&shown(other), "\"a\""), "{other}");
        }
        assert!(!knows(&HeaderMap::new(), "\"a\""));
    }
}
