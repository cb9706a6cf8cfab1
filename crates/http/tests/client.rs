//! The client against servers that behave and servers that do not.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and so do its helpers")]

mod raw;

use std::time::{Duration, Instant};

use futures::{StreamExt, TryStreamExt};
use raw::RawServer;
use serde_json::{Value, json};
use sqlatte_http::{Client, Method};
use sqlatte_providers::{ErrorKind, ProviderError, Secret};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_json, header, method, path},
};

const KEY: &str = "sk-very-secret";

fn client(address: &str) -> Client {
    Client::builder(address)
        .unwrap()
        .secret_header("x-api-key", &Secret::new(KEY))
        .first_wait(Duration::from_millis(5))
        .build()
        .unwrap()
}

fn text(error: &ProviderError, target: &str) -> String {
    let all = format!("{error:?}");
    assert!(!all.contains(KEY) && !all.contains("token="), "{all}");
    format!("{}: {}", error.kind().name(), error.message().replace(target, "HOST"))
}

#[tokio::test]
async fn sends_headers_and_body_and_reads_json() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/prefix/v1/messages"))
        .and(header("x-api-key", KEY))
        .and(header("accept", "application/json"))
        .and(header("content-type", "application/json"))
        .and(header("user-agent", concat!("sqlatte/", env!("CARGO_PKG_VERSION"))))
        .and(header("x-own", "1"))
        .and(body_json(json!({"a": 1})))
        .respond_with(
            ResponseTemplate::new(200).set_body_json(json!({"b": 2})).insert_header("request-id", "r1"),
        )
        .mount(&server)
        .await;
    let client = client(&format!("{}/prefix/", server.uri()));
    let answer =
        client.post("/v1/messages").header("x-own", "1").json(&json!({"a": 1})).send().await.unwrap();
    assert_eq!(answer.header("request-id"), Some("r1"));
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({"b": 2}));
}

#[tokio::test]
async fn tries_again_when_the_server_is_busy() {
    for status in [429, 502, 503, 504, 529] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(status))
            .up_to_n_times(2)
            .mount(&server)
            .await;
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!(1)))
            .mount(&server)
            .await;
        let answer = client(&server.uri()).post("x").json(&json!({})).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{status}");
        assert_eq!(server.received_requests().await.unwrap().len(), 3, "{status}");
    }
}

#[tokio::test]
async fn other_statuses_and_a_last_failure_are_the_callers() {
    for (status, calls) in [(400, 1), (401, 1), (404, 1), (500, 1), (429, 3), (529, 3)] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(status).set_body_json(json!({"why": "because"})))
            .mount(&server)
            .await;
        let answer = client(&server.uri()).post("x").send().await.unwrap();
        let failure = answer.into_failure().await;
        assert_eq!(failure.status, status);
        assert_eq!(failure.json::<Value>().unwrap()["why"], "because");
        assert!(!failure.is_page);
        assert_eq!(server.received_requests().await.unwrap().len(), calls, "{status}");
    }
}

#[tokio::test]
async fn waits_as_long_as_the_server_asks() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(429).insert_header("retry-after", "1"))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    let begun = Instant::now();
    assert_eq!(client(&server.uri()).get("x").send().await.unwrap().status(), 200);
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn waits_as_long_as_the_body_asks() {
    fn seconds(body: &[u8]) -> Option<Duration> {
        std::str::from_utf8(body).ok()?.parse().ok().map(Duration::from_secs)
    }
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(429).set_body_string("1"))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(503).set_body_string("600"))
        .mount(&server)
        .await;
    let client = Client::builder(&server.uri())
        .unwrap()
        .first_wait(Duration::from_secs(30))
        .wait_in_body(seconds)
        .build()
        .unwrap();
    let begun = Instant::now();
    let answer = client.post("x").json(&json!({})).timeout(Duration::from_secs(20)).send().await.unwrap();
    assert!((1..20).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    let failure = answer.into_failure().await;
    assert_eq!(
        (failure.status.as_u16(), &failure.body[..]),
        (503, &b"600"[..]),
        "what was read is still there"
    );
    assert_eq!(server.received_requests().await.unwrap().len(), 2, "ten minutes are not waited for");
}

#[tokio::test]
async fn a_query_is_encoded() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    client(&server.uri()).post("a/b:c").query("alt", "sse").query("v", "a b&c").send().await.unwrap();
    let called = &server.received_requests().await.unwrap()[0].url;
    assert_eq!((called.path(), called.query()), ("/a/b:c", Some("alt=sse&v=a+b%26c")));
}

#[tokio::test]
async fn does_not_wait_beyond_the_time_limit() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(429).insert_header("retry-after", "600"))
        .mount(&server)
        .await;
    let begun = Instant::now();
    let answer = client(&server.uri()).get("x").timeout(Duration::from_secs(5)).send().await.unwrap();
    let failure = answer.into_failure().await;
    assert_eq!((failure.status.as_u16(), failure.retry_after), (429, Some(Duration::from_secs(600))));
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn does_not_wait_longer_than_it_is_told() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(429).insert_header("retry-after", "30"))
        .mount(&server)
        .await;
    let client =
        Client::builder(&server.uri()).unwrap().longest_wish(Duration::from_secs(20)).build().unwrap();
    let begun = Instant::now();
    let failure = client.get("x").send().await.unwrap().into_failure().await;
    assert_eq!(failure.retry_after, Some(Duration::from_secs(30)));
    assert!(begun.elapsed() < Duration::from_secs(5));
}

/// A body may say that no wait helps, whatever the header says.
#[tokio::test]
async fn the_longer_of_two_waits_counts() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(429).insert_header("retry-after", "0"))
        .expect(1)
        .mount(&server)
        .await;
    let client = Client::builder(&server.uri())
        .unwrap()
        .wait_in_body(|_| Some(Duration::from_secs(24 * 60 * 60)))
        .build()
        .unwrap();
    assert_eq!(client.get("x").send().await.unwrap().status().as_u16(), 429);
}

#[tokio::test]
async fn one_time_limit_covers_headers_and_body() {
    let client = |server: &RawServer| client(&server.address);
    let limit = Duration::from_millis(300);

    let silent = RawServer::start(b"", raw::Then::Hang).await;
    let error = client(&silent).get("x").timeout(limit).send().await.unwrap_err();
    insta::assert_snapshot!(text(&error, &silent.target), @"timeout: HOST did not answer within 300 ms; raise the time limit or try again later");

    let half = RawServer::start(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"a\"", raw::Then::Hang).await;
    let answer = client(&half).get("x").timeout(limit).send().await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap_err().kind(), ErrorKind::Timeout);

    let stream = RawServer::start(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: 1\n\ndata: 2",
        raw::Then::Hang,
    )
    .await;
    let mut events = client(&stream).get("x").timeout(limit).send().await.unwrap().events().unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().data, "1");
    assert_eq!(events.next().await.unwrap().unwrap_err().kind(), ErrorKind::Timeout);
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn a_host_that_cannot_be_reached_is_named() {
    let refused = RawServer::unused().await;
    let error = client(&format!("http://{refused}")).get("x").send().await.unwrap_err();
    insta::assert_snapshot!(text(&error, &refused), @"unavailable: HOST cannot be reached: it refuses the connection; check that it runs there and that the port is right");

    let error = client("http://no-such-host.invalid").get("x").send().await.unwrap_err();
    insta::assert_snapshot!(text(&error, "no-such-host.invalid"), @"unavailable: the name HOST cannot be resolved; check its spelling, and this machine's network and DNS");

    let plain = RawServer::start(b"HTTP/1.1 400 Bad Request\r\n\r\n", raw::Then::Close).await;
    let error = client(&format!("https://{}", plain.target)).get("x").send().await.unwrap_err();
    insta::assert_snapshot!(text(&error, &plain.target), @"unavailable: HOST does not speak TLS; check the port, and whether the address should start with http://");
}

#[tokio::test]
async fn a_connection_that_ends_early_is_told_by_where_it_ended() {
    let server = RawServer::start(b"", raw::Then::Close).await;
    let error = client(&server.address).post("x").send().await.unwrap_err();
    insta::assert_snapshot!(text(&error, &server.target), @"unavailable: HOST closed the connection without an answer; try again, or check the port");
    assert_eq!(server.connections(), 1, "a POST may have been done");

    let server = RawServer::start(b"", raw::Then::Close).await;
    client(&server.address).post("x").repeatable().send().await.unwrap_err();
    assert_eq!(server.connections(), 3, "a harmless one is made again");

    let server =
        RawServer::start(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"a\"", raw::Then::Close).await;
    let error = client(&server.address).get("x").send().await.unwrap().json::<Value>().await.unwrap_err();
    insta::assert_snapshot!(text(&error, &server.target), @"unavailable: HOST broke off the connection in the middle of its answer; try again");

    let server = RawServer::start(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n",
        raw::Then::Close,
    )
    .await;
    let events = client(&server.address).get("x").send().await.unwrap().events().unwrap();
    let events: Vec<_> = events.collect().await;
    assert_eq!(events[0].as_ref().unwrap().data, "1");
    assert_eq!(events[1].as_ref().unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(events.len(), 2);
}

#[tokio::test]
async fn what_is_not_the_api_is_recognised() {
    let server = MockServer::start().await;
    let page =
        || ResponseTemplate::new(200).set_body_raw("<!doctype html><title>Log in</title>", "text/html");
    for (name, template) in [
        ("page", page()),
        ("hidden-page", ResponseTemplate::new(200).set_body_raw("\n<html>", "application/json")),
        ("text", ResponseTemplate::new(200).set_body_raw("OK", "text/plain")),
        ("other-json", ResponseTemplate::new(200).set_body_json(json!({"a": 1}))),
        ("large", ResponseTemplate::new(200).set_body_json("x".repeat(2 << 20))),
        (
            "elsewhere",
            ResponseTemplate::new(302).insert_header("location", "https://u:pw@sso.example.com/in?token=1"),
        ),
        ("nowhere", ResponseTemplate::new(308)),
    ] {
        Mock::given(path(name)).respond_with(template).mount(&server).await;
    }
    let client = Client::builder(&server.uri()).unwrap().max_body(1 << 20).build().unwrap();
    let target = client.target().to_string();

    let mut texts = Vec::new();
    for name in ["page", "hidden-page", "text", "other-json", "large", "elsewhere", "nowhere"] {
        let error = async { client.get(name).send().await?.json::<Vec<u8>>().await }.await.unwrap_err();
        texts.push(text(&error, &target));
    }
    for name in ["page", "text"] {
        let error = client.get(name).send().await.unwrap().events().unwrap_err();
        texts.push(text(&error, &target));
    }
    insta::assert_snapshot!(texts.join("\n"));
}

#[tokio::test]
async fn what_is_not_http_is_recognised() {
    let server = RawServer::start(b"SSH-2.0-OpenSSH_9.2\r\n", raw::Then::Close).await;
    let error = client(&server.address).get("x").send().await.unwrap_err();
    insta::assert_snapshot!(text(&error, &server.target), @"unexpected: HOST does not speak HTTP; check the address and the port");
}

#[tokio::test]
async fn follows_urls_of_its_own_origin_alone() {
    let (server, other) = (MockServer::start().await, MockServer::start().await);
    Mock::given(method("GET"))
        .and(path("/next"))
        .and(header("x-api-key", KEY))
        .respond_with(ResponseTemplate::new(200).set_body_string("as it is"))
        .mount(&server)
        .await;
    let client = client(&format!("{}/prefix", server.uri()));
    let next = format!("{}/next?page=2", server.uri());
    let answer = client.request_at(Method::GET, &next).unwrap().send().await.unwrap();
    assert_eq!(answer.bytes().await.unwrap(), "as it is");
    assert_eq!(server.received_requests().await.unwrap()[0].url.query(), Some("page=2"));

    let error = client.request_at(Method::GET, &other.uri()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unexpected);
    assert!(other.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_call_may_say_how_often_it_is_made_again() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(503)).mount(&server).await;
    let client = client(&server.uri());
    for (retries, calls) in [(0, 1), (4, 6)] {
        let call = client.post("x").text("SELECT 1").max_retries(retries);
        assert_eq!(call.send().await.unwrap().status(), 503);
        assert_eq!(server.received_requests().await.unwrap().len(), calls);
    }
    let request = &server.received_requests().await.unwrap()[0];
    assert_eq!(request.body, b"SELECT 1");
    assert_eq!(request.headers["content-type"], "text/plain; charset=utf-8");
}

#[tokio::test]
async fn reads_events() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_raw("event: a\ndata: 1\n\ndata: 2\n\n", "text/event-stream; charset=utf-8"),
        )
        .mount(&server)
        .await;
    let events = client(&server.uri()).post("x").send().await.unwrap().events().unwrap();
    let events: Vec<_> = events.map_ok(|event| (event.event, event.data)).try_collect().await.unwrap();
    assert_eq!(events, [("a".into(), "1".into()), ("message".into(), "2".into())]);
}

#[tokio::test]
async fn dropping_the_events_closes_the_connection() {
    let server = RawServer::start(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: 1\n\n",
        raw::Then::Hang,
    )
    .await;
    let mut events = client(&server.address).get("x").send().await.unwrap().events().unwrap();
    events.next().await.unwrap().unwrap();
    drop(events);
    tokio::time::timeout(Duration::from_secs(1), server.hung_up()).await.unwrap();
}

#[test]
fn a_key_that_cannot_be_sent_is_not_shown() {
    let error = Client::builder("http://localhost")
        .unwrap()
        .secret_header("x-api-key", &Secret::new("secret\nkey"))
        .build()
        .unwrap_err();
    assert_eq!(
        error.message(),
        "the value for the header x-api-key has characters that cannot be sent, such as a line break"
    );
    assert!(!format!("{error:?}").contains("secret"));
}

#[tokio::test]
async fn headers_of_any_name_can_be_set() {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    let with = |name: &str, value: &str| {
        let builder = Client::builder(&server.uri()).unwrap().secret_header("x-api-key", &Secret::new("old"));
        builder.named_header(name, &Secret::new(value)).build()
    };
    let client = with("X-Api-Key", KEY).unwrap();
    assert!(!format!("{client:?}").contains(KEY));
    client.get("x").send().await.unwrap();
    let call = &server.received_requests().await.unwrap()[0];
    assert_eq!(call.headers.get_all("x-api-key").iter().collect::<Vec<_>>(), [KEY]);
    for (name, value) in [("two words", KEY), ("", KEY), ("x-key", "sk-very-secret\n")] {
        let error = with(name, value).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidSettings);
        assert!(!format!("{error:?}").contains(KEY), "{error:?}");
    }
}

#[test]
fn debug_shows_no_secret() {
    let builder = Client::builder("http://localhost").unwrap().secret_header("x-api-key", &Secret::new(KEY));
    let builder_text = format!("{builder:?}");
    let client = builder.build().unwrap();
    let request = client.post("x").secret_header("authorization", &Secret::new(KEY));
    for text in [builder_text, format!("{client:?}"), format!("{request:?}")] {
        assert!(!text.contains(KEY), "{text}");
    }
}
