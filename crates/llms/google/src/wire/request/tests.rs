use std::time::Duration;

use serde_json::json;
use sqlatte_providers::{Message, Secret, SystemBlock};

use super::*;
use crate::GeminiConfig;

fn request() -> CompletionRequest {
    CompletionRequest {
        system: vec![
            SystemBlock { text: "You write SQL.".to_owned(), cache: false },
            SystemBlock { text: "Tables: orders(id, total)".to_owned(), cache: true },
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
    let schema = json!({
        "type": "object",
        "properties": {"sql": {"type": "string", "maxLength": 5000}, "kind": {"type": "string"}},
        "required": ["sql", "kind"],
    });
    Output::Json { name: "plan".to_owned(), schema }
}

fn options(change: impl FnOnce(&mut GeminiConfig)) -> Options {
    let mut config = GeminiConfig::new(Secret::new("k"));
    change(&mut config);
    config.options()
}

fn body(options: &Options, request: &CompletionRequest) -> Value {
    serde_json::to_value(Body::new(options, request)).unwrap()
}

#[test]
fn text_with_a_current_model() {
    insta::assert_json_snapshot!(body(&options(|_| {}), &request()));
}

#[test]
fn structured_with_thought_and_a_temperature_that_was_set() {
    let request = CompletionRequest { output: json_output(), max_tokens: Some(900), ..request() };
    let options = options(|config| {
        config.thinking_level = Some(ThinkingLevel::Low);
        config.temperature = Some(0.5);
    });
    insta::assert_json_snapshot!(body(&options, &request));
}

#[test]
fn structured_with_an_older_model_and_by_a_function() {
    let request = CompletionRequest { output: json_output(), ..request() };
    let older = body(&options(|config| config.model = "gemini-2.0-flash".to_owned()), &request);
    let by_function =
        body(&options(|config| config.structured_output = Some(StructuredOutput::Tool)), &request);
    insta::assert_json_snapshot!([older["generationConfig"].clone(), by_function]);
}

#[test]
fn thinking_is_asked_for_as_the_generation_knows_it() {
    let thinking = |model: &str, level, budget| {
        let options = options(|config| {
            config.model = model.to_owned();
            config.thinking_level = level;
            config.thinking_budget = budget;
        });
        body(&options, &request())["generationConfig"]["thinkingConfig"].clone()
    };
    let low = Some(ThinkingLevel::Low);
    assert_eq!(thinking("gemini-3.8-flash", None, None), Value::Null);
    assert_eq!(thinking("gemini-3.8-flash", low, None), json!({"thinkingLevel": "LOW"}));
    assert_eq!(thinking("gemini-2.5-flash", low, None), json!({"thinkingBudget": 1024}));
    assert_eq!(thinking("gemini-2.5-flash", None, Some(0)), json!({"thinkingBudget": 0}));
    assert_eq!(thinking("gemini-3.8-flash", None, Some(-1)), json!({"thinkingBudget": -1}));
}

#[test]
fn nothing_is_sent_that_the_api_refuses() {
    let mut request = request();
    request.system = vec![SystemBlock { text: " ".to_owned(), cache: true }];
    request.messages.insert(0, Message { role: Role::Assistant, text: "left over".to_owned() });
    request.messages.insert(2, Message { role: Role::Assistant, text: String::new() });
    let body = body(&options(|_| {}), &request);
    assert!(body.get("systemInstruction").is_none(), "{body}");
    let roles: Vec<_> = body["contents"].as_array().unwrap().iter().map(|it| it["role"].clone()).collect();
    assert_eq!(roles, ["user", "model", "user"]);
}

#[test]
fn a_check_asks_for_what_a_question_asks_for() {
    let options = options(|config| config.thinking_level = Some(ThinkingLevel::High));
    insta::assert_json_snapshot!(body(&options, &CompletionRequest::probe(1, Duration::from_secs(1))));
}
