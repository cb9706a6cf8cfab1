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
