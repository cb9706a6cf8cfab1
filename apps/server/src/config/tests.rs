use std::fs;

use sqlatte_providers::{Secret, Settings};
use tempfile::TempDir;

use super::*;

/// What a process without any variables finds in an empty folder.
fn nothing() -> (TempDir, Environment) {
    let folder = tempfile::tempdir().unwrap();
    let environment = Environment::default().in_folder(folder.path());
    (folder, environment)
}

fn load_with(yaml: &str, variables: &[(&str, &str)], overrides: &Overrides) -> Result<Config, ConfigError> {
    let (folder, mut environment) = nothing();
    for (name, value) in variables {
        environment = environment.with(name, value);
    }
    let file = folder.path().join("own.yaml");
    fs::write(&file, yaml).unwrap();
    Config::load_in(Some(&file), overrides, &environment).map_err(|error| {
        // The folder's name changes with every run.
        ConfigError(error.0.replace(&format!("{}/", folder.path().display()), ""))
    })
}

fn load(yaml: &str) -> Result<Config, ConfigError> {
    load_with(yaml, &[], &Overrides::default())
}

fn load_env(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    load_with("", variables, &Overrides::default())
}

fn refusal(yaml: &str) -> String {
    load(yaml).unwrap_err().to_string()
}

fn database(url: &str) -> Overrides {
    Overrides { database: Some(Secret::new(url)), ..Overrides::default() }
}

fn text(settings: &Settings, key: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct All(std::collections::BTreeMap<String, serde_json::Value>);
    let All(all) = settings.read("test").unwrap();
    all.get(key).and_then(|value| value.as_str().map(str::to_owned))
}

fn path(config: &Config) -> Option<String> {
    text(&config.database.settings().unwrap(), "path")
}

fn url(config: &Config) -> Option<String> {
    text(&config.database.settings().unwrap(), "url")
}

fn api_key(config: &Config) -> Option<String> {
    text(&config.llm.settings().unwrap(), "api_key")
}

#[test]
fn the_default_file_is_whole() {
    let (_folder, environment) = nothing();
    let config = Config::load_in(None, &Overrides::default(), &environment).unwrap();
    assert_eq!(config.app.port, 8000);
    assert_eq!(config.database.provider, "sqlite");
    assert_eq!((path(&config), url(&config)), (None, None));
    assert_eq!(config.limits().llm_timeout.as_secs(), 120);
}

#[test]
fn a_file_changes_only_what_it_names() {
    let config = load("query: { timeout: 5 }\ndatabase: { sqlite: { path: /tmp/x.db } }").unwrap();
    assert_eq!((config.query.timeout, config.query.default_limit), (5, 1000));
    assert_eq!(path(&config).as_deref(), Some("/tmp/x.db"));
    assert_eq!(load("llm: { timeout: 5 }").unwrap().limits().llm_timeout.as_secs(), 5);
}

#[test]
fn the_usual_file_is_read_where_it_is() {
    let (folder, environment) = nothing();
    fs::create_dir(folder.path().join("config")).unwrap();
    fs::write(folder.path().join(USUAL_FILE), "app: { name: Mine }").unwrap();
    let config = Config::load_in(None, &Overrides::default(), &environment).unwrap();
    assert_eq!(config.app.name, "Mine");
}

#[test]
fn faults_name_the_place() {
    for (yaml, said) in [
        ("app: [unclosed", "own.yaml is not valid YAML: unclosed bracket '[' at line 1, column 6"),
        (
            "app:\n  port: many",
            "app.port: found a text, expected a whole number up to 65535 (from the file own.yaml, line 2)",
        ),
        (
            "app:\n  port: 70000",
            "app.port: found a whole number that does not fit, expected a whole number up to 65535 (from the \
             file own.yaml, line 2)",
        ),
        ("app: 5", "app: found a whole number, expected a section of keys (from the file own.yaml, line 1)"),
        (
            "log:\n  format: xml",
            "log.format: found another text, expected one of `text`, `json` (from the file own.yaml, line 2)",
        ),
        ("- a list", "own.yaml: the configuration must be a mapping of sections"),
        (
            "query: { default_limit: 10, max_limit: 5 }",
            "query.default_limit (10) is more than query.max_limit (5): lower one or raise the other",
        ),
        ("app: { max_running: 0 }", "app.max_running must be at least 1: with 0 nothing could be answered"),
        (
            "llm: { timeout: soon }",
            "llm.timeout: found a text, expected a whole number (from the file own.yaml, line 1)",
        ),
    ] {
        assert_eq!(refusal(yaml), said, "{yaml}");
    }
    let said = refusal("app:\n\n  colour: brown");
    assert!(said.starts_with("app.colour: unknown field") && said.ends_with("own.yaml, line 3)"), "{said}");
    let said = refusal("app: { name: a, name: b }");
    assert_eq!(said, "own.yaml is not valid YAML: duplicate mapping key: name at line 1, column 17");
    for origin in
        ["example.com", "https://", "https://a.example/page", "https://*.example.com", "*.example.com"]
    {
        let said = refusal(&format!("cors: {{ allow_origins: [\"{origin}\"] }}"));
        assert!(said.contains("is no origin"), "{said}");
    }
    for origin in
        ["https://portal.example.com:8443", "http://[::1]:3000", "HTTPS://Portal.example/", "loopback"]
    {
        load(&format!("cors: {{ allow_origins: [\"{origin}\"] }}")).unwrap();
    }
    assert!(refusal("app: { access_keys: [short] }").starts_with("app.access_keys: every key must have"));
    assert!(refusal("cors: { allow_origins: [\"*\"] }").starts_with("cors.allow_origins: \"*\" lets every"));
}

#[test]
fn a_file_may_name_variables() {
    let yaml = "app: { name: \"${TEAM} asks\", port: \"${PORT:9000}\", host: \"${HOST:}127.0.0.1\" }\n\
                cors: { allow_origins: [\"https://${TEAM}.example\"] }";
    let config = load_with(yaml, &[("TEAM", "data")], &Overrides::default()).unwrap();
    assert_eq!(
        (config.app.name.as_str(), config.app.port, config.app.host.as_str()),
        ("data asks", 9000, "127.0.0.1")
    );
    assert_eq!(config.cors.allow_origins, ["https://data.example"]);
    let config = load_with(yaml, &[("TEAM", "data"), ("PORT", "9100")], &Overrides::default()).unwrap();
    assert_eq!(config.app.port, 9100);
    assert_eq!(
        refusal("llm: { anthropic: { api_key: \"${NOPE}\" } }"),
        "own.yaml: llm.anthropic.api_key: the environment variable NOPE is not set: set it, or write ${NOPE:} for \
         nothing"
    );
}

#[test]
fn settings_of_another_database_in_the_environment_do_no_harm() {
    let config = load_env(&[("SQLATTE_DB_PASSWORD", "hunter2")]).unwrap();
    assert_eq!(config.unused, ["SQLATTE_DB_PASSWORD is set and not used: sqlite has no `password`"]);
}

#[test]
fn no_fault_shows_a_value() {
    const SECRET: &str = "hunter2hunter2hunter2hunter2";
    for yaml in [
        "app: { port: S }",
        "app: { access_keys: { S: S } }",
        "app: { access_keys: { key: S } }",
        "app: { access_keys: [[S]] }",
        "app: { access_keys: [short, S] }",
        "app: S",
        "log: { format: S }",
        "database: S",
        "database: { path: S }",
        "database: { provider: [S] }",
        "database: { sqlite: S }",
        "database: { sqlite: [S] }",
        "database: { oracle: { url: S } }",
        "llm: S",
        "llm: { api_key: S }",
        "llm: { timeout: S }",
        "llm: { anthropic: S }",
        "llm: { anthropic: { api_key: S\n",
        "llm: { anthropic: { api_key: !!int S } }",
        "llm: { anthropic: { api_key: \"S } }",
        "llm:\n  anthropic:\n  api_key: S\n bad: S",
    ] {
        // The one place where it is a key's name, which errors may show.
        let yaml = yaml.replace("{ S: S }", &format!("{{ key: {SECRET} }}")).replace('S', SECRET);
        let said = refusal(&yaml);
        assert!(!said.contains("hunter2"), "{yaml}: {said}");
    }
    for (name, value) in [
        ("SQLATTE__APP__ACCESS_KEYS", "{key=hunter2}"),
        ("SQLATTE__APP__PORT", "hunter2"),
        ("SQLATTE__LLM__API_KEY", "hunter2"),
        ("SQLATTE__LLM__ANTHROPIC", "hunter2"),
        ("SQLATTE__DATABASE__URL", "hunter2"),
        ("SQLATTE_DB_URL", "//user:hunter2@host/db"),
    ] {
        let said = load_env(&[(name, value)]).unwrap_err().to_string();
        assert!(!said.contains("hunter2"), "{name}: {said}");
        assert!(said.contains(name), "{name}: {said}");
    }
    // What only the adapter can judge.
    for yaml in ["sqlite: { pool_size: S }", "sqlite: { samples: [S] }", "sqlite: { path: { S: 1 } }"] {
        let config =
            load(&format!("database: {{ {} }}", yaml.replace("{ S: 1 }", "[S]").replace('S', SECRET)));
        let settings = config.unwrap().database.settings().unwrap();
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code, reason = "only reading it matters")]
        struct Own {
            #[serde(default)]
            pool_size: u8,
            #[serde(default)]
            samples: bool,
            #[serde(default)]
            path: String,
        }
        let said = settings.read::<Own>("sqlite").unwrap_err().to_string();
        assert!(!said.contains("hunter2") && said.contains("expected"), "{said}");
    }
    assert!(!format!("{:?}", database("postgres://user:hunter2@host/db")).contains("hunter2"));
    let environment = Environment::default().with("SQLATTE_DB_URL", "hunter2");
    assert!(!format!("{environment:?}").contains("hunter2"));
    let config = load_env(&[("ANTHROPIC_API_KEY", "hunter2"), ("SQLATTE__LLM__PROVIDER", "anthropic")]);
    assert!(!format!("{:?}", config.unwrap()).contains("hunter2"));
}

#[test]
fn one_text_is_a_list_of_one() {
    let key = "123456789012345678901234";
    for value in [key.to_owned(), format!("[{key}]")] {
        let config = load_env(&[("SQLATTE__APP__ACCESS_KEYS", &value)]).unwrap();
        assert_eq!(config.app.access_keys, [Secret::new(key)]);
    }
    let config = load(&format!("app: {{ access_keys: '{key}', allowed_hosts: sql.example.com }}")).unwrap();
    assert_eq!(config.app.access_keys, [Secret::new(key)]);
    assert_eq!(config.app.allowed_hosts, ["sql.example.com"]);
    // Without quotes it is a number to YAML, which keeps the first digits only.
    for yaml in [format!("app: {{ access_keys: {key} }}"), format!("app: {{ access_keys: [{key}] }}")] {
        let said = refusal(&yaml);
        assert!(
            said.contains("app.access_keys") && said.contains("quotes") && !said.contains("1234"),
            "{said}"
        );
    }
    assert!(load_env(&[("SQLATTE__APP__ACCESS_KEYS", "")]).unwrap().app.access_keys.is_empty());
    let text = "thekeythekeythekeythekeythekey";
    let config = load_env(&[("SQLATTE__APP__ACCESS_KEYS", text)]).unwrap();
    assert_eq!(config.app.access_keys, [Secret::new(text)]);
}

#[test]
fn keys_of_digits_keep_them() {
    for key in ["0012345678", "18446744073709551616", "123456789012345678901234567890", "1234567890.12345678"]
    {
        let config =
            load_env(&[("SQLATTE__LLM__PROVIDER", "anthropic"), ("SQLATTE__LLM__ANTHROPIC__API_KEY", key)]);
        assert_eq!(api_key(&config.unwrap()).as_deref(), Some(key));
    }
    let config =
        load_env(&[("SQLATTE__LLM__ANTHROPIC__TEMPERATURE", "0.50"), ("SQLATTE__QUERY__TIMEOUT", "7")]);
    assert_eq!(config.unwrap().query.timeout, 7);
}

#[test]
fn settings_that_nobody_would_read_are_refused() {
    for (yaml, said) in [
        (
            "database: { path: /x.db }",
            "database.path belongs in the section of a provider: database.sqlite.path (from the file own.yaml, line 1)",
        ),
        (
            "llm: { provider: anthropic, api_key: k }",
            "llm.api_key belongs in the section of a provider: llm.anthropic.api_key (from the file own.yaml, line 1)",
        ),
        (
            "llm: { api_key: k }",
            "llm.api_key belongs in the section of a provider: llm.PROVIDER.api_key (from the file own.yaml, line 1)",
        ),
        (
            "database: { sqllite: { path: /x.db } }",
            "database.sqllite: there is no such provider; database has sections for: \
             bigquery, mysql, postgresql, presto, sqlite, trino (from the file \
             own.yaml, line 1)",
        ),
        (
            "llm: { anthropc: { api_key: k } }",
            "llm.anthropc: there is no such provider; llm has sections for: anthropic, gemini, openai, vertex (from \
             the file own.yaml, line 1)",
        ),
        (
            "database: { sqlite: /x.db }",
            "database.sqlite must be a section of keys, such as database.sqlite.KEY: VALUE; it is a text (from \
             the file own.yaml, line 1)",
        ),
    ] {
        assert_eq!(refusal(yaml), said, "{yaml}");
    }
    assert!(load("database: { sqlite: }").is_ok(), "a section without keys");
    let said = load_env(&[("SQLATTE_DB_URL", "shop.db")]).unwrap_err().to_string();
    assert!(said.starts_with("SQLATTE_DB_URL takes a URL"), "{said}");
    let unused = load_env(&[("SQLATTE_LLM_API_KEY", "k")]).unwrap().unused;
    assert_eq!(unused, ["SQLATTE_LLM_API_KEY is set and not used: llm.provider is offline"]);
}

#[test]
fn a_level_nobody_knows_is_refused() {
    for level in ["loud", "info,loud", ""] {
        let said = refusal(&format!("log: {{ level: '{level}' }}"));
        assert!(said.starts_with("log.level must be one of error, warn"), "{said}");
    }
    assert!(load("log: { level: 'WARN,sqlatte_core=debug' }").is_ok());
    assert!(refusal("storage: { data_dir: '' }").starts_with("storage.data_dir is empty"));
}

#[test]
fn the_command_line_is_strongest() {
    let overrides = Overrides { port: Some(0), ..database("sqlite:/data/own.db") };
    let yaml = "database: { sqlite: { path: /x.db, pool_size: 2 } }";
    let config = load_with(yaml, &[("SQLATTE__APP__PORT", "7")], &overrides).unwrap();
    assert_eq!(config.app.port, 0);
    assert_eq!(url(&config).as_deref(), Some("sqlite:/data/own.db"));
    let config = load_with(yaml, &[("SQLATTE_DB_URL", "sqlite:/env.db")], &Overrides::default()).unwrap();
    assert_eq!(url(&config).as_deref(), Some("sqlite:/env.db"));
    for nonsense in ["nonsense", ":memory:", "sqlite:", "user:pw@host//x", "//host:5/x"] {
        let said = load_with("", &[], &database(nonsense)).unwrap_err().to_string();
        assert!(!said.contains("pw"), "{said}");
    }
}

#[test]
fn short_names_reach_the_database_that_is_asked() {
    let config = load_env(&[("SQLATTE_DB_PATH", "/env.db"), ("SQLATTE_DB_URL", "")]).unwrap();
    assert_eq!(path(&config).as_deref(), Some("/env.db"));
}

#[test]
#[cfg(feature = "db-postgres")]
fn short_names_follow_the_provider() {
    let variables =
        [("SQLATTE_DB_PROVIDER", "postgres"), ("SQLATTE_DB_HOST", "db1"), ("SQLATTE_DB_PORT", "5433")];
    let config = load_env(&variables).unwrap();
    assert_eq!(config.database.provider, "postgresql");
    let settings = config.database.settings().unwrap();
    assert_eq!(text(&settings, "host").as_deref(), Some("db1"));
}

#[test]
#[cfg(feature = "llm-anthropic")]
fn a_provider_is_found_by_all_its_names() {
    for yaml in [
        "llm: { provider: claude, claude: { api_key: k } }",
        "llm: { provider: claude, anthropic: { api_key: k } }",
        "llm: { provider: anthropic, claude: { api_key: k } }",
    ] {
        let config = load(yaml).unwrap();
        assert_eq!((config.llm.provider.as_str(), api_key(&config).as_deref()), ("anthropic", Some("k")));
    }
    let variables = [("SQLATTE__LLM__PROVIDER", "claude"), ("SQLATTE_LLM_API_KEY", "k")];
    assert_eq!(api_key(&load_env(&variables).unwrap()).as_deref(), Some("k"));
    let said = refusal("llm: { claude: { api_key: k }, anthropic: { api_key: k } }");
    assert!(said.starts_with("llm.claude and llm.anthropic are the same"), "{said}");
}

#[test]
fn the_short_name_of_the_key_follows_the_provider() {
    let config = load_env(&[
        ("SQLATTE__LLM__PROVIDER", "anthropic"),
        ("SQLATTE_LLM_API_KEY", "k"),
        ("ANTHROPIC_API_KEY", "weaker"),
    ]);
    assert_eq!(api_key(&config.unwrap()).as_deref(), Some("k"));
}

#[test]
fn the_key_for_gemini_is_read() {
    let config = load_env(&[("SQLATTE__LLM__PROVIDER", "gemini"), ("GEMINI_API_KEY", "k")]).unwrap();
    assert_eq!(api_key(&config).as_deref(), Some("k"));
    assert!(config.unused.is_empty(), "{:?}", config.unused);
}

#[test]
fn keys_of_other_houses_are_kept_from_gateways() {
    for (llm, name, own) in [
        ("anthropic", "ANTHROPIC_API_KEY", "https://api.anthropic.com"),
        ("gemini", "GEMINI_API_KEY", "https://generativelanguage.googleapis.com/v1"),
    ] {
        let with = |url: &str| {
            let variable = format!("SQLATTE__LLM__{}__BASE_URL", llm.to_uppercase());
            load_env(&[("SQLATTE__LLM__PROVIDER", llm), (name, "k"), (&variable, url)]).unwrap()
        };
        assert_eq!(api_key(&with(own)).as_deref(), Some("k"), "{own}");
        let elsewhere = with("https://gateway.example.com");
        assert_eq!(api_key(&elsewhere), None);
        let said = format!(
            "{name} is set and not used: llm.{llm}.base_url names another server, whose key is SQLATTE_LLM_API_KEY"
        );
        assert_eq!(elsewhere.unused, [said]);
    }
}

#[test]
fn vertex_takes_no_key() {
    let config = load_env(&[("SQLATTE__LLM__PROVIDER", "vertex"), ("SQLATTE_LLM_API_KEY", "k")]).unwrap();
    assert_eq!(config.unused, ["SQLATTE_LLM_API_KEY is set and not used: llm.provider is vertex"]);
}

#[test]
#[cfg(feature = "llm-openai")]
fn the_key_for_openai_goes_to_openai_alone() {
    let key = |url: &str| {
        let variables = [
            ("SQLATTE__LLM__PROVIDER", "openai"),
            ("OPENAI_API_KEY", "k"),
            ("SQLATTE__LLM__OPENAI__BASE_URL", url),
        ];
        let config = load_env(&variables).unwrap();
        (api_key(&config), config.unused.join(""))
    };
    for url in ["https://api.openai.com/v1", "https://api.openai.com"] {
        assert_eq!(key(url), (Some("k".to_owned()), String::new()), "{url}");
    }
    for url in
        ["https://openrouter.ai/api/v1", "http://api.openai.com", "https://api.openai.com.evil.example/"]
    {
        let (key, unused) = key(url);
        assert_eq!(key, None, "{url}");
        assert!(unused.ends_with("names another server, whose key is SQLATTE_LLM_API_KEY"), "{unused}");
    }
    let variables =
        [("SQLATTE__LLM__PROVIDER", "openai"), ("OPENAI_API_KEY", "weaker"), ("SQLATTE_LLM_API_KEY", "k")];
    assert_eq!(api_key(&load_env(&variables).unwrap()).as_deref(), Some("k"));
}

#[test]
fn says_where_settings_come_from() {
    let config = load_with(
        "app: { host: 0.0.0.0 }",
        &[("SQLATTE__LLM__PROVIDER", "anthropic"), ("ANTHROPIC_API_KEY", "hunter2")],
        &database("sqlite:/x.db"),
    );
    let said: Vec<String> = config
        .unwrap()
        .origins
        .into_iter()
        .map(|origin| format!("{} {} {}", origin.key, origin.value.as_deref().unwrap_or("-"), origin.from))
        .collect();
    assert_eq!(
        said,
        [
            "app.host 0.0.0.0 the file FOLDER/own.yaml".to_owned(),
            "app.port 8000 the defaults".to_owned(),
            "storage.data_dir data the defaults".to_owned(),
            "database.provider sqlite the command line".to_owned(),
            "database.sqlite.path - the defaults".to_owned(),
            "database.sqlite.url set the command line".to_owned(),
            "llm.provider anthropic the environment variable SQLATTE__LLM__PROVIDER".to_owned(),
            "llm.anthropic.api_key set the environment variable ANTHROPIC_API_KEY".to_owned(),
        ]
        .map(|line| line.replace("FOLDER/own.yaml", said[0].split_once("file ").unwrap().1))
    );
}
