//! What operators ask: is it alive, is it ready, how much does it do.

use std::path::Path;

use axum::{Json as JsonBody, extract::State};
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use sqlatte_providers::DatabaseInfo;
use utoipa::ToSchema;

use crate::{
    state::{AppState, Readiness},
    telemetry,
};

/// The server and what it is set to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// Always `ok`: a server that is not does not answer.
    status: &'static str,
    /// The name pages show.
    name: String,
    /// The server's version.
    version: &'static str,
    /// Seconds since it started.
    uptime_seconds: u64,
    /// Absent for those without a key where keys are needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    components: Option<Components>,
}

/// What the server works with.
#[derive(Debug, Serialize, ToSchema)]
struct Components {
    /// The database that is asked.
    database: Component,
    /// What turns questions into SQL.
    llm: Component,
}

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
struct Component {
    /// For the database ok, down or unknown, as it was last seen; for the model configured.
    status: &'static str,
    /// The provider.
    kind: String,
    /// Which database or model.
    target: String,
}

/// Liveness: what the server is set to and what it knows, from memory; never waits for a model or a database.
#[utoipa::path(get, path = "/health", tag = "operations", responses((status = 200, body = Health)))]
pub(super) async fn health(State(state): State<AppState>, headers: HeaderMap) -> JsonBody<Health> {
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
        database: Component {
            status: state.checks().database().name(),
            kind: database.kind.to_owned(),
            target: target(database),
        },
        llm: Component {
            status: "configured",
            kind: state.config().llm.provider.clone(),
            target: runtime.interpreter.name(),
        },
    }
}

/// A file without its folders, which are the server's own business.
fn target(database: DatabaseInfo) -> String {
    match Path::new(&database.target).file_name() {
        Some(name) if database.kind == "sqlite" => name.to_string_lossy().into_owned(),
        _ => database.target,
    }
}

/// Whether questions can be answered.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Ready {
    /// Whether they can.
    ready: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'static str>,
}

/// Readiness: whether the database and SQLatte's own storage answer, from a look at most five seconds old.
#[utoipa::path(get, path = "/ready", tag = "operations", responses(
    (status = 200, description = "Ready", body = Ready),
    (status = 503, description = "Not ready", body = Ready),
))]
pub(super) async fn ready(State(state): State<AppState>) -> (StatusCode, JsonBody<Ready>) {
    let detail = match state.checks().readiness(state.runtime(), state.running().clone()).await {
        Readiness::Ready => return (StatusCode::OK, JsonBody(Ready { ready: true, detail: None })),
        Readiness::NoDatabase => "the database does not answer: see the server's log",
        Readiness::NoStore => "SQLatte's own storage does not answer: see the server's log",
    };
    (StatusCode::SERVICE_UNAVAILABLE, JsonBody(Ready { ready: false, detail: Some(detail) }))
}

/// Counters and durations in Prometheus' text format.
#[utoipa::path(get, path = "/metrics", tag = "operations",
    responses((status = 200, description = "Metrics", body = String, content_type = "text/plain")))]
pub(super) async fn metrics(
    State(state): State<AppState>,
) -> ([(header::HeaderName, &'static str); 1], String) {
    let running = state.running().count();
    ([(header::CONTENT_TYPE, telemetry::CONTENT_TYPE)], state.metrics().render(running))
}
