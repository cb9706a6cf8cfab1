//! What comes from memory says so: the reading of a question asked before, the rows of a statement run before.

use std::path::Path;

use serde_json::{Value, json};
use sqlatte_e2e::{Events, Start, database};

use crate::support::Setup;

const CUSTOMERS: &str = "run SELECT name FROM customers";
const COUNT: &str = "SELECT count(*) AS customers FROM customers";

/// Rows are kept for a minute.
fn keeping_rows(start: Start) -> Start {
    start.variable("SQLATTE__QUERY__CACHE_SECONDS", "60")
}

fn execute(path: &Path, sql: &str) {
    rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

#[tokio::test]
async fn a_repeated_question_says_so_wherever_it_is_answered() {
    let setup = Setup::shop().await;
    let api = setup.api.new_session().await;
    assert_eq!(api.ask(CUSTOMERS).await.expect(200)["cached"], false);

    let again = api.ask(CUSTOMERS).await.expect(200);
    assert_eq!((&again["cached"], &again["cached_at"]), (&json!(true), &Value::Null));
    for (field, none) in [("llm_calls", 0), ("input_tokens", 0), ("output_tokens", 0), ("cached_tokens", 0)] {
        assert_eq!(again["usage"][field], none, "{field}");
    }
    assert_eq!(again["row_count"], 4, "the rows are read now");

    let events = Events::ask(&setup.client(), CUSTOMERS).await.all().await;
    let done = &events.last().unwrap().data;
    assert_eq!((&done["cached"], &done["usage"]["llm_calls"]), (&json!(true), &json!(0)));

    let history = api.get("/api/history").await.expect(200);
    let cached: Vec<&Value> =
        history["items"].as_array().unwrap().iter().take(2).map(|item| &item["cached"]).collect();
    assert_eq!(cached, [&json!(true), &json!(false)]);
    assert_eq!(setup.model.calls(), 1);

    let hello = api.ask("hello").await.expect(200);
    assert_eq!(hello["cached"], false);
}

#[tokio::test]
async fn asking_anew_and_a_thumb_down_ask_the_model() {
    let setup = Setup::shop().await;
    let first = setup.api.ask(CUSTOMERS).await.expect(200);
    let anew = setup.api.post("/api/query", &json!({"question": CUSTOMERS, "fresh": true})).await.expect(200);
    assert_eq!((&anew["cached"], setup.model.calls()), (&json!(false), 2));
    assert_eq!(setup.api.ask(CUSTOMERS).await.expect(200)["cached"], true);

    let path = format!("/api/query/{}/feedback", first["query_id"].as_str().unwrap());
    // Nobody else may say what is wrong with an answer.
    let stranger = setup.api.new_session().await;
    stranger.post(&path, &json!({"rating": "down"})).await.problem(404, "not_found");
    assert_eq!(setup.api.ask(CUSTOMERS).await.expect(200)["cached"], true);
    let owner = setup.api.session(first["session_id"].as_str().unwrap());
    for (rating, cached) in [("up", true), ("down", false)] {
        assert_eq!(owner.post(&path, &json!({ "rating": rating })).await.status, 204);
        assert_eq!(setup.api.ask(CUSTOMERS).await.expect(200)["cached"], cached, "{rating}");
    }
}

#[tokio::test]
async fn nothing_is_remembered_where_it_is_switched_off() {
    let off = |start: Start| start.variable("SQLATTE__LLM__CACHE_SECONDS", "0");
    let setup = Setup::with(database::shop, off).await;
    for calls in [1, 2] {
        assert_eq!(setup.api.ask(CUSTOMERS).await.expect(200)["cached"], false);
        assert_eq!(setup.model.calls(), calls);
    }
    setup.api.sql(COUNT).await.expect(200);
    assert_eq!(
        setup.api.sql(COUNT).await.expect(200)["cached"],
        false,
        "rows are kept only where it is wished"
    );
}

#[tokio::test]
async fn rows_are_kept_where_it_is_wished_and_say_when_they_were_read() {
    let setup = Setup::with(database::shop, keeping_rows).await;
    setup.api.sql(COUNT).await.expect(200);
    execute(&setup.database(), "INSERT INTO customers (name) VALUES ('Ece')");

    let kept = setup.api.sql(COUNT).await.expect(200);
    assert_eq!((&kept["data"], &kept["cached"]), (&json!([[4]]), &json!(true)));
    assert!(kept["cached_at"].as_str().unwrap().ends_with('Z'), "{kept}");
    let asked = setup.api.ask(&format!("run {COUNT}")).await.expect(200);
    assert_eq!((&asked["data"], &asked["usage"]["llm_calls"]), (&json!([[4]]), &json!(1)), "whoever runs it");

    let anew = setup.api.post("/api/sql", &json!({"sql": COUNT, "fresh": true})).await.expect(200);
    assert_eq!(
        (&anew["data"], &anew["cached"], &anew["cached_at"]),
        (&json!([[5]]), &json!(false), &Value::Null)
    );
    assert_eq!(setup.api.sql(COUNT).await.expect(200)["data"], json!([[5]]));
}

#[tokio::test]
async fn offline_there_is_nothing_to_save() {
    let server = Start::new().serve();
    for _ in 0..2 {
        let answer = server.client().ask("How many stores are there?").await.expect(200);
        assert_eq!((&answer["cached"], &answer["usage"]["llm_calls"]), (&json!(false), &json!(0)));
    }
}
