use crate::fixture::Setup;

/// Pages of other origins read refusals and faults too, or they could not say what is wrong.
#[tokio::test]
async fn problems_are_readable_from_other_origins() {
    let mut server = Setup::new().start();
    server.show("origin", "http://localhost:3000");
    let fault = server.ask("panic").await;
    fault.problem(500, "internal_error");
    assert_eq!(fault.header("access-control-allow-origin"), "http://localhost:3000");
    server.show("host", "evil.example");
    let refused = server.get("/api/tables").await;
    refused.problem(421, "unknown_host");
    assert_eq!(refused.header("access-control-allow-origin"), "http://localhost:3000");
}

#[tokio::test]
async fn every_vary_reaches_the_client() {
    let mut server = Setup::new().start();
    server.show("origin", "http://localhost:3000");
    server.show("accept-encoding", "gzip");
    let response = server.get("/api/tables").await;
    assert_eq!(response.header("content-encoding"), "gzip");
    let vary: Vec<_> =
        response.headers.get_all("vary").iter().map(|value| value.to_str().unwrap().to_lowercase()).collect();
    assert!(vary.iter().any(|value| value.contains("origin")), "{vary:?}");
    assert!(vary.iter().any(|value| value.contains("accept-encoding")), "{vary:?}");
}

#[tokio::test]
async fn the_scheme_of_a_key_has_no_case() {
    let mut setup = Setup::new();
    setup.config.app.access_keys = vec![sqlatte_providers::Secret::new("a-key-of-at-least-24-characters")];
    let mut server = setup.start();
    server.get("/api/tables").await.problem(401, "unauthorized");
    server.show("authorization", "bEARER a-key-of-at-least-24-characters");
    server.get("/api/tables").await.expect(200);
}
