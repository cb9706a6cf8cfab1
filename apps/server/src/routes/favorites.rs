//! Saved queries.

use axum::{Json as JsonBody, extract::State, response::Response};
use chrono::SubsecRound;
use http::StatusCode;
use serde::Deserialize;
use sqlatte_core::{Favorite, Paged, QueryId};
use utoipa::ToSchema;

use super::{asked::in_session, history::PageParams};
use crate::{
    caller::Caller,
    error::{ApiError, Problem},
    extract::{Id, Json, Params},
    openapi,
    state::AppState,
    wire::{FavoriteBody, FavoriteList},
};

/// Longest name, question and statement, in characters.
const MAX_NAME: usize = 200;
const MAX_TEXT: usize = 20_000;

/// Your favourites, newest first.
#[utoipa::path(get, path = "/api/favorites", tag = "favorites", params(PageParams), security((), ("session" = [])),
    responses((status = 200, body = FavoriteList), openapi::Invalid, openapi::Kept))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Params(params): Params<PageParams>,
) -> Result<JsonBody<FavoriteList>, ApiError> {
    let page = params.page()?;
    let found = match caller.owner() {
        Some(owner) => state.runtime().stores.history.favorites(&owner, &page).await?,
        None => Paged { items: Vec::new(), total: 0 },
    };
    let items = found.items.into_iter().map(FavoriteBody::from).collect();
    Ok(JsonBody(FavoriteList { items, total: found.total, limit: page.limit, offset: page.offset }))
}

/// A query to save: one of the history, or a statement.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct FavoriteRequest {
    /// The history entry to save.
    query_id: Option<String>,
    /// What to call it; without a name, its question.
    #[schema(max_length = 200)]
    name: Option<String>,
    /// The question.
    #[schema(max_length = 20_000)]
    question: Option<String>,
    /// The statement, when there is no `query_id`.
    #[schema(max_length = 20_000)]
    sql: Option<String>,
    /// The session; the header `X-Session-ID` is stronger.
    session_id: Option<String>,
}

/// Save a query.
#[utoipa::path(post, path = "/api/favorites", tag = "favorites", request_body = FavoriteRequest,
    security((), ("session" = [])),
    responses(
        (status = 201, body = FavoriteBody, headers(("x-session-id" = String, description = "The session"))),
        (status = 404, description = "No such entry of yours", body = Problem, content_type = "application/problem+json"),
        openapi::Body, openapi::Kept,
    ))]
pub(super) async fn add(
    State(state): State<AppState>,
    caller: Caller,
    Json(request): Json<FavoriteRequest>,
) -> Result<Response, ApiError> {
    for (field, text, most) in [
        ("name", &request.name, MAX_NAME),
        ("question", &request.question, MAX_TEXT),
        ("sql", &request.sql, MAX_TEXT),
    ] {
        if text.as_ref().is_some_and(|text| text.chars().count() > most) {
            return Err(ApiError::invalid(format!("{field}: must have at most {most} characters")));
        }
    }
    let runtime = state.runtime();
    let session = caller.session(&runtime, request.session_id.as_deref()).await?;
    let owner = session.owner();
    let saved = match request.query_id {
        None => None,
        Some(id) => {
            let unknown = || ApiError::not_found("no question of yours has this id");
            let id: QueryId = id.parse().map_err(|_| unknown())?;
            Some(runtime.stores.history.find(&owner, id).await?.ok_or_else(unknown)?)
        }
    };
    let (query_id, question, sql) = match saved {
        Some(entry) => (Some(entry.id), request.question.or(entry.question), request.sql.or(entry.sql)),
        None => (None, request.question, request.sql),
    };
    let filled =
        |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let (question, sql) = (filled(question), filled(sql));
    let Some(sql) = sql else {
        return Err(ApiError::invalid("sql: name a query_id that has a statement, or give one"));
    };
    let name = filled(request.name)
        .or_else(|| question.as_deref().map(name_from))
        .unwrap_or_else(|| name_from(sql.lines().next().unwrap_or_default()));
    // As exact as it is kept, so that it is listed as it was answered.
    let now = runtime.clock.utc().trunc_subsecs(6);
    let favorite = Favorite { id: QueryId::new(now), owner, query_id, name, question, sql, created_at: now };
    runtime.stores.history.add_favorite(&favorite).await?;
    Ok(in_session((StatusCode::CREATED, JsonBody(FavoriteBody::from(favorite))), &session))
}

/// As much of a question or statement as a name may have.
fn name_from(text: &str) -> String {
    text.chars().take(MAX_NAME).collect()
}

/// Forget a favourite.
#[utoipa::path(delete, path = "/api/favorites/{id}", tag = "favorites", params(("id" = String, Path)),
    security((), ("session" = [])),
    responses((status = 204, description = "Forgotten"), (status = 404, description = "Unknown, or not yours", body = Problem, content_type = "application/problem+json"), openapi::Kept))]
pub(super) async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, ApiError> {
    if let Some(owner) = caller.owner()
        && state.runtime().stores.history.delete_favorite(&owner, id).await?
    {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(ApiError::not_found("no favourite of yours has this id"))
}
