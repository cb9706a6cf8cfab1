//! A stand-in for the server, for what a real one does not do on demand.

use std::time::Duration;

use futures::TryStreamExt;
use serde_json::{Value as Json, json};
use sqlatte_db_trino::{Trino, TrinoConfig};
use sqlatte_guard::{Dialect, Guarded};
use sqlatte_providers::{Batch, DatabaseProvider, Query, Result, RowStream};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{method, path},
};

pub(crate) const FIRST: &str = "/v1/statement";

pub(crate) struct StandIn {
    pub(crate) server: MockServer,
}

impl StandIn {
    /// A server that takes every cancellation.
    pub(crate) async fn start() -> Self {
        let server = MockServer::start().await;
        Mock::given(method("DELETE")).respond_with(ResponseTemplate::new(204)).mount(&server).await;
        StandIn { server }
    }

    pub(crate) fn address(&self) -> String {
        self.server.address().to_string()
    }

    /// A page of one column of integers, with the path of the next.
    pub(crate) fn page(&self, next: Option<&str>, rows: &[i64]) -> Json {
        let rows: Vec<[i64; 1]> = rows.iter().map(|row| [*row]).collect();
        let mut page = json!({
            "id": "q1",
            "columns": [{ "name": "a", "type": "bigint", "typeSignature": { "rawType": "bigint", "arguments": [] } }],
            "data": rows,
            "stats": { "state": "RUNNING" },
        });
        if let Some(next) = next {
            page["nextUri"] = format!("{}{next}", self.server.uri()).into();
        }
        page
    }

    /// Answers the submission.
    pub(crate) async fn submitted(&self, answer: ResponseTemplate) {
        Mock::given(method("POST")).and(path(FIRST)).respond_with(answer).mount(&self.server).await;
    }

    /// Answers the call of a page, `times` times.
    pub(crate) async fn paged(&self, at: &str, answer: ResponseTemplate, times: u64) {
        Mock::given(method("GET"))
            .and(path(at))
            .respond_with(answer)
            .up_to_n_times(times)
            .mount(&self.server)
            .await;
    }

    /// The calls so far, as method and path.
    pub(crate) async fn calls(&self) -> Vec<String> {
        let requests = self.server.received_requests().await.unwrap();
        requests.iter().map(|request| format!("{} {}", request.method, request.url.path())).collect()
    }

    /// The calls of a method.
    pub(crate) async fn requests(&self, method: &str) -> Vec<Request> {
        let requests = self.server.received_requests().await.unwrap();
        requests.into_iter().filter(|request| request.method.as_str() == method).collect()
    }

    /// Waits until a statement was cancelled; the path that was called.
    pub(crate) async fn cancelled(&self) -> String {
        let waiting = async {
            loop {
                if let Some(request) = self.requests("DELETE").await.first() {
                    return request.url.path().to_owned();
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(1), waiting).await.expect("it is cancelled within a second")
    }

    pub(crate) fn trino(&self) -> Trino {
        self.trino_with(|_| {})
    }

    pub(crate) fn trino_with(&self, change: impl FnOnce(&mut TrinoConfig)) -> Trino {
        let mut config = TrinoConfig::new(&format!("trino://ann@{}/memory/shop", self.address()));
        change(&mut config);
        Trino::new(config).unwrap()
    }
}

pub(crate) fn json_page(page: &Json) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(page)
}

pub(crate) async fn run(trino: &Trino, timeout: Duration) -> Result<RowStream> {
    let sql = Guarded::unguarded("SELECT a FROM t", Dialect::Trino);
    trino.query(Query { sql, max_rows: u64::MAX, timeout }).await
}

/// The number of rows of a statement that has a minute.
pub(crate) async fn count(trino: &Trino) -> Result<usize> {
    let batches: Vec<Batch> = run(trino, Duration::from_secs(60)).await?.batches.try_collect().await?;
    Ok(batches.iter().map(|batch| batch.rows.len()).sum())
}
