//! Access keys: what they open, and what stays open.

use serde_json::json;
use sqlatte_e2e::{Start, database};

use crate::support::{Setup, model};

const KEY: &str = "a-key-of-at-least-24-characters";
const SECOND: &str = "another-key-of-enough-characters";

#[tokio::test]
async fn the_api_opens_to_a_key_and_to_nothing_else() {
    let keys = format!("app: {{access_keys: [{KEY}, {SECOND}]}}");
    let setup = Setup::with(database::shop, |start| start.config(&keys)).await;
    let client = setup.client();
    let short = &KEY[..KEY.len() - 1];
    let long = format!("Bearer {KEY}x");
    for client in [
        client.clone(),
        client.with("authorization", "Bearer "),
        client.with("authorization", KEY),
        client.with("authorization", &format!("Bearer {short}")),
        client.with("authorization", &long),
        client.with("authorization", &format!("Basic {KEY}")),
        client.with("x-session-id", KEY),
    ] {
        for (method, path) in setup.api.contract().routes() {
            // Orchestrators have no key.
            if matches!(path.as_str(), "/health" | "/ready") {
                continue;
            }
            let path = path.replace("{query_id}", "0198f000-0000-7000-8000-000000000000");
            let path = path.replace("{id}", "0198f000-0000-7000-8000-000000000000");
            let refused = client.send(method.parse().unwrap(), &path, bytes::Bytes::new()).await;
            let problem = refused.problem(401, "unauthorized");
            assert!(!problem.to_string().contains(KEY));
        }
        client.get("/metrics").await.problem(401, "unauthorized");
    }
    for key in [KEY, SECOND] {
        let client = client.with("authorization", &format!("Bearer {key}"));
        client.sql("SELECT 1").await.expect(200);
        assert_eq!(client.get("/metrics").await.status, 200);
        assert!(client.get("/health").await.expect(200).get("components").is_some());
    }
}

#[tokio::test]
async fn what_stays_open_says_nothing_of_the_database() {
    let setup =
        Setup::with(database::shop, |start| start.config(&format!("app: {{access_keys: [{KEY}]}}"))).await;
    let client = setup.client();
    for path in ["/", "/widget.js", "/health", "/ready", "/api/openapi.json"] {
        assert_eq!(client.get(path).await.status, 200, "{path}");
    }
    let health = client.get("/health").await.expect(200);
    assert_eq!(health.get("components"), None, "{health}");
}

#[tokio::test]
async fn any_origin_needs_a_key() {
    let config = format!("app: {{access_keys: [{KEY}]}}\ncors: {{allow_origins: ['*']}}");
    let setup = Setup::with(database::shop, |start| start.config(&config)).await;
    let client = setup.client().with("origin", "https://anywhere.example");
    let open = client.with("authorization", &format!("Bearer {KEY}")).get("/api/tables").await;
    assert_eq!((open.status, open.header("access-control-allow-origin")), (200, "https://anywhere.example"));
    client.get("/api/tables").await.problem(401, "unauthorized");
}

/// Whoever reaches an open server reads the database.
#[test]
fn a_public_address_needs_a_key() {
    let model = model();
    let start = || Start::new().model(&model.url()).argument("--host").argument("0.0.0.0");
    let refused = start().try_serve().unwrap_err();
    assert!(refused.contains("access_keys") && refused.contains("--insecure"), "{refused}");
    start().config(&format!("app: {{access_keys: [{KEY}]}}")).serve();
    start().argument("--insecure").serve();
}

#[tokio::test]
async fn the_key_is_in_no_log_and_no_answer() {
    let config = format!("app: {{access_keys: [{KEY}]}}\nlog: {{level: trace}}");
    let setup = Setup::with(database::shop, |start| start.config(&config)).await;
    let client = setup.client().with("authorization", &format!("Bearer {KEY}"));
    let answer = client.post("/api/query", &json!({"question": "hello"})).await;
    answer.expect(200);
    assert!(!answer.text().contains(KEY) && !setup.server.log().contains(KEY), "the access key leaks");
    assert!(!setup.server.log().contains("sk-test-key"), "the model's key leaks");
    let session = answer.json()["session_id"].as_str().unwrap().to_owned();
    assert!(!setup.server.log().contains(&session), "a session's id is a secret too");
}
