//! A server that cannot start says why in one line and what to do, and ends with a failure.

use std::{fs, net::TcpListener};

use sqlatte_e2e::Start;

use crate::support::model;

/// What it says on its way out.
fn refused(start: Start) -> String {
    let said = start.try_serve().map(|_| ()).unwrap_err();
    let (status, text) = said.split_once('\n').unwrap();
    assert_eq!(status, "exit status: 1", "{text}");
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("sqlatte: ")).collect();
    assert_eq!(lines.len(), 1, "one line for people: {text}");
    for inside in ["panicked", ".rs:", "RUST_BACKTRACE", "Os {"] {
        assert!(!text.contains(inside), "`{inside}` in {text}");
    }
    lines[0].to_owned()
}

fn start() -> Start {
    Start::new().model("http://127.0.0.1:9")
}

#[test]
fn a_port_in_use() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let said = refused(start().argument("--port").argument(port.to_string()));
    assert!(said.contains(&format!("127.0.0.1:{port}")) && said.contains("--port"), "{said}");
}

#[test]
fn an_address_that_is_not_here() {
    let said = refused(start().argument("--host").argument("203.0.113.1").argument("--insecure"));
    assert!(said.contains("203.0.113.1") && said.contains("--host"), "{said}");
}

#[test]
fn a_data_directory_that_is_a_file() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("data");
    fs::write(&file, "in the way").unwrap();
    for dir in [file.clone(), file.join("below")] {
        let said = refused(start().data_dir(&dir));
        assert!(said.contains(dir.to_str().unwrap()) && said.contains("--data-dir"), "{said}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "in the way");
}

#[test]
fn a_store_that_is_none() {
    let folder = tempfile::TempDir::new().unwrap();
    fs::write(folder.path().join("sqlatte.db"), "no database".repeat(1000)).unwrap();
    let said = refused(start().data_dir(folder.path()));
    assert!(said.contains("sqlatte.db"), "{said}");
}

/// File and line are named.
#[test]
fn broken_yaml() {
    for (yaml, line) in [
        ("app:\n  port: 8000\n  host: [127.0.0.1\n", "line 3"),
        ("app:\n  port: 8000\n bad: indentation\n", "line 3"),
        ("app: {port: 8000}\napp: {port: 8001}\n", "line 2"),
        ("app:\n\tport: 8000\n", "line 2"),
        ("query:\n  timeout: \"60\n", "line"),
    ] {
        let said = refused(start().config(yaml));
        assert!(said.contains("sqlatte.yaml") && said.contains(line), "{yaml:?}: {said}");
    }
    let said = refused(start().config("- a\n- list\n"));
    assert!(said.contains("sqlatte.yaml") && said.contains("mapping"), "{said}");
}

#[test]
fn unknown_keys_and_wrong_values() {
    for (yaml, words) in [
        ("app: {colour: brown}", ["app.colour", "sqlatte.yaml"]),
        ("apps: {port: 1}", ["apps", "sqlatte.yaml"]),
        ("app: {max_body_bytes: many}", ["app.max_body_bytes", "sqlatte.yaml"]),
        ("storage: {keep_sessions_days: 5000000000}", ["storage.keep_sessions_days", "sqlatte.yaml"]),
        ("query: {timeout: -1}", ["query.timeout", "sqlatte.yaml"]),
        ("query: {timeout: 0}", ["query.timeout", "at least 1"]),
        ("query: {default_limit: 10, max_limit: 5}", ["query.default_limit", "query.max_limit"]),
        ("app: {access_keys: [short]}", ["app.access_keys", "24"]),
        ("cors: {allow_origins: ['*']}", ["cors.allow_origins", "app.access_keys"]),
        ("log: {format: xml}", ["log.format", "sqlatte.yaml"]),
        ("log: {level: 'sqlatte==debug'}", ["log.level", "sqlatte==debug"]),
        ("database: {provider: oracle}", ["oracle", "sqlite"]),
        ("database: {sqlite: {path: x.db, pool: 3}}", ["pool", "sqlite"]),
    ] {
        let said = refused(start().config(yaml));
        assert!(words.iter().all(|word| said.contains(word)), "{yaml}: not all of {words:?} in: {said}");
    }
}

#[test]
fn settings_of_the_environment_are_named_too() {
    let said = refused(start().variable("SQLATTE__QUERY__TIMEOUT", "soon"));
    assert!(said.to_lowercase().contains("query.timeout") && said.contains("environment"), "{said}");
    let said = refused(start().variable("SQLATTE__QUERY__TIMEOOT", "5"));
    assert!(said.contains("timeoot"), "{said}");
}

#[test]
fn files_and_databases_that_are_not_there() {
    let said = refused(start().argument("--config").argument("/nowhere/sqlatte.yaml"));
    assert!(said.contains("/nowhere/sqlatte.yaml") && said.contains("cannot be read"), "{said}");
    for url in ["shop.db", "sqlite:", ":memory:", "oracle://host/x", "sqlite::memory:"] {
        let said = refused(start().argument("--database").argument(url));
        assert!(said.len() > 20, "{url}: {said}");
    }
}

#[test]
fn a_model_that_cannot_be_asked() {
    let model = model();
    let keyless = Start::new().model(&model.url()).variable("SQLATTE__LLM__ANTHROPIC__API_KEY", "");
    let said = refused(keyless);
    assert!(said.contains("ANTHROPIC_API_KEY"), "{said}");
    let said = refused(start().variable("SQLATTE__LLM__PROVIDER", "oracle-of-delphi"));
    assert!(said.contains("oracle-of-delphi") && said.contains("anthropic"), "{said}");
    let said = refused(start().model("not an address"));
    assert!(said.contains("base_url"), "{said}");
    assert!(!said.contains("sk-test-key"), "{said}");
}

#[test]
fn a_database_url_of_the_environment_that_is_none() {
    let started = Start::new().model("http://127.0.0.1:9").variable("SQLATTE_DB_URL", "shop.db").try_serve();
    let said = started.map(|_| "it asks another database").unwrap_err();
    assert!(said.contains("SQLATTE_DB_URL") || said.contains("sqlite:"), "{said}");
}
