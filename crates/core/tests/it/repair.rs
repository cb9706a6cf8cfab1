//! Statements that have to be mended while models fail.

use std::{sync::Arc, time::Duration};

use futures::StreamExt;
use serde_json::json;
use sqlatte_core::{
    ask::{self, AskError, Event, PromptedInterpreter, Prompts},
    llm::{BreakerLimits, Circuit, Fallback},
};
use sqlatte_providers::ErrorKind;
use sqlatte_testkit::llm::{FakeAnswer, FakeLlm};

use crate::fixture::{Shop, rows_of};

const COUNT: &str = "SELECT count(*) AS orders FROM orders";

fn sql(sql: &str) -> FakeAnswer {
    FakeAnswer::json(json!({"kind": "sql", "sql": sql, "explanation": "what it does"}))
}

fn down() -> FakeAnswer {
    FakeAnswer::error(ErrorKind::Unavailable, "it cannot be reached: look whether it runs")
}

/// A shop that asks these models in their order; one that fails is left alone after this many failures.
fn shop(llms: &[&FakeLlm], failures: u32) -> Shop {
    let limits = BreakerLimits { failures, ..BreakerLimits::default() };
    let mut circuits = llms.iter().map(|llm| Arc::new(Circuit::new(Arc::new((*llm).clone()), limits)));
    let first = circuits.next().unwrap();
    let llm = Arc::new(Fallback::new(first, circuits.collect()));
    let interpreter = PromptedInterpreter::new(llm, Prompts::default(), Duration::from_secs(5)).unwrap();
    Shop::new(Arc::new(interpreter))
}

#[tokio::test]
async fn a_model_that_dies_takes_no_try_away() {
    let first = FakeLlm::new().then(sql("SELECT count(*) FROM odrers")).otherwise(down());
    let second = FakeLlm::new().then(sql("SELECT count(order_id) FROM orders")).otherwise(sql(COUNT));
    let shop = shop(&[&first, &second], 3);
    let answer = shop.answer(shop.question("how many orders?")).await.unwrap();
    let usage = answer.usage;
    assert_eq!((usage.llm_calls, usage.unanswered_calls, usage.stand_in_calls), (5, 2, 2));
    let answer = rows_of(answer);
    assert_eq!((answer.sql.as_str(), answer.attempts), (COUNT, 3));
}

#[tokio::test]
async fn a_repair_goes_to_whoever_lives() {
    let [first, second] = [(); 2].map(|()| FakeLlm::always(down()));
    let wrong = |column| sql(&format!("SELECT count({column}) FROM odrers"));
    let third = FakeLlm::new().then(wrong("id")).then(sql(COUNT)).then(wrong("id")).then(wrong("*"));
    let third = third.otherwise(sql(COUNT));
    let shop = shop(&[&first, &second, &third], 2);
    let answer = shop.answer(shop.question("how many orders?")).await.unwrap();
    assert_eq!((answer.usage.llm_calls, answer.usage.unanswered_calls), (6, 4));
    assert_eq!(rows_of(answer).attempts, 2);

    // Both are left alone now, and cost nothing.
    let answer = shop.answer(shop.question("and how many are there now?")).await.unwrap();
    assert_eq!((answer.usage.llm_calls, answer.usage.unanswered_calls), (3, 0));
    assert_eq!(rows_of(answer).attempts, 3);
    assert_eq!((first.calls(), second.calls()), (2, 2));
}

#[tokio::test]
async fn three_answers_are_the_most_however_many_models_fail() {
    let first = FakeLlm::always(down());
    let second = FakeLlm::new().then(sql("SELECT a FROM orders")).then(sql("SELECT b FROM orders"));
    let second = second.otherwise(sql("SELECT c FROM orders"));
    let shop = shop(&[&first, &second], 9);
    let error = shop.answer(shop.question("totals")).await.unwrap_err();
    assert_eq!((error.sql(), second.calls()), (Some("SELECT c FROM orders"), 3));
}

#[tokio::test]
async fn when_nobody_is_left_to_mend_the_sentence_says_both() {
    let first = FakeLlm::new().then(sql("SELECT totl FROM orders")).otherwise(down()).named("first");
    let second = FakeLlm::always(FakeAnswer::error(ErrorKind::Unauthorized, "wrong key: set ANOTHER_KEY"));
    let shop = shop(&[&first, &second], 1);
    let error = shop.answer(shop.question("totals")).await.unwrap_err();
    assert!(matches!(error, AskError::Unmended { .. }));
    assert_eq!((error.code(), error.sql()), ("llm_unavailable", Some("SELECT totl FROM orders")));
    insta::assert_snapshot!(error);

    // One model alone, with no other to ask.
    let only = FakeLlm::new().then(sql("SELECT totl FROM orders")).otherwise(down());
    let shop = self::shop(&[&only], 3);
    let error = shop.answer(shop.question("totals")).await.unwrap_err();
    assert_eq!((error.code(), error.sql()), ("llm_unavailable", Some("SELECT totl FROM orders")));
}

#[tokio::test]
async fn a_repair_that_breaks_off_is_written_anew_by_the_next() {
    let broken = FakeAnswer::broken_off("{\"sql\": \"SELECT co", ErrorKind::Unavailable, "gone").in_pieces(4);
    let first = FakeLlm::new().then(sql("SELECT totl FROM orders")).otherwise(broken);
    let shop = shop(&[&first, &FakeLlm::always(sql(COUNT).in_pieces(5))], 3);
    let asked = shop.question("how many orders?");
    let events: Vec<Event> = ask::events(Arc::clone(&shop.runtime), asked).collect().await;
    let mut written = String::new();
    for event in &events {
        if let Event::Writing(writing) = event
            && writing.part.name() == "sql"
        {
            let kept: String = written.chars().take(writing.offset).collect();
            written = kept + &writing.text;
        }
    }
    assert_eq!(written, COUNT);
    let Some(Event::Done(answer)) = events.into_iter().last() else { panic!("no answer") };
    assert_eq!(rows_of(*answer).attempts, 2);
}
