//! What was asked.

use axum::{Json as JsonBody, extract::State};
use http::StatusCode;
use serde::Deserialize;
use sqlatte_core::{Page, Paged};
use utoipa::IntoParams;

use super::conversation::Removed;
use crate::{
    caller::Caller,
    error::{ApiError, Problem},
    extract::{Id, Params},
    openapi,
    state::AppState,
    wire::HistoryList,
};

/// Items of a page when the request names no number, and at most.
const USUAL_ITEMS: u32 = 20;
const MAX_ITEMS: u32 = 200;
/// Longest search, in characters.
const MAX_SEARCH: usize = 200;

/// Which part of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PageParams {
    /// Items wanted, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 20)]
    limit: Option<u32>,
    /// Items to skip.
    #[param(default = 0)]
    offset: Option<u32>,
    /// Only items whose question, name or SQL contains this.
    search: Option<String>,
}

impl PageParams {
    pub(super) fn page(self) -> Result<Page, ApiError> {
        let limit = self.limit.unwrap_or(USUAL_ITEMS);
        if !(1..=MAX_ITEMS).contains(&limit) {
            return Err(ApiError::invalid(format!("limit: must be from 1 to {MAX_ITEMS}")));
        }
        let search = self.search.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if search.as_ref().is_some_and(|text| text.chars().count() > MAX_SEARCH) {
            return Err(ApiError::invalid(format!("search: must have at most {MAX_SEARCH} characters")));
        }
        Ok(Page { limit, offset: self.offset.unwrap_or(0), search })
    }
}

/// Your questions and statements, newest first.
#[utoipa::path(get, path = "/api/history", tag = "history", params(PageParams), security((), ("session" = [])),
    responses((status = 200, body = HistoryList), openapi::Invalid, openapi::Kept))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Params(params): Params<PageParams>,
) -> Result<JsonBody<HistoryList>, ApiError> {
    let page = params.page()?;
    let found = match caller.owner() {
        Some(owner) => state.runtime().stores.history.list(&owner, &page).await?,
        None => Paged { items: Vec::new(), total: 0 },
    };
    Ok(JsonBody(HistoryList::new(found, page.limit, page.offset)))
}

/// Forget one entry.
#[utoipa::path(delete, path = "/api/history/{id}", tag = "history", params(("id" = String, Path)),
    security((), ("session" = [])),
    responses((status = 204, description = "Forgotten"), (status = 404, description = "Unknown, or not yours", body = Problem, content_type = "application/problem+json"), openapi::Kept))]
pub(super) async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, ApiError> {
    if let Some(owner) = caller.owner()
        && state.runtime().stores.history.delete(&owner, id).await?
    {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(ApiError::not_found("no entry of yours has this id"))
}

/// Forget all entries; favourites are kept.
#[utoipa::path(post, path = "/api/history/clear", tag = "history", security((), ("session" = [])),
    responses((status = 200, body = Removed), openapi::Kept))]
pub(super) async fn clear(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<JsonBody<Removed>, ApiError> {
    let removed = match caller.owner() {
        Some(owner) => state.runtime().stores.history.clear(&owner).await?,
        None => 0,
    };
    Ok(JsonBody(Removed { removed }))
}
