use std::time::{Duration, Instant};

use futures::StreamExt;
use sqlatte_core::{
    Page, Status,
    ask::{self, Event, Stage, StageStatus},
};

use crate::fixture::{Scripted, Shop};

/// The only statement, which would run for hours.
fn endless() -> Shop {
    Shop::new(Scripted::sql("SELECT count(*) FROM endless"))
}

/// Streams until the statement runs.
async fn running(shop: &Shop, ask: ask::Ask) -> impl futures::Stream<Item = Event> + Unpin + use<> {
    let mut events = Box::pin(ask::events(shop.runtime.clone(), ask));
    while let Some(event) = events.next().await {
        if matches!(event, Event::Stage { stage: Stage::Running, status: StageStatus::Running, .. }) {
            break;
        }
    }
    events
}

#[tokio::test]
async fn cancelling_ends_it_and_is_history() {
    let shop = endless();
    let ask = shop.question("count for ever");
    let (id, cancel) = (ask.query_id, ask.cancel.clone());
    let mut events = running(&shop, ask).await;
    cancel.cancel();
    let began = Instant::now();
    let mut last = None;
    while let Some(event) = events.next().await {
        last = Some(event);
    }
    assert!(matches!(last, Some(Event::Failed(failure)) if failure.error.code() == "cancelled"));
    assert!(began.elapsed() < Duration::from_secs(1));
    let entry = shop.runtime.stores.history.find(&shop.session.owner(), id).await.unwrap().unwrap();
    assert_eq!(entry.status, Status::Cancelled);
}

#[tokio::test]
async fn dropping_the_stream_ends_it_and_is_history() {
    let shop = endless();
    drop(running(&shop, shop.question("count for ever")).await);
    let history = &shop.runtime.stores.history;
    let page = Page { limit: 10, ..Page::default() };
    for _ in 0..100 {
        let entries = history.list(&shop.session.owner(), &page).await.unwrap().items;
        if let [entry] = &entries[..] {
            assert_eq!(entry.status, Status::Cancelled);
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("a dropped question left no trace");
}

#[tokio::test]
async fn the_pool_is_whole_after_many_stops() {
    let shop = endless();
    for _ in 0..50 {
        drop(running(&shop, shop.question("count for ever")).await);
    }
    let ask = shop.asked(ask::Input::Sql("SELECT count(*) FROM orders".to_owned()));
    assert!(shop.answer(ask).await.is_ok());
}
