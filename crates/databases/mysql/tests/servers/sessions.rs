//! What a connection is like before, during and after a statement.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::TryStreamExt;
use sqlatte_db_mysql::MySql;
use sqlatte_providers::{ErrorKind, Value};
use sqlatte_testkit::database::{DatabaseHarness, started};

use super::{fails, fetch, fetch_value, query, text};
use crate::harness::{Harness, MySqlServer, Server};

on_both!(
    sessions_start_clean,
    session_settings_are_safe,
    modes_of_the_server_do_not_reach_statements,
    sends_every_byte_of_a_statement,
    killed_statements_say_so,
    a_slow_statement_shows_what_it_has,
);

async fn sessions_start_clean<S: Server>(harness: &Harness<S>) {
    let provider = harness.provider(1).await;
    let first = fetch_value(&*provider, "SELECT CONNECTION_ID()").await;
    let (lock, variable) = (format!("SELECT GET_LOCK('{}', 0)", harness.name), "SELECT @left := 1");
    fetch_value(&*provider, &lock).await;
    fetch_value(&*provider, variable).await;
    assert_eq!(fetch_value(&*provider, "SELECT @left").await, Value::Null);
    let free = format!("SELECT IS_FREE_LOCK('{}')", harness.name);
    assert_eq!(fetch_value(&*provider, &free).await, Value::Integer(1));
    assert_eq!(fetch_value(&*provider, "SELECT CONNECTION_ID()").await, first, "the connection is the same");
}

async fn session_settings_are_safe<S: Server>(harness: &Harness<S>) {
    let mut config = harness.config();
    config.time_zone = "+05:30".to_owned();
    let provider = MySql::new(config).unwrap();
    let (limit, read_only) = if S::IS_MARIADB {
        ("@@max_statement_time * 1000", "@@tx_read_only")
    } else {
        ("@@max_execution_time", "@@transaction_read_only")
    };
    // Twice: the second time on the connection that was reset.
    for _ in 0..2 {
        let sql = format!(
            "SELECT @@character_set_client, @@character_set_results, @@time_zone, {read_only}, {limit} \
             BETWEEN 19000 AND \
             20500, @@sql_mode LIKE '%ANSI_QUOTES%' OR @@sql_mode LIKE '%BACKSLASH%'"
        );
        let (_, rows) = fetch(&provider, &sql).await.unwrap();
        let shown: Vec<_> = rows[0].iter().map(|value| format!("{value:?}")).collect();
        assert_eq!(
            shown.join(", "),
            r#"Text("utf8mb4"), Text("utf8mb4"), Text("+05:30"), Integer(1), Integer(1), Integer(0)"#
        );
    }
}

async fn modes_of_the_server_do_not_reach_statements<S: Server>(harness: &Harness<S>) {
    // With its own settings a server may read quotes and backslashes in another way than the guard does.
    let provider = harness.provider(1).await;
    let sql = r#"SELECT "double", 'back\\slash', 'a' || 'b'"#;
    let (_, rows) = fetch(&*provider, sql).await.unwrap();
    assert_eq!(rows[0][..2], [text("double"), text("back\\slash")]);
    assert_eq!(rows[0][2], Value::Integer(0), "`||` is OR");
}

async fn sends_every_byte_of_a_statement<S: Server>(harness: &Harness<S>) {
    let provider = harness.provider(1).await;
    for (sql, value) in [
        ("SELECT '12:ab'", text("12:ab")),
        ("SELECT CONCAT(5-'3:ab', 'x')", text("2x")),
        ("SELECT 'a' -- :name\n", text("a")),
        ("SELECT JSON_EXTRACT('{\"a\":true}', '$.a') = TRUE /* :name */", Value::Integer(1)),
        ("/* it's */ SELECT 'x:y' # :name", text("x:y")),
    ] {
        assert_eq!(fetch_value(&*provider, sql).await, value, "{sql}");
    }
    let error = fails(&*provider, "SELECT * FROM clients WHERE name = :name").await;
    assert_eq!(error.kind(), ErrorKind::Rejected);
}

async fn killed_statements_say_so<S: Server>(harness: &Harness<S>) {
    let provider = harness.provider(1).await;
    let endless = harness.endless();
    let asking = Arc::clone(&provider);
    let running = tokio::spawn(async move { fails(&*asking, &endless).await });
    let own = format!(
        "SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '{}' AND COMMAND = 'Execute'",
        harness.name
    );
    let id = loop {
        let list = harness.rows(&own).await;
        let digits: String = list.chars().filter(char::is_ascii_digit).collect();
        if !digits.is_empty() {
            break digits;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    harness.set_up(&format!("KILL QUERY {id}")).await;
    let error = running.await.unwrap();
    assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
    assert_eq!(fetch_value(&*provider, "SELECT 1").await, Value::Integer(1));
}

async fn a_slow_statement_shows_what_it_has<S: Server>(harness: &Harness<S>) {
    let provider = harness.provider(1).await;
    // The server sends a row when its buffer is full, so the first ones are long.
    let sql = "SELECT REPEAT('x', 20000), IF(id = 3, SLEEP(2), 0) FROM clients ORDER BY id";
    let started = Instant::now();
    let stream = provider.query(query(sql)).await.unwrap();
    assert!(started.elapsed() < Duration::from_millis(1500), "{:?}", started.elapsed());
    let batches: Vec<_> = stream.batches.try_collect().await.unwrap();
    assert_eq!(batches.iter().map(|batch| batch.rows.len()).sum::<usize>(), 3);
    assert!(started.elapsed() > Duration::from_millis(1900), "{:?}", started.elapsed());
}

/// Where MariaDB has no hint that a statement could carry.
#[tokio::test(flavor = "multi_thread")]
async fn a_limit_of_the_statement_is_a_timeout() {
    let Some(harness) = started::<Harness<MySqlServer>>("a_limit_of_the_statement_is_a_timeout").await else {
        return;
    };
    let provider = harness.provider(1).await;
    let sql = harness.endless().replace("SELECT COUNT(*)", "SELECT /*+ MAX_EXECUTION_TIME(300) */ COUNT(*)");
    let error = tokio::time::timeout(Duration::from_secs(5), fails(&*provider, &sql)).await.unwrap();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert_eq!(fetch_value(&*provider, "SELECT 1").await, Value::Integer(1));
}
