use serde_json::json;

use crate::fixture::Setup;

#[tokio::test]
async fn one_session_runs_so_many_questions_at_once() {
    let setup = Setup::new();
    let most = setup.config.app.max_running_per_session;
    let mut server = setup.start();
    let session = server.sql("SELECT 1").await.expect(200)["session_id"].as_str().unwrap().to_owned();
    server.show("x-session-id", &session);
    let mut running = Vec::new();
    for _ in 0..most {
        let stream = server.begin("wait").await;
        assert_eq!(stream.status(), 200);
        running.push(stream);
    }
    for refused in [server.ask("hello").await, server.sql("SELECT 1").await] {
        let problem = refused.problem(429, "too_many_questions");
        assert!(problem["detail"].as_str().unwrap().contains("app.max_running_per_session"), "{problem}");
        assert_eq!((refused.header("retry-after"), refused.header("x-session-id")), ("2", session.as_str()));
    }
    server.hide("x-session-id");
    server.sql("SELECT 1").await.expect(200);
    server.show("x-session-id", &session);
    running.pop();
    server.sql("SELECT 1").await.expect(200);
}

#[tokio::test]
async fn all_sessions_together_run_so_many() {
    let mut setup = Setup::new();
    setup.config.app.max_running = 2;
    let mut server = setup.start();
    let answer = server.sql("SELECT 1").await.expect(200);
    let export = format!("/api/query/{}/export", answer["query_id"].as_str().unwrap());
    let _running = [server.begin("wait").await, server.begin("wait").await];
    let problem = server.sql("SELECT 1").await.problem(429, "too_many_questions");
    assert!(problem["detail"].as_str().unwrap().contains("app.max_running "), "{problem}");
    server.show("x-session-id", answer["session_id"].as_str().unwrap());
    server.get(&export).await.problem(429, "too_many_questions");
}

#[tokio::test]
async fn an_export_runs_until_its_last_row() {
    let mut setup = Setup::new();
    setup.config.app.max_running = 1;
    let mut server = setup.start();
    let answer = server.sql("SELECT 1").await.expect(200);
    server.show("x-session-id", answer["session_id"].as_str().unwrap());
    let path = format!("/api/query/{}/export", answer["query_id"].as_str().unwrap());
    let file = server.open(http::Method::GET, &path, axum::body::Body::empty()).await;
    assert_eq!(file.status(), 200);
    server.post("/api/sql", &json!({"sql": "SELECT 1"})).await.problem(429, "too_many_questions");
    drop(file);
    server.sql("SELECT 1").await.expect(200);
}
