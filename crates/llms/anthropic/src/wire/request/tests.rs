use std::time::Duration;

use serde_json::json;
use sqlatte_providers::{Message, SystemBlock};

use super::*;

fn request() -> CompletionRequest {
    CompletionRequest {
        system: vec![
            SystemBlock { text: "You write SQL.".to_owned(), cache: false },
            SystemBlock { text: "Tables: orders(id, total)".to_owned(), cache: true },
            SystemBlock { text: "Today is 2026-11-22.".to_owned(), cache: false },
        ],
        messages: vec![
            Message { role: Role::User, text: "top products".to_owned() },
            Message { role: Role::Assistant, text: "SELECT 1".to_owned() },
            Message { role: Role::User, text: "and last month?".to_owned() },
        ],
        output: Output::Text,
        max_tokens: None,
        temperature: Some(0.0),
        timeout: Duration::from_secs(1),
    }
}

fn json_output() -> Output {
    Output::Json {
        name: "plan".to_owned(),
        schema: json!({
            "type": "object",
            "properties": {"sql": {"type": "string", "maxLength": 5000}},
            "required": ["sql"],
        }),
    }
}

fn model(model: &str) -> Config {
    Config { model: model.to_owned(), ..Config::default() }
}

#[test]
fn text_with_a_current_model() {
    insta::assert_json_snapshot!(Body::new(&Config::default(), &request(), false));
}

#[test]
fn structured_with_a_current_model_streaming() {
    let request = CompletionRequest { output: json_output(), max_tokens: Some(900), ..request() };
    let config = Config { effort: Some(Effort::Low), ..Config::default() };
    insta::assert_json_snapshot!(Body::new(&config, &request, true));
}

#[test]
fn structured_with_an_older_model() {
    let request = CompletionRequest { output: json_output(), ..request() };
    insta::assert_json_snapshot!(Body::new(&model("claude-sonnet-4-20250514"), &request, false));
}

#[test]
fn the_way_of_structured_output_can_be_set() {
    let request = CompletionRequest { output: json_output(), ..request() };
    for (way, field) in [(StructuredOutput::JsonSchema, "output_config"), (StructuredOutput::Tool, "tools")] {
        let config = Config { structured_output: Some(way), ..model("gateway-alias") };
        let body = serde_json::to_value(Body::new(&config, &request, false)).unwrap();
        assert!(body.get(field).is_some(), "{body}");
    }
}

#[test]
fn the_request_overrides_the_configuration() {
    let config = Config { temperature: Some(0.7), max_tokens: 5, ..model("claude-haiku-4-5") };
    let body = |request| serde_json::to_value(Body::new(&config, &request, false)).unwrap();
    let own = body(CompletionRequest { temperature: None, ..request() });
    assert_eq!((&own["max_tokens"], own["temperature"].as_f64().unwrap() as f32), (&json!(5), 0.7));
    let asked = body(CompletionRequest { max_tokens: Some(9), ..request() });
    assert_eq!((&asked["max_tokens"], &asked["temperature"]), (&json!(9), &json!(0.0)));
}

#[test]
fn nothing_is_sent_that_the_api_refuses() {
    let mut request = request();
    request.system = (0..6).map(|n| SystemBlock { text: format!("block {n}"), cache: true }).collect();
    request.system.push(SystemBlock { text: " ".to_owned(), cache: true });
    request.messages.insert(0, Message { role: Role::Assistant, text: "left over".to_owned() });
    request.messages.insert(2, Message { role: Role::Assistant, text: String::new() });
    let config = Config::default();
    let body = Body::new(&config, &request, false);
    let marked: Vec<_> =
        body.system.iter().filter(|block| block.cache_control.is_some()).map(|block| block.text).collect();
    assert_eq!(body.system.len(), 6);
    assert_eq!(marked, ["block 2", "block 3", "block 4", "block 5"]);
    let roles: Vec<_> = body.messages.iter().map(|message| message.role).collect();
    assert_eq!(roles, ["user", "assistant", "user"]);
}

/// <https://platform.claude.com/docs/en/build-with-claude/extended-thinking>: no temperature, no tool by force, and the
/// thoughts within `max_tokens`.
#[test]
fn a_model_that_thinks_by_a_budget_is_asked_as_it_must_be() {
    let request = CompletionRequest { output: json_output(), max_tokens: Some(900), ..request() };
    let asked = |name: &str| {
        let config = Config { thinking_budget: Some(2048), temperature: Some(0.5), ..model(name) };
        serde_json::to_value(Body::new(&config, &request, false)).unwrap()
    };
    let older = asked("claude-sonnet-4-20250514");
    assert_eq!(older["thinking"], json!({"type": "enabled", "budget_tokens": 2048}));
    assert_eq!((older.get("temperature"), &older["max_tokens"]), (None, &json!(2948)));
    assert_eq!(older["tool_choice"], json!({"type": "auto", "disable_parallel_tool_use": true}));
    let newer = asked("claude-haiku-4-5");
    assert!(newer.get("tools").is_none() && newer["output_config"]["format"].is_object(), "{newer}");
}
