use std::collections::HashSet;

use sqlatte_core::{Feedback, HistoryEntry, Page, Rating, Status, Stores, Timing};
use sqlatte_providers::Usage;

use super::{entry, feedback, id, owner};

/// Read your write, every field, with and without what may be missing.
pub async fn a_recorded_entry_is_read_back(stores: Stores) {
    let owner = owner("ada");
    let full = entry(&owner, 0, "it's \"100 %\" 🫘\0");
    let mut entries = vec![full.clone()];
    for (seconds, status) in (1..).zip(Status::ALL) {
        entries.push(HistoryEntry {
            id: id(seconds),
            question: None,
            sql: None,
            status,
            tables: Vec::new(),
            row_count: None,
            error_code: Some("query_rejected".to_owned()),
            error_message: Some("There is no table `orderz`.".to_owned()),
            timing: Timing::default(),
            usage: Usage::default(),
            ..entry(&owner, seconds, "")
        });
    }
    for entry in &entries {
        stores.history.record(entry).await.unwrap();
        assert_eq!(stores.history.find(&owner, entry.id).await.unwrap().as_ref(), Some(entry));
    }
    entries.reverse();
    let listed = stores.history.list(&owner, &Page { limit: 10, ..Page::default() }).await.unwrap();
    assert_eq!(listed.items, entries, "newest first");
    assert_eq!(listed.total, 5);
}

/// A caller that tries again after it did not hear of the first time does no harm.
pub async fn recording_twice_keeps_one(stores: Stores) {
    let owner = owner("ada");
    let entry = entry(&owner, 0, "How many?");
    stores.history.record(&entry).await.unwrap();
    stores.history.record(&entry).await.unwrap();
    let listed = stores.history.list(&owner, &Page { limit: 10, ..Page::default() }).await.unwrap();
    assert_eq!(listed.items, [entry]);
}

/// Entries that come while someone turns pages push others down, but hide none that was there.
pub async fn pages_have_no_gaps_while_entries_are_added(stores: Stores) {
    let owner = owner("ada");
    let mut expected = HashSet::new();
    for seconds in 0..25 {
        // two of a time, so that the order within it matters
        let entry = entry(&owner, seconds / 2, &format!("question {seconds}"));
        expected.insert(entry.id);
        stores.history.record(&entry).await.unwrap();
    }
    let mut seen = HashSet::new();
    let mut offset = 0;
    loop {
        let page = stores.history.list(&owner, &Page { limit: 4, offset, search: None }).await.unwrap();
        assert_eq!(page.total, 25 + u64::from(offset / 4), "the total counts all that match");
        assert!(page.items.len() <= 4);
        assert!(page.items.is_sorted_by(|newer, older| newer.created_at >= older.created_at));
        if page.items.is_empty() {
            break;
        }
        seen.extend(page.items.iter().map(|entry| entry.id));
        offset += 4;
        stores.history.record(&entry(&owner, 100 + offset, "meanwhile")).await.unwrap();
    }
    assert!(expected.is_subset(&seen));
    let none = stores.history.list(&owner, &Page { limit: 0, ..Page::default() }).await.unwrap();
    assert_eq!((none.items.len(), none.total > 0), (0, true), "a page of none still says how many there are");
}

/// What is forgotten is neither found nor listed.
pub async fn deleted_and_cleared_entries_are_gone(stores: Stores) {
    let owner = owner("ada");
    let entries: Vec<_> = (0..3).map(|seconds| entry(&owner, seconds, "How many?")).collect();
    for entry in &entries {
        stores.history.record(entry).await.unwrap();
    }
    stores.history.set_feedback(&owner, &feedback(entries[0].id, Rating::Down)).await.unwrap();
    assert!(stores.history.delete(&owner, entries[0].id).await.unwrap());
    assert!(!stores.history.delete(&owner, entries[0].id).await.unwrap());
    assert_eq!(stores.history.find(&owner, entries[0].id).await.unwrap(), None);
    assert_eq!(stores.history.clear(&owner).await.unwrap(), 2);
    assert_eq!(stores.history.clear(&owner).await.unwrap(), 0);
    let listed = stores.history.list(&owner, &Page { limit: 10, ..Page::default() }).await.unwrap();
    assert_eq!((listed.items.len(), listed.total), (0, 0));
}

/// Nobody sees, rates, deletes or clears what is another's, even knowing its id.
pub async fn histories_of_owners_are_apart(stores: Stores) {
    let (ada, bob) = (owner("ada"), owner("ada%"));
    let entry = entry(&ada, 0, "secret");
    stores.history.record(&entry).await.unwrap();
    let any = Page { limit: 10, offset: 0, search: Some("secret".to_owned()) };
    assert_eq!(stores.history.find(&bob, entry.id).await.unwrap(), None);
    assert_eq!(stores.history.list(&bob, &any).await.unwrap().total, 0);
    assert!(!stores.history.set_feedback(&bob, &feedback(entry.id, Rating::Down)).await.unwrap());
    assert!(!stores.history.delete(&bob, entry.id).await.unwrap());
    assert_eq!(stores.history.clear(&bob).await.unwrap(), 0);
    assert_eq!(stores.history.list(&ada, &any).await.unwrap().items, [entry]);
}

/// Feedback may be given again, with more or less to it.
pub async fn feedback_replaces_feedback(stores: Stores) {
    let owner = owner("ada");
    let entry = entry(&owner, 0, "How many?");
    stores.history.record(&entry).await.unwrap();
    let full = feedback(entry.id, Rating::Down);
    let bare = Feedback { rating: Rating::Up, comment: None, corrected_sql: None, ..full.clone() };
    for feedback in [&full, &bare, &full] {
        assert!(stores.history.set_feedback(&owner, feedback).await.unwrap());
    }
}

/// "Not found" is an answer.
pub async fn unknown_ids_are_no_error(stores: Stores) {
    let owner = owner("nobody");
    let unknown = id(0);
    assert_eq!(stores.history.find(&owner, unknown).await.unwrap(), None);
    assert!(!stores.history.delete(&owner, unknown).await.unwrap());
    assert!(!stores.history.delete_favorite(&owner, unknown).await.unwrap());
    assert!(!stores.history.set_feedback(&owner, &feedback(unknown, Rating::Up)).await.unwrap());
    assert_eq!(stores.history.clear(&owner).await.unwrap(), 0);
    let page = Page { limit: 10, offset: 5, search: None };
    assert_eq!(stores.history.list(&owner, &page).await.unwrap().total, 0);
    assert_eq!(stores.history.favorites(&owner, &page).await.unwrap().total, 0);
}

/// Many at once, by one owner and by many.
pub async fn concurrent_records_lose_nothing(stores: Stores) {
    const CALLERS: u32 = 32;
    const ENTRIES: u32 = 5;
    let callers = (0..CALLERS).map(|caller| {
        let stores = stores.clone();
        tokio::spawn(async move {
            for seconds in 0..ENTRIES {
                for owner in [owner("everybody"), owner(&format!("caller {caller}"))] {
                    let entry = entry(&owner, seconds, "How many?");
                    stores.history.record(&entry).await.unwrap();
                    let found = stores.history.find(&owner, entry.id).await.unwrap();
                    assert_eq!(found, Some(entry), "what was recorded is read back at once");
                }
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    let page = Page { limit: 1, ..Page::default() };
    let together = stores.history.list(&owner("everybody"), &page).await.unwrap();
    assert_eq!(together.total, u64::from(CALLERS * ENTRIES));
    for caller in 0..CALLERS {
        let alone = stores.history.list(&owner(&format!("caller {caller}")), &page).await.unwrap();
        assert_eq!(alone.total, u64::from(ENTRIES));
    }
}
