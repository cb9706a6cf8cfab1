//! `POST /api/query`, whole and streamed, and stopping it.

use axum::{
    Json as JsonBody,
    extract::{Extension, State},
    response::Response,
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use sqlatte_core::ask::Input;
use utoipa::ToSchema;

use super::asked::Asked;
use crate::{
    caller::Caller,
    edge::RequestId,
    error::{ApiError, Problem},
    extract::{Id, Json},
    openapi,
    sse::StreamEvent,
    state::AppState,
    wire::AnswerBody,
};

/// Tables one question may name.
const MAX_TABLES: usize = 200;

/// A question.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct QueryRequest {
    /// The question, 1 to 4000 characters.
    #[schema(min_length = 1, max_length = 4000, example = "top 5 products by revenue last month")]
    question: String,
    /// The session; the header `X-Session-ID` is stronger.
    session_id: Option<String>,
    /// The tables it is about; without them the server chooses.
    #[serde(default)]
    #[schema(max_items = 200)]
    tables: Vec<String>,
    /// Text whose lines `Table: name` and `View: name` name tables, such as the `combined_schema` of
    /// `POST /api/schema`; anything else in it is ignored.
    #[serde(alias = "table_schema")]
    schema: Option<String>,
    /// Rows wanted at most; more than `query.max_limit` is refused.
    #[schema(minimum = 1)]
    limit: Option<u64>,
    /// Whether to look for insights.
    insights: Option<bool>,
    /// Whether to ask anew, with nothing taken from memory.
    #[serde(default)]
    fresh: bool,
}

/// Ask one question; the whole answer as JSON.
#[utoipa::path(post, path = "/api/query", tag = "query", request_body = QueryRequest,
    security((), ("session" = [])),
    responses(
        (status = 200, description = "Rows or words", body = AnswerBody,
            headers(("x-session-id" = String, description = "The session; a problem that has one names it too"))),
        (status = 404, description = "Unknown table", body = Problem, content_type = "application/problem+json"),
        openapi::Body, openapi::Asking,
    ))]
pub(super) async fn ask(
    State(state): State<AppState>,
    caller: Caller,
    Json(request): Json<QueryRequest>,
) -> Result<Response, ApiError> {
    match request.into_asked() {
        Ok(asked) => asked.answer(&state, caller).await,
        Err(invalid) => Err(caller.told(invalid)),
    }
}

/// Ask one question; its steps as Server-Sent Events.
///
/// Each event is named, its data is one JSON object, its id increases. In order: `session`; `stage`, once when a
/// stage begins and once when it ends; `sql_delta`, a statement and its explanation while a model writes them; `sql`,
/// the statement that passed its checks; `columns`; `rows`, in batches; `insights`; `chart`; and last `done`, the
/// answer without its rows, or `error`, a problem. A statement that is repaired is written and checked anew. `ping` may
/// come at any time and means nothing. Closing the connection stops the work.
#[utoipa::path(post, path = "/api/query/stream", tag = "query", request_body = QueryRequest,
    security((), ("session" = [])),
    responses(
        (status = 200, description = "Events; the schema is that of their data",
            body = StreamEvent, content_type = "text/event-stream",
            headers(("x-session-id" = String, description = "The session; a problem that has one names it too"))),
        openapi::Body, openapi::TooMany, openapi::Kept,
    ))]
pub(super) async fn stream(
    State(state): State<AppState>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    caller: Caller,
    Json(request): Json<QueryRequest>,
) -> Result<Response, ApiError> {
    match request.into_asked() {
        Ok(asked) => asked.stream(&state, caller, request_id).await,
        Err(invalid) => Err(caller.told(invalid)),
    }
}

impl QueryRequest {
    fn into_asked(self) -> Result<Asked, ApiError> {
        let input = Input::question(&self.question)
            .map_err(|fault| ApiError::invalid(format!("question: {fault}")))?;
        let mut tables = self.tables;
        if tables.is_empty() {
            tables = tables_named_in(self.schema.as_deref().unwrap_or_default());
        }
        if tables.len() > MAX_TABLES {
            return Err(ApiError::invalid(format!("tables: at most {MAX_TABLES} can be named")));
        }
        let QueryRequest { session_id, limit, insights, fresh, .. } = self;
        Ok(Asked { input, session_id, tables, limit, insights, fresh })
    }
}

/// The names in lines such as `Table: public.orders` or `View: sales (about 20 rows) -- what was sold`.
fn tables_named_in(schema: &str) -> Vec<String> {
    let name = |line: &str| {
        let line = line.trim();
        let rest = line.strip_prefix("Table:").or_else(|| line.strip_prefix("View:"))?;
        let end = [" (about ", " -- "].iter().filter_map(|mark| rest.find(mark)).min();
        Some(rest[..end.unwrap_or(rest.len())].trim().to_owned())
    };
    schema.lines().filter_map(name).filter(|name| !name.is_empty()).collect()
}

/// Whether a question was stopped.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Cancelled {
    /// Always true: an unknown question is 404.
    cancelled: bool,
}

/// Stop a running question: the model's call and the database's statement both.
#[utoipa::path(post, path = "/api/query/{query_id}/cancel", tag = "query",
    params(("query_id" = String, Path)), security((), ("session" = [])),
    responses(
        (status = 202, description = "It is being stopped", body = Cancelled),
        (status = 404, description = "Not running, or not yours", body = Problem, content_type = "application/problem+json"),
        openapi::Kept,
    ))]
pub(super) async fn cancel(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
) -> Result<(StatusCode, JsonBody<Cancelled>), ApiError> {
    if caller.owner().is_some_and(|owner| state.running().cancel(id, &owner)) {
        return Ok((StatusCode::ACCEPTED, JsonBody(Cancelled { cancelled: true })));
    }
    Err(ApiError::not_found("no question of yours with this id is running"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_named_by_lines_of_their_own() {
        let text = "Table: public.orders\n  id INTEGER\nView:  sales  \nTable: a b (about 20 rows) -- what -- sold\n\
                    View: v -- (about nothing)\nTable:\nNotable: x";
        assert_eq!(tables_named_in(text), ["public.orders", "sales", "a b", "v"]);
    }
}
