//! `/api/history`: newest first, in parts, searched over all, forgotten.

use serde_json::{Value, json};

use crate::support::{Api, Setup};

async fn asked(api: &Api, count: u32) -> Api {
    let api = api.new_session().await;
    api.post("/api/history/clear", &json!({})).await.expect(200);
    for number in 1..=count {
        api.sql(&format!("SELECT {number} AS round_{number}")).await.expect(200);
    }
    api
}

fn statements(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["sql"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn entries_say_what_happened() {
    let setup = Setup::shop().await;
    let api = setup.api.new_session().await;
    api.ask("run SELECT name FROM customers").await.expect(200);
    api.ask("hello").await.expect(200);
    api.sql("DELETE FROM customers").await.problem(422, "sql_refused");
    api.sql("SELECT nothing FROM customers").await;
    let list = api.get("/api/history").await.expect(200);
    let items = list["items"].as_array().unwrap();
    let statuses: Vec<_> = items.iter().map(|item| item["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["failed", "failed", "replied", "answered", "answered"]);
    let [rejected, refused, chat, sql, _] = items.as_slice() else { panic!("five entries") };
    assert_eq!(refused["error_code"], "sql_refused");
    assert!(!rejected["error"].as_str().unwrap().is_empty());
    assert_eq!(
        (&chat["question"], &chat["sql"], &chat["response_type"]),
        (&json!("hello"), &Value::Null, &json!("chat"))
    );
    assert_eq!((&sql["row_count"], &sql["tables"]), (&json!(4), &json!(["customers"])));
    assert_eq!(sql["question"], "run SELECT name FROM customers");
    assert!(sql["duration_ms"].as_f64().unwrap() > 0.0);
    let at = sql["created_at"].as_str().unwrap();
    assert!(at.ends_with('Z') && at.contains('T'), "RFC 3339 in UTC: {at}");
}

#[tokio::test]
async fn parts_follow_each_other() {
    let setup = Setup::shop().await;
    let api = asked(&setup.api, 25).await;
    let first = api.get("/api/history").await.expect(200);
    assert_eq!((&first["total"], &first["limit"], &first["offset"]), (&json!(25), &json!(20), &json!(0)));
    assert_eq!(statements(&first)[0], "SELECT 25 AS round_25");
    assert_eq!(statements(&first).len(), 20);
    let second = api.get("/api/history?limit=10&offset=20").await.expect(200);
    assert_eq!(
        statements(&second),
        (1..=5).rev().map(|n| format!("SELECT {n} AS round_{n}")).collect::<Vec<_>>()
    );
    assert_eq!(statements(&api.get("/api/history?offset=1000").await.expect(200)).len(), 0);
    for wrong in ["limit=0", "limit=201", "limit=-1", "limit=many", "offset=-1", "offset=99999999999"] {
        let problem = api.get(&format!("/api/history?{wrong}")).await.problem(422, "invalid_request");
        let field = wrong.split('=').next().unwrap();
        assert!(problem["detail"].as_str().unwrap().contains(field), "{wrong}: {problem}");
    }
}

#[tokio::test]
async fn search_looks_at_all_of_them() {
    let setup = Setup::shop().await;
    let api = asked(&setup.api, 25).await;
    api.ask("run SELECT city FROM customers WHERE city = 'Göteborg'").await.expect(200);
    api.ask("100% of _all_ sales").await.expect(200);
    let found = |search: &'static str| {
        let api = api.clone();
        async move { api.get(&format!("/api/history?search={search}")).await.expect(200)["total"].clone() }
    };
    assert_eq!(found("round_3").await, 1, "the underscore is no wildcard, and old entries are found");
    assert_eq!(found("ROUND_25").await, 1);
    assert_eq!(found("G%C3%B6teborg").await, 1);
    assert_eq!(found("G%C3%96TEBORG").await, 1, "no case in any script");
    assert_eq!(found("100%25").await, 1);
    assert_eq!(found("%25").await, 1);
    assert_eq!(found("nothing+of+this").await, 0);
    assert_eq!(found("%27%3B+DROP+TABLE+history--").await, 0);
    assert_eq!(found("").await, 27);
    let long = "x".repeat(201);
    api.get(&format!("/api/history?search={long}")).await.problem(422, "invalid_request");
}

#[tokio::test]
async fn entries_are_forgotten_one_by_one_and_all() {
    let setup = Setup::shop().await;
    let api = asked(&setup.api, 3).await;
    let list = api.get("/api/history").await.expect(200);
    let path = format!("/api/history/{}", list["items"][1]["query_id"].as_str().unwrap());
    let gone = api.delete(&path).await;
    assert_eq!((gone.status, gone.body.len()), (204, 0));
    api.delete(&path).await.problem(404, "not_found");
    let left = api.get("/api/history").await.expect(200);
    assert_eq!(statements(&left), ["SELECT 3 AS round_3", "SELECT 1 AS round_1"]);
    assert_eq!(api.post("/api/history/clear", &json!({})).await.expect(200), json!({"removed": 2}));
    assert_eq!(api.get("/api/history").await.expect(200)["total"], 0);
}
