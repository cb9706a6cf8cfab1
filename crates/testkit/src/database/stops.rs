//! Work that ends early: past its time, dropped by its caller, or cut off from its server.

#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clauses are tests"
)]

use std::time::{Duration, Instant};

use futures::{StreamExt, future};
use sqlatte_providers::{DatabaseProvider, ErrorKind};

use super::{Applies, DatabaseHarness, harness, limits::query};

/// How soon the work on the other side must have ended.
const SOON: Duration = Duration::from_secs(1);
const SHORT: Duration = Duration::from_millis(300);

/// The server has stopped working, and a connection is free for a small query.
pub(super) async fn is_free<H: DatabaseHarness>(harness: &H, provider: &dyn DatabaseProvider) {
    let started = Instant::now();
    while let Applies::Yes(running) = harness.running().await {
        if running == 0 {
            break;
        }
        assert!(started.elapsed() < SOON, "{running} statements still run after {:?}", started.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let started = Instant::now();
    let answer = harness::fetch(provider, query(harness, &harness.many_rows(1), 10, 10 * SOON)).await;
    assert_eq!(answer.expect("a small query is answered").rows.len(), 1);
    assert!(started.elapsed() < harness.answers_within(), "it took {:?}", started.elapsed());
}

/// A query past its time limit is `Timeout`, and the server stops working on it.
pub async fn timeout_stops_the_work<H: DatabaseHarness>(harness: &H) {
    let provider = harness.provider(1).await;
    let started = Instant::now();
    let result = harness::fetch(&*provider, query(harness, &harness.endless(), 10, SHORT)).await;
    let error = result.map(|_| ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(started.elapsed() < SHORT + SOON, "it took {:?}", started.elapsed());
    is_free(harness, &*provider).await;
}

/// The time limit holds for a caller that reads slowly, too.
pub async fn timeout_holds_while_streaming<H: DatabaseHarness>(harness: &H) {
    let provider = harness.provider(1).await;
    let sql = query(harness, &harness.many_rows(1_000_000), u64::MAX, 2 * SHORT);
    let error = match provider.query(sql).await {
        Ok(mut stream) => loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            match stream.batches.next().await {
                Some(Ok(_)) => {}
                Some(Err(error)) => break error,
                None => panic!("a million rows cannot have been read that slowly in time"),
            }
        },
        // On a busy machine the time can be up before the first row.
        Err(error) => error,
    };
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    is_free(harness, &*provider).await;
}

/// The time limit holds for a caller that waits for a connection; the one before it is not disturbed.
pub async fn timeout_holds_while_waiting_for_a_connection<H: DatabaseHarness>(harness: &H) {
    let provider = harness.provider(1).await;
    let endless = harness.endless();
    let first = provider.query(query(harness, &endless, 10, 4 * SHORT));
    let waiting = async {
        tokio::time::sleep(SHORT / 3).await;
        let started = Instant::now();
        let result = provider.query(query(harness, &harness.many_rows(1), 10, SHORT)).await;
        (result.map(|_| ()), started.elapsed())
    };
    let (first, (waited, elapsed)) = future::join(first, waiting).await;
    assert_eq!(first.map(|_| ()).unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(waited.unwrap_err().kind(), ErrorKind::Timeout);
    assert!(elapsed < 3 * SHORT, "it waited for {elapsed:?}");
    is_free(harness, &*provider).await;
}

/// Dropping the call before its columns are known stops the statement.
pub async fn dropping_the_call_stops_the_work<H: DatabaseHarness>(harness: &H) {
    let provider = harness.provider(1).await;
    for _ in 0..3 {
        let call = provider.query(query(harness, &harness.endless(), 10, 600 * SOON));
        assert!(tokio::time::timeout(SHORT, call).await.is_err(), "the query is not endless");
        is_free(harness, &*provider).await;
    }
}

/// Dropping the stream in the midst of its rows stops the statement.
pub async fn dropping_the_stream_stops_the_work<H: DatabaseHarness>(harness: &H) {
    let provider = harness.provider(1).await;
    for batches in 0..3 {
        let sql = query(harness, &harness.many_rows(1_000_000), u64::MAX, 600 * SOON);
        let mut stream = provider.query(sql).await.unwrap();
        for _ in 0..batches {
            stream.batches.next().await.unwrap().unwrap();
        }
        drop(stream);
        is_free(harness, &*provider).await;
    }
}

/// Stopped 200 times in a row, at every moment of a query's life, the pool has all its connections.
pub async fn two_hundred_stops_lose_no_connection<H: DatabaseHarness>(harness: &H) {
    const CONNECTIONS: u64 = 4;
    let provider = harness.provider(CONNECTIONS as usize).await;
    for round in 0..200 / CONNECTIONS {
        let stops = (0..CONNECTIONS).map(|caller| {
            let (provider, after) = (&*provider, Duration::from_millis((round * CONNECTIONS + caller) % 97));
            async move {
                let call = provider.query(query(harness, &harness.endless(), 10, 600 * SOON));
                assert!(tokio::time::timeout(after, call).await.is_err(), "the query is not endless");
            }
        });
        future::join_all(stops).await;
    }
    is_free(harness, &*provider).await;
    no_more_sessions_than(harness, CONNECTIONS).await;
    // Streams that are held open need a connection each.
    let streams = (0..CONNECTIONS).map(|_| async {
        let mut stream =
            provider.query(query(harness, &harness.many_rows(100_000), u64::MAX, 60 * SOON)).await.unwrap();
        stream.batches.next().await.unwrap().unwrap();
        stream
    });
    let streams = tokio::time::timeout(30 * SOON, future::join_all(streams)).await;
    streams.expect("as many statements as there are connections run at once");
}

/// The server keeps no sessions of connections that are gone.
async fn no_more_sessions_than<H: DatabaseHarness>(harness: &H, connections: u64) {
    let started = Instant::now();
    let clause = "two_hundred_stops_lose_no_connection, sessions";
    while let Some(sessions) = harness.sessions().await.or_print(clause) {
        // One more may be kept to stop statements with.
        if sessions <= connections + 1 {
            break;
        }
        // The server notices in its own time that one was closed.
        assert!(started.elapsed() < 5 * SOON, "it keeps {sessions} sessions for {connections} connections");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Calls in flight end as `Unavailable` when the server goes, and the next ones work when it is back.
pub async fn calls_in_flight_fail_when_the_server_goes<H: DatabaseHarness>(harness: &H) {
    const CALLERS: usize = 8;
    let clause = "calls_in_flight_fail_when_the_server_goes";
    if harness.breaks_connections().or_print(clause).is_none() {
        return;
    }
    let provider = harness.provider(CALLERS / 2).await;
    let running = (0..CALLERS).map(|_| {
        let (provider, query) = (provider.clone(), query(harness, &harness.endless(), 10, 60 * SOON));
        tokio::spawn(async move { harness::fetch(&*provider, query).await.map(|_| ()) })
    });
    let running: Vec<_> = running.collect();
    // Half of them run by now, the others wait for a connection.
    tokio::time::sleep(2 * harness.answers_within()).await;
    harness.take_away().await.or_print(clause);
    let ended = tokio::time::timeout(30 * SOON, future::join_all(running)).await;
    harness.bring_back().await;
    for result in ended.expect("no call hangs") {
        let error = result.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    }
    let calls = (0..CALLERS)
        .map(|_| harness::fetch(&*provider, query(harness, &harness.many_rows(1), 10, 10 * SOON)));
    for answer in future::join_all(calls).await {
        answer.expect("the calls after the return are answered");
    }
}
