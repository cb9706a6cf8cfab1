use futures::StreamExt;
use sqlatte_core::{
    Interpretation, Limits, Outcome, Status,
    ask::{self, Event, Input, Stage, StageStatus, Writing},
};

use crate::fixture::{Scripted, Shop, rows_of};

/// One word for an event, so that their order can be compared.
fn word(event: &Event) -> String {
    match event {
        Event::Started { .. } => "started".to_owned(),
        Event::Stage { stage, status: StageStatus::Running, .. } => format!("{}…", stage.name()),
        Event::Stage { stage, status, .. } => format!("{} {}", stage.name(), status.name()),
        Event::Writing(Writing { part, offset, text }) => format!("{} from {offset}: {text}", part.name()),
        Event::Sql { .. } => "sql".to_owned(),
        Event::Columns(columns) => format!("{} columns", columns.len()),
        Event::Rows { offset, rows } => format!("{} rows from {offset}", rows.len()),
        Event::Insights(_) => "insights".to_owned(),
        Event::Chart(_) => "chart".to_owned(),
        Event::Done(_) => "done".to_owned(),
        Event::Failed(failure) => format!("failed: {}", failure.error.code()),
    }
}

async fn words(shop: &Shop, ask: ask::Ask) -> Vec<String> {
    ask::events(shop.runtime.clone(), ask).map(|event| word(&event)).collect().await
}

#[tokio::test]
async fn every_stage_is_told_in_order() {
    let shop = Shop::new(Scripted::sql("SELECT city, count(*) AS customers FROM customers GROUP BY city"));
    insta::assert_snapshot!(words(&shop, shop.question("customers by city")).await.join("\n"));
}

#[tokio::test]
async fn a_reply_ends_after_interpreting() {
    let shop = Shop::new(Scripted::new(Interpretation::Chat { message: "Hello!".to_owned() }));
    insta::assert_snapshot!(words(&shop, shop.question("hello")).await.join("\n"));
}

#[tokio::test]
async fn a_refusal_fails_the_stage_it_happens_in() {
    let shop = Shop::new(Scripted::sql("DELETE FROM customers"));
    let told = words(&shop, shop.question("delete everybody")).await;
    assert_eq!(
        told[told.len() - 2..],
        [format!("{} failed", Stage::Checking.name()), "failed: sql_refused".to_owned()]
    );
}

#[tokio::test]
async fn the_answer_holds_rows_chart_and_history() {
    let shop = Shop::new(Scripted::sql(
        "SELECT name, total FROM customers JOIN orders ON customer_id = customers.id",
    ));
    let ask = shop.question("who ordered for how much?");
    let id = ask.query_id;
    let answer = shop.answer(ask).await.unwrap();
    assert_eq!(answer.usage.llm_calls, 1);
    let sql = rows_of(answer);
    assert_eq!((sql.rows.row_count, sql.rows.rows.len(), sql.rows.truncated), (3, 3, false));
    assert_eq!(sql.tables, ["customers", "orders"]);
    assert_eq!(sql.suggestions, ["and by month?"]);

    let entry = shop.runtime.stores.history.find(&shop.session.owner(), id).await.unwrap().unwrap();
    assert_eq!((entry.status, entry.row_count), (Status::Answered, Some(3)));
    assert_eq!(entry.question.as_deref(), Some("who ordered for how much?"));
}

#[tokio::test]
async fn the_limit_cuts_and_says_so() {
    let limits = Limits { default_rows: 2, max_rows: 2, ..Limits::default() };
    let shop = Shop::with_limits(Scripted::sql("SELECT id FROM orders"), limits);
    let mut ask = shop.question("orders");
    ask.limit = Some(1_000_000);
    let rows = rows_of(shop.answer(ask).await.unwrap()).rows;
    assert_eq!((rows.row_count, rows.truncated), (2, true));
}

#[tokio::test]
async fn a_result_of_too_many_bytes_is_cut() {
    let interpreter = Scripted::sql(
        "SELECT hex(zeroblob(100000)) AS large FROM orders a, orders b, orders c, orders d WHERE a.id > 0",
    );
    let shop = Shop::with_limits(interpreter, Limits { max_result_bytes: 1_000_000, ..Limits::default() });
    let rows = rows_of(shop.answer(shop.question("large cells")).await.unwrap()).rows;
    assert!(rows.truncated && rows.row_count < 81, "{} rows", rows.row_count);
}

#[tokio::test]
async fn truncated_rows_have_no_insights() {
    let interpreter =
        Scripted::sql("SELECT placed_on, total FROM orders UNION ALL SELECT placed_on, total FROM orders");
    let shop = Shop::with_limits(interpreter, Limits { default_rows: 4, ..Limits::default() });
    assert!(rows_of(shop.answer(shop.question("totals")).await.unwrap()).insights.is_empty());
}

#[tokio::test]
async fn own_sql_needs_no_interpreter_and_is_no_conversation() {
    let interpreter = Scripted::sql("SELECT 1");
    let shop = Shop::new(interpreter.clone());
    let answer = shop.answer(shop.asked(Input::Sql("SELECT count(*) FROM orders".to_owned()))).await.unwrap();
    assert_eq!(answer.usage.llm_calls, 0);
    assert_eq!(rows_of(answer).confidence, None);
    assert!(interpreter.seen.lock().unwrap().is_empty());
    let said = shop.runtime.stores.conversations.recent(&shop.session.owner(), 10).await.unwrap();
    assert!(said.is_empty());
}

#[tokio::test]
async fn only_the_named_tables_are_shown_to_the_interpreter() {
    let interpreter = Scripted::new(Interpretation::Chat { message: "fine".to_owned() });
    let shop = Shop::new(interpreter.clone());
    let mut ask = shop.question("anything");
    ask.tables = vec!["ORDERS".to_owned()];
    assert!(matches!(shop.answer(ask).await.unwrap().outcome, Outcome::Chat(_)));
    assert_eq!(
        interpreter.seen.lock().unwrap()[..],
        ["anything | tables orders | 0 messages | today 2026-11-22"]
    );
}

#[tokio::test]
async fn an_export_runs_the_statement_again_for_its_owner_only() {
    let limits = Limits { default_rows: 1, ..Limits::default() };
    let shop = Shop::with_limits(Scripted::sql("SELECT id FROM orders"), limits);
    let answer = shop.answer(shop.question("orders")).await.unwrap();
    let owner = shop.session.owner();
    let rows = ask::export(&shop.runtime, &owner, answer.query_id).await.unwrap().unwrap();
    let all: Vec<_> = rows.batches.map(|batch| batch.unwrap().rows.len()).collect().await;
    assert_eq!(all.iter().sum::<usize>(), 3);

    let stranger = sqlatte_core::SessionId::generate().unwrap().owner();
    assert!(ask::export(&shop.runtime, &stranger, answer.query_id).await.unwrap().is_none());
}
