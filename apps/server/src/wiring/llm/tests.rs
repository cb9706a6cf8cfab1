#![cfg(all(feature = "llm-anthropic", feature = "llm-openai"))]

use std::fs;

use super::*;
use crate::{
    config::{Config, Environment, Overrides},
    wiring::registry,
};

fn load(yaml: &str) -> Config {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.yaml");
    fs::write(&file, yaml).unwrap();
    Config::load_in(Some(&file), &Overrides::default(), &Environment::default().in_folder(folder.path()))
        .unwrap()
}

const LOCAL: &str = "{ provider: openai, base_url: \"http://127.0.0.1:1/v1\", model: b }";

#[tokio::test]
async fn each_model_is_made_once() {
    let config = load(&format!(
        "llm: {{ provider: claude, anthropic: {{ api_key: k, model: a }}, fallback: [{LOCAL}, anthropic], tasks: {{ \
         repair: {LOCAL} }} }}"
    ));
    let llm = &config.llm;
    let mut models = Models::new(llm, registry());
    let [(key, interpret), (of_repairs, repair), ..] = llm.tasks.each();
    let first = models.asked(key, interpret).await.unwrap();
    let second = models.asked(of_repairs, repair).await.unwrap();
    assert_eq!((first.info().model.as_str(), second.info().model.as_str()), ("a", "b"));
    assert_eq!(models.made.len(), 2);

    let alone = load("llm: { provider: anthropic, anthropic: { api_key: k }, fallback: [claude] }");
    let mut models = Models::new(&alone.llm, registry());
    let only = models.asked(key, &Model::default()).await.unwrap();
    let made = &models.made[0].circuit;
    assert!(
        std::ptr::addr_eq(Arc::as_ptr(&only), Arc::as_ptr(made)),
        "there is no other one to fall back to, and it is left alone all the same when it fails"
    );
}

#[tokio::test]
async fn the_example_can_be_made() {
    let yaml = include_str!("../../../../../config/examples/fallback.yaml");
    let config = load(&yaml.replace("    max_retries: 1", "    api_key: k"));
    let mut models = Models::new(&config.llm, registry());
    for (key, model) in config.llm.tasks.each() {
        models.asked(key, model).await.unwrap();
    }
    assert_eq!(
        models.made.len(),
        3,
        "one for questions, one for repairs, and one for when they do not answer"
    );
}

#[tokio::test]
async fn faults_name_where_the_model_is_set() {
    for (yaml, said) in [
        (
            "fallback: [openai]",
            "llm.fallback[0]: the setting model of openai is empty; name a model as the server does",
        ),
        ("fallback: [offline]", "llm.fallback[0]: offline is no model: name one here, or leave it out"),
        (
            "tasks: { interpret: { efort: high } }",
            "llm.tasks.interpret: the settings of `anthropic`: efort: unknown field",
        ),
        (
            "tasks: { interpret: { provider: nobody } }",
            "llm.tasks.interpret: this build has no `nobody` LLM provider",
        ),
        (
            "anthropic: { max_tokens: 0, api_key: k }",
            "the setting max_tokens of anthropic must be at least 1",
        ),
    ] {
        let key = if yaml.contains("api_key") { "" } else { ", anthropic: { api_key: k }" };
        let config = load(&format!("llm: {{ provider: anthropic{key}, {yaml} }}"));
        let mut models = Models::new(&config.llm, registry());
        let [(key, interpret), ..] = config.llm.tasks.each();
        let error = models.asked(key, interpret).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidSettings);
        assert!(error.message().starts_with(said), "{error}");
    }
}

#[tokio::test]
async fn the_example_of_embeddings_can_be_made() {
    let config = load(include_str!("../../../../../config/examples/embeddings.yaml"));
    let info = embeddings(&config.llm, &registry()).await.unwrap().unwrap().info();
    assert_eq!((info.model.as_str(), info.target.as_str()), ("nomic-embed-text", "127.0.0.1:11434"));
}

/// Who embeds, and which keys of the provider's section it is given.
#[tokio::test]
async fn embeddings_share_what_is_of_the_server() {
    let of = async |yaml: &str| {
        let config = load(&format!("llm: {{ {yaml} }}"));
        embeddings(&config.llm, &registry()).await.map(|made| made.map(|provider| provider.info()))
    };
    assert_eq!(of("provider: anthropic").await.unwrap(), None);
    let section =
        "openai: { base_url: \"http://127.0.0.1:1/v1\", model: qwen3, temperature: 0, timeout: 300 }";
    let own = of(&format!("{section}, embeddings: {{ provider: openai, model: e }}")).await.unwrap().unwrap();
    assert_eq!((own.kind, own.model.as_str(), own.target.as_str()), ("openai", "e", "127.0.0.1:1"));
    // The chat's model is none for embeddings.
    let error =
        of(&format!("{section}, provider: openai, embeddings: {{ batch_size: 1 }}")).await.unwrap_err();
    assert!(error.message().starts_with("llm.embeddings: the setting model is empty"), "{error}");
    for (yaml, said) in [
        ("embeddings: { model: e }", "llm.embeddings: this build has no `offline` embedding provider"),
        ("embeddings: anthropic", "llm.embeddings: this build has no `anthropic` embedding provider"),
        (
            "embeddings: { provider: openai, model: e, temperature: 0 }",
            "llm.embeddings: the settings of `openai`",
        ),
        ("embeddings: { provider: openai, model: e }", "llm.embeddings: openai needs an API key"),
        (
            "openai: { api_key: k }, embeddings: { provider: openai, model: e, base_url: \"https://api.openai.com\" }",
            "llm.embeddings: openai needs an API key",
        ),
    ] {
        let error = of(yaml).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidSettings);
        assert!(error.message().starts_with(said), "{yaml}: {error}");
    }
}
