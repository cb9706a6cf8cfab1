//! The OpenAPI document and its page.

use crate::support::Setup;

#[tokio::test]
async fn the_document_names_every_standard_route() {
    let setup = Setup::shop().await;
    let routes = setup.api.contract().routes();
    for route in [
        "POST /api/query",
        "POST /api/query/stream",
        "POST /api/query/{query_id}/cancel",
        "POST /api/sql",
        "GET /api/query/{query_id}/export",
        "POST /api/query/{query_id}/feedback",
        "GET /api/tables",
        "POST /api/schema",
        "GET /api/suggestions",
        "GET /api/conversation",
        "DELETE /api/conversation",
        "POST /api/conversation/clear",
        "GET /api/history",
        "DELETE /api/history/{id}",
        "POST /api/history/clear",
        "GET /api/favorites",
        "POST /api/favorites",
        "DELETE /api/favorites/{id}",
    ] {
        let (method, path) = route.split_once(' ').unwrap();
        assert!(routes.contains(&(method.to_owned(), path.to_owned())), "no {route}");
    }
}

#[tokio::test]
async fn the_document_is_the_one_of_the_command_line() {
    let setup = Setup::shop().await;
    let served = setup.client().get("/api/openapi.json").await;
    assert_eq!(served.header("content-type"), "application/json");
    let printed = sqlatte_e2e::Start::new().plain(&["openapi"], b"");
    let printed: serde_json::Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(served.json(), printed);
    assert!(printed["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[tokio::test]
async fn the_documentation_page_loads_only_from_here() {
    let setup = Setup::shop().await;
    let page = setup.client().get("/docs/").await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.header("content-security-policy").starts_with("default-src 'none'; script-src 'self';"));
    assert!(!page.text().contains("http://") && !page.text().contains("https://"), "{}", page.text());
    let redirect = setup.client().get("/docs").await;
    assert!(redirect.status == 200 || redirect.header("location") == "/docs/", "{}", redirect.status);
}

#[tokio::test]
async fn every_format_of_an_export_is_documented() {
    let setup = Setup::shop().await;
    let api = setup.api.new_session().await;
    let asked = api.sql("SELECT 1").await.expect(200);
    for format in ["csv", "xlsx", "json", "html"] {
        let path = format!("/api/query/{}/export?format={format}", asked["query_id"].as_str().unwrap());
        assert_eq!(api.get(&path).await.status, 200);
    }
}

#[tokio::test]
async fn problems_are_documented_where_they_happen() {
    let setup = Setup::shop().await;
    let document = setup.client().get("/api/openapi.json").await.json();
    let mut missing = Vec::new();
    for path in ["/api/query", "/api/query/stream", "/api/sql", "/api/schema", "/api/favorites"] {
        for status in [400, 413, 415, 422] {
            if document["paths"][path]["post"]["responses"][status.to_string()].is_null() {
                missing.push(format!("{path} {status}"));
            }
        }
    }
    for path in ["/api/query", "/api/sql"] {
        for status in [409, 429, 502, 503, 504] {
            if document["paths"][path]["post"]["responses"][status.to_string()].is_null() {
                missing.push(format!("{path} {status}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}
