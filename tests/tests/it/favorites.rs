//! `/api/favorites`.

use serde_json::json;

use crate::support::Setup;

#[tokio::test]
async fn a_favourite_is_an_entry_or_a_statement() {
    let setup = Setup::shop().await;
    let api = setup.api.new_session().await;
    let asked = api.ask("run SELECT name FROM customers").await.expect(200);
    let saved = api.post("/api/favorites", &json!({"query_id": asked["query_id"]})).await.expect(201);
    assert_eq!(saved["query_id"], asked["query_id"]);
    assert_eq!((&saved["name"], &saved["sql"]), (&json!("run SELECT name FROM customers"), &asked["sql"]));
    let own = json!({"name": "  Mine ", "sql": "SELECT 42"});
    let own = api.post("/api/favorites", &own).await.expect(201);
    assert_eq!(
        (&own["name"], &own["sql"], &own["query_id"]),
        (&json!("Mine"), &json!("SELECT 42"), &json!(null))
    );

    let list = api.get("/api/favorites").await.expect(200);
    assert_eq!(list["total"], 2);
    let ids: Vec<_> = list["items"].as_array().unwrap().iter().map(|item| &item["id"]).collect();
    assert_eq!(ids, [&own["id"], &saved["id"]], "newest first");
    assert_eq!(api.get("/api/favorites?search=customers").await.expect(200)["total"], 1);
    assert_eq!(api.get("/api/favorites?limit=1&offset=1").await.expect(200)["items"][0]["id"], saved["id"]);
    api.get("/api/favorites?limit=0").await.problem(422, "invalid_request");

    let history = api.get("/api/history?search=customers").await.expect(200);
    assert_eq!(history["items"][0]["favorite"], true);
}

#[tokio::test]
async fn favourites_survive_the_history() {
    let setup = Setup::shop().await;
    let api = setup.api.new_session().await;
    let asked = api.ask("run SELECT name FROM customers").await.expect(200);
    let saved =
        api.post("/api/favorites", &json!({"query_id": asked["query_id"], "name": "Kept"})).await.expect(201);
    api.post("/api/history/clear", &json!({})).await.expect(200);
    assert_eq!(api.get("/api/history").await.expect(200)["total"], 0);
    let list = api.get("/api/favorites").await.expect(200);
    assert_eq!((&list["total"], &list["items"][0]["sql"]), (&json!(1), &saved["sql"]));

    let path = format!("/api/favorites/{}", saved["id"].as_str().unwrap());
    assert_eq!(api.delete(&path).await.status, 204);
    api.delete(&path).await.problem(404, "not_found");
    assert_eq!(api.get("/api/favorites").await.expect(200)["total"], 0);
}

#[tokio::test]
async fn a_first_favourite_begins_a_session() {
    let setup = Setup::shop().await;
    let saved = setup.api.post("/api/favorites", &json!({"sql": "SELECT 1"})).await;
    saved.expect(201);
    let api = setup.api.session(saved.header("x-session-id"));
    assert_eq!(api.get("/api/favorites").await.expect(200)["total"], 1);
}

#[tokio::test]
async fn what_cannot_be_saved_is_said() {
    let setup = Setup::shop().await;
    let api = setup.api.new_session().await;
    let chat = api.ask("hello").await.expect(200);
    for (body, field) in [
        (json!({}), "sql"),
        (json!({"sql": "  "}), "sql"),
        (json!({"query_id": chat["query_id"]}), "sql"),
        (json!({"sql": "SELECT 1", "name": "n".repeat(201)}), "name"),
        (json!({"sql": format!("SELECT '{}'", "x".repeat(20_000))}), "sql"),
        (json!({"sql": 5}), "sql"),
    ] {
        let problem = api.post("/api/favorites", &body).await.problem(422, "invalid_request");
        assert!(problem["detail"].as_str().unwrap().contains(field), "{field}: {problem}");
    }
    for id in ["no-id", "0198f000-0000-7000-8000-000000000000"] {
        api.post("/api/favorites", &json!({"query_id": id})).await.problem(404, "not_found");
        api.delete(&format!("/api/favorites/{id}")).await.problem(404, "not_found");
    }
}

#[tokio::test]
async fn a_favourite_is_listed_as_it_was_saved() {
    let setup = Setup::shop().await;
    let api = setup.api.new_session().await;
    let saved = api.post("/api/favorites", &json!({"sql": "SELECT 42"})).await.expect(201);
    assert_eq!(api.get("/api/favorites").await.expect(200)["items"], json!([saved]));
}
