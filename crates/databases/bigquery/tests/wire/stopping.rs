use std::time::Duration;

use futures::StreamExt;
use serde_json::json;
use sqlatte_db_bigquery::Bigquery;
use sqlatte_providers::{DatabaseProvider, ErrorKind, Query};
use wiremock::{ResponseTemplate, matchers::query_param};

use crate::service::{Service, cancel, failure, insert, numbers, page, plan, query, results, run};

const SHORT: Duration = Duration::from_millis(300);
/// Time enough to have a job made, also on a busy machine.
const ENOUGH: Duration = Duration::from_secs(4);

/// A service whose jobs never end, unless they are cancelled.
async fn endless() -> Service {
    let service = Service::ready(&numbers()).await;
    let waiting =
        ResponseTemplate::new(200).set_body_json(json!({ "jobComplete": false })).set_delay(SHORT / 10);
    results().respond_with(waiting).mount(&service.0).await;
    let cancelled = ResponseTemplate::new(200).set_body_json(json!({ "kind": "bigquery#jobCancelResponse" }));
    cancel().and(query_param("location", "EU")).respond_with(cancelled).mount(&service.0).await;
    service
}

/// A call that is dropped once the service was asked for `sort`.
async fn drop_after(service: &Service, provider: Bigquery, sort: &str) {
    let call = tokio::spawn(async move { run(&provider, "SELECT n FROM orders").await });
    service.until_asked(sort, 1).await;
    call.abort();
}

#[tokio::test]
async fn dropping_the_call_cancels_the_job() {
    let service = endless().await;
    drop_after(&service, service.provider(), "results").await;
    service.until_asked("cancel", 1).await;
    let requests = service.requests().await;
    let asked = service.asked().await;
    let (insert, cancel) =
        (asked.iter().position(|it| it == "insert"), asked.iter().position(|it| it == "cancel"));
    let job: serde_json::Value = requests[insert.unwrap()].body_json().unwrap();
    let id = job["jobReference"]["jobId"].as_str().unwrap();
    assert!(requests[cancel.unwrap()].url.path().contains(id), "the job that was made is the one cancelled");
}

#[tokio::test]
async fn a_timeout_cancels_the_job() {
    let service = endless().await;
    let error = service
        .provider()
        .query(Query { timeout: ENOUGH, ..query("SELECT n FROM orders") })
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    service.until_asked("cancel", 1).await;
}

#[tokio::test]
async fn a_job_that_is_still_on_its_way_is_cancelled_when_it_has_arrived() {
    let service = Service::start().await;
    service.dry_run(&plan("SELECT", "1", &numbers())).await;
    let slow = ResponseTemplate::new(200).set_body_json(json!({})).set_delay(Duration::from_secs(30));
    insert().respond_with(slow).mount(&service.0).await;
    cancel()
        .respond_with(failure(404, "notFound", "Not found: Job"))
        .up_to_n_times(2)
        .mount(&service.0)
        .await;
    cancel().respond_with(ResponseTemplate::new(200).set_body_json(json!({}))).mount(&service.0).await;
    drop_after(&service, service.provider(), "insert").await;
    service.until_asked("cancel", 3).await;
}

#[tokio::test]
async fn the_next_statement_waits_until_the_last_is_cancelled() {
    let service = Service::ready(&numbers()).await;
    let waiting = ResponseTemplate::new(200).set_body_json(json!({ "jobComplete": false }));
    results().respond_with(waiting.set_delay(SHORT / 10)).mount(&service.0).await;
    let slow = ResponseTemplate::new(200).set_body_json(json!({})).set_delay(2 * SHORT);
    cancel().respond_with(slow).mount(&service.0).await;
    let mut config = service.config();
    config.pool_size = 1;
    let provider = Bigquery::new(config).unwrap();
    for timeout in [ENOUGH, SHORT] {
        let error = provider.query(Query { timeout, ..query("SELECT n FROM orders") }).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
    }
    let inserted = service.asked().await.iter().filter(|asked| *asked == "insert").count();
    assert_eq!(inserted, 1, "the second statement found no room");
}

#[tokio::test]
async fn a_job_that_ended_is_not_cancelled() {
    let service = Service::ready(&numbers()).await;
    service.results(&page(5000, 0..1000, Some("more"))).await;
    let provider = service.provider();
    let mut stream = run(&provider, "SELECT n FROM orders").await.unwrap();
    stream.batches.next().await.unwrap().unwrap();
    drop(stream);
    tokio::time::sleep(SHORT).await;
    assert!(
        !service.asked().await.contains(&"cancel".to_owned()),
        "its rows are there, and cost nothing more"
    );
}
