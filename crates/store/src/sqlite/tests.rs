use sqlatte_core::Page;
use sqlatte_testkit::store::{entry, owner};

use super::*;

#[tokio::test]
async fn a_file_without_room_refuses_and_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let file: Arc<Path> = folder.path().join("sqlatte.db").into();
    let mut writing = open::writer(&file).await.unwrap();
    sqlx::query("PRAGMA max_page_count = 60").execute(&mut writing).await.unwrap();
    let store = SqliteStore::with(file.clone(), writing).await.unwrap();
    let owner = owner("ada");
    let long = "How many orders? ".repeat(500);
    let stores = store.stores();
    let mut kept = 0;
    let refused = loop {
        match stores.history.record(&entry(&owner, kept, &long)).await {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
    };
    let message = refused.to_string();
    assert!(message.contains("no space left") && message.contains(&file.display().to_string()), "{message}");
    assert!(!format!("{refused:?}").contains("How many"), "{refused:?}");

    let page = Page { limit: 1, ..Page::default() };
    assert_eq!(
        stores.history.list(&owner, &page).await.unwrap().total,
        u64::from(kept),
        "what was kept is kept"
    );
    assert_eq!(stores.history.clear(&owner).await.unwrap(), u64::from(kept));
    stores.history.record(&entry(&owner, 0, &long)).await.unwrap();
}
