use std::io::Write;

use super::*;

fn load(yaml: &str) -> Result<Config, ConfigError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(yaml.as_bytes()).unwrap();
    Config::load(Some(file.path()), &Overrides::default())
}

fn refusal(yaml: &str) -> String {
    let error = load(yaml).unwrap_err().to_string();
    // The file's own name changes with every run.
    match (error.find("/tmp"), error) {
        (Some(at), error) => {
            let end = error[at..].find([' ', ':', ')']).map_or(error.len(), |end| at + end);
            format!("{}FILE{}", &error[..at], &error[end..])
        }
        (None, error) => error,
    }
}

#[test]
fn the_default_file_is_whole() {
    let config = load("").unwrap();
    assert_eq!(config.app.port, 8000);
    assert_eq!(config.database.provider, "sqlite");
    assert_eq!(config.database.text("path"), None);
}

#[test]
fn a_file_changes_only_what_it_names() {
    let config = load("query: { timeout: 5 }\ndatabase: { sqlite: { path: /tmp/x.db } }").unwrap();
    assert_eq!((config.query.timeout, config.query.default_limit), (5, 1000));
    assert_eq!(config.database.text("path"), Some("/tmp/x.db"));
}

#[test]
fn faults_name_the_place() {
    insta::assert_snapshot!(refusal("app: [unclosed"));
    insta::assert_snapshot!(refusal("app:\n  port: many"));
    insta::assert_snapshot!(refusal("app:\n  colour: brown"));
    insta::assert_snapshot!(refusal("- a list"));
    insta::assert_snapshot!(refusal("query: { default_limit: 10, max_limit: 5 }"));
    insta::assert_snapshot!(refusal("app: { access_keys: [short] }"));
    insta::assert_snapshot!(refusal("cors: { allow_origins: [\"*\"] }"));
}

#[test]
fn the_command_line_is_strongest() {
    let overrides =
        Overrides { port: Some(0), database: Some("sqlite:/data/own.db".to_owned()), ..Overrides::default() };
    let config = Config::load(None, &overrides).unwrap();
    assert_eq!(config.app.port, 0);
    assert_eq!(config.database.text("url"), Some("sqlite:/data/own.db"));
    assert!(
        Config::load(None, &Overrides { database: Some("nonsense".into()), ..Overrides::default() }).is_err()
    );
}
