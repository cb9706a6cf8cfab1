use sqlatte_core::{Favorite, Page, Stores};

use super::{entry, favorite, id, owner};

const ALL: Page = Page { limit: 100, offset: 0, search: None };

/// Read from the history, found alone or in a list, until the favourite goes.
pub async fn an_entry_saved_as_favorite_says_so(stores: Stores) {
    let (owner, other) = (owner("ada"), owner("bob"));
    let (saved, plain) = (entry(&owner, 0, "saved"), entry(&owner, 1, "plain"));
    stores.history.record(&saved).await.unwrap();
    stores.history.record(&plain).await.unwrap();
    let favorite = favorite(&owner, 2, "Orders", Some(saved.id));
    stores.history.add_favorite(&favorite).await.unwrap();
    // another's favourite on the same id is not this owner's
    stores
        .history
        .add_favorite(&Favorite { id: id(3), owner: other, query_id: Some(plain.id), ..favorite.clone() })
        .await
        .unwrap();

    assert!(stores.history.find(&owner, saved.id).await.unwrap().unwrap().favorite);
    let flags: Vec<_> =
        stores.history.list(&owner, &ALL).await.unwrap().items.iter().map(|entry| entry.favorite).collect();
    assert_eq!(flags, [false, true]);

    assert!(stores.history.delete_favorite(&owner, favorite.id).await.unwrap());
    assert!(!stores.history.delete_favorite(&owner, favorite.id).await.unwrap());
    assert!(!stores.history.find(&owner, saved.id).await.unwrap().unwrap().favorite);
}

/// As the history is, and by name too.
pub async fn favorites_are_paged_and_searched(stores: Stores) {
    let owner = owner("ada");
    let mut kept: Vec<_> = (0..7).map(|n| favorite(&owner, n, &format!("Näme {n}"), None)).collect();
    kept[3].question = None;
    for favorite in &kept {
        stores.history.add_favorite(favorite).await.unwrap();
    }
    kept.reverse();
    let mut read = Vec::new();
    for offset in [0, 3, 6, 9] {
        let page = stores.history.favorites(&owner, &Page { limit: 3, offset, search: None }).await.unwrap();
        assert_eq!(page.total, 7);
        read.extend(page.items);
    }
    assert_eq!(read, kept, "newest first");
    for (search, total) in [("NÄME 4", 1), ("ORDERS?", 6), ("from ORDERS", 7), ("%", 0), ("_", 0)] {
        let page = Page { search: Some(search.to_owned()), ..ALL };
        assert_eq!(stores.history.favorites(&owner, &page).await.unwrap().total, total, "{search}");
    }
}

/// Nobody sees or deletes what another saved.
pub async fn favorites_of_owners_are_apart(stores: Stores) {
    let (ada, bob) = (owner("ada"), owner("bob"));
    let favorite = favorite(&ada, 0, "secret", None);
    stores.history.add_favorite(&favorite).await.unwrap();
    assert_eq!(stores.history.favorites(&bob, &ALL).await.unwrap().total, 0);
    assert!(!stores.history.delete_favorite(&bob, favorite.id).await.unwrap());
    assert_eq!(stores.history.favorites(&ada, &ALL).await.unwrap().items, [favorite]);
}

/// A favourite outlives the entry it was saved from, and still knows its id.
pub async fn clearing_history_keeps_favorites(stores: Stores) {
    let owner = owner("ada");
    let entries = [entry(&owner, 0, "deleted"), entry(&owner, 1, "cleared")];
    for (seconds, entry) in (2..).zip(&entries) {
        stores.history.record(entry).await.unwrap();
        stores.history.add_favorite(&favorite(&owner, seconds, "kept", Some(entry.id))).await.unwrap();
    }
    stores.history.delete(&owner, entries[0].id).await.unwrap();
    assert_eq!(stores.history.clear(&owner).await.unwrap(), 1);
    let kept = stores.history.favorites(&owner, &ALL).await.unwrap();
    let from: Vec<_> = kept.items.iter().filter_map(|favorite| favorite.query_id).collect();
    assert_eq!(from, [entries[1].id, entries[0].id]);
}
