//! Two models, in two formats: what the first does not answer, the second does, within the same question.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sqlatte_e2e::{Events, Start, database};
use sqlatte_providers::Usage;
use sqlatte_testkit::llm::{ApiFault, FakeModelServer, Reply};

use crate::support::{Setup, answers, model};

const QUESTION: &str = "how is business?";
const COUNT: &str = "SELECT count(*) AS orders FROM orders";

/// A server with a first model that speaks Anthropic's format and is asked once, and a second one that speaks OpenAI's.
async fn two(more: &str) -> (Setup, FakeModelServer) {
    let second = model();
    let yaml = settings(&second.url(), more);
    let start = |start: Start| start.config(&yaml).variable("SQLATTE__LLM__ANTHROPIC__MAX_RETRIES", "0");
    (Setup::with(database::shop, start).await, second)
}

fn settings(second: &str, more: &str) -> String {
    format!(
        "llm: {{fallback: [{{provider: openai, base_url: \"{second}/v1\", model: second, max_retries: 0}}]{more}}}"
    )
}

fn models(server: &FakeModelServer) -> Vec<Value> {
    server.requests().iter().map(|request| request["model"].clone()).collect()
}

#[tokio::test]
async fn a_model_that_is_killed_in_mid_stream_is_replaced() {
    let (setup, second) = two("").await;
    let slowly = answers("SELECT name FROM customers").in_pieces(100).every(Duration::from_millis(50));
    setup.model.on(QUESTION, slowly);
    second.on(QUESTION, answers(COUNT));
    let client = setup.client();
    let mut events = Events::ask(&client, QUESTION).await;
    let first = events.until("sql_delta").await;
    assert_eq!(first.data["offset"], 0);
    drop(setup.model);

    let rest = events.all().await;
    let anew = rest.iter().position(|event| event.name == "sql_delta" && event.data["offset"] == 0);
    let anew = anew.unwrap_or_else(|| panic!("nothing begins anew: {rest:?}"));
    assert_eq!(rest[anew].data["part"], "sql", "the statement, which voids the explanation");
    let pieces = rest[anew..].iter().filter(|event| event.name == "sql_delta" && event.data["part"] == "sql");
    let written: String = pieces.map(|event| event.data["text"].as_str().unwrap().to_owned()).collect();
    assert_eq!(written, COUNT);
    let done = rest.last().unwrap();
    assert_eq!((done.name.as_str(), &done.data["sql"]), ("done", &json!(COUNT)), "{done:?}");
    assert_eq!(done.data["usage"]["llm_calls"], 2, "the call that broke off counts");
    assert_eq!(models(&second), ["second"]);
}

#[tokio::test]
async fn every_way_to_fail_leads_to_the_second() {
    for (reply, kind) in [
        (Reply::cut(json!({"kind": "sql"}).to_string()), "unavailable"),
        (Reply::fault(ApiFault::Overloaded), "unavailable"),
        (Reply::fault(ApiFault::WrongKey), "unauthorized"),
        (Reply::fault(ApiFault::UnknownModel), "not_found"),
        (Reply::fault(ApiFault::NoCredit), "rate_limited"),
        (Reply::fault(ApiFault::TooLarge), "rejected"),
        (Reply::fault(ApiFault::BadRequest), "rejected"),
        (Reply::page(200), "unexpected"),
        (Reply::truncated("{\"kind\": \"sq"), "unexpected"),
    ] {
        let (setup, second) = two("").await;
        setup.model.on(QUESTION, reply.clone());
        second.on(QUESTION, answers(COUNT));
        let answer = setup.api.ask(QUESTION).await.expect(200);
        assert_eq!((&answer["data"], &answer["usage"]["llm_calls"]), (&json!([[6]]), &json!(2)), "{reply:?}");
        let log = setup.server.log();
        let told = log.lines().find(|line| line.contains("a model did not answer"));
        let told = told.unwrap_or_else(|| panic!("{reply:?} is not told in\n{log}"));
        assert!(told.contains("WARN") && told.contains(&format!("kind=\"{kind}\"")), "{told}");
        assert!(!log.contains("sk-test-key"), "{log}");
    }
}

#[tokio::test]
async fn a_model_that_dies_before_the_repair_is_replaced() {
    let (setup, second) = two("").await;
    setup.model.next_on(QUESTION, 1, answers("SELECT count(*) FROM odrers"));
    setup.model.otherwise(Reply::fault(ApiFault::Overloaded));
    second.next_on("<data kind=\"statement\">", 1, answers("SELECT count(order_id) FROM orders"));
    second.on("<data kind=\"statement\">", answers(COUNT));
    let answer = setup.api.ask(QUESTION).await.expect(200);
    assert_eq!((&answer["sql"], &answer["attempts"]), (&json!(COUNT), &json!(3)), "{answer}");
    assert_eq!((setup.model.calls(), second.calls()), (3, 2), "a call without an answer takes no try away");
}

#[tokio::test]
async fn when_all_are_dead_before_the_repair_the_sentence_says_both() {
    let (setup, second) = two("").await;
    setup.model.next_on(QUESTION, 1, answers("SELECT count(*) FROM odrers"));
    setup.model.otherwise(Reply::fault(ApiFault::Overloaded));
    second.otherwise(Reply::fault(ApiFault::RateLimited(600)));
    let problem = setup.api.ask(QUESTION).await.problem(503, "llm_unavailable");
    assert_eq!(problem["sql"], "SELECT count(*) FROM odrers");
    let detail = problem["detail"].as_str().unwrap();
    for part in ["odrers", "did you mean `orders`", "could not be mended", "overloaded", "(openai)"] {
        assert!(detail.contains(part), "no {part} in: {detail}");
    }
}

/// A model that declines has answered.
#[tokio::test]
async fn a_refusal_is_final() {
    let (setup, second) = two("").await;
    setup.model.on("indecent", Reply::refusal("No."));
    let declined = setup.api.ask("something indecent").await.expect(200);
    assert!(declined["unanswerable"]["reason"].as_str().unwrap().contains("declined"), "{declined}");
    assert_eq!(second.calls(), 0);
}

#[tokio::test]
async fn a_model_that_is_busy_for_ten_minutes_is_left_alone() {
    let (setup, second) = two("").await;
    setup.model.otherwise(Reply::fault(ApiFault::RateLimited(600)));
    let began = Instant::now();
    for question in ["run SELECT 1", "run SELECT 2", "run SELECT 3"] {
        setup.api.ask(question).await.expect(200);
    }
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
    assert_eq!((setup.model.calls(), second.calls()), (1, 3), "it said when to come back");
}

/// A model without another one to ask in its place: it is not asked for nothing, and people are told for how long.
#[tokio::test]
async fn the_only_model_is_left_alone_for_as_long_as_it_asks() {
    let setup = Setup::shop().await;
    setup.model.otherwise(Reply::fault(ApiFault::RateLimited(600)));
    setup.api.ask("run SELECT 1").await.problem(429, "llm_rate_limited");
    let calls = setup.model.calls();
    let again = setup.api.ask("run SELECT 2").await.problem(429, "llm_rate_limited");
    let detail = again["detail"].as_str().unwrap();
    assert!(detail.contains("is left alone for another") && detail.contains("asked again"), "{detail}");
    assert!((500..=600).contains(&again["retry_after"].as_u64().unwrap()), "{again}");
    let events = Events::ask(&setup.client(), "run SELECT 3").await.all().await;
    assert_eq!(events.last().unwrap().data["code"], "llm_rate_limited");
    assert_eq!(setup.model.calls(), calls);
}

#[tokio::test]
async fn when_both_are_dead_one_sentence_names_both() {
    let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let (first, second) = (free(), free());
    let yaml = settings(&format!("http://{second}"), "");
    let start = |start: Start| start.model(&format!("http://{first}")).config(&yaml);
    let setup = Setup::with(database::shop, start).await;
    let problem = setup.api.ask(QUESTION).await.problem(503, "llm_unavailable");
    let detail = problem["detail"].as_str().unwrap();
    for part in
        ["none of the 2 models that were set up answered", &first, &second, "claude", "second", "reached"]
    {
        assert!(detail.contains(part), "no {part} in: {detail}");
    }
    let events = Events::ask(&setup.client(), QUESTION).await.all().await;
    let last = events.last().unwrap();
    assert_eq!((last.name.as_str(), &last.data["detail"]), ("error", &problem["detail"]));
    setup.api.sql("SELECT 1").await.expect(200);
}

#[tokio::test]
async fn a_model_that_comes_back_is_asked_again() {
    let (setup, second) = two(", breaker: {failures: 2, pause: 1}").await;
    setup.model.next(3, Reply::fault(ApiFault::Overloaded));
    let ask = async |number: u32| setup.api.ask(&format!("run SELECT {number}")).await.expect(200);
    for number in 1..=4 {
        ask(number).await;
    }
    let calls = setup.model.calls();
    // On a slow machine the second may have passed in between.
    assert!((2..=3).contains(&calls), "{calls} calls");
    let began = Instant::now();
    for number in 5.. {
        assert!(began.elapsed() < Duration::from_secs(30), "it is never asked again");
        tokio::time::sleep(Duration::from_millis(200)).await;
        let answer = ask(number).await;
        if setup.model.calls() > 3 {
            assert_eq!(answer["usage"]["llm_calls"], 1);
            break;
        }
    }
    let calls = second.calls();
    ask(1_000).await;
    assert_eq!(second.calls(), calls, "the first is the first again");
}

#[tokio::test]
async fn answers_and_metrics_say_what_they_cost() {
    let prices = ", prices: {second: {input: 3, cached_input: 0.3, output: 15}}";
    let (setup, second) = two(prices).await;
    let usage = Usage {
        llm_calls: 1,
        input_tokens: 1_000,
        output_tokens: 20,
        cached_tokens: 600,
        ..Usage::default()
    };
    second.on(QUESTION, answers(COUNT).usage(usage));
    setup.model.next_on(QUESTION, 1, Reply::fault(ApiFault::Overloaded));
    let answer = setup.api.ask(QUESTION).await.expect(200);
    // 400 at 3, 600 at 0.30 and 20 at 15 dollars for a million.
    assert_eq!(answer["usage"]["cost_usd"], json!(0.00168), "{answer}");
    assert_eq!(setup.metric("sqlatte_llm_cost_usd_total").await, Some(0.00168));

    let unknown = setup.api.ask("run SELECT 2").await.expect(200);
    assert_eq!(unknown["usage"]["cost_usd"], Value::Null, "the first model has no price");
    assert_eq!(setup.api.sql("SELECT 1").await.expect(200)["usage"]["cost_usd"], 0.0, "no model, no cost");
}

#[tokio::test]
async fn a_task_may_have_a_model_of_its_own() {
    let (setup, second) =
        two(", tasks: {interpret: {model: quick, temperature: 0}, repair: {model: thorough}}").await;
    setup.model.on("<data kind=\"statement\">", answers(COUNT));
    setup.model.on(QUESTION, answers("SELECT count(*) AS orders FROM odrers"));
    let answer = setup.api.ask(QUESTION).await.expect(200);
    assert_eq!((&answer["sql"], &answer["attempts"]), (&json!(COUNT), &json!(2)), "{answer}");
    assert_eq!(models(&setup.model), ["quick", "thorough"]);
    assert_eq!(second.calls(), 0);
}

/// Each model of each task: none is hidden by another, nor is one that only insights ask.
#[test]
fn check_names_each_model() {
    let (first, second) = (FakeModelServer::start(), FakeModelServer::start());
    first.otherwise(Reply::text("pong"));
    second.otherwise(Reply::fault(ApiFault::WrongKey));
    let task = |url: &str| {
        format!(
            ", tasks: {{insights: {{provider: openai, base_url: \"{url}/v1\", model: third, max_retries: 0}}}}"
        )
    };
    let check = |second: &str, third: &str| {
        let yaml = format!("{}\ninsights: {{mode: hybrid}}", settings(second, &task(third)));
        let checked = Start::new().model(&first.url()).config(&yaml).run("check");
        (checked.status.code(), String::from_utf8_lossy(&checked.stdout).into_owned())
    };
    let line = |text: &str, key: &str| {
        let line = text.lines().find(|line| line.contains(&format!("model of {key}: ")));
        line.unwrap_or_else(|| panic!("no {key} in\n{text}")).to_owned()
    };
    let (code, text) = check(&first.url(), &first.url());
    assert_eq!(code, Some(0), "{text}");
    for (key, model) in [
        ("llm.provider", "claude-sonnet-5-5 (anthropic)"),
        ("llm.fallback[0]", "second (openai)"),
        ("llm.tasks.insights", "third (openai)"),
    ] {
        assert!(
            line(&text, key).starts_with(&format!("ok    model of {key}: {model} at 127.0.0.1:")),
            "{text}"
        );
    }
    for (second, third, wrong) in
        [(second.url(), first.url(), "llm.fallback[0]"), (first.url(), second.url(), "llm.tasks.insights")]
    {
        let (code, text) = check(&second, &third);
        assert_eq!(code, Some(1), "{text}");
        let failed: Vec<&str> = text.lines().filter(|line| line.starts_with("FAIL")).collect();
        assert_eq!(failed.len(), 1, "{text}");
        assert!(failed[0].contains(wrong) && failed[0].contains("key"), "{text}");
    }
}
