//! Sessions: issued by the server only, and walls between them.

use serde_json::{Value, json};

use crate::support::{Api, Setup};

fn session_of(answer: &Value) -> &str {
    answer["session_id"].as_str().unwrap()
}

#[tokio::test]
async fn the_server_issues_a_session_and_keeps_it() {
    let setup = Setup::shop().await;
    let first = setup.api.sql("SELECT 1").await.expect(200);
    let id = session_of(&first);
    assert!(id.len() * 4 >= 128, "at least 128 random bits: {id}");
    let again = setup.api.session(id).sql("SELECT 2").await.expect(200);
    assert_eq!(session_of(&again), id);
    // A field of the body counts where there is no header, and the header is stronger.
    let body = |session: &str| json!({"sql": "SELECT 3", "session_id": session});
    assert_eq!(session_of(&setup.api.post("/api/sql", &body(id)).await.expect(200)), id);
    let other = setup.api.sql("SELECT 4").await.expect(200);
    assert_ne!(session_of(&other), id);
    let both = setup.api.session(id).post("/api/sql", &body(session_of(&other))).await.expect(200);
    assert_eq!(session_of(&both), id);
    let asked = json!({"question": "hello", "session_id": id});
    assert_eq!(session_of(&setup.api.post("/api/query", &asked).await.expect(200)), id);
}

#[tokio::test]
async fn names_of_a_clients_own_are_never_adopted() {
    let setup = Setup::shop().await;
    let plausible = "0123456789abcdef".repeat(3);
    let uuid = uuid::Uuid::now_v7().to_string();
    for made_up in [plausible.as_str(), uuid.as_str(), "mine", " ", "\u{fc}", "../../etc/passwd"] {
        let api = setup.api.session(made_up);
        assert_ne!(session_of(&api.sql("SELECT 1").await.expect(200)), made_up);
        let body = json!({"question": "hello", "session_id": made_up});
        assert_ne!(session_of(&setup.api.post("/api/query", &body).await.expect(200)), made_up);
        assert_eq!(api.get("/api/history").await.expect(200)["total"], 0, "{made_up}");
    }
}

#[tokio::test]
async fn sessions_outlive_the_server() {
    let data = tempfile::TempDir::new().unwrap();
    let start = || sqlatte_e2e::Start::new().data_dir(data.path()).model("http://127.0.0.1:9");
    let server = start().serve();
    let answer = server.client().sql("SELECT 1").await.expect(200);
    drop(server);
    let server = start().serve();
    let client = server.client().session(session_of(&answer));
    assert_eq!(session_of(&client.sql("SELECT 2").await.expect(200)), session_of(&answer));
    assert_eq!(client.get("/api/history").await.expect(200)["total"], 2);
}

/// Everything of one session's, from another session and from none.
#[tokio::test]
async fn nothing_is_seen_from_another_session() {
    let setup = Setup::shop().await;
    let mine = setup.api.new_session().await;
    let asked = mine.ask("run SELECT name FROM customers").await.expect(200);
    let query = asked["query_id"].as_str().unwrap();
    let saved = mine.post("/api/favorites", &json!({"query_id": query})).await.expect(201);
    let favorite = saved["id"].as_str().unwrap();

    for stranger in [setup.api.new_session().await, setup.api.clone()] {
        is_not_seen(&stranger, query, favorite).await;
    }

    assert_eq!(mine.get("/api/history").await.expect(200)["total"], 2);
    assert_eq!(mine.get("/api/favorites").await.expect(200)["total"], 1);
    assert_eq!(mine.get("/api/conversation").await.expect(200)["messages"].as_array().unwrap().len(), 2);
}

async fn is_not_seen(stranger: &Api, query: &str, favorite: &str) {
    let history = stranger.get("/api/history?search=customers").await.expect(200);
    assert_eq!((&history["total"], &history["items"]), (&json!(0), &json!([])));
    assert_eq!(stranger.get("/api/favorites").await.expect(200)["items"], json!([]));
    assert_eq!(stranger.get("/api/conversation").await.expect(200)["messages"], json!([]));
    stranger.get(&format!("/api/query/{query}/export?format=csv")).await.problem(404, "not_found");
    stranger.post(&format!("/api/query/{query}/cancel"), &json!({})).await.problem(404, "not_found");
    let rating = json!({"rating": "up"});
    stranger.post(&format!("/api/query/{query}/feedback"), &rating).await.problem(404, "not_found");
    stranger.post("/api/favorites", &json!({"query_id": query})).await.problem(404, "not_found");
    stranger.delete(&format!("/api/history/{query}")).await.problem(404, "not_found");
    stranger.delete(&format!("/api/favorites/{favorite}")).await.problem(404, "not_found");
    stranger.delete("/api/conversation").await.expect(200);
    stranger.post("/api/conversation/clear", &json!({})).await.expect(200);
    stranger.post("/api/history/clear", &json!({})).await.expect(200);
}
