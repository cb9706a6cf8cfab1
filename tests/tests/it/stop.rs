//! Stopping: the statement ends at once, and the connections to the database are whole afterwards.

use std::time::{Duration, Instant};

use serde_json::json;
use sqlatte_e2e::{Client, Events};
use tokio::time::sleep;

use crate::support::Setup;

/// A statement that would run for hours.
pub(crate) const ENDLESS: &str = "SELECT count(*) FROM slow_numbers";
/// The promise is one second; the rest is for a machine that has other things to do.
const AT_ONCE: Duration = Duration::from_secs(3);

/// Starts an endless question and waits until its statement runs: its stream and its name.
async fn running(client: &Client) -> (Events, String, String) {
    let mut events = Events::ask(client, &format!("run {ENDLESS}")).await;
    let session = events.until("session").await.data;
    events.until("sql").await;
    let text = |key: &str| session[key].as_str().unwrap().to_owned();
    (events, text("query_id"), text("session_id"))
}

/// Waits until nothing runs any more, which has to be soon.
pub(crate) async fn comes_to_rest(setup: &Setup) {
    let began = Instant::now();
    while setup.metric("sqlatte_running_queries").await != Some(0.0) {
        assert!(began.elapsed() < AT_ONCE, "a question is still among the running ones");
        sleep(Duration::from_millis(20)).await;
    }
    let idle = setup.server.load().idle_within(AT_ONCE).await;
    assert!(idle.is_some(), "the statement goes on: the processor is still busy");
}

/// Waits until a statement keeps the processor busy, so that a test stops something that runs.
pub(crate) async fn gets_busy(setup: &Setup) {
    let load = setup.server.load();
    let (began, before) = (Instant::now(), load.processor());
    while load.processor() - before < Duration::from_millis(100) {
        assert!(began.elapsed() < Duration::from_secs(20), "no statement runs");
        sleep(Duration::from_millis(20)).await;
    }
}

/// As many statements at once as there are connections, so that none was lost.
pub(crate) async fn the_pool_is_whole(setup: &Setup) {
    let sum = "SELECT count(*) FROM things";
    let all = (0..8).map(|_| {
        let client = setup.client();
        tokio::spawn(async move { client.sql(sum).await.expect(200)["data"].clone() })
    });
    for one in all.collect::<Vec<_>>() {
        assert_eq!(one.await.unwrap(), json!([[5]]));
    }
}

#[tokio::test]
async fn cancel_ends_the_statement() {
    let setup = Setup::slow().await;
    let (mut events, query, session) = running(&setup.client()).await;
    gets_busy(&setup).await;
    assert_eq!(setup.metric("sqlatte_running_queries").await, Some(1.0));
    let api = setup.api.session(&session);
    let path = format!("/api/query/{query}/cancel");
    setup.api.new_session().await.post(&path, &json!({})).await.problem(404, "not_found");
    let stopped = Instant::now();
    assert_eq!(api.post(&path, &json!({})).await.expect(202), json!({"cancelled": true}));
    let error = events.until("error").await.data;
    assert_eq!(error["code"], "cancelled", "{error}");
    setup.api.contract().fits("Problem", &error, "a stopped question");
    assert_eq!(events.next().await, None);
    assert!(stopped.elapsed() < AT_ONCE, "{:?}", stopped.elapsed());
    comes_to_rest(&setup).await;
    api.post(&path, &json!({})).await.problem(404, "not_found");
    let history = api.get("/api/history").await.expect(200);
    assert_eq!(
        (&history["items"][0]["status"], &history["items"][0]["sql"]),
        (&json!("cancelled"), &json!(ENDLESS))
    );
    the_pool_is_whole(&setup).await;
}

/// A statement of the user's own has a name as soon as it begins, where its events are asked for.
#[tokio::test]
async fn cancel_ends_a_statement_of_ones_own() {
    let setup = Setup::slow().await;
    let mut events = Events::sql(&setup.client(), ENDLESS).await;
    let session = events.until("session").await.data;
    gets_busy(&setup).await;
    let path = format!("/api/query/{}/cancel", session["query_id"].as_str().unwrap());
    setup.api.session(session["session_id"].as_str().unwrap()).post(&path, &json!({})).await.expect(202);
    assert_eq!(events.until("error").await.data["code"], "cancelled");
    comes_to_rest(&setup).await;
    the_pool_is_whole(&setup).await;
    let names = Events::sql(&setup.client(), "SELECT 1 AS one").await.all().await;
    let names: Vec<_> =
        names.iter().map(|event| event.name.as_str()).filter(|name| *name != "stage").collect();
    assert_eq!(names, ["session", "sql", "columns", "rows", "insights", "chart", "done"]);
}

#[tokio::test]
async fn cancel_ends_the_call_to_the_model() {
    let setup = Setup::slow().await;
    let late = crate::support::answers("SELECT 1").after(Duration::from_secs(3600));
    setup.model.on("slow model", late);
    let mut events = Events::ask(&setup.client(), "slow model").await;
    let session = events.until("session").await.data;
    while events.until("stage").await.data["stage"] != "writing_sql" {}
    let path = format!("/api/query/{}/cancel", session["query_id"].as_str().unwrap());
    let stopped = Instant::now();
    setup.api.session(session["session_id"].as_str().unwrap()).post(&path, &json!({})).await.expect(202);
    assert_eq!(events.until("error").await.data["code"], "cancelled");
    assert!(stopped.elapsed() < AT_ONCE, "{:?}", stopped.elapsed());
    comes_to_rest(&setup).await;
}

/// As many endless statements as there are connections: the next one waits its turn, and the rest of the server
/// does not wait at all.
#[tokio::test]
async fn a_full_pool_is_waited_for() {
    let one = |start: sqlatte_e2e::Start| start.config("database: {sqlite: {pool_size: 1}}");
    let setup = Setup::with(sqlatte_e2e::database::slow, one).await;
    let (events, query, session) = running(&setup.client()).await;
    gets_busy(&setup).await;
    let client = setup.client();
    let waiting = tokio::spawn(async move { client.sql("SELECT count(*) FROM things").await });
    sleep(Duration::from_millis(300)).await;
    assert!(!waiting.is_finished(), "there is only one connection");
    let began = Instant::now();
    assert_eq!(setup.client().get("/health").await.status, 200);
    setup.api.session(&session).get("/api/history").await.expect(200);
    setup.api.ask("hello").await.expect(200);
    let path = format!("/api/query/{query}/cancel");
    setup.api.session(&session).post(&path, &json!({})).await.expect(202);
    assert_eq!(waiting.await.unwrap().expect(200)["data"], json!([[5]]));
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
    drop(events);
    comes_to_rest(&setup).await;
}

/// A hundred stops in a row, in every stage of a statement's life.
#[tokio::test]
async fn a_hundred_stops_leave_the_pool_whole() {
    let setup = Setup::slow().await;
    for round in 0..100_u64 {
        let (events, query, session) = running(&setup.client()).await;
        sleep(Duration::from_millis(round % 20)).await;
        if round % 2 == 0 {
            let path = format!("/api/query/{query}/cancel");
            setup.client().session(&session).post(&path, &json!({})).await.expect(202);
        } else {
            drop(events);
        }
    }
    comes_to_rest(&setup).await;
    the_pool_is_whole(&setup).await;
}

#[tokio::test]
async fn a_statement_ends_at_its_time_limit() {
    let limit = |start: sqlatte_e2e::Start| start.config("query: {timeout: 1}");
    let setup = Setup::with(sqlatte_e2e::database::slow, limit).await;
    let began = Instant::now();
    let problem = setup.api.sql(ENDLESS).await.problem(504, "database_timeout");
    assert!(began.elapsed() < Duration::from_secs(1) + AT_ONCE, "{:?}", began.elapsed());
    assert_eq!(problem["sql"], ENDLESS);
    comes_to_rest(&setup).await;
    the_pool_is_whole(&setup).await;
}
