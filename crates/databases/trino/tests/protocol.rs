//! The protocol against a stand-in that misbehaves on demand.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests and their helpers fail by panicking")]

mod stand_in;

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, Instant},
};

use futures::StreamExt;
use serde_json::json;
use sqlatte_db_trino::Protocol;
use sqlatte_providers::{DatabaseProvider, ErrorKind, ProviderError, Secret};
use stand_in::{FIRST, StandIn, count, json_page, run};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{method, path_regex},
};

const MINUTE: Duration = Duration::from_secs(60);

fn text(error: &ProviderError, stand_in: &StandIn) -> String {
    format!("{}: {}", error.kind().name(), error.message().replace(&stand_in.address(), "HOST"))
}

fn header<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    request.headers.get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn follows_pages_to_the_last() {
    let server = StandIn::start().await;
    server.submitted(json_page(&server.page(Some("/v1/statement/queued/q1/y/1"), &[]))).await;
    server
        .paged("/v1/statement/queued/q1/y/1", json_page(&server.page(Some("/next/2?x=1"), &[1, 2])), 1)
        .await;
    server.paged("/next/2", json_page(&server.page(None, &[3])), 1).await;
    assert_eq!(count(&server.trino()).await.unwrap(), 3);
    // What has ended is not cancelled.
    assert_eq!(
        server.calls().await,
        ["POST /v1/statement", "GET /v1/statement/queued/q1/y/1", "GET /next/2"]
    );
    assert_eq!(server.requests("POST").await[0].body, b"SELECT a FROM t");
}

#[tokio::test]
async fn tries_again_what_gateways_fail() {
    for status in [429, 502, 503, 504] {
        let server = StandIn::start().await;
        let failing = Mock::given(method("POST")).respond_with(ResponseTemplate::new(status));
        failing.up_to_n_times(2).mount(&server.server).await;
        server.submitted(json_page(&server.page(Some("/next/1"), &[1]))).await;
        server.paged("/next/1", ResponseTemplate::new(status), 3).await;
        server.paged("/next/1", json_page(&server.page(None, &[2])), 1).await;
        assert_eq!(count(&server.trino()).await.unwrap(), 2, "{status}");
        assert_eq!(server.requests("POST").await.len(), 3, "{status}");
        assert_eq!(server.requests("GET").await.len(), 4, "{status}");
    }
}

#[tokio::test]
async fn a_page_that_breaks_off_is_asked_for_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let column = r#"[{"name":"a","type":"bigint","typeSignature":{"rawType":"bigint","arguments":[]}}]"#;
        let first =
            format!(r#"{{"id":"q","nextUri":"http://{address}/next/1","columns":{column},"data":[[1]]}}"#);
        let last = format!(r#"{{"id":"q","columns":{column},"data":[[2]]}}"#);
        for (body, sent) in [(&first, first.len()), (&last, 20), (&last, last.len())] {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let _ = socket.read(&mut request).await.unwrap();
            let head =
                format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
            socket.write_all(head.as_bytes()).await.unwrap();
            socket.write_all(&body.as_bytes()[..sent]).await.unwrap();
        }
    });
    let config = sqlatte_db_trino::TrinoConfig::new(&format!("trino://{address}"));
    let trino = sqlatte_db_trino::Trino::new(config).unwrap();
    assert_eq!(count(&trino).await.unwrap(), 2);
    server.await.unwrap();
}

#[tokio::test]
async fn another_origin_gets_nothing() {
    let (server, other) = (StandIn::start().await, MockServer::start().await);
    let mut page = server.page(None, &[1]);
    page["nextUri"] = format!("{}/v1/statement/executing/q1/y/1", other.uri()).into();
    server.submitted(json_page(&page)).await;
    let trino = server.trino_with(|config| config.password = Secret::new("hunter2"));
    let error = count(&trino).await.unwrap_err();
    let shown = text(&error, &server).replace(&other.address().to_string(), "OTHER");
    insta::assert_snapshot!(shown, @"invalid_settings: HOST wants to be called at http://OTHER next, which is not the address in the settings; where a proxy stands before Trino it must pass on X-Forwarded-Host, X-Forwarded-Port and X-Forwarded-Proto, and Trino needs http-server.process-forwarded=true");
    // The statement still ends, by the same path where the settings say the server is.
    assert_eq!(server.cancelled().await, "/v1/statement/executing/q1/y/1");
    assert!(other.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn malformed_pages_are_told_and_cancelled() {
    let server = StandIn::start().await;
    let next = || format!("{}/next/1", server.server.uri());
    let columns = json!([{ "name": "a", "type": "bigint" }]);
    for page in [
        json!({ "id": "q", "nextUri": next(), "data": [[1]] }),
        json!({ "id": "q", "nextUri": next(), "columns": columns, "data": [[1, 2]] }),
        json!({ "id": "q", "nextUri": next(), "columns": columns, "data": [[]] }),
        json!({ "id": "q", "nextUri": next(), "columns": columns, "data": [{ "a": 1 }] }),
        json!({ "id": "q", "nextUri": next(), "columns": columns, "data": { "encoding": "json+zstd" } }),
        json!({ "id": "q", "nextUri": next(), "columns": "a", "data": [[1]] }),
        json!({ "id": "q", "nextUri": next(), "columns": [{ "type": "bigint" }], "data": [] }),
    ] {
        server.server.reset().await;
        Mock::given(method("DELETE")).respond_with(ResponseTemplate::new(204)).mount(&server.server).await;
        server.submitted(json_page(&page)).await;
        server.paged("/next/1", json_page(&server.page(None, &[])).set_delay(MINUTE), 9).await;
        let error = count(&server.trino()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unexpected, "{page}: {error}");
        assert_eq!(server.cancelled().await, "/next/1", "{page}");
    }
}

#[tokio::test]
async fn what_is_not_trino_is_recognised() {
    let server = StandIn::start().await;
    let mut texts = Vec::new();
    for answer in [
        ResponseTemplate::new(200).set_body_json(json!({ "hello": "world" })),
        ResponseTemplate::new(200).set_body_raw("<html>log in</html>", "text/html"),
        ResponseTemplate::new(404).set_body_raw("<html>nothing here</html>", "text/html"),
        ResponseTemplate::new(404),
        ResponseTemplate::new(405).set_body_string("POST not allowed"),
        ResponseTemplate::new(302).insert_header("location", "https://sso.example.com/in?token=1"),
        ResponseTemplate::new(403),
        ResponseTemplate::new(500).set_body_string("java.lang.NullPointerException"),
    ] {
        server.server.reset().await;
        server.submitted(answer).await;
        texts.push(text(&count(&server.trino()).await.unwrap_err(), &server));
    }
    insta::assert_snapshot!(texts.join("\n"));

    let trino = server.trino_with(|config| config.http_scheme = "https".to_owned());
    insta::assert_snapshot!(text(&count(&trino).await.unwrap_err(), &server), @"invalid_settings: HOST does not speak TLS; check the port, and whether the address should start with http://; the settings for it are `http_scheme`, `ca_file` and `ssl_verify`");
}

#[tokio::test]
async fn a_refused_login_says_what_to_set() {
    let server = StandIn::start().await;
    server.submitted(ResponseTemplate::new(401).set_body_string("Access Denied: Invalid credentials")).await;
    let mut texts = Vec::new();
    for (password, token) in [("", ""), ("hunter2", ""), ("", "hunter2")] {
        let trino = server.trino_with(|config| {
            config.password = Secret::new(password);
            config.token = Secret::new(token);
        });
        for error in [count(&trino).await.unwrap_err(), trino.check().await.unwrap_err()] {
            assert!(!format!("{error:?} {trino:?}").contains("hunter2"), "{error:?}");
            texts.push(text(&error, &server));
        }
    }
    texts.dedup();
    insta::assert_snapshot!(texts.join("\n"));
}

#[tokio::test]
async fn a_missing_right_is_that_of_whom_it_is_missing_to() {
    let server = StandIn::start().await;
    let denied = |message: &str| {
        let error =
            json!({ "message": message, "errorName": "PERMISSION_DENIED", "errorType": "USER_ERROR" });
        json_page(&json!({ "id": "q", "error": error }))
    };
    let grants = async |user: &str, token: &str, impersonated: &str, message: &str| {
        server.server.reset().await;
        server.submitted(denied(message)).await;
        let trino = server.trino_with(|config| {
            config.url = Secret::new(format!("trino://{user}@{}/memory/shop", server.address()));
            config.token = Secret::new(token);
            config.impersonate = impersonated.to_owned();
        });
        let error = count(&trino).await.unwrap_err();
        let (_, who) = error.message().split_once(" can grant ").unwrap();
        who.trim_end_matches(" that right").to_owned()
    };
    let table = "Access Denied: Cannot select from table t";
    assert_eq!(grants("ann", "", "", table).await, "the user `ann`");
    assert_eq!(grants("ann", "", "bob", table).await, "the user `bob`");
    assert_eq!(grants("", "e.y.j", "", table).await, "the user of the token");
    let other = "Access Denied: User ann cannot impersonate user bob";
    assert_eq!(grants("ann", "", "bob", other).await, "the user `ann`");
}

#[tokio::test]
async fn every_call_says_who_asks() {
    let server = StandIn::start().await;
    server.submitted(json_page(&server.page(Some("/next/1"), &[1]))).await;
    server.paged("/next/1", json_page(&server.page(None, &[])).set_delay(MINUTE), 9).await;
    let trino = server.trino_with(|config| {
        config.password = Secret::new("hunter2");
        config.impersonate = "bob".to_owned();
        config.client_tags = vec!["a".to_owned(), "b".to_owned()];
        config.time_zone = "Europe/Istanbul".to_owned();
        config.session_properties = [("hive.x".to_owned(), "1, \"ü\"".to_owned())].into();
        config.max_scan_bytes = Some(1000);
    });
    let rows = run(&trino, Duration::from_secs(7)).await.unwrap();
    // The page after the first is asked for meanwhile.
    for _ in 0..500 {
        if !server.requests("GET").await.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop(rows);
    server.cancelled().await;
    for method in ["POST", "GET", "DELETE"] {
        let request = &server.requests(method).await[0];
        for (name, value) in [
            ("authorization", "Basic YW5uOmh1bnRlcjI="),
            ("x-trino-user", "bob"),
            ("x-trino-source", "sqlatte"),
            ("x-trino-catalog", "memory"),
            ("x-trino-schema", "shop"),
            ("x-trino-client-tags", "a,b"),
            ("x-trino-time-zone", "Europe/Istanbul"),
            ("x-trino-client-capabilities", "PARAMETRIC_DATETIME"),
        ] {
            assert_eq!(header(request, name), Some(value), "{method} {name}");
        }
    }
    assert_eq!(
        header(&server.requests("POST").await[0], "x-trino-session"),
        Some(
            "hive.x=1%2C+%22%C3%BC%22,query_max_execution_time=9s,query_max_run_time=9s,\
             query_max_scan_physical_bytes=1000B"
        )
    );
}

#[tokio::test]
async fn presto_hears_its_own_names_and_tokens_are_bearers() {
    let server = StandIn::start().await;
    server.submitted(json_page(&server.page(None, &[1]))).await;
    let trino = server.trino_with(|config| {
        config.url = Secret::new(format!("presto://ann@{}/hive/web", server.address()));
        config.token = Secret::new("e.y.j");
        config.max_scan_bytes = Some(1000);
    });
    count(&trino).await.unwrap();
    let by_key = server.trino_with(|config| {
        config.protocol = Protocol::Presto;
        config.session_limits = false;
        config.impersonate = "bob".to_owned();
    });
    count(&by_key).await.unwrap();

    let requests = server.requests("POST").await;
    let session = "query_max_execution_time=62s,query_max_run_time=62s,query_max_scan_raw_input_bytes=1000B";
    for (name, value) in [
        ("authorization", Some("Bearer e.y.j")),
        ("x-presto-user", Some("ann")),
        ("x-presto-catalog", Some("hive")),
        ("x-presto-schema", Some("web")),
        ("x-presto-session", Some(session)),
        ("x-trino-user", None),
    ] {
        assert_eq!(header(&requests[0], name), value, "{name}");
    }
    for (name, value) in [
        ("x-presto-user", Some("bob")),
        // Nothing else says who asks for bob.
        ("x-presto-original-user", Some("ann")),
        ("x-presto-session", None),
        ("authorization", None),
    ] {
        assert_eq!(header(&requests[1], name), value, "{name}");
    }
}

#[tokio::test]
async fn a_session_does_not_change() {
    let server = StandIn::start().await;
    let answer =
        ["set-session", "set-catalog", "set-schema", "set-role", "added-prepare", "started-transaction-id"]
            .into_iter()
            .fold(json_page(&server.page(None, &[1])), |answer, name| {
                answer.insert_header(format!("x-trino-{name}").as_str(), "evil=1")
            });
    server.submitted(answer).await;
    let trino = server.trino();
    for _ in 0..2 {
        count(&trino).await.unwrap();
    }
    let requests = server.requests("POST").await;
    let told = |request: &Request| {
        let headers = request.headers.iter().filter(|(name, _)| name.as_str().starts_with("x-"));
        headers.map(|(name, value)| (name.to_string(), value.clone())).collect::<Vec<_>>()
    };
    assert_eq!(told(&requests[0]), told(&requests[1]));
}

#[tokio::test]
async fn a_slow_server_is_stopped_in_time() {
    let server = StandIn::start().await;
    server.submitted(json_page(&server.page(Some("/next/1"), &[]))).await;
    server.paged("/next/1", json_page(&server.page(None, &[1])).set_delay(MINUTE), 9).await;
    let started = Instant::now();
    let error = run(&server.trino(), Duration::from_millis(300)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    insta::assert_snapshot!(error.message(), @"the statement was stopped after 300 ms, its time limit; ask for less, or raise the limit");
    assert!(started.elapsed() < Duration::from_millis(1300), "{:?}", started.elapsed());
    assert_eq!(server.cancelled().await, "/next/1");
}

#[tokio::test]
async fn a_call_dropped_before_its_first_answer_is_cancelled_too() {
    let server = StandIn::start().await;
    let answer = json_page(&server.page(Some("/next/1"), &[])).set_delay(Duration::from_millis(300));
    server.submitted(answer).await;
    let trino = server.trino();
    let call = tokio::time::timeout(Duration::from_millis(100), run(&trino, MINUTE)).await;
    assert!(call.is_err());
    assert_eq!(server.cancelled().await, "/next/1");

    let error = run(&trino, Duration::from_millis(100)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn rows_beyond_the_limit_are_not_fetched() {
    let server = StandIn::start().await;
    server.submitted(json_page(&server.page(Some("/next/1"), &[1, 2, 3]))).await;
    server.paged("/next/1", json_page(&server.page(None, &[4])).set_delay(MINUTE), 9).await;
    let sql = sqlatte_guard::Guarded::unguarded("SELECT a FROM t", sqlatte_guard::Dialect::Trino);
    let query = sqlatte_providers::Query { sql, max_rows: 2, timeout: MINUTE };
    let mut batches = server.trino().query(query).await.unwrap().batches;
    let batch = batches.next().await.unwrap().unwrap();
    assert_eq!((batch.rows.len(), batch.truncated), (2, true));
    assert!(batches.next().await.is_none());
    assert_eq!(server.cancelled().await, "/next/1");
}

#[tokio::test]
async fn pages_are_asked_for_as_they_are_read() {
    let server = StandIn::start().await;
    server.submitted(json_page(&server.page(Some("/next/0"), &[1]))).await;
    let (uri, page) = (server.server.uri(), server.page(None, &[1]));
    let asked = AtomicI64::new(0);
    let endless = move |_: &Request| {
        let mut page = page.clone();
        page["nextUri"] = format!("{uri}/next/{}", asked.fetch_add(1, Ordering::SeqCst) + 1).into();
        json_page(&page)
    };
    Mock::given(method("GET")).and(path_regex("/next/.*")).respond_with(endless).mount(&server.server).await;
    let mut batches = run(&server.trino(), MINUTE).await.unwrap().batches;
    tokio::time::sleep(Duration::from_millis(300)).await;
    // One batch waits to be read, one to take its place, and one page is ahead.
    let ahead = server.requests("GET").await.len();
    assert!(ahead <= 3, "{ahead} pages were asked for that nobody reads");
    for _ in 0..20 {
        batches.next().await.unwrap().unwrap();
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let asked = server.requests("GET").await.len();
    assert!((19..=23).contains(&asked), "{asked} pages were asked for");
}

#[tokio::test]
async fn failures_name_kind_and_place() {
    let server = StandIn::start().await;
    let mut texts = Vec::new();
    for (name, kind, message) in [
        ("COLUMN_NOT_FOUND", "USER_ERROR", "line 1:8: Column 'a' cannot be resolved"),
        ("PERMISSION_DENIED", "USER_ERROR", "Access Denied: Cannot select from table memory.shop.t"),
        ("CATALOG_NOT_FOUND", "USER_ERROR", "line 1:15: Catalog 'memory' not found"),
        ("CATALOG_NOT_FOUND", "USER_ERROR", "line 1:15: Catalog 'other' not found"),
        ("SCHEMA_NOT_FOUND", "USER_ERROR", "line 1:15: Schema 'shop' does not exist"),
        ("DIVISION_BY_ZERO", "USER_ERROR", "Division by zero"),
        (
            "EXCEEDED_TIME_LIMIT",
            "INSUFFICIENT_RESOURCES",
            "Query exceeded the maximum run time limit of 9.00s",
        ),
        ("EXCEEDED_SCAN_LIMIT", "INSUFFICIENT_RESOURCES", "Exceeded scan limit of 1000B"),
        (
            "EXCEEDED_LOCAL_MEMORY_LIMIT",
            "INSUFFICIENT_RESOURCES",
            "Query exceeded per-node memory limit of 1GB",
        ),
        ("QUERY_QUEUE_FULL", "INSUFFICIENT_RESOURCES", "Too many queued queries for \"global\""),
        ("SERVER_SHUTTING_DOWN", "INTERNAL_ERROR", "Server is shutting down"),
        ("HIVE_METASTORE_ERROR", "EXTERNAL", "Failed connecting to Hive metastore"),
        ("GENERIC_INTERNAL_ERROR", "INTERNAL_ERROR", "null"),
        ("ADMINISTRATIVELY_KILLED", "USER_ERROR", "Query killed. Message: too dear"),
        ("", "", ""),
    ] {
        server.server.reset().await;
        let mut error = json!({ "message": message, "errorCode": 1, "errorName": name, "errorType": kind });
        if message.starts_with("line 1:8") {
            error["errorLocation"] = json!({ "lineNumber": 1, "columnNumber": 8 });
        }
        server.submitted(json_page(&json!({ "id": "q", "error": error }))).await;
        let error = count(&server.trino()).await.unwrap_err();
        let place = error.position().map(|place| format!(" at {place}")).unwrap_or_default();
        texts.push(format!("{}{place}", text(&error, &server)));
    }
    insta::assert_snapshot!(texts.join("\n"));
    assert_eq!(server.calls().await, [format!("POST {FIRST}")], "what failed is not cancelled");
}
