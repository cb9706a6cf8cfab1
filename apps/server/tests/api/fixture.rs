//! A server over a small shop in a temporary file, and somebody who asks it.

use std::sync::Arc;

use async_trait::async_trait;
use axum::{Router, body::Body, response::Response};
use bytes::Bytes;
use chrono::{DateTime, Local, TimeZone};
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value;
use sqlatte_core::{
    Context, Draft, Intent, Interpretation, Interpreted, Interpreter, Runtime, Stores, memory,
};
use sqlatte_db_sqlite::{Sqlite, SqliteConfig};
use sqlatte_providers::{DatabaseProvider, ErrorKind, ProviderError, Result, Usage};
use sqlatte_server::{AppState, app, config::Config};
use tempfile::TempDir;
use tower::ServiceExt;

const SHOP: &str = "
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers(id),
        placed_on DATE NOT NULL, total REAL NOT NULL);
    INSERT INTO customers VALUES (1, 'Zoë', 'München'), (2, 'Ali', 'İstanbul'), (3, 'Ann', NULL);
    INSERT INTO orders VALUES (1, 1, '2026-10-01', 10.5), (2, 1, '2026-11-01', 4.0), (3, 2, '2026-11-02', 7.25);
    CREATE VIEW sales AS SELECT name, total FROM orders JOIN customers ON customers.id = customer_id;
";

/// Does what the question says: `sql …` runs it, `wait` never ends, `down` fails, `panic` panics; anything else is
/// answered with the names of the tables it was shown.
#[derive(Debug)]
struct Obedient;

#[async_trait]
impl Interpreter for Obedient {
    fn name(&self) -> String {
        "obedient".to_owned()
    }

    async fn interpret(&self, question: &str, context: &Context<'_>) -> Result<Interpreted> {
        let interpretation = match question.split_once(' ').unwrap_or((question, "")) {
            ("sql", sql) => Interpretation::Sql(Draft {
                sql: sql.to_owned(),
                explanation: "what it does".to_owned(),
                readings: Vec::new(),
                confidence: 0.9,
                follow_ups: vec!["and by month?".to_owned()],
            }),
            ("wait", _) => std::future::pending().await,
            ("down", _) => {
                return Err(ProviderError::new(ErrorKind::Unavailable, "the model does not answer"));
            }
            ("panic", _) => panic!("told to"),
            _ => {
                let tables = context.schema.tables.iter().map(|table| table.table.to_string());
                Interpretation::Chat { message: tables.collect::<Vec<_>>().join(",") }
            }
        };
        Ok(Interpreted {
            interpretation,
            intent: Intent { intent: "sql", confidence: 0.9, reasoning: String::new() },
            usage: Usage { llm_calls: 1, input_tokens: 10, output_tokens: 5, ..Usage::default() },
        })
    }

    async fn starters(&self, _: &Context<'_>, _: usize) -> Result<Vec<String>> {
        Ok(vec!["How many orders are there?".to_owned()])
    }

    async fn check(&self) -> Result<()> {
        Ok(())
    }
}

/// Noon of a Sunday.
fn noon() -> DateTime<Local> {
    Local.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap()
}

/// A server in the making.
pub(crate) struct Setup {
    folder: TempDir,
    pub(crate) config: Config,
    pub(crate) stores: Stores,
}

impl Setup {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        rusqlite::Connection::open(folder.path().join("shop.db")).unwrap().execute_batch(SHOP).unwrap();
        Setup {
            folder,
            config: serde_saphyr::from_str(include_str!("../../../../config/default.yaml")).unwrap(),
            stores: memory::stores(),
        }
    }

    pub(crate) fn database(&self) -> Arc<dyn DatabaseProvider> {
        Arc::new(Sqlite::open(SqliteConfig::new(self.folder.path().join("shop.db"))).unwrap())
    }

    pub(crate) fn start(self) -> Server {
        let database = self.database();
        self.over(database)
    }

    pub(crate) fn over(self, database: Arc<dyn DatabaseProvider>) -> Server {
        let runtime = Runtime::builder(database, Arc::new(Obedient), noon)
            .limits(self.config.limits())
            .stores(self.stores)
            .build();
        Server {
            app: app(AppState::new(runtime, self.config)),
            _folder: self.folder,
            headers: HeaderMap::new(),
        }
    }
}

/// A server, and the headers of whoever asks it.
pub(crate) struct Server {
    app: Router,
    _folder: TempDir,
    headers: HeaderMap,
}

/// A whole response.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Server {
    /// From here on requests have this header.
    pub(crate) fn show(&mut self, name: &'static str, value: &str) {
        self.headers.insert(name, value.parse().unwrap());
    }

    pub(crate) fn hide(&mut self, name: &'static str) {
        self.headers.remove(name);
    }

    /// A response whose body was not read.
    pub(crate) async fn open(&self, method: Method, path: &str, body: Body) -> Response {
        let mut request = Request::builder().method(method).uri(path).body(body).unwrap();
        *request.headers_mut() = self.headers.clone();
        request.headers_mut().insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
        self.app.clone().oneshot(request).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        Reply::of(self.open(Method::GET, path, Body::empty()).await).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        Reply::of(self.open(Method::POST, path, Body::from(body.to_string())).await).await
    }

    pub(crate) async fn ask(&self, question: &str) -> Reply {
        self.post("/api/query", &serde_json::json!({ "question": question })).await
    }

    pub(crate) async fn sql(&self, sql: &str) -> Reply {
        self.post("/api/sql", &serde_json::json!({ "sql": sql })).await
    }

    /// A stream that was begun and not read: it runs until it is dropped.
    pub(crate) async fn begin(&self, question: &str) -> Response {
        let body = serde_json::json!({ "question": question }).to_string();
        self.open(Method::POST, "/api/query/stream", Body::from(body)).await
    }
}

impl Reply {
    pub(crate) async fn of(response: Response) -> Self {
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Reply { status: head.status, headers: head.headers, body }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body, if the status is this one.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.json()
    }

    /// The problem, if it is of this kind.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, code: &str) -> Value {
        let problem = self.expect(status);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!((&problem["code"], &problem["status"]), (&code.into(), &status.into()));
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        problem
    }
}
