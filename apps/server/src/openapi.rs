//! What the OpenAPI document has besides its paths: who may ask, and the problems that routes share.

use std::collections::BTreeMap;

use http::HeaderValue;
use utoipa::{
    IntoResponses, OpenApi,
    openapi::{
        Content, Ref, RefOr, Response, ResponseBuilder,
        path::{Operation, PathItem},
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
    },
};

use crate::error::Problem;

/// The documentation page writes its own styles; it may load nothing from elsewhere.
pub(crate) const DOCS_CSP: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

#[derive(OpenApi)]
#[openapi(
    info(
        title = "SQLatte",
        description = "Ask a database in plain language: SQL, rows, a chart and the insight.\n\nErrors are \
                       `application/problem+json` (RFC 9457) with a stable `code` and a `request_id`."
    ),
    components(schemas(Problem))
)]
struct Base;

/// The problems that routes share, by status.
const PROBLEMS: [(u16, &str); 13] = [
    (400, "The body is not JSON, or could not be read"),
    (401, "The server has access keys and the request shows none of them"),
    (408, "The body did not come in time"),
    (409, "The question was stopped"),
    (413, "The body is larger than `app.max_body_bytes`"),
    (415, "The body is not said to be JSON"),
    (421, "The server does not answer to this host name"),
    (422, "A field of the request cannot be used; or the guard refused the SQL, or the database rejected it"),
    (
        429,
        "As many questions as may are running, or the model or the database takes no more: see `Retry-After`",
    ),
    (500, "A fault of the server's; its log has the request id"),
    (502, "The model or the database answered with something unexpected"),
    (503, "The model, the database or SQLatte's own storage does not answer"),
    (504, "The model or the database took too long"),
];

/// Problems of a request with a body.
pub(crate) struct Body;
/// Problems of what asks the model or the database.
pub(crate) struct Asking;
/// Problems of what only so many may do at once.
pub(crate) struct TooMany;
/// Problems of what is read from the database.
pub(crate) struct Reading;
/// Problems of what SQLatte keeps.
pub(crate) struct Kept;
/// Problems of a query string.
pub(crate) struct Invalid;

macro_rules! problems {
    ($($set:ty: $($status:literal),+;)+) => {$(
        impl IntoResponses for $set {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                [$($status),+].into_iter().map(shared).collect()
            }
        }
    )+};
}

problems! {
    Body: 400, 408, 413, 415, 422;
    Asking: 409, 422, 429, 502, 503, 504;
    TooMany: 429;
    Reading: 429, 502, 503, 504;
    Kept: 503;
    Invalid: 422;
}

fn shared(status: u16) -> (String, RefOr<Response>) {
    (status.to_string(), RefOr::Ref(Ref::from_response_name(name(status))))
}

fn name(status: u16) -> String {
    format!("Problem{status}")
}

/// The document without its paths.
pub(crate) fn base() -> utoipa::openapi::OpenApi {
    let mut document = Base::openapi();
    let session =
        ApiKeyValue::with_description("X-Session-ID", "The session, as an earlier answer named it.");
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Header(session)));
    components.add_security_scheme("access_key", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    for (status, description) in PROBLEMS {
        let content = Content::new(Some(Ref::from_schema_name("Problem")));
        let response =
            ResponseBuilder::new().description(description).content("application/problem+json", content);
        components.responses.insert(name(status), response.build().into());
    }
    document
}

/// Adds what holds for every route: the problems of its way in, and an access key beside what it asks for.
pub(crate) fn finish(mut document: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    for (path, item) in &mut document.paths.paths {
        let open = matches!(path.as_str(), "/health" | "/ready");
        for operation in operations(item) {
            operation.responses.responses.extend([421, 500].map(shared));
            if !open {
                operation.responses.responses.extend([shared(401)]);
            }
            if path != "/ready" {
                let session = operation.security.is_some();
                operation.security = Some(securities(session));
            }
        }
    }
    document
}

/// Nothing at all where the server has no keys; a session where one is known.
fn securities(session: bool) -> Vec<SecurityRequirement> {
    let key = || SecurityRequirement::new::<_, [&str; 0], _>("access_key", []);
    let mut all = vec![SecurityRequirement::default(), key()];
    if session {
        all.push(SecurityRequirement::new::<_, [&str; 0], _>("session", []));
        all.push(key().add::<_, [&str; 0], _>("session", []));
    }
    all
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.delete].into_iter().flatten()
}
