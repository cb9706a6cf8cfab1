use serde_json::json;
use sqlatte_providers::{ErrorKind, LlmProvider};

use super::*;

fn read(settings: serde_json::Value) -> Result<Google> {
    Google::vertex(Settings::new(settings)?.read("vertex")?)
}

fn key() -> String {
    json!({
        "type": "service_account", "project_id": "shop", "private_key_id": "1",
        "client_email": "asker@shop.iam.gserviceaccount.com",
        "private_key": "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n",
    })
    .to_string()
}

#[test]
fn the_python_projects_section_loads_unchanged() {
    let section = json!({
        "project_id": "shop", "location": "us-central1", "model": "gemini-pro", "max_tokens": 1000,
        "credentials_path": "", "credentials_json": key(),
    });
    let info = read(section).unwrap().info();
    assert_eq!((info.kind, info.target.as_str()), ("vertex", "us-central1-aiplatform.googleapis.com"));
}

#[test]
fn each_location_has_its_host() {
    for (location, host) in [
        ("", "aiplatform.googleapis.com"),
        ("global", "aiplatform.googleapis.com"),
        ("eu", "aiplatform.eu.rep.googleapis.com"),
        ("Europe-West4", "europe-west4-aiplatform.googleapis.com"),
    ] {
        let provider = read(json!({"project": "shop", "location": location, "credentials_json": key()}));
        assert_eq!(provider.unwrap().info().target, host);
    }
}

#[test]
fn a_model_may_be_named_in_full() {
    let resource = |model: &str| {
        let provider = read(json!({"project": "p", "credentials_json": key(), "model": model})).unwrap();
        provider.resource().to_owned()
    };
    for (model, expected) in [
        ("gemini-3.8-flash", "v1/projects/p/locations/global/publishers/google/models/gemini-3.8-flash"),
        (
            "models/gemini-3.8-flash",
            "v1/projects/p/locations/global/publishers/google/models/gemini-3.8-flash",
        ),
        ("publishers/google/models/m", "v1/projects/p/locations/global/publishers/google/models/m"),
        ("endpoints/42", "v1/projects/p/locations/global/endpoints/42"),
        ("projects/q/locations/us/endpoints/42", "v1/projects/q/locations/us/endpoints/42"),
    ] {
        assert_eq!(resource(model), expected);
    }
}

#[test]
fn every_setting_is_read() {
    let settings = json!({
        "project": "p", "location": "eu", "credentials_file": "/x", "credentials_json": "", "model": "m",
        "base_url": "http://localhost:1", "max_tokens": 5, "temperature": 0.5, "thinking_level": null,
        "thinking_budget": -1, "structured_output": "tool", "timeout": 1.5, "max_retries": 0,
    });
    let config: VertexConfig = Settings::new(settings).unwrap().read("vertex").unwrap();
    insta::assert_debug_snapshot!(config);
}

#[test]
fn wrong_settings_are_named_and_no_key_is_shown() {
    let mut texts = Vec::new();
    for wrong in [
        json!({}),
        json!({"project": "My Shop", "credentials_json": key()}),
        json!({"project": "shop", "location": "europe/west4", "credentials_json": key()}),
        json!({"project": "shop", "credentials_file": "/no/such.json"}),
        json!({"project": "shop", "credentials_file": "/no/such.json", "credentials_json": key()}),
        json!({"project": "shop", "credentials_json": "hunter2"}),
        json!({"project": "shop", "credentials_json": "{\"type\": \"hunter2\"}"}),
        json!({"project": "shop", "credentials_json": "{\"type\": \"service_account\"}"}),
        json!({"project": "shop", "credentials_json": key().replace("BEGIN PRIVATE", "BEGIN")}),
        json!({"project": "shop", "credentials_json": key(), "base_url": "http://proxy.example"}),
        json!({"project": "shop", "credentials_json": key(), "max_tokens": 0}),
        json!({"project": "shop", "api_key": "hunter2"}),
    ] {
        let mut shown = wrong.clone();
        let error = read(wrong).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidSettings);
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        if shown["credentials_json"].as_str().is_some_and(|key| key.len() > 40) {
            shown["credentials_json"] = "…".into();
        }
        texts.push(format!("{shown}\n    {error}"));
    }
    insta::assert_snapshot!(texts.join("\n"));
}

#[test]
fn nothing_shows_the_key() {
    let provider = read(json!({"credentials_json": key()})).unwrap();
    let shown = format!("{provider:?} {:?}", provider.info());
    assert!(shown.contains("shop") && !shown.contains("hunter2") && !shown.contains("PRIVATE"), "{shown}");
}
