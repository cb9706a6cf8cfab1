use std::time::Duration;

use sqlatte_core::{Limits, Status, ask::AskError};
use sqlatte_providers::{ErrorKind, ProviderError};

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
