#![cfg(all(
    feature = "db-bigquery",
    feature = "db-mysql",
    feature = "db-postgres",
    feature = "db-sqlite",
    feature = "db-trino",
    feature = "llm-anthropic",
    feature = "llm-gemini",
    feature = "llm-openai",
    feature = "llm-vertex"
))]

use std::{fs, path::Path};

use sqlatte_db_bigquery::BigqueryConfig;
use sqlatte_db_mysql::MySqlConfig;
use sqlatte_db_postgres::PostgresConfig;
use sqlatte_db_sqlite::{
    SqliteConfig,
    demo::{Found, look},
};

use sqlatte_db_trino::TrinoConfig;
use sqlatte_llm_google::{GeminiConfig, VertexConfig};

use super::*;
use crate::config::{Environment, Overrides};

fn load(folder: &Path, yaml: &str) -> Config {
    let file = folder.join("own.yaml");
    fs::write(&file, yaml).unwrap();
    let overrides = Overrides { data_dir: Some(folder.to_owned()), ..Overrides::default() };
    Config::load_in(Some(&file), &overrides, &Environment::default().in_folder(folder)).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Reads a kind's part of the default file.
fn default_of<T: serde::de::DeserializeOwned>(kind: &'static str) -> T {
    let folder = tempfile::tempdir().unwrap();
    let config = load(folder.path(), &format!("database: {{ provider: {kind} }}"));
    config.database.settings().unwrap().read(kind).unwrap()
}

#[test]
fn the_default_file_has_the_adapters_defaults() {
    assert_eq!(default_of::<SqliteConfig>("sqlite"), SqliteConfig::default());
    assert_eq!(default_of::<PostgresConfig>("postgresql"), PostgresConfig::default());
    assert_eq!(default_of::<MySqlConfig>("mysql"), MySqlConfig::default());
    assert_eq!(default_of::<TrinoConfig>("trino"), TrinoConfig::default());
    assert_eq!(default_of::<BigqueryConfig>("bigquery"), BigqueryConfig::default());

    let folder = tempfile::tempdir().unwrap();
    let config = load(folder.path(), "llm: { provider: anthropic }");
    let anthropic: sqlatte_llm_anthropic::Config = config.llm.settings().unwrap().read("anthropic").unwrap();
    assert_eq!(format!("{anthropic:?}"), format!("{:?}", sqlatte_llm_anthropic::Config::default()));
    assert_eq!(config.limits().llm_timeout, anthropic.timeout);

    let config = load(folder.path(), "llm: { provider: openai }");
    let openai: sqlatte_llm_openai::Config = config.llm.settings().unwrap().read("openai").unwrap();
    assert_eq!(openai, sqlatte_llm_openai::Config::default());

    let config = load(folder.path(), "llm: { provider: gemini }");
    let gemini: GeminiConfig = config.llm.settings().unwrap().read("gemini").unwrap();
    assert_eq!(gemini, GeminiConfig::default());
    let config = load(folder.path(), "llm: { provider: vertexai }");
    let vertex: VertexConfig = config.llm.settings().unwrap().read("vertex").unwrap();
    assert_eq!(vertex, VertexConfig::default());
}

/// A manual that leaves a key out hides it.
#[test]
fn the_default_file_names_every_key_of_an_adapter() {
    const MANUAL: &str = include_str!("../../../../config/default.yaml");
    fn keys<T: serde::de::DeserializeOwned + std::fmt::Debug>() -> Vec<String> {
        let unknown = serde_json::json!({ "no such key": 1 });
        let error = sqlatte_providers::Settings::new(unknown).unwrap().read::<T>("it").unwrap_err();
        let (_, known) = error.message().split_once("expected one of ").unwrap();
        known.split(", ").map(|key| key.trim_matches('`').to_owned()).collect()
    }
    let sections = [
        ("sqlite", keys::<SqliteConfig>()),
        ("postgresql", keys::<PostgresConfig>()),
        ("mysql", keys::<MySqlConfig>()),
        ("trino", keys::<TrinoConfig>()),
        ("bigquery", keys::<BigqueryConfig>()),
        ("anthropic", keys::<sqlatte_llm_anthropic::Config>()),
        ("openai", keys::<sqlatte_llm_openai::Config>()),
        ("gemini", keys::<GeminiConfig>()),
        ("vertex", keys::<VertexConfig>()),
    ];
    // Other names of keys that are named.
    let aliases = ["project_id", "credentials_path"];
    for (section, keys) in sections {
        let (_, text) = MANUAL.split_once(&format!("\n  {section}:\n")).unwrap();
        let lines: Vec<&str> = text.lines().take_while(|line| line.starts_with("   ")).collect();
        assert!(keys.len() > 4, "{keys:?}");
        for key in keys.iter().filter(|key| !aliases.contains(&key.as_str())) {
            let named = lines.iter().any(|line| line.starts_with(&format!("    {key}: ")));
            assert!(named, "{section}.{key} is not named");
        }
    }
}

/// Each example names one provider, and keys that there are. Nothing is put into a file from the environment.
#[test]
fn the_examples_can_be_read() {
    fn read<T: serde::de::DeserializeOwned>(settings: Result<sqlatte_providers::Settings>, kind: &str) {
        drop(settings.unwrap().read::<T>(kind).unwrap());
    }
    let data = tempfile::tempdir().unwrap();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/examples");
    let mut read_files = 0;
    for file in fs::read_dir(examples).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains("${"), "{}", file.display());
        let config = load(data.path(), &text);
        let database = (config.database.settings(), config.database.provider.as_str());
        match database.1 {
            "sqlite" => read::<SqliteConfig>(database.0, database.1),
            "postgresql" => read::<PostgresConfig>(database.0, database.1),
            "mysql" => read::<MySqlConfig>(database.0, database.1),
            "trino" | "presto" => read::<TrinoConfig>(database.0, database.1),
            "bigquery" => read::<BigqueryConfig>(database.0, database.1),
            other => panic!("{}: {other}", file.display()),
        }
        let llm = (config.llm.settings(), config.llm.provider.as_str());
        match llm.1 {
            OFFLINE => {}
            "anthropic" => read::<sqlatte_llm_anthropic::Config>(llm.0, llm.1),
            "gemini" => read::<GeminiConfig>(llm.0, llm.1),
            "vertex" => read::<VertexConfig>(llm.0, llm.1),
            "openai" => read::<sqlatte_llm_openai::Config>(llm.0, llm.1),
            other => panic!("{}: {other}", file.display()),
        }
        read_files += 1;
    }
    assert!(read_files >= 6, "{read_files} examples");
}

#[tokio::test]
async fn a_demo_database_is_made_and_nothing_else_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(DEMO_FILE);
    let config = load(folder.path(), "");
    let (first, second) = (day("2026-11-22"), day("2026-11-23"));
    let open = async |today, demo| database(&config, today, demo).await.map(|_| look(&path).unwrap());
    assert_eq!(open(first, Demo::AsItIs).await.unwrap(), Found::Demo(first), "made where there is none");
    assert_eq!(open(second, Demo::AsItIs).await.unwrap(), Found::Demo(first), "and then left as it is");
    assert_eq!(open(second, Demo::OfToday).await.unwrap(), Found::Demo(second));

    fs::write(&path, "precious").unwrap();
    for demo in [Demo::OfToday, Demo::AsItIs] {
        let error = open(second, demo).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidSettings);
        assert!(error.message().contains("demo.db is not the demo database: move it away"), "{error}");
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
}

#[tokio::test]
async fn the_demo_database_has_settings_too() {
    let folder = tempfile::tempdir().unwrap();
    for (yaml, said) in [
        ("database: { sqlite: { pth: /x.db } }", "pth: unknown field"),
        ("database: { sqlite: { pool_size: 0 } }", "`pool_size` must be"),
        ("database: { sqlite: { pool_size: [1] } }", "pool_size: found a list"),
    ] {
        let config = load(folder.path(), yaml);
        let error = database(&config, day("2026-11-22"), Demo::AsItIs).await.unwrap_err();
        assert!(error.message().contains(said), "{error}");
    }
    assert!(!folder.path().join(DEMO_FILE).exists(), "settings are looked at first");
}
