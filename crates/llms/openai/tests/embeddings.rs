//! The embedding contract, with bodies as <https://platform.openai.com/docs/api-reference/embeddings> documents them, for
//! OpenAI's way and for Azure's, and what servers of one's own do otherwise.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and so do its helpers")]

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use sqlatte_llm_openai::{EmbeddingConfig, OpenAiEmbeddingFactory, OpenAiEmbeddings};
use sqlatte_providers::{EmbeddingProvider, ErrorKind, Purpose, Registry, Result, Secret, Settings};
use sqlatte_testkit::llm::{
    ApiFault, EmbeddingFormat, EmbeddingHarness, FakeModelServer, Reply, contract::KEY,
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

/// A model that is told what its texts are for.
const NOMIC: &str = "nomic-embed-text";

#[derive(Default)]
struct Harness {
    azure: bool,
}

impl EmbeddingHarness for Harness {
    fn provider(&self, base_url: &str) -> Result<Arc<dyn EmbeddingProvider>> {
        let mut config = EmbeddingConfig::new(if self.azure { "own" } else { NOMIC });
        config.api_key = Secret::new(KEY);
        config.base_url = base_url.to_owned();
        config.max_retries = 1;
        if self.azure {
            config.api_version = "2024-10-21".to_owned();
            config.dimensions = Some(256);
        }
        Ok(Arc::new(OpenAiEmbeddings::new(config)?))
    }

    fn format(&self) -> EmbeddingFormat {
        EmbeddingFormat::OpenAi
    }

    fn path(&self) -> String {
        match self.azure {
            true => "/openai/deployments/own/embeddings?api-version=2024-10-21".to_owned(),
            false => "/v1/embeddings".to_owned(),
        }
    }

    fn authorization(&self) -> (&'static str, String) {
        match self.azure {
            true => ("api-key", KEY.to_owned()),
            false => ("authorization", format!("Bearer {KEY}")),
        }
    }

    fn request_body(&self, texts: &[String], purpose: Purpose) -> Value {
        if self.azure {
            return json!({"model": "own", "input": texts, "dimensions": 256});
        }
        let prefix = match purpose {
            Purpose::Document => "search_document: ",
            Purpose::Query => "search_query: ",
        };
        let texts: Vec<String> = texts.iter().map(|text| format!("{prefix}{text}")).collect();
        json!({"model": NOMIC, "input": texts})
    }
}

mod openai {
    use super::*;

    sqlatte_testkit::embedding_contract!(Harness::default());
}

mod azure {
    use super::*;

    sqlatte_testkit::embedding_contract!(Harness { azure: true });
}

fn at(url: &str) -> OpenAiEmbeddings {
    let mut config = EmbeddingConfig::new(NOMIC);
    config.base_url = format!("{url}/v1/embeddings");
    config.max_retries = 0;
    OpenAiEmbeddings::new(config).unwrap()
}

#[tokio::test]
async fn a_model_that_is_missing_is_told_with_those_there_are() {
    let server = MockServer::start().await;
    let missing = json!({"error": {"message": "model \"nomic-embed-text\" not found, try pulling it first"}});
    Mock::given(method("POST"))
        .and(path("/v1/embeddings"))
        .respond_with(ResponseTemplate::new(404).set_body_json(missing))
        .mount(&server)
        .await;
    let list = json!({"object": "list", "data": [{"id": "all-minilm:latest"}]});
    Mock::given(method("GET"))
        .and(path("/v1/models"))
        .respond_with(ResponseTemplate::new(200).set_body_json(list))
        .mount(&server)
        .await;
    let error = at(&server.uri()).check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.message().ends_with("it has all-minilm:latest"), "{error}");
}

#[tokio::test]
async fn the_fake_server_and_the_registry_speak_it() {
    let server = FakeModelServer::start();
    server.embeds(|text| vec![if text.contains("orders") { 1.0 } else { -1.0 }, 0.0]);
    server.embeds_not("broken", Reply::page(502));
    server.embeds_not("busy", Reply::fault(ApiFault::RateLimited(600)));
    let registry = Registry::new().with_embeddings(OpenAiEmbeddingFactory);
    let factory = registry.embedding_factory("openai").unwrap();
    let settings = json!({"model": NOMIC, "base_url": server.url(), "max_retries": 0});
    let provider = factory.connect(&Settings::new(settings).unwrap()).await.unwrap();
    let embed = async |texts: &[&str]| {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        provider.embed(&texts, Purpose::Document, Duration::from_secs(5)).await
    };
    let found = embed(&["orders", "staff"]).await.unwrap();
    assert!((found[0].likeness(&found[1]).unwrap() + 1.0).abs() < 1e-6);
    assert_eq!(server.embedded()[0]["input"], json!(["search_document: orders", "search_document: staff"]));
    assert_eq!(embed(&["orders", "broken"]).await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(embed(&["busy"]).await.unwrap_err().kind(), ErrorKind::RateLimited);
    assert_eq!((server.calls(), server.embedded().len()), (0, 3), "completions are counted apart");
    assert_eq!((provider.info().model.as_str(), provider.most_texts()), (NOMIC, 32));

    let unknown = FakeModelServer::start();
    let error = at(&unknown.url()).check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "a server that embeds nothing: {error}");
}
