//! What goes wrong, as the API says it: problem details for HTTP APIs (RFC 9457).

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use sqlatte_core::{SessionId, StoreError, ask::AskError};
use sqlatte_guard::{Position, Refusal};
use sqlatte_providers::{ErrorKind, ProviderError};
use utoipa::ToSchema;

/// The header that carries a session, both ways.
pub(crate) const SESSION_ID: HeaderName = HeaderName::from_static("x-session-id");

/// What is told of a failure of our own storage: its own words name files of the server.
const NO_STORE: &str =
    "SQLatte's own storage does not answer: tell whoever runs this server, with the request id";

/// A handler's failure; the request id is filled in on the way out.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: &'static str,
    detail: String,
    sql: Option<String>,
    position: Option<Position>,
    retry_after: Option<Duration>,
    /// The session it happened in, for the response's header: a first question that fails still has one.
    session: Option<Box<SessionId>>,
}

/// Problem details (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// A name for the kind of problem, as a URI.
    #[serde(rename = "type")]
    #[schema(example = "urn:sqlatte:problem:sql_refused")]
    pub kind: String,
    /// The kind of problem in words.
    #[schema(example = "SQL refused")]
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened and what to do, for people.
    pub detail: String,
    /// A stable name in snake case, for programs.
    pub code: &'static str,
    /// The request it happened to.
    pub request_id: String,
    /// The statement it happened to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sql: Option<String>,
    /// Where in the statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<SqlPosition>,
    /// Seconds after which another try is welcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

/// A place in a statement, both counted from 1.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct SqlPosition {
    /// Line.
    pub line: u64,
    /// Column in characters.
    pub column: u64,
}

impl ApiError {
    /// A failure with a stable code and a sentence for people.
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        ApiError {
            status,
            code,
            detail: detail.into(),
            sql: None,
            position: None,
            retry_after: None,
            session: None,
        }
    }

    /// When another try is welcome.
    pub(crate) fn retry_after(self, wait: Duration) -> Self {
        ApiError { retry_after: Some(wait), ..self }
    }

    /// The session it happened in.
    pub(crate) fn in_session(self, session: &SessionId) -> Self {
        ApiError { session: Some(Box::new(session.clone())), ..self }
    }

    /// The stable name.
    #[cfg(test)]
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    /// A field of the request that cannot be used.
    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", detail)
    }

    /// A thing that does not exist, or is not the caller's.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// The problem as a client sees it.
    pub(crate) fn problem(&self, request_id: &str) -> Problem {
        Problem {
            kind: format!("urn:sqlatte:problem:{}", self.code),
            title: title(self.code),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            code: self.code,
            request_id: request_id.to_owned(),
            sql: self.sql.clone(),
            position: self.position.map(|place| SqlPosition { line: place.line, column: place.column }),
            retry_after: self.retry_after.map(seconds),
        }
    }

    /// The response for a request of this id.
    pub(crate) fn into_problem_response(self, request_id: &str) -> Response {
        let body = serde_json::to_vec(&self.problem(request_id)).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds(wait)));
        }
        if let Some(session) = self.session {
            set_session(headers, &session);
        }
        response
    }
}

/// Names the session of a response to its own client.
pub(crate) fn set_session(headers: &mut HeaderMap, session: &SessionId) {
    if let Ok(value) = HeaderValue::from_str(session.expose()) {
        headers.insert(SESSION_ID, value);
    }
}

/// A code in words: `sql_refused` is "SQL refused".
fn title(code: &str) -> String {
    let words = code.split('_').map(|word| match word {
        "sql" | "llm" | "json" => word.to_uppercase(),
        _ => word.to_owned(),
    });
    let text = words.collect::<Vec<_>>().join(" ");
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// Whole seconds, rounded up: a client that comes back early is refused again.
fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

impl IntoResponse for ApiError {
    /// Travels as an extension until `edge` knows the request id and writes the body.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<AskError> for ApiError {
    fn from(error: AskError) -> Self {
        let code = error.code();
        let status = match &error {
            AskError::UnknownTable(_) => StatusCode::NOT_FOUND,
            AskError::NoTables(_) => StatusCode::SERVICE_UNAVAILABLE,
            AskError::Refused { .. } | AskError::TooExpensive { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            AskError::Interpreter(provider) | AskError::Unmended { fault: provider, .. } => {
                match provider.kind() {
                    ErrorKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
                    ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
                    ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
                    _ => StatusCode::BAD_GATEWAY,
                }
            }
            AskError::Database { error, .. } => match error.kind() {
                ErrorKind::Rejected => StatusCode::UNPROCESSABLE_ENTITY,
                ErrorKind::Forbidden => StatusCode::FORBIDDEN,
                ErrorKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
                ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
                ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::BAD_GATEWAY,
            },
            AskError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            // nginx's 499 has no name in the standard.
            AskError::Cancelled => StatusCode::CONFLICT,
        };
        if status.is_server_error() {
            tracing::warn!(code, error = &error as &dyn std::error::Error, "a question failed");
        }
        let provider = match &error {
            AskError::Interpreter(provider)
            | AskError::Unmended { fault: provider, .. }
            | AskError::UnknownTable(provider) => Some(provider),
            AskError::Database { error, .. } => Some(error),
            _ => None,
        };
        let position = match &error {
            AskError::Refused { refusal: Refusal { position, .. }, .. } => *position,
            AskError::Database { error, sql: Some(sql) } => error.position().map(|at| place(sql, at)),
            _ => None,
        };
        let detail = match &error {
            AskError::Store(_) => NO_STORE.to_owned(),
            error => error.to_string(),
        };
        ApiError {
            retry_after: provider.and_then(ProviderError::retry_after),
            position,
            sql: error.sql().map(str::to_owned),
            ..ApiError::new(status, code, detail)
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        AskError::from(error).into()
    }
}

/// The line and column of a byte offset.
fn place(sql: &str, offset: usize) -> Position {
    let before = sql.char_indices().take_while(|(at, _)| *at < offset).map(|(_, character)| character);
    let (mut line, mut column) = (1, 1);
    for character in before {
        if character == '\n' {
            (line, column) = (line + 1, 1);
        } else {
            column += 1;
        }
    }
    Position { line, column }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters() {
        let at = |offset| {
            let Position { line, column } = place("SELECT 'é',\nx", offset);
            (line, column)
        };
        assert_eq!([at(0), at(8), at(10), at(13)], [(1, 1), (1, 9), (1, 10), (2, 1)]);
    }

    #[test]
    fn waits_are_rounded_up() {
        assert_eq!(seconds(Duration::from_millis(1500)), 2);
        assert_eq!(seconds(Duration::from_secs(2)), 2);
    }
}
