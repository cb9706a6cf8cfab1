//! What the settings may say, and what is said of those that are wrong.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use sqlatte_db_trino::{PrestoFactory, TrinoFactory};
use sqlatte_providers::{DatabaseFactory, Registry, Settings};

async fn target(settings: Value) -> Result<String, String> {
    let settings = Settings::new(settings).unwrap();
    let trino =
        TrinoFactory.connect(&settings).await.map_err(|error| format!("{}: {error}", error.kind().name()))?;
    let info = trino.info();
    Ok(format!("{} {:?}", info.target, info.home))
}

#[tokio::test]
async fn a_url_is_enough() {
    let registry = Registry::new().with_database(TrinoFactory).with_database(PrestoFactory);
    for scheme in ["trino", "presto"] {
        let url =
            format!("{scheme}://ann:p%40ss%2Bword@db.example.com:443/hi%20ve/we%2Fb?session.x=1&schemas=a,b");
        let trino = registry.database(scheme, &Settings::from_url(&url)).await.unwrap();
        assert_eq!(trino.info().kind, scheme);
        assert_eq!(trino.info().target, "db.example.com/hi ve/we/b");
        assert_eq!(trino.info().home, ["hi ve", "we/b"]);
        let shown = format!("{trino:?}");
        assert!(!shown.contains("p@ss") && !shown.contains("ann"), "{shown}");
    }
}

#[tokio::test]
async fn reads_urls_and_keys() {
    for (settings, expected) in [
        (json!({ "url": "trino://localhost" }), "localhost:8080 []"),
        (json!({ "url": "trino://db" }), "db:8080 []"),
        (json!({ "url": "trino://db/hive" }), "db:8080/hive []"),
        (json!({ "url": "trino://u:p@db/hive/web" }), "db/hive/web [\"hive\", \"web\"]"),
        (json!({ "url": "https://db/gateway/trino/?catalog=hive" }), "db/hive []"),
        (json!({ "url": "http://[::1]:8080" }), "[::1]:8080 []"),
        (json!({ "host": "::1", "port": 9000 }), "[::1]:9000 []"),
        // As Python's SQLatte has them.
        (
            json!({
                "host": "db", "port": 443, "user": "admin", "password": "", "catalog": "hive", "schema": "default",
                "http_scheme": "https",
            }),
            "db/hive/default [\"hive\", \"default\"]",
        ),
        // As the default file has them.
        (
            json!({
                "url": "", "host": "db", "user": "", "password": "", "token": "", "catalog": "", "schema": "",
                "catalogs": [], "protocol": "", "ca_file": "", "client_certificate": "", "client_key": "",
                "http_scheme": "", "time_zone": "", "impersonate": "",
            }),
            "db:8080 []",
        ),
    ] {
        assert_eq!(target(settings.clone()).await.as_deref(), Ok(expected), "{settings}");
    }
}

#[tokio::test]
async fn says_what_is_wrong() {
    let mut texts = Vec::new();
    for settings in [
        json!({}),
        json!({ "url": "" }),
        json!({ "url": "mysql://db" }),
        json!({ "url": "db:8080" }),
        json!({ "url": "trino://hunter2:hunter2@" }),
        json!({ "url": "trino://db/a/b/c" }),
        json!({ "url": "trino://db/#hunter2" }),
        json!({ "url": "trino://u:%FF@db" }),
        json!({ "url": "trino://db?password=hunter2" }),
        json!({ "url": "trino://db?ssl_verify=hunter2" }),
        json!({ "url": "trino://db", "host": "db" }),
        json!({ "host": "db/hunter2" }),
        json!({ "host": "u@db" }),
        json!({ "host": "db", "port": 0 }),
        json!({ "host": "db", "port": 70000 }),
        json!({ "host": "db", "http_scheme": "ftp" }),
        json!({ "host": "db", "user": "u", "password": "hunter2", "http_scheme": "http" }),
        json!({ "host": "db", "token": "hunter2", "http_scheme": "http" }),
        json!({ "host": "db", "password": "hunter2" }),
        json!({ "host": "db", "user": "a:b", "password": "hunter2" }),
        json!({ "host": "db", "user": "u", "password": "hunter2", "token": "hunter2" }),
        json!({ "host": "db", "token": "hunter2\nX-Trino-User: admin" }),
        json!({ "host": "db", "user": "ann\nX-Trino-User: admin" }),
        json!({ "host": "db", "client_tags": ["a,b"] }),
        json!({ "host": "db", "session_properties": { "a=b,c": "1" } }),
        json!({ "host": "db", "session_properties": { "query_max_run_time": "9d" } }),
        json!({ "host": "db", "pool_size": 0 }),
        json!({ "host": "db", "connect_timeout": 0 }),
        json!({ "host": "db", "ca_file": "/no/such/file.pem" }),
        json!({ "host": "db", "ca_file": "Cargo.toml" }),
        json!({ "host": "db", "client_certificate": "Cargo.toml" }),
        json!({ "host": "db", "http_scheme": "https", "client_certificate": "Cargo.toml", "client_key": "Cargo.toml" }),
        json!({ "host": "db", "http_scheme": "http", "client_certificate": "Cargo.toml", "client_key": "Cargo.toml" }),
        json!({ "host": "db", "protocol": "hunter2" }),
        json!({ "host": "db", "passwort": "hunter2" }),
    ] {
        let error = target(settings.clone()).await.unwrap_err();
        assert!(!error.contains("hunter2"), "{settings}: {error}");
        // The list of all keys grows.
        let error = error.split("expected one of `url`").next().unwrap_or_default().to_owned();
        texts.push(error);
    }
    insta::assert_snapshot!(texts.join("\n"));
    assert!(
        target(json!({ "host": "127.0.0.1", "user": "u", "password": "p", "http_scheme": "http" }))
            .await
            .is_ok()
    );
}
