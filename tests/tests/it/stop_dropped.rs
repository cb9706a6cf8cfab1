//! Closing the connection stops the work, whatever the route.

use bytes::Bytes;
use hyper::Method;
use serde_json::json;
use sqlatte_e2e::Events;

use crate::{
    stop::{ENDLESS, comes_to_rest, gets_busy, the_pool_is_whole},
    support::Setup,
};

#[tokio::test]
async fn of_a_stream() {
    let setup = Setup::slow().await;
    let mut events = Events::ask(&setup.client(), &format!("run {ENDLESS}")).await;
    let session = events.until("session").await.data;
    events.until("sql").await;
    gets_busy(&setup).await;
    drop(events);
    comes_to_rest(&setup).await;
    let api = setup.api.session(session["session_id"].as_str().unwrap());
    let history = api.get("/api/history").await.expect(200);
    assert_eq!(history["items"][0]["status"], "cancelled", "what was given up is remembered as such");
    the_pool_is_whole(&setup).await;
}

#[tokio::test]
async fn of_a_whole_answer_and_of_own_sql() {
    let setup = Setup::slow().await;
    let question = json!({"question": format!("run {ENDLESS}")});
    for (path, body) in [("/api/query", question), ("/api/sql", json!({"sql": ENDLESS}))] {
        let client = setup.client().with("content-type", "application/json");
        let body = Bytes::from(body.to_string());
        let asking = tokio::spawn(async move { client.open(Method::POST, path, body).await });
        gets_busy(&setup).await;
        assert_eq!(setup.metric("sqlatte_running_queries").await, Some(1.0), "{path}");
        asking.abort();
        assert!(asking.await.is_err_and(|error| error.is_cancelled()), "{path} was answered");
        comes_to_rest(&setup).await;
    }
    the_pool_is_whole(&setup).await;
}

/// Rows that nobody reads any more are not read from the database either.
#[tokio::test]
async fn of_an_export() {
    let setup = Setup::slow().await;
    let endless = "SELECT n, n * 1.5 AS half_more FROM slow_numbers";
    let api = setup.api.new_session().await;
    let asked = api.post("/api/sql", &json!({"sql": endless, "limit": 1})).await.expect(200);
    for format in ["csv", "json", "html"] {
        let path = format!("/api/query/{}/export?format={format}", asked["query_id"].as_str().unwrap());
        let mut file = api.client().open(Method::GET, &path, Bytes::new()).await;
        assert_eq!(file.head.status, 200);
        let first = file.part().await.unwrap();
        assert!(!first.is_empty());
        drop(file);
        comes_to_rest(&setup).await;
    }
    the_pool_is_whole(&setup).await;
}

/// A workbook is written before its first byte can go out.
#[tokio::test]
async fn of_an_export_that_has_not_begun() {
    let setup = Setup::slow().await;
    let api = setup.api.new_session().await;
    let client = api.client().clone();
    let first = tokio::spawn(async move { client.sql(ENDLESS).await });
    gets_busy(&setup).await;
    first.abort();
    comes_to_rest(&setup).await;
    let history = api.get("/api/history").await.expect(200);
    let query = history["items"][0]["query_id"].as_str().unwrap().to_owned();
    for format in ["xlsx", "csv"] {
        let (client, path) = (api.client().clone(), format!("/api/query/{query}/export?format={format}"));
        let asking = tokio::spawn(async move { client.open(Method::GET, &path, Bytes::new()).await });
        gets_busy(&setup).await;
        asking.abort();
        comes_to_rest(&setup).await;
    }
    the_pool_is_whole(&setup).await;
}
