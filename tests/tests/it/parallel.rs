//! Many at once: every answer is the asker's own.

use std::time::Duration;

use serde_json::json;
use sqlatte_e2e::{Events, Start, database};
use tokio::time::sleep;

use crate::support::Setup;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_askers_get_their_own_answers() {
    let setup = Setup::with(database::shop, many).await;
    let askers = (0..200).map(|number| {
        let api = setup.api.clone();
        tokio::spawn(async move {
            let first =
                api.ask(&format!("run SELECT {number} AS mine, name FROM customers WHERE id = 1")).await;
            let first = first.expect(200);
            assert_eq!(first["data"], json!([[number, "Zoë Ångström"]]));
            let api = api.session(first["session_id"].as_str().unwrap());
            let events = Events::ask(api.client(), &format!("this is asker {number}")).await.all().await;
            assert_eq!(events.last().unwrap().data["message"], format!("You said: this is asker {number}"));
            let conversation = api.get("/api/conversation").await.expect(200);
            assert_eq!(conversation["messages"].as_array().unwrap().len(), 4);
            assert_eq!(api.get("/api/history").await.expect(200)["total"], 2);
            first["session_id"].as_str().unwrap().to_owned()
        })
    });
    let mut sessions = Vec::new();
    for asker in askers.collect::<Vec<_>>() {
        sessions.push(asker.await.unwrap());
    }
    sessions.sort_unstable();
    sessions.dedup();
    assert_eq!(sessions.len(), 200);
    assert_eq!(setup.metric("sqlatte_running_queries").await, Some(0.0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_session_in_many_tabs() {
    let setup = Setup::with(database::shop, many).await;
    let api = setup.api.new_session().await;
    let tabs = (0..20).map(|tab| {
        let api = api.clone();
        tokio::spawn(async move { api.ask(&format!("tab {tab}")).await.expect(200)["message"].clone() })
    });
    for (tab, asked) in tabs.collect::<Vec<_>>().into_iter().enumerate() {
        assert_eq!(asked.await.unwrap(), format!("You said: tab {tab}"));
    }
    let conversation = api.get("/api/conversation").await.expect(200);
    let messages = conversation["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 40);
    // A question and its answer stay together.
    for pair in messages.chunks(2) {
        assert_eq!((&pair[0]["role"], &pair[1]["role"]), (&json!("user"), &json!("assistant")));
        assert_eq!(pair[0]["query_id"], pair[1]["query_id"]);
    }
}

fn many(start: Start) -> Start {
    start.config("app: {max_running_per_session: 100, max_running: 500}")
}

/// A reader that does not read holds up its own rows and nobody else's.
#[tokio::test]
async fn a_reader_that_does_not_read() {
    let setup = Setup::with(|file| database::numbers(file, 100_000), |start| start).await;
    let body = json!({"question": "run SELECT id, label, price FROM numbers", "limit": 100_000});
    let mut idle = Vec::new();
    for _ in 0..3 {
        let mut events = Events::post(&setup.client(), &body).await;
        events.until("columns").await;
        idle.push(events);
    }
    for _ in 0..10 {
        setup.api.sql("SELECT count(*) FROM numbers").await.expect(200);
    }
    for events in idle {
        let events = events.all().await;
        assert_eq!(events.last().unwrap().data["row_count"], 100_000);
    }
}

/// Nor does it keep a connection to the database for longer than a statement may take.
#[tokio::test]
async fn readers_that_never_read() {
    let limits = |start: Start| start.config("query: {timeout: 2}");
    let setup = Setup::with(|file| database::numbers(file, 100_000), limits).await;
    let body = json!({"question": "run SELECT id, label, price FROM numbers", "limit": 100_000});
    let mut idle = Vec::new();
    for _ in 0..4 {
        let mut events = Events::post(&setup.client(), &body).await;
        events.until("columns").await;
        idle.push(events);
    }
    // All connections are in use until the limit has passed.
    sleep(Duration::from_secs(3)).await;
    setup.api.sql("SELECT count(*) FROM numbers").await.expect(200);
    setup.api.get("/api/tables").await.expect(200);
    drop(idle);
}
