use serde_json::json;
use sqlatte_providers::Settings;

use super::*;
use crate::Google;

fn read(settings: serde_json::Value) -> Result<GeminiConfig> {
    let config: GeminiConfig = Settings::new(settings)?.read("gemini")?;
    Google::gemini(config.clone())?;
    Ok(config)
}

#[test]
fn the_python_projects_section_loads_unchanged() {
    let config = read(json!({"api_key": "AIza-1", "model": "gemini-pro", "max_tokens": 1000})).unwrap();
    assert_eq!((config.api_key.expose(), config.model.as_str()), ("AIza-1", "gemini-pro"));
    assert_eq!(config.max_tokens, 1000);
}

#[test]
fn every_setting_is_read() {
    let config = read(json!({
        "api_key": "AIza-1", "model": "m", "base_url": "http://localhost:1", "max_tokens": 5, "temperature": 0.5,
        "thinking_level": "low", "thinking_budget": null, "structured_output": "response_schema", "timeout": 1.5,
        "max_retries": 0,
    }))
    .unwrap();
    insta::assert_debug_snapshot!(config);
}

#[test]
fn wrong_settings_are_named_and_no_key_is_shown() {
    let mut texts = Vec::new();
    for wrong in [
        json!({}),
        json!({"api_key": "  "}),
        json!({"api_key": "AIza-1", "model": "../x"}),
        json!({"api_key": "AIza-1", "model": "gemini 3"}),
        json!({"api_key": "AIza-1", "base_url": "api.example.com"}),
        json!({"api_key": "AIza-1", "base_url": "http://api.example.com"}),
        json!({"api_key": "AIza-1", "base_url": "https://api.example.com/?key=AIza-1"}),
        json!({"api_key": "AIza-1", "max_tokens": 0}),
        json!({"api_key": "AIza-1", "temperature": 2.5}),
        json!({"api_key": "AIza-1", "thinking_level": "lots"}),
        json!({"api_key": "AIza-1", "thinking_level": "low", "thinking_budget": 0}),
        json!({"api_key": "AIza-1", "thinking_budget": -2}),
        json!({"api_key": "AIza-1", "thinking_budget": 8192, "max_tokens": 8192}),
        json!({"api_key": "AIza-1", "timeout": 0}),
        json!({"api_key": "AIza-1", "timeout": -1}),
        json!({"api_key": "AIza-1", "max_retries": 11}),
        json!({"api_key": "AIza-1\nAIza-2"}),
        json!({"api_key": "AIza-1", "api_kee": "AIza-1"}),
    ] {
        let error = read(wrong.clone()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidSettings);
        assert!(!format!("{error:?}").contains("AIza"), "{error:?}");
        texts.push(format!("{wrong}\n    {error}"));
    }
    insta::assert_snapshot!(texts.join("\n"));
}

#[test]
fn a_version_may_stand_at_the_end_of_the_address() {
    for (base_url, expected) in [
        ("https://a.example", ("https://a.example", "v1beta")),
        ("https://a.example/v1/", ("https://a.example", "v1")),
        (" https://a.example/llm/v1alpha ", ("https://a.example/llm", "v1alpha")),
        ("https://a.example/vertex", ("https://a.example/vertex", "v1beta")),
    ] {
        let (address, version) = address(base_url, "v1beta", "gemini").unwrap();
        assert_eq!((address.as_str(), version.as_str()), expected);
    }
}
