//! Database files that are missing, corrupt, locked, or no databases: a clear problem, and a server that goes on.

use std::{fs, path::Path, time::Duration};

use serde_json::json;
use sqlatte_e2e::{Response, Start, database};

use crate::support::{Api, Setup, model};

/// Every route that needs the database answers with a problem that names the file and what to do.
async fn is_down(api: &Api, file: &Path, words: &str) {
    let name = file.file_name().unwrap().to_str().unwrap();
    for response in [
        api.get("/api/tables").await,
        api.get("/api/suggestions").await,
        api.sql("SELECT name FROM customers").await,
        api.ask("run SELECT name FROM customers").await,
        api.post("/api/schema", &json!({"tables": ["customers"]})).await,
    ] {
        assert!(matches!(response.status, 502..=504), "{}: {}", response.request, response.text());
        let problem = response.json();
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(words) && detail.contains(name), "{}: {detail}", response.request);
        assert!(problem["code"].as_str().unwrap().starts_with("database_"), "{problem}");
    }
    assert_eq!(api.client().get("/ready").await.status, 503);
    assert_eq!(api.client().get("/health").await.status, 200);
    assert_eq!(api.client().get("/").await.status, 200);
}

async fn on(write: impl Fn(&Path), words: &str) {
    let setup = Setup::with(write, |start| start).await;
    is_down(&setup.api, &setup.database(), words).await;
    // What is put right works without a restart.
    let _ = fs::remove_file(setup.database());
    let _ = fs::remove_dir(setup.database());
    database::shop(&setup.database());
    assert_eq!(setup.api.sql("SELECT count(*) FROM customers").await.expect(200)["data"], json!([[4]]));
    setup.is_ready(200).await;
}

#[tokio::test]
async fn missing() {
    on(|_| {}, "does not exist").await;
}

#[tokio::test]
async fn empty() {
    on(|file| fs::write(file, "").unwrap(), "is empty").await;
}

#[tokio::test]
async fn not_sqlite() {
    on(|file| fs::write(file, "name,city\nZoë,Göteborg\n".repeat(1000)).unwrap(), "is not a SQLite database")
        .await;
}

#[tokio::test]
async fn a_folder() {
    on(|file| fs::create_dir(file).unwrap(), "is a folder").await;
}

#[tokio::test]
async fn corrupt() {
    let damaged = |file: &Path| {
        database::shop(file);
        let mut bytes = fs::read(file).unwrap();
        bytes[100..].fill(0xa5);
        fs::write(file, bytes).unwrap();
    };
    on(damaged, "is damaged").await;
}

/// Only a table is damaged: what does not touch it is answered.
#[tokio::test]
async fn corrupt_in_part() {
    let damaged = |file: &Path| {
        database::numbers(file, 50_000);
        let mut bytes = fs::read(file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 65_536].fill(0xa5);
        fs::write(file, bytes).unwrap();
    };
    let setup = Setup::with(damaged, |start| start).await;
    let response: Response = setup.api.sql("SELECT sum(length(label)) FROM numbers").await;
    let detail = response.problem(502, "database_error")["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("is damaged") && detail.contains("backup"), "{detail}");
    setup.api.sql("SELECT id FROM numbers ORDER BY id LIMIT 1").await.expect(200);
    // An export breaks off, so that nobody takes half of it for all.
    let api = setup.api.new_session().await;
    let query =
        api.post("/api/sql", &json!({"sql": "SELECT id, label FROM numbers", "limit": 10})).await.expect(200);
    let path = format!("/api/query/{}/export", query["query_id"].as_str().unwrap());
    let mut file = api.client().open(hyper::Method::GET, &path, bytes::Bytes::new()).await;
    assert_eq!(file.head.status, 200);
    assert!(file.rest().await.is_err(), "half an export ends as if it were whole");
    setup.api.sql("SELECT 1").await.expect(200);
}

#[tokio::test]
async fn locked() {
    let setup = Setup::shop().await;
    let writer = rusqlite::Connection::open(setup.database()).unwrap();
    writer.execute_batch("BEGIN EXCLUSIVE; UPDATE customers SET city = 'Oslo'").unwrap();
    let response = setup.api.sql("SELECT count(*) FROM customers").await;
    let problem = response.problem(503, "database_unavailable");
    assert!(problem["detail"].as_str().unwrap().contains("is locked"), "{problem}");
    assert_eq!((response.header("retry-after"), &problem["retry_after"]), ("1", &json!(1)));
    writer.execute_batch("ROLLBACK").unwrap();
    assert_eq!(setup.api.sql("SELECT count(*) FROM customers").await.expect(200)["data"], json!([[4]]));
}

/// The file is replaced while the server runs, as a nightly import does.
#[tokio::test]
async fn replaced() {
    let setup = Setup::shop().await;
    setup.api.sql("SELECT count(*) FROM customers").await.expect(200);
    let fresh = setup.database().with_extension("new");
    database::numbers(&fresh, 7);
    fs::rename(&fresh, setup.database()).unwrap();
    // A list of tables younger than five seconds is not read again for one that is missing in it.
    tokio::time::sleep(Duration::from_secs(6)).await;
    let count = setup.api.sql("SELECT count(*) FROM numbers").await;
    assert_eq!(count.expect(200)["data"], json!([[7]]));
}

#[test]
fn check_says_what_is_wrong() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("none.db");
    let model = model();
    let checked = Start::new().database(&file).model(&model.url()).run("check");
    let text = String::from_utf8(checked.stdout).unwrap();
    assert!(!checked.status.success());
    assert!(text.contains("FAIL  database: ") && text.contains("does not exist"), "{text}");
}
