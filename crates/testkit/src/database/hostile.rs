#![expect(clippy::missing_panics_doc, clippy::print_stderr, reason = "clauses are tests")]

use std::time::Duration;

use sqlatte_providers::Query;

use super::{DatabaseHarness, harness};

/// Hostile statements pushed past the guard leave everything as it was, and the provider usable.
pub async fn hostile_statements_change_nothing<H: DatabaseHarness>(harness: &H) {
    let statements = harness.hostile();
    assert!(statements.len() >= 20, "only {} hostile statements", statements.len());
    let provider = harness.provider(2).await;
    let before = harness.state().await;
    let mut answered = 0;
    for sql in &statements {
        let query = Query { timeout: Duration::from_secs(1), ..harness::query(harness, sql) };
        match harness::fetch(&*provider, query).await {
            Ok(_) => {
                eprintln!("runs and changes nothing: {sql}");
                answered += 1;
            }
            Err(error) => assert!(!error.message().is_empty(), "{sql}"),
        }
        assert_eq!(harness.state().await, before, "{sql}");
    }
    eprintln!("{} hostile statements, {answered} of them run without effect", statements.len());
    let answer = harness::fetch(&*provider, harness::query(harness, "SELECT id FROM clients")).await;
    assert_eq!(answer.map(|answer| answer.rows.len()).ok(), Some(3), "the provider is still usable");
}
