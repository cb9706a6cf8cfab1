//! Every statement of the corpora, ours and, where they are present, the shared ones.

use std::{fs, path::PathBuf};

use sqlatte_guard::{Dialect, Guard};

/// A statement and whether it must pass.
pub(crate) struct Case {
    pub(crate) dialect: Dialect,
    pub(crate) allow: bool,
    pub(crate) class: String,
    pub(crate) sql: String,
}

/// Our own statements: verdict, class and statement, tab separated, with `\n` and `\r` for line ends.
pub(crate) fn own(dialect: Dialect) -> Vec<Case> {
    let text = match dialect {
        Dialect::Sqlite => include_str!("../corpus/sqlite.tsv"),
        Dialect::Postgresql => include_str!("../corpus/postgresql.tsv"),
        Dialect::Mysql => include_str!("../corpus/mysql.tsv"),
        Dialect::Trino => include_str!("../corpus/trino.tsv"),
        Dialect::Bigquery => include_str!("../corpus/bigquery.tsv"),
    };
    let lines = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    lines
        .map(|fields| match fields.as_slice() {
            [verdict @ ("allow" | "refuse"), class, sql] => Case {
                dialect,
                allow: *verdict == "allow",
                class: (*class).to_owned(),
                sql: sql.replace("\\n", "\n").replace("\\r", "\r"),
            },
            other => panic!("{dialect}: not verdict, class and statement: {other:?}"),
        })
        .collect()
}

fn check(cases: &[Case], guard: impl Fn(Dialect) -> Guard) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| match guard(case.dialect).check(&case.sql) {
            Ok(_) if case.allow => None,
            Err(_) if !case.allow => None,
            Ok(_) => Some(format!("{} {}: passed: {}", case.dialect, case.class, case.sql)),
            Err(refusal) => Some(format!("{} {}: {refusal}: {}", case.dialect, case.class, case.sql)),
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn sqlite() {
    check(&own(Dialect::Sqlite), Guard::new);
}

#[test]
fn postgresql() {
    check(&own(Dialect::Postgresql), Guard::new);
}

#[test]
fn mysql() {
    check(&own(Dialect::Mysql), Guard::new);
}

#[test]
fn trino() {
    check(&own(Dialect::Trino), Guard::new);
}

#[test]
fn bigquery() {
    check(&own(Dialect::Bigquery), Guard::new);
}

/// A folder beside the project, which not every checkout has.
pub(crate) fn shared(file: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(file);
    let text = fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("skipped: no {}", path.display());
    }
    text
}

pub(crate) fn shared_cases(file: &str) -> Vec<Case> {
    let text = shared(file).unwrap_or_default();
    let rows =
        text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect::<Vec<_>>());
    rows.filter_map(|fields| match fields.as_slice() {
        [dialect, verdict, class, sql] if *dialect != "duckdb" => Some(Case {
            dialect: dialect.parse().expect("a dialect"),
            allow: *verdict == "allow",
            class: (*class).to_owned(),
            sql: sql.replace("\\n", "\n"),
        }),
        _ => None,
    })
    .collect()
}

#[test]
fn shared_statements() {
    for file in ["guard/readonly_corpus.tsv", "guard/extra.tsv"] {
        check(&shared_cases(file), Guard::new);
    }
}

#[test]
fn shared_questions() {
    let text = shared("text2sql/questions.jsonl").unwrap_or_default();
    let guard = Guard::new(Dialect::Sqlite);
    let mut refused = Vec::new();
    for line in text.lines() {
        let question: serde_json::Value = serde_json::from_str(line).expect("a JSON line");
        let sql = question["gold_sql"].as_str().expect("gold_sql");
        if let Err(refusal) = guard.check(sql) {
            refused.push(format!("{refusal}: {sql}"));
        }
    }
    // One statement, asked twice, has a LIMIT before INTERSECT, which SQLite does not run either.
    assert!(refused.len() <= 2, "{} refused:\n{}", refused.len(), refused.join("\n"));
}
