//! Tables that no word of a question names, found by their meaning.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use serde_json::json;
use sqlatte_core::{
    Embeddings, Interpretation, Interpreter, Limits, Runtime,
    ask::{self, PromptedInterpreter, Prompts},
};
use sqlatte_db_sqlite::{Sqlite, SqliteConfig};
use sqlatte_providers::{Embedding, EmbeddingProvider, ErrorKind, LlmInfo, ProviderError, Purpose, Result};
use sqlatte_testkit::llm::{FakeAnswer, FakeLlm};
use tempfile::TempDir;

use crate::fixture::{Scripted, asked_of, draft, noon};

/// The question whose one table nothing but its meaning tells.
const HEADCOUNT: &str = "What is our headcount?";

/// What the model of a test does with texts.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Mood {
    #[default]
    Well,
    /// Fails whatever it is asked.
    Down(Option<ErrorKind>),
    /// Never answers.
    Silent,
    /// Turns batches with this table away.
    Picky(&'static str),
    /// Leaves one vector out.
    Short,
    /// Answers after a second.
    Late,
}

/// A model that knows people from things, and keeps what it is given.
#[derive(Debug, Default)]
struct Meaning {
    mood: Mutex<Mood>,
    texts: Mutex<Vec<(Purpose, String)>>,
    calls: AtomicUsize,
}

impl Meaning {
    fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    fn texts(&self, of: Purpose) -> Vec<String> {
        let texts = self.texts.lock().unwrap();
        texts.iter().filter(|(purpose, _)| *purpose == of).map(|(_, text)| text.clone()).collect()
    }
}

/// People lie along the first axis; things lie along the second, and a little apart from each other.
fn meaning(text: &str) -> Embedding {
    let about_people =
        ["headcount", "workforce", "people"].iter().any(|word| text.to_lowercase().contains(word));
    let apart = f32::from(text.bytes().fold(0_u8, u8::wrapping_add)) / 2_550.0;
    Embedding::new(&if about_people { [1.0, 0.1, apart] } else { [0.1, 1.0, apart] }).unwrap()
}

#[async_trait]
impl EmbeddingProvider for Meaning {
    fn info(&self) -> LlmInfo {
        LlmInfo { kind: "meaning", model: "m".to_owned(), target: "nowhere".to_owned() }
    }

    fn most_texts(&self) -> usize {
        16
    }

    async fn embed(&self, texts: &[String], purpose: Purpose, _: Duration) -> Result<Vec<Embedding>> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        assert!((1..=16).contains(&texts.len()), "{} texts at once", texts.len());
        self.texts.lock().unwrap().extend(texts.iter().map(|text| (purpose, text.clone())));
        let mood = *self.mood.lock().unwrap();
        match mood {
            Mood::Down(kind) => {
                return Err(ProviderError::new(kind.unwrap_or(ErrorKind::Unavailable), "nowhere is away"));
            }
            Mood::Silent => std::future::pending().await,
            Mood::Late => tokio::time::sleep(Duration::from_secs(1)).await,
            Mood::Picky(table) if texts.iter().any(|text| text.starts_with(table)) => {
                return Err(ProviderError::new(ErrorKind::Rejected, "too long"));
            }
            Mood::Short => return Ok(texts.iter().skip(1).map(|text| meaning(text)).collect()),
            Mood::Well | Mood::Picky(_) => {}
        }
        Ok(texts.iter().map(|text| meaning(text)).collect())
    }

    async fn check(&self) -> Result<()> {
        Ok(())
    }
}

/// A database of 120 tables, asked with embeddings.
struct House {
    runtime: Arc<Runtime>,
    interpreter: Arc<Scripted>,
    model: Arc<Meaning>,
    folder: TempDir,
}

impl House {
    fn new(private: bool) -> Self {
        let model = Arc::new(Meaning::default());
        let provider: Arc<dyn EmbeddingProvider> = model.clone();
        let (folder, runtime, interpreter) = scripted(Some(Embeddings { provider, private }), forgetful());
        House { runtime, interpreter, model, folder }
    }

    async fn shown(&self, question: &str) -> Vec<String> {
        shown(&self.runtime, &self.interpreter, question).await
    }

    /// Asks until what embeds in the background has done so much.
    async fn embedded(&self, tables: usize) {
        for _ in 0..200 {
            self.shown("parts of things").await;
            if self.model.texts(Purpose::Document).len() >= tables {
                // The last batch is put in place after it was answered.
                tokio::time::sleep(Duration::from_millis(50)).await;
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} of {tables} were embedded", self.model.texts(Purpose::Document).len());
    }

    fn execute(&self, sql: &str) {
        rusqlite::Connection::open(self.folder.path().join("house.db")).unwrap().execute_batch(sql).unwrap();
    }
}

/// Every question is read anew.
fn forgetful() -> Limits {
    Limits { keep_answers: Duration::ZERO, ..Limits::default() }
}

fn scripted(embeddings: Option<Embeddings>, limits: Limits) -> (TempDir, Arc<Runtime>, Arc<Scripted>) {
    let interpreter = Scripted::new(Interpretation::Sql(draft("SELECT id FROM workforce")));
    let (folder, runtime) = runtime(embeddings, limits, interpreter.clone());
    (folder, runtime, interpreter)
}

/// A runtime over 119 tables of things, and one of people, whose name comes after all of theirs.
fn runtime(
    embeddings: Option<Embeddings>,
    limits: Limits,
    interpreter: Arc<dyn Interpreter>,
) -> (TempDir, Arc<Runtime>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("house.db");
    let things = (0..118).map(|at| format!("CREATE TABLE thing_{at:03} (id INTEGER, part TEXT, note TEXT);"));
    let people = "CREATE TABLE vehicle (id INTEGER, mileage INTEGER);
        CREATE TABLE workforce (id INTEGER, note TEXT -- such as SECRET-COMMENT
        ); INSERT INTO workforce VALUES (1, 'SECRET-SAMPLE');";
    let tables: String = things.chain([people.to_owned()]).collect();
    rusqlite::Connection::open(&path).unwrap().execute_batch(&tables).unwrap();
    let database = Arc::new(Sqlite::open(SqliteConfig::new(path)).unwrap());
    let runtime = Runtime::builder(database, interpreter, noon).limits(limits).embeddings(embeddings);
    (folder, Arc::new(runtime.build()))
}

/// The tables that the interpreter is shown for a question of somebody new.
async fn shown(runtime: &Arc<Runtime>, interpreter: &Scripted, question: &str) -> Vec<String> {
    ask::answer(Arc::clone(runtime), asked_of(runtime, question))
        .await
        .map_err(|failure| failure.error)
        .unwrap();
    let seen = interpreter.seen.lock().unwrap().last().cloned().unwrap();
    let tables = seen.split(" | tables ").nth(1).unwrap().split(" | ").next().unwrap().to_owned();
    tables.split(',').map(str::to_owned).collect()
}

fn holds(tables: &[String], name: &str) -> bool {
    tables.iter().any(|table| table == name)
}

#[tokio::test]
async fn a_table_that_only_its_meaning_tells_is_found() {
    let (_folder, without, interpreter) = scripted(None, forgetful());
    assert!(!holds(&shown(&without, &interpreter, HEADCOUNT).await, "workforce"), "its words do not tell");

    let house = House::new(false);
    assert!(!holds(&house.shown(HEADCOUNT).await, "workforce"), "no vector is there yet");
    house.embedded(120).await;
    assert!(holds(&house.shown(HEADCOUNT).await, "workforce"));
    let both = house.shown("headcount for the mileage of each vehicle").await;
    assert!(holds(&both, "workforce") && holds(&both, "vehicle"), "{both:?}");
    assert_eq!(house.shown(HEADCOUNT).await, house.shown(HEADCOUNT).await, "the same every time");
}

#[tokio::test]
async fn a_question_is_embedded_once_and_a_table_only_when_it_changed() {
    let house = House::new(false);
    house.embedded(120).await;
    for question in [HEADCOUNT, HEADCOUNT, "What  is our headcount?\n"] {
        house.shown(question).await;
    }
    let asked = house.model.texts(Purpose::Query);
    assert_eq!(asked.iter().filter(|text| *text == HEADCOUNT).count(), 1, "{asked:?}");
    assert_eq!(house.model.texts(Purpose::Document).len(), 120);

    house.execute("ALTER TABLE thing_007 ADD COLUMN colour TEXT; DROP TABLE thing_008;");
    house.runtime.catalog.refresh();
    house.embedded(121).await;
    house.shown(HEADCOUNT).await;
    let texts = house.model.texts(Purpose::Document);
    assert_eq!(texts.len(), 121);
    assert_eq!(texts[120], "thing 007\nid, part, note, colour");
}

#[tokio::test]
async fn nothing_out_of_a_row_is_embedded() {
    for private in [false, true] {
        let house = House::new(private);
        house.embedded(120).await;
        let said = format!("{:?}", house.model.texts.lock().unwrap());
        assert!(said.contains("workforce") && !said.contains("SECRET-SAMPLE"), "{said}");
        assert_eq!(said.contains("SECRET-COMMENT"), !private, "a comment may quote a row: {said}");
    }
}

#[tokio::test]
async fn small_databases_are_not_embedded() {
    let model = Arc::new(Meaning::default());
    let provider: Arc<dyn EmbeddingProvider> = model.clone();
    let limits = Limits { max_context_tables: 200, ..forgetful() };
    let (_folder, runtime, interpreter) = scripted(Some(Embeddings { provider, private: false }), limits);
    assert_eq!(shown(&runtime, &interpreter, HEADCOUNT).await.len(), 120);
    assert_eq!(model.calls.load(Ordering::Relaxed), 0);
}

/// A server that is gone is asked once, and then left alone: words find what they find without it.
#[tokio::test]
async fn words_alone_find_tables_where_nobody_embeds() {
    let (_folder, without, interpreter) = scripted(None, forgetful());
    let by_words = shown(&without, &interpreter, "notes of thing 117").await;
    for mood in [Mood::Down(None), Mood::Down(Some(ErrorKind::Unauthorized)), Mood::Short] {
        let house = House::new(false);
        house.model.set(mood);
        for _ in 0..10 {
            assert_eq!(house.shown("notes of thing 117").await, by_words, "{mood:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let calls = house.model.calls.load(Ordering::Relaxed);
        assert!((1..=4).contains(&calls), "{mood:?}: {calls} calls, of which four may run at once");
    }
}

#[tokio::test]
async fn a_server_that_goes_away_takes_no_answer_with_it() {
    let house = House::new(false);
    house.embedded(120).await;
    let known = house.shown(HEADCOUNT).await;
    for mood in [Mood::Down(None), Mood::Silent] {
        let house = House::new(false);
        house.embedded(120).await;
        assert_eq!(house.shown(HEADCOUNT).await, known);
        house.model.set(mood);
        let begun = std::time::Instant::now();
        assert!(!holds(&house.shown("headcount, please").await, "workforce"), "{mood:?}");
        assert!(begun.elapsed() < Duration::from_secs(6), "{mood:?}: {:?}", begun.elapsed());
        let calls = house.model.calls.load(Ordering::Relaxed);
        house.shown("the headcount again").await;
        assert_eq!(house.model.calls.load(Ordering::Relaxed), calls, "{mood:?}: it is left alone");
        assert_eq!(house.shown(HEADCOUNT).await, known, "a question that was embedded before needs nobody");
    }
}

#[tokio::test]
async fn a_table_that_is_turned_away_costs_its_batch_alone() {
    let house = House::new(false);
    house.model.set(Mood::Picky("thing 100"));
    house.embedded(120).await;
    assert!(holds(&house.shown(HEADCOUNT).await, "workforce"));
}

/// An answer that was read before the vectors were there is not given again once they are.
#[tokio::test]
async fn an_answer_kept_without_vectors_is_read_again_with_them() {
    let model = Arc::new(Meaning::default());
    let provider: Arc<dyn EmbeddingProvider> = model.clone();
    let llm = FakeLlm::always(FakeAnswer::json(json!({
        "kind": "sql", "sql": "SELECT id FROM workforce", "explanation": "", "message": "", "options": [],
        "readings": [], "confidence": 0.8, "follow_ups": []
    })));
    let interpreter =
        PromptedInterpreter::new(Arc::new(llm.clone()), Prompts::default(), Duration::from_secs(5)).unwrap();
    model.set(Mood::Late);
    let embeddings = Embeddings { provider, private: false };
    let (_folder, runtime) = runtime(Some(embeddings), Limits::default(), Arc::new(interpreter));
    let ask = async || {
        let answer = ask::answer(Arc::clone(&runtime), asked_of(&runtime, HEADCOUNT)).await;
        let answer = answer.map_err(|failure| failure.error).unwrap();
        (answer.cached, holds(&answer.tables_considered, "workforce"))
    };
    assert_eq!([ask().await, ask().await], [(false, false), (true, false)]);
    model.set(Mood::Well);
    while model.texts(Purpose::Document).len() < 120 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!([ask().await, ask().await], [(false, true), (true, true)]);
}
