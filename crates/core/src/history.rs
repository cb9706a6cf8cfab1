use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use sqlatte_providers::Usage;
use uuid::Uuid;

use crate::{Owner, Timing};

/// The name of one asked question or run statement; a UUIDv7, so that ids sort by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QueryId(Uuid);

impl QueryId {
    /// A new id at `now`.
    pub fn new(now: DateTime<Utc>) -> Self {
        let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
        QueryId(Uuid::new_v7(uuid::Timestamp::from_unix(
            uuid::NoContext,
            seconds,
            now.timestamp_subsec_nanos(),
        )))
    }

    /// The UUID itself.
    pub fn uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for QueryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for QueryId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(QueryId)
    }
}

/// What is kept of one question or statement: never its rows.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    /// Its name.
    pub id: QueryId,
    /// Whose it is.
    pub owner: Owner,
    /// The question; `None` for SQL the user wrote.
    pub question: Option<String>,
    /// The SQL, if it came so far.
    pub sql: Option<String>,
    /// How it ended.
    pub status: Status,
    /// The tables it read.
    pub tables: Vec<String>,
    /// Rows given back, for an answered statement.
    pub row_count: Option<u64>,
    /// The stable error code of a failure.
    pub error_code: Option<String>,
    /// The sentence people saw for a failure.
    pub error_message: Option<String>,
    /// How long it took.
    pub timing: Timing,
    /// What the model cost.
    pub usage: Usage,
    /// Whether the question was read, or its rows were, from memory.
    pub cached: bool,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
    /// Whether the owner keeps it as a favourite; worked out when read, ignored when recorded.
    pub favorite: bool,
}

/// How a question ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// With rows.
    Answered,
    /// With words: a greeting, a question back, or a reasoned "cannot be answered".
    Replied,
    /// With an error.
    Failed,
    /// By the user or a dropped connection.
    Cancelled,
}

impl Status {
    /// Every status.
    pub const ALL: [Status; 4] = [Status::Answered, Status::Replied, Status::Failed, Status::Cancelled];

    /// The name in answers and stores.
    pub fn name(self) -> &'static str {
        match self {
            Status::Answered => "answered",
            Status::Replied => "replied",
            Status::Failed => "failed",
            Status::Cancelled => "cancelled",
        }
    }
}

/// A saved query; it stays when the history is cleared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Favorite {
    /// Its name to machines.
    pub id: QueryId,
    /// Whose it is.
    pub owner: Owner,
    /// The history entry it was saved from, if any.
    pub query_id: Option<QueryId>,
    /// Its name to people.
    pub name: String,
    /// The question, if it had one.
    pub question: Option<String>,
    /// The SQL.
    pub sql: String,
    /// When it was saved.
    pub created_at: DateTime<Utc>,
}

/// What the owner thinks of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// Which answer.
    pub query_id: QueryId,
    /// Thumbs up or down.
    pub rating: Rating,
    /// Why.
    pub comment: Option<String>,
    /// The SQL it should have been.
    pub corrected_sql: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Thumbs up or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rating {
    /// Right.
    Up,
    /// Wrong.
    Down,
}

impl Rating {
    /// The name in answers and stores.
    pub fn name(self) -> &'static str {
        match self {
            Rating::Up => "up",
            Rating::Down => "down",
        }
    }
}

/// Which part of a list, and which of its items.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// At most this many.
    pub limit: u32,
    /// After this many.
    pub offset: u32,
    /// Only items whose question, name or SQL contains this, in any case.
    pub search: Option<String>,
}

/// A part of a list with the size of the whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Paged<T> {
    /// The part asked for.
    pub items: Vec<T>,
    /// How many match in all.
    pub total: u64,
}
