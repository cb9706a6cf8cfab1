#![expect(clippy::missing_panics_doc, clippy::print_stderr, reason = "clauses are tests")]

use std::time::Duration;

use sqlatte_guard::Dialect;
use sqlatte_providers::Query;

use super::{DatabaseHarness, harness};

/// The statements that the guard's own tests know as hostile in this dialect.
pub fn hostile_corpus(dialect: Dialect) -> Vec<String> {
    let corpus = match dialect {
        Dialect::Postgresql => include_str!("../../../guard/tests/corpus/postgresql.tsv"),
        Dialect::Mysql => include_str!("../../../guard/tests/corpus/mysql.tsv"),
        Dialect::Trino => include_str!("../../../guard/tests/corpus/trino.tsv"),
        Dialect::Bigquery => include_str!("../../../guard/tests/corpus/bigquery.tsv"),
        Dialect::Sqlite => include_str!("../../../guard/tests/corpus/sqlite.tsv"),
    };
    // Lines of verdict, class and statement.
    let refused = corpus.lines().filter_map(|line| line.strip_prefix("refuse\t")?.split_once('\t'));
    refused.map(|(_, sql)| sql.replace("\\n", "\n").replace("\\r", "\r")).collect()
}

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
