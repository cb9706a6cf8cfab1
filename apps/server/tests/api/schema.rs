use serde_json::json;

use crate::fixture::Setup;

/// The schema we give is a schema we take.
#[tokio::test]
async fn a_combined_schema_names_its_tables_when_it_comes_back() {
    let server = Setup::new().start();
    let all = json!({"tables": ["orders", "sales"]});
    let schema = server.post("/api/schema", &all).await.expect(200)["combined_schema"].clone();
    for field in ["schema", "table_schema"] {
        let body = json!({"question": "which tables?", field: schema});
        let answer = server.post("/api/query", &body).await.expect(200);
        assert_eq!(answer["message"], "orders,sales");
    }
    let all = server.ask("which tables?").await.expect(200);
    assert_eq!(all["message"], "customers,orders,sales");
}

#[tokio::test]
async fn unknown_tables_are_told_without_the_servers_paths() {
    let server = Setup::new().start();
    for (path, body) in [
        ("/api/schema", json!({"tables": ["nothing"]})),
        ("/api/query", json!({"question": "hello", "tables": ["nothing"]})),
    ] {
        let problem = server.post(path, &body).await.problem(404, "unknown_table");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("`nothing`") && !detail.contains('/'), "{detail}");
    }
}
