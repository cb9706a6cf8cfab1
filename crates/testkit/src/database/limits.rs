#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "clauses are tests"
)]

use std::time::Duration;

use futures::{StreamExt, future};
use sqlatte_providers::{Query, Value};

use super::{DatabaseHarness, harness, stops::is_free};

const SOON: Duration = Duration::from_secs(1);

pub(super) fn query<H: DatabaseHarness>(harness: &H, sql: &str, max_rows: u64, timeout: Duration) -> Query {
    Query { max_rows, timeout, ..harness::query(harness, sql) }
}

/// Columns carry the names the statement gives them, also twice the same.
pub async fn names_columns<H: DatabaseHarness>(harness: &H) {
    let answer = harness::fetch_sql(harness, "SELECT id AS a, name AS b, id AS a FROM clients").await;
    let names: Vec<_> = answer.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "a"]);
}

/// A query without rows has columns all the same.
pub async fn empty_results_have_columns<H: DatabaseHarness>(harness: &H) {
    let answer = harness::fetch_sql(harness, "SELECT id, name FROM clients WHERE id < 0").await;
    assert_eq!((answer.columns.len(), answer.rows.len(), answer.truncated), (2, 0, false));
}

/// More rows than `max_rows`: exactly so many arrive, and the last batch says it.
pub async fn max_rows_truncates<H: DatabaseHarness>(harness: &H) {
    let provider = harness.provider(1).await;
    for max_rows in [0, 1, 499, 500, 501, 2000] {
        let sql = harness.many_rows(2001);
        let answer = harness::fetch(&*provider, query(harness, &sql, max_rows, 60 * SOON)).await.unwrap();
        assert_eq!((answer.rows.len() as u64, answer.truncated), (max_rows, true));
    }
    is_free(harness, &*provider).await;
}

/// Exactly `max_rows` rows are not truncated.
pub async fn max_rows_met_exactly_is_complete<H: DatabaseHarness>(harness: &H) {
    let provider = harness.provider(1).await;
    for max_rows in [1, 500, 1000] {
        let sql = harness.many_rows(max_rows);
        let answer = harness::fetch(&*provider, query(harness, &sql, max_rows, 60 * SOON)).await.unwrap();
        assert_eq!((answer.rows.len() as u64, answer.truncated), (max_rows, false));
    }
}

/// A million rows pass through in batches; the process grows by less than 50 MB.
pub async fn a_million_rows_stream_in_bounded_memory<H: DatabaseHarness>(harness: &H) {
    const ROWS: u64 = 1_000_000;
    let provider = harness.provider(1).await;
    is_free(harness, &*provider).await;
    let before = resident_bytes();
    let sql = query(harness, &harness.many_rows(ROWS), u64::MAX, 600 * SOON);
    let mut batches = provider.query(sql).await.unwrap().batches;
    let (mut rows, mut sum, mut peak) = (0_u64, 0_i64, 0);
    while let Some(batch) = batches.next().await {
        for row in batch.unwrap().rows {
            rows += 1;
            if let Value::Integer(number) = row[0] {
                sum += number;
            }
        }
        if rows % 10_000 < 500 {
            peak = peak.max(resident_bytes());
        }
    }
    assert_eq!((rows, sum), (ROWS, 500_000_500_000));
    let growth = peak.saturating_sub(before);
    eprintln!("a million rows: the process grew by {} KB", growth / 1024);
    assert!(growth < 50 << 20, "grew by {growth} bytes");
}

/// Resident memory of this process; 0 where the system does not say.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) * 1024
}

/// More callers than connections: all are answered, each with its own rows.
pub async fn many_callers_are_all_answered<H: DatabaseHarness>(harness: &H) {
    let provider = harness.provider(2).await;
    let calls = (1..=32_u64).map(|count| {
        let sql = query(harness, &harness.many_rows(count * 40), u64::MAX, 60 * SOON);
        let provider = &*provider;
        async move { harness::fetch(provider, sql).await.unwrap().rows.len() as u64 }
    });
    let counts = future::join_all(calls).await;
    assert_eq!(counts, (1..=32).map(|count| count * 40).collect::<Vec<_>>());
}
