//! Texts as vectors: <https://ai.google.dev/api/embeddings> with a key, and
//! <https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api> in a project.

mod config;
mod wire;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use sqlatte_providers::{
    Embedding, EmbeddingFactory, EmbeddingProvider, ErrorKind, LlmInfo, ProviderError, Purpose, Result,
    Settings,
};

pub use self::config::GeminiEmbeddingConfig;
#[cfg(feature = "vertex")]
pub use self::config::VertexEmbeddingConfig;
use self::wire::Answer;
use crate::{Google, access::Access, error::Work};

/// An embedding model, behind the Gemini API or Vertex AI.
#[derive(Debug)]
pub struct GoogleEmbeddings {
    api: Google,
    dimensions: Option<u32>,
}

impl GoogleEmbeddings {
    /// Takes the settings of the Gemini API; nothing is sent yet.
    ///
    /// # Errors
    /// `InvalidSettings` for a missing key, an address that is none or can be read along on its way, and numbers out
    /// of range.
    pub fn gemini(config: GeminiEmbeddingConfig) -> Result<Self> {
        let dimensions = config.dimensions;
        GoogleEmbeddings::new(Google::gemini(config.into_server())?, dimensions)
    }

    /// Takes the settings of Vertex AI. A key file is read now; nothing is sent yet.
    ///
    /// # Errors
    /// Those of [`Google::vertex`].
    #[cfg(feature = "vertex")]
    pub fn vertex(config: VertexEmbeddingConfig) -> Result<Self> {
        let dimensions = config.dimensions;
        GoogleEmbeddings::new(Google::vertex(config.into_server())?, dimensions)
    }

    fn new(api: Google, dimensions: Option<u32>) -> Result<Self> {
        if dimensions == Some(0) {
            let message = "the setting dimensions must be at least 1";
            return Err(ProviderError::new(ErrorKind::InvalidSettings, message));
        }
        Ok(GoogleEmbeddings { api: api.for_work(Work::Embeddings), dimensions })
    }

    fn model(&self) -> &str {
        &self.api.options().model
    }
}

#[async_trait]
impl EmbeddingProvider for GoogleEmbeddings {
    fn info(&self) -> LlmInfo {
        self.api.told()
    }

    /// Vertex AI takes a single text for Gemini's models, and outside its first region five for the others.
    fn most_texts(&self) -> usize {
        match self.api.access() {
            Access::Key(_) => 32,
            #[cfg(feature = "vertex")]
            Access::Login { .. } if self.model().contains("gemini-") => 1,
            #[cfg(feature = "vertex")]
            Access::Login { .. } => 5,
        }
    }

    async fn embed(&self, texts: &[String], purpose: Purpose, timeout: Duration) -> Result<Vec<Embedding>> {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let (method, body) = match self.api.access() {
            Access::Key(_) => {
                // The API wants the model's own name in each request, too.
                let resource = self.api.access().resource(self.model());
                ("batchEmbedContents", wire::contents(&resource, texts, purpose, self.dimensions))
            }
            #[cfg(feature = "vertex")]
            Access::Login { .. } => {
                ("predict", wire::instances(self.model(), texts, purpose, self.dimensions))
            }
        };
        let (answer, pass) = self.api.post(method, None, &body, timeout).await?;
        let mut answer: Answer = answer.json().await?;
        if let Some(fault) = answer.take_fault() {
            return Err(self.api.translator(&pass).event(&fault));
        }
        let target = self.api.told().target;
        match answer.into_vectors() {
            Some(vectors) => Embedding::of_answer(&vectors, texts.len(), &target),
            None => Err(ProviderError::new(
                ErrorKind::Unexpected,
                format!(
                    "{target} answered with something other than embeddings; check base_url and the model"
                ),
            )),
        }
    }

    async fn check(&self) -> Result<()> {
        let text = ["customers".to_owned()];
        self.embed(&text, Purpose::Query, self.api.options().timeout).await.map(drop)
    }
}

/// Makes [`GoogleEmbeddings`] of the Gemini API for the registry, under the names `gemini` and `google`.
#[derive(Debug, Clone, Copy, Default)]
pub struct GeminiEmbeddingFactory;

#[async_trait]
impl EmbeddingFactory for GeminiEmbeddingFactory {
    fn names(&self) -> &'static [&'static str] {
        &["gemini", "google"]
    }

    fn shared_keys(&self) -> &'static [&'static str] {
        &["api_key", "base_url"]
    }

    async fn connect(&self, settings: &Settings) -> Result<Arc<dyn EmbeddingProvider>> {
        Ok(Arc::new(GoogleEmbeddings::gemini(settings.read("gemini")?)?))
    }
}

/// Makes [`GoogleEmbeddings`] of Vertex AI for the registry, under the names `vertex` and `vertexai`.
#[cfg(feature = "vertex")]
#[derive(Debug, Clone, Copy, Default)]
pub struct VertexEmbeddingFactory;

#[cfg(feature = "vertex")]
#[async_trait]
impl EmbeddingFactory for VertexEmbeddingFactory {
    fn names(&self) -> &'static [&'static str] {
        &["vertex", "vertexai"]
    }

    fn shared_keys(&self) -> &'static [&'static str] {
        &[
            "project",
            "project_id",
            "location",
            "credentials_file",
            "credentials_path",
            "credentials_json",
            "base_url",
        ]
    }

    async fn connect(&self, settings: &Settings) -> Result<Arc<dyn EmbeddingProvider>> {
        Ok(Arc::new(GoogleEmbeddings::vertex(settings.read("vertex")?)?))
    }
}
