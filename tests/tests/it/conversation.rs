//! `/api/conversation`, and what a second question knows of the first.

use serde_json::{Value, json};

use crate::support::{Setup, answers};

#[tokio::test]
async fn messages_are_kept_oldest_first_and_forgotten() {
    let setup = Setup::shop().await;
    let api = setup.api.new_session().await;
    assert_eq!(
        api.get("/api/conversation").await.expect(200),
        json!({"messages": []}),
        "own SQL is no conversation"
    );
    let asked = api.ask("run SELECT name FROM customers").await.expect(200);
    api.ask("hello").await.expect(200);
    let conversation = api.get("/api/conversation").await.expect(200);
    let messages = conversation["messages"].as_array().unwrap();
    let said: Vec<_> =
        messages.iter().map(|one| (one["role"].as_str().unwrap(), one["text"].as_str().unwrap())).collect();
    assert_eq!(
        said,
        [
            ("user", "run SELECT name FROM customers"),
            ("assistant", "What was asked for"),
            ("user", "hello"),
            ("assistant", "You said: hello"),
        ]
    );
    assert_eq!((&messages[1]["sql"], &messages[1]["query_id"]), (&asked["sql"], &asked["query_id"]));

    let [delete, clear] =
        [api.delete("/api/conversation").await, api.post("/api/conversation/clear", &Value::Null).await];
    assert_eq!((delete.expect(200), clear.expect(200)), (json!({"removed": 4}), json!({"removed": 0})));
    assert_eq!(api.get("/api/conversation").await.expect(200)["messages"], json!([]));
    assert_eq!(api.get("/api/history").await.expect(200)["total"], 3, "the history is another thing");
}

#[tokio::test]
async fn the_model_is_told_what_was_said() {
    let setup = Setup::shop().await;
    setup
        .model
        .on("top 5 products by revenue", answers("SELECT product FROM sales ORDER BY revenue DESC LIMIT 5"));
    let api = setup.api.new_session().await;
    api.ask("top 5 products by revenue").await.expect(200);
    api.ask("what about last month?").await.expect(200);
    let seen = setup.model.requests().last().unwrap()["messages"].to_string();
    for part in
        ["question: top 5 products by revenue", "sql: SELECT product FROM sales", "what about last month?"]
    {
        assert!(seen.contains(part), "no `{part}` in {seen}");
    }
    // Another session's model knows nothing of it.
    setup.api.new_session().await.ask("what about last month?").await.expect(200);
    let seen = setup.model.requests().last().unwrap()["messages"].to_string();
    assert!(!seen.contains("top 5 products"), "{seen}");
}

#[tokio::test]
async fn the_model_sees_the_last_ten_messages() {
    let setup = Setup::shop().await;
    let api = setup.api.new_session().await;
    for round in 0..8 {
        api.ask(&format!("this is round-{round}.")).await.expect(200);
    }
    let seen = setup.model.requests().last().unwrap()["messages"].to_string();
    let rounds: Vec<u32> =
        (0..7).filter(|round| seen.contains(&format!("question: this is round-{round}."))).collect();
    assert_eq!(rounds, [2, 3, 4, 5, 6]);
}
