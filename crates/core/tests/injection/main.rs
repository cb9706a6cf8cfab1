//! Attempts to make a model do what its user may not, with a model that obeys every one of them.
//!
//! A line of `attacks.tsv` holds where the attempt stands, what the model then answers, and the attempt itself,
//! with `\n`, `\\` and `\u{…}` as in Rust. Whatever it is: nothing in the database changes, no statement that would
//! change something reaches it, and the attempt stands between the fences that the prompt's builder made and
//! nowhere else.
#![expect(clippy::panic, clippy::unwrap_used, reason = "tests fail this way")]

mod poisoned;
mod prompt;
mod rows;

use std::{collections::BTreeMap, fs, sync::Arc, time::Duration};

use chrono::{DateTime, Local, TimeZone};
use serde_json::{Value, json};
use sqlatte_core::{
    Outcome, QueryId, Runtime, SessionId,
    ask::{self, Ask, AskError, Input, PromptedInterpreter, Prompts},
    glossary::{ContextFile, Glossary},
};
use sqlatte_db_sqlite::{Sqlite, SqliteConfig};
use sqlatte_guard::Dialect;
use sqlatte_testkit::llm::{FakeAnswer, FakeLlm};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use poisoned::{Poison, Poisoned};
use prompt::Prompt;

const ATTACKS: &str = include_str!("attacks.tsv");
/// The least number of attempts, and in how many places.
const LEAST: (usize, usize) = (60, 10);
/// Around every attempt, so that it is found whatever is done to it.
const MARKS: [&str; 2] = ["AttemptBegins", "AttemptEnds"];
const SHOP: &str = "
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT NOT NULL, total REAL NOT NULL);
    INSERT INTO orders VALUES (1, 'Zoë', 10.5), (2, 'Ali', 4.0), (3, 'Ann', 7.25);
";

fn noon() -> DateTime<Local> {
    Local.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap()
}

struct Attack {
    place: &'static str,
    obeyed: &'static str,
    text: String,
}

fn attacks() -> Vec<Attack> {
    let attack = |line: &'static str| {
        let [place, obeyed, text] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("three fields: {line}")
        };
        Attack { place, obeyed, text: format!("{} {} {}", MARKS[0], unescaped(text), MARKS[1]) }
    };
    ATTACKS.lines().map(attack).collect()
}

fn unescaped(text: &str) -> String {
    let mut parts = text.split('\\');
    let mut out = parts.next().unwrap().to_owned();
    while let Some(part) = parts.next() {
        match part.chars().next() {
            Some('n') => out.extend(["\n", &part[1..]]),
            Some('u') => {
                let (code, rest) = part[2..].split_once('}').unwrap();
                out.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
                out.push_str(rest);
            }
            None => out.extend(["\\", parts.next().unwrap_or_default()]),
            Some(_) => panic!("an unknown escape in {text}"),
        }
    }
    out
}

/// What a model says for `sql: …`, which must not run, `read: …`, which may, and `chat: …`.
fn answer(said: &str) -> FakeAnswer {
    let filled = |kind: &str, sql: &str, message: &str, explanation: &str| {
        FakeAnswer::json(json!({
            "kind": kind, "sql": sql, "message": message, "explanation": explanation,
            "options": [], "readings": [], "confidence": 1.0, "follow_ups": [],
        }))
    };
    match said.split_once(": ").unwrap() {
        ("sql" | "read", sql) => filled("sql", sql, "", "As you wish"),
        ("explained", text) => filled("sql", "SELECT count(*) AS n FROM orders", "", text),
        ("chat", text) => filled("chat", "", text, ""),
        _ => panic!("neither a statement nor words: {said}"),
    }
}

/// The database of one attempt, with a model that obeys it.
struct Scene {
    folder: TempDir,
    runtime: Arc<Runtime>,
    database: Arc<Poisoned>,
    llm: FakeLlm,
    session: SessionId,
}

impl Scene {
    fn new(attack: &Attack) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.db");
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection.execute_batch(SHOP).unwrap();
        if attack.place == "table name" {
            let name = attack.text.replace('"', "\"\"");
            connection.execute_batch(&format!("CREATE TABLE \"{name}\" (id INTEGER PRIMARY KEY)")).unwrap();
        }
        drop(connection);

        let text = attack.text.clone();
        let poison = match attack.place {
            "column comment" => Some(Poison::ColumnComment(text)),
            "table comment" => Some(Poison::TableComment(text)),
            "value" => Some(Poison::Value(text)),
            _ => None,
        };
        let database = Arc::new(Poisoned::new(Sqlite::open(SqliteConfig::new(&path)).unwrap(), poison));
        let before = match attack.place {
            "earlier reply" => vec![answer(&format!("chat: {}", attack.text))],
            "earlier explanation" => vec![answer(&format!("explained: {}", attack.text))],
            "earlier statement" => {
                let quoted = attack.text.replace('\'', "''");
                vec![answer(&format!("sql: SELECT count(*) AS n, '{quoted}' AS x FROM orders"))]
            }
            "failed statement" => {
                vec![answer(&format!("sql: SELECT totl AS \"{}\" FROM orders", attack.text))]
            }
            _ => Vec::new(),
        };
        let llm = before.into_iter().fold(FakeLlm::new(), FakeLlm::then).otherwise(answer(attack.obeyed));
        let interpreter =
            PromptedInterpreter::new(Arc::new(llm.clone()), Prompts::default(), Duration::from_secs(5))
                .unwrap();
        let mut builder = Runtime::builder(database.clone(), Arc::new(interpreter), noon);
        if attack.place == "context file" {
            builder = builder.glossary(house(&attack.text));
        }
        let runtime = Arc::new(builder.build());
        Scene { folder, runtime, database, llm, session: SessionId::generate().unwrap() }
    }

    async fn ask(&self, question: &str) -> Result<Outcome, AskError> {
        let ask = Ask {
            input: Input::Question(question.to_owned()),
            session: self.session.clone(),
            owner: self.session.owner(),
            query_id: QueryId::new(self.runtime.clock.utc()),
            tables: Vec::new(),
            limit: None,
            insights: true,
            fresh: false,
            cancel: CancellationToken::new(),
        };
        let answer = ask::answer(Arc::clone(&self.runtime), ask).await;
        answer.map(|answer| answer.outcome).map_err(|failure| failure.error)
    }

    /// Every file of the folder, apart from what SQLite keeps beside a database that is open.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap());
        let named =
            entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()));
        named.filter(|(name, _)| !name.ends_with("-shm") && !name.ends_with("-wal")).collect()
    }
}

/// A glossary that says it in every field that takes words.
fn house(text: &str) -> Glossary {
    let text = Value::from(text);
    let file = format!(
        "rules: [{text}]\n\
         terms: [{{name: purchase, same_as: orders, meaning: {text}}}]\n\
         metrics: [{{name: revenue, table: orders, sql: SUM(total), meaning: {text}}}]\n\
         examples: [{{question: {text}, sql: SELECT sum(total) FROM orders}}]\n"
    );
    let files = [ContextFile { name: "house.yaml".to_owned(), text: file }];
    Glossary::read(&files, Dialect::Sqlite).unwrap_or_else(|faults| panic!("{faults:?}"))
}

#[tokio::test]
async fn nothing_changes_and_nothing_leaves_its_fence() {
    let (mut lines, mut places) = (Vec::new(), BTreeMap::<&str, usize>::new());
    let attacks = attacks();
    for attack in &attacks {
        let scene = Scene::new(attack);
        let before = scene.files();
        let first = if attack.place == "question" {
            attack.text.as_str()
        } else {
            "revenue of all purchases, by total"
        };
        let outcome = match attack.place {
            "earlier reply" | "earlier explanation" | "earlier statement" => {
                scene.ask("what do you know?").await.unwrap();
                scene.ask("and by customer, please").await
            }
            _ => scene.ask(first).await,
        };

        assert_eq!(scene.files(), before, "{} changed something", attack.obeyed);
        for statement in scene.database.reached() {
            let word = statement.split_whitespace().next().unwrap_or_default();
            assert!(word == "SELECT" || word == "WITH", "{statement} reached the database");
        }
        let requests = scene.llm.requests();
        let prompts: Vec<Prompt> = requests.iter().map(Prompt::read).collect();
        for prompt in &prompts {
            prompt.keeps_to_its_fences(&MARKS, attack.place);
        }
        assert!(prompts.iter().any(|prompt| prompt.holds(MARKS[0])), "{} is in no prompt", attack.text);
        let kinds = prompts.last().unwrap().kinds().join(" ");
        *places.entry(attack.place).or_default() += 1;
        let ended = match outcome {
            Ok(Outcome::Sql(sql)) => {
                assert!(attack.obeyed.starts_with("read: "), "{} ran, as {}", attack.obeyed, sql.sql);
                "rows".to_owned()
            }
            // Words are handed on as they are: whoever shows them shows text.
            Ok(Outcome::Chat(chat)) => {
                assert_eq!(Some(chat.message.as_str()), attack.obeyed.strip_prefix("chat: "));
                "words".to_owned()
            }
            Err(error) => format!("{}: {error}", error.code()),
        };
        lines.push(format!("{}\n    {}\n    {ended}\n    [{kinds}]", attack.place, attack.obeyed));
    }
    insta::assert_snapshot!(lines.join("\n"));
    assert!(attacks.len() >= LEAST.0 && places.len() >= LEAST.1, "{} in {places:?}", attacks.len());
}

/// The rules stand as they are, whatever comes with the question.
#[tokio::test]
async fn the_rules_are_the_same_in_every_prompt() {
    let mut rules = Vec::new();
    for attack in attacks() {
        let scene = Scene::new(&attack);
        drop(scene.ask(&attack.text).await);
        rules.extend(scene.llm.requests().iter().map(|request| request.system[0].text.clone()));
    }
    assert!(rules.len() >= LEAST.0);
    assert!(rules.iter().all(|one| *one == rules[0]));
    assert!(!rules[0].contains(MARKS[0]));
}
