//! `POST /api/query/{query_id}/feedback`: what people think of an answer.

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use sqlatte_core::{Feedback, Rating};
use utoipa::ToSchema;

use crate::{
    caller::Caller,
    error::{ApiError, Problem},
    extract::{Id, Json},
    openapi,
    state::AppState,
};

/// Longest comment and corrected statement, in characters.
const MAX_TEXT: usize = 10_000;

/// What you think of an answer.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct FeedbackRequest {
    /// Right or wrong.
    rating: RatingBody,
    /// Why.
    #[schema(max_length = 10_000)]
    comment: Option<String>,
    /// The statement it should have been.
    #[schema(max_length = 10_000)]
    corrected_sql: Option<String>,
    /// The session; the header `X-Session-ID` is stronger.
    session_id: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase", try_from = "String")]
enum RatingBody {
    Up,
    Down,
}

/// Through text, because serde_json takes a number in place of an enum for malformed JSON.
impl TryFrom<String> for RatingBody {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.as_str() {
            "up" => Ok(RatingBody::Up),
            "down" => Ok(RatingBody::Down),
            _ => Err("must be up or down"),
        }
    }
}

/// Rate an answer; a later rating replaces an earlier one.
///
/// After a `down` its question is read anew when it is asked again, also by others.
#[utoipa::path(post, path = "/api/query/{query_id}/feedback", tag = "query",
    params(("query_id" = String, Path)), request_body = FeedbackRequest, security((), ("session" = [])),
    responses(
        (status = 204, description = "Kept"),
        (status = 404, description = "Unknown, or not yours", body = Problem, content_type = "application/problem+json"),
        openapi::Body, openapi::Kept,
    ))]
pub(super) async fn feedback(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
    Json(request): Json<FeedbackRequest>,
) -> Result<StatusCode, ApiError> {
    for (field, text) in [("comment", &request.comment), ("corrected_sql", &request.corrected_sql)] {
        if text.as_ref().is_some_and(|text| text.chars().count() > MAX_TEXT) {
            return Err(ApiError::invalid(format!("{field}: must have at most {MAX_TEXT} characters")));
        }
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
    if let Some(owner) = caller.owner_or(&runtime, request.session_id.as_deref()).await?
        && runtime.stores.history.set_feedback(&owner, &feedback).await?
    {
        if feedback.rating == Rating::Down {
            runtime.caches.forget(id).await;
        }
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(ApiError::not_found("no question of yours has this id"))
}
