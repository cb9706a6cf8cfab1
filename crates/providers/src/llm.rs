use std::{fmt, time::Duration};

use async_trait::async_trait;
use futures::stream::BoxStream;

use crate::{Result, Usage};

/// A large language model behind some API.
#[async_trait]
pub trait LlmProvider: fmt::Debug + Send + Sync + 'static {
    /// Which model, where.
    fn info(&self) -> LlmInfo;

    /// One whole completion.
    ///
    /// # Errors
    /// A completion cut off by `max_tokens` is `Unexpected`, not half an answer.
    async fn complete(&self, request: &CompletionRequest) -> Result<Completion>;

    /// The same completion as it is written: text pieces, then [`Piece::Done`] with the whole.
    ///
    /// The pieces of text since the last [`Piece::Restart`], or since the beginning, join to the whole. Dropping the
    /// stream closes the connection, which stops the model.
    fn stream<'a>(&'a self, request: &'a CompletionRequest) -> CompletionStream<'a>;

    /// Whether key, model, address and quota are right; the error names which one is not.
    async fn check(&self) -> Result<()>;

    /// How many tokens a question may have with all that is sent along: the context that the other side gives the model,
    /// less what is kept for the answer. `None` where it does not tell.
    async fn room(&self) -> Option<u64> {
        None
    }
}

/// A completion while it is written.
pub type CompletionStream<'a> = BoxStream<'a, Result<Piece>>;

/// A part of a completion.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Some more text (or JSON text, for structured output).
    Text(String),
    /// What was written so far is void, and the completion begins anew: the model broke off, and another one is asked.
    /// An adapter never says it, but what stands between adapters and their callers may, at any time before the end.
    Restart,
    /// The end: the whole completion.
    Done(Completion),
}

/// What a provider talks to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LlmInfo {
    /// The provider's kind, such as `anthropic`.
    pub kind: &'static str,
    /// The model's name as the API knows it.
    pub model: String,
    /// Host of the API, without key.
    pub target: String,
}

/// What the model is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct CompletionRequest {
    /// System text in blocks, the most stable first so that provider caches can keep them.
    pub system: Vec<SystemBlock>,
    /// The conversation, oldest first; the last message is the user's.
    pub messages: Vec<Message>,
    /// Free text, or JSON of a given shape.
    pub output: Output,
    /// The most tokens the model may write; `None` takes the provider's configured default.
    pub max_tokens: Option<u32>,
    /// 0 for the most likely text; `None` takes the provider's configured default.
    pub temperature: Option<f32>,
    /// Wall-clock time for the whole call, retries included.
    pub timeout: Duration,
}

impl CompletionRequest {
    /// The smallest request that needs what a question needs: key, model, quota, and an answer that is held to a JSON
    /// schema. `max_tokens` is what the answer may have; it may be cut off, for nobody reads it.
    pub fn probe(max_tokens: u32, timeout: Duration) -> Self {
        let schema = serde_json::json!({
            "type": "object",
            "properties": {"reply": {"type": "string"}},
            "required": ["reply"],
        });
        CompletionRequest {
            system: Vec::new(),
            messages: vec![Message { role: Role::User, text: "Hi".to_owned() }],
            output: Output::Json { name: "reply".to_owned(), schema },
            max_tokens: Some(max_tokens),
            temperature: None,
            timeout,
        }
    }
}

/// A part of the system text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemBlock {
    /// The text.
    pub text: String,
    /// Whether the provider should cache everything up to here.
    pub cache: bool,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub text: String,
}

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The person who asks.
    User,
    /// The model.
    Assistant,
}

/// The form of the answer asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Free text.
    Text,
    /// One JSON value that fits a JSON Schema.
    Json {
        /// A short name for the shape, letters and underscores.
        name: String,
        /// The JSON Schema.
        schema: serde_json::Value,
    },
}

/// A whole completion.
#[derive(Debug, Clone, PartialEq)]
pub struct Completion {
    /// The text; for [`Output::Json`] the JSON as text.
    pub text: String,
    /// Why the model stopped.
    pub stop_reason: StopReason,
    /// What it cost.
    pub usage: Usage,
}

/// Why a model stopped writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// It was done.
    EndOfTurn,
    /// It declined for reasons of its own.
    Refusal,
}
