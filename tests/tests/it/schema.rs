//! `/api/tables`, `/api/schema`, `/api/suggestions`.

use serde_json::json;

use crate::support::Setup;

#[tokio::test]
async fn tables_are_listed_with_details() {
    let setup = Setup::shop().await;
    let tables = setup.api.get("/api/tables").await.expect(200);
    assert_eq!(tables["tables"], json!(["customers", "oddities", "orders", "products", "sales"]));
    let details = tables["details"].as_array().unwrap();
    let names: Vec<_> = details.iter().map(|detail| &detail["name"]).collect();
    assert_eq!(json!(names), tables["tables"]);
    assert_eq!((&details[0]["kind"], &details[0]["comment"]), (&json!("table"), &json!("People who buy")));
    assert_eq!(details[4]["kind"], "view");
}

#[tokio::test]
async fn tables_are_described() {
    let setup = Setup::shop().await;
    let body = json!({"tables": ["orders", "customers"]});
    let schema = setup.api.post("/api/schema", &body).await.expect(200);
    assert_eq!(schema["tables"], json!(["orders", "customers"]));
    let customers = &schema["schemas"][1];
    assert_eq!((&customers["table"], &customers["comment"]), (&json!("customers"), &json!("People who buy")));
    let id = &customers["columns"][0];
    assert_eq!(
        (&id["name"], &id["type"], &id["primary_key"]),
        (&json!("id"), &json!("INTEGER"), &json!(true))
    );
    let name = &customers["columns"][1];
    assert_eq!((&name["nullable"], &name["comment"]), (&json!(false), &json!("Full name")));
    assert_eq!(customers["columns"][2]["nullable"], true);
    assert_eq!(schema["schemas"][0]["columns"][1]["references"], "customers.id");
    let text = schema["combined_schema"].as_str().unwrap();
    assert!(text.contains("ordered_on") && text.contains("Full name"), "{text}");
}

#[tokio::test]
async fn unknown_tables_are_not_found() {
    let setup = Setup::shop().await;
    let problem = setup
        .api
        .post("/api/schema", &json!({"tables": ["orders", "nothing"]}))
        .await
        .problem(404, "unknown_table");
    assert!(problem["detail"].as_str().unwrap().contains("nothing"), "{problem}");
    let problem = setup.api.post("/api/query", &json!({"question": "hello", "tables": ["nothing"]})).await;
    assert!(problem.problem(404, "unknown_table")["detail"].as_str().unwrap().contains("nothing"));
    setup.api.post("/api/schema", &json!({"tables": []})).await.problem(422, "invalid_request");
}

#[tokio::test]
async fn suggestions_are_complete_questions() {
    let setup = Setup::shop().await;
    let suggestions = setup.api.get("/api/suggestions").await.expect(200);
    let suggestions = suggestions["suggestions"].as_array().unwrap();
    assert!(!suggestions.is_empty());
    assert!(suggestions.iter().all(|one| one.as_str().unwrap().ends_with('?')), "{suggestions:?}");
}

#[tokio::test]
async fn a_broken_view_takes_nothing_else_with_it() {
    let setup = Setup::slow().await;
    setup.api.get("/api/tables").await.expect(200);
    setup.api.ask("run SELECT count(*) FROM things").await.expect(200);
    let problem = setup.api.sql("SELECT * FROM broken_report").await;
    assert_eq!(problem.status, 422, "{}", problem.text());
    setup.api.get("/api/suggestions").await.expect(200);
}

#[tokio::test]
async fn a_new_table_is_seen_on_demand() {
    let setup = Setup::shop().await;
    let before = setup.api.get("/api/tables").await.expect(200);
    let owner = rusqlite::Connection::open(setup.database()).unwrap();
    owner.execute_batch("CREATE TABLE returns (id INTEGER PRIMARY KEY, reason TEXT)").unwrap();
    assert_eq!(setup.api.get("/api/tables").await.expect(200), before, "a look is kept for a while");
    let after = setup.api.get("/api/tables?refresh=true").await.expect(200);
    assert!(after["tables"].as_array().unwrap().contains(&json!("returns")), "{after}");
    setup.api.sql("SELECT reason FROM returns").await.expect(200);
    setup.api.get("/api/tables?refresh=perhaps").await.problem(422, "invalid_request");
}
