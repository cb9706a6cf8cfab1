//! Reads questions from standard input and writes what the engine makes of them.
//!
//! ```text
//! read_questions DATABASE.sqlite 2026-11-22 < questions.txt      a question a line; ">" continues the one before
//! read_questions FOLDER 2026-11-22 < questions.jsonl             {"id", "db", "question"} → {"id", "sql", ...}
//! ```
//! A database file that does not exist is made as the demo database.

use std::{
    collections::HashMap,
    error::Error,
    io::{BufRead, Write, stdin, stdout},
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use chrono::{NaiveDate, Utc};
use sqlatte_core::{
    Catalog, Context, ConversationMessage, Interpretation, Interpreted, Interpreter, QueryId, Schema, Speaker,
};
use sqlatte_db_sqlite::{Sqlite, SqliteConfig, demo};
use sqlatte_offline::Offline;

/// A database with its described tables.
struct Opened {
    catalog: Catalog,
    schema: Arc<Schema>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = PathBuf::from(arguments.next().ok_or("name a database file or a folder of them")?);
    let today: NaiveDate = arguments.next().ok_or("name today's date")?.parse()?;
    if !path.exists() {
        demo::create(&path, today)?;
    }
    let engine = Offline::new();
    let mut opened: HashMap<String, Opened> = HashMap::new();
    let mut said: Vec<ConversationMessage> = Vec::new();
    for line in stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let json: Option<serde_json::Value> =
            line.starts_with('{').then(|| serde_json::from_str(&line)).transpose()?;
        let name = json.as_ref().and_then(|json| json["db"].as_str()).unwrap_or("").to_owned();
        if !opened.contains_key(&name) {
            let file = if name.is_empty() { path.clone() } else { path.join(format!("{name}.sqlite")) };
            opened.insert(name.clone(), open(&file).await?);
        }
        let database = opened.get(&name).ok_or("a database is gone")?;
        let (continues, question) = match json.as_ref() {
            Some(json) => (false, json["question"].as_str().unwrap_or("").to_owned()),
            None => match line.strip_prefix('>') {
                Some(rest) => (true, rest.trim().to_owned()),
                None => (false, line.clone()),
            },
        };
        if !continues {
            said.clear();
        }
        let context = Context {
            catalog: &database.catalog,
            schema: Arc::clone(&database.schema),
            conversation: &said,
            today,
            watcher: None,
        };
        let started = Instant::now();
        let interpreted = engine.interpret(&question, &context).await?;
        let micros = started.elapsed().as_micros();
        match json {
            Some(json) => writeln!(stdout(), "{}", as_json(&json, &interpreted, micros))?,
            None => writeln!(stdout(), "{}", as_text(&question, &interpreted, micros))?,
        }
        said.push(ConversationMessage {
            speaker: Speaker::User,
            text: question,
            sql: None,
            query_id: QueryId::new(Utc::now()),
            created_at: Utc::now(),
        });
    }
    Ok(())
}

async fn open(file: &Path) -> Result<Opened, Box<dyn Error>> {
    let catalog = Catalog::new(Arc::new(Sqlite::open(SqliteConfig::new(file))?));
    let tables = catalog.tables().await?;
    let schema = catalog.describe(&tables).await?;
    Ok(Opened { catalog, schema })
}

fn as_json(asked: &serde_json::Value, interpreted: &Interpreted, micros: u128) -> serde_json::Value {
    let (sql, note) = match &interpreted.interpretation {
        Interpretation::Sql(draft) => (Some(draft.sql.clone()), String::new()),
        Interpretation::Chat { message } | Interpretation::Clarify { message, .. } => (None, message.clone()),
        Interpretation::Unanswerable { reason, .. } | Interpretation::Declined { reason } => {
            (None, reason.clone())
        }
    };
    serde_json::json!({"id": asked["id"], "sql": sql, "note": note, "confidence": interpreted.intent.confidence, "micros": micros as u64})
}

fn as_text(question: &str, interpreted: &Interpreted, micros: u128) -> String {
    let mut text = format!("## {question}   [{:.2}, {micros} µs]\n", interpreted.intent.confidence);
    match &interpreted.interpretation {
        Interpretation::Sql(draft) => {
            text.push_str(&format!("{}\n-- {}\n", draft.sql, draft.explanation));
            for reading in &draft.readings {
                text.push_str(&format!("--   {} → {}\n", reading.phrase, reading.meaning));
            }
        }
        Interpretation::Chat { message } => text.push_str(&format!("CHAT {message}\n")),
        Interpretation::Clarify { message, options } => {
            text.push_str(&format!("CLARIFY {message} {options:?}\n"))
        }
        Interpretation::Unanswerable { reason, nearest } => {
            text.push_str(&format!("DECLINED {reason} {nearest:?}\n"))
        }
        Interpretation::Declined { reason } => text.push_str(&format!("REFUSED {reason}\n")),
    }
    text
}
