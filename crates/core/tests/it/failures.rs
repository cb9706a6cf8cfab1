use std::{sync::Arc, time::Duration};

use serde_json::json;
use sqlatte_core::{
    Limits, Status,
    ask::{self, AskError, PromptedInterpreter, Prompts},
    llm::{Price, Priced},
};
use sqlatte_providers::{ErrorKind, ProviderError, Usage, Usd};
use sqlatte_testkit::llm::{FakeAnswer, FakeLlm};

use crate::fixture::{Scripted, Shop};

#[tokio::test]
async fn what_the_database_says_reaches_people_with_its_statement() {
    let shop = Shop::new(Scripted::sql("SELECT colour FROM customers"));
    let ask = shop.question("colours");
    let id = ask.query_id;
    let error = shop.answer(ask).await.unwrap_err();
    assert_eq!((error.code(), error.sql()), ("sql_rejected", Some("SELECT colour FROM customers")));
    assert!(error.to_string().contains("colour"), "{error}");

    let entry = shop.runtime.stores.history.find(&shop.session.owner(), id).await.unwrap().unwrap();
    assert_eq!((entry.status, entry.error_code.as_deref()), (Status::Failed, Some("sql_rejected")));
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_stopped() {
    let limits = Limits { query_timeout: Duration::from_millis(200), ..Limits::default() };
    let shop = Shop::with_limits(Scripted::sql("SELECT count(*) FROM endless"), limits);
    let error = shop.answer(shop.question("count for ever")).await.unwrap_err();
    assert_eq!(error.code(), "database_timeout");
}

#[tokio::test]
async fn an_unknown_table_is_named() {
    let shop = Shop::new(Scripted::sql("SELECT 1"));
    let mut ask = shop.question("anything");
    ask.tables = vec!["orders".to_owned(), "nope".to_owned()];
    let error = shop.answer(ask).await.unwrap_err();
    assert!(matches!(error, AskError::UnknownTable(_)));
    assert_eq!(error.to_string(), "there is no table `nope` in this database");
}

#[tokio::test]
async fn a_model_that_is_down_says_so_and_asks_no_database() {
    let down = ProviderError::new(ErrorKind::Unavailable, "the model cannot be reached");
    let shop = Shop::new(Scripted::failing(down));
    let error = shop.answer(shop.question("anything")).await.unwrap_err();
    assert_eq!(
        (error.code(), error.to_string().as_str()),
        ("llm_unavailable", "the model cannot be reached")
    );
}

#[tokio::test]
async fn tables_that_do_not_exist_are_refused_before_the_database_sees_them() {
    for sql in ["SELECT * FROM invoices", "SELECT * FROM sqlite_schema", "SELECT * FROM other.orders"] {
        let shop = Shop::new(Scripted::sql(sql));
        let error = shop.answer(shop.question("anything")).await.unwrap_err();
        assert_eq!(error.code(), "sql_refused", "{sql}");
    }
    let shop = Shop::new(Scripted::sql("SELECT count(*) FROM main.Orders"));
    assert!(shop.answer(shop.question("anything")).await.is_ok());
}

/// A question that fails, with its error code and its usage, which history has, too.
async fn cost_of(llm: FakeLlm) -> (&'static str, Usage) {
    let one = Usd::from_picos(1);
    let price = Price { input: one, cached_input: one, cache_write: one, output: one };
    let llm = Arc::new(Priced::new(Arc::new(llm), price));
    let interpreter = PromptedInterpreter::new(llm, Prompts::default(), Duration::from_secs(5)).unwrap();
    let shop = Shop::new(Arc::new(interpreter));
    let asked = shop.question("totals");
    let id = asked.query_id;
    let failure = ask::answer(Arc::clone(&shop.runtime), asked).await.unwrap_err();
    let entry = shop.runtime.stores.history.find(&shop.session.owner(), id).await.unwrap().unwrap();
    assert_eq!((entry.status, entry.usage), (Status::Failed, failure.usage));
    (failure.error.code(), failure.usage)
}

#[tokio::test]
async fn what_a_failed_question_cost_is_known() {
    let used = |answers: &[FakeAnswer]| {
        let llm = answers.iter().fold(FakeLlm::new(), |llm, answer| llm.then(answer.clone()));
        cost_of(llm)
    };
    let tokens = |input_tokens, output_tokens| Usage {
        input_tokens,
        output_tokens,
        cost: Some(Usd::from_picos(input_tokens + output_tokens)),
        ..Usage::default()
    };
    let page = FakeAnswer::text("<html>"); // 100 tokens read, 2 written
    let (code, usage) = used(&[page.clone(), page.clone()]).await;
    assert_eq!((code, usage), ("llm_bad_answer", Usage { llm_calls: 2, ..tokens(200, 4) }), "unusable");

    let wrong = FakeAnswer::json(json!({"kind": "sql", "sql": "SELECT wrong FROM orders"}));
    let worse = FakeAnswer::json(json!({"kind": "sql", "sql": "SELECT worse FROM orders"}));
    let (code, usage) = used(&[wrong.clone(), worse, wrong.clone()]).await;
    assert_eq!((code, usage.llm_calls, usage.input_tokens), ("sql_rejected", 3, 300), "not mended");
    assert_eq!(usage.cost, Some(Usd::from_picos(300 + usage.output_tokens)));

    let (code, usage) = used(&[wrong, page]).await;
    assert_eq!((code, usage.llm_calls, usage.input_tokens), ("sql_rejected", 2, 200), "a repair unusable");

    let down = FakeAnswer::error(ErrorKind::Unavailable, "down");
    let (code, usage) = used(&[down]).await;
    let nothing = Usage { llm_calls: 1, unanswered_calls: 1, ..tokens(0, 0) };
    assert_eq!((code, usage), ("llm_unavailable", nothing), "not reached");
}
