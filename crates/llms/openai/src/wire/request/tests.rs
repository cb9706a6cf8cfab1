use std::time::Duration;

use serde_json::json;
use sqlatte_providers::{Message as Spoken, SystemBlock};

use super::*;
use crate::manner::Learned;

fn request() -> CompletionRequest {
    CompletionRequest {
        system: vec![
            SystemBlock { text: "You write SQL.".to_owned(), cache: false },
            SystemBlock { text: "Tables: orders(id, total)".to_owned(), cache: true },
        ],
        messages: vec![
            Spoken { role: Role::User, text: "top products".to_owned() },
            Spoken { role: Role::Assistant, text: "SELECT 1".to_owned() },
            Spoken { role: Role::User, text: "and last month?".to_owned() },
        ],
        output: Output::Text,
        max_tokens: None,
        temperature: Some(0.0),
        timeout: Duration::from_secs(1),
    }
}

fn structured() -> CompletionRequest {
    let schema = json!({
        "type": "object",
        "properties": {"confidence": {"type": "number"}, "sql": {"type": "string", "maxLength": 5000}},
        "required": ["sql"],
    });
    CompletionRequest { output: Output::Json { name: "plan".to_owned(), schema }, ..request() }
}

fn manner(config: &Config) -> Manner {
    Learned::new(config, false).manner()
}

/// As it is sent, where the order of fields counts.
fn text(body: &Body<'_>) -> String {
    serde_json::to_string_pretty(body).unwrap()
}

#[test]
fn text_and_nothing_set() {
    let config = Config { model: " m\n".to_owned(), ..Config::default() };
    insta::assert_snapshot!(text(&Body::new(&config, &request(), false, manner(&config))));
}

#[test]
fn structured_by_schema_streaming_and_all_set() {
    let config = Config {
        model: "gpt-6".to_owned(),
        max_tokens: Some(900),
        max_tokens_field: Some(TokensField::MaxCompletionTokens),
        reasoning_effort: Some(ReasoningEffort::Minimal),
        ..Config::default()
    };
    insta::assert_snapshot!(text(&Body::new(&config, &structured(), true, manner(&config))));
}

#[test]
fn structured_by_tool_and_by_block() {
    let config = Config { model: "m".to_owned(), ..Config::default() };
    let request = structured();
    let text =
        |structured| text(&Body::new(&config, &request, false, Manner { structured, ..manner(&config) }));
    insta::assert_snapshot!(text(StructuredOutput::Tool));
    insta::assert_snapshot!(text(StructuredOutput::JsonBlock));
}

#[test]
fn the_request_overrides_the_configuration() {
    let config = Config { temperature: Some(0.7), max_tokens: Some(5), ..Config::default() };
    let body = |request| {
        let body = Body::new(&config, &request, false, manner(&config));
        serde_json::from_str::<Value>(&serde_json::to_string(&body).unwrap()).unwrap()
    };
    let own = body(CompletionRequest { temperature: None, ..request() });
    assert_eq!((&own["max_tokens"], &own["temperature"]), (&json!(5), &json!(0.7)));
    let asked = body(CompletionRequest { max_tokens: Some(9), ..request() });
    assert_eq!((&asked["max_tokens"], &asked["temperature"]), (&json!(9), &json!(0.0)));
}

#[test]
fn nothing_is_sent_that_servers_refuse() {
    let mut request = request();
    request.system = vec![SystemBlock { text: " ".to_owned(), cache: true }];
    request.messages.insert(0, Spoken { role: Role::Assistant, text: "left over".to_owned() });
    request.messages.insert(2, Spoken { role: Role::Assistant, text: String::new() });
    let config = Config::default();
    let known = Manner { temperature: false, stream_usage: false, ..manner(&config) };
    let body = Body::new(&config, &request, true, known);
    let roles: Vec<_> = body.messages.iter().map(|message| message.role).collect();
    assert_eq!(roles, ["user", "assistant", "user"]);
    assert!(body.temperature.is_none() && body.stream_options.is_none());
}
