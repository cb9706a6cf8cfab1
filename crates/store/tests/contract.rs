//! The store contract on a SQLite file.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use sqlatte_store::SqliteStore;
use sqlatte_testkit::store::StoreHarness;

async fn sqlite() -> StoreHarness {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("sqlatte.db")).await.unwrap();
    StoreHarness::keeping(store.stores(), folder)
}

sqlatte_testkit::store_contract!(sqlite);
