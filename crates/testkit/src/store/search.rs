use sqlatte_core::{HistoryEntry, Page, Stores};

use super::{entry, owner};

/// Records these questions and gives those a search finds, oldest first.
async fn found(stores: &Stores, questions: &[&str], search: &str) -> Vec<String> {
    let owner = owner(search);
    for (seconds, question) in (0..).zip(questions) {
        stores.history.record(&entry(&owner, seconds, question)).await.unwrap();
    }
    let page = Page { limit: 100, offset: 0, search: Some(search.to_owned()) };
    let page = stores.history.list(&owner, &page).await.unwrap();
    assert_eq!(page.total, page.items.len() as u64);
    page.items.into_iter().rev().filter_map(|entry| entry.question).collect()
}

/// Not only the newest page is searched, and the SQL is searched too.
pub async fn a_search_covers_all_entries(stores: Stores) {
    let owner = owner("ada");
    let first = HistoryEntry {
        sql: Some("SELECT * FROM needles".to_owned()),
        question: None,
        ..entry(&owner, 0, "")
    };
    stores.history.record(&first).await.unwrap();
    for seconds in 1..150 {
        let question = if seconds == 75 { "Where is the needle?" } else { "What is hay?" };
        stores.history.record(&entry(&owner, seconds, question)).await.unwrap();
    }
    let search = Some("needle".to_owned());
    let all =
        stores.history.list(&owner, &Page { limit: 10, offset: 0, search: search.clone() }).await.unwrap();
    assert_eq!(all.total, 2);
    assert_eq!(all.items.len(), 2);
    assert_eq!(all.items[1], first);
    let second = stores.history.list(&owner, &Page { limit: 10, offset: 1, search }).await.unwrap();
    assert_eq!((second.items, second.total), (vec![first], 2));
    let everything = Page { limit: 200, offset: 0, search: Some(String::new()) };
    assert_eq!(stores.history.list(&owner, &everything).await.unwrap().items.len(), 150);
}

/// In any letter case, beyond ASCII too.
pub async fn a_search_ignores_case(stores: Stores) {
    let questions = ["Orders from İstanbul", "STRASSE", "straße", "ISPARTA", "Ça va", "café"];
    for (search, expected) in [
        ("ORDERS FROM ISTANBUL", &questions[..1]),
        ("istanbul", &questions[..1]),
        ("Straße", &questions[1..3]),
        ("ısparta", &questions[3..4]),
        ("ÇA", &questions[4..5]),
        ("CAFÉ", &questions[5..]),
        ("cafe", &[]),
        ("SELECT Count", &questions[..]),
    ] {
        assert_eq!(found(&stores, &questions, search).await, expected, "{search}");
    }
}

/// Nothing in a search is a wildcard, an escape or the end of a text.
pub async fn a_search_takes_every_character_as_it_is(stores: Stores) {
    let questions =
        ["100 % growth", "100 of growth", "order_items", "orderXitems", "a\\b", "it's", "\"q\" 🫘", "[a-z]?"];
    for (search, expected) in [
        ("100 %", &questions[..1]),
        ("%", &questions[..1]),
        ("order_", &questions[2..3]),
        ("_", &questions[2..3]),
        ("\\", &questions[4..5]),
        ("'", &questions[5..6]),
        ("' OR '1'='1", &[]),
        ("\"q\"", &questions[6..7]),
        ("🫘", &questions[6..7]),
        ("[a-z]?", &questions[7..]),
        ("?", &questions[7..]),
    ] {
        assert_eq!(found(&stores, &questions, search).await, expected, "{search}");
    }
}

/// The end of the question and the beginning of the SQL are no text together.
pub async fn a_search_stays_within_one_text(stores: Stores) {
    for search in ["many?SELECT", "many? SELECT", "many?\nSELECT"] {
        assert_eq!(found(&stores, &["How many?"], search).await, [""; 0], "{search:?}");
    }
}
