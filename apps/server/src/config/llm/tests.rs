use std::fs;

use serde_json::json;
use sqlatte_providers::Usage;

use super::*;
use crate::config::{Config, Environment, Overrides};

fn load(yaml: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.yaml");
    fs::write(&file, yaml).unwrap();
    let environment = Environment::default().in_folder(folder.path());
    let environment = variables.iter().fold(environment, |all, (name, value)| all.with(name, value));
    Config::load_in(Some(&file), &Overrides::default(), &environment).map_err(|error| {
        // The folder's name changes with every run.
        ConfigError(error.0.replace(&format!("{}/", folder.path().display()), ""))
    })
}

#[test]
fn fallbacks_are_names_or_sections() {
    let config = load(
        "llm: { fallback: [openai, { provider: gemini, model: m }, { provider: openai, api_key: k }] }",
        &[],
    );
    let fallback = config.unwrap().llm.fallback;
    let providers: Vec<_> = fallback.iter().map(|model| model.provider.as_deref().unwrap()).collect();
    assert_eq!(providers, ["openai", "gemini", "openai"]);
    assert_eq!(fallback[1].own.get("model"), Some(&json!("m")));
    assert!(fallback[0].own.is_empty());

    let of_variable = |value: &str| load("", &[("SQLATTE__LLM__FALLBACK", value)]).unwrap().llm.fallback;
    assert_eq!(of_variable("openai")[0].provider.as_deref(), Some("openai"));
    assert_eq!(of_variable("[openai, {provider=gemini, model=m}]")[1].own.get("model"), Some(&json!("m")));
    assert!(of_variable("").is_empty());
    for value in [
        "[{provider=openai, base_url=\"http://127.0.0.1:1/v1\", api_key=\"0123\"}]",
        r#"[{"provider": "openai", "base_url": "http://127.0.0.1:1/v1", "api_key": "0123"}]"#,
    ] {
        let local = of_variable(value);
        assert_eq!(
            (&local[0].own["base_url"], &local[0].own["api_key"]),
            (&json!("http://127.0.0.1:1/v1"), &json!("0123"))
        );
    }
}

#[test]
fn own_keys_count_before_those_of_the_section() {
    let yaml = "llm: { anthropic: { api_key: k, model: a, temperature: 0.5 } }";
    let config = load(yaml, &[("OPENAI_API_KEY", "hunter2")]).unwrap().llm;
    let settings =
        |kind: &str, own: serde_json::Value| config.settings_of(kind, &serde_json::from_value(own).unwrap());
    let own = settings("anthropic", json!({"model": "b", "temperature": null, "effort": "high"}));
    assert_eq!((&own["api_key"], &own["model"], &own["effort"]), (&json!("k"), &json!("b"), &json!("high")));
    assert!(own["temperature"].is_null());
    assert_eq!(settings("anthropic", json!({})), settings("anthropic", json!({"model": "a"})));
    assert!(settings("anthropic", json!({"effort": ""})).get("effort").is_none(), "an empty text is not set");

    // A key is shown to the server it is for, and to no other one.
    assert_eq!(settings("openai", json!({"model": "b"}))["api_key"], "hunter2");
    let same = json!({"base_url": "https://api.openai.com/v1"});
    assert_eq!(settings("openai", same)["api_key"], "hunter2");
    let other = json!({"base_url": "http://127.0.0.1:11434/v1", "model": "b"});
    assert_eq!(settings("openai", other.clone()), other);
    assert_eq!(settings("nobody", json!({"model": "b"})), json!({"model": "b"}));
}

#[test]
fn faults_name_the_key() {
    for (yaml, said) in [
        ("fallback: [{ model: m }]", "llm.fallback[0] names no provider"),
        ("fallback: [openai, { provider: '' }]", "llm.fallback[1] names no provider"),
        (
            "breaker: { failures: 0 }",
            "llm.breaker: failures must be at least 1, and pause from 1 to 3600 seconds",
        ),
        (
            "breaker: { pause: 0 }",
            "llm.breaker: failures must be at least 1, and pause from 1 to 3600 seconds",
        ),
        (
            "prices: { m: { input: -1, output: 1 } }",
            "llm.prices.m: a price is the US dollars of a million tokens, from 0 to 1000000",
        ),
        (
            "prices: { m: { input: 1, output: 2000000 } }",
            "llm.prices.m: a price is the US dollars of a million tokens, from 0 to 1000000",
        ),
        (
            "prices: { m: { input: much, output: 1 } }",
            "llm.prices.m.input: found a text, expected a number (from the file own.yaml, line 1)",
        ),
        (
            "prices: { m: { input: 1 } }",
            "llm.prices.m: missing field `output` (from the file own.yaml, line 1)",
        ),
    ] {
        assert_eq!(load(&format!("llm: {{ {yaml} }}"), &[]).unwrap_err().0, said, "{yaml}");
    }
    for yaml in
        ["tasks: { poems: {} }", "breaker: { times: 1 }", "prices: { m: { input: 1, output: 1, query: 1 } }"]
    {
        let said = load(&format!("llm: {{ {yaml} }}"), &[]).unwrap_err().0;
        assert!(said.starts_with("llm.") && said.contains("unknown field"), "{said}");
    }
    for yaml in [
        "fallback: hunter2",
        "fallback: [5]",
        "tasks: { repair: [hunter2] }",
        "fallback: [{ provider: [hunter2] }]",
    ] {
        let Err(error) = load(&format!("llm: {{ {yaml} }}"), &[]) else { continue };
        assert!(!error.0.contains("hunter2") && error.0.starts_with("llm."), "{error}");
    }
}

#[test]
fn no_secret_is_shown() {
    let yaml = "llm: { fallback: [{ provider: openai, api_key: hunter2 }], tasks: { repair: { api_key: hunter2 } } }";
    let config = load(yaml, &[]).unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn what_has_no_effect_is_told() {
    let yaml = "llm: { fallback: [openai], tasks: { repair: { model: m } } }";
    let said = ["llm.fallback", "llm.tasks.repair"]
        .map(|key| format!("{key} has no effect: llm.provider is offline"));
    assert_eq!(load(yaml, &[]).unwrap().unused, said);
    let set = load(yaml, &[("SQLATTE__LLM__PROVIDER", "anthropic")]).unwrap();
    assert!(set.unused.is_empty());
}

#[test]
fn prices_are_those_of_a_token() {
    let yaml = "llm: { prices: { a: { input: 0.075, output: 0.3 }, b: { input: 3, cached_input: 0.3, cache_write: 3.75, output: 15 } } }";
    let prices = load(yaml, &[]).unwrap().llm.prices;
    let usage = Usage {
        input_tokens: 10,
        cached_tokens: 2,
        cache_write_tokens: 3,
        output_tokens: 4,
        ..Usage::default()
    };
    let cost = |model: &str| prices[model].price().cost(&usage).to_string();
    assert_eq!((cost("a").as_str(), cost("b").as_str()), ("0.00000195", "0.00008685"));
}
