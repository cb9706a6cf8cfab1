use serde_json::json;

use crate::fixture::Setup;

#[tokio::test]
async fn what_is_too_large_names_its_field() {
    let server = Setup::new().start();
    for (path, body, field) in [
        ("/api/sql", json!({"sql": format!("SELECT {}", " ".repeat(20_000))}), "sql"),
        ("/api/sql", json!({"sql": "SELECT 1", "limit": 100_001}), "limit: must be from 1 to 100000"),
        ("/api/query", json!({"question": "hello", "limit": 100_001}), "limit"),
        ("/api/query/stream", json!({"question": "hello", "limit": 0}), "limit"),
        ("/api/query", json!({"question": "é".repeat(4_001)}), "question"),
        ("/api/schema", json!({"tables": vec!["orders"; 201]}), "tables"),
        ("/api/favorites", json!({"name": "é".repeat(201), "sql": "SELECT 1"}), "name"),
    ] {
        let problem = server.post(path, &body).await.problem(422, "invalid_request");
        assert!(problem["detail"].as_str().unwrap().starts_with(field), "{path}: {problem}");
    }
    server.post("/api/query", &json!({"question": "é".repeat(4_000), "limit": 100_000})).await.expect(200);
}

#[tokio::test]
async fn a_question_is_cut_to_a_name() {
    let server = Setup::new().start();
    let body = json!({"question": "é".repeat(300), "sql": "SELECT 1"});
    let saved = server.post("/api/favorites", &body).await.expect(201);
    assert_eq!(saved["name"], "é".repeat(200));
    assert_eq!(saved["question"], "é".repeat(300));
}

#[tokio::test]
async fn feedback_counts_characters() {
    let mut server = Setup::new().start();
    let answer = server.sql("SELECT 1").await.expect(200);
    server.show("x-session-id", answer["session_id"].as_str().unwrap());
    let path = format!("/api/query/{}/feedback", answer["query_id"].as_str().unwrap());
    let comment = |length| json!({"rating": "up", "comment": "é".repeat(length)});
    assert_eq!(server.post(&path, &comment(10_000)).await.status, 204);
    server.post(&path, &comment(10_001)).await.problem(422, "invalid_request");
}
