use chrono::{DateTime, Utc};

use super::*;
use crate::{
    ConversationMessage, Favorite, HistoryEntry, HistoryStore, Owner, Page, QueryId, Session, SessionStore,
    Speaker, Status, Timing,
};

const ALL: Page = Page { limit: 1_000, offset: 0, search: None };

fn instant(seconds: u64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn session(name: &str) -> Session {
    Session { owner: Owner::user(name), created_at: instant(0), last_seen_at: instant(0) }
}

fn message(text: &str) -> ConversationMessage {
    let (speaker, query_id) = (Speaker::User, QueryId::new(instant(0)));
    ConversationMessage { speaker, text: text.to_owned(), sql: None, query_id, created_at: instant(0) }
}

fn entry(seconds: u64) -> HistoryEntry {
    HistoryEntry {
        id: QueryId::new(instant(seconds)),
        owner: Owner::user("ada"),
        question: Some("x".repeat(100)),
        sql: None,
        status: Status::Cancelled,
        tables: Vec::new(),
        row_count: None,
        error_code: None,
        error_message: None,
        timing: Timing::default(),
        usage: Default::default(),
        created_at: instant(seconds),
        cached: false,
        favorite: false,
    }
}

fn favorite(seconds: u64) -> Favorite {
    Favorite {
        id: QueryId::new(instant(seconds)),
        owner: Owner::user("ada"),
        query_id: None,
        name: "Orders".to_owned(),
        question: None,
        sql: "SELECT 1".to_owned(),
        created_at: instant(seconds),
    }
}

#[tokio::test]
async fn what_is_idle_is_forgotten() {
    let idle = Duration::from_millis(50);
    let stores =
        MemoryLimits { session_idle: idle, conversation_idle: idle, ..MemoryLimits::default() }.stores();
    let ada = session("ada");
    stores.sessions.create(&ada).await.unwrap();
    stores.conversations.append(&ada.owner, &[message("hello")]).await.unwrap();
    stores.history.record(&entry(0)).await.unwrap();
    tokio::time::sleep(3 * idle).await;
    assert_eq!(stores.sessions.find(&ada.owner).await.unwrap(), None);
    assert_eq!(stores.conversations.recent(&ada.owner, 10).await.unwrap(), []);
    assert_eq!(stores.history.list(&ada.owner, &ALL).await.unwrap().total, 0);
}

#[tokio::test]
async fn new_sessions_push_out_those_longest_unused() {
    let store = MemorySessions::new(MemoryLimits { sessions: 10, ..MemoryLimits::default() });
    for number in 0..100 {
        store.create(&session(&number.to_string())).await.unwrap();
        // what is too much goes in the background, sooner or later
        store.sessions.run_pending_tasks().await;
    }
    assert!(store.find(&Owner::user("99")).await.unwrap().is_some(), "the newest works");
    assert!(store.find(&Owner::user("0")).await.unwrap().is_none());
}

#[tokio::test]
async fn a_conversation_keeps_its_newest_messages() {
    let limits = MemoryLimits { messages_per_conversation: 3, ..MemoryLimits::default() };
    let (stores, ada) = (limits.stores(), Owner::user("ada"));
    for number in 0..10 {
        stores.conversations.append(&ada, &[message(&number.to_string())]).await.unwrap();
    }
    let kept = stores.conversations.recent(&ada, 10).await.unwrap();
    assert_eq!(kept.iter().map(|message| message.text.as_str()).collect::<Vec<_>>(), ["7", "8", "9"]);
}

#[tokio::test]
async fn a_history_keeps_its_newest_entries_in_order() {
    let limits = MemoryLimits { entries_per_owner: 3, ..MemoryLimits::default() };
    let (stores, ada) = (limits.stores(), Owner::user("ada"));
    for seconds in [5, 1, 4, 2, 3] {
        stores.history.record(&entry(seconds)).await.unwrap();
    }
    let kept = stores.history.list(&ada, &ALL).await.unwrap();
    let times: Vec<_> = kept.items.iter().map(|entry| entry.created_at.timestamp()).collect();
    assert_eq!(times, [5, 4, 3]);
}

#[tokio::test]
async fn one_favorite_too_many_is_refused_in_words() {
    let limits = MemoryLimits { favorites_per_owner: 2, ..MemoryLimits::default() };
    let (stores, ada) = (limits.stores(), Owner::user("ada"));
    let kept = [favorite(0), favorite(1)];
    for favorite in &kept {
        stores.history.add_favorite(favorite).await.unwrap();
    }
    let refusal = stores.history.add_favorite(&favorite(2)).await.unwrap_err();
    assert!(refusal.to_string().contains("at most 2"), "{refusal}");
    stores.history.add_favorite(&kept[0]).await.unwrap();
    assert_eq!(stores.history.favorites(&ada, &ALL).await.unwrap().total, 2);
}

#[tokio::test]
async fn histories_together_stay_within_their_bytes() {
    const BYTES: u64 = 100_000;
    let store = MemoryHistory::new(MemoryLimits { history_bytes: BYTES, ..MemoryLimits::default() });
    for number in 0..1_000 {
        let owner = Owner::user(&format!("{number}"));
        store.record(&HistoryEntry { owner, ..entry(number) }).await.unwrap();
    }
    let (owners, bytes) = store.settled().await;
    assert!(bytes <= BYTES, "{bytes} bytes");
    assert!((100..1_000).contains(&owners), "{owners} owners");
}

#[tokio::test]
async fn nothing_kept_shows_in_debug() {
    let stores = stores();
    stores.conversations.append(&Owner::user("ada"), &[message("secret")]).await.unwrap();
    assert!(!format!("{stores:?}").contains("secret"));
}
