//! Where settings come from, and which of them wins.

use serde_json::json;
use sqlatte_e2e::{Start, database};
use tempfile::TempDir;

use crate::support::model;

/// The tables that a server started like this is asked about.
async fn tables(start: Start) -> usize {
    let server = start.serve();
    server.client().get("/api/tables").await.expect(200)["tables"].as_array().unwrap().len()
}

#[tokio::test]
async fn the_command_line_wins_over_environment_and_file() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str| folder.path().join(name);
    let path = |name: &str| file(name).display().to_string();
    database::shop(&file("shop.db"));
    database::numbers(&file("numbers.db"), 3);
    let model = model();
    let start = || Start::new().model(&model.url());
    let yaml = format!("database: {{sqlite: {{path: {}}}}}", path("shop.db"));
    assert_eq!(tables(start().config(&yaml)).await, 5);
    let numbers = format!("sqlite:{}", path("numbers.db"));
    assert_eq!(tables(start().variable("SQLATTE_DB_URL", &numbers)).await, 1);
    let general = start().variable("SQLATTE__DATABASE__SQLITE__PATH", &path("numbers.db"));
    assert_eq!(tables(general.config(&yaml)).await, 1);
    let all = start().variable("SQLATTE_DB_URL", &numbers).database(&file("shop.db"));
    assert_eq!(tables(all).await, 5);
}

#[tokio::test]
async fn a_file_can_be_named_by_the_environment_and_may_be_empty() {
    let folder = TempDir::new().unwrap();
    database::shop(&folder.path().join("shop.db"));
    let model = model();
    for (yaml, name) in
        [("", "SQLatte"), ("# nothing\n", "SQLatte"), ("app:\n  name: Kahve ☕\n", "Kahve ☕")]
    {
        let file = folder.path().join("own.yaml");
        std::fs::write(&file, yaml).unwrap();
        let start = Start::new().database(&folder.path().join("shop.db")).model(&model.url());
        let server = start.variable("SQLATTE_CONFIG", file.to_str().unwrap()).serve();
        assert_eq!(server.client().get("/health").await.expect(200)["name"], name);
    }
}

#[tokio::test]
async fn the_models_key_has_a_short_name() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("shop.db");
    database::shop(&file);
    let model = model();
    let start = Start::new()
        .database(&file)
        .config(&format!("llm: {{provider: anthropic, anthropic: {{base_url: \"{}\"}}}}", model.url()))
        .variable("SQLATTE_LLM_API_KEY", "sk-of-the-short-name");
    let server = start.serve();
    assert_eq!(server.client().ask("hello").await.expect(200)["response_type"], json!("chat"));
}

#[tokio::test]
async fn the_models_key_goes_to_the_provider_of_the_environment() {
    let model = model();
    let start = Start::new()
        .variable("SQLATTE__LLM__PROVIDER", "anthropic")
        .variable("SQLATTE__LLM__ANTHROPIC__BASE_URL", &model.url())
        .variable("SQLATTE_LLM_API_KEY", "sk-of-the-short-name");
    assert_eq!(start.serve().client().ask("hello").await.expect(200)["response_type"], "chat");
}
