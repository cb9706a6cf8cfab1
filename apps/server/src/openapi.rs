use http::HeaderValue;
use utoipa::{
    OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
};

/// The documentation page writes its own styles; it may load nothing from elsewhere.
pub(crate) const DOCS_CSP: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

#[derive(OpenApi)]
#[openapi(info(
    title = "SQLatte",
    description = "Ask a database in plain language: SQL, rows, a chart and the insight.\n\nErrors are \
                   `application/problem+json` (RFC 9457) with a stable `code` and a `request_id`."
))]
struct Base;

/// The document without its paths.
pub(crate) fn base() -> utoipa::openapi::OpenApi {
    let mut document = Base::openapi();
    let session =
        ApiKeyValue::with_description("X-Session-ID", "The session, as an earlier answer named it.");
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Header(session)));
    components.add_security_scheme("access_key", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    document
}
