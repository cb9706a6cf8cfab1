use std::{collections::BTreeMap, time::Duration};

use serde::Deserialize;
use sqlatte_providers::{ErrorKind, ProviderError, Purpose, Result, Secret};

use crate::{Config, config::seconds};

/// The most texts that a request may have: OpenAI's own limit.
const MOST_TEXTS: usize = 2_048;

/// What Nomic's models are to be told of a text: <https://huggingface.co/nomic-ai/nomic-embed-text-v1.5>.
const NOMIC: &str = "nomic-embed-text";
const NOMIC_DOCUMENT: &str = "search_document: ";
const NOMIC_QUERY: &str = "search_query: ";

/// The settings of the embeddings of `openai`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct EmbeddingConfig {
    /// The API key; servers of one's own mostly need none.
    pub api_key: Secret,
    /// The model, by the server's name for it; at Azure, the name of its deployment. Required.
    pub model: String,
    /// Where the API lives; `https://api.openai.com/v1` unless set. Without a path, the usual one is added.
    pub base_url: String,
    /// The version of Azure's older API, which has the deployment in the path; empty everywhere else.
    pub api_version: String,
    /// The organisation that pays, at OpenAI, for keys of more than one.
    pub organization: String,
    /// The project that pays, at OpenAI, for keys of more than one.
    pub project: String,
    /// Further headers of every call. All values are kept secret; empty ones are not sent.
    pub headers: BTreeMap<String, Secret>,
    /// Numbers of a vector, for models that give shorter ones when asked; unset is the model's own.
    pub dimensions: Option<u32>,
    /// What is put before a text that is to be found, for models that are to be told; unset is what Nomic's models
    /// need, and nothing for all the others.
    pub document_prefix: Option<String>,
    /// The same before a question.
    pub query_prefix: Option<String>,
    /// Texts of one request, 1 to 2,048; 32 unless set, which every known server takes.
    pub batch_size: usize,
    /// The longest a call may take, retries included, in seconds (a request may ask for less); 30 unless set.
    #[serde(deserialize_with = "seconds")]
    pub timeout: Duration,
    /// How often a call that failed for a passing reason is made again, 0 to 10; 2 unless set.
    pub max_retries: u32,
}

impl Default for EmbeddingConfig {
    fn default() -> Self {
        let Config { base_url, max_retries, .. } = Config::default();
        EmbeddingConfig {
            api_key: Secret::default(),
            model: String::new(),
            base_url,
            api_version: String::new(),
            organization: String::new(),
            project: String::new(),
            headers: BTreeMap::new(),
            dimensions: None,
            document_prefix: None,
            query_prefix: None,
            batch_size: 32,
            timeout: Duration::from_secs(30),
            max_retries,
        }
    }
}

impl EmbeddingConfig {
    /// The defaults with this model.
    pub fn new(model: impl Into<String>) -> Self {
        EmbeddingConfig { model: model.into(), ..EmbeddingConfig::default() }
    }

    /// # Errors
    /// `InvalidSettings` for the first value that cannot work, named.
    pub(super) fn validate(&self) -> Result<()> {
        let invalid = |message: &str| Err(ProviderError::new(ErrorKind::InvalidSettings, message));
        if self.model.trim().is_empty() {
            return invalid(
                "the setting model is empty; name an embedding model as the server does, such as \
                 text-embedding-3-small at OpenAI or nomic-embed-text at Ollama",
            );
        }
        if self.dimensions == Some(0) {
            return invalid("the setting dimensions must be at least 1");
        }
        if !(1..=MOST_TEXTS).contains(&self.batch_size) {
            return invalid("the setting batch_size must be from 1 to 2048");
        }
        // Of the rest, what completions do not take embeddings do not take either.
        self.server().validate()
    }

    /// The settings for completions of the same server.
    pub(super) fn server(&self) -> Config {
        let base_url = self.base_url.trim().trim_end_matches('/');
        Config {
            api_key: self.api_key.clone(),
            model: self.model.clone(),
            // What documentation shows in full is pasted in full.
            base_url: base_url.strip_suffix("/embeddings").unwrap_or(base_url).to_owned(),
            api_version: self.api_version.clone(),
            organization: self.organization.clone(),
            project: self.project.clone(),
            headers: self.headers.clone(),
            timeout: self.timeout,
            max_retries: self.max_retries,
            ..Config::default()
        }
    }

    /// What is put before a text.
    pub(super) fn prefix(&self, purpose: Purpose) -> &str {
        let (set, usual) = match purpose {
            Purpose::Document => (&self.document_prefix, NOMIC_DOCUMENT),
            Purpose::Query => (&self.query_prefix, NOMIC_QUERY),
        };
        let usual = if self.model.contains(NOMIC) { usual } else { "" };
        set.as_deref().unwrap_or(usual)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sqlatte_providers::Settings;

    use super::*;
    use crate::OpenAiEmbeddings;

    fn read(settings: serde_json::Value) -> Result<EmbeddingConfig> {
        let config: EmbeddingConfig = Settings::new(settings)?.read("openai")?;
        OpenAiEmbeddings::new(config.clone())?;
        Ok(config)
    }

    #[test]
    fn every_setting_is_read() {
        let config = read(json!({
            "api_key": "sk-1", "model": "m", "base_url": "http://localhost:1/v1", "api_version": "2024-10-21",
            "organization": "org-1", "project": "proj_1", "headers": {"X-Team": 7}, "dimensions": 256,
            "document_prefix": "passage: ", "query_prefix": "", "batch_size": 8, "timeout": 1.5, "max_retries": 0,
        }))
        .unwrap();
        assert_eq!((config.dimensions, config.batch_size, config.max_retries), (Some(256), 8, 0));
        assert_eq!(config.timeout, Duration::from_millis(1_500));
        assert_eq!(config.server().headers.len(), 1);
        assert_eq!((config.prefix(Purpose::Document), config.prefix(Purpose::Query)), ("passage: ", ""));
    }

    #[test]
    fn nomics_models_are_told_what_a_text_is_for() {
        let prefixes = |settings: serde_json::Value| {
            let config = read(settings).unwrap();
            [Purpose::Document, Purpose::Query].map(|purpose| config.prefix(purpose).to_owned())
        };
        let at = "http://127.0.0.1:11434/v1";
        assert_eq!(
            prefixes(json!({"model": "nomic-embed-text:latest", "base_url": at})),
            ["search_document: ", "search_query: "]
        );
        assert_eq!(prefixes(json!({"model": "all-minilm", "base_url": at})), ["", ""]);
        let own = json!({"model": "nomic-embed-text", "base_url": at, "document_prefix": "", "query_prefix": "q: "});
        assert_eq!(prefixes(own), ["", "q: "]);
    }

    #[test]
    fn wrong_settings_are_named_and_no_key_is_shown() {
        for (wrong, said) in [
            (json!({}), "setting model is empty"),
            (json!({"model": "m"}), "needs an API key"),
            (json!({"model": "m", "api_key": "sk-1", "batch_size": 0}), "batch_size must be"),
            (json!({"model": "m", "api_key": "sk-1", "batch_size": 2049}), "batch_size must be"),
            (json!({"model": "m", "api_key": "sk-1", "dimensions": 0}), "dimensions must be"),
            (json!({"model": "m", "api_key": "sk-1", "timeout": 0}), "timeout of openai must be"),
            (json!({"model": "m", "api_key": "sk-1", "max_retries": 11}), "max_retries of openai must be"),
            (json!({"model": "m", "api_key": "sk-1", "base_url": "http://gpu.lan:8000"}), "for all to read"),
            (json!({"model": "m", "api_key": "sk-1", "base_url": "gpu.lan"}), "base_url of openai"),
            (json!({"model": "m", "api_key": "sk-1", "temperature": 0}), "temperature"),
        ] {
            let error = read(wrong.clone()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidSettings, "{wrong}: {error}");
            assert!(error.message().contains(said), "{wrong}: {error}");
            assert!(!format!("{error:?}").contains("sk-1"), "{error:?}");
        }
    }
}
