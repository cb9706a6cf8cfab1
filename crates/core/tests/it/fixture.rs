use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use chrono::{DateTime, Local, TimeZone};
use sqlatte_core::{
    Answer, Context, Draft, Intent, Interpretation, Interpreted, Interpreter, Limits, Outcome, QueryId,
    Runtime, SessionId, SqlAnswer,
    ask::{self, Ask, AskError, Input},
};
use sqlatte_db_sqlite::{Sqlite, SqliteConfig};
use sqlatte_providers::{ProviderError, Result, Usage};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// Answers every question with the same interpretation and keeps what it was shown.
#[derive(Debug)]
pub(crate) struct Scripted {
    answer: Mutex<Option<Result<Interpretation>>>,
    pub(crate) seen: Mutex<Vec<String>>,
    pub(crate) calls: AtomicUsize,
}

impl Scripted {
    pub(crate) fn new(answer: Interpretation) -> Arc<Self> {
        Arc::new(Scripted {
            answer: Mutex::new(Some(Ok(answer))),
            seen: Mutex::default(),
            calls: AtomicUsize::new(0),
        })
    }

    pub(crate) fn sql(sql: &str) -> Arc<Self> {
        Self::new(Interpretation::Sql(draft(sql)))
    }

    pub(crate) fn failing(error: ProviderError) -> Arc<Self> {
        Arc::new(Scripted {
            answer: Mutex::new(Some(Err(error))),
            seen: Mutex::default(),
            calls: AtomicUsize::new(0),
        })
    }
}

pub(crate) fn draft(sql: &str) -> Draft {
    Draft {
        sql: sql.to_owned(),
        explanation: "what it does".to_owned(),
        readings: Vec::new(),
        confidence: 0.9,
        follow_ups: vec!["and by month?".to_owned()],
    }
}

#[async_trait]
impl Interpreter for Scripted {
    fn name(&self) -> String {
        "scripted".to_owned()
    }

    async fn interpret(&self, question: &str, context: &Context<'_>) -> Result<Interpreted> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let tables: Vec<&str> = context.schema.tables.iter().map(|table| table.table.name.as_str()).collect();
        self.seen.lock().unwrap().push(format!(
            "{question} | tables {} | {} messages | today {}",
            tables.join(","),
            context.conversation.len(),
            context.today
        ));
        let mut answer = self.answer.lock().unwrap();
        let interpretation = match answer.take().unwrap() {
            Ok(interpretation) => {
                *answer = Some(Ok(interpretation.clone()));
                interpretation
            }
            Err(error) => return Err(error),
        };
        Ok(Interpreted {
            interpretation,
            intent: Intent { intent: "sql", confidence: 0.9, reasoning: String::new() },
            usage: Usage { llm_calls: 1, input_tokens: 10, output_tokens: 5, ..Usage::default() },
        })
    }

    async fn starters(&self, _: &Context<'_>, _: usize) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    async fn check(&self) -> Result<()> {
        Ok(())
    }
}

/// A runtime over a small shop, and one session that asks it.
pub(crate) struct Shop {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) session: SessionId,
    folder: TempDir,
}

/// Noon of a Sunday.
pub(crate) fn noon() -> DateTime<Local> {
    Local.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap()
}

pub(crate) const SHOP: &str = "
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT);
    CREATE TABLE orders (
        id INTEGER PRIMARY KEY,
        customer_id INTEGER NOT NULL REFERENCES customers(id),
        placed_on DATE NOT NULL,
        total REAL NOT NULL
    );
    INSERT INTO customers VALUES (1, 'Zoë', 'München'), (2, 'Ali', 'İstanbul'), (3, 'Ann', NULL);
    INSERT INTO orders VALUES (1, 1, '2026-10-01', 10.5), (2, 1, '2026-11-01', 4.0), (3, 2, '2026-11-02', 7.25);
    CREATE VIEW endless AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000000000000)
        SELECT x FROM n;
";

impl Shop {
    pub(crate) fn new(interpreter: Arc<dyn Interpreter>) -> Self {
        Self::with_limits(interpreter, Limits::default())
    }

    pub(crate) fn with_limits(interpreter: Arc<dyn Interpreter>, limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.db");
        rusqlite::Connection::open(&path).unwrap().execute_batch(SHOP).unwrap();
        let database = Arc::new(Sqlite::open(SqliteConfig::new(path)).unwrap());
        let runtime = Runtime::builder(database, interpreter, noon).limits(limits).build();
        Shop { runtime: Arc::new(runtime), session: SessionId::generate().unwrap(), folder }
    }

    /// Changes the database from outside.
    pub(crate) fn execute(&self, sql: &str) {
        let path = self.folder.path().join("shop.db");
        rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
    }

    pub(crate) fn question(&self, question: &str) -> Ask {
        self.asked(Input::Question(question.to_owned()))
    }

    pub(crate) fn asked(&self, input: Input) -> Ask {
        Ask {
            input,
            session: self.session.clone(),
            owner: self.session.owner(),
            query_id: QueryId::new(self.runtime.clock.utc()),
            tables: Vec::new(),
            limit: None,
            insights: true,
            fresh: false,
            cancel: CancellationToken::new(),
        }
    }

    pub(crate) async fn answer(&self, ask: Ask) -> std::result::Result<Answer, AskError> {
        ask::answer(Arc::clone(&self.runtime), ask).await.map_err(|failure| failure.error)
    }
}

pub(crate) fn rows_of(answer: Answer) -> SqlAnswer {
    match answer.outcome {
        Outcome::Sql(sql) => *sql,
        Outcome::Chat(chat) => panic!("rows expected, got: {}", chat.message),
    }
}

/// A question of somebody new.
pub(crate) fn asked_of(runtime: &Runtime, question: &str) -> Ask {
    let session = SessionId::generate().unwrap();
    Ask {
        input: Input::Question(question.to_owned()),
        owner: session.owner(),
        session,
        query_id: QueryId::new(runtime.clock.utc()),
        tables: Vec::new(),
        limit: None,
        insights: true,
        fresh: false,
        cancel: CancellationToken::new(),
    }
}
