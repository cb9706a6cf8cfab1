use serde::Deserialize;
use sqlatte_http::Failure;
use sqlatte_providers::{ErrorKind, ProviderError};

use crate::{Config, StructuredOutput};

/// The most characters of the API's own words that people are shown.
const LONGEST_QUOTE: usize = 300;

/// The body of a failure: <https://platform.claude.com/docs/en/api/errors#error-shapes>.
#[derive(Debug, Deserialize)]
struct FailureBody {
    error: Fault,
}

/// What the API says is wrong, in a failure's body or in the middle of a stream.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Fault {
    r#type: String,
    #[serde(default)]
    message: String,
}

/// Turns failures into errors that name the host, the setting to look at and, where it helps, the API's words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Translator<'c> {
    pub(crate) config: &'c Config,
    pub(crate) target: &'c str,
}

impl Translator<'_> {
    /// A status of 400 or more.
    pub(crate) fn failure(self, failure: &Failure) -> ProviderError {
        let error = match failure.json::<FailureBody>() {
            Some(body) => self.fault(&body.error, failure.status.as_u16()),
            None => self.silent(failure),
        };
        match failure.retry_after {
            Some(wait) => error.with_retry_after(wait),
            None => error,
        }
    }

    /// An `error` event: the status was 200 when the stream began.
    pub(crate) fn event(self, fault: &Fault) -> ProviderError {
        self.fault(fault, 200)
    }

    /// The API's own account, by its type, or where that says too little by the status.
    fn fault(self, fault: &Fault, status: u16) -> ProviderError {
        let Translator { config, target } = self;
        let words = self.quote(&fault.message);
        let said = fault.message.to_lowercase();
        let (kind, message) = match (fault.r#type.as_str(), status) {
            ("authentication_error", _) | (_, 401) => (
                ErrorKind::Unauthorized,
                // A gateway has keys of its own, and is never shown Anthropic's.
                match target.ends_with("anthropic.com") {
                    true => format!(
                        "{target} does not accept the API key; check api_key (ANTHROPIC_API_KEY): {words}"
                    ),
                    false => format!(
                        "{target} does not accept the API key; check api_key (SQLATTE_LLM_API_KEY): {words}"
                    ),
                },
            ),
            ("permission_error", _) | (_, 403) => (
                ErrorKind::Unauthorized,
                format!("{target} does not allow this API key to use the model `{}`: {words}", config.model),
            ),
            ("not_found_error", _) | (_, 404) if fault.message.contains("model") => (
                ErrorKind::NotFound,
                format!("{target} has no model `{}`; check the setting model: {words}", config.model),
            ),
            ("not_found_error", _) | (_, 404) => (ErrorKind::NotFound, self.wrong_address()),
            ("billing_error", _) | (_, 402) => (ErrorKind::RateLimited, self.no_credit(&words)),
            // Credit and spending limits have no type or status of their own.
            ("invalid_request_error", _) if is_about_money(&fault.message) => {
                (ErrorKind::RateLimited, self.no_credit(&words))
            }
            ("invalid_request_error", _) | (_, 400) if is_about_length(&said) => {
                (ErrorKind::Rejected, self.too_long())
            }
            ("invalid_request_error", _) | (_, 422) if self.is_about_effort(&said) => (
                ErrorKind::Rejected,
                format!(
                    "the model `{}` takes no effort; leave the setting effort out: {words}",
                    config.model
                ),
            ),
            ("invalid_request_error", _) | (_, 422) if self.is_about_thinking(&said) => (
                ErrorKind::Rejected,
                format!("the model `{}` takes no thinking_budget; leave it out: {words}", config.model),
            ),
            ("invalid_request_error", _) | (_, 422) if is_about_form(&said) => {
                (ErrorKind::Rejected, self.no_form(&words))
            }
            ("request_too_large", _) | (_, 413) => (ErrorKind::Rejected, self.too_long()),
            ("overloaded_error", _) | (_, 529) => (
                ErrorKind::Unavailable,
                format!("{target} is overloaded; this passes by itself, try again in a moment"),
            ),
            ("rate_limit_error", _) | (_, 429) => (
                ErrorKind::RateLimited,
                format!("the limit of requests or tokens at {target} is reached; try again later: {words}"),
            ),
            ("api_error" | "timeout_error", _) | (_, 500..) => (
                ErrorKind::Unavailable,
                format!("{target} has a fault of its own; try again in a moment: {words}"),
            ),
            _ => (ErrorKind::Rejected, format!("{target} refused the request: {words}")),
        };
        ProviderError::new(kind, message)
    }

    /// A failure whose body is not the API's: something else has answered.
    fn silent(self, failure: &Failure) -> ProviderError {
        let Translator { target, .. } = self;
        let status = failure.status.as_u16();
        let who = if failure.is_page { "with a web page, probably a proxy's" } else { "without a reason" };
        match status {
            404 | 405 => ProviderError::new(ErrorKind::NotFound, self.wrong_address()),
            413 => ProviderError::new(ErrorKind::Rejected, self.too_long()),
            401 | 403 | 407 => ProviderError::new(
                ErrorKind::Unauthorized,
                format!(
                    "{target} refused the request ({status}) {who}; check api_key, base_url and the proxy"
                ),
            ),
            429 => ProviderError::new(
                ErrorKind::RateLimited,
                format!("the limit of requests at {target} is reached; try again later"),
            ),
            500.. => ProviderError::new(
                ErrorKind::Unavailable,
                format!("{target} failed ({status}) {who}; try again in a moment"),
            ),
            _ => ProviderError::new(
                ErrorKind::Unexpected,
                format!("{target} refused the request ({status}) {who}; check base_url"),
            ),
        }
    }

    fn wrong_address(self) -> String {
        format!("{} has no Messages API at this address; check base_url", self.target)
    }

    fn no_credit(self, words: &str) -> String {
        format!("the account at {} has no credit left or is over its spending limit: {words}", self.target)
    }

    fn too_long(self) -> String {
        format!(
            "the question with its schema is too long for the model `{}`; ask about fewer tables, or choose a model \
             with a larger context",
            self.config.model
        )
    }

    /// `output_config` carries the effort, too: it is meant where it is named.
    fn is_about_effort(self, said: &str) -> bool {
        self.config.effort.is_some() && said.contains("effort")
    }

    fn is_about_thinking(self, said: &str) -> bool {
        self.config.thinking_budget.is_some() && (said.contains("thinking") || said.contains("budget_tokens"))
    }

    fn no_form(self, words: &str) -> String {
        let Translator { config, target } = self;
        let other = match config.structured_output() {
            StructuredOutput::JsonSchema => "tool",
            StructuredOutput::Tool => "json_schema",
        };
        format!(
            "the model `{}` at {target} gives no structured output in the way it is asked for; set structured_output \
             of anthropic to {other}, or choose another model: {words}",
            config.model
        )
    }

    /// The API's words on one line, of bearable length, and without the key should they repeat it.
    fn quote(self, message: &str) -> String {
        let key = self.config.api_key.expose().trim();
        let message = if key.is_empty() { message.to_owned() } else { message.replace(key, "***") };
        let words = message.split_whitespace().collect::<Vec<_>>().join(" ");
        let words: String = words.chars().filter(|char| !char.is_control()).take(LONGEST_QUOTE).collect();
        if words.is_empty() { "no reason given".to_owned() } else { words }
    }
}

/// Credit used up: "Your credit balance is too low to access the Anthropic API. …". A spending limit of one's own
/// (<https://platform.claude.com/docs/en/api/rate-limits>): "You have reached your specified API usage limits. …".
fn is_about_money(message: &str) -> bool {
    message.contains("credit balance") || message.contains("usage limits")
}

/// "prompt is too long: 1200000 tokens > 1000000 maximum", "input length and `max_tokens` exceed context limit: 188240 +
/// 21333 > 200000, …", and Bedrock's "Input is too long for requested model." behind gateways.
fn is_about_length(said: &str) -> bool {
    ["prompt is too long", "exceed context limit", "input is too long"]
        .iter()
        .any(|words| said.contains(words))
}

/// "output_config: Extra inputs are not permitted", "'claude-…' does not support output format.", "tool_choice forces
/// tool use …", and what gateways and servers of other makers say of the same fields.
fn is_about_form(said: &str) -> bool {
    let forms =
        ["output_config", "output_format", "output format", "structured output", "json_schema", "tool"];
    forms.iter().any(|form| said.contains(form))
}

#[cfg(test)]
mod tests;
