//! Questions asked again, and statements run again.

use std::{sync::Arc, time::Duration};

use serde_json::{Value as Json, json};
use sqlatte_core::{
    Answer, Limits, Outcome, SessionId,
    ask::{Ask, Input, PromptedInterpreter, Prompts},
    llm::{BreakerLimits, Circuit, Fallback},
};
use sqlatte_providers::{ErrorKind, Usage, Value};
use sqlatte_testkit::llm::{FakeAnswer, FakeLlm};

use crate::fixture::{Shop, rows_of};

const COUNT: &str = "SELECT count(*) AS orders FROM orders";

fn shop(llm: &FakeLlm) -> Shop {
    shop_with(llm, Limits::default())
}

fn shop_with(llm: &FakeLlm, limits: Limits) -> Shop {
    let llm = Arc::new(llm.clone());
    let interpreter = PromptedInterpreter::new(llm, Prompts::default(), Duration::from_secs(5)).unwrap();
    Shop::with_limits(Arc::new(interpreter), limits)
}

fn keeping_rows() -> Limits {
    Limits { keep_results: Duration::from_secs(60), ..Limits::default() }
}

fn form(kind: &str, sql: &str, message: &str) -> Json {
    json!({
        "kind": kind, "sql": sql, "explanation": "what it does", "message": message, "options": [],
        "readings": [], "confidence": 0.8, "follow_ups": []
    })
}

fn sql(sql: &str) -> FakeAnswer {
    FakeAnswer::json(form("sql", sql, ""))
}

/// Asks within the shop's one conversation.
async fn ask(shop: &Shop, question: &str) -> Answer {
    shop.answer(shop.question(question)).await.unwrap()
}

/// Asks as somebody else, in a conversation that begins.
async fn ask_elsewhere(shop: &Shop, question: &str) -> Answer {
    let session = SessionId::generate().unwrap();
    let ask = Ask { owner: session.owner(), session, ..shop.question(question) };
    shop.answer(ask).await.unwrap()
}

#[tokio::test]
async fn a_repeated_question_costs_no_call() {
    let llm = FakeLlm::always(sql(COUNT));
    let shop = shop(&llm);
    let first = ask(&shop, "how many orders?").await;
    assert!(!first.cached);
    for question in ["how many orders?", "  how  many\torders? ", "how many orders?"] {
        let again = ask(&shop, question).await;
        assert!(again.cached, "{question}");
        assert_eq!(again.usage, Usage::default());
        let again = rows_of(again);
        assert_eq!(again.rows.rows, [[Value::Integer(3)]]);
        assert_eq!((again.sql.as_str(), again.cached_at), (COUNT, None), "the rows are read anew");
    }
    assert!(ask_elsewhere(&shop, "how many orders?").await.cached, "everybody asks with the same role");
    assert_eq!(llm.calls(), 1);

    assert!(!ask(&shop, "how many Orders?").await.cached, "another letter may be another thing");
    assert_eq!(llm.calls(), 2);
}

#[tokio::test]
async fn history_says_what_came_from_memory() {
    let shop = shop(&FakeLlm::always(sql(COUNT)));
    ask(&shop, "how many orders?").await;
    let again = ask(&shop, "how many orders?").await;
    let history = &shop.runtime.stores.history;
    let entry = history.find(&shop.session.owner(), again.query_id).await.unwrap().unwrap();
    assert!(entry.cached);
    assert_eq!(entry.usage.llm_calls, 0);
}

#[tokio::test]
async fn the_same_words_after_others_are_another_question() {
    let llm = FakeLlm::new()
        .then(sql("SELECT count(*) FROM customers"))
        .then(sql("SELECT max(placed_on) FROM orders"))
        .then(sql("SELECT min(placed_on) FROM orders"))
        .then(sql(COUNT));
    let shop = shop(&llm);
    ask(&shop, "how many customers?").await;
    assert!(!ask(&shop, "and the one before?").await.cached);
    assert!(!ask(&shop, "and the one before?").await.cached, "it leans on what was said");
    assert!(!ask_elsewhere(&shop, "and the one before?").await.cached);
    assert_eq!(llm.calls(), 4);
}

#[tokio::test]
async fn a_question_that_stands_alone_is_known_again_in_its_conversation() {
    let llm = FakeLlm::new().on("orders", sql(COUNT)).on("customers", sql("SELECT count(*) FROM customers"));
    let shop = shop(&llm);
    ask(&shop, "how many customers?").await;
    ask(&shop, "how many orders?").await;
    assert!(ask(&shop, "how many customers?").await.cached, "it was asked with nothing before it");
    assert!(ask(&shop, "how many orders?").await.cached, "it names what it is about");
    assert_eq!(llm.calls(), 2);
    assert!(!ask_elsewhere(&shop, "how many orders?").await.cached, "nobody asked it with nothing before it");
}

#[tokio::test]
async fn asking_anew_asks_the_model_and_replaces_what_was_kept() {
    let llm = FakeLlm::new().then(sql(COUNT)).then(sql("SELECT count(id) AS orders FROM orders"));
    let shop = shop(&llm);
    ask(&shop, "how many orders?").await;
    let anew = Ask { fresh: true, ..elsewhere(&shop, "how many orders?") };
    assert!(!shop.answer(anew).await.unwrap().cached);
    let again = ask_elsewhere(&shop, "how many orders?").await;
    assert!(again.cached);
    assert_eq!(rows_of(again).sql, "SELECT count(id) AS orders FROM orders");
}

fn elsewhere(shop: &Shop, question: &str) -> Ask {
    let session = SessionId::generate().unwrap();
    Ask { owner: session.owner(), session, ..shop.question(question) }
}

#[tokio::test]
async fn what_differs_in_tables_or_schema_is_another_question() {
    let llm = FakeLlm::always(sql(COUNT));
    let shop = shop(&llm);
    ask_elsewhere(&shop, "how many orders?").await;
    let named = Ask { tables: vec!["orders".to_owned()], ..elsewhere(&shop, "how many orders?") };
    assert!(!shop.answer(named).await.unwrap().cached);

    shop.runtime.catalog.refresh();
    assert!(ask_elsewhere(&shop, "how many orders?").await.cached, "the same schema, read again");
    shop.execute("INSERT INTO orders VALUES (4, 1, '2026-11-03', 1.0)");
    shop.runtime.catalog.refresh();
    assert!(ask_elsewhere(&shop, "how many orders?").await.cached, "more rows are no other schema");
    shop.execute("ALTER TABLE orders ADD COLUMN state TEXT");
    shop.runtime.catalog.refresh();
    assert!(!ask_elsewhere(&shop, "how many orders?").await.cached);
}

#[tokio::test]
async fn a_mended_statement_is_kept_in_place_of_the_broken_one() {
    let llm = FakeLlm::new().then(sql("SELECT count(*) FROM order")).then(sql(COUNT));
    let shop = shop(&llm);
    let first = ask(&shop, "how many orders?").await;
    assert_eq!(rows_of(first).attempts, 2);
    let again = ask(&shop, "how many orders?").await;
    assert_eq!((again.cached, again.usage.llm_calls), (true, 0));
    assert_eq!(rows_of(again).attempts, 1);
}

#[tokio::test]
async fn a_statement_that_fails_later_is_forgotten() {
    let llm = FakeLlm::new().then(sql(COUNT)).otherwise(sql("SELECT count(*) FROM customers"));
    let shop = shop(&llm);
    ask(&shop, "how many orders?").await;
    shop.execute("DROP TABLE orders");
    let mended = ask(&shop, "how many orders?").await;
    assert!(!mended.cached, "a call was needed");
    assert_eq!(rows_of(mended).sql, "SELECT count(*) FROM customers");
}

#[tokio::test]
async fn replies_are_kept_unless_the_model_declined() {
    let llm = FakeLlm::always(FakeAnswer::json(form("unanswerable", "", "there is no weather here")));
    let unanswerable = shop(&llm);
    ask(&unanswerable, "what is the weather?").await;
    let again = ask(&unanswerable, "what is the weather?").await;
    assert!(again.cached);
    assert!(matches!(again.outcome, Outcome::Chat(chat) if chat.unanswerable.is_some()));
    assert_eq!(llm.calls(), 1);

    let llm = FakeLlm::always(FakeAnswer::refusal("no"));
    let declined = shop(&llm);
    ask(&declined, "how many orders?").await;
    assert!(!ask(&declined, "how many orders?").await.cached);
    assert_eq!(llm.calls(), 2);
}

/// A shop whose first model is asked `first` and whose second one stands in for it.
fn shop_of_two(first: &FakeLlm, second: &FakeLlm) -> Shop {
    let circuit = |llm: &FakeLlm| Arc::new(Circuit::new(Arc::new(llm.clone()), BreakerLimits::default()));
    let llm = Arc::new(Fallback::new(circuit(first), vec![circuit(second)]));
    let interpreter = PromptedInterpreter::new(llm, Prompts::default(), Duration::from_secs(5)).unwrap();
    Shop::new(Arc::new(interpreter))
}

#[tokio::test]
async fn what_another_model_read_is_not_kept_as_the_firsts_own() {
    let down = || FakeAnswer::error(ErrorKind::Unavailable, "down");
    let first =
        FakeLlm::new().then(down()).then(down()).otherwise(sql("SELECT count(id) AS orders FROM orders"));
    let second = FakeLlm::always(sql(COUNT));
    let shop = shop_of_two(&first, &second);
    for calls in [1, 2] {
        let answer = ask_elsewhere(&shop, "how many orders?").await;
        assert_eq!((answer.cached, answer.usage.stand_in_calls), (false, 1));
        assert_eq!((rows_of(answer).sql.as_str(), second.calls()), (COUNT, calls));
    }
    for cached in [false, true] {
        let answer = ask_elsewhere(&shop, "how many orders?").await;
        assert_eq!((answer.cached, answer.usage.stand_in_calls), (cached, 0), "the first is back");
        assert_eq!(rows_of(answer).sql, "SELECT count(id) AS orders FROM orders");
    }
    assert_eq!((first.calls(), second.calls()), (3, 2));
}

#[tokio::test]
async fn neither_is_a_reply_nor_what_another_model_mended() {
    let down = || FakeAnswer::error(ErrorKind::Unavailable, "down");
    let second = FakeLlm::always(FakeAnswer::json(form("chat", "", "hello")));
    let shop = shop_of_two(&FakeLlm::always(down()), &second);
    for _ in 0..2 {
        assert!(!ask_elsewhere(&shop, "hello").await.cached);
    }
    assert_eq!(second.calls(), 2);

    let first = FakeLlm::new().then(sql("SELECT count(*) FROM odrers")).then(down()).otherwise(sql(COUNT));
    let mended = "SELECT count(id) AS orders FROM orders";
    let shop = shop_of_two(&first, &FakeLlm::always(sql(mended)));
    assert_eq!(rows_of(ask_elsewhere(&shop, "how many orders?").await).sql, mended);
    let again = ask_elsewhere(&shop, "how many orders?").await;
    assert_eq!((again.cached, rows_of(again).sql.as_str()), (false, COUNT));
}

#[tokio::test]
async fn what_the_first_model_read_stays_while_another_one_reads_anew() {
    let down = FakeAnswer::error(ErrorKind::Unavailable, "down");
    let first = FakeLlm::new().then(sql(COUNT)).otherwise(down);
    let shop = shop_of_two(&first, &FakeLlm::always(sql("SELECT count(id) AS orders FROM orders")));
    ask_elsewhere(&shop, "how many orders?").await;
    let anew = Ask { fresh: true, ..elsewhere(&shop, "how many orders?") };
    assert!(!shop.answer(anew).await.unwrap().cached);
    let again = ask_elsewhere(&shop, "how many orders?").await;
    assert_eq!((again.cached, rows_of(again).sql.as_str()), (true, COUNT));
}

#[tokio::test]
async fn a_reading_that_somebody_found_wrong_is_forgotten() {
    let llm = FakeLlm::always(sql(COUNT));
    let shop = shop(&llm);
    ask(&shop, "how many orders?").await;
    let again = ask(&shop, "how many orders?").await;
    assert!(again.cached);
    shop.runtime.caches.forget(again.query_id).await;
    assert!(!ask(&shop, "how many orders?").await.cached);
    assert!(!ask_elsewhere(&shop, "how many orders?").await.cached);
}

#[tokio::test]
async fn nothing_is_kept_where_it_is_switched_off() {
    let llm = FakeLlm::always(sql(COUNT));
    let shop = shop_with(&llm, Limits { keep_answers: Duration::ZERO, ..Limits::default() });
    ask(&shop, "how many orders?").await;
    assert!(!ask(&shop, "how many orders?").await.cached);
    assert_eq!(llm.calls(), 2);
}

/// Runs a statement of the user's own.
async fn run(shop: &Shop, sql: &str) -> Answer {
    shop.answer(shop.asked(Input::Sql(sql.to_owned()))).await.unwrap()
}

#[tokio::test]
async fn rows_are_kept_for_the_very_same_statement() {
    let shop = shop_with(&FakeLlm::new(), keeping_rows());
    let first = run(&shop, COUNT).await;
    assert!(!first.cached);
    assert_eq!(rows_of(first).cached_at, None);
    shop.execute("INSERT INTO orders VALUES (4, 1, '2026-11-03', 1.0)");

    let kept = run(&shop, COUNT).await;
    assert!(kept.cached);
    let kept = rows_of(kept);
    assert_eq!(kept.rows.rows, [[Value::Integer(3)]]);
    assert_eq!(kept.cached_at, Some(shop.runtime.clock.utc()));

    let anew = Ask { fresh: true, ..shop.asked(Input::Sql(COUNT.to_owned())) };
    assert_eq!(rows_of(shop.answer(anew).await.unwrap()).rows.rows, [[Value::Integer(4)]]);
    assert_eq!(
        rows_of(run(&shop, COUNT).await).rows.rows,
        [[Value::Integer(4)]],
        "in place of the older ones"
    );
    let limited = Ask { limit: Some(1), ..shop.asked(Input::Sql(COUNT.to_owned())) };
    assert!(!shop.answer(limited).await.unwrap().cached, "so many rows are another result");
}

#[tokio::test]
async fn kept_rows_are_all_rows_and_say_whether_there_were_more() {
    let shop = shop_with(&FakeLlm::new(), Limits { default_rows: 2_500, ..keeping_rows() });
    let numbers = "SELECT x FROM endless";
    let first = rows_of(run(&shop, numbers).await);
    let kept = rows_of(run(&shop, numbers).await);
    assert!(kept.cached_at.is_some() && kept.rows.truncated);
    assert_eq!(kept.rows, first.rows);
    assert_eq!(kept.rows.row_count, 2_500);

    let none = "SELECT id FROM orders WHERE id < 0";
    run(&shop, none).await;
    let kept = rows_of(run(&shop, none).await);
    assert!(kept.cached_at.is_some() && kept.rows.rows.is_empty() && !kept.rows.truncated);
}

#[tokio::test]
async fn large_and_passing_results_are_not_kept() {
    let shop = shop_with(&FakeLlm::new(), Limits { result_cache_bytes: 4_000, ..keeping_rows() });
    let large = "SELECT x FROM endless LIMIT 100";
    run(&shop, large).await;
    assert!(!run(&shop, large).await.cached);

    let of_now = "SELECT count(*) FROM orders WHERE placed_on <= date('now')";
    run(&shop, of_now).await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert!(!run(&shop, of_now).await.cached);
    run(&shop, COUNT).await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert!(run(&shop, COUNT).await.cached);
}
