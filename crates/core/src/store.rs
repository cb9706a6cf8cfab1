use std::{fmt, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{ConversationMessage, Favorite, Feedback, HistoryEntry, Owner, Page, Paged, QueryId, Session};

type Result<T> = std::result::Result<T, StoreError>;

/// The sessions that were issued.
#[async_trait]
pub trait SessionStore: fmt::Debug + Send + Sync + 'static {
    /// Keeps a new session.
    async fn create(&self, session: &Session) -> Result<()>;

    /// The session of this owner, if it was issued and is still kept.
    async fn find(&self, owner: &Owner) -> Result<Option<Session>>;

    /// Notes that it was seen at `now`; nothing happens if it is not kept.
    async fn touch(&self, owner: &Owner, now: DateTime<Utc>) -> Result<()>;
}

/// What was said, by session.
#[async_trait]
pub trait ConversationStore: fmt::Debug + Send + Sync + 'static {
    /// Adds messages at the end, all or none.
    async fn append(&self, owner: &Owner, messages: &[ConversationMessage]) -> Result<()>;

    /// The newest `limit` messages, oldest first.
    async fn recent(&self, owner: &Owner, limit: u32) -> Result<Vec<ConversationMessage>>;

    /// Forgets all of them; gives how many there were.
    async fn clear(&self, owner: &Owner) -> Result<u64>;
}

/// What was asked, with favourites and feedback. No call ever shows one owner what is another's.
#[async_trait]
pub trait HistoryStore: fmt::Debug + Send + Sync + 'static {
    /// Keeps an entry.
    async fn record(&self, entry: &HistoryEntry) -> Result<()>;

    /// One entry of this owner.
    async fn find(&self, owner: &Owner, id: QueryId) -> Result<Option<HistoryEntry>>;

    /// This owner's entries, newest first.
    async fn list(&self, owner: &Owner, page: &Page) -> Result<Paged<HistoryEntry>>;

    /// Forgets one entry; says whether there was one.
    async fn delete(&self, owner: &Owner, id: QueryId) -> Result<bool>;

    /// Forgets all of this owner's entries, favourites kept; gives how many there were.
    async fn clear(&self, owner: &Owner) -> Result<u64>;

    /// Keeps a favourite.
    async fn add_favorite(&self, favorite: &Favorite) -> Result<()>;

    /// This owner's favourites, newest first.
    async fn favorites(&self, owner: &Owner, page: &Page) -> Result<Paged<Favorite>>;

    /// Forgets a favourite; says whether there was one.
    async fn delete_favorite(&self, owner: &Owner, id: QueryId) -> Result<bool>;

    /// Keeps the owner's feedback on an entry, in place of earlier feedback; says whether there is such an entry.
    async fn set_feedback(&self, owner: &Owner, feedback: &Feedback) -> Result<bool>;
}

/// The stores of one runtime.
#[derive(Debug, Clone)]
pub struct Stores {
    /// Issued sessions.
    pub sessions: Arc<dyn SessionStore>,
    /// Conversations.
    pub conversations: Arc<dyn ConversationStore>,
    /// History, favourites and feedback.
    pub history: Arc<dyn HistoryStore>,
}

/// A store could not do what was asked. "Not found" is never an error.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    message: String,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl StoreError {
    /// An error told to people as `message`, which names the store and what to do.
    pub fn new(message: impl Into<String>) -> Self {
        StoreError { message: message.into(), source: None }
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}
