//! The questions of `docs/demo-questions.md` on the demo database, compared with the hand-written SQL as that
//! document says: row by row, columns in any order and under any names, more columns allowed, numbers to two
//! digits, rows in order where the kinds say `top n`.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::{sync::Arc, time::Duration};

use chrono::{NaiveDate, Utc};
use futures::StreamExt;
use sqlatte_core::{
    Catalog, Context, ConversationMessage, Interpretation, Interpreter, QueryId, Schema, Speaker,
};
use sqlatte_db_sqlite::{Sqlite, SqliteConfig, demo};
use sqlatte_guard::{Dialect, Guard};
use sqlatte_offline::Offline;
use sqlatte_providers::{DatabaseProvider, Query, Value};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/demo-questions.md");
/// The day the demo database is made for; `:today` in the document.
const TODAY: &str = "2026-11-22";
const LEAST_RIGHT: usize = 57;

#[derive(Debug, Default, Clone)]
struct Asked {
    number: usize,
    question: String,
    kinds: String,
    /// The hand-written SQL, then what is also accepted.
    sql: Vec<String>,
}

#[derive(Debug, Default)]
struct Document {
    asked: Vec<Asked>,
    /// What has no answer, and which reactions are fair.
    others: Vec<(String, String)>,
}

fn read(text: &str) -> Document {
    let mut document = Document::default();
    let mut sql: Option<String> = None;
    for line in text.lines() {
        if let Some(block) = &mut sql {
            if line.trim() == "```" {
                if let Some(asked) = document.asked.last_mut() {
                    asked.sql.push(block.replace(":today", &format!("'{TODAY}'")));
                }
                sql = None;
            } else {
                block.push_str(line);
                block.push('\n');
            }
        } else if line.trim() == "```sql" {
            sql = Some(String::new());
        } else if let Some((number, question)) =
            line.strip_prefix("### ").and_then(|rest| rest.split_once(". "))
        {
            document.asked.push(Asked {
                number: number.parse().unwrap(),
                question: question.trim().to_owned(),
                ..Asked::default()
            });
        } else if let (Some(kinds), Some(asked)) = (line.strip_prefix("kinds:"), document.asked.last_mut()) {
            asked.kinds = kinds.trim().to_owned();
        } else if let Some((question, reaction)) = line
            .strip_prefix("| ")
            .and_then(|row| row.strip_suffix(" |"))
            .and_then(|row| row.split_once(" | "))
            && question != "question"
        {
            document.others.push((question.to_owned(), reaction.to_owned()));
        }
    }
    document
}

impl Asked {
    /// The number of the question this one follows up.
    fn follows(&self) -> Option<usize> {
        let rest = self.kinds.split("follow-up of ").nth(1)?;
        rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
    }
}

async fn rows(database: &Sqlite, sql: &str) -> Result<Vec<Vec<Value>>, String> {
    let sql = Guard::new(Dialect::Sqlite).check(sql).map_err(|refusal| refusal.to_string())?;
    let query = Query { sql, max_rows: 1_000_000, timeout: Duration::from_secs(60) };
    let mut stream = database.query(query).await.map_err(|error| error.to_string())?.batches;
    let mut rows = Vec::new();
    while let Some(batch) = stream.next().await {
        rows.extend(batch.map_err(|error| error.to_string())?.rows);
    }
    Ok(rows)
}

fn same_value(expected: &Value, answered: &Value) -> bool {
    match (expected.as_f64(), answered.as_f64()) {
        (Some(left), Some(right)) => (left - right).abs() <= 0.005 + left.abs() * 1e-9,
        (Some(left), None) => answered.as_str().is_some_and(|text| text.parse() == Ok(left)),
        (None, Some(right)) => expected.as_str().is_some_and(|text| text.parse() == Ok(right)),
        (None, None) => match (expected, answered) {
            (Value::Text(left), Value::Text(right)) => {
                // a date for a time, the first of the month for the month
                left == right
                    || left.get(..10) == Some(right)
                    || right.get(..7).is_some_and(|month| month == left && right.ends_with("-01"))
            }
            _ => expected == answered,
        },
    }
}

/// For sorting rows before they are compared: numbers to two digits.
fn key(value: &Value) -> String {
    match value.as_f64() {
        Some(number) => format!("{number:020.1}"),
        None => format!("{value:?}"),
    }
}

/// Whether some choice of the answer's columns gives the expected rows.
fn same(expected: &[Vec<Value>], answered: &[Vec<Value>], ordered: bool) -> bool {
    if expected.len() != answered.len() {
        return false;
    }
    let (Some(first), Some(other)) = (expected.first(), answered.first()) else { return true };
    let mut chosen = Vec::with_capacity(first.len());
    choose(first.len(), other.len(), &mut chosen, &|columns| {
        let mut wanted: Vec<Vec<Value>> = expected.to_vec();
        let mut picked: Vec<Vec<Value>> =
            answered.iter().map(|row| columns.iter().map(|&column| row[column].clone()).collect()).collect();
        if !ordered {
            let by_text = |row: &Vec<Value>| row.iter().map(key).collect::<Vec<_>>();
            wanted.sort_by_key(by_text);
            picked.sort_by_key(by_text);
        }
        wanted.iter().zip(&picked).all(|(wanted, picked)| {
            wanted.iter().zip(picked).all(|(wanted, picked)| same_value(wanted, picked))
        })
    })
}

/// Tries every way to pick `width` different columns out of `from`.
fn choose(width: usize, from: usize, chosen: &mut Vec<usize>, fits: &dyn Fn(&[usize]) -> bool) -> bool {
    if chosen.len() == width {
        return fits(chosen);
    }
    (0..from).any(|column| {
        if chosen.contains(&column) {
            return false;
        }
        chosen.push(column);
        let found = choose(width, from, chosen, fits);
        chosen.pop();
        found
    })
}

struct Demo {
    _folder: tempfile::TempDir,
    database: Arc<Sqlite>,
    catalog: Catalog,
    schema: Arc<Schema>,
    engine: Offline,
    today: NaiveDate,
}

impl Demo {
    async fn new() -> Self {
        let today: NaiveDate = TODAY.parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("demo.db");
        demo::create(&path, today).unwrap();
        let database = Arc::new(Sqlite::open(SqliteConfig::new(&path)).unwrap());
        let catalog = Catalog::new(Arc::clone(&database) as Arc<dyn DatabaseProvider>);
        let tables = catalog.tables().await.unwrap();
        let schema = catalog.describe(&tables).await.unwrap();
        Demo { _folder: folder, database, catalog, schema, engine: Offline::new(), today }
    }

    async fn ask(&self, question: &str, before: &[String]) -> Interpretation {
        let conversation: Vec<ConversationMessage> = before
            .iter()
            .map(|text| ConversationMessage {
                speaker: Speaker::User,
                text: text.clone(),
                sql: None,
                query_id: QueryId::new(Utc::now()),
                created_at: Utc::now(),
            })
            .collect();
        let context = Context {
            catalog: &self.catalog,
            schema: Arc::clone(&self.schema),
            conversation: &conversation,
            today: self.today,
            watcher: None,
        };
        self.engine.interpret(question, &context).await.unwrap().interpretation
    }
}

#[tokio::test]
async fn answers_the_demo_questions() {
    let document = read(&std::fs::read_to_string(DOCUMENT).unwrap());
    let demo = Demo::new().await;
    let (mut right, mut declined, mut wrong) = (0, Vec::new(), Vec::new());
    for asked in &document.asked {
        let before: Vec<String> = asked
            .follows()
            .and_then(|number| document.asked.iter().find(|other| other.number == number))
            .map(|other| other.question.clone())
            .into_iter()
            .collect();
        let draft = match demo.ask(&asked.question, &before).await {
            Interpretation::Sql(draft) => draft,
            other => {
                declined.push(format!("{}. {}\n   {other:?}", asked.number, asked.question));
                continue;
            }
        };
        let answered = rows(&demo.database, &draft.sql).await;
        let mut fits = false;
        for gold in &asked.sql {
            let expected = rows(&demo.database, gold).await.unwrap();
            fits |= answered
                .as_ref()
                .is_ok_and(|answered| same(&expected, answered, asked.kinds.contains("top n")));
        }
        if fits {
            right += 1;
        } else {
            wrong.push(format!(
                "{}. {}\n{}\n{}",
                asked.number,
                asked.question,
                draft.sql,
                answered.err().unwrap_or_default()
            ));
        }
    }
    let mut unfair = Vec::new();
    for (question, reaction) in &document.others {
        let fair = match demo.ask(question, &[]).await {
            Interpretation::Chat { .. } => reaction.contains("chat"),
            Interpretation::Unanswerable { nearest, .. } => {
                reaction.contains("declined") && nearest.len() == 3
            }
            Interpretation::Clarify { .. } | Interpretation::Declined { .. } | Interpretation::Sql(_) => {
                false
            }
        };
        if !fair {
            unfair.push(question.clone());
        }
    }
    println!(
        "{right} of {} right, {} declined, {} wrong; {} of {} others as they should be",
        document.asked.len(),
        declined.len(),
        wrong.len(),
        document.others.len() - unfair.len(),
        document.others.len()
    );
    println!("declined:\n{}", declined.join("\n"));
    assert!(wrong.is_empty(), "answered wrongly:\n{}", wrong.join("\n\n"));
    assert!(unfair.is_empty(), "not reacted to as the document says:\n{}", unfair.join("\n"));
    assert!(right >= LEAST_RIGHT, "only {right} right");
    assert!(document.asked.len() >= 60 && document.others.len() >= 20);
}
