//! The questions of `docs/demo-questions.md` on copies of the demo database: each engine gives the rows that the
//! demo database itself gives.

use std::collections::HashMap;

use serde_json::Value;
use sqlatte_e2e::{Client, Start};

use crate::{copy::copy, engine::Engine};

const DOCUMENT: &str = include_str!("../../../docs/demo-questions.md");

/// A question, and the number of the one it follows up.
struct Asked {
    number: usize,
    text: String,
    follows: Option<usize>,
}

fn questions() -> Vec<Asked> {
    let mut asked: Vec<Asked> = Vec::new();
    for line in DOCUMENT.lines() {
        if let Some((number, text)) = line.strip_prefix("### ").and_then(|rest| rest.split_once(". ")) {
            let number = number.parse().unwrap();
            asked.push(Asked { number, text: text.trim().to_owned(), follows: None });
        } else if let (Some((_, rest)), Some(last)) = (line.split_once("follow-up of "), asked.last_mut())
            && line.starts_with("kinds:")
        {
            last.follows = rest.split(|letter: char| !letter.is_ascii_digit()).next().unwrap().parse().ok();
        }
    }
    asked
}

/// All answers of one server, by the question's number.
async fn answers(api: &Client) -> HashMap<usize, Value> {
    let questions = questions();
    let mut answers = HashMap::new();
    for question in &questions {
        let mut session = api.clone();
        if let Some(first) = question.follows {
            let first = questions.iter().find(|asked| asked.number == first).unwrap();
            session = api.session(api.ask(&first.text).await.expect(200)["session_id"].as_str().unwrap());
        }
        answers.insert(question.number, session.ask(&question.text).await.expect(200));
    }
    answers
}

/// Rows to compare: numbers to two digits, in any order.
fn rows(answer: &Value) -> Option<Vec<String>> {
    let rows = answer["data"].as_array()?;
    let mut rows: Vec<String> = rows
        .iter()
        .map(|row| row.as_array().unwrap().iter().map(cell).collect::<Vec<_>>().join(" | "))
        .collect();
    rows.sort();
    Some(rows)
}

fn cell(value: &Value) -> String {
    let number = match value {
        Value::Bool(truth) => Some(f64::from(u8::from(*truth))),
        Value::Number(number) => number.as_f64(),
        // Decimals travel as text, and so do dates.
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    match (number, value) {
        (Some(number), _) => format!("{:.1}", number + 0.0),
        (None, Value::String(text)) => text.trim_end_matches(" 00:00:00").to_owned(),
        (None, other) => other.to_string(),
    }
}

async fn same_as_the_demo_database(engine: Engine) {
    let Some(fresh) = engine.fresh().await else { return };
    let demo = Start::new().serve();
    let expected = answers(&demo.client()).await;
    copy(&demo.data_dir().join("demo.db"), engine, &mut fresh.admin().await).await;
    let server = Start::new().argument("--database").argument(fresh.reader().await).serve();
    let found = answers(&server.client()).await;
    drop(server);
    let mut faults = Vec::new();
    for asked in questions() {
        let (expected, found) = (&expected[&asked.number], &found[&asked.number]);
        if rows(expected) != rows(found) {
            faults.push(format!(
                "{}. {}\n  SQLite: {} {:?}\n  here: {} {:?} {}",
                asked.number,
                asked.text,
                expected["sql"],
                rows(expected).map(|rows| rows.into_iter().take(3).collect::<Vec<_>>()),
                found["sql"],
                rows(found).map(|rows| rows.into_iter().take(3).collect::<Vec<_>>()),
                found["error"],
            ));
        }
    }
    fresh.remove().await;
    let with_rows =
        expected.values().filter(|answer| rows(answer).is_some_and(|rows| !rows.is_empty())).count();
    assert!(with_rows >= 55, "only {with_rows} of the questions have rows to compare");
    assert!(faults.is_empty(), "{} differ:\n{}", faults.len(), faults.join("\n"));
}

#[tokio::test]
async fn postgresql_answers_as_the_demo_database() {
    same_as_the_demo_database(Engine::Postgresql).await;
}

#[tokio::test]
async fn mysql_answers_as_the_demo_database() {
    same_as_the_demo_database(Engine::Mysql).await;
}

#[tokio::test]
async fn mariadb_answers_as_the_demo_database() {
    same_as_the_demo_database(Engine::Mariadb).await;
}

#[tokio::test]
async fn trino_answers_as_the_demo_database() {
    same_as_the_demo_database(Engine::Trino).await;
}
