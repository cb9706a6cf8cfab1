//! What differs between the APIs of language models, so that one fake server and one contract do for all of
//! them.

use std::fmt;

use axum::http::HeaderMap;
use serde_json::Value;
use sqlatte_providers::Usage;

use super::{
    chat_completions::ChatCompletions, generate_content::GenerateContent, messages_api::MessagesApi,
};

/// The formats a [`FakeModelServer`](super::FakeModelServer) speaks. Their paths tell them apart.
pub(crate) const FORMATS: [&dyn WireFormat; 4] =
    [&MessagesApi, &ChatCompletions, &GenerateContent::Gemini, &GenerateContent::Vertex];

/// The format of an API: where it is called, how a question is read out of a request, and the bodies it
/// documents.
pub trait WireFormat: fmt::Debug + Send + Sync + 'static {
    /// Whether a POST to `path` asks for a completion in this format.
    fn serves(&self, path: &str) -> bool;

    /// What the API says to a call that it does not look into, such as one without a key or a required field.
    fn objection(&self, call: &Call<'_>) -> Option<ApiError>;

    /// Whether the call asks for a stream.
    fn is_streaming(&self, call: &Call<'_>) -> bool;

    /// Whether the answer to the call says what it cost.
    fn reports_usage(&self, _call: &Call<'_>) -> bool {
        true
    }

    /// The last message of the user, in one piece.
    fn question(&self, body: &Value) -> String;

    /// What the API remembers of a call by its marks: everything up to the last of them, byte for byte. A
    /// later call that begins alike reads it for less. `None` without a mark, and for APIs that remember
    /// without being asked to.
    fn remembered(&self, _body: &Value) -> Option<Value> {
        None
    }

    /// What the request wants the answer carried in.
    fn carrier(&self, body: &Value) -> Carrier;

    /// A whole completion that says `text`.
    fn whole(&self, text: &str, turn: &Turn) -> Value;

    /// The events of a stream that says the same in `pieces`.
    fn events(&self, pieces: &[&str], turn: &Turn) -> Events;

    /// The body of a failure.
    fn error(&self, error: &ApiError) -> Value;

    /// The event by which a stream fails in the middle.
    fn error_event(&self, error: &ApiError) -> String;

    /// The failure the API documents; `model` is the one that was asked.
    fn fault(&self, fault: ApiFault, model: &str) -> ApiError;
}

/// A call of an API.
#[derive(Debug, Clone, Copy)]
pub struct Call<'c> {
    /// The path, without the query.
    pub path: &'c str,
    /// The query, without its question mark; empty where there is none.
    pub query: &'c str,
    /// The headers.
    pub headers: &'c HeaderMap,
    /// The body, `Null` where it is not JSON.
    pub body: &'c Value,
}

impl Call<'_> {
    /// Whether the call has a header with something in it.
    pub fn has(&self, header: &str) -> bool {
        self.headers.get(header).is_some_and(|value| !value.is_empty())
    }

    /// The first of `fields` that the body lacks.
    pub fn lacks<'f>(&self, fields: &[&'f str]) -> Option<&'f str> {
        fields.iter().copied().find(|field| self.body.get(field).is_none())
    }
}

/// The model's turn, apart from what it says.
#[derive(Debug, Clone)]
pub struct Turn {
    /// What carries it.
    pub carrier: Carrier,
    /// How it ends.
    pub ending: Ending,
    /// What it cost; `None` where the API was not asked to say so.
    pub usage: Option<Usage>,
}

/// How an answer is carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carrier {
    /// As text; so is structured output where the API itself holds the model to a schema.
    Text,
    /// As the arguments of the tool of this name.
    Tool(String),
}

/// How a documented completion ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The model was done.
    EndOfTurn,
    /// It reached the limit of tokens.
    MaxTokens,
    /// It declined.
    Refusal,
}

/// The server-sent events of one answer, as they are written.
#[derive(Debug, Clone)]
pub struct Events {
    /// What comes before the first piece; may be empty.
    pub opening: String,
    /// An event for each piece, or fewer for APIs that cannot send it in pieces.
    pub pieces: Vec<String>,
    /// What comes after the last piece.
    pub end: String,
}

/// A failure every API knows, in a form of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiFault {
    /// The key is wrong.
    WrongKey,
    /// The key may not do this.
    Forbidden,
    /// There is no such model.
    UnknownModel,
    /// There is no such path.
    WrongAddress,
    /// Too many requests; come back in the number of seconds given.
    RateLimited(u64),
    /// No credit is left, or a spending limit is reached.
    NoCredit,
    /// The request is larger than the API takes.
    TooLarge,
    /// The model cannot be held to the form of an answer.
    NoStructuredOutput,
    /// Something else about the request is wrong.
    BadRequest,
    /// The API has a fault of its own.
    Internal,
    /// The API is overloaded.
    Overloaded,
}

/// What an API says of a failure.
#[derive(Debug, Clone)]
pub struct ApiError {
    /// The status.
    pub status: u16,
    /// The API's name for it: a type, a code or a status in capitals; empty where it has none.
    pub kind: String,
    /// The API's words.
    pub message: String,
    /// What else the body holds, for APIs that have a place for it; else `Null`.
    pub details: Value,
    /// Seconds to wait, for the header `Retry-After`.
    pub retry_after: Option<u64>,
}

impl ApiError {
    /// A failure with no details and no time to wait.
    pub fn new(status: u16, kind: &str, message: impl Into<String>) -> Self {
        ApiError {
            status,
            kind: kind.to_owned(),
            message: message.into(),
            details: Value::Null,
            retry_after: None,
        }
    }

    /// With details.
    #[must_use]
    pub fn with_details(mut self, details: Value) -> Self {
        self.details = details;
        self
    }

    /// With a time to wait, in seconds.
    #[must_use]
    pub fn with_retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}
