//! The provider and the fake model server, over real HTTP: each shows that the other speaks the format.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and so do its helpers")]

use std::time::{Duration, Instant};

use futures::{StreamExt, TryStreamExt};
use serde_json::{Value, json};
use sqlatte_llm_openai::{Config, OpenAi, OpenAiFactory, StructuredOutput};
use sqlatte_providers::{
    CompletionRequest, ErrorKind, LlmProvider, Message, Output, Piece, Registry, Role, Settings, StopReason,
};
use sqlatte_testkit::llm::{ApiFault, FakeModelServer, Reply};

fn provider(server: &FakeModelServer, structured_output: Option<StructuredOutput>) -> OpenAi {
    let config = Config {
        base_url: format!("{}/v1/", server.url()),
        model: "llama3.2".to_owned(),
        structured_output,
        ..Config::default()
    };
    OpenAi::new(config).unwrap()
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
    server.on("prose", Reply::text("I would rather write a poem."));

    for way in [StructuredOutput::JsonSchema, StructuredOutput::Tool, StructuredOutput::JsonBlock] {
        let provider = provider(&server, Some(way));
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
            let completion = run("the plan").await.unwrap();
            assert_eq!(serde_json::from_str::<Value>(&completion.text).unwrap(), plan);
            assert_eq!(completion.usage.input_tokens, 100, "{way:?} streamed={streamed}");
            assert_eq!(run("decline").await.unwrap().stop_reason, StopReason::Refusal);
            for (question, kind) in [
                ("long", ErrorKind::Unexpected),
                ("cut", ErrorKind::Unavailable),
                ("fail", ErrorKind::Unavailable),
                ("page", ErrorKind::Unexpected),
                ("portal", ErrorKind::Unavailable),
                ("nonsense", ErrorKind::Unexpected),
                ("busy", ErrorKind::RateLimited),
                ("prose", ErrorKind::Unexpected),
                ("unscripted", ErrorKind::NotFound),
            ] {
                let error = run(question).await.unwrap_err();
                assert_eq!(error.kind(), kind, "{way:?} {question} streamed={streamed}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn pieces_come_at_the_models_rate() {
    let server = FakeModelServer::start();
    let text = r#"{"sql": "SELECT count(*)"}"#;
    let reply = Reply::text(text).after(Duration::from_millis(200)).at_rate(20.0);
    let took = reply.duration();
    assert_eq!(took, Duration::from_millis(200 + 50 * 7), "26 characters are 7 tokens");
    server.otherwise(reply);
    let provider = provider(&server, None);
    let request = ask("x");
    let begun = Instant::now();
    let mut pieces = provider.stream(&request);
    assert_eq!(pieces.next().await.unwrap().unwrap(), Piece::Text(text[..4].to_owned()));
    let first = begun.elapsed();
    assert!(first >= Duration::from_millis(200) && first < took, "{first:?}");
    let rest: Vec<_> = pieces.try_collect().await.unwrap();
    assert!(begun.elapsed() >= took, "{:?}", begun.elapsed());
    assert_eq!(rest.len(), 7);
    let begun = Instant::now();
    provider.complete(&request).await.unwrap();
    assert!(begun.elapsed() >= took, "a whole answer takes as long: {:?}", begun.elapsed());
}

/// Status 429 says that waiting helps; without credit it does not.
#[tokio::test]
async fn an_empty_account_is_not_asked_again() {
    let server = FakeModelServer::start();
    server.otherwise(Reply::fault(ApiFault::NoCredit));
    let error = provider(&server, None).complete(&ask("x")).await.unwrap_err();
    assert_eq!((error.kind(), server.calls()), (ErrorKind::RateLimited, 1), "{error}");
    assert!(error.message().contains("no credit left"), "{error}");
}

#[tokio::test]
async fn a_server_that_is_gone_is_noticed_in_mid_stream() {
    let server = FakeModelServer::start();
    server.otherwise(Reply::text("{\"ab\":1}").in_pieces(4).every(Duration::from_secs(10)));
    let provider = provider(&server, None);
    let request = ask("x");
    let mut pieces = provider.stream(&request);
    pieces.next().await.unwrap().unwrap();
    drop(server);
    assert_eq!(pieces.next().await.unwrap().unwrap_err().kind(), ErrorKind::Unavailable);
    drop(pieces);
    assert_eq!(provider.complete(&request).await.unwrap_err().kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn the_registry_makes_one() {
    let server = FakeModelServer::start();
    server.otherwise(Reply::text("Hi"));
    let registry = Registry::new().with_llm(OpenAiFactory);
    assert_eq!(registry.llms(), ["openai"]);
    let settings = Settings::new(json!({"model": "m", "base_url": server.url()})).unwrap();
    let provider = registry.llm("openai", &settings).await.unwrap();
    let info = provider.info();
    assert_eq!((info.kind, info.model.as_str()), ("openai", "m"));
    assert_eq!(format!("http://{}", info.target), server.url());
    provider.check().await.unwrap();
    let error = registry.llm("openai", &Settings::new(json!({"model": "m"})).unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidSettings);
}
