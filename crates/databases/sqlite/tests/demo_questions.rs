//! The answers in `docs/demo-questions.md` run on the demo database and say something.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::{collections::BTreeSet, fs};

use rusqlite::{Connection, OpenFlags, types::Value};
use sqlatte_db_sqlite::demo;

const TODAY: &str = "2026-11-22";
const QUESTIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/demo-questions.md");

struct Question {
    number: usize,
    text: String,
    kinds: Vec<String>,
    /// The answer, then what is accepted too.
    sql: Vec<String>,
}

fn questions() -> Vec<Question> {
    let text = fs::read_to_string(QUESTIONS).unwrap();
    let (_, listed) = text.split_once("## Questions with answers").unwrap();
    let (listed, _) = listed.split_once("## Questions without an answer").unwrap();
    let question = |entry: &str| {
        let (title, body) = entry.split_once('\n').unwrap();
        let (number, text) = title.split_once(". ").unwrap();
        let kinds = body.lines().next().and_then(|line| line.strip_prefix("kinds: ")).unwrap();
        let sql = body.split("```sql\n").skip(1).map(|block| block.split("```").next().unwrap().to_owned());
        Question {
            number: number.parse().unwrap(),
            text: text.to_owned(),
            kinds: kinds.split(", ").map(str::to_owned).collect(),
            sql: sql.collect(),
        }
    };
    listed.split("\n### ").skip(1).map(question).collect()
}

fn run(connection: &Connection, sql: &str) -> Vec<Vec<Value>> {
    let mut statement = connection.prepare(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    if let Some(index) = statement.parameter_index(":today").unwrap() {
        statement.raw_bind_parameter(index, TODAY).unwrap();
    }
    let width = statement.column_count();
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        found.push((0..width).map(|index| row.get(index).unwrap()).collect());
    }
    found
}

#[test]
fn every_answer_runs_and_says_something() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.db");
    demo::create(&path, TODAY.parse().unwrap()).unwrap();
    let connection = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    for question in questions() {
        for sql in &question.sql {
            let rows = run(&connection, sql);
            println!("{:>2}. {} → {} rows, {:?}", question.number, question.text, rows.len(), &rows.first());
            assert!((1..=500).contains(&rows.len()), "{}: {} rows", question.number, rows.len());
            let trivial = |value: &Value| matches!(value, Value::Null | Value::Integer(0));
            assert!(rows.len() > 1 || !rows[0].iter().any(trivial), "{}: {rows:?}", question.number);
        }
        // What is cut off must not be as large as what is shown, or the answer is a matter of luck.
        if question.kinds.iter().any(|kind| kind == "top n") {
            let (sql, limit) = question.sql[0].rsplit_once("LIMIT ").unwrap();
            let limit: usize = limit.trim().parse().unwrap();
            let all = run(&connection, sql);
            let figure = |row: &Vec<Value>| format!("{:?}", row.last());
            assert_ne!(figure(&all[limit - 1]), figure(&all[limit]), "{}", question.number);
        }
    }
}

#[test]
fn every_kind_is_asked() {
    let questions = questions();
    assert_eq!(
        questions.iter().map(|question| question.number).collect::<Vec<_>>(),
        (1..=60).collect::<Vec<_>>()
    );
    let kinds: BTreeSet<_> =
        questions.iter().flat_map(|question| &question.kinds).map(String::as_str).collect();
    for kind in [
        "count",
        "sum",
        "average",
        "min",
        "max",
        "group by",
        "top n",
        "comparison",
        "range",
        "list",
        "value lookup",
        "date",
        "negation",
        "distinct",
        "having",
        "join",
        "synonym",
        "non-ascii",
    ] {
        assert!(kinds.contains(kind), "{kind}");
    }
    assert_eq!(kinds.iter().filter(|kind| kind.starts_with("follow-up of ")).count(), 4);
}

#[test]
fn twenty_questions_have_no_answer() {
    let text = fs::read_to_string(QUESTIONS).unwrap();
    let (_, listed) = text.split_once("|---|---|\n").unwrap();
    let reactions: Vec<_> = listed.lines().map(|line| line.split(" | ").nth(1).unwrap()).collect();
    assert_eq!(reactions.len(), 20);
    assert!(reactions.iter().all(|reaction| {
        let reaction = reaction.trim_end_matches(" |");
        ["chat", "declined", "chat or declined"].contains(&reaction)
    }));
}
