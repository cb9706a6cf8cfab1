//! `POST /api/query/stream`: the same answer, step by step.

use std::time::Duration;

use serde_json::{Value, json};
use sqlatte_e2e::{Event, Events, database};

use crate::support::{Setup, answers};

/// The names of the events, stages with theirs and how they stand.
fn names(events: &[Event]) -> Vec<String> {
    let name = |event: &Event| match event.name.as_str() {
        "stage" => {
            format!("{} {}", event.data["stage"].as_str().unwrap(), event.data["status"].as_str().unwrap())
        }
        name => name.to_owned(),
    };
    let mut names: Vec<String> = events.iter().map(name).collect();
    // How many pieces a statement is told in is left to chance.
    names.dedup_by(|one, before| one == "sql_delta" && before == "sql_delta");
    names
}

fn data<'e>(events: &'e [Event], name: &str) -> &'e Value {
    &events
        .iter()
        .find(|event| event.name == name)
        .unwrap_or_else(|| panic!("no `{name}` in {events:?}"))
        .data
}

#[tokio::test]
async fn events_come_in_order() {
    let setup = Setup::shop().await;
    let events = Events::ask(&setup.client(), "run SELECT product, revenue FROM sales").await.all().await;
    assert_eq!(
        names(&events),
        [
            "session",
            "understanding running",
            "understanding done",
            "tables running",
            "tables done",
            "writing_sql running",
            "sql_delta",
            "writing_sql done",
            "checking running",
            "sql",
            "checking done",
            "running running",
            "columns",
            "rows",
            "running done",
            "insights running",
            "insights",
            "chart",
            "insights done",
            "done",
        ]
    );
    let ids: Vec<u64> = events.iter().map(|event| event.id.unwrap()).collect();
    assert!(ids.windows(2).all(|two| two[0] < two[1]), "{ids:?}");
    for event in events.iter().filter(|event| event.name == "stage" && event.data["status"] == "done") {
        assert!(event.data["elapsed_ms"].as_f64().unwrap() >= 0.0, "{event:?}");
    }
    assert_eq!(data(&events, "sql")["tables"], json!(["sales"]));
    assert_eq!(data(&events, "session")["query_id"], data(&events, "done")["query_id"]);
}

#[tokio::test]
async fn headers_keep_proxies_from_holding_events_back() {
    let setup = Setup::shop().await;
    let client = setup.client().with("accept-encoding", "gzip, br");
    let events = Events::ask(&client, "hello").await;
    for (name, value) in [("cache-control", "no-cache"), ("x-accel-buffering", "no")] {
        assert_eq!(events.headers()[name], value);
    }
    assert!(!events.headers().contains_key("content-encoding"));
    assert!(events.headers().contains_key("x-request-id"));
    assert_eq!(names(&events.all().await).last().unwrap(), "done");
}

/// The stream's parts put together are the answer of `/api/query`.
#[tokio::test]
async fn done_is_the_answer_without_its_rows() {
    let setup = Setup::shop().await;
    for question in
        ["run SELECT product, revenue FROM sales ORDER BY product", "hello", "which a or b", "never so"]
    {
        let mut whole = setup.api.ask(question).await.expect(200);
        // Otherwise it would be remembered from the question before.
        let anew = json!({"question": question, "fresh": true});
        let events = Events::post(&setup.client(), &anew).await.all().await;
        let mut done = data(&events, "done").clone();
        setup.api.contract().fits("AnswerBody", &done, question);
        for answer in [&mut whole, &mut done] {
            for changing in ["session_id", "query_id", "timing_ms"] {
                assert!(!answer[changing].is_null(), "{changing}");
                answer[changing] = Value::Null;
            }
        }
        if whole["response_type"] == "sql" {
            let rows = whole.as_object_mut().unwrap().remove("data").unwrap();
            assert_eq!(data(&events, "rows"), &json!({"offset": 0, "rows": rows}));
            assert_eq!(data(&events, "columns")["columns"], done["columns"]);
            assert_eq!(data(&events, "columns")["column_types"], done["column_types"]);
            assert_eq!(data(&events, "insights")["insights"], done["insights"]);
            assert_eq!(data(&events, "chart")["chart"], done["chart"]);
            assert_eq!(data(&events, "sql")["sql"], done["sql"]);
            assert_eq!(data(&events, "sql")["readings"], done["readings"]);
        }
        assert_eq!(whole, done, "{question}");
    }
}

#[tokio::test]
async fn many_rows_come_in_batches() {
    let setup = Setup::with(|file| database::numbers(file, 20_000), |start| start).await;
    let body = json!({"question": "run SELECT id FROM numbers ORDER BY id", "limit": 20_000});
    let events = Events::post(&setup.client(), &body).await.all().await;
    let batches: Vec<&Value> = events.iter().filter(|one| one.name == "rows").map(|one| &one.data).collect();
    assert!(batches.len() > 1);
    let mut next = 0;
    for batch in batches {
        assert_eq!(batch["offset"], next);
        for row in batch["rows"].as_array().unwrap() {
            next += 1;
            assert_eq!(row[0], next);
        }
    }
    assert_eq!((next, &data(&events, "done")["row_count"]), (20_000, &json!(20_000)));
}

#[tokio::test]
async fn failures_are_the_last_event() {
    let setup = Setup::slow().await;
    for (question, code, stage) in [
        ("run DELETE FROM things", "sql_refused", "checking failed"),
        ("run SELECT * FROM nowhere_at_all", "sql_refused", "checking failed"),
        ("run SELECT abs(-9223372036854775808) FROM things", "sql_rejected", "running failed"),
    ] {
        let events = Events::ask(&setup.client(), question).await;
        let request_id = events.headers()["x-request-id"].clone();
        let events = events.all().await;
        let names = names(&events);
        assert!(names.iter().any(|name| name == stage), "{events:?}");
        assert_eq!(names.last().map(String::as_str), Some("error"), "{events:?}");
        let problem = &events.last().unwrap().data;
        setup.api.contract().fits("Problem", problem, question);
        assert_eq!((&problem["code"], &problem["status"]), (&json!(code), &json!(422)), "{problem}");
        assert_eq!(problem["sql"], question.trim_start_matches("run "));
        assert_eq!(problem["request_id"], request_id.to_str().unwrap());
    }
}

/// What is wrong with the request is said before a stream begins.
#[tokio::test]
async fn a_wrong_request_gets_no_stream() {
    let setup = Setup::shop().await;
    setup.api.post("/api/query/stream", &json!({"question": ""})).await.problem(422, "invalid_request");
    setup.api.post("/api/query/stream", &json!({})).await.problem(422, "invalid_request");
}

#[tokio::test]
async fn a_stream_keeps_its_session() {
    let setup = Setup::shop().await;
    let events = Events::ask(&setup.client(), "hello").await.all().await;
    let api = setup.api.session(data(&events, "session")["session_id"].as_str().unwrap());
    assert_eq!(api.get("/api/history").await.expect(200)["total"], 1);
    let again = Events::ask(api.client(), "hello again").await.all().await;
    assert_eq!(data(&again, "session")["session_id"], data(&events, "session")["session_id"]);
    assert_eq!(api.get("/api/conversation").await.expect(200)["messages"].as_array().unwrap().len(), 4);
}

/// Proxies cut connections on which nothing comes for a while, and a model may think for longer.
#[tokio::test]
async fn a_silent_stream_says_that_it_lives() {
    let setup = Setup::shop().await;
    let late = answers("SELECT 1").after(Duration::from_secs(16));
    setup.model.on("think hard", late);
    let events = Events::ask(&setup.client(), "think hard").await.all().await;
    let ping = events.iter().position(|event| event.name == "ping").expect("a ping in fifteen seconds");
    assert_eq!((&events[ping].data, events[ping].id), (&json!({}), None));
    assert_eq!(events.last().unwrap().name, "done");
}
