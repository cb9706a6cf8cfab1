//! `POST /api/sql`: statements of the user's own.

use axum::{
    extract::{Extension, State},
    response::Response,
};
use http::{HeaderMap, header::ACCEPT};
use serde::Deserialize;
use sqlatte_core::ask::Input;
use utoipa::ToSchema;

use super::asked::Asked;
use crate::{
    caller::Caller, edge::RequestId, error::ApiError, extract::Json, openapi, sse::StreamEvent,
    state::AppState, wire::AnswerBody,
};

/// Longest statement, in characters.
const MAX_SQL: usize = 20_000;

/// A statement.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct SqlRequest {
    /// The statement: one query that only reads.
    #[schema(min_length = 1, max_length = 20_000, example = "SELECT count(*) FROM orders")]
    sql: String,
    /// The session; the header `X-Session-ID` is stronger.
    session_id: Option<String>,
    /// Rows wanted at most; more than `query.max_limit` is refused.
    #[schema(minimum = 1)]
    limit: Option<u64>,
    /// Whether to look for insights.
    insights: Option<bool>,
    /// Whether to run it anew, with nothing taken from memory.
    #[serde(default)]
    fresh: bool,
}

/// Run SQL you wrote or edited, through the same guard, limits and history.
///
/// With `Accept: text/event-stream` the answer is the events of `POST /api/query/stream`, whose first one names
/// the statement so that it can be stopped.
#[utoipa::path(post, path = "/api/sql", tag = "query", request_body = SqlRequest, security((), ("session" = [])),
    responses(
        (status = 200, description = "Rows",
            content((AnswerBody = "application/json"), (StreamEvent = "text/event-stream")),
            headers(("x-session-id" = String, description = "The session; a problem that has one names it too"))),
        openapi::Body, openapi::Asking,
    ))]
pub(super) async fn run(
    State(state): State<AppState>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    caller: Caller,
    Json(request): Json<SqlRequest>,
) -> Result<Response, ApiError> {
    if request.sql.trim().is_empty() {
        return Err(caller.told(ApiError::invalid("sql: must not be empty")));
    }
    if request.sql.chars().count() > MAX_SQL {
        let long = format!("sql: must have at most {MAX_SQL} characters");
        return Err(caller.told(ApiError::invalid(long)));
    }
    let asked = Asked {
        input: Input::Sql(request.sql),
        session_id: request.session_id,
        tables: Vec::new(),
        limit: request.limit,
        insights: request.insights,
        fresh: request.fresh,
    };
    if wants_events(&headers) {
        return asked.stream(&state, caller, request_id).await;
    }
    asked.answer(&state, caller).await
}

/// Whether the client names events as what it takes; `*/*` does not.
fn wants_events(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.to_ascii_lowercase().contains("text/event-stream"))
}
