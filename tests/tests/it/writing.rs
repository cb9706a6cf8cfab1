//! A statement is seen while a model writes it, at the pace of real ones.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlatte_e2e::{Event, Events};
use sqlatte_testkit::llm::{ApiFault, Reply};

use crate::support::{Setup, answers, sql_of};

/// How long the model reads before it writes, and how fast it writes then.
const READS: Duration = Duration::from_millis(800);
const TOKENS_A_SECOND: f64 = 60.0;
const QUESTION: &str = "what did each customer pay?";
const STATEMENT: &str = "SELECT c.name AS customer, count(*) AS orders\nFROM orders AS o JOIN customers AS c ON \
                         c.id = o.customer_id\nGROUP BY c.name ORDER BY orders DESC, customer";

/// The text of one part, put together by its offsets.
fn written(events: &[Event], part: &str) -> String {
    let mut text = String::new();
    for event in events.iter().filter(|event| event.name == "sql_delta" && event.data["part"] == part) {
        let offset = event.data["offset"].as_u64().unwrap() as usize;
        if offset == 0 {
            text.clear();
        }
        assert_eq!(text.chars().count(), offset, "{events:?}");
        text.push_str(event.data["text"].as_str().unwrap());
    }
    text
}

fn index(events: &[(Duration, Event)], is: impl Fn(&Event) -> bool) -> usize {
    events.iter().position(|(_, event)| is(event)).unwrap()
}

#[tokio::test]
async fn a_statement_is_seen_while_it_is_written() {
    let setup = Setup::shop().await;
    let reply = answers(STATEMENT).after(READS).at_rate(TOKENS_A_SECOND);
    let takes = reply.duration();
    setup.model.on(QUESTION, reply);

    let began = Instant::now();
    let mut stream = Events::ask(&setup.client(), QUESTION).await;
    let mut events = Vec::new();
    while let Some(event) = stream.next().await {
        events.push((began.elapsed(), event));
    }
    let stage = index(&events, |event| event.name == "stage");
    let first = index(&events, |event| event.name == "sql_delta");
    let checked = index(&events, |event| event.name == "sql");
    assert!(events[stage].0 < READS, "nothing was told before the model spoke: {:?}", events[stage].0);
    assert!(events[first].0 >= READS && events[first].0 < takes, "{:?} of {takes:?}", events[first].0);
    assert!(stage < first && first < checked);
    assert!(events.last().unwrap().0 >= takes, "the model takes {takes:?}");

    let events: Vec<Event> = events.into_iter().map(|(_, event)| event).collect();
    let pieces = events.iter().filter(|event| event.name == "sql_delta");
    pieces.clone().for_each(|event| setup.api.contract().fits("SqlDeltaEvent", &event.data, QUESTION));
    assert!(pieces.count() > 5, "{events:?}");
    assert_eq!(written(&events, "sql"), STATEMENT);
    assert_eq!(written(&events, "explanation"), sql_of("")["explanation"]);
    assert_eq!(
        (events[checked].data["sql"].as_str(), events.last().unwrap().name.as_str()),
        (Some(STATEMENT), "done")
    );
}

/// What was written before the model gave up is not taken for more than it is.
#[tokio::test]
async fn half_a_statement_is_followed_by_the_reason() {
    let setup = Setup::shop().await;
    let half = &sql_of(STATEMENT).to_string()[..90];
    setup.model.on(QUESTION, Reply::failing(half, ApiFault::BadRequest).every(Duration::from_millis(20)));
    let events = Events::ask(&setup.client(), QUESTION).await.all().await;
    assert!(STATEMENT.starts_with(&written(&events, "sql")), "{events:?}");
    assert!(events.iter().all(|event| event.name != "sql"), "{events:?}");
    let last = events.last().unwrap();
    assert_eq!(last.name, "error");
    assert_eq!(last.data["sql"], Value::Null, "what was never checked is no statement of the problem");
}

/// A repaired statement is written anew, from its first character.
#[tokio::test]
async fn a_repair_is_written_anew() {
    let setup = Setup::shop().await;
    setup.model.next_on(QUESTION, 1, answers("SELECT nam FROM customers ORDER BY id"));
    setup.model.on(QUESTION, answers("SELECT name FROM customers ORDER BY id LIMIT 1"));
    let events = Events::ask(&setup.client(), QUESTION).await.all().await;
    let begins = events.iter().filter(|event| {
        event.name == "sql_delta" && event.data["part"] == "sql" && event.data["offset"] == 0
    });
    assert_eq!(begins.count(), 2, "{events:?}");
    assert_eq!(written(&events, "sql"), "SELECT name FROM customers ORDER BY id LIMIT 1");
    assert_eq!(events.last().unwrap().data["attempts"], json!(2));
}

/// Who does not look on costs the model nothing more: the answer comes as a whole.
#[tokio::test]
async fn whole_answers_are_not_streamed() {
    let setup = Setup::shop().await;
    setup.model.on(QUESTION, answers(STATEMENT));
    setup.api.ask(QUESTION).await.expect(200);
    drop(Events::ask(&setup.client(), &format!("{QUESTION} again")).await.all().await);
    let streamed: Vec<bool> =
        setup.model.requests().iter().map(|request| request["stream"] == true).collect();
    assert_eq!(streamed, [false, true]);
}
