//! The store contract on a SQLite file.

use sqlatte_store::SqliteStore;
use sqlatte_testkit::store::StoreHarness;

async fn sqlite() -> StoreHarness {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("sqlatte.db")).await.unwrap();
    StoreHarness::keeping(store.stores(), folder)
}

sqlatte_testkit::store_contract!(sqlite);
