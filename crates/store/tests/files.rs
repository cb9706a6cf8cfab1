//! What a file can be, and what people are told when it is not what it should be.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use sqlatte_core::{Page, StoreError};
use sqlatte_store::SqliteStore;
use sqlatte_testkit::store::{entry, owner};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("made").join("sqlatte.db");
    (folder, file)
}

async fn refusal(file: &Path) -> String {
    let error: StoreError = SqliteStore::open(file).await.unwrap_err();
    let message = error.to_string();
    assert!(message.contains(&file.display().to_string()), "names the file: {message}");
    message
}

async fn change(file: &Path, sql: &'static str) {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn what_was_kept_survives_a_restart() {
    let (_folder, file) = folder();
    let owner = owner("ada");
    let entry = entry(&owner, 0, "How many orders?");
    let store = SqliteStore::open(&file).await.unwrap();
    store.stores().history.record(&entry).await.unwrap();
    store.close().await;
    assert!(!file.with_extension("db-wal").exists(), "a clean end leaves one file");

    let refused = store.stores().history.record(&entry).await.unwrap_err();
    assert!(refused.to_string().contains("shutting down"), "{refused}");
    assert!(store.stores().history.find(&owner, entry.id).await.is_err());

    let store = SqliteStore::open(&file).await.unwrap();
    assert_eq!(store.stores().history.find(&owner, entry.id).await.unwrap(), Some(entry));
    store.check().await.unwrap();
    store.verify().await.unwrap();
}

#[tokio::test]
async fn a_write_is_made_though_its_caller_stopped_waiting() {
    let (_folder, file) = folder();
    let owner = owner("ada");
    let store = SqliteStore::open(&file).await.unwrap();
    for seconds in 0..50 {
        let stores = store.stores();
        let entry = entry(&owner, seconds, "How many orders?");
        let mut recording = Box::pin(async move { stores.history.record(&entry).await });
        // polled once, so that it is on its way, and dropped
        assert!(futures::poll!(&mut recording).is_pending());
    }
    store.close().await;
    let store = SqliteStore::open(&file).await.unwrap();
    let page = Page { limit: 1, ..Page::default() };
    assert_eq!(store.stores().history.list(&owner, &page).await.unwrap().total, 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_open_the_same_new_file_at_once() {
    for _ in 0..5 {
        let (_folder, file) = folder();
        let opening: Vec<_> = (0..8u32)
            .map(|number| {
                let file = file.clone();
                tokio::spawn(async move {
                    let store = SqliteStore::open(&file).await.unwrap();
                    let entry = entry(&owner("ada"), number, "How many orders?");
                    store.stores().history.record(&entry).await.unwrap();
                    store.close().await;
                })
            })
            .collect();
        for opened in opening {
            opened.await.unwrap();
        }
        let store = SqliteStore::open(&file).await.unwrap();
        let page = Page { limit: 1, ..Page::default() };
        assert_eq!(store.stores().history.list(&owner("ada"), &page).await.unwrap().total, 8);
    }
}

#[tokio::test]
async fn another_file_is_not_overwritten() {
    let (_folder, file) = folder();
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "important notes, not a database").unwrap();
    assert!(refusal(&file).await.contains("is not a SQLite database"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "important notes, not a database");
}

#[tokio::test]
async fn another_database_is_not_added_to() {
    let (_folder, file) = folder();
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    change(&file, "CREATE TABLE sales (amount)").await;
    assert!(refusal(&file).await.contains("that SQLatte did not make"));
}

#[tokio::test]
async fn a_folder_or_a_file_in_the_way_is_named() {
    let (folder, file) = folder();
    fs::create_dir_all(&file).unwrap();
    assert!(refusal(&file).await.contains("cannot be opened"));
    let file = folder.path().join("plain file").join("sqlatte.db");
    fs::write(file.parent().unwrap(), "").unwrap();
    assert!(refusal(&file).await.contains("cannot be opened"));
}

#[cfg(unix)]
#[tokio::test]
async fn what_cannot_be_written_is_refused_at_once() {
    use std::os::unix::fs::PermissionsExt;

    let (_folder, file) = folder();
    SqliteStore::open(&file).await.unwrap().close().await;
    let made = file.parent().unwrap().to_owned();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
    if fs::OpenOptions::new().write(true).open(&file).is_ok() {
        eprintln!("not tested: this user may write whatever the permissions say");
        return;
    }
    assert!(refusal(&file).await.contains("write permission"));
    fs::set_permissions(&made, fs::Permissions::from_mode(0o555)).unwrap();
    assert!(refusal(&file).await.contains("write permission"));
    assert!(refusal(&made.join("new.db")).await.contains("write permission"));
    assert!(refusal(&made.join("sub").join("new.db")).await.contains("write permission"));
    fs::set_permissions(&made, fs::Permissions::from_mode(0o755)).unwrap();
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_left_alone() {
    let (_folder, file) = folder();
    SqliteStore::open(&file).await.unwrap().close().await;
    change(
        &file,
        "INSERT INTO sqlatte_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', TRUE, x'00', 0)",
    )
    .await;
    assert!(refusal(&file).await.contains("was written by a newer SQLatte"));
}

#[tokio::test]
async fn a_damaged_file_is_told() {
    let (_folder, file) = folder();
    let store = SqliteStore::open(&file).await.unwrap();
    for seconds in 0..200 {
        store.stores().history.record(&entry(&owner("ada"), seconds, "How many orders?")).await.unwrap();
    }
    store.close().await;
    let mut bytes = fs::read(&file).unwrap();
    let half = bytes.len() / 2;
    bytes[half..].fill(0xa5);
    fs::write(&file, bytes).unwrap();
    let told = match SqliteStore::open(&file).await {
        Ok(store) => store.verify().await.unwrap_err(),
        Err(error) => error,
    };
    assert!(told.to_string().contains("is damaged"), "{told}");

    fs::write(&file, b"SQLite format 3\0 and then nothing that makes sense").unwrap();
    let message = refusal(&file).await;
    assert!(message.contains("is not a SQLite database") || message.contains("is damaged"), "{message}");
}
