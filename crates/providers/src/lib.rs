//! What is asked of an LLM and of a database.
//!
//! Three traits, [`DatabaseProvider`], [`LlmProvider`] and [`EmbeddingProvider`], with the values they exchange, one
//! error type with a closed set of kinds, and a [`Registry`] that makes a provider from its kind and its part of the
//! configuration. Adapters implement the traits; `sqlatte-core` calls them; neither knows the other.
//!
//! Two rules hold for every implementation:
//! - dropping a [`RowStream`] or a [`CompletionStream`] stops the work on the other side within a second;
//! - no error, `Debug` output or `info` shows a password, a key or a token.

mod database;
mod embedding;
mod error;
mod llm;
mod registry;
mod schema;
mod secret;
mod settings;
mod usage;
mod value;

pub use crate::{
    database::{Batch, DatabaseInfo, DatabaseProvider, Estimate, Query, RowStream},
    embedding::{Embedding, EmbeddingProvider, Purpose},
    error::{Blame, ErrorKind, ProviderError, Result},
    llm::{
        Completion, CompletionRequest, CompletionStream, LlmInfo, LlmProvider, Message, Output, Piece, Role,
        StopReason, SystemBlock,
    },
    registry::{DatabaseFactory, EmbeddingFactory, LlmFactory, Registry},
    schema::{ColumnSchema, ForeignKey, Layout, TableKind, TableRef, TableSchema},
    secret::Secret,
    settings::Settings,
    usage::{Usage, Usd},
    value::{Column, ColumnType, Row, Value},
};
