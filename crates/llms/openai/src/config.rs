use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Deserializer, Serialize};
use sqlatte_providers::{ErrorKind, ProviderError, Result, Secret};

/// The settings of the provider `openai`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The API key; servers of one's own mostly need none.
    pub api_key: Secret,
    /// The model, by the server's name for it; at Azure, the name of its deployment. Required.
    pub model: String,
    /// Where the API lives; `https://api.openai.com/v1` unless set. Without a path, the usual one (`/v1`, at Azure
    /// `/openai/v1`) is added.
    pub base_url: String,
    /// The version of Azure's older API, such as `2024-10-21`, which has the deployment in the path; empty for its
    /// newer one, and everywhere else.
    pub api_version: String,
    /// The organisation that pays, at OpenAI, for keys of more than one.
    pub organization: String,
    /// The project that pays, at OpenAI, for keys of more than one.
    pub project: String,
    /// Further headers of every call. All values are kept secret; empty ones are not sent.
    pub headers: BTreeMap<String, Secret>,
    /// The most tokens of one answer; unset is the server's own limit. Models that think count their thinking in.
    pub max_tokens: Option<u32>,
    /// The field `max_tokens` is sent in; unset picks the one that OpenAI or the others know, and the other one where
    /// a server says so.
    pub max_tokens_field: Option<TokensField>,
    /// 0 to 2; unset is the server's own default. Not sent again to models that refuse it.
    pub temperature: Option<f32>,
    /// How much thought goes into an answer; unset is the model's own default. Only for models that think.
    pub reasoning_effort: Option<ReasoningEffort>,
    /// How an answer is held to a JSON schema; unset picks the first way that the server knows.
    pub structured_output: Option<StructuredOutput>,
    /// The longest a call may take, retries included, in seconds (a request may ask for less); 120 unless set.
    #[serde(deserialize_with = "seconds")]
    pub timeout: Duration,
    /// How often a call that failed for a passing reason is made again, 0 to 10; 2 unless set.
    pub max_retries: u32,
}

/// The field of a request that limits the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokensField {
    /// The older one, which nearly every server knows.
    MaxTokens,
    /// The newer one, which OpenAI's models that think demand.
    MaxCompletionTokens,
}

/// How much thought a model puts into an answer: <https://platform.openai.com/docs/guides/reasoning>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names of the API, a scale that explains itself")]
pub enum ReasoningEffort {
    None,
    Minimal,
    Low,
    Medium,
    High,
    Xhigh,
    Max,
}

/// How an answer is held to a JSON schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StructuredOutput {
    /// The API's own: `response_format` with the schema. The server lets the model write nothing else.
    JsonSchema,
    /// One function the model is made to call. For models and servers that know tools but no schema.
    Tool,
    /// A block of JSON in the text, asked for in words. For all the others.
    JsonBlock,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            api_key: Secret::default(),
            model: String::new(),
            base_url: "https://api.openai.com/v1".to_owned(),
            api_version: String::new(),
            organization: String::new(),
            project: String::new(),
            headers: BTreeMap::new(),
            max_tokens: None,
            max_tokens_field: None,
            temperature: None,
            reasoning_effort: None,
            structured_output: None,
            timeout: Duration::from_secs(120),
            max_retries: 2,
        }
    }
}

impl Config {
    /// # Errors
    /// `InvalidSettings` for the first value that cannot work, named.
    pub(crate) fn validate(&self) -> Result<()> {
        let invalid = |message: &str| Err(ProviderError::new(ErrorKind::InvalidSettings, message));
        if self.model.trim().is_empty() {
            return invalid(
                "the setting model of openai is empty; name a model as the server does, such as gpt-5.4-mini at OpenAI \
                 or llama3.2 at Ollama",
            );
        }
        if self.max_tokens == Some(0) {
            return invalid("the setting max_tokens of openai must be at least 1");
        }
        if self.temperature.is_some_and(|temperature| !(0.0..=2.0).contains(&temperature)) {
            return invalid("the setting temperature of openai must be from 0 to 2");
        }
        if self.timeout.is_zero() {
            return invalid("the setting timeout of openai must be more than 0 seconds");
        }
        if self.max_retries > 10 {
            return invalid("the setting max_retries of openai must be at most 10");
        }
        Ok(())
    }

    /// The key, without the line break it may have been pasted with.
    pub(crate) fn key(&self) -> &str {
        self.api_key.expose().trim()
    }

    /// The headers that have a value.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&str, &Secret)> {
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value));
        headers.filter(|(_, value)| !value.expose().trim().is_empty())
    }
}

pub(crate) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    Duration::try_from_secs_f64(seconds)
        .map_err(|_| serde::de::Error::custom("timeout must be a number of seconds"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sqlatte_providers::Settings;

    use super::*;
    use crate::OpenAi;

    fn read(settings: serde_json::Value) -> Result<Config> {
        let config: Config = Settings::new(settings)?.read("openai")?;
        OpenAi::new(config.clone())?;
        Ok(config)
    }

    #[test]
    fn every_setting_is_read() {
        let config = read(json!({
            "api_key": "sk-1", "model": "m", "base_url": "http://localhost:1/v1", "api_version": "2024-10-21",
            "organization": "org-1", "project": "proj_1", "headers": {"X-Title": "SQLatte", "X-Team": 7},
            "max_tokens": 5, "max_tokens_field": "max_tokens", "temperature": 0.5, "reasoning_effort": "none",
            "structured_output": "json_block", "timeout": 1.5, "max_retries": 0,
        }))
        .unwrap();
        insta::assert_debug_snapshot!(config);
    }

    #[test]
    fn a_server_of_ones_own_needs_a_model_alone() {
        let config = read(json!({"base_url": "http://127.0.0.1:11434/v1", "model": "llama3.2"})).unwrap();
        assert!(config.api_key.is_empty());
        let elsewhere =
            json!({"base_url": "http://gpu.lan:8000/v1", "model": "m", "headers": {"X-Empty": " "}});
        assert!(read(elsewhere).is_ok());
    }

    #[test]
    fn wrong_settings_are_named_and_no_key_is_shown() {
        let mut texts = Vec::new();
        for wrong in [
            json!({}),
            json!({"model": "m"}),
            json!({"model": "m", "api_key": "  "}),
            json!({"model": "m", "base_url": "https://own.openai.azure.com"}),
            json!({"model": "m", "api_key": "sk-1", "base_url": "http://gpu.lan:8000/v1"}),
            json!({"model": "m", "base_url": "http://gpu.lan:8000/v1", "headers": {"X-Key": "sk-1"}}),
            json!({"model": "m", "api_key": "sk-1", "base_url": "gpu.lan"}),
            json!({"model": "m", "api_key": "sk-1", "headers": {"two words": "sk-1"}}),
            json!({"model": "m", "api_key": "sk-1", "headers": {"X-Key": "sk-1\n2"}}),
            json!({"model": "m", "api_key": "sk-1", "headers": ["sk-1"]}),
            json!({"model": "a/b", "api_key": "sk-1", "base_url": "https://own.azure.com", "api_version": "2024-10-21"}),
            json!({"model": "m", "api_key": "sk-1", "max_tokens": 0}),
            json!({"model": "m", "api_key": "sk-1", "max_tokens": -1}),
            json!({"model": "m", "api_key": "sk-1", "max_tokens_field": "tokens"}),
            json!({"model": "m", "api_key": "sk-1", "temperature": 2.5}),
            json!({"model": "m", "api_key": "sk-1", "timeout": 0}),
            json!({"model": "m", "api_key": "sk-1", "timeout": -1}),
            json!({"model": "m", "api_key": "sk-1", "max_retries": 11}),
            json!({"model": "m", "api_key": "sk-1", "reasoning_effort": "lots"}),
            json!({"model": "m", "api_key": "sk-1", "api_kee": "sk-1"}),
        ] {
            let error = read(wrong.clone()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidSettings, "{wrong}: {error}");
            assert!(!format!("{error:?}").contains("sk-1"), "{error:?}");
            texts.push(format!("{wrong}\n    {error}"));
        }
        insta::assert_snapshot!(texts.join("\n"));
    }
}
