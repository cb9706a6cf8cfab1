//! What operators ask: is it alive, is it ready, how much does it do.

use axum::{Json as JsonBody, Router, extract::State, routing::get};
use http::{StatusCode, header};
use serde::Serialize;

use crate::state::AppState;

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/health", get(health)).route("/ready", get(ready)).route("/metrics", get(metrics))
}

#[derive(Debug, Serialize)]
struct Health {
    status: &'static str,
    name: String,
    version: &'static str,
    uptime_seconds: u64,
    running_queries: usize,
    components: Components,
}

#[derive(Debug, Serialize)]
struct Components {
    database: Component,
    llm: Component,
}

#[derive(Debug, Serialize)]
struct Component {
    status: &'static str,
    kind: &'static str,
    target: String,
}

/// Liveness: what the server is set to, from memory; never waits for a model or a database.
async fn health(State(state): State<AppState>) -> JsonBody<Health> {
    let runtime = state.runtime();
    let database = runtime.catalog.info();
    let model = runtime.interpreter.name();
    JsonBody(Health {
        status: "ok",
        name: state.config().app.name.clone(),
        version: env!("CARGO_PKG_VERSION"),
        uptime_seconds: state.started().elapsed().as_secs(),
        running_queries: state.running().count(),
        components: Components {
            database: Component { status: "configured", kind: database.kind, target: database.target },
            llm: Component { status: "configured", kind: "interpreter", target: model },
        },
    })
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
            let detail = Some(error.to_string());
            (StatusCode::SERVICE_UNAVAILABLE, JsonBody(Ready { ready: false, detail }))
        }
    }
}

/// Counters and durations in Prometheus' text format.
async fn metrics(State(state): State<AppState>) -> ([(header::HeaderName, &'static str); 1], String) {
    let running = state.running().count();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.metrics().render(running))
}
