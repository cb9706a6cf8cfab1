use std::time::Duration;

use serde_json::Value;
use sqlatte_http::Failure;
use sqlatte_providers::{ErrorKind, ProviderError};

use crate::{
    Config, StructuredOutput,
    endpoint::{Endpoint, Work},
};

/// The most characters of the API's own words that people are shown.
const LONGEST_QUOTE: usize = 300;

/// The words for a field that a server does not take at all, as opposed to a value it does not like.
const NOT_KNOWN: [&str; 10] = [
    "unsupported",
    "not supported",
    "does not support",
    "unrecognized",
    "unknown",
    "unexpected",
    "not permitted",
    "not allowed",
    "unavailable",
    "deprecated",
];

/// What servers call the schema of an answer.
pub(crate) const OF_SCHEMAS: [&str; 4] =
    ["response_format", "json_schema", "response format", "structured output"];

/// What they call the tool that carries an answer.
pub(crate) const OF_TOOLS: [&str; 2] = ["tool", "function"];

/// What a server says is wrong. Each has its own form; these are the parts they share, empty where one is missing.
#[derive(Debug, Default)]
pub(crate) struct Fault {
    pub(crate) code: String,
    pub(crate) kind: String,
    pub(crate) param: String,
    pub(crate) message: String,
}

impl Fault {
    /// Reads a failure's body: OpenAI's `{"error": {…}}`, a text in its place (Ollama, LM Studio), the parts without
    /// it (vLLM, Azure's gateway), `detail` (FastAPI), or any of them as a list of one (Google).
    pub(crate) fn read(body: &Value) -> Option<Self> {
        let body = body.as_array().and_then(|list| list.first()).unwrap_or(body);
        let error = match &body["error"] {
            Value::Null => body,
            error => error,
        };
        if let Value::String(message) = error {
            return Some(Fault { message: message.clone(), ..Fault::default() });
        }
        let words = [&error["message"], &error["detail"], &error["error"]];
        let message = words.into_iter().map(text).find(|text| !text.is_empty()).unwrap_or_default();
        // OpenRouter hands on the words of whoever runs the model.
        let message = match text(&error["metadata"]["raw"]) {
            raw if raw.is_empty() => message,
            raw => format!("{message}: {raw}"),
        };
        let [code, kind, param] = ["code", "type", "param"].map(|part| text(&error[part]));
        let says_something = !(message.is_empty() && code.is_empty() && kind.is_empty());
        says_something.then_some(Fault { code, kind, param, message })
    }

    /// Whether any part has one of `names` in it.
    pub(crate) fn names(&self, names: &[&str]) -> bool {
        let message = self.message.to_lowercase();
        names.iter().any(|name| message.contains(name) || self.param.contains(name) || self.is(name))
    }

    /// Whether it says that there is no such field of a request.
    pub(crate) fn does_not_know(&self, field: &str) -> bool {
        self.names(&[field]) && (self.is("unsupported_parameter") || self.names(&NOT_KNOWN))
    }

    fn is(&self, code: &str) -> bool {
        self.code == code || self.kind == code
    }

    /// The status, where a stream that began with 200 says it as a code.
    fn status(&self) -> Option<u16> {
        self.code.parse().ok().filter(|status| (400..600).contains(status))
    }
}

/// The text of a value; numbers and nested explanations are written out.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Turns failures into errors that name the host, the setting to look at and, where it helps, the API's words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Translator<'c> {
    pub(crate) config: &'c Config,
    pub(crate) endpoint: &'c Endpoint,
    pub(crate) target: &'c str,
    pub(crate) work: Work,
}

impl Translator<'_> {
    /// A status of 400 or more.
    pub(crate) fn failure(self, failure: &Failure, fault: Option<&Fault>) -> ProviderError {
        let error = match fault {
            Some(fault) => self.fault(fault, failure.status.as_u16()),
            None => self.silent(failure),
        };
        match failure.retry_after {
            Some(wait) => error.with_retry_after(wait),
            None => error,
        }
    }

    /// A failure in an answer that began with status 200.
    pub(crate) fn event(self, fault: &Fault) -> ProviderError {
        self.fault(fault, fault.status().unwrap_or(500))
    }

    /// The server's own account, by its code, or where that says too little by its words and the status.
    fn fault(self, fault: &Fault, status: u16) -> ProviderError {
        use ErrorKind::{NotFound, RateLimited, Rejected, Unauthorized, Unavailable, Unexpected};

        let Translator { config, target, .. } = self;
        let (model, words) = (config.model.trim(), self.quote(&fault.message));
        let (kind, message) = if status == 401 || is_about_key(fault) {
            (Unauthorized, self.wrong_key(&words))
        } else if fault.is("content_filter") || fault.is("content_policy_violation") {
            (
                Rejected,
                format!("the content filter of {target} refused the question; ask in other words: {words}"),
            )
        } else if status == 402 || is_about_money(fault) {
            (
                RateLimited,
                format!("the account at {target} has no credit left or is over its spending limit: {words}"),
            )
        } else if status == 403 {
            (
                Unauthorized,
                format!("{target} does not allow this API key to use the model `{model}`: {words}"),
            )
        } else if is_cut_off(fault) {
            (Unexpected, cut_off(config.max_tokens))
        } else if status == 413 || is_about_length(fault) {
            (Rejected, self.too_long())
        } else if status == 429 && fault.names(&["request too large"]) {
            (Rejected, self.too_much_at_once(&words))
        } else if self.work == Work::Completions && is_about_form(fault, status) {
            (Rejected, self.no_form(&words))
        } else if is_about_model(fault, status) {
            (NotFound, self.unknown_model(&words))
        } else if matches!(status, 404 | 405) || fault.names(&["unexpected endpoint"]) {
            (NotFound, self.wrong_address())
        } else if status == 429 {
            (
                RateLimited,
                format!("the limit of requests or tokens at {target} is reached; try again later: {words}"),
            )
        } else if matches!(status, 503 | 529) || fault.names(&["overloaded"]) {
            (
                Unavailable,
                format!(
                    "{target} is overloaded or still loading the model; this passes by itself, try again in a moment: \
                     {words}"
                ),
            )
        } else if status >= 500 || status == 408 {
            (Unavailable, format!("{target} has a fault of its own; try again in a moment: {words}"))
        } else {
            (Rejected, format!("{target} refused the request: {words}"))
        };
        ProviderError::new(kind, message)
    }

    /// A failure whose body says nothing: something else may have answered.
    fn silent(self, failure: &Failure) -> ProviderError {
        let Translator { target, .. } = self;
        let status = failure.status.as_u16();
        let who = if failure.is_page { "with a web page, probably a proxy's" } else { "without a reason" };
        let (kind, message) = match status {
            404 | 405 => (ErrorKind::NotFound, self.wrong_address()),
            413 => (ErrorKind::Rejected, self.too_long()),
            401 | 403 | 407 => (
                ErrorKind::Unauthorized,
                format!(
                    "{target} refused the request ({status}) {who}; check api_key, base_url and the proxy"
                ),
            ),
            429 => (
                ErrorKind::RateLimited,
                format!("the limit of requests at {target} is reached; try again later"),
            ),
            500.. => {
                (ErrorKind::Unavailable, format!("{target} failed ({status}) {who}; try again in a moment"))
            }
            _ => (
                ErrorKind::Unexpected,
                format!("{target} refused the request ({status}) {who}; check base_url"),
            ),
        };
        ProviderError::new(kind, message)
    }

    fn wrong_key(self, words: &str) -> String {
        let Translator { config, endpoint, target, .. } = self;
        let variable = endpoint.variable();
        match config.key().is_empty() {
            true => format!("{target} wants an API key; set api_key ({variable}): {words}"),
            false => format!("{target} does not accept the API key; check api_key ({variable}): {words}"),
        }
    }

    fn no_form(self, words: &str) -> String {
        let Translator { config, target, .. } = self;
        let other = match config.structured_output {
            Some(StructuredOutput::JsonSchema) => "tool or json_block",
            Some(StructuredOutput::Tool) | None => "json_block",
            Some(StructuredOutput::JsonBlock) => "null",
        };
        format!(
            "the model `{}` at {target} gives no structured output in the way it is asked for; set structured_output \
             of openai to {other}, or choose another model: {words}",
            config.model.trim()
        )
    }

    fn unknown_model(self, words: &str) -> String {
        let (target, model) = (self.target, self.config.model.trim());
        match self.endpoint.azure {
            true => format!(
                "{target} has no deployment `{model}`; check the setting model, which is the deployment's name: {words}"
            ),
            false => format!("{target} has no model `{model}`; check the setting model: {words}"),
        }
    }

    fn wrong_address(self) -> String {
        let settings = match self.endpoint.azure {
            true => "check base_url and api_version",
            false => "check base_url, which ends in /v1 at most servers",
        };
        let what = match self.work {
            Work::Completions => "chat completions",
            Work::Embeddings => "embeddings",
        };
        format!("{} has no {what} at this address; {settings}", self.target)
    }

    fn too_much_at_once(self, words: &str) -> String {
        let target = self.target;
        match self.work {
            Work::Completions => format!(
                "the question with its schema is more than the account at {target} may send in a minute; ask about \
                 fewer tables, or raise the limit: {words}"
            ),
            Work::Embeddings => format!(
                "the texts of one request are more than the account at {target} may send in a minute; lower \
                 batch_size, or raise the limit: {words}"
            ),
        }
    }

    fn too_long(self) -> String {
        let model = self.config.model.trim();
        match self.work {
            Work::Completions => format!(
                "the question with its schema is too long for the model `{model}`; ask about fewer tables, or choose \
                 a model with a larger context"
            ),
            Work::Embeddings => format!(
                "the texts are too long for the model `{model}`; lower batch_size, or choose a model with a larger \
                 context"
            ),
        }
    }

    /// The API's words on one line, of bearable length, and without the secrets should they repeat them.
    fn quote(self, message: &str) -> String {
        let mut message = message.to_owned();
        let headers = self.config.headers().map(|(_, value)| value.expose().trim());
        for secret in headers.chain([self.config.key()]).filter(|secret| !secret.is_empty()) {
            message = message.replace(secret, "***");
        }
        let words = message.split_whitespace().collect::<Vec<_>>().join(" ");
        let words: String = words.chars().filter(|char| !char.is_control()).take(LONGEST_QUOTE).collect();
        if words.is_empty() { "no reason given".to_owned() } else { words }
    }
}

/// What is told of an answer that reached its limit.
pub(crate) fn cut_off(max_tokens: Option<u32>) -> String {
    match max_tokens {
        Some(tokens) => format!(
            "the model's answer was cut off at {tokens} tokens; raise max_tokens, or lower reasoning_effort so that \
             less of it goes into thinking"
        ),
        None => "the model's answer was cut off at the server's own limit of tokens; set max_tokens, or give the model \
                 a larger context"
            .to_owned(),
    }
}

/// Models that think need some tokens to begin with; with fewer OpenAI answers 400 instead of an empty text.
pub(crate) fn is_cut_off(fault: &Fault) -> bool {
    fault.names(&["could not finish the message because max_tokens"])
}

/// OpenAI, and Google, which answers 400.
fn is_about_key(fault: &Fault) -> bool {
    fault.is("invalid_api_key") || fault.names(&["valid api key", "api key not valid"])
}

fn is_about_money(fault: &Fault) -> bool {
    fault.is("insufficient_quota")
        || fault.is("billing_hard_limit_reached")
        || fault.names(&["insufficient balance", "insufficient credits", "exceeded your current quota"])
}

/// How long a failure's body asks to wait before the call is made again: an account without credit has status 429 as
/// well, and no wait fills it.
pub(crate) fn wait_in_body(body: &[u8]) -> Option<Duration> {
    let fault = Fault::read(&serde_json::from_slice(body).ok()?)?;
    is_about_money(&fault).then_some(Duration::MAX)
}

/// What servers say of a request that does not fit the context.
const TOO_LONG: [&str; 14] = [
    // OpenAI, and what copies it.
    "maximum context length",
    "context window",
    // vLLM.
    "maximum model length",
    "too long to fit into the model",
    // SGLang.
    "model's context length",
    // Ollama, and older LM Studio.
    "exceeds the context length",
    "exceeds context length",
    // LM Studio.
    "context length of only",
    "context size has been exceeded",
    // llama.cpp.
    "available context size",
    // Text Generation Inference, xAI, DashScope, and Anthropic behind gateways.
    "`inputs` tokens",
    "maximum prompt length",
    "range of input length",
    "prompt is too long",
];

/// Whether the request is longer than the context.
pub(crate) fn is_about_length(fault: &Fault) -> bool {
    fault.is("context_length_exceeded") || fault.is("exceed_context_size_error") || fault.names(&TOO_LONG)
}

/// Whether a request was refused for the way in which its answer was to be held to a schema.
fn is_about_form(fault: &Fault, status: u16) -> bool {
    is_refusal_of_parts(fault, status) && (fault.names(&OF_SCHEMAS) || fault.names(&OF_TOOLS))
}

/// Whether the status is one with which servers refuse a part of a request. OpenRouter has no endpoint for what no
/// provider of the model knows; any other 404 is about something else.
pub(crate) fn is_refusal_of_parts(fault: &Fault, status: u16) -> bool {
    matches!(status, 400 | 415 | 422 | 501) || (status == 404 && fault.names(&["no endpoints found"]))
}

/// OpenAI and LM Studio, Azure, vLLM and Ollama, OpenRouter, DeepSeek.
fn is_about_model(fault: &Fault, status: u16) -> bool {
    let has_code =
        ["model_not_found", "DeploymentNotFound", "invalid_model"].iter().any(|code| fault.is(code));
    let says_model = status == 404 && fault.names(&["model", "deployment", "no endpoints found"]);
    let words = ["not a valid model", "invalid model", "model not exist", "model not found"];
    has_code || says_model || (status == 400 && fault.names(&words))
}

#[cfg(test)]
mod tests;
