//! Vertex AI's login: what is sent, and what is said when it fails.
#![cfg(feature = "vertex")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and so do its helpers")]

mod token_server;

use std::time::{Duration, SystemTime};

use serde_json::json;
use sqlatte_llm_google::{Google, VertexConfig, VertexFactory};
use sqlatte_providers::{ErrorKind, LlmProvider, ProviderError, Registry, Secret, Settings};
use sqlatte_testkit::llm::{FakeModelServer, Reply};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

/// Opens nothing: it was made for these tests.
const KEY: &str = include_str!("data/throwaway-key.pem");

fn service_account(private_key: &str) -> Secret {
    let key = json!({
        "type": "service_account", "project_id": "shop", "private_key_id": "1",
        "client_email": "asker@shop.iam.gserviceaccount.com", "private_key": private_key,
    });
    Secret::new(key.to_string())
}

fn provider(base_url: &str, key: Secret) -> Google {
    let mut config = VertexConfig::new("shop");
    config.credentials_json = key;
    config.base_url = base_url.to_owned();
    config.max_retries = 0;
    Google::vertex(config).unwrap()
}

async fn refusal(provider: &Google) -> ProviderError {
    let error = provider.check().await.unwrap_err();
    let shown = format!("{error:?} {provider:?}");
    for secret in ["hunter2", "client-secret", "refresh-token", "PRIVATE KEY"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    error
}

#[tokio::test]
async fn a_service_account_signs_for_itself() {
    let server = MockServer::start().await;
    let answer = json!({"candidates": [{"finishReason": "MAX_TOKENS"}]});
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .mount(&server)
        .await;
    provider(&server.uri(), service_account(KEY)).check().await.unwrap();
    let received = server.received_requests().await.unwrap();
    let token = received[0].headers["authorization"].to_str().unwrap();
    assert!(token.starts_with("Bearer ") && token.matches('.').count() == 2, "a JWT: {token}");
    assert_eq!(received[0].url.query(), None);
    assert_eq!(
        received[0].url.path(),
        "/v1/projects/shop/locations/global/publishers/google/models/gemini-3.8-flash:generateContent"
    );
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_told() {
    let server = MockServer::start().await;
    let then = httpdate::fmt_http_date(SystemTime::now() - Duration::from_secs(3 * 60 * 60));
    let body = json!({"error": {"code": 401, "status": "UNAUTHENTICATED", "message": "Invalid JWT"}});
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(401).set_body_json(body).insert_header("date", then.as_str()))
        .mount(&server)
        .await;
    let error = refusal(&provider(&server.uri(), service_account(KEY))).await;
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(error.message().contains("clock is 180 minutes off"), "{error}");

    let said = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your \
                iat and exp values in the JWT claim.";
    let answer = json!({"error": "invalid_grant", "error_description": said});
    let error = refusal(&provider(&server.uri(), token_server::key_answered(400, &answer))).await;
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(error.message().contains("set this machine's clock right"), "{error}");
}

#[tokio::test]
async fn a_login_that_was_revoked_is_told() {
    let answer = json!({"error": "invalid_grant", "error_description": "Token has been expired or revoked."});
    let error = refusal(&provider("http://127.0.0.1:1", token_server::key_answered(400, &answer))).await;
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(error.message().contains("expired or revoked.; log in again"), "{error}");
}

#[tokio::test]
async fn a_token_server_that_is_away_is_told() {
    let key = json!({
        "type": "authorized_user", "client_id": "1", "client_secret": "client-secret",
        "refresh_token": "refresh-token", "token_uri": "http://127.0.0.1:1/token",
    });
    let error = refusal(&provider("http://127.0.0.1:1", Secret::new(key.to_string()))).await;
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.message().contains("the server that gives it cannot be reached"), "{error}");
}

#[tokio::test]
async fn a_private_key_that_is_none_is_told_at_the_first_call() {
    let broken = "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n";
    let error = refusal(&provider("http://127.0.0.1:1", service_account(broken))).await;
    assert_eq!(error.kind(), ErrorKind::InvalidSettings, "{error}");
    assert!(error.message().contains("`private_key` of the service account cannot be used"), "{error}");
}

#[tokio::test]
async fn an_address_of_this_machine_needs_no_login() {
    let server = FakeModelServer::start();
    server.otherwise(Reply::text("Hi"));
    let registry = Registry::new().with_llm(VertexFactory);
    for name in ["vertex", "vertexai"] {
        let settings = Settings::new(json!({"project_id": "shop", "base_url": server.url()})).unwrap();
        let provider = registry.llm(name, &settings).await.unwrap();
        assert_eq!(provider.info().kind, "vertex");
        provider.check().await.unwrap();
    }
}
