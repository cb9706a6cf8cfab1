//! `POST /api/query/{query_id}/feedback`.

use serde_json::json;

use crate::support::Setup;

#[tokio::test]
async fn an_answer_is_rated_and_rated_again() {
    let setup = Setup::shop().await;
    let api = setup.api.new_session().await;
    let asked = api.ask("run SELECT name FROM customers").await.expect(200);
    let path = format!("/api/query/{}/feedback", asked["query_id"].as_str().unwrap());
    for rating in [
        json!({"rating": "up"}),
        json!({"rating": "down", "comment": "Çok az", "corrected_sql": "SELECT city FROM customers"}),
    ] {
        let kept = api.post(&path, &rating).await;
        assert_eq!((kept.status, kept.body.len()), (204, 0), "{}", kept.text());
    }
    for (wrong, field) in [
        (json!({}), "rating"),
        (json!({"rating": "sideways"}), "rating"),
        (json!({"rating": "up", "comment": "x".repeat(10_001)}), "comment"),
        (json!({"rating": "up", "corrected_sql": "x".repeat(10_001)}), "corrected_sql"),
    ] {
        let problem = api.post(&path, &wrong).await.problem(422, "invalid_request");
        assert!(problem["detail"].as_str().unwrap().contains(field), "the field is not named: {problem}");
    }
    for unknown in ["0198f000-0000-7000-8000-000000000000", "not-an-id", "%00", "%F0%9F%92%A9"] {
        let path = format!("/api/query/{unknown}/feedback");
        api.post(&path, &json!({"rating": "up"})).await.problem(404, "not_found");
    }
}

#[tokio::test]
async fn comments_are_measured_in_characters() {
    let setup = Setup::shop().await;
    let api = setup.api.new_session().await;
    let asked = api.ask("run SELECT name FROM customers").await.expect(200);
    let path = format!("/api/query/{}/feedback", asked["query_id"].as_str().unwrap());
    let kept = api.post(&path, &json!({"rating": "down", "comment": "é".repeat(6_000)})).await;
    assert_eq!(kept.status, 204, "{}", kept.text());
}

#[tokio::test]
async fn a_rating_of_the_wrong_type_is_named() {
    let setup = Setup::shop().await;
    let path = "/api/query/0198f000-0000-7000-8000-000000000000/feedback";
    for wrong in [json!(1), json!(null), json!(true), json!([])] {
        let problem = setup.api.post(path, &json!({ "rating": wrong })).await.problem(422, "invalid_request");
        assert!(problem["detail"].as_str().unwrap().contains("rating"), "{problem}");
    }
}
