//! Broken statements on the demo database: what the first try hears, and what reaches the database.
//!
//! A line of `cases.tsv` holds who finds the fault (`name`: the catalogue; `function`: the guard; `database`), the
//! broken statement, its repair, and the words that name the fix.
#![expect(clippy::panic, clippy::unwrap_used, reason = "tests fail this way")]

mod recording;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, Local, NaiveDate, TimeZone};
use sqlatte_core::{
    Attempt, Context, Draft, Intent, Interpretation, Interpreted, Interpreter, Outcome, QueryId, Runtime,
    SessionId,
    ask::{self, Ask, AskError, Input},
};
use sqlatte_db_sqlite::{Sqlite, SqliteConfig, demo};
use sqlatte_providers::{Result, Usage};
use tokio_util::sync::CancellationToken;

use recording::Recording;

/// Hints that must name the fix, of all cases.
const LEAST_NAMED: usize = 104;
const CASES: &str = include_str!("cases.tsv");
const QUESTIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/demo-questions.md");

fn noon() -> DateTime<Local> {
    Local.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap()
}

/// Writes one statement, then the others in its place, and keeps what it was told.
#[derive(Debug, Default)]
struct Writer {
    statements: Mutex<Vec<String>>,
    told: Mutex<Vec<Attempt>>,
}

impl Writer {
    fn next(&self) -> Option<Interpreted> {
        let mut statements = self.statements.lock().unwrap();
        if statements.is_empty() {
            return None;
        }
        let draft = Draft {
            sql: statements.remove(0),
            explanation: String::new(),
            readings: Vec::new(),
            confidence: 1.0,
            follow_ups: Vec::new(),
        };
        Some(Interpreted {
            interpretation: Interpretation::Sql(draft),
            intent: Intent { intent: "sql", confidence: 1.0, reasoning: String::new() },
            usage: Usage { llm_calls: 1, input_tokens: 100, output_tokens: 10, ..Usage::default() },
        })
    }
}

#[async_trait]
impl Interpreter for Writer {
    fn name(&self) -> String {
        "writer".to_owned()
    }

    async fn interpret(&self, _: &str, _: &Context<'_>) -> Result<Interpreted> {
        Ok(self.next().unwrap())
    }

    async fn repair(&self, _: &str, _: &Context<'_>, failed: &Attempt) -> Result<Option<Interpreted>> {
        self.told.lock().unwrap().push(failed.clone());
        Ok(self.next())
    }

    async fn starters(&self, _: &Context<'_>, _: usize) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    async fn check(&self) -> Result<()> {
        Ok(())
    }
}

/// The demo database, asked through the whole pipeline.
struct Demo {
    runtime: Arc<Runtime>,
    database: Arc<Recording>,
    writer: Arc<Writer>,
    session: SessionId,
    _folder: tempfile::TempDir,
}

impl Demo {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("demo.db");
        demo::create(&path, NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()).unwrap();
        let database = Arc::new(Recording::new(Sqlite::open(SqliteConfig::new(path)).unwrap()));
        let writer = Arc::new(Writer::default());
        let runtime = Runtime::builder(database.clone(), writer.clone(), noon).build();
        let session = SessionId::generate().unwrap();
        Demo { runtime: Arc::new(runtime), database, writer, session, _folder: folder }
    }

    /// Asks a question to which these statements are written, one after the other.
    async fn written(&self, statements: &[&str]) -> std::result::Result<Ended, AskError> {
        *self.writer.statements.lock().unwrap() = statements.iter().map(|sql| (*sql).to_owned()).collect();
        self.writer.told.lock().unwrap().clear();
        self.database.forget();
        let answer = self.asked(Input::Question("a question".to_owned())).await?;
        match answer.outcome {
            Outcome::Sql(sql) => Ok(Ended {
                attempts: sql.attempts,
                sql: sql.sql,
                calls: answer.usage.llm_calls,
                tokens: answer.usage.input_tokens,
            }),
            Outcome::Chat(chat) => panic!("rows expected, got: {}", chat.message),
        }
    }

    async fn asked(&self, input: Input) -> std::result::Result<sqlatte_core::Answer, AskError> {
        let ask = Ask {
            input,
            session: self.session.clone(),
            owner: self.session.owner(),
            query_id: QueryId::new(self.runtime.clock.utc()),
            tables: Vec::new(),
            limit: None,
            insights: false,
            fresh: false,
            cancel: CancellationToken::new(),
        };
        ask::answer(Arc::clone(&self.runtime), ask).await.map_err(|failure| failure.error)
    }

    /// What the only repair heard: the fault, the place, the hints.
    fn heard(&self) -> String {
        let told = self.writer.told.lock().unwrap();
        let [attempt] = told.as_slice() else { panic!("{} repairs", told.len()) };
        std::iter::once(&attempt.fault).chain(&attempt.hints).cloned().collect::<Vec<_>>().join("\n    ")
    }
}

/// How a question ended that got rows.
struct Ended {
    attempts: u32,
    sql: String,
    calls: u32,
    tokens: u64,
}

#[tokio::test]
async fn every_broken_statement_is_mended_from_what_it_is_told() {
    let demo = Demo::new();
    let (mut named, mut lines, mut count) = (0, Vec::new(), 0);
    for line in CASES.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [finder, broken, fixed, fix] = fields[..] else { panic!("not four fields: {line}") };
        let ended = demo.written(&[broken, fixed]).await.unwrap_or_else(|error| panic!("{broken}: {error}"));
        assert_eq!((ended.attempts, ended.sql.as_str()), (2, fixed), "{broken}");
        assert_eq!((ended.calls, ended.tokens), (2, 200), "{broken}");

        let reached = demo.database.reached();
        let expected: &[&str] = if finder == "database" { &[broken, fixed] } else { &[fixed] };
        assert_eq!(reached, expected, "{finder}");
        for error in demo.database.errors() {
            let unknown = error.contains("no such column") || error.contains("no such table");
            assert!(!unknown, "an unknown name reached the database: {broken}: {error}");
        }

        let heard = demo.heard();
        count += 1;
        named += usize::from(heard.contains(fix));
        let mark = if heard.contains(fix) { "" } else { "NOT NAMED: " };
        lines.push(format!("{mark}{broken}\n    {heard}"));
    }
    println!("{named} of {count} hints name the fix");
    insta::assert_snapshot!(lines.join("\n"));
    assert!(count >= 60, "{count}");
    assert!(named >= LEAST_NAMED, "{named} of {count} hints name the fix");
}

#[tokio::test]
async fn nothing_is_said_of_the_demo_questions() {
    let text = std::fs::read_to_string(QUESTIONS).unwrap();
    let demo = Demo::new();
    let mut count = 0;
    for block in text.split("```sql\n").skip(1) {
        let sql = block.split("```").next().unwrap_or_default().replace(":today", "'2026-11-22'");
        let ended = demo.written(&[sql.trim()]).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert_eq!(ended.attempts, 1, "{sql}");
        count += 1;
    }
    assert!(count >= 60, "{count}");
}

#[tokio::test]
async fn two_repairs_are_the_most() {
    let demo = Demo::new();
    let broken = ["SELECT a1 FROM orders", "SELECT a2 FROM orders", "SELECT a3 FROM orders", "SELECT 1 AS x"];
    let error = demo.written(&broken).await.err().unwrap();
    assert!(error.to_string().contains("`a3`"), "{error}");
    assert_eq!(demo.writer.told.lock().unwrap().len(), 2);
    assert!(demo.database.reached().is_empty());
}

#[tokio::test]
async fn the_same_statement_again_ends_the_repairs() {
    let demo = Demo::new();
    let error = demo.written(&["SELECT a1 FROM orders"; 3]).await.err().unwrap();
    assert_eq!((error.code(), demo.writer.told.lock().unwrap().len()), ("sql_rejected", 1));
}

#[tokio::test]
async fn what_must_not_run_is_never_repaired() {
    let demo = Demo::new();
    for forbidden in [
        "DELETE FROM orders",
        "SELECT 1; DROP TABLE orders",
        "SELECT load_extension('x')",
        "SELECT writefile('/tmp/x', name) FROM customers",
        "SELECT * FROM sqlite_schema",
        "SELECT * FROM pragma_table_info('orders')",
        "PRAGMA table_info(orders)",
        "ATTACH 'x' AS y",
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n",
    ] {
        let error = demo.written(&[forbidden, "SELECT 1 AS x"]).await.err().unwrap();
        assert_eq!(error.code(), "sql_refused", "{forbidden}");
        assert!(demo.writer.told.lock().unwrap().is_empty(), "{forbidden}");
        assert!(demo.database.reached().is_empty(), "{forbidden}");
    }
}

#[tokio::test]
async fn a_statement_of_the_users_own_is_explained_and_not_repaired() {
    let demo = Demo::new();
    let error = demo.asked(Input::Sql("SELECT nme FROM customers".to_owned())).await.unwrap_err();
    assert_eq!(error.code(), "sql_rejected");
    assert!(error.to_string().contains("did you mean `name`"), "{error}");
    let error = demo.asked(Input::Sql("SELECT id FROM custmers".to_owned())).await.unwrap_err();
    assert!(error.to_string().contains("did you mean `customers`"), "{error}");
    assert!(demo.writer.told.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_column_that_is_new_since_the_last_look_is_no_mistake() {
    let demo = Demo::new();
    demo.written(&["SELECT count(*) FROM stores"]).await.unwrap();
    let path = demo.database.info_target();
    rusqlite::Connection::open(path)
        .unwrap()
        .execute("ALTER TABLE stores ADD COLUMN nickname TEXT", [])
        .unwrap();
    let ended = demo.written(&["SELECT nickname FROM stores"]).await.unwrap();
    assert_eq!(ended.attempts, 1);
}
