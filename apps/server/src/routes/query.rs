//! `POST /api/query` and what belongs to one running question.

use std::convert::Infallible;

use axum::{
    Json as JsonBody,
    extract::{Extension, State},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event as SseEvent, KeepAlive},
    },
};
use futures::StreamExt;
use http::{HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use sqlatte_core::{
    Feedback, QueryId, Rating,
    ask::{self, Ask, Input},
};
use utoipa::ToSchema;

use crate::{
    caller::Caller,
    edge::RequestId,
    error::{ApiError, Problem},
    extract::{Id, Json},
    sse,
    state::{AppState, RunningGuard},
    wire::AnswerBody,
};

/// Longest question, in characters.
const MAX_QUESTION: usize = 4_000;
/// Longest comment and corrected statement, in characters.
const MAX_COMMENT: usize = 10_000;
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
    tables: Vec<String>,
    /// Text whose lines `Table: name` name tables; anything else in it is ignored.
    #[serde(alias = "table_schema")]
    schema: Option<String>,
    /// Rows wanted at most.
    #[schema(minimum = 1)]
    limit: Option<u64>,
    /// Whether to look for insights.
    insights: Option<bool>,
}

/// Ask one question; the whole answer as JSON.
#[utoipa::path(post, path = "/api/query", tag = "query", request_body = QueryRequest,
    security(("session" = [])),
    responses(
        (status = 200, description = "Rows or words", body = AnswerBody),
        (status = 404, description = "Unknown table", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Invalid request, or refused or rejected SQL", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Model or database down", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn ask(
    State(state): State<AppState>,
    caller: Caller,
    Json(request): Json<QueryRequest>,
) -> Result<JsonBody<AnswerBody>, ApiError> {
    let (ask, _running) = request.into_ask(&state, caller).await?;
    let answer =
        ask::answer(state.runtime(), ask).await.inspect_err(|error| state.metrics().failed(error))?;
    state.metrics().answered(&answer);
    Ok(JsonBody(AnswerBody::new(answer, true)))
}

/// Ask one question; the answer as Server-Sent Events, stage by stage.
///
/// Events in order: `session`, `stage` (running, then done with its time), `sql`, `columns`, `rows` (batches),
/// `insights`, `chart`, then `done` (the answer without `data`) or `error` (a problem). A `ping` every 15
/// seconds. Closing the connection stops the question.
#[utoipa::path(post, path = "/api/query/stream", tag = "query", request_body = QueryRequest,
    security(("session" = [])),
    responses(
        (status = 200, description = "Events", body = String, content_type = "text/event-stream"),
        (status = 422, description = "Invalid request", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn stream(
    State(state): State<AppState>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    caller: Caller,
    Json(request): Json<QueryRequest>,
) -> Result<Response, ApiError> {
    let (ask, running) = request.into_ask(&state, caller).await?;
    let events = ask::events(state.runtime(), ask).enumerate().map(move |(number, event)| {
        // The question is among the running ones as long as its stream lives.
        let _ = &running;
        state.metrics().observe_event(&event);
        Ok::<_, Infallible>(sse::event(event, &request_id).id((number + 1).to_string()))
    });
    let ping = KeepAlive::new().interval(sse::PING).event(SseEvent::default().event("ping").data("{}"));
    let mut response = Sse::new(events).keep_alive(ping).into_response();
    // Proxies such as nginx would otherwise hold events back.
    response
        .headers_mut()
        .insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

impl QueryRequest {
    async fn into_ask(self, state: &AppState, caller: Caller) -> Result<(Ask, RunningGuard), ApiError> {
        let question = self.question.trim();
        if question.is_empty() {
            return Err(ApiError::invalid("question: must not be empty"));
        }
        if self.question.chars().count() > MAX_QUESTION {
            return Err(ApiError::invalid(format!("question: must have at most {MAX_QUESTION} characters")));
        }
        let mut tables = self.tables;
        if tables.is_empty() {
            tables = tables_named_in(self.schema.as_deref().unwrap_or_default());
        }
        if tables.len() > MAX_TABLES {
            return Err(ApiError::invalid(format!("tables: at most {MAX_TABLES} can be named")));
        }
        let input = Input::Question(question.to_owned());
        let asked =
            Asked { input, session_id: self.session_id, tables, limit: self.limit, insights: self.insights };
        asked.enter(state, caller).await
    }
}

/// What questions and statements of the user's own have in common.
pub(super) struct Asked {
    pub(super) input: Input,
    pub(super) session_id: Option<String>,
    pub(super) tables: Vec<String>,
    pub(super) limit: Option<u64>,
    pub(super) insights: Option<bool>,
}

impl Asked {
    /// Names it and enters it among the running ones.
    pub(super) async fn enter(
        self,
        state: &AppState,
        caller: Caller,
    ) -> Result<(Ask, RunningGuard), ApiError> {
        if self.limit == Some(0) {
            return Err(ApiError::invalid("limit: must be at least 1"));
        }
        let runtime = state.runtime();
        let session = caller.session(&runtime, self.session_id.as_deref()).await?;
        let query_id = QueryId::new(runtime.clock.utc());
        let running = state.running().enter(query_id, session.owner());
        let ask = Ask {
            input: self.input,
            owner: session.owner(),
            session,
            query_id,
            tables: self.tables,
            limit: self.limit,
            insights: self.insights.unwrap_or(true),
            cancel: running.token(),
        };
        Ok((ask, running))
    }
}

/// The names in lines such as `Table: public.orders`.
fn tables_named_in(schema: &str) -> Vec<String> {
    let name = |line: &str| line.trim().strip_prefix("Table:").map(|name| name.trim().to_owned());
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
    params(("query_id" = String, Path)), security(("session" = [])),
    responses(
        (status = 202, description = "It is being stopped", body = Cancelled),
        (status = 404, description = "Not running, or not yours", body = Problem, content_type = "application/problem+json"),
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

/// What you think of an answer.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct FeedbackRequest {
    /// Right or wrong.
    rating: RatingBody,
    /// Why.
    comment: Option<String>,
    /// The statement it should have been.
    corrected_sql: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum RatingBody {
    Up,
    Down,
}

/// Rate an answer; a later rating replaces an earlier one.
#[utoipa::path(post, path = "/api/query/{query_id}/feedback", tag = "query",
    params(("query_id" = String, Path)), request_body = FeedbackRequest, security(("session" = [])),
    responses(
        (status = 204, description = "Kept"),
        (status = 404, description = "Unknown, or not yours", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn feedback(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
    Json(request): Json<FeedbackRequest>,
) -> Result<StatusCode, ApiError> {
    let texts = [("comment", &request.comment), ("corrected_sql", &request.corrected_sql)];
    if let Some((field, _)) =
        texts.iter().find(|(_, text)| text.as_ref().is_some_and(|text| text.len() > MAX_COMMENT))
    {
        return Err(ApiError::invalid(format!("{field}: must have at most {MAX_COMMENT} characters")));
    }
    let runtime = state.runtime();
    let feedback = Feedback {
        query_id: id,
        rating: match request.rating {
            RatingBody::Up => Rating::Up,
            RatingBody::Down => Rating::Down,
        },
        comment: request.comment,
        corrected_sql: request.corrected_sql,
        created_at: runtime.clock.utc(),
    };
    if let Some(owner) = caller.owner()
        && runtime.stores.history.set_feedback(&owner, &feedback).await?
    {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(ApiError::not_found("no question of yours has this id"))
}
