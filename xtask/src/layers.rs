//! `cargo xtask layers`: the crate graph against the table of `docs/architecture.md`.

use serde_json::Value;

use crate::process::{Outcome, cargo, output};

/// Every crate with the workspace crates it may use, lowest layer first. Dev-dependencies are free.
const LAYERS: [(&str, &[&str]); 17] = [
    ("sqlatte-guard", &[]),
    ("sqlatte-providers", &["sqlatte-guard"]),
    ("sqlatte-http", &["sqlatte-providers"]),
    ("sqlatte-core", &["sqlatte-providers", "sqlatte-guard"]),
    ("sqlatte-db-sqlite", &["sqlatte-providers", "sqlatte-guard"]),
    ("sqlatte-db-postgres", &["sqlatte-providers", "sqlatte-guard"]),
    ("sqlatte-db-mysql", &["sqlatte-providers", "sqlatte-guard"]),
    ("sqlatte-db-trino", &["sqlatte-providers", "sqlatte-guard", "sqlatte-http"]),
    ("sqlatte-db-bigquery", &["sqlatte-providers", "sqlatte-guard", "sqlatte-http"]),
    ("sqlatte-llm-anthropic", &["sqlatte-providers", "sqlatte-http"]),
    ("sqlatte-llm-google", &["sqlatte-providers", "sqlatte-http"]),
    ("sqlatte-llm-openai", &["sqlatte-providers", "sqlatte-http"]),
    ("sqlatte-offline", &["sqlatte-providers", "sqlatte-core", "sqlatte-guard"]),
    ("sqlatte-store", &["sqlatte-core", "sqlatte-providers"]),
    (
        "sqlatte-server",
        &[
            "sqlatte-guard",
            "sqlatte-providers",
            "sqlatte-core",
            "sqlatte-db-sqlite",
            "sqlatte-db-postgres",
            "sqlatte-db-mysql",
            "sqlatte-db-trino",
            "sqlatte-db-bigquery",
            "sqlatte-llm-anthropic",
            "sqlatte-llm-google",
            "sqlatte-llm-openai",
            "sqlatte-offline",
            "sqlatte-store",
        ],
    ),
    ("sqlatte-testkit", &["sqlatte-providers", "sqlatte-core", "sqlatte-guard"]),
    ("sqlatte-e2e", &[]),
];

/// Third-party crates with the workspace crates that alone may use them.
const OWNED: [(&str, &[&str]); 17] = [
    ("sqlparser", &["sqlatte-guard"]),
    ("reqwest", &["sqlatte-http"]),
    ("moka", &["sqlatte-core"]),
    ("rusqlite", &["sqlatte-db-sqlite", "sqlatte-e2e"]),
    ("tokio-postgres", &["sqlatte-db-postgres"]),
    ("mysql_async", &["sqlatte-db-mysql"]),
    ("google-cloud-auth", &["sqlatte-http"]),
    ("google-cloud-bigquery-v2", &["sqlatte-db-bigquery"]),
    ("sqlx", &["sqlatte-store"]),
    ("axum", &["sqlatte-server", "sqlatte-testkit"]),
    ("figment", &["sqlatte-server"]),
    ("clap", &["sqlatte-server"]),
    ("utoipa", &["sqlatte-server"]),
    ("rust-embed", &["sqlatte-server"]),
    ("tower-http", &["sqlatte-server"]),
    ("rust_xlsxwriter", &["sqlatte-server"]),
    ("wiremock", &["sqlatte-testkit"]),
];

/// Fails with every edge that the tables do not allow.
pub(crate) fn check() -> Outcome {
    let text = output(cargo().args(["metadata", "--format-version", "1", "--no-deps"]))?;
    let metadata: Value = serde_json::from_str(&text).map_err(|error| format!("cargo metadata: {error}"))?;
    let mut faults = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        if name == "xtask" {
            continue;
        }
        let Some((_, allowed)) = LAYERS.iter().find(|(layer, _)| *layer == name) else {
            faults.push(format!("{name} is in no layer: add it to the table in xtask/src/layers.rs"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let used = dependency["name"].as_str().unwrap_or_default();
            if dependency["kind"].as_str() == Some("dev") {
                continue;
            }
            if used.starts_with("sqlatte-") && !allowed.contains(&used) {
                faults.push(format!("{name} must not use {used}"));
            }
            if OWNED.iter().any(|(owned, owners)| *owned == used && !owners.contains(&name)) {
                faults.push(format!("{name} must not use {used} directly"));
            }
        }
    }
    if faults.is_empty() {
        println!("layers: every crate uses what is below it");
        return Ok(());
    }
    Err(format!("the layers do not hold:\n  {}", faults.join("\n  ")))
}
