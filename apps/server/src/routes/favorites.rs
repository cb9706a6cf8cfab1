//! Saved queries.

use axum::{Json as JsonBody, extract::State, response::AppendHeaders};
use http::StatusCode;
use serde::Deserialize;
use sqlatte_core::{Favorite, Paged, QueryId};
use utoipa::ToSchema;

use super::history::PageParams;
use crate::{
    caller::Caller,
    error::{ApiError, Problem},
    extract::{Id, Json, Params},
    state::AppState,
    wire::{FavoriteBody, FavoriteList},
};

/// Longest name, question and statement, in characters.
const MAX_NAME: usize = 200;
const MAX_TEXT: usize = 20_000;

/// Your favourites, newest first.
#[utoipa::path(get, path = "/api/favorites", tag = "favorites", params(PageParams), security(("session" = [])),
    responses((status = 200, body = FavoriteList)))]
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
    Ok(JsonBody(FavoriteList { items, total: found.total }))
}

/// A query to save: one of the history, or a statement.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct FavoriteRequest {
    /// The history entry to save.
    query_id: Option<String>,
    /// What to call it; without a name, its question.
    name: Option<String>,
    /// The question.
    question: Option<String>,
    /// The statement, when there is no `query_id`.
    sql: Option<String>,
}

/// Save a query.
#[utoipa::path(post, path = "/api/favorites", tag = "favorites", request_body = FavoriteRequest,
    security(("session" = [])),
    responses((status = 201, body = FavoriteBody), (status = 404, description = "No such entry of yours", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn add(
    State(state): State<AppState>,
    caller: Caller,
    Json(request): Json<FavoriteRequest>,
) -> Result<(StatusCode, AppendHeaders<[(&'static str, String); 1]>, JsonBody<FavoriteBody>), ApiError> {
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
    let session = caller.session(&runtime, None).await?;
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
    let name = filled(request.name).or_else(|| question.clone()).unwrap_or_else(|| first_line(&sql));
    let now = runtime.clock.utc();
    let favorite = Favorite { id: QueryId::new(now), owner, query_id, name, question, sql, created_at: now };
    runtime.stores.history.add_favorite(&favorite).await?;
    let session = AppendHeaders([("x-session-id", session.expose().to_owned())]);
    Ok((StatusCode::CREATED, session, JsonBody(favorite.into())))
}

fn first_line(sql: &str) -> String {
    sql.lines().next().unwrap_or_default().chars().take(MAX_NAME).collect()
}

/// Forget a favourite.
#[utoipa::path(delete, path = "/api/favorites/{id}", tag = "favorites", params(("id" = String, Path)),
    security(("session" = [])),
    responses((status = 204, description = "Forgotten"), (status = 404, description = "Unknown, or not yours", body = Problem, content_type = "application/problem+json")))]
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
