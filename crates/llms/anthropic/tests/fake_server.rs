//! The provider and the fake model server, over real HTTP: each shows that the other speaks the API.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and so do its helpers")]

use std::time::{Duration, Instant};

use futures::{StreamExt, TryStreamExt};
use serde_json::json;
use sqlatte_llm_anthropic::{Anthropic, AnthropicFactory, Config};
use sqlatte_providers::{
    CompletionRequest, ErrorKind, LlmProvider, Message, Output, Piece, Registry, Role, Secret, Settings,
    StopReason,
};
use sqlatte_testkit::llm::{ApiFault, FakeModelServer, Reply};

fn provider(server: &FakeModelServer, model: &str) -> Anthropic {
    let config = Config {
        api_key: Secret::new("sk-1"),
        base_url: format!("{}/v1/", server.url()),
        model: model.to_owned(),
        ..Config::default()
    };
    Anthropic::new(config).unwrap()
}

fn ask(text: &str) -> CompletionRequest {
    CompletionRequest {
        system: Vec::new(),
        messages: vec![Message { role: Role::User, text: text.to_owned() }],
        output: Output::Json { name: "plan".to_owned(), schema: json!({"type": "object", "properties": {}}) },
        max_tokens: None,
        temperature: Some(0.0),
        timeout: Duration::from_secs(5),
    }
}

#[tokio::test]
async fn every_reply_is_understood() {
    let server = FakeModelServer::start();
    let plan = json!({"sql": "SELECT 'ç'"});
    server.on("plan", Reply::json(&plan));
    server.on("decline", Reply::refusal("No."));
    server.on("long", Reply::truncated("{\"sql\": \"SEL"));
    server.on("cut", Reply::cut("{\"sql\": \"SEL"));
    server.on("fail", Reply::failing("{\"sql\"", ApiFault::Overloaded));
    server.on("page", Reply::page(200));
    server.on("portal", Reply::page(502));
    server.on("nonsense", Reply::nonsense());
    server.on("busy", Reply::error(429, "rate_limit_error", "slow down").retry_after("600"));

    for model in ["claude-sonnet-5-5", "other-maker"] {
        let provider = provider(&server, model);
        for streamed in [false, true] {
            let run = async |question: &str| {
                let request = ask(question);
                if !streamed {
                    return provider.complete(&request).await;
                }
                let pieces: Vec<_> = provider.stream(&request).try_collect().await?;
                let Some(Piece::Done(done)) = pieces.into_iter().last() else { panic!("no end") };
                Ok(done)
            };
            let text = run("the plan").await.unwrap().text;
            assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), plan);
            assert_eq!(run("decline").await.unwrap().stop_reason, StopReason::Refusal);
            for (question, kind) in [
                ("long", ErrorKind::Unexpected),
                ("cut", ErrorKind::Unavailable),
                ("fail", ErrorKind::Unavailable),
                ("page", ErrorKind::Unexpected),
                ("portal", ErrorKind::Unavailable),
                ("nonsense", ErrorKind::Unexpected),
                ("busy", ErrorKind::RateLimited),
                ("unscripted", ErrorKind::NotFound),
            ] {
                let error = run(question).await.unwrap_err();
                assert_eq!(error.kind(), kind, "{model} {question} streamed={streamed}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn pieces_come_as_they_are_written() {
    let server = FakeModelServer::start();
    server.otherwise(Reply::text("abcd").in_pieces(4).every(Duration::from_millis(100)));
    let provider = provider(&server, "claude-sonnet-5-5");
    let request = ask("x");
    let begun = Instant::now();
    let mut pieces = provider.stream(&request);
    assert_eq!(pieces.next().await.unwrap().unwrap(), Piece::Text("a".to_owned()));
    assert!(begun.elapsed() < Duration::from_millis(250), "{:?}", begun.elapsed());
    let rest: Vec<_> = pieces.try_collect().await.unwrap();
    assert_eq!(rest.len(), 4);
    assert!(begun.elapsed() >= Duration::from_millis(300), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn sequences_delays_and_requests() {
    let server = FakeModelServer::start();
    server.next(1, Reply::error(529, "overloaded_error", "Overloaded"));
    server.otherwise_with(|question| Reply::text(format!("{question}?")).after(Duration::from_millis(300)));
    let provider = provider(&server, "claude-sonnet-5-5");
    assert_eq!(provider.complete(&ask("why")).await.unwrap().text, "why?");
    assert_eq!(server.calls(), 2);
    assert_eq!(server.requests()[1]["model"], "claude-sonnet-5-5");
    let hurried = CompletionRequest { timeout: Duration::from_millis(100), ..ask("why") };
    assert_eq!(provider.complete(&hurried).await.unwrap_err().kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn a_server_that_is_gone_is_noticed_in_mid_stream() {
    let server = FakeModelServer::start();
    server.otherwise(Reply::text("abcd").in_pieces(4).every(Duration::from_secs(10)));
    let provider = provider(&server, "claude-sonnet-5-5");
    let request = ask("x");
    let mut pieces = provider.stream(&request);
    pieces.next().await.unwrap().unwrap();
    drop(server);
    assert_eq!(pieces.next().await.unwrap().unwrap_err().kind(), ErrorKind::Unavailable);
    drop(pieces);
    assert_eq!(provider.complete(&request).await.unwrap_err().kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn the_registry_makes_one_by_either_name() {
    let server = FakeModelServer::start();
    server.otherwise(Reply::text("Hi"));
    let registry = Registry::new().with_llm(AnthropicFactory);
    assert_eq!(registry.llms(), ["anthropic"]);
    for name in ["anthropic", "claude"] {
        let settings = Settings::new(json!({"api_key": "sk-1", "base_url": server.url()})).unwrap();
        let provider = registry.llm(name, &settings).await.unwrap();
        let info = provider.info();
        assert_eq!((info.kind, info.model.as_str()), ("anthropic", "claude-sonnet-5-5"));
        assert_eq!(format!("http://{}", info.target), server.url());
        provider.check().await.unwrap();
    }
    for (settings, message) in [
        (
            json!({}),
            "anthropic needs an API key: set ANTHROPIC_API_KEY for Anthropic's own address, SQLATTE_LLM_API_KEY for \
             any, or api_key in its settings",
        ),
        (
            json!({"api_key": "sk-1", "base_url": "localhost"}),
            "base_url of anthropic: the address is not a URL; write it like https://api.example.com",
        ),
        (
            json!({"api_key": "sk-1", "base_url": "http://gateway.example.com"}),
            "the key of anthropic would go to gateway.example.com for all to read: write base_url with https://",
        ),
        (
            json!({"api_key": "sk\n1"}),
            "the value for the header x-api-key has characters that cannot be sent, such as a line break",
        ),
    ] {
        let error = registry.llm("anthropic", &Settings::new(settings).unwrap()).await.unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::InvalidSettings, message));
    }
}

/// What a server refuses of a question, it refuses of a check.
#[tokio::test]
async fn a_check_asks_for_the_form_of_a_question() {
    let refusals = [
        ("claude-sonnet-5-5", "output_config: Extra inputs are not permitted", "anthropic to tool"),
        ("other-maker", "tool_choice: forced tool use is not supported", "anthropic to json_schema"),
    ];
    for (model, words, remedy) in refusals {
        let server = FakeModelServer::start();
        server.otherwise(Reply::error(400, "invalid_request_error", words));
        let error = provider(&server, model).check().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rejected);
        assert!(error.message().contains(remedy) && error.message().ends_with(words), "{error}");
        let asked = &server.requests()[0];
        assert_eq!(asked.get("output_config").is_some(), model == "claude-sonnet-5-5", "{asked}");
        assert_eq!(asked.get("tools").is_some(), model == "other-maker", "{asked}");
    }
}
