use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlatte_core::{ConversationMessage, Favorite, HistoryEntry, Paged, Status};
use utoipa::ToSchema;

use super::milliseconds;

/// A part of the history, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryList {
    /// The part asked for.
    pub items: Vec<HistoryItem>,
    /// How many match in all.
    pub total: u64,
    /// Items asked for.
    pub limit: u32,
    /// Items skipped.
    pub offset: u32,
}

/// One question or statement, without its rows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryItem {
    /// Its name.
    pub query_id: String,
    /// The question; null for SQL the user wrote.
    pub question: Option<String>,
    /// The statement, if it came so far.
    pub sql: Option<String>,
    /// `sql` or `chat`.
    pub response_type: &'static str,
    /// answered, replied, failed or cancelled.
    pub status: &'static str,
    /// The tables it read.
    pub tables: Vec<String>,
    /// Rows given back.
    pub row_count: Option<u64>,
    /// The stable code of a failure.
    pub error_code: Option<String>,
    /// What people saw of a failure.
    pub error: Option<String>,
    /// Milliseconds from the question's arrival to its end.
    pub duration_ms: f64,
    /// Whether the answer came from a cache.
    pub cached: bool,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
    /// Whether it is kept as a favourite.
    pub favorite: bool,
}

/// A part of the favourites, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FavoriteList {
    /// The part asked for.
    pub items: Vec<FavoriteBody>,
    /// How many match in all.
    pub total: u64,
    /// Items asked for.
    pub limit: u32,
    /// Items skipped.
    pub offset: u32,
}

/// A saved query.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FavoriteBody {
    /// Its name to machines.
    pub id: String,
    /// The history entry it was saved from.
    pub query_id: Option<String>,
    /// Its name to people.
    pub name: String,
    /// The question, if it had one.
    pub question: Option<String>,
    /// The statement.
    pub sql: String,
    /// When it was saved.
    pub created_at: DateTime<Utc>,
}

/// One message of a conversation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MessageBody {
    /// `user` or `assistant`.
    pub role: &'static str,
    /// What was said.
    pub text: String,
    /// The statement of an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sql: Option<String>,
    /// The question it belongs to.
    pub query_id: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

impl HistoryList {
    /// A page of entries.
    pub(crate) fn new(page: Paged<HistoryEntry>, limit: u32, offset: u32) -> Self {
        let items = page.items.into_iter().map(HistoryItem::from).collect();
        HistoryList { items, total: page.total, limit, offset }
    }
}

impl From<HistoryEntry> for HistoryItem {
    fn from(entry: HistoryEntry) -> Self {
        HistoryItem {
            query_id: entry.id.to_string(),
            response_type: if entry.status == Status::Replied { "chat" } else { "sql" },
            question: entry.question,
            sql: entry.sql,
            status: entry.status.name(),
            tables: entry.tables,
            row_count: entry.row_count,
            error_code: entry.error_code,
            error: entry.error_message,
            duration_ms: milliseconds(entry.timing.total),
            cached: entry.cached,
            created_at: entry.created_at,
            favorite: entry.favorite,
        }
    }
}

impl From<Favorite> for FavoriteBody {
    fn from(favorite: Favorite) -> Self {
        FavoriteBody {
            id: favorite.id.to_string(),
            query_id: favorite.query_id.map(|id| id.to_string()),
            name: favorite.name,
            question: favorite.question,
            sql: favorite.sql,
            created_at: favorite.created_at,
        }
    }
}

impl From<ConversationMessage> for MessageBody {
    fn from(message: ConversationMessage) -> Self {
        MessageBody {
            role: message.speaker.name(),
            text: message.text,
            sql: message.sql,
            query_id: message.query_id.to_string(),
            created_at: message.created_at,
        }
    }
}
