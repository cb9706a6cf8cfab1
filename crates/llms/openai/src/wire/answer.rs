use serde::Deserialize;
use serde_json::Value;
use sqlatte_providers::Usage;

use crate::error::Fault;

/// A whole completion, or a part of a streamed one.
///
/// Some servers answer 200 and say in `error` that they failed; then the rest may be missing.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    choices: Option<Vec<Choice>>,
    pub(crate) usage: Option<Tokens>,
    #[serde(default)]
    error: Value,
}

/// One of several answers; we ask for one alone.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Choice {
    message: Option<Said>,
    /// In a stream: what is new.
    delta: Option<Said>,
    pub(crate) finish_reason: Option<String>,
    error: Value,
}

/// What the model says. Reasoning that a server keeps apart (`reasoning_content`, `reasoning`) has nothing for us.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Said {
    pub(crate) content: Option<Content>,
    pub(crate) refusal: Option<String>,
    pub(crate) tool_calls: Option<Vec<ToolCall>>,
}

/// A text, or parts of which some are text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Debug, Deserialize)]
pub(crate) struct Part {
    r#type: Option<String>,
    text: Option<String>,
}

/// A call of a tool, or in a stream a part of it.
#[derive(Debug, Deserialize)]
pub(crate) struct ToolCall {
    #[serde(default)]
    index: Option<usize>,
    function: Function,
}

#[derive(Debug, Deserialize)]
struct Function {
    #[serde(default)]
    arguments: Value,
}

/// The usage of one call.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Tokens {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    prompt_tokens_details: Option<Details>,
    /// DeepSeek's name for what came from its cache.
    prompt_cache_hit_tokens: Option<u64>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Details {
    cached_tokens: Option<u64>,
}

/// What an answer turned out to be.
#[derive(Debug)]
pub(crate) enum Kind {
    /// What was asked for; in a stream the first and the last parts may have nothing.
    Choice(Option<Choice>),
    /// A failure.
    Fault(Fault),
    /// Nothing of the API's.
    Foreign,
}

impl Answer {
    /// What it is, apart from its usage.
    pub(crate) fn kind(self) -> Kind {
        if !self.error.is_null() {
            return fault(&self.error);
        }
        let Some(choices) = self.choices else { return Kind::Foreign };
        match choices.into_iter().next() {
            Some(choice) if !choice.error.is_null() => fault(&choice.error),
            choice => Kind::Choice(choice),
        }
    }
}

fn fault(error: &Value) -> Kind {
    let body = serde_json::json!({ "error": error });
    Kind::Fault(Fault::read(&body).unwrap_or_default())
}

impl Choice {
    /// The message, or the part of it.
    pub(crate) fn said(self) -> Said {
        self.delta.or(self.message).unwrap_or_default()
    }
}

impl Content {
    /// The text, without what is something else.
    pub(crate) fn text(self) -> String {
        match self {
            Content::Text(text) => text,
            Content::Parts(parts) => {
                let texts = parts.into_iter().filter(|part| part.r#type.as_deref() != Some("thinking"));
                texts.filter_map(|part| part.text).collect()
            }
        }
    }
}

impl ToolCall {
    /// The arguments of the first call, as JSON text; some servers send them as an object.
    pub(crate) fn arguments(calls: Vec<ToolCall>) -> Option<String> {
        let first = calls.into_iter().find(|call| call.index.unwrap_or(0) == 0)?;
        match first.function.arguments {
            Value::Null => None,
            Value::String(text) => Some(text),
            object => Some(object.to_string()),
        }
    }
}

impl Tokens {
    /// Tokens from the cache are within those read.
    pub(crate) fn total(self) -> Usage {
        let input_tokens = self.prompt_tokens.unwrap_or_default();
        let cached = self.prompt_tokens_details.and_then(|details| details.cached_tokens);
        let cached = cached.or(self.prompt_cache_hit_tokens).unwrap_or_default();
        Usage {
            llm_calls: 1,
            input_tokens,
            output_tokens: self.completion_tokens.unwrap_or_default(),
            cached_tokens: cached.min(input_tokens),
            ..Usage::default()
        }
    }
}
