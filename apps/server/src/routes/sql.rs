//! `POST /api/sql`: statements of the user's own.

use axum::{Json as JsonBody, extract::State};
use serde::Deserialize;
use sqlatte_core::ask::{self, Input};
use utoipa::ToSchema;

use super::query::Asked;
use crate::{
    caller::Caller,
    error::{ApiError, Problem},
    extract::Json,
    state::AppState,
    wire::AnswerBody,
};

/// A statement.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct SqlRequest {
    /// The statement: one query that only reads.
    #[schema(min_length = 1, example = "SELECT count(*) FROM orders")]
    sql: String,
    /// The session; the header `X-Session-ID` is stronger.
    session_id: Option<String>,
    /// Rows wanted at most.
    #[schema(minimum = 1)]
    limit: Option<u64>,
    /// Whether to look for insights.
    insights: Option<bool>,
}

/// Run SQL you wrote or edited, through the same guard, limits and history.
#[utoipa::path(post, path = "/api/sql", tag = "query", request_body = SqlRequest, security(("session" = [])),
    responses(
        (status = 200, description = "Rows", body = AnswerBody),
        (status = 422, description = "Refused by the guard or rejected by the database", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn run(
    State(state): State<AppState>,
    caller: Caller,
    Json(request): Json<SqlRequest>,
) -> Result<JsonBody<AnswerBody>, ApiError> {
    if request.sql.trim().is_empty() {
        return Err(ApiError::invalid("sql: must not be empty"));
    }
    let asked = Asked {
        input: Input::Sql(request.sql),
        session_id: request.session_id,
        tables: Vec::new(),
        limit: request.limit,
        insights: request.insights,
    };
    let (ask, _running) = asked.enter(&state, caller).await?;
    let answer =
        ask::answer(state.runtime(), ask).await.inspect_err(|error| state.metrics().failed(error))?;
    state.metrics().answered(&answer);
    Ok(JsonBody(AnswerBody::new(answer, true)))
}
