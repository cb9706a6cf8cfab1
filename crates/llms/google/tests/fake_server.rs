//! The provider and the fake model server, over real HTTP: each shows that the other speaks the format.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and so do its helpers")]

use std::time::{Duration, Instant};

use futures::{StreamExt, TryStreamExt};
use serde_json::json;
use sqlatte_llm_google::{GeminiConfig, GeminiFactory, Google, StructuredOutput};
use sqlatte_providers::{
    CompletionRequest, ErrorKind, LlmProvider, Message, Output, Piece, Registry, Role, Secret, Settings,
    StopReason,
};
use sqlatte_testkit::llm::{ApiFault, FakeModelServer, Reply};

fn provider(server: &FakeModelServer, way: StructuredOutput) -> Google {
    let mut config = GeminiConfig::new(Secret::new("AIza-1"));
    config.base_url = format!("{}/v1beta/", server.url());
    config.structured_output = Some(way);
    Google::gemini(config).unwrap()
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
    server.on("busy", Reply::fault(ApiFault::RateLimited(600)));

    for way in [StructuredOutput::JsonSchema, StructuredOutput::ResponseSchema, StructuredOutput::Tool] {
        let provider = provider(&server, way);
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
                assert_eq!(error.kind(), kind, "{way:?} {question} streamed={streamed}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn pieces_come_as_they_are_written() {
    let server = FakeModelServer::start();
    server.otherwise(Reply::text("abcd").in_pieces(4).every(Duration::from_millis(100)));
    let provider = provider(&server, StructuredOutput::JsonSchema);
    let request = ask("x");
    let begun = Instant::now();
    let mut pieces = provider.stream(&request);
    assert_eq!(pieces.next().await.unwrap().unwrap(), Piece::Text("a".to_owned()));
    assert!(begun.elapsed() < Duration::from_millis(290), "{:?}", begun.elapsed());
    let rest: Vec<_> = pieces.try_collect().await.unwrap();
    assert_eq!(rest.len(), 4);
    assert!(begun.elapsed() >= Duration::from_millis(300), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn what_passes_is_tried_again_after_the_wait_that_is_asked_for() {
    let server = FakeModelServer::start();
    server.next(1, Reply::fault(ApiFault::RateLimited(1)));
    server.next(1, Reply::fault(ApiFault::Internal));
    server.otherwise(Reply::text("fine"));
    let provider = provider(&server, StructuredOutput::JsonSchema);
    let begun = Instant::now();
    assert_eq!(provider.complete(&ask("why")).await.unwrap().text, "fine");
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(server.calls(), 3);
}

#[tokio::test]
async fn a_server_that_is_gone_is_noticed_in_mid_stream() {
    let server = FakeModelServer::start();
    server.otherwise(Reply::text("abcd").in_pieces(4).every(Duration::from_secs(10)));
    let provider = provider(&server, StructuredOutput::JsonSchema);
    let request = ask("x");
    let mut pieces = provider.stream(&request);
    pieces.next().await.unwrap().unwrap();
    drop(server);
    assert_eq!(pieces.next().await.unwrap().unwrap_err().kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn the_registry_makes_one_by_either_name() {
    let server = FakeModelServer::start();
    server.otherwise(Reply::text("Hi"));
    let registry = Registry::new().with_llm(GeminiFactory);
    assert_eq!(registry.llms(), ["gemini"]);
    for name in ["gemini", "google"] {
        let settings = Settings::new(json!({"api_key": " AIza-1\n", "base_url": server.url()})).unwrap();
        let provider = registry.llm(name, &settings).await.unwrap();
        let info = provider.info();
        assert_eq!((info.kind, info.model.as_str()), ("gemini", "gemini-3.8-flash"));
        assert_eq!(format!("http://{}", info.target), server.url());
        provider.check().await.unwrap();
    }
}

#[tokio::test]
async fn a_check_finds_what_a_question_would() {
    let server = FakeModelServer::start();
    let refused =
        "'minimal' is not a supported thinking level for this model. Allowed values are: medium, low, high.";
    server.next(1, Reply::error(400, "INVALID_ARGUMENT", refused));
    server
        .next(1, Reply::error(400, "INVALID_ARGUMENT", "Json mode is not enabled for models/gemma-3-27b-it"));
    let provider = provider(&server, StructuredOutput::JsonSchema);
    for words in ["check thinking_level", "set structured_output to another way"] {
        let error = provider.check().await.unwrap_err();
        assert!(error.message().contains(words), "{error}");
    }
    assert_eq!(server.requests()[0]["generationConfig"]["responseMimeType"], "application/json");
}
