//! Everything a model may answer instead of what was asked, in the three formats of their APIs: the user gets a
//! sentence that says what happened and what to do, and the server goes on.
//!
//! Each snapshot has a line for a whole answer and one for a streamed one: the status, the code, the sentence, and
//! how often the model was asked.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sqlatte_e2e::{Events, Server, Start, database};
use sqlatte_testkit::llm::{
    ApiFault, Carrier, ChatCompletions, Ending, FakeModelServer, GenerateContent, MessagesApi, Reply, Turn,
    WireFormat,
};
use tempfile::TempDir;

use crate::support::{Api, answers, model, sql_of};

/// Nothing takes longer, retries included: the rest is for a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// What ten megabytes may leave in a debug build, the allocator's pages included.
const MOST_MEMORY: u64 = 64 << 20;
const BUSY: &str = "limit of requests for ten minutes";
const STATEMENT: &str = "SELECT count(*) AS orders FROM orders";

#[tokio::test]
async fn messages_api() {
    let settings = |url: &str| Start::new().model(url);
    insta::assert_snapshot!(told(&MessagesApi, settings).await);
}

#[tokio::test]
async fn chat_completions() {
    let settings = |url: &str| {
        Start::new()
            .variable("SQLATTE__LLM__PROVIDER", "openai")
            .variable("SQLATTE__LLM__OPENAI__MODEL", "a-model")
            .variable("SQLATTE__LLM__OPENAI__BASE_URL", url)
    };
    insta::assert_snapshot!(told(&ChatCompletions, settings).await);
}

#[tokio::test]
async fn generate_content() {
    let settings = |url: &str| {
        Start::new()
            .variable("SQLATTE__LLM__PROVIDER", "gemini")
            .variable("SQLATTE__LLM__GEMINI__API_KEY", "a-key-of-the-whole-system")
            .variable("SQLATTE__LLM__GEMINI__BASE_URL", url)
    };
    insta::assert_snapshot!(told(&GenerateContent::Gemini, settings).await);
}

/// What is asked, and how it is answered.
fn cases(format: &dyn WireFormat) -> Vec<(&'static str, Reply)> {
    let form = |change: Value| {
        let mut form = sql_of(STATEMENT);
        for (key, value) in change.as_object().unwrap() {
            form[key] = value.clone();
        }
        Reply::json(&form)
    };
    let turkish = json!({"kind": "chat", "message": "Bu soruyu yanıtlayamıyorum.", "confidence": 1.0});
    let long = "x".repeat(10 << 20);
    vec![
        ("empty answer", Reply::text("")),
        ("web page", Reply::page(200)),
        ("other JSON", Reply::nonsense()),
        ("ten megabytes in a statement", answers(&format!("SELECT '{long}' AS x"))),
        ("ten megabytes of prose", Reply::text(long.as_str())),
        ("ten megabytes piece by piece", Reply::text(long).in_pieces(200)),
        ("bytes that are no characters", not_utf8(format, false)),
        ("events with other bytes", not_utf8(format, true)),
        ("no fields at all", Reply::json(&json!({}))),
        ("fewer fields", Reply::json(&json!({"sql": STATEMENT}))),
        ("more fields", form(json!({"mood": "sunny", "tables": ["orders"]}))),
        ("decorations of other types", form(json!({"confidence": "high", "readings": 5, "follow_ups": {}}))),
        ("statement of another type", form(json!({"sql": ["SELECT 1"]}))),
        ("empty statement", form(json!({"sql": "  "}))),
        ("statement in prose", Reply::text(format!("Sure! Here is your SQL: {STATEMENT}"))),
        ("form in a block", Reply::text(format!("Here:\n```json\n{}\n```\n", sql_of(STATEMENT)))),
        ("statement in a block", Reply::text(format!("Here:\n```sql\n{STATEMENT}\n```\nEnjoy!"))),
        ("two blocks", Reply::text("```sql\nSELECT 1\n```\n```sql\nSELECT 2\n```".to_owned())),
        ("two statements", answers("SELECT 1; SELECT 2")),
        ("another query language", answers("db.orders.find({}).count()")),
        ("words in another language", Reply::json(&turkish)),
        ("refusal", Reply::refusal("I would rather not.")),
        ("limit of tokens", Reply::truncated("{\"kind\": \"sql\", \"sql\": \"SELECT co")),
        ("empty account", Reply::fault(ApiFault::NoCredit)),
        ("context too small", Reply::fault(ApiFault::TooLarge)),
        ("broken connection", Reply::cut(sql_of(STATEMENT).to_string())),
        // The last: the model is left alone after it.
        (BUSY, Reply::fault(ApiFault::RateLimited(600))),
    ]
}

/// An answer in the API's own form, whole or as events, with two bytes in the statement that are no UTF-8.
fn not_utf8(format: &dyn WireFormat, streamed: bool) -> Reply {
    const MARK: &str = "MARK";
    let text = sql_of(&format!("SELECT '{MARK}' AS x")).to_string();
    let turn = Turn { carrier: Carrier::Text, ending: Ending::EndOfTurn, usage: None };
    let (kind, body) = if streamed {
        let events = format.events(&[&text], &turn);
        ("text/event-stream", events.opening + &events.pieces.concat() + &events.end)
    } else {
        ("application/json", format.whole(&text, &turn).to_string())
    };
    let (before, after) = body.split_once(MARK).unwrap();
    Reply::raw(200, kind, [before.as_bytes(), b"\xff\xfe", after.as_bytes()].concat())
}

/// A line for everything that was asked.
async fn told(format: &dyn WireFormat, settings: impl Fn(&str) -> Start) -> String {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("asked.db");
    database::shop(&file);
    let model = model();
    let server = settings(&model.url()).database(&file).serve();
    let api = Api::of(&server).await;
    goes_on(&api, 0).await;

    let mut lines = String::new();
    for (number, (name, reply)) in cases(format).into_iter().enumerate() {
        model.on(name, reply);
        server.load().reset_peak();
        let before = server.load().memory();
        let ways = if name == BUSY { &[false][..] } else { &[false, true] };
        for &streamed in ways {
            let (calls, began) = (model.calls(), Instant::now());
            // A cache knows the question with its very words alone.
            let question = format!("{name}{}", if streamed { "…" } else { "" });
            let line = ask(&server, &api, &question, streamed).await;
            assert!(began.elapsed() < PATIENCE, "{name}: {:?}", began.elapsed());
            let line = line.replace(model.url().trim_start_matches("http://"), "MODEL");
            let name = if streamed { "  streamed" } else { name };
            let _ = writeln!(lines, "{name}: {line}, asked {} times", model.calls() - calls);
        }
        let grown = server.load().peak_memory().saturating_sub(before);
        assert!(grown < MOST_MEMORY, "{name}: {} KiB", grown >> 10);
        if name != BUSY {
            goes_on(&api, number + 1).await;
        }
    }
    lines
}

/// How one question ended.
async fn ask(server: &Server, api: &Api, question: &str, streamed: bool) -> String {
    let end = if streamed {
        let mut events = Events::ask(&server.client(), question).await.all().await;
        events.pop().unwrap().data
    } else {
        api.ask(question).await.json()
    };
    let text = end.to_string();
    for inside in ["a-key-of", "sk-test-key", "reqwest", "hyper", ".rs:", "panicked", "Please log in", "xxxx"]
    {
        assert!(!text.contains(inside), "`{inside}` is told of `{question}`");
    }
    match end["response_type"].as_str() {
        Some("sql") => format!("answered by {}", end["sql"].as_str().unwrap()),
        Some(_) => format!("told “{}”", end["message"].as_str().unwrap()),
        None => {
            let wait = end["retry_after"].as_u64().map_or(String::new(), |wait| format!(" for {wait} s"));
            let (code, detail) = (end["code"].as_str().unwrap(), end["detail"].as_str().unwrap());
            format!("{} {code}{wait} “{detail}”", end["status"])
        }
    }
}

/// Another question is answered, by the same model.
async fn goes_on(api: &Api, number: usize) {
    let answer = api.ask(&format!("run SELECT {number} AS number")).await.expect(200);
    assert_eq!(answer["data"], json!([[number]]));
}

/// Cut off once, the answer is asked for again, and that is told by the number of calls alone.
#[tokio::test]
async fn an_answer_cut_off_once_is_asked_for_again() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("asked.db");
    database::shop(&file);
    let model = FakeModelServer::start();
    let server = Start::new().model(&model.url()).database(&file).serve();
    for (question, cut) in [
        ("how many orders?", Reply::truncated("{\"kind\": \"sql\", \"sql\": \"SELECT co")),
        ("how many orders are there?", Reply::text("Sure! SELECT count(*)")),
    ] {
        let before = model.calls();
        model.next_on(question, 1, cut);
        model.on(question, answers(STATEMENT));
        let answer = Api::of(&server).await.ask(question).await.expect(200);
        assert_eq!((&answer["data"], &answer["usage"]["llm_calls"]), (&json!([[6]]), &json!(2)), "{answer}");
        assert_eq!(model.calls() - before, 2);
    }
}
