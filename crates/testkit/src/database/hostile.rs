#![expect(clippy::missing_panics_doc, clippy::print_stderr, clippy::panic, reason = "clauses are tests")]

use std::{path::PathBuf, time::Duration};

use sqlatte_providers::{DatabaseProvider, ErrorKind, ProviderError, Query, Value};

use super::{DatabaseHarness, corpus, harness};

/// Hostile statements pushed past the guard leave everything as it was, and the provider usable.
pub async fn hostile_statements_change_nothing<H: DatabaseHarness>(harness: &H) {
    for sql in corpus::victims(harness.dialect()) {
        harness.administer(&sql).await;
    }
    let statements = harness.hostile();
    assert!(statements.len() >= 200, "only {} hostile statements", statements.len());
    // One connection, so that each statement meets what the one before left behind.
    let provider = harness.provider(1).await;
    let files = corpus::files_named(&statements);
    let before = everything(harness, &*provider, &files).await;
    let mut ends = [0_u32; ENDS.len()];
    for some in statements.chunks(harness.looks_after()) {
        for sql in some {
            ends[push(harness, &*provider, sql).await] += 1;
        }
        let after = everything(harness, &*provider, &files).await;
        assert!(after == before, "one of {some:#?}\n{}", difference(&before, &after));
    }
    let counts: Vec<_> = ENDS.iter().zip(ends).map(|(name, count)| format!("{count} {name}")).collect();
    eprintln!("{} hostile statements: {}", statements.len(), counts.join(", "));
    let answer = harness::fetch(&*provider, harness::query(harness, "SELECT id FROM clients")).await;
    assert_eq!(answer.map(|answer| answer.rows.len()).ok(), Some(3), "the provider is still usable");
}

/// Runs a hostile statement; how it ended is a place in [`ENDS`].
async fn push<H: DatabaseHarness>(harness: &H, provider: &dyn DatabaseProvider, sql: &str) -> usize {
    let query = Query { timeout: Duration::from_secs(1), ..harness::query(harness, sql) };
    match harness::fetch(provider, query).await {
        Ok(answer) => {
            eprintln!("runs and changes nothing: {sql}");
            assert!(!answer.rows.iter().flatten().any(is_of_passwd), "a file was read: {sql}");
            0
        }
        Err(error) => {
            assert!(!error.message().is_empty(), "{sql}");
            if error.kind() == ErrorKind::Unavailable {
                eprintln!("loses its connection: {sql}: {error}");
            }
            end(&error)
        }
    }
}

/// What an administrator changes is to be seen in [`DatabaseHarness::state`]: the clause above can fail.
pub async fn every_change_would_be_seen<H: DatabaseHarness>(harness: &H) {
    for sql in corpus::victims(harness.dialect()) {
        harness.administer(&sql).await;
    }
    let changes = harness.changes();
    assert!(changes.len() >= 4, "only {} changes", changes.len());
    let mut before = harness.state().await;
    assert_eq!(harness.state().await, before, "the state is not the same twice");
    for sql in changes {
        harness.administer(&sql).await;
        let after = harness.state().await;
        assert!(after != before, "the state does not show: {sql}");
        before = after;
    }
}

/// Whether a value is out of the file that most statements which read files try to read.
fn is_of_passwd(value: &Value) -> bool {
    let part = "root:x:0:";
    match value {
        Value::Bytes(bytes) => String::from_utf8_lossy(bytes).contains(part),
        other => format!("{other:?}").contains(part),
    }
}

/// How hostile statements end.
const ENDS: [&str; 6] = [
    "ran without effect",
    "ran out of time",
    "named what does not exist",
    "were malformed",
    "lost their connection",
    "met a wall",
];

fn end(error: &ProviderError) -> usize {
    let message = error.message().to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    match error.kind() {
        ErrorKind::Timeout => 1,
        ErrorKind::Unavailable => 4,
        _ if says(&[
            "denied",
            "read only",
            "read-only",
            "not authorized",
            "only statements that give rows",
        ]) =>
        {
            5
        }
        _ if says(&[
            "does not exist",
            "doesn't exist",
            "no such",
            "unknown",
            "not registered",
            "cannot be resolved",
            "not found",
            "there is no",
        ]) =>
        {
            2
        }
        _ if says(&[
            "syntax",
            "mismatched input",
            "extraneous input",
            "unterminated",
            "unrecognized token",
            "incomplete input",
        ]) =>
        {
            3
        }
        _ => 5,
    }
}

/// The state of the database, of the files that statements name, and of the session that the next statement has.
async fn everything<H: DatabaseHarness>(
    harness: &H,
    provider: &dyn DatabaseProvider,
    files: &[PathBuf],
) -> String {
    let mut text = harness.state().await;
    text.push('\n');
    text.push_str(&corpus::files_now(files));
    for sql in harness.session() {
        let answer = harness::fetch(provider, harness::query(harness, &sql)).await;
        let rows = answer.map(|answer| answer.rows).unwrap_or_else(|error| panic!("{sql}: {error}"));
        for row in rows {
            text.push_str(&format!("session {row:?}\n"));
        }
    }
    text
}

/// The lines that are in one of two texts only.
fn difference(before: &str, after: &str) -> String {
    let only = |sign: &str, text: &str, other: &str| {
        let lines = text.lines().filter(|line| !other.lines().any(|known| known == *line));
        lines.map(|line| format!("{sign} {line}\n")).collect::<String>()
    };
    only("-", before, after) + &only("+", after, before)
}
