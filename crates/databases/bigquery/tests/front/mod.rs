//! BigQuery's life of a job, before an emulator that has none: it runs a job within the request that makes
//! it, answers nothing else meanwhile, and cannot cancel.
//!
//! Here a job is `RUNNING` until the emulator is done, results are waited for, and a job can be cancelled. What
//! would never end, such as [`ENDLESS`], is not shown to the emulator, nor are scripts, which its dry run runs. The
//! rows of [`many_rows`] are written here where there are very many, in the form the emulator gives a few of them:
//! it needs a minute for a million. A single one is too, so that a service with nothing to do answers at once. Keys
//! are told apart by their id. All else is passed on as it is.

mod emulator;

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, Method, StatusCode, Uri, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::watch};

pub(crate) use self::emulator::Emulator;

/// Works for as long as it is let.
pub(crate) const ENDLESS: &str = "SELECT SUM(a * b) AS s FROM UNNEST(GENERATE_ARRAY(1, 1000000)) AS a, \
                           UNNEST(GENERATE_ARRAY(1, 1000000)) AS b";
/// The id of the key that is let in.
pub(crate) const KEY_ID: &str = "right";

/// Rows that the emulator still writes itself.
const FEW: u64 = 50_000;

/// So many rows of a number and a text of 100 characters.
pub(crate) fn many_rows(count: u64) -> String {
    format!("{MANY_ROWS}{count})) AS n")
}

const MANY_ROWS: &str =
    "SELECT n AS i, LPAD(CAST(n AS STRING), 100, '0') AS t FROM UNNEST(GENERATE_ARRAY(1, ";

/// The front, listening.
pub(crate) struct Front {
    pub(crate) address: SocketAddr,
    inner: Arc<Inner>,
}

struct Inner {
    emulator: Emulator,
    jobs: Mutex<HashMap<String, watch::Sender<Stage>>>,
}

/// How far a job is.
#[derive(Clone, PartialEq)]
enum Stage {
    Running,
    Done,
    /// So many rows of [`many_rows`].
    Written(u64),
    Failed(Value),
}

impl Front {
    pub(crate) async fn before(emulator: &str) -> Self {
        let inner = Arc::new(Inner { emulator: Emulator::new(emulator), jobs: Mutex::default() });
        let router = Router::new()
            .route("/bigquery/v2/projects/{project}/jobs", post(insert))
            .route("/bigquery/v2/projects/{project}/jobs/{job}/cancel", post(cancel))
            .route("/bigquery/v2/projects/{project}/queries/{job}", get(results))
            .fallback(pass)
            .with_state(Arc::clone(&inner));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Front { address, inner }
    }

    /// The emulator itself.
    pub(crate) fn emulator(&self) -> &Emulator {
        &self.inner.emulator
    }

    /// Jobs that nobody ended.
    pub(crate) fn running(&self) -> u64 {
        self.inner.jobs.lock().unwrap().values().filter(|stage| *stage.borrow() == Stage::Running).count()
            as u64
    }
}

async fn insert(State(inner): State<Arc<Inner>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(refusal) = stranger(&headers) {
        return refusal;
    }
    let request: Value = serde_json::from_slice(&body).unwrap();
    let sql = request["configuration"]["query"]["query"].as_str().unwrap_or_default();
    if request["configuration"]["dryRun"] == true {
        return match plan(sql) {
            Some(plan) => json_answer(&plan),
            None => inner.emulator_says(Method::POST, &uri, &body).await,
        };
    }
    let id = request["jobReference"]["jobId"].as_str().expect("the caller names its jobs").to_owned();
    let (stage, _) = watch::channel(Stage::Running);
    if inner.jobs.lock().unwrap().insert(id.clone(), stage.clone()).is_some() {
        return refuse(409, "duplicate", "Already Exists: Job");
    }
    if let Some(many) = written_here(sql) {
        stage.send_replace(Stage::Written(many));
    } else if !is_endless(sql) {
        tokio::spawn(async move {
            let answer = inner.ask(Method::POST, &uri, &body).await;
            let error = answer.1["status"]["errorResult"].clone();
            stage.send_replace(if error.is_null() { Stage::Done } else { Stage::Failed(error) });
        });
    }
    json_answer(&json!({
        "jobReference": { "projectId": "demo", "jobId": id, "location": "US" },
        "configuration": request["configuration"],
        "status": { "state": "RUNNING" },
    }))
}

async fn results(
    State(inner): State<Arc<Inner>>,
    Path((_, id)): Path<(String, String)>,
    Query(parameters): Query<HashMap<String, String>>,
    uri: Uri,
) -> Response {
    let Some(mut stage) = inner.jobs.lock().unwrap().get(&id).map(watch::Sender::subscribe) else {
        return refuse(404, "notFound", "Not found: Job");
    };
    let wait = parameters.get("timeoutMs").and_then(|wait| wait.parse().ok()).unwrap_or(10_000);
    let ended = stage.wait_for(|stage| *stage != Stage::Running);
    let stage =
        tokio::time::timeout(Duration::from_millis(wait), ended).await.map(|stage| stage.unwrap().clone());
    match stage {
        Err(_) | Ok(Stage::Running) => json_answer(&json!({ "jobComplete": false })),
        Ok(Stage::Failed(error)) => {
            refuse(400, error["reason"].as_str().unwrap(), error["message"].as_str().unwrap())
        }
        Ok(Stage::Written(total)) => {
            let number = |key| parameters.get(key).and_then(|number| number.parse::<u64>().ok());
            let rows = written(total, number("pageToken").unwrap_or(0), number("maxResults").unwrap_or(0));
            ([(CONTENT_TYPE, "application/json")], rows).into_response()
        }
        Ok(Stage::Done) => inner.emulator_says(Method::GET, &uri, &Bytes::new()).await,
    }
}

/// What BigQuery says of statements that the emulator cannot be asked about: its dry run runs scripts, and
/// computes what is aggregated.
fn plan(sql: &str) -> Option<Value> {
    let field = |name: &str, of: &str| json!({ "name": name, "type": of, "mode": "NULLABLE" });
    let first = sql.split_whitespace().next().unwrap_or_default().to_uppercase();
    let script = sql.trim_end().trim_end_matches(';').contains(';')
        || matches!(
            first.as_str(),
            "BEGIN" | "DECLARE" | "SET" | "EXECUTE" | "CALL" | "IF" | "LOOP" | "WHILE"
        );
    let (kind, fields) = if written_here(sql).is_some() {
        ("SELECT", vec![field("i", "INTEGER"), field("t", "STRING")])
    } else if script {
        ("SCRIPT", Vec::new())
    } else if is_endless(sql) {
        ("SELECT", vec![field("s", "INTEGER")])
    } else {
        return None;
    };
    Some(json!({
        "jobReference": { "projectId": "demo", "location": "US" },
        "status": { "state": "DONE" },
        "statistics": { "query": { "statementType": kind, "schema": { "fields": fields } } },
    }))
}

/// Whether the emulator would be lost over it: [`ENDLESS`], and what is hostile by its sheer size.
fn is_endless(sql: &str) -> bool {
    let endless = ["GENERATE_ARRAY(1, 1000000)", "100000000", "WITH RECURSIVE"];
    written_here(sql).is_none() && endless.iter().any(|part| sql.contains(part))
}

/// How many rows of [`many_rows`] a statement asks for, if they are written here.
fn written_here(sql: &str) -> Option<u64> {
    let many = sql.strip_prefix(MANY_ROWS)?.split(')').next()?.parse().ok()?;
    (many == 1 || many > FEW).then_some(many)
}

/// A page of [`many_rows`], as text: it must not take the memory that a test measures.
fn written(total: u64, start: u64, rows: u64) -> String {
    let end = total.min(start + rows);
    let rows = (start + 1..=end).map(|n| format!(r#"{{"f":[{{"v":"{n}"}},{{"v":"{n:0100}"}}]}}"#));
    let token = if end < total { format!(r#","pageToken":"{end}""#) } else { String::new() };
    let rows = rows.collect::<Vec<_>>().join(",");
    format!(r#"{{"jobComplete":true,"totalRows":"{total}","rows":[{rows}]{token}}}"#)
}

async fn cancel(State(inner): State<Arc<Inner>>, Path((_, id)): Path<(String, String)>) -> Response {
    match inner.jobs.lock().unwrap().get(&id) {
        None => refuse(404, "notFound", "Not found: Job"),
        Some(stage) => {
            let message = "Job execution was cancelled: User requested cancellation";
            stage.send_replace(Stage::Failed(json!({ "reason": "stopped", "message": message })));
            json_answer(&json!({ "kind": "bigquery#jobCancelResponse" }))
        }
    }
}

async fn pass(
    State(inner): State<Arc<Inner>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match stranger(&headers) {
        Some(refusal) => refusal,
        None => inner.emulator_says(method, &uri, &body).await,
    }
}

impl Inner {
    async fn ask(&self, method: Method, uri: &Uri, body: &Bytes) -> (StatusCode, Value) {
        let body: Option<Value> = serde_json::from_slice(body).ok();
        self.emulator.ask(method, uri.path_and_query().unwrap().as_str(), body.as_ref()).await
    }

    async fn emulator_says(&self, method: Method, uri: &Uri, body: &Bytes) -> Response {
        let (status, body) = self.ask(method, uri, body).await;
        (status, json_answer(&body)).into_response()
    }
}

/// The refusal of whoever signs with another key, as the middle part of the token's head says.
fn stranger(headers: &HeaderMap) -> Option<Response> {
    let token = headers.get("authorization")?.to_str().ok()?.strip_prefix("Bearer ")?;
    let head =
        base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, token.split('.').next()?).ok()?;
    let head: Value = serde_json::from_slice(&head).ok()?;
    (head["kid"] != KEY_ID).then(|| {
        let message = "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or \
                       other valid authentication credential.";
        refuse(401, "authError", message)
    })
}

fn refuse(status: u16, reason: &str, message: &str) -> Response {
    let body = json!({ "error": {
        "code": status,
        "message": message,
        "errors": [{ "message": message, "domain": "global", "reason": reason }],
        "status": "INVALID_ARGUMENT",
    } });
    (StatusCode::from_u16(status).unwrap(), json_answer(&body)).into_response()
}

fn json_answer(body: &Value) -> Response {
    ([(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
