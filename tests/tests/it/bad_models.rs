//! Models that are dead, slow, or answer anything but what was asked.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sqlatte_e2e::{Events, Response, Start, database};
use sqlatte_testkit::llm::Reply;

use crate::support::{Api, Setup, answers, sql_of};

const QUESTION: &str = "how is business?";

/// A server whose model gives this reply and is not asked again.
async fn with(reply: Reply) -> Setup {
    let once = |start: Start| start.variable("SQLATTE__LLM__ANTHROPIC__MAX_RETRIES", "0");
    let setup = Setup::with(database::shop, once).await;
    setup.model.on(QUESTION, reply);
    setup
}

/// The problem says that it is the model, and where; the server goes on.
async fn fails(setup: &Setup, status: u16, code: &str) -> Response {
    let response = setup.api.ask(QUESTION).await;
    let problem = response.problem(status, code);
    is_harmless(&problem);
    let events = Events::ask(&setup.client(), QUESTION).await.all().await;
    let last = events.last().unwrap();
    // A streamed answer may be recognised for what it is not by something else.
    assert_eq!((last.name.as_str(), &last.data["code"]), ("error", &json!(code)));
    assert!(!last.data["detail"].as_str().unwrap().is_empty());
    is_harmless(&last.data);
    goes_on(&setup.api).await;
    response
}

async fn goes_on(api: &Api) {
    assert_eq!(api.client().get("/health").await.status, 200);
    api.sql("SELECT 1").await.expect(200);
}

fn is_harmless(problem: &Value) {
    let text = problem.to_string();
    for inside in ["sk-test-key", "reqwest", "hyper", ".rs:", "panicked", "colourless", "Please log in"] {
        assert!(!text.contains(inside), "`{inside}` in {text}");
    }
}

#[tokio::test]
async fn dead() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let setup = Setup::with(database::shop, |start| start.model(&format!("http://{free}"))).await;
    let problem = fails(&setup, 503, "llm_unavailable").await.json();
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(&free.to_string()) && detail.contains("cannot be reached"), "{detail}");
}

#[tokio::test]
async fn slow() {
    let short = |start: Start| start.variable("SQLATTE__LLM__ANTHROPIC__TIMEOUT", "0.5");
    let setup = Setup::with(database::shop, short).await;
    setup.model.on(QUESTION, answers("SELECT 1").after(Duration::from_secs(3600)));
    let began = Instant::now();
    let problem = setup.api.ask(QUESTION).await.problem(504, "llm_timeout");
    // Half a second is the limit; the rest is for a busy machine.
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert!(problem["detail"].as_str().unwrap().contains("did not answer within"), "{problem}");
    goes_on(&setup.api).await;
}

#[tokio::test]
async fn web_pages() {
    let setup = with(Reply::page(200)).await;
    let problem = fails(&setup, 502, "llm_bad_answer").await.json();
    assert!(problem["detail"].as_str().unwrap().contains("web page"), "{problem}");
    let setup = with(Reply::page(502)).await;
    fails(&setup, 503, "llm_unavailable").await;
}

#[tokio::test]
async fn nonsense() {
    for reply in [
        Reply::nonsense(),
        Reply::raw(200, "application/json", "[1, 2"),
        Reply::raw(200, "application/json", ""),
        Reply::raw(200, "application/octet-stream", vec![0xff; 100]),
    ] {
        fails(&with(reply).await, 502, "llm_bad_answer").await;
    }
}

/// The envelope is right, what is in it is not.
#[tokio::test]
async fn answers_out_of_form() {
    let setup = with(Reply::text("Sure! Here is your SQL: SELECT 1")).await;
    fails(&setup, 502, "llm_bad_answer").await;
    for form in [
        json!({}),
        json!({"kind": "poem"}),
        json!({"kind": "sql", "sql": ""}),
        json!({"kind": "sql", "sql": "  \n"}),
        json!({"kind": "sql", "sql": 5}),
        json!({"kind": "chat", "message": ""}),
        json!(["SELECT 1"]),
        json!("SELECT 1"),
    ] {
        let question = format!("{QUESTION} {form}");
        let fresh = with(Reply::json(&form)).await;
        let problem = fresh.api.ask(&question).await.problem(502, "llm_bad_answer");
        is_harmless(&problem);
    }
}

#[tokio::test]
async fn statements_that_change_data() {
    for sql in [
        "DELETE FROM customers",
        "UPDATE products SET price = 0",
        "SELECT 1; DROP TABLE orders",
        "not SQL at all",
    ] {
        let setup = with(Reply::json(&sql_of(sql))).await;
        let problem = fails(&setup, 422, "sql_refused").await.json();
        assert_eq!(problem["sql"], sql);
        let counts = "SELECT (SELECT count(*) FROM customers), (SELECT count(*) FROM orders), (SELECT sum(price) > 10 FROM products)";
        assert_eq!(setup.api.sql(counts).await.expect(200)["data"], json!([[4, 6, 1]]));
    }
}

#[tokio::test]
async fn a_wrong_key() {
    let setup =
        with(Reply::error(401, "authentication_error", "invalid x-api-key sk-test-key-of-the-whole-system"))
            .await;
    let problem = fails(&setup, 502, "llm_unauthorized").await.json();
    assert!(problem["detail"].as_str().unwrap().contains("SQLATTE_LLM_API_KEY"), "{problem}");
    assert_eq!(setup.model.calls(), 2, "a wrong key is not tried again: once whole, once streamed");
}

#[tokio::test]
async fn too_many_requests() {
    let limited = Reply::error(429, "rate_limit_error", "Number of requests has exceeded your rate limit")
        .retry_after("17");
    let response = fails(&with(limited).await, 429, "llm_rate_limited").await;
    assert_eq!(response.header("retry-after"), "17");
    assert_eq!(response.json()["retry_after"], 17);
}

#[tokio::test]
async fn overloaded() {
    let setup = with(Reply::error(529, "overloaded_error", "Overloaded")).await;
    let problem = fails(&setup, 503, "llm_unavailable").await.json();
    assert!(problem["detail"].as_str().unwrap().contains("overloaded"), "{problem}");
}

/// What passes by itself is tried again before anybody hears of it.
#[tokio::test]
async fn overloaded_for_a_moment() {
    let setup = Setup::shop().await;
    setup.model.next_on(QUESTION, 1, Reply::error(529, "overloaded_error", "Overloaded"));
    setup.model.next_on(QUESTION, 1, Reply::error(429, "rate_limit_error", "Slow down").retry_after("0"));
    setup.model.on(QUESTION, answers("SELECT count(*) FROM orders"));
    assert_eq!(setup.api.ask(QUESTION).await.expect(200)["data"], json!([[6]]));
    assert_eq!(setup.model.calls(), 3);
}

#[tokio::test]
async fn a_cut_answer() {
    let setup = with(Reply::cut(sql_of("SELECT count(*) FROM orders").to_string())).await;
    let problem = fails(&setup, 503, "llm_unavailable").await.json();
    assert!(problem["detail"].as_str().unwrap().contains("broke off"), "{problem}");
    let setup = with(Reply::truncated("{\"kind\": \"sql\", \"sql\": \"SELECT co")).await;
    let response = setup.api.ask(QUESTION).await;
    assert!((500..600).contains(&response.status) || response.status == 422, "{}", response.text());
    assert!(response.json()["code"].as_str().unwrap().starts_with("llm_"), "{}", response.text());
    goes_on(&setup.api).await;
}

#[tokio::test]
async fn a_model_that_declines() {
    let setup = with(Reply::refusal("I would rather not.")).await;
    let answer = setup.api.ask(QUESTION).await.expect(200);
    assert_eq!(answer["response_type"], "chat");
    assert!(answer["unanswerable"]["reason"].as_str().unwrap().contains("declined"), "{answer}");
}

#[tokio::test]
async fn failures_are_history_too() {
    let setup = with(Reply::error(401, "authentication_error", "invalid x-api-key")).await;
    let api = setup.api.new_session().await;
    api.ask(QUESTION).await.problem(502, "llm_unauthorized");
    let history = api.get("/api/history").await.expect(200);
    let item = &history["items"][0];
    assert_eq!((&item["status"], &item["error_code"]), (&json!("failed"), &json!("llm_unauthorized")));
}
