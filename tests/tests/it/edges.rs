//! What every response has: request ids, compression, security headers, and problems for whatever is not there.

use bytes::Bytes;
use hyper::Method;
use sqlatte_e2e::database;
use uuid::{Uuid, Version};

use crate::support::Setup;

#[tokio::test]
async fn every_response_has_a_request_id() {
    let setup = Setup::shop().await;
    let client = setup.client();
    for path in ["/", "/health", "/api/tables", "/api/nowhere", "/metrics", "/api/openapi.json", "/widget.js"]
    {
        let response = client.get(path).await;
        let id: Uuid = response.header("x-request-id").parse().unwrap();
        assert_eq!(id.get_version(), Some(Version::SortRand), "{path}");
    }
    for own in ["trace-1.2_3", "a", &"x".repeat(64)] {
        let response = client.with("x-request-id", own).get("/health").await;
        assert_eq!(response.header("x-request-id"), own);
    }
    for odd in ["", "two words", "quote\"", "<script>", "ünïcode", &"x".repeat(65)] {
        let response = client.with("x-request-id", odd).get("/api/nowhere").await;
        assert!(response.header("x-request-id").parse::<Uuid>().is_ok(), "{odd}");
        response.problem(404, "not_found");
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    let setup = Setup::shop().await;
    let client = setup.client();
    for path in [
        "/nowhere",
        "/api",
        "/api/",
        "/api/queries",
        "/assets/none.js",
        "/assets/..%2f..%2fCargo.toml",
        "/..%2fetc%2fpasswd",
        "//",
    ] {
        let response = client.get(path).await;
        assert_eq!(response.status, 404, "{path}: {}", response.text());
        response.problem(404, "not_found");
    }
    for (method, path) in [
        (Method::PUT, "/api/query"),
        (Method::GET, "/api/sql"),
        (Method::DELETE, "/api/tables"),
        (Method::POST, "/"),
    ] {
        let response = client.send(method, path, Bytes::new()).await;
        response.problem(405, "method_not_allowed");
        assert!(!response.header("allow").is_empty(), "{}", response.request);
    }
    let odd = client.send(Method::from_bytes(b"BREW").unwrap(), "/api/query", Bytes::new()).await;
    odd.problem(405, "method_not_allowed");
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_can_read_it() {
    let setup = Setup::with(|file| database::numbers(file, 2000), |start| start).await;
    let sql = "SELECT id, label FROM numbers";
    let plain = setup.client().sql(sql).await;
    assert_eq!(plain.header("content-encoding"), "");
    for (accepted, encoding) in [("gzip", "gzip"), ("br", "br"), ("gzip, deflate, br", "br")] {
        let small = setup.client().with("accept-encoding", accepted).sql(sql).await;
        assert_eq!((small.status, small.header("content-encoding")), (200, encoding));
        assert!(small.body.len() < plain.body.len() / 4, "{} of {}", small.body.len(), plain.body.len());
        assert!(
            small.headers.get_all("vary").iter().any(|vary| vary == "accept-encoding"),
            "{:?}",
            small.headers
        );
    }
    assert_eq!(
        setup.client().with("accept-encoding", "identity").sql(sql).await.header("content-encoding"),
        ""
    );
}

#[tokio::test]
async fn answers_are_kept_by_no_cache() {
    let setup = Setup::shop().await;
    for response in [
        setup.client().sql("SELECT 1").await,
        setup.client().get("/api/tables").await,
        setup.client().get("/api/history").await,
        setup.client().sql("DROP TABLE customers").await,
    ] {
        assert_eq!(response.header("cache-control"), "no-store", "{}", response.request);
        assert_eq!(response.header("x-content-type-options"), "nosniff");
        assert_eq!(response.header("referrer-policy"), "same-origin");
    }
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let setup = Setup::shop().await;
    for path in ["/", "/health", "/widget.js", "/api/tables"] {
        let head = setup.client().send(Method::HEAD, path, Bytes::new()).await;
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        assert_eq!(head.header("content-type"), setup.client().get(path).await.header("content-type"));
    }
}
