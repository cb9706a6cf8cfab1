//! Insights that a model tells, or only phrases.

use std::{sync::Arc, time::Duration};

use futures::StreamExt;
use serde_json::{Value, json};
use sqlatte_core::{
    Answer, Runtime,
    ask::{self, Event, InsightMode, ModelInsights, PromptedInterpreter, Prompts, Stage, StageStatus},
};
use sqlatte_db_sqlite::{Sqlite, SqliteConfig};
use sqlatte_providers::ErrorKind;
use sqlatte_testkit::llm::{FakeAnswer, FakeLlm};
use tempfile::TempDir;

use crate::fixture::{SHOP, asked_of, noon, rows_of};

/// One city holds nearly all, which is worth telling.
const CITIES: &str =
    "SELECT 'Berlin' AS city, 900 AS revenue UNION ALL SELECT 'Rom', 40 UNION ALL SELECT 'Oslo', 31
    UNION ALL SELECT 'Lima', 20 UNION ALL SELECT 'Bern', 9";

/// What one model writes statements with, and another one tells of rows.
struct Told {
    writer: FakeLlm,
    teller: FakeLlm,
    runtime: Arc<Runtime>,
    _folder: TempDir,
}

impl Told {
    fn new(mode: InsightMode, teller: FakeLlm) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.db");
        rusqlite::Connection::open(&path).unwrap().execute_batch(SHOP).unwrap();
        let writer = FakeLlm::always(statement(CITIES));
        let limit = Duration::from_secs(5);
        let prompts = Prompts::default();
        let model = Arc::new(teller.clone());
        let insights = ModelInsights::new(model, &prompts, mode, 3, limit).unwrap();
        let interpreter = PromptedInterpreter::new(Arc::new(writer.clone()), prompts, limit).unwrap();
        let database = Arc::new(Sqlite::open(SqliteConfig::new(path)).unwrap());
        let runtime =
            Runtime::builder(database, Arc::new(interpreter), noon).insights(Some(insights)).build();
        Told { writer, teller, runtime: Arc::new(runtime), _folder: folder }
    }

    async fn ask(&self, question: &str) -> Answer {
        ask::answer(Arc::clone(&self.runtime), asked_of(&self.runtime, question)).await.unwrap()
    }

    fn sent(&self) -> String {
        let requests = self.teller.requests();
        let request = requests.last().unwrap();
        let system: Vec<&str> = request.system.iter().map(|block| block.text.as_str()).collect();
        format!("{}\n=====\n{}", system.join("\n-----\n"), request.messages[0].text)
    }
}

fn statement(sql: &str) -> FakeAnswer {
    FakeAnswer::json(json!({"kind": "sql", "sql": sql, "explanation": "revenue by city"}))
}

fn told(insights: Value) -> FakeAnswer {
    FakeAnswer::json(json!({ "insights": insights }))
}

fn messages(answer: Answer) -> Vec<String> {
    rows_of(answer).insights.into_iter().map(|insight| insight.message).collect()
}

#[tokio::test]
async fn a_model_only_phrases_what_was_computed() {
    let teller = FakeLlm::always(told(json!([
        {"finding": 1, "type": "concentration", "severity": "info",
         "message": "Berlin earns\n90 % of everything.", "figures": []},
        {"finding": 2, "type": "outlier", "severity": "info", "message": "It made 12345 more.", "figures": []},
        {"finding": 77, "message": "Of nothing."},
    ])));
    let setup = Told::new(InsightMode::Hybrid, teller);
    let answer = setup.ask("revenue by city").await;
    assert_eq!((answer.usage.llm_calls, setup.teller.calls()), (2, 1));
    let said = messages(answer);
    insta::assert_snapshot!(format!("{}\n\n{}", said.join("\n"), setup.sent()));
    assert!(!setup.sent().contains("| 900"), "no row is sent");
}

#[tokio::test]
async fn what_a_model_finds_is_borne_out_by_what_it_saw() {
    let teller = FakeLlm::always(told(json!([
        {"type": "leader", "severity": "info", "message": "Berlin has 900 of 1,000, or 90 %.", "figures": []},
        {"type": "change", "severity": "warning", "message": "From the 1st to the 2nd it falls by 95.6 %.", "figures": []},
        {"type": "verse", "severity": "dire", "message": "Berlin is far ahead of the rest.", "figures": []},
        {"type": "trend", "severity": "info", "message": "It will be 1,234 next year.", "figures": []},
    ])));
    let setup = Told::new(InsightMode::Llm, teller);
    let answer = setup.ask("revenue by city").await;
    let kinds: Vec<(&str, &str)> =
        rows_of(answer).insights.iter().map(|one| (one.kind, one.severity.name())).collect();
    assert_eq!(kinds, [("leader", "info"), ("summary", "info")]);
    insta::assert_snapshot!(setup.sent());
    assert!(!setup.sent().contains("Lima | 20"), "three rows are the sample");
}

#[tokio::test]
async fn the_same_rows_cost_no_second_call() {
    let teller = FakeLlm::always(told(json!([])));
    let setup = Told::new(InsightMode::Llm, teller);
    assert_eq!(setup.ask("revenue by city").await.usage.llm_calls, 2);
    let again = setup.ask("revenue by city").await;
    assert_eq!((again.usage.llm_calls, again.cached), (0, true));
    assert_eq!((setup.writer.calls(), setup.teller.calls()), (1, 1));
}

#[tokio::test]
async fn a_failing_call_costs_nobody_the_answer() {
    for answer in [
        FakeAnswer::error(ErrorKind::Unavailable, "overloaded"),
        FakeAnswer::text("<html>"),
        FakeAnswer::json(json!({"insights": 5})),
    ] {
        let setup = Told::new(InsightMode::Hybrid, FakeLlm::always(answer));
        let asked = asked_of(&setup.runtime, "revenue by city");
        let events: Vec<Event> = ask::events(Arc::clone(&setup.runtime), asked).collect().await;
        let failed = events.iter().any(|event| {
            matches!(event, Event::Stage { stage: Stage::Insights, status: StageStatus::Failed, .. })
        });
        let Some(Event::Done(answer)) = events.into_iter().last() else { panic!("no answer") };
        assert!(failed, "the stage says so");
        assert!(
            messages(*answer).iter().any(|message| message.contains("Berlin")),
            "what was computed stands"
        );
    }
}

#[tokio::test]
async fn no_call_is_made_without_need() {
    let setup = Told::new(InsightMode::Hybrid, FakeLlm::new());
    let mut asked = asked_of(&setup.runtime, "revenue by city");
    asked.insights = false;
    ask::answer(Arc::clone(&setup.runtime), asked).await.unwrap();
    let mut own = asked_of(&setup.runtime, "x");
    own.input = ask::Input::Sql(CITIES.to_owned());
    let answer = ask::answer(Arc::clone(&setup.runtime), own).await.unwrap();
    assert!(!messages(answer).is_empty());
    assert_eq!(setup.teller.calls(), 0);
}

/// Two repairs leave no call for insights.
#[tokio::test]
async fn three_calls_are_the_most() {
    let mut setup = Told::new(InsightMode::Hybrid, FakeLlm::new());
    let writer = FakeLlm::new()
        .then(statement("SELECT wrong FROM orders"))
        .then(statement("SELECT worse FROM orders"))
        .otherwise(statement(CITIES));
    let runtime = Arc::get_mut(&mut setup.runtime).unwrap();
    let limit = Duration::from_secs(5);
    let interpreter = PromptedInterpreter::new(Arc::new(writer), Prompts::default(), limit).unwrap();
    runtime.interpreter = Arc::new(interpreter);
    let answer = setup.ask("revenue by city").await;
    assert_eq!((answer.usage.llm_calls, setup.teller.calls()), (3, 0));
    assert!(!messages(answer).is_empty());
}
