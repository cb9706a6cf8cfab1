//! Texts as vectors: <https://platform.openai.com/docs/api-reference/embeddings>.

mod config;
mod wire;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::Value;
use sqlatte_http::Client;
use sqlatte_providers::{
    Embedding, EmbeddingFactory, EmbeddingProvider, ErrorKind, LlmInfo, ProviderError, Purpose, Result,
    Settings,
};

pub use self::config::EmbeddingConfig;
use self::wire::{Answer, Body};
use crate::{
    Config,
    endpoint::{Endpoint, Work},
    error::{Fault, Translator},
    provider::models,
};

/// An embedding model behind OpenAI's protocol.
#[derive(Debug)]
pub struct OpenAiEmbeddings {
    config: EmbeddingConfig,
    /// The settings that completions at the same server would have.
    server: Config,
    endpoint: Endpoint,
    client: Client,
}

impl OpenAiEmbeddings {
    /// Takes the settings; nothing is sent yet.
    ///
    /// # Errors
    /// `InvalidSettings` for a missing model or key, an address that is none, a key that others could read on its way,
    /// and numbers out of range.
    pub fn new(config: EmbeddingConfig) -> Result<Self> {
        config.validate()?;
        let server = config.server();
        let endpoint = Endpoint::new(&server)?;
        let client = endpoint.client(&server)?;
        Ok(OpenAiEmbeddings { config, server, endpoint, client })
    }

    fn translator(&self) -> Translator<'_> {
        let target = self.client.target();
        Translator { config: &self.server, endpoint: &self.endpoint, target, work: Work::Embeddings }
    }

    /// The error with some of the names that the server knows instead, where it has a list of them.
    async fn with_names(&self, error: ProviderError) -> ProviderError {
        let known = models(&self.endpoint, &self.client, self.config.timeout).await.ok().flatten();
        match known.and_then(|known| known.some(self.server.model.trim())) {
            Some(names) => ProviderError::new(ErrorKind::NotFound, format!("{error}; it has {names}")),
            None => error,
        }
    }
}

#[async_trait]
impl EmbeddingProvider for OpenAiEmbeddings {
    fn info(&self) -> LlmInfo {
        LlmInfo {
            kind: "openai",
            model: self.server.model.trim().to_owned(),
            target: self.client.target().to_string(),
        }
    }

    fn most_texts(&self) -> usize {
        self.config.batch_size
    }

    async fn embed(&self, texts: &[String], purpose: Purpose, timeout: Duration) -> Result<Vec<Embedding>> {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let body = Body::new(&self.config, texts, purpose);
        let request = self.endpoint.versioned(self.client.post(Work::Embeddings.path())).json(&body);
        let answer = request.timeout(timeout.min(self.config.timeout)).repeatable().send().await?;
        if !answer.status().is_success() {
            let failure = answer.into_failure().await;
            tracing::debug!(status = failure.status.as_u16(), "the server refused to embed texts");
            let fault = failure.json::<Value>().as_ref().and_then(Fault::read);
            return Err(self.translator().failure(&failure, fault.as_ref()));
        }
        let target = self.client.target();
        match answer.json::<Answer>().await?.into_vectors() {
            Ok(Some(vectors)) => Embedding::of_answer(&vectors, texts.len(), target),
            Ok(None) => Err(ProviderError::new(
                ErrorKind::Unexpected,
                format!(
                    "{target} answered with something other than embeddings; check base_url and the model"
                ),
            )),
            Err(fault) => Err(self.translator().event(&fault)),
        }
    }

    async fn check(&self) -> Result<()> {
        let text = ["customers".to_owned()];
        match self.embed(&text, Purpose::Query, self.config.timeout).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Err(self.with_names(error).await),
            done => done.map(drop),
        }
    }
}

/// Makes [`OpenAiEmbeddings`] for the registry, under the name `openai`.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenAiEmbeddingFactory;

#[async_trait]
impl EmbeddingFactory for OpenAiEmbeddingFactory {
    fn names(&self) -> &'static [&'static str] {
        &["openai"]
    }

    fn shared_keys(&self) -> &'static [&'static str] {
        &["api_key", "base_url", "api_version", "organization", "project", "headers"]
    }

    async fn connect(&self, settings: &Settings) -> Result<Arc<dyn EmbeddingProvider>> {
        Ok(Arc::new(OpenAiEmbeddings::new(settings.read("openai")?)?))
    }
}
