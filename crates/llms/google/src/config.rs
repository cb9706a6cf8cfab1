use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};
use sqlatte_http::Address;
use sqlatte_providers::{ErrorKind, ProviderError, Result, Secret};

use crate::models;

/// The newest Flash model that is generally available.
pub(crate) const MODEL: &str = "gemini-3.8-flash";

/// The settings of the provider `gemini`. A text left empty counts as not set.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct GeminiConfig {
    /// The API key, from <https://aistudio.google.com/apikey>; required.
    pub api_key: Secret,
    /// The model, by its API name; `gemini-3.8-flash` unless set.
    pub model: String,
    /// Where the API lives; `https://generativelanguage.googleapis.com` unless set. A version at its end, such as
    /// `/v1`, is called instead of `v1beta`.
    pub base_url: String,
    /// The most tokens of one answer, 16,000 unless set. Thinking counts in.
    pub max_tokens: u32,
    /// 0 to 2; unset is the API's own default. From Gemini 3 on Google advises against setting it.
    pub temperature: Option<f32>,
    /// How much thought goes into an answer, from Gemini 2.5 on; unset is the model's own default.
    pub thinking_level: Option<ThinkingLevel>,
    /// The same in tokens, as Gemini 2.5 counts it: 0 for none where the model allows it, -1 for as it sees fit.
    pub thinking_budget: Option<i32>,
    /// How an answer is held to a JSON schema; unset picks the way the model knows.
    pub structured_output: Option<StructuredOutput>,
    /// The longest a call may take, retries included, in seconds (a request may ask for less); 120 unless set.
    #[serde(deserialize_with = "seconds")]
    pub timeout: Duration,
    /// How often a call that failed for a passing reason is made again, 0 to 10; 2 unless set.
    pub max_retries: u32,
}

/// How much thought a model puts into an answer: <https://ai.google.dev/gemini-api/docs/thinking>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(deserialize = "lowercase", serialize = "UPPERCASE"))]
#[expect(missing_docs, reason = "the names of the API, a scale that explains itself")]
pub enum ThinkingLevel {
    Minimal,
    Low,
    Medium,
    High,
}

/// How an answer is held to a JSON schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StructuredOutput {
    /// The API's own: `responseJsonSchema`, from Gemini 2.5 on.
    JsonSchema,
    /// The API's older form, `responseSchema`, which knows less of JSON Schema.
    ResponseSchema,
    /// One function the model is made to call. The answer then does not arrive in pieces.
    Tool,
}

impl Default for GeminiConfig {
    fn default() -> Self {
        GeminiConfig {
            api_key: Secret::default(),
            model: MODEL.to_owned(),
            base_url: "https://generativelanguage.googleapis.com".to_owned(),
            max_tokens: 16_000,
            temperature: None,
            thinking_level: None,
            thinking_budget: None,
            structured_output: None,
            timeout: Duration::from_secs(120),
            max_retries: 2,
        }
    }
}

impl GeminiConfig {
    /// The defaults with this key.
    pub fn new(api_key: Secret) -> Self {
        GeminiConfig { api_key, ..GeminiConfig::default() }
    }

    pub(crate) fn options(&self) -> Options {
        Options {
            kind: "gemini",
            model: or_default(&self.model, MODEL),
            max_tokens: self.max_tokens,
            temperature: self.temperature,
            thinking_level: self.thinking_level,
            thinking_budget: self.thinking_budget,
            structured_output: self.structured_output,
            timeout: self.timeout,
            max_retries: self.max_retries,
        }
    }
}

/// What both APIs let be set about a model.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// The provider's kind, for messages.
    pub(crate) kind: &'static str,
    pub(crate) model: String,
    pub(crate) max_tokens: u32,
    pub(crate) temperature: Option<f32>,
    pub(crate) thinking_level: Option<ThinkingLevel>,
    pub(crate) thinking_budget: Option<i32>,
    pub(crate) structured_output: Option<StructuredOutput>,
    pub(crate) timeout: Duration,
    pub(crate) max_retries: u32,
}

impl Options {
    /// # Errors
    /// `InvalidSettings` for the first value that cannot work, named.
    pub(crate) fn validate(&self) -> Result<()> {
        let kind = self.kind;
        let known = |c: char| c.is_ascii_alphanumeric() || "-._@/:".contains(c);
        if !self.model.chars().all(known) || self.model.split('/').any(|part| matches!(part, "" | "." | ".."))
        {
            return Err(invalid(format!(
                "the setting model of {kind} is not the name of a model, such as {MODEL}"
            )));
        }
        if self.max_tokens == 0 {
            return Err(invalid(format!("the setting max_tokens of {kind} must be at least 1")));
        }
        if self.temperature.is_some_and(|temperature| !(0.0..=2.0).contains(&temperature)) {
            return Err(invalid(format!("the setting temperature of {kind} must be from 0 to 2")));
        }
        if self.thinking_level.is_some() && self.thinking_budget.is_some() {
            return Err(invalid(format!(
                "thinking_level and thinking_budget of {kind} are both set: keep the level for Gemini 3 and later, \
                 the budget for Gemini 2.5"
            )));
        }
        if self.thinking_budget.is_some_and(|budget| budget < -1) {
            return Err(invalid(format!(
                "the setting thinking_budget of {kind} must be a number of tokens, 0 for none, or -1 for as the model \
                 sees fit"
            )));
        }
        if let Some(budget) = self.thinking_budget
            && u32::try_from(budget).is_ok_and(|budget| budget >= self.max_tokens)
        {
            return Err(invalid(format!(
                "the setting thinking_budget of {kind} must be less than max_tokens, which is {} and counts thoughts in",
                self.max_tokens
            )));
        }
        if self.timeout.is_zero() {
            return Err(invalid(format!("the setting timeout of {kind} must be more than 0 seconds")));
        }
        if self.max_retries > 10 {
            return Err(invalid(format!("the setting max_retries of {kind} must be at most 10")));
        }
        Ok(())
    }

    /// How answers are held to a schema: as set, or as the model knows it.
    pub(crate) fn structured_output(&self) -> StructuredOutput {
        self.structured_output.unwrap_or_else(|| models::structured_output(&self.model))
    }
}

/// Address and version of an API: a version may stand at the end of its base URL.
///
/// # Errors
/// `InvalidSettings` for what is no address, and for one that can be read along on its way.
pub(crate) fn address(base_url: &str, version: &'static str, kind: &str) -> Result<(String, String)> {
    let base_url = base_url.trim().trim_end_matches('/');
    let address = Address::parse(base_url)
        .map_err(|error| invalid(format!("base_url of {kind}: {}", error.message())))?;
    if address.is_in_clear() {
        return Err(invalid(format!(
            "base_url of {kind}: what opens the API would go to {} in clear; use https://",
            address.target()
        )));
    }
    Ok(match base_url.rsplit_once('/') {
        Some((rest, last)) if is_version(last) => (rest.to_owned(), last.to_owned()),
        _ => (base_url.to_owned(), version.to_owned()),
    })
}

/// `v1`, `v1beta`, `v1beta1`, `v1alpha` and the like.
fn is_version(part: &str) -> bool {
    part.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// A text that says something, or the default.
pub(crate) fn or_default(text: &str, default: &str) -> String {
    let text = text.trim();
    if text.is_empty() { default.to_owned() } else { text.to_owned() }
}

pub(crate) fn invalid(message: impl Into<String>) -> ProviderError {
    ProviderError::new(ErrorKind::InvalidSettings, message)
}

pub(crate) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    Duration::try_from_secs_f64(seconds)
        .map_err(|_| serde::de::Error::custom("timeout must be a number of seconds"))
}

#[cfg(test)]
mod tests;
