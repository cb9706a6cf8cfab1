//! What is forgotten after a time, and what is not.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::time::Duration;

use sqlatte_core::{Page, Rating, Session, SessionId};
use sqlatte_store::{Purged, Retention, SqliteStore};
use sqlatte_testkit::store::{entry, favorite, feedback, instant, message, owner};

const DAY: u32 = 24 * 60 * 60;
const ALL: Page = Page { limit: 100, offset: 0, search: None };

async fn open() -> (tempfile::TempDir, SqliteStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("sqlatte.db")).await.unwrap();
    (folder, store)
}

#[tokio::test]
async fn idle_sessions_end_with_all_they_own() {
    let (_folder, store) = open().await;
    let stores = store.stores();
    let owners = [SessionId::generate().unwrap().owner(), SessionId::generate().unwrap().owner()];
    for (owner, last_seen_at) in owners.iter().zip([instant(0), instant(20 * DAY)]) {
        let session = Session { owner: owner.clone(), created_at: instant(0), last_seen_at };
        stores.sessions.create(&session).await.unwrap();
        let entry = entry(owner, 20 * DAY, "How many?");
        stores.history.record(&entry).await.unwrap();
        stores.history.set_feedback(owner, &feedback(entry.id, Rating::Up)).await.unwrap();
        stores.history.add_favorite(&favorite(owner, 0, "Orders", Some(entry.id))).await.unwrap();
        stores.conversations.append(owner, &[message(31 * DAY, "hello")]).await.unwrap();
    }
    let purged = store.purge(instant(31 * DAY), Retention::default()).await.unwrap();
    assert_eq!(purged, Purged { sessions: 1, messages: 0, entries: 0 });
    for (owner, left) in owners.iter().zip([0, 1]) {
        assert_eq!(stores.sessions.find(owner).await.unwrap().is_some(), left == 1);
        assert_eq!(stores.history.list(owner, &ALL).await.unwrap().total, left);
        assert_eq!(stores.history.favorites(owner, &ALL).await.unwrap().total, left);
        assert_eq!(stores.conversations.recent(owner, 10).await.unwrap().len() as u64, left);
    }
}

#[tokio::test]
async fn idle_conversations_are_forgotten_and_live_ones_kept_whole() {
    let (_folder, store) = open().await;
    let conversations = store.stores().conversations;
    let (idle, live) = (owner("idle"), owner("live"));
    conversations.append(&idle, &[message(0, "old"), message(1, "old")]).await.unwrap();
    conversations.append(&live, &[message(0, "old"), message(DAY, "new")]).await.unwrap();
    let purged = store.purge(instant(DAY + 10), Retention::default()).await.unwrap();
    assert_eq!(purged, Purged { sessions: 0, messages: 2, entries: 0 });
    assert_eq!(conversations.recent(&idle, 10).await.unwrap().len(), 0);
    assert_eq!(conversations.recent(&live, 10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn old_entries_go_only_when_asked() {
    let (_folder, store) = open().await;
    let history = store.stores().history;
    let owner = owner("ada");
    for day in 0..120 {
        history.record(&entry(&owner, day * DAY, "How many?")).await.unwrap();
    }
    history.add_favorite(&favorite(&owner, 0, "Orders", None)).await.unwrap();
    let now = instant(120 * DAY);
    let forever = Retention::default();
    assert_eq!(store.purge(now, forever).await.unwrap(), Purged::default());
    let ten_days = Retention { history: Some(Duration::from_secs(u64::from(10 * DAY))), ..forever };
    assert_eq!(store.purge(now, ten_days).await.unwrap().entries, 110);
    assert_eq!(history.list(&owner, &ALL).await.unwrap().total, 10);
    assert_eq!(history.favorites(&owner, &ALL).await.unwrap().total, 1);
}

#[tokio::test]
async fn keeping_longer_than_time_itself_forgets_nothing() {
    let (_folder, store) = open().await;
    let owner = owner("ada");
    store.stores().history.record(&entry(&owner, 0, "How many?")).await.unwrap();
    let keep =
        Retention { sessions: Duration::MAX, conversations: Duration::MAX, history: Some(Duration::MAX) };
    assert_eq!(store.purge(instant(0), keep).await.unwrap(), Purged::default());
}
