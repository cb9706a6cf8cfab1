use sqlatte_guard::Refusal;
use sqlatte_providers::{ErrorKind, ProviderError, Usage};

use crate::StoreError;

/// A question that got no answer, and what it cost all the same.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct Failure {
    /// Why.
    #[source]
    pub error: AskError,
    /// What the model cost, as far as it said so.
    pub usage: Usage,
}

/// Why a question got no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// A table the caller named does not exist.
    #[error("{0}")]
    UnknownTable(#[source] ProviderError),
    /// The database, of this kind, has no table that its user may read.
    #[error(
        "there is no table to ask about: the database ({0}) is empty, or SQLatte's account may read nothing in it; \
         docs/guides shows what to grant"
    )]
    NoTables(&'static str),
    /// The interpreter could not be reached, refused, or answered out of its form.
    #[error("{0}")]
    Interpreter(#[source] ProviderError),
    /// The guard refused the statement.
    #[error("{refusal}")]
    Refused {
        /// Why.
        refusal: Refusal,
        /// The statement.
        sql: String,
    },
    /// The statement would cost more than the configured limit.
    #[error("{message}")]
    TooExpensive {
        /// The estimate beside the limit.
        message: String,
        /// The statement.
        sql: String,
    },
    /// The database refused, failed or took too long.
    #[error("{error}")]
    Database {
        /// What happened.
        error: ProviderError,
        /// The statement, if one was running.
        sql: Option<String>,
    },
    /// A model's statement failed, and no model could be asked to mend it.
    #[error(
        "the statement that the model wrote does not run ({failed}), and it could not be mended: {fault}"
    )]
    Unmended {
        /// Why the statement failed.
        failed: Box<AskError>,
        /// Why no model mended it.
        #[source]
        fault: ProviderError,
    },
    /// One of SQLatte's own stores failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The caller stopped it.
    #[error("the question was stopped")]
    Cancelled,
}

impl AskError {
    pub(super) fn database(error: ProviderError) -> Self {
        AskError::Database { error, sql: None }
    }

    /// A stable name in snake case, for clients, history and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            AskError::UnknownTable(_) => "unknown_table",
            AskError::NoTables(_) => "no_tables",
            AskError::Interpreter(error) | AskError::Unmended { fault: error, .. } => match error.kind() {
                ErrorKind::InvalidSettings => "llm_invalid_settings",
                ErrorKind::Unauthorized | ErrorKind::Forbidden => "llm_unauthorized",
                ErrorKind::RateLimited => "llm_rate_limited",
                ErrorKind::Timeout => "llm_timeout",
                ErrorKind::Unavailable => "llm_unavailable",
                ErrorKind::NotFound => "llm_not_found",
                ErrorKind::Rejected | ErrorKind::Unsupported => "llm_rejected",
                ErrorKind::Cancelled => "cancelled",
                ErrorKind::Unexpected => "llm_bad_answer",
            },
            AskError::Refused { .. } => "sql_refused",
            AskError::TooExpensive { .. } => "too_expensive",
            AskError::Database { error, .. } => match error.kind() {
                ErrorKind::InvalidSettings => "database_invalid_settings",
                ErrorKind::Unauthorized => "database_unauthorized",
                ErrorKind::Forbidden => "database_forbidden",
                ErrorKind::RateLimited => "database_rate_limited",
                ErrorKind::Timeout => "database_timeout",
                ErrorKind::Cancelled => "cancelled",
                ErrorKind::Unavailable => "database_unavailable",
                ErrorKind::NotFound => "database_not_found",
                ErrorKind::Rejected => "sql_rejected",
                ErrorKind::Unsupported => "database_unsupported",
                ErrorKind::Unexpected => "database_error",
            },
            AskError::Store(_) => "store_unavailable",
            AskError::Cancelled => "cancelled",
        }
    }

    /// The statement it happened to, if there was one.
    pub fn sql(&self) -> Option<&str> {
        match self {
            AskError::Refused { sql, .. } | AskError::TooExpensive { sql, .. } => Some(sql),
            AskError::Database { sql, .. } => sql.as_deref(),
            AskError::Unmended { failed, .. } => failed.sql(),
            _ => None,
        }
    }
}
