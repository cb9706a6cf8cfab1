use std::time::Duration;

use serde::Deserialize;
use sqlatte_providers::Secret;

#[cfg(feature = "vertex")]
use crate::VertexConfig;
use crate::{
    GeminiConfig,
    config::{or_default, seconds},
};

/// The embedding model that both APIs have.
const MODEL: &str = "gemini-embedding-001";

/// The longest a call may take unless set.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The settings of the embeddings of `gemini`. A text left empty counts as not set.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct GeminiEmbeddingConfig {
    /// The API key, from <https://aistudio.google.com/apikey>; required.
    pub api_key: Secret,
    /// The model, by its API name; `gemini-embedding-001` unless set.
    pub model: String,
    /// Where the API lives, as for completions.
    pub base_url: String,
    /// Numbers of a vector; unset is the model's own.
    pub dimensions: Option<u32>,
    /// The longest a call may take, retries included, in seconds (a request may ask for less); 30 unless set.
    #[serde(deserialize_with = "seconds")]
    pub timeout: Duration,
    /// How often a call that failed for a passing reason is made again, 0 to 10; 2 unless set.
    pub max_retries: u32,
}

impl Default for GeminiEmbeddingConfig {
    fn default() -> Self {
        let GeminiConfig { api_key, base_url, max_retries, .. } = GeminiConfig::default();
        let model = MODEL.to_owned();
        GeminiEmbeddingConfig { api_key, model, base_url, dimensions: None, timeout: TIMEOUT, max_retries }
    }
}

impl GeminiEmbeddingConfig {
    /// The defaults with this key.
    pub fn new(api_key: Secret) -> Self {
        GeminiEmbeddingConfig { api_key, ..GeminiEmbeddingConfig::default() }
    }

    /// The settings for completions at the same place.
    pub(super) fn into_server(self) -> GeminiConfig {
        let GeminiEmbeddingConfig { api_key, model, base_url, dimensions: _, timeout, max_retries } = self;
        let model = or_default(&model, MODEL);
        GeminiConfig { api_key, model, base_url, timeout, max_retries, ..GeminiConfig::default() }
    }
}

/// The settings of the embeddings of `vertex`. A text left empty counts as not set.
#[cfg(feature = "vertex")]
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct VertexEmbeddingConfig {
    /// The Google Cloud project, by its id; without it, that of the service account's key.
    #[serde(alias = "project_id")]
    pub project: String,
    /// Where the model runs, as for completions.
    pub location: String,
    /// The file of a key, as Google hands it out.
    #[serde(alias = "credentials_path")]
    pub credentials_file: String,
    /// The same as text, instead of a file. With neither: the application default credentials.
    pub credentials_json: Secret,
    /// The model, by its API name; `gemini-embedding-001` unless set.
    pub model: String,
    /// Another address of the API; unless set, that of `location`.
    pub base_url: String,
    /// Numbers of a vector; unset is the model's own.
    pub dimensions: Option<u32>,
    /// The longest a call may take, retries included, in seconds (a request may ask for less); 30 unless set.
    #[serde(deserialize_with = "seconds")]
    pub timeout: Duration,
    /// How often a call that failed for a passing reason is made again, 0 to 10; 2 unless set.
    pub max_retries: u32,
}

#[cfg(feature = "vertex")]
impl Default for VertexEmbeddingConfig {
    fn default() -> Self {
        let VertexConfig {
            project, location, credentials_file, credentials_json, base_url, max_retries, ..
        } = VertexConfig::default();
        VertexEmbeddingConfig {
            project,
            location,
            credentials_file,
            credentials_json,
            model: MODEL.to_owned(),
            base_url,
            dimensions: None,
            timeout: TIMEOUT,
            max_retries,
        }
    }
}

#[cfg(feature = "vertex")]
impl VertexEmbeddingConfig {
    /// The defaults for `project`.
    pub fn new(project: impl Into<String>) -> Self {
        VertexEmbeddingConfig { project: project.into(), ..VertexEmbeddingConfig::default() }
    }

    /// The settings for completions at the same place.
    pub(super) fn into_server(self) -> VertexConfig {
        VertexConfig {
            project: self.project,
            location: self.location,
            credentials_file: self.credentials_file,
            credentials_json: self.credentials_json,
            model: or_default(&self.model, MODEL),
            base_url: self.base_url,
            timeout: self.timeout,
            max_retries: self.max_retries,
            ..VertexConfig::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sqlatte_providers::{EmbeddingProvider, ErrorKind, Result, Settings};

    use super::*;
    use crate::GoogleEmbeddings;

    fn gemini(settings: serde_json::Value) -> Result<GoogleEmbeddings> {
        GoogleEmbeddings::gemini(Settings::new(settings)?.read("gemini")?)
    }

    #[test]
    fn a_key_is_enough() {
        let info = gemini(json!({"api_key": "hunter2"})).unwrap().info();
        assert_eq!((info.kind, info.model.as_str()), ("gemini", MODEL));
        let own = json!({"api_key": "hunter2", "model": "text-embedding-x", "dimensions": 256, "timeout": 5});
        assert_eq!(gemini(own).unwrap().info().model, "text-embedding-x");
    }

    #[test]
    fn wrong_settings_are_named_and_no_key_is_shown() {
        for (wrong, said) in [
            (json!({}), "needs an API key"),
            (json!({"api_key": "hunter2", "dimensions": 0}), "dimensions must be"),
            (json!({"api_key": "hunter2", "model": "a b"}), "setting model"),
            (json!({"api_key": "hunter2", "temperature": 0}), "temperature"),
            (json!({"api_key": "hunter2", "timeout": 0}), "timeout"),
            (json!({"api_key": "hunter2", "base_url": "http://proxy.example"}), "in clear"),
        ] {
            let error = gemini(wrong.clone()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidSettings, "{wrong}: {error}");
            assert!(error.message().contains(said), "{wrong}: {error}");
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[cfg(feature = "vertex")]
    #[test]
    fn vertex_takes_its_own_settings() {
        let read = |settings: serde_json::Value| {
            GoogleEmbeddings::vertex(Settings::new(settings).unwrap().read("vertex").unwrap())
        };
        let at = "http://127.0.0.1:1";
        let provider = read(json!({"project_id": "shop", "base_url": at, "location": "eu"})).unwrap();
        assert_eq!((provider.info().kind, provider.most_texts()), ("vertex", 1));
        let provider =
            read(json!({"project": "shop", "base_url": at, "model": "text-embedding-005"})).unwrap();
        assert_eq!(provider.most_texts(), 5);
        assert!(read(json!({"base_url": at})).unwrap_err().message().contains("needs a project"));
    }
}
