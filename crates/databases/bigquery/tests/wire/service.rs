use std::time::Duration;

use futures::TryStreamExt;
use serde_json::{Value as Json, json};
use sqlatte_db_bigquery::{Bigquery, BigqueryConfig};
use sqlatte_guard::{Dialect, Guarded};
use sqlatte_providers::{Batch, DatabaseProvider, Query, Result, RowStream, Secret};
use wiremock::{
    Mock, MockBuilder, MockServer, Request, ResponseTemplate,
    matchers::{body_partial_json, method, path, path_regex},
};

/// Opens nothing: it was made for these tests.
pub(crate) const KEY: &str = include_str!("../data/throwaway-key.pem");

/// A stand-in for BigQuery's API.
pub(crate) struct Service(pub(crate) MockServer);

impl Service {
    pub(crate) async fn start() -> Self {
        Service(MockServer::start().await)
    }

    /// One whose dry runs find a `SELECT` of these fields over `shop.sales.orders`, and whose jobs are taken.
    pub(crate) async fn ready(fields: &Json) -> Self {
        let service = Service::start().await;
        service.dry_run(&plan("SELECT", "1024", fields)).await;
        service.takes_jobs().await;
        service
    }

    pub(crate) fn config(&self) -> BigqueryConfig {
        let mut config = BigqueryConfig::new("shop");
        config.dataset = Some("sales".to_owned());
        config.endpoint = Some(self.0.uri());
        config.location = Some("EU".to_owned());
        config.maximum_bytes_billed = Some(1 << 30);
        config.samples = false;
        config
    }

    pub(crate) fn provider(&self) -> Bigquery {
        Bigquery::new(self.config()).unwrap()
    }

    /// One that signs its requests.
    pub(crate) fn signing(&self) -> Bigquery {
        let mut config = self.config();
        config.credentials_json = Secret::new(key(KEY).to_string());
        Bigquery::new(config).unwrap()
    }

    pub(crate) async fn dry_run(&self, answer: &Json) {
        dry_run().respond_with(ResponseTemplate::new(200).set_body_json(answer)).mount(&self.0).await;
    }

    pub(crate) async fn takes_jobs(&self) {
        let taken = |request: &Request| {
            let mut job: Json = request.body_json().unwrap();
            job["status"] = json!({ "state": "RUNNING" });
            ResponseTemplate::new(200).set_body_json(job)
        };
        insert().respond_with(taken).mount(&self.0).await;
    }

    pub(crate) async fn results(&self, answer: &Json) {
        results().respond_with(ResponseTemplate::new(200).set_body_json(answer)).mount(&self.0).await;
    }

    /// The paths asked for, without the parts that differ.
    pub(crate) async fn asked(&self) -> Vec<String> {
        self.requests().await.iter().map(what).collect()
    }

    pub(crate) async fn requests(&self) -> Vec<Request> {
        self.0.received_requests().await.unwrap()
    }

    /// Waits until so many requests of this sort came.
    pub(crate) async fn until_asked(&self, sort: &str, times: usize) {
        for _ in 0..1000 {
            if self.asked().await.iter().filter(|asked| *asked == sort).count() >= times {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no {times} × {sort} within ten seconds: {:?}", self.asked().await);
    }
}

/// Which call of the API a request is.
fn what(request: &Request) -> String {
    let path = request.url.path();
    let dry = || request.body_json::<Json>().is_ok_and(|body| body["configuration"]["dryRun"] == true);
    let name = match path.trim_start_matches("/bigquery/v2/projects/shop/") {
        "jobs" if dry() => "dry run",
        "jobs" => "insert",
        job if job.ends_with("/cancel") => "cancel",
        query if query.starts_with("queries/") => "results",
        other => other,
    };
    name.to_owned()
}

pub(crate) fn dry_run() -> MockBuilder {
    let dry = json!({ "configuration": { "dryRun": true } });
    Mock::given(method("POST")).and(path("/bigquery/v2/projects/shop/jobs")).and(body_partial_json(dry))
}

pub(crate) fn insert() -> MockBuilder {
    let wet = |request: &Request| {
        request.body_json::<Json>().is_ok_and(|body| body["configuration"]["dryRun"].is_null())
    };
    Mock::given(method("POST")).and(path("/bigquery/v2/projects/shop/jobs")).and(wet)
}

pub(crate) fn results() -> MockBuilder {
    Mock::given(method("GET")).and(path_regex("^/bigquery/v2/projects/shop/queries/sqlatte_[0-9a-f]{32}$"))
}

pub(crate) fn cancel() -> MockBuilder {
    Mock::given(method("POST"))
        .and(path_regex("^/bigquery/v2/projects/shop/jobs/sqlatte_[0-9a-f]{32}/cancel$"))
}

/// The answer to a dry run.
pub(crate) fn plan(kind: &str, bytes: &str, fields: &Json) -> Json {
    json!({
        "kind": "bigquery#job",
        "jobReference": { "projectId": "shop", "location": "EU" },
        "status": { "state": "DONE" },
        "statistics": {
            "totalBytesProcessed": bytes,
            "query": {
                "totalBytesProcessed": bytes,
                "totalBytesBilled": "0",
                "cacheHit": false,
                "statementType": kind,
                "totalBytesProcessedAccuracy": "PRECISE",
                "referencedTables": [{ "projectId": "shop", "datasetId": "sales", "tableId": "orders" }],
                "schema": { "fields": fields },
            },
        },
    })
}

/// The answer to a request that failed.
pub(crate) fn failure(status: u16, reason: &str, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({ "error": {
        "code": status,
        "message": message,
        "errors": [{ "message": message, "domain": "global", "reason": reason }],
        "status": "UNKNOWN",
    } }))
}

/// One column of whole numbers.
pub(crate) fn numbers() -> Json {
    json!([{ "name": "n", "type": "INTEGER", "mode": "NULLABLE" }])
}

/// A page of whole numbers.
pub(crate) fn page(total: u64, numbers: std::ops::Range<u64>, token: Option<&str>) -> Json {
    let rows: Vec<Json> = numbers.map(|n| json!({ "f": [{ "v": n.to_string() }] })).collect();
    let mut page = json!({ "jobComplete": true, "totalRows": total.to_string(), "rows": rows });
    if let Some(token) = token {
        page["pageToken"] = json!(token);
    }
    page
}

/// The JSON key of a service account.
pub(crate) fn key(private_key: &str) -> Json {
    json!({
        "type": "service_account", "project_id": "shop", "private_key_id": "1", "private_key": private_key,
        "client_email": "asker@shop.iam.gserviceaccount.com",
    })
}

pub(crate) fn query(sql: &str) -> Query {
    Query {
        sql: Guarded::unguarded(sql, Dialect::Bigquery),
        max_rows: 10_000,
        timeout: Duration::from_secs(20),
    }
}

pub(crate) async fn run(provider: &Bigquery, sql: &str) -> Result<RowStream> {
    provider.query(query(sql)).await
}

pub(crate) async fn fetch(provider: &Bigquery, query: Query) -> Result<Vec<Batch>> {
    provider.query(query).await?.batches.try_collect().await
}
