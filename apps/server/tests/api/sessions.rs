use serde_json::json;

use crate::fixture::Setup;

/// A first question that fails has a session all the same, with the failure in its history.
#[tokio::test]
async fn failures_name_their_session() {
    let mut server = Setup::new().start();
    for (path, body) in [
        ("/api/query", json!({"question": "down"})),
        ("/api/query", json!({"question": "hello", "tables": ["nothing"]})),
        ("/api/sql", json!({"sql": "DROP TABLE orders"})),
    ] {
        server.hide("x-session-id");
        let failed = server.post(path, &body).await;
        assert!(failed.status.is_client_error() || failed.status.is_server_error());
        let session = failed.header("x-session-id").to_owned();
        assert_eq!(session.len(), 48, "{path} {body}: {}", failed.text());
        server.show("x-session-id", &session);
        assert_eq!(server.get("/api/history").await.expect(200)["total"], 1, "{path} {body}");
        let invalid = server.ask(" ").await;
        invalid.problem(422, "invalid_request");
        assert_eq!(invalid.header("x-session-id"), session);
    }
}

#[tokio::test]
async fn answers_name_their_session_in_the_header_too() {
    let server = Setup::new().start();
    for reply in [server.ask("hello").await, server.sql("SELECT 1").await] {
        assert_eq!(reply.header("x-session-id"), reply.expect(200)["session_id"]);
    }
    let stream = server.begin("hello").await;
    let session = stream.headers()["x-session-id"].to_str().unwrap().to_owned();
    let events = crate::fixture::Reply::of(stream).await.text();
    assert!(events.contains(&format!("\"session_id\":\"{session}\"")), "{events}");
}

#[tokio::test]
async fn a_session_in_the_body_counts_for_favourites_and_feedback() {
    let mut server = Setup::new().start();
    let answer = server.sql("SELECT 1").await.expect(200);
    let (session, query) = (&answer["session_id"], answer["query_id"].as_str().unwrap());
    let saved = server.post("/api/favorites", &json!({"query_id": query, "session_id": session})).await;
    saved.expect(201);
    assert_eq!(saved.header("x-session-id"), *session);
    let path = format!("/api/query/{query}/feedback");
    assert_eq!(server.post(&path, &json!({"rating": "up", "session_id": session})).await.status, 204);
    server.post(&path, &json!({"rating": "up"})).await.problem(404, "not_found");
    for wrong in [json!(1), json!(null), json!("Up"), json!([])] {
        let problem = server.post(&path, &json!({"rating": wrong})).await.problem(422, "invalid_request");
        assert!(problem["detail"].as_str().unwrap().starts_with("rating: "), "{problem}");
    }

    server.show("x-session-id", session.as_str().unwrap());
    let favorites = server.get("/api/favorites?limit=5&offset=1").await.expect(200);
    assert_eq!(favorites, json!({"items": [], "total": 1, "limit": 5, "offset": 1}));
}
