use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};
use sqlatte_providers::{ErrorKind, ProviderError, Result, Secret};

use crate::models;

/// The fewest tokens that the API takes as a budget for thought.
const LEAST_BUDGET: u32 = 1_024;

/// The settings of the provider `anthropic`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The API key, from <https://platform.claude.com/settings/keys>; required.
    pub api_key: Secret,
    /// The model, by its API name; `claude-sonnet-5-5` unless set.
    pub model: String,
    /// Where the API lives; `https://api.anthropic.com` unless set. A trailing `/v1` is understood.
    pub base_url: String,
    /// The most tokens of one answer, 16,000 unless set. Models that think count their thinking in.
    pub max_tokens: u32,
    /// 0 to 1; unset is the API's own default. Not sent to models that refuse it, which is all since Claude
    /// Opus 4.7 and Sonnet 5.
    pub temperature: Option<f32>,
    /// How much thought goes into an answer; unset is the model's own default. Models before Opus 4.5, and
    /// Sonnet 4.5 and Haiku 4.5, refuse it.
    pub effort: Option<Effort>,
    /// The most tokens of thought before an answer, at least 1,024 and fewer than `max_tokens`, which counts them in;
    /// unset is none. For the models before Claude Opus 4.7, from Claude 3.7 on; later ones think by `effort`.
    pub thinking_budget: Option<u32>,
    /// How an answer is held to a JSON schema; unset picks the way the model knows.
    pub structured_output: Option<StructuredOutput>,
    /// The longest a call may take, retries included, in seconds (a request may ask for less); 120 unless set.
    #[serde(deserialize_with = "seconds")]
    pub timeout: Duration,
    /// How often a call that failed for a passing reason is made again, 0 to 10; 2 unless set.
    pub max_retries: u32,
}

/// How much thought a model puts into an answer:
/// <https://platform.claude.com/docs/en/build-with-claude/effort>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names of the API, a scale that explains itself")]
pub enum Effort {
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
    /// The API's own: `output_config.format`. Every current model has it, from Claude 4.5 on.
    JsonSchema,
    /// One tool the model is made to call. For older models, and for servers of other makers.
    Tool,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            api_key: Secret::default(),
            model: "claude-sonnet-5-5".to_owned(),
            base_url: "https://api.anthropic.com".to_owned(),
            max_tokens: 16_000,
            temperature: None,
            effort: None,
            thinking_budget: None,
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
        if self.api_key.expose().trim().is_empty() {
            return invalid(
                "anthropic needs an API key: set ANTHROPIC_API_KEY for Anthropic's own address, SQLATTE_LLM_API_KEY \
                 for any, or api_key in its settings",
            );
        }
        if self.model.trim().is_empty() {
            return invalid(
                "the setting model of anthropic is empty; name a model, such as claude-sonnet-5-5",
            );
        }
        if self.max_tokens == 0 {
            return invalid("the setting max_tokens of anthropic must be at least 1");
        }
        if self.temperature.is_some_and(|temperature| !(0.0..=1.0).contains(&temperature)) {
            return invalid("the setting temperature of anthropic must be from 0 to 1");
        }
        if let Some(budget) = self.thinking_budget {
            if !(LEAST_BUDGET..self.max_tokens).contains(&budget) {
                return Err(ProviderError::new(
                    ErrorKind::InvalidSettings,
                    format!(
                        "the setting thinking_budget of anthropic must be at least {LEAST_BUDGET} and less than \
                         max_tokens, which is {}",
                        self.max_tokens
                    ),
                ));
            }
            if !models::takes_budget(&self.model) {
                return Err(ProviderError::new(
                    ErrorKind::InvalidSettings,
                    format!(
                        "the model `{}` takes no thinking_budget; leave it out, and set effort where the model is newer",
                        self.model.trim()
                    ),
                ));
            }
        }
        if self.timeout.is_zero() {
            return invalid("the setting timeout of anthropic must be more than 0 seconds");
        }
        if self.max_retries > 10 {
            return invalid("the setting max_retries of anthropic must be at most 10");
        }
        Ok(())
    }

    /// How answers are held to a schema: as set, or as the model knows it.
    pub(crate) fn structured_output(&self) -> StructuredOutput {
        self.structured_output.unwrap_or_else(|| models::structured_output(&self.model))
    }
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    Duration::try_from_secs_f64(seconds)
        .map_err(|_| serde::de::Error::custom("timeout must be a number of seconds"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sqlatte_providers::Settings;

    use super::*;

    fn read(settings: serde_json::Value) -> Result<Config> {
        let config: Config = Settings::new(settings)?.read("anthropic")?;
        config.validate()?;
        Ok(config)
    }

    #[test]
    fn the_python_projects_section_loads_unchanged() {
        let section = json!({"api_key": "sk-1", "model": "claude-sonnet-4-20250514", "max_tokens": 1000});
        let config = read(section).unwrap();
        assert_eq!((config.api_key.expose(), config.max_tokens), ("sk-1", 1000));
        assert_eq!(config.model, "claude-sonnet-4-20250514");
    }

    #[test]
    fn every_setting_is_read() {
        let config = read(json!({
            "api_key": "sk-1", "model": "m", "base_url": "http://localhost:1", "max_tokens": 2000, "temperature": 0.5,
            "effort": "low", "thinking_budget": 1024, "structured_output": "json_schema", "timeout": 1.5, "max_retries": 0,
        }))
        .unwrap();
        insta::assert_debug_snapshot!(config);
    }

    #[test]
    fn wrong_settings_are_named_and_no_key_is_shown() {
        let mut texts = Vec::new();
        for wrong in [
            json!({}),
            json!({"api_key": "  "}),
            json!({"api_key": "sk-1", "model": ""}),
            json!({"api_key": "sk-1", "max_tokens": 0}),
            json!({"api_key": "sk-1", "max_tokens": -1}),
            json!({"api_key": "sk-1", "temperature": 1.5}),
            json!({"api_key": "sk-1", "timeout": 0}),
            json!({"api_key": "sk-1", "timeout": -1}),
            json!({"api_key": "sk-1", "max_retries": 11}),
            json!({"api_key": "sk-1", "effort": "lots"}),
            json!({"api_key": "sk-1", "thinking_budget": 2048}),
            json!({"api_key": "sk-1", "model": "claude-sonnet-4-20250514", "thinking_budget": 1000}),
            json!({"api_key": "sk-1", "model": "claude-haiku-4-5", "thinking_budget": 1500, "max_tokens": 1500}),
            json!({"api_key": "sk-1", "api_kee": "sk-1"}),
        ] {
            let error = read(wrong.clone()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidSettings);
            assert!(!format!("{error:?}").contains("sk-1"), "{error:?}");
            texts.push(format!("{wrong}\n    {error}"));
        }
        insta::assert_snapshot!(texts.join("\n"));
    }
}
