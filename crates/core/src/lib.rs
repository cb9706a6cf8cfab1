//! The domain of SQLatte, the ports of its stores, and the pipeline that answers one question.
//!
//! `core` opens no socket and reads no wall clock, environment or file: databases, models, stores and the
//! [`Clock`] are given to it through a [`Runtime`].

mod answer;
pub mod ask;
mod cache;
mod catalog;
mod chart;
mod clock;
mod conversation;
pub mod glossary;
mod history;
mod insight;
mod interpreter;
pub mod llm;
pub mod memory;
pub mod retrieval;
mod runtime;
mod session;
mod sql;
mod store;
pub mod text;

pub use crate::{
    answer::{Answer, ChatAnswer, Outcome, Rows, SqlAnswer, Timing},
    cache::Caches,
    catalog::{Catalog, Embeddings, Schema},
    chart::{Chart, ChartKind, choose_chart},
    clock::Clock,
    conversation::{ConversationMessage, Speaker},
    history::{Favorite, Feedback, HistoryEntry, Page, Paged, QueryId, Rating, Status},
    insight::{Insight, Severity, statistical_insights},
    interpreter::{
        Attempt, Context, Draft, Intent, Interpretation, Interpreted, Interpreter, Part, Reading,
        ReadingKind, Watcher,
    },
    runtime::{Limits, Runtime, RuntimeBuilder},
    session::{Owner, Session, SessionId},
    sql::quote_identifier,
    store::{ConversationStore, HistoryStore, SessionStore, StoreError, Stores},
};
