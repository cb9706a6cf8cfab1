//! The embedding contract, with bodies as Google documents them, for the Gemini API and for Vertex AI.
#![cfg(feature = "vertex")]

mod token_server;

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use sqlatte_llm_google::{
    GeminiEmbeddingConfig, GeminiEmbeddingFactory, GoogleEmbeddings, VertexEmbeddingConfig,
    VertexEmbeddingFactory,
};
use sqlatte_providers::{EmbeddingProvider, ErrorKind, Purpose, Registry, Result, Secret, Settings};
use sqlatte_testkit::llm::{EmbeddingFormat, EmbeddingHarness, FakeModelServer, contract::KEY};

const PROJECT: &str = "contract-project";

fn task(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Document => "RETRIEVAL_DOCUMENT",
        Purpose::Query => "RETRIEVAL_QUERY",
    }
}

struct Gemini;

impl EmbeddingHarness for Gemini {
    fn provider(&self, base_url: &str) -> Result<Arc<dyn EmbeddingProvider>> {
        let mut config = GeminiEmbeddingConfig::new(Secret::new(KEY));
        config.base_url = base_url.to_owned();
        config.max_retries = 1;
        Ok(Arc::new(GoogleEmbeddings::gemini(config)?))
    }

    fn format(&self) -> EmbeddingFormat {
        EmbeddingFormat::Gemini
    }

    fn path(&self) -> String {
        "/v1beta/models/gemini-embedding-001:batchEmbedContents".to_owned()
    }

    fn authorization(&self) -> (&'static str, String) {
        ("x-goog-api-key", KEY.to_owned())
    }

    fn request_body(&self, texts: &[String], purpose: Purpose) -> Value {
        let requests = texts.iter().map(|text| {
            json!({
                "model": "models/gemini-embedding-001",
                "content": {"parts": [{"text": text}]},
                "taskType": task(purpose),
            })
        });
        json!({"requests": requests.collect::<Vec<_>>()})
    }
}

/// Gemini's models take a single text at a time there.
struct Vertex {
    model: &'static str,
    dimensions: Option<u32>,
}

impl EmbeddingHarness for Vertex {
    fn provider(&self, base_url: &str) -> Result<Arc<dyn EmbeddingProvider>> {
        let token = json!({"access_token": KEY, "expires_in": 3600, "token_type": "Bearer"});
        let mut config = VertexEmbeddingConfig::new(PROJECT);
        config.credentials_json = token_server::key_answered(200, &token);
        config.model = self.model.to_owned();
        config.base_url = base_url.to_owned();
        config.dimensions = self.dimensions;
        config.max_retries = 1;
        Ok(Arc::new(GoogleEmbeddings::vertex(config)?))
    }

    fn format(&self) -> EmbeddingFormat {
        EmbeddingFormat::Vertex
    }

    fn path(&self) -> String {
        let model = self.model;
        format!("/v1/projects/{PROJECT}/locations/global/publishers/google/models/{model}:predict")
    }

    fn authorization(&self) -> (&'static str, String) {
        ("authorization", format!("Bearer {KEY}"))
    }

    fn request_body(&self, texts: &[String], purpose: Purpose) -> Value {
        let instances = texts.iter().map(|text| json!({"content": text, "task_type": task(purpose)}));
        let mut body = json!({
            "instances": instances.collect::<Vec<_>>(),
            "parameters": {"autoTruncate": true},
        });
        if let Some(dimensions) = self.dimensions {
            body["parameters"]["outputDimensionality"] = dimensions.into();
        }
        body
    }
}

mod gemini {
    use super::*;

    sqlatte_testkit::embedding_contract!(Gemini);
}

mod vertex_one_text {
    use super::*;

    sqlatte_testkit::embedding_contract!(Vertex { model: "gemini-embedding-001", dimensions: Some(768) });
}

mod vertex_some_texts {
    use super::*;

    sqlatte_testkit::embedding_contract!(Vertex { model: "text-embedding-005", dimensions: None });
}

#[tokio::test]
async fn the_fake_server_and_the_registry_speak_it() {
    let server = FakeModelServer::start();
    server.embeds(|text| vec![if text == "orders" { 1.0 } else { 0.0 }, 1.0]);
    let registry =
        Registry::new().with_embeddings(GeminiEmbeddingFactory).with_embeddings(VertexEmbeddingFactory);
    assert_eq!(registry.embeddings(), ["gemini", "vertex"]);
    for (name, settings) in [
        ("google", json!({"api_key": KEY, "base_url": server.url()})),
        ("vertexai", json!({"project": PROJECT, "base_url": server.url()})),
    ] {
        let factory = registry.embedding_factory(name).unwrap();
        let provider = factory.connect(&Settings::new(settings).unwrap()).await.unwrap();
        provider.check().await.unwrap();
        let limit = Duration::from_secs(5);
        let found = provider.embed(&["orders".to_owned()], Purpose::Query, limit).await.unwrap();
        assert_eq!(found.len(), 1);
    }
    assert_eq!(server.embedded().len(), 4);

    let silent = FakeModelServer::start();
    let settings = json!({"api_key": KEY, "base_url": silent.url(), "max_retries": 0});
    let factory = registry.embedding_factory("gemini").unwrap();
    let provider = factory.connect(&Settings::new(settings).unwrap()).await.unwrap();
    let error = provider.check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "a server that embeds nothing: {error}");
}
