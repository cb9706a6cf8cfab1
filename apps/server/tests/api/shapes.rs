//! Whole answers, as clients get them.

use serde_json::{Value, json};

use crate::fixture::{Reply, Setup};

macro_rules! assert_shape {
    ($value:expr) => {
        insta::assert_json_snapshot!($value, {
            ".**.session_id" => "[session]",
            ".**.query_id" => "[query]",
            ".**.request_id" => "[request]",
            ".**.timing_ms" => "[timing]",
            ".**.elapsed_ms" => "[elapsed]",
        })
    };
}

#[tokio::test]
async fn rows() {
    let answer =
        Setup::new().start().ask("sql SELECT city, count(*) AS n FROM customers GROUP BY city").await;
    assert_shape!(answer.expect(200));
}

#[tokio::test]
async fn words() {
    assert_shape!(Setup::new().start().ask("hello").await.expect(200));
}

#[tokio::test]
async fn problems() {
    let server = Setup::new().start();
    let problems: Vec<Value> = vec![
        server.sql("DELETE FROM orders").await.problem(422, "sql_refused"),
        server.sql("SELECT nothing FROM orders").await.problem(422, "sql_rejected"),
        server.ask("down").await.problem(503, "llm_unavailable"),
        server.post("/api/query", &json!({"question": 5})).await.problem(422, "invalid_request"),
        server.get("/nowhere").await.problem(404, "not_found"),
        server.post("/api/tables", &json!({})).await.problem(405, "method_not_allowed"),
    ];
    assert_shape!(problems);
}

#[tokio::test]
async fn events() {
    let server = Setup::new().start();
    let stream = server.begin("sql SELECT name, total FROM sales ORDER BY total").await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let events = Reply::of(stream).await.text();
    let events: Vec<Value> = events
        .split("\n\n")
        .filter(|event| !event.is_empty())
        .map(|event| {
            let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim();
            let data: Value = serde_json::from_str(field("data:")).unwrap();
            json!({"event": field("event:"), "id": field("id:"), "data": data})
        })
        .collect();
    assert_shape!(events);
}
