//! Bodies that cannot be read: too large, not JSON, not UTF-8, of the wrong shape.

use bytes::Bytes;
use hyper::Method;
use serde_json::json;
use sqlatte_e2e::{Response, database};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::Setup;

const ROUTES: [&str; 5] = ["/api/query", "/api/query/stream", "/api/sql", "/api/schema", "/api/favorites"];

async fn posted(setup: &Setup, path: &str, body: impl Into<Bytes>) -> Response {
    let client = setup.client().with("content-type", "application/json");
    client.send(Method::POST, path, body.into()).await
}

#[tokio::test]
async fn malformed_json_is_said_with_its_place() {
    let setup = Setup::shop().await;
    for path in ROUTES {
        for body in
            ["", "{", "{\"question\": }", "{'question': 'x'}", "\u{feff}{}", "{\"question\":\"a\"", "NaN"]
        {
            let response = posted(&setup, path, body).await;
            let problem = response.problem(400, "malformed_json");
            assert!(problem["detail"].as_str().unwrap().contains("line 1"), "{body:?}: {problem}");
        }
    }
    for opening in ["", "{\"question\":", "{\"question\":\"hello\",\"unknown\":"] {
        let deep = format!("{opening}{}", "[".repeat(200_000));
        let response = posted(&setup, "/api/query", deep).await;
        assert!(matches!(response.status, 400 | 422), "{}", response.text());
        setup.api.contract().check(&response);
    }
}

#[tokio::test]
async fn wrong_types_name_the_field() {
    let setup = Setup::shop().await;
    for (path, body, field) in [
        ("/api/query", json!({}), "question"),
        ("/api/query", json!({"question": 5}), "question"),
        ("/api/query", json!({"question": null}), "question"),
        ("/api/query", json!({"question": ["a"]}), "question"),
        ("/api/query", json!({"question": "hello", "limit": -1}), "limit"),
        ("/api/query", json!({"question": "hello", "limit": 0}), "limit"),
        ("/api/query", json!({"question": "hello", "limit": "ten"}), "limit"),
        ("/api/query", json!({"question": "hello", "limit": 1.5}), "limit"),
        ("/api/query", json!({"question": "hello", "tables": "orders"}), "tables"),
        ("/api/query", json!({"question": "hello", "tables": [1]}), "tables"),
        ("/api/query", json!({"question": "hello", "tables": vec!["orders"; 201]}), "tables"),
        ("/api/query", json!({"question": "hello", "insights": "yes"}), "insights"),
        ("/api/query", json!({"question": "hello", "session_id": 7}), "session_id"),
        ("/api/query", json!({"question": "hello", "schema": {}}), "schema"),
        ("/api/query/stream", json!({"question": {}}), "question"),
        ("/api/sql", json!({}), "sql"),
        ("/api/sql", json!({"sql": ""}), "sql"),
        ("/api/sql", json!({"sql": "SELECT 1", "limit": 0}), "limit"),
        ("/api/schema", json!({}), "tables"),
        ("/api/schema", json!({"tables": 5}), "tables"),
    ] {
        let problem = setup.api.post(path, &body).await.problem(422, "invalid_request");
        assert!(
            problem["detail"].as_str().unwrap().contains(field),
            "{path} {body}: `{field}` is not named: {problem}"
        );
    }
    for body in [json!(null), json!([]), json!("text"), json!(5)] {
        setup.api.post("/api/query", &body).await.problem(422, "invalid_request");
    }
    assert_eq!(setup.model.calls(), 0);
}

#[tokio::test]
async fn unknown_fields_are_ignored() {
    let setup = Setup::shop().await;
    let body = json!({"question": "hello", "colour": "brown", "nested": {"question": 5}});
    setup.api.post("/api/query", &body).await.expect(200);
}

#[tokio::test]
async fn text_that_is_not_utf8_is_refused() {
    let setup = Setup::shop().await;
    for path in ROUTES {
        for bytes in [
            &b"{\"question\":\"\xff\xfe\",\"sql\":\"\xff\",\"tables\":[\"\xff\"]}"[..],
            b"\xff\xfe",
            b"{\"sql\":\"\xed\xa0\x80\"}",
        ] {
            let response = posted(&setup, path, Bytes::copy_from_slice(bytes)).await;
            assert!(matches!(response.status, 400 | 422), "{path}: {}", response.text());
            setup.api.contract().check(&response);
        }
    }
    // A lone surrogate is an escape that stands for nothing.
    posted(&setup, "/api/query", "{\"question\":\"\\ud800\"}").await.problem(400, "malformed_json");
}

#[tokio::test]
async fn large_bodies_are_refused() {
    let setup = Setup::with(database::shop, |start| start.config("app: {max_body_bytes: 10000}")).await;
    let body = |length: usize| json!({"question": "hello", "padding": "x".repeat(length)});
    setup.api.post("/api/query", &body(9_000)).await.expect(200);
    for path in ROUTES {
        setup.api.post(path, &body(10_000)).await.problem(413, "body_too_large");
    }
}

/// The server does not take in what it will refuse: it answers before the body has come, and keeps little of it.
#[tokio::test]
async fn a_hundred_megabytes_are_not_taken_in() {
    let setup = Setup::shop().await;
    setup.client().sql("SELECT 1").await.expect(200);
    let load = setup.server.load();
    load.reset_peak();
    let before = load.memory();
    for head in ["content-length: 104857600\r\n\r\n", "transfer-encoding: chunked\r\n\r\n6400000\r\n"] {
        let mut socket = TcpStream::connect(setup.server.address()).await.unwrap();
        let start = format!(
            "POST /api/query HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n{head}"
        );
        socket.write_all(start.as_bytes()).await.unwrap();
        let (mut answer, mut body) = socket.split();
        let piece = vec![b'x'; 1 << 20];
        let send = async {
            for _ in 0..100 {
                // A server that has seen enough closes its end.
                if body.write_all(&piece).await.is_err() {
                    break;
                }
            }
        };
        let mut text = Vec::new();
        let read = async {
            let mut part = [0; 4096];
            while let Ok(length) = answer.read(&mut part).await {
                text.extend_from_slice(&part[..length]);
                if length == 0 || text.windows(14).any(|window| window == b"body_too_large") {
                    break;
                }
            }
        };
        tokio::join!(read, async {
            tokio::time::timeout(std::time::Duration::from_secs(30), send).await.ok()
        });
        let text = String::from_utf8_lossy(&text);
        assert!(text.starts_with("HTTP/1.1 413 "), "{head:?}: {text}");
    }
    let grown = load.peak_memory().saturating_sub(before);
    assert!(grown < 20 << 20, "the server took in {grown} bytes");
    setup.api.sql("SELECT 1").await.expect(200);
}
