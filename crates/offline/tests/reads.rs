//! What the engine makes of questions on the demo database, and what it declines.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::Arc;

use chrono::{NaiveDate, Utc};
use sqlatte_core::{
    Catalog, Context, ConversationMessage, Interpretation, Interpreter, QueryId, Schema, Speaker,
};
use sqlatte_db_sqlite::{Sqlite, SqliteConfig, demo};
use sqlatte_offline::Offline;

struct Demo {
    _folder: tempfile::TempDir,
    catalog: Catalog,
    schema: Arc<Schema>,
    engine: Offline,
    today: NaiveDate,
}

impl Demo {
    async fn new() -> Self {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("demo.db");
        demo::create(&path, today).unwrap();
        let catalog = Catalog::new(Arc::new(Sqlite::open(SqliteConfig::new(&path)).unwrap()));
        let tables = catalog.tables().await.unwrap();
        let schema = catalog.describe(&tables).await.unwrap();
        Demo { _folder: folder, catalog, schema, engine: Offline::new(), today }
    }

    async fn ask(&self, question: &str, before: &[&str]) -> Interpretation {
        let conversation: Vec<ConversationMessage> = before
            .iter()
            .map(|text| ConversationMessage {
                speaker: Speaker::User,
                text: (*text).to_owned(),
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

fn describe(interpretation: &Interpretation) -> String {
    match interpretation {
        Interpretation::Sql(draft) => {
            let readings: Vec<String> = draft
                .readings
                .iter()
                .map(|reading| {
                    let (kind, assumed) =
                        (reading.kind.name(), if reading.assumed { ", assumed" } else { "" });
                    format!("--   {} → {} ({kind}{assumed})", reading.phrase, reading.meaning)
                })
                .collect();
            format!("{}\n-- {} ({})\n{}", draft.sql, draft.explanation, draft.confidence, readings.join("\n"))
        }
        Interpretation::Chat { message } => format!("CHAT {message}"),
        Interpretation::Clarify { message, options } => format!("CLARIFY {message}\n{}", options.join("\n")),
        Interpretation::Unanswerable { reason, nearest } => {
            format!("DECLINED {reason}\n{}", nearest.join("\n"))
        }
        Interpretation::Declined { reason } => format!("REFUSED {reason}"),
    }
}

/// Each line is a question; one that begins with `>` goes on with the conversation.
#[tokio::test]
async fn reads_questions() {
    let demo = Demo::new().await;
    for (name, text) in [
        ("counts", include_str!("questions/counts.txt")),
        ("filters", include_str!("questions/filters.txt")),
        ("rankings", include_str!("questions/rankings.txt")),
        ("dates", include_str!("questions/dates.txt")),
        ("relations", include_str!("questions/relations.txt")),
        ("conversations", include_str!("questions/conversations.txt")),
        ("declined", include_str!("questions/declined.txt")),
    ] {
        let mut said: Vec<&str> = Vec::new();
        let mut read = String::new();
        for line in text.lines().filter(|line| !line.is_empty()) {
            let question = match line.strip_prefix("> ") {
                Some(rest) => rest,
                None => {
                    said.clear();
                    line
                }
            };
            let interpretation = demo.ask(question, &said).await;
            if name == "declined" {
                assert!(
                    !matches!(interpretation, Interpretation::Sql(_)),
                    "{question} was answered: {interpretation:?}"
                );
            }
            read.push_str(&format!("## {line}\n{}\n\n", describe(&interpretation)));
            said.push(question);
        }
        insta::assert_snapshot!(name, read);
    }
}

#[tokio::test]
async fn starts_with_questions_it_can_answer() {
    let demo = Demo::new().await;
    let context = Context {
        catalog: &demo.catalog,
        schema: Arc::clone(&demo.schema),
        conversation: &[],
        today: demo.today,
        watcher: None,
    };
    let starters = demo.engine.starters(&context, 8).await.unwrap();
    assert_eq!(starters.len(), 8);
    insta::assert_snapshot!("starters", starters.join("\n"));
    for starter in starters {
        let read = demo.ask(&starter, &[]).await;
        assert!(matches!(read, Interpretation::Sql(_)), "{starter}: {read:?}");
    }
}
