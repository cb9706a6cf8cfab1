//! What operators ask: is it alive, is it ready, how much does it do.

use axum::{Json as JsonBody, Router, extract::State, middleware, routing::get};
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;

use crate::{access, state::AppState};

/// Orchestrators ask `/health` and `/ready` without a key; what the server does and with what is behind one.
pub(super) fn router(state: &AppState) -> Router<AppState> {
    let require_key = middleware::from_fn_with_state(state.clone(), access::require_key);
    Router::new()
        .route("/metrics", get(metrics))
        .route_layer(require_key)
        .route("/health", get(health))
        .route("/ready", get(ready))
}

#[derive(Debug, Serialize)]
struct Health {
    status: &'static str,
    name: String,
    version: &'static str,
    uptime_seconds: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    components: Option<Components>,
}

#[derive(Debug, Serialize)]
struct Components {
    database: Component,
    llm: Component,
}

#[derive(Debug, Serialize)]
struct Component {
    status: &'static str,
    kind: String,
    target: String,
}

/// Liveness: what the server is set to, from memory; never waits for a model or a database.
async fn health(State(state): State<AppState>, headers: HeaderMap) -> JsonBody<Health> {
    JsonBody(Health {
        status: "ok",
        name: state.config().app.name.clone(),
        version: env!("CARGO_PKG_VERSION"),
        uptime_seconds: state.started().elapsed().as_secs(),
        components: state.access_keys().open_for(&headers).then(|| components(&state)),
    })
}

fn components(state: &AppState) -> Components {
    let runtime = state.runtime();
    let database = runtime.catalog.info();
    Components {
        database: Component { status: "configured", kind: database.kind.to_owned(), target: database.target },
        llm: Component {
            status: "configured",
            kind: state.config().llm.provider.clone(),
            target: runtime.interpreter.name(),
        },
    }
}

#[derive(Debug, Serialize)]
struct Ready {
    ready: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// Readiness: whether the database answers.
async fn ready(State(state): State<AppState>) -> (StatusCode, JsonBody<Ready>) {
    match state.runtime().catalog.database().check().await {
        Ok(()) => (StatusCode::OK, JsonBody(Ready { ready: true, detail: None })),
        Err(error) => {
            // The log says which database and why; whoever asks without a key learns only that it is down.
            tracing::warn!(error = &error as &dyn std::error::Error, "the database does not answer");
            let detail = Some("the database does not answer: see the server's log".to_owned());
            (StatusCode::SERVICE_UNAVAILABLE, JsonBody(Ready { ready: false, detail }))
        }
    }
}

/// Counters and durations in Prometheus' text format.
async fn metrics(State(state): State<AppState>) -> ([(header::HeaderName, &'static str); 1], String) {
    let running = state.running().count();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.metrics().render(running))
}
