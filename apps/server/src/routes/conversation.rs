//! This session's messages.

use axum::{Json as JsonBody, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{caller::Caller, error::ApiError, openapi, state::AppState, wire::MessageBody};

/// Messages given at most: the newest.
const MAX_MESSAGES: u32 = 200;

/// The conversation.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConversationBody {
    /// Its messages, oldest first.
    messages: Vec<MessageBody>,
}

/// How much was forgotten.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Removed {
    /// Messages or entries.
    pub(super) removed: u64,
}

/// This session's messages, oldest first.
#[utoipa::path(get, path = "/api/conversation", tag = "conversation", security((), ("session" = [])),
    responses((status = 200, body = ConversationBody), openapi::Kept))]
pub(super) async fn read(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<JsonBody<ConversationBody>, ApiError> {
    let messages = match caller.owner() {
        Some(owner) => state.runtime().stores.conversations.recent(&owner, MAX_MESSAGES).await?,
        None => Vec::new(),
    };
    Ok(JsonBody(ConversationBody { messages: messages.into_iter().map(MessageBody::from).collect() }))
}

/// Forget this session's messages.
#[utoipa::path(delete, path = "/api/conversation", tag = "conversation", security((), ("session" = [])),
    responses((status = 200, body = Removed), openapi::Kept))]
pub(super) async fn forget(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<JsonBody<Removed>, ApiError> {
    remove(&state, &caller).await
}

/// Forget this session's messages.
#[utoipa::path(post, path = "/api/conversation/clear", tag = "conversation", security((), ("session" = [])),
    responses((status = 200, body = Removed), openapi::Kept))]
pub(super) async fn clear(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<JsonBody<Removed>, ApiError> {
    remove(&state, &caller).await
}

async fn remove(state: &AppState, caller: &Caller) -> Result<JsonBody<Removed>, ApiError> {
    let removed = match caller.owner() {
        Some(owner) => state.runtime().stores.conversations.clear(&owner).await?,
        None => 0,
    };
    Ok(JsonBody(Removed { removed }))
}
