//! Which web pages may use the API.

use bytes::Bytes;
use hyper::Method;
use serde_json::json;
use sqlatte_e2e::{Client, Response, database};

use crate::support::Setup;

async fn preflight(client: &Client, origin: &str, method: &str) -> Response {
    let client = client
        .with("origin", origin)
        .with("access-control-request-method", method)
        .with("access-control-request-headers", "content-type,x-session-id");
    client.send(Method::OPTIONS, "/api/query", Bytes::new()).await
}

#[tokio::test]
async fn pages_of_this_machine_may() {
    let setup = Setup::shop().await;
    for origin in ["http://localhost:3000", "http://127.0.0.1:8080", "https://[::1]:8443"] {
        let asked = setup.client().with("origin", origin).ask("hello").await;
        assert_eq!((asked.status, asked.header("access-control-allow-origin")), (200, origin));
        assert!(
            asked.headers.get_all("vary").iter().any(|vary| vary.to_str().unwrap().contains("origin")),
            "{:?}",
            asked.headers
        );
        let exposed = asked.header("access-control-expose-headers");
        assert!(
            ["x-request-id", "retry-after", "content-disposition"].iter().all(|one| exposed.contains(one)),
            "{exposed}"
        );
        let ahead = preflight(&setup.client(), origin, "DELETE").await;
        assert!((200..300).contains(&ahead.status));
        assert_eq!(ahead.header("access-control-allow-origin"), origin);
        assert!(ahead.header("access-control-allow-methods").contains("DELETE"));
        let headers = ahead.header("access-control-allow-headers").to_lowercase();
        assert!(
            ["content-type", "x-session-id", "authorization"].iter().all(|one| headers.contains(one)),
            "{headers}"
        );
        assert_eq!(ahead.header("access-control-allow-credentials"), "", "no cookies, ever");
    }
}

#[tokio::test]
async fn pages_from_elsewhere_may_not() {
    let setup = Setup::shop().await;
    for origin in [
        "https://evil.example",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "null",
        "file://",
    ] {
        for response in [
            setup.client().with("origin", origin).ask("hello").await,
            setup.client().with("origin", origin).get("/api/tables").await,
            preflight(&setup.client(), origin, "POST").await,
        ] {
            assert_eq!(response.header("access-control-allow-origin"), "", "{origin}: {}", response.request);
        }
    }
}

/// A page that sends a form or plain text needs no preflight, so such bodies are not read.
#[tokio::test]
async fn requests_without_preflight_are_not_understood() {
    let setup = Setup::shop().await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let client = setup.client().with("origin", "https://evil.example").with("content-type", kind);
        for path in ["/api/sql", "/api/query", "/api/query/stream", "/api/schema", "/api/favorites"] {
            let body = json!({"sql": "SELECT 1", "question": "hello", "tables": ["orders"]}).to_string();
            client.send(Method::POST, path, body.into()).await.problem(415, "unsupported_media_type");
        }
    }
    assert_eq!(setup.model.calls(), 0);
}

#[tokio::test]
async fn problems_can_be_read_by_the_pages_that_may() {
    let setup = Setup::shop().await;
    let client = setup.client().with("origin", "http://localhost:3000");
    for response in
        [client.ask("").await, client.sql("DROP TABLE customers").await, client.get("/api/nowhere").await]
    {
        assert!(response.status >= 400);
        assert_eq!(
            response.header("access-control-allow-origin"),
            "http://localhost:3000",
            "{}",
            response.request
        );
    }
}

#[tokio::test]
async fn origins_can_be_named() {
    let config = "cors: {allow_origins: [https://portal.example.com]}";
    let setup = Setup::with(database::shop, |start| start.config(config)).await;
    let allowed = |origin: &'static str| {
        let client = setup.client().with("origin", origin);
        async move { client.get("/api/tables").await.header("access-control-allow-origin").to_owned() }
    };
    assert_eq!(allowed("https://portal.example.com").await, "https://portal.example.com");
    for other in ["http://portal.example.com", "https://portal.example.com.evil.example", "http://localhost"]
    {
        assert_eq!(allowed(other).await, "", "{other}");
    }
}
