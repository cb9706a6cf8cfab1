use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::TimeDelta;
use sqlatte_core::{Runtime, Speaker};

use crate::fixture::{Scripted, Shop, noon};

#[tokio::test]
async fn a_second_question_sees_the_first() {
    let interpreter = Scripted::sql("SELECT count(*) FROM orders");
    let shop = Shop::new(interpreter.clone());
    shop.answer(shop.question("how many orders?")).await.unwrap();
    shop.answer(shop.question("and last month?")).await.unwrap();
    assert!(interpreter.seen.lock().unwrap()[1].contains("2 messages"));

    let said = shop.runtime.stores.conversations.recent(&shop.session.owner(), 10).await.unwrap();
    assert_eq!(said.len(), 4);
    assert_eq!((said[0].speaker, said[0].text.as_str()), (Speaker::User, "how many orders?"));
    assert_eq!(said[1].sql.as_deref(), Some("SELECT count(*) FROM orders"));
}

#[tokio::test]
async fn an_old_conversation_is_not_remembered() {
    let interpreter = Scripted::sql("SELECT 1");
    let mut shop = Shop::new(interpreter.clone());
    let now = Arc::new(Mutex::new(noon()));
    let clock = {
        let now = Arc::clone(&now);
        move || *now.lock().unwrap()
    };
    let database = shop.runtime.catalog.database().clone();
    shop.runtime = Arc::new(Runtime::builder(database, interpreter.clone(), clock).build());

    shop.answer(shop.question("first")).await.unwrap();
    *now.lock().unwrap() += TimeDelta::from_std(Duration::from_secs(3601)).unwrap();
    shop.answer(shop.question("second")).await.unwrap();
    shop.answer(shop.question("third")).await.unwrap();
    let seen = interpreter.seen.lock().unwrap();
    assert!(seen[1].contains("0 messages"), "{seen:?}");
    assert!(seen[2].contains("2 messages"), "what was forgotten came back: {seen:?}");
}

#[tokio::test]
async fn sessions_do_not_hear_each_other() {
    let interpreter = Scripted::sql("SELECT 1");
    let shop = Shop::new(interpreter.clone());
    shop.answer(shop.question("mine")).await.unwrap();
    let mut theirs = shop.question("theirs");
    theirs.session = sqlatte_core::SessionId::generate().unwrap();
    shop.answer(theirs).await.unwrap();
    assert!(interpreter.seen.lock().unwrap()[1].contains("0 messages"));
}
