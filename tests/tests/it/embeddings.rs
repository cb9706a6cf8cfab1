//! Tables that only their meaning tells, found by a server with embeddings: over HTTP, with the real binary.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use serde_json::json;
use sqlatte_e2e::{Server, Start};
use sqlatte_testkit::llm::{ApiFault, FakeModelServer, Reply};
use tempfile::TempDir;
use tokio::time::sleep;

use crate::support::{Api, model};

/// Nothing in the database has a word of it.
const HEADCOUNT: &str = "run SELECT count(*) FROM workforce -- our headcount";
/// In every row, and in the comment of a column.
const ROW: &str = "QUETZAL-ROW";
const COMMENT: &str = "QUETZAL-COMMENT";

/// 119 tables of things, and one of people, whose name comes after all of theirs.
fn house(path: &Path) {
    let things = (0..119).map(|at| {
        format!("CREATE TABLE thing_{at:03} (id INTEGER, part TEXT); INSERT INTO thing_{at:03} VALUES (1, '{ROW}');")
    });
    let people = format!(
        "CREATE TABLE workforce (
            id INTEGER,
            note TEXT -- such as {COMMENT}
        ); INSERT INTO workforce VALUES (1, '{ROW}');"
    );
    let all: String = things.chain([people]).collect();
    rusqlite::Connection::open(path).unwrap().execute_batch(&all).unwrap();
}

/// A server of embeddings that knows people from things.
fn embedder() -> FakeModelServer {
    let server = FakeModelServer::start();
    server.embeds(|text| {
        let people = ["headcount", "workforce"].iter().any(|word| text.contains(word));
        let apart = f32::from(text.bytes().fold(0_u8, u8::wrapping_add)) / 2_550.0;
        if people { vec![1.0, 0.1, apart] } else { vec![0.1, 1.0, apart] }
    });
    server
}

fn start(folder: &TempDir, model: &FakeModelServer, embedder: Option<&FakeModelServer>) -> Start {
    let file = folder.path().join("asked.db");
    if !file.exists() {
        house(&file);
    }
    // A reading that was kept would hide which tables are found.
    let start = Start::new().database(&file).model(&model.url()).variable("SQLATTE__LLM__CACHE_SECONDS", "0");
    let Some(embedder) = embedder else { return start };
    start.config(&format!(
        "llm: {{embeddings: {{provider: openai, base_url: \"{}/v1\", model: nomic-embed-text, max_retries: 0}}}}",
        embedder.url()
    ))
}

async fn considered(server: &Server, question: &str) -> Vec<String> {
    let answer = Api::of(server).await.new_session().await.ask(question).await.expect(200);
    let tables = answer["tables_considered"].as_array().unwrap().iter();
    tables.map(|table| table.as_str().unwrap().to_owned()).collect()
}

/// The tables, once every one of them has been embedded.
async fn with_embeddings(server: &Server, embedder: &FakeModelServer) -> Vec<String> {
    let begun = Instant::now();
    loop {
        let tables = considered(server, HEADCOUNT).await;
        let asked = texts(embedder).iter().any(|text| text.starts_with("search_query: "));
        if asked || begun.elapsed() > Duration::from_secs(20) {
            return tables;
        }
        sleep(Duration::from_millis(100)).await;
    }
}

fn texts(embedder: &FakeModelServer) -> Vec<String> {
    let bodies = embedder.embedded();
    let texts = bodies.iter().flat_map(|body| body["input"].as_array().unwrap());
    texts.map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn has_workforce(tables: &[String]) -> bool {
    tables.iter().any(|table| table == "workforce")
}

#[tokio::test]
async fn a_table_that_only_its_meaning_tells_is_found() {
    let (folder, model, embedder) = (TempDir::new().unwrap(), model(), embedder());
    let server = start(&folder, &model, None).serve();
    let by_words = considered(&server, "how is our headcount?").await;
    assert!(!has_workforce(&by_words), "its words do not tell: {by_words:?}");
    drop(server);

    let server = start(&folder, &model, Some(&embedder)).serve();
    with_embeddings(&server, &embedder).await;
    let found = considered(&server, "how is our headcount?").await;
    assert!(has_workforce(&found), "{found:?}");
    let texts = texts(&embedder);
    let documents = texts.iter().filter(|text| text.starts_with("search_document: ")).count();
    assert_eq!(documents, 120, "each table once");
    let questions = texts.iter().filter(|text| *text == "search_query: how is our headcount?").count();
    assert_eq!(questions, 1);
}

#[tokio::test]
async fn a_server_of_embeddings_that_dies_takes_no_answer_with_it() {
    let (folder, model, embedder) = (TempDir::new().unwrap(), model(), embedder());
    let server = start(&folder, &model, Some(&embedder)).serve();
    with_embeddings(&server, &embedder).await;
    embedder.embeds_not("broken", Reply::fault(ApiFault::Internal));
    assert!(!has_workforce(&considered(&server, "our headcount, broken").await));
    drop(embedder);
    let begun = Instant::now();
    for question in ["headcount of today", "headcount of tomorrow", "thing and part"] {
        assert!(!considered(&server, question).await.is_empty(), "{question}");
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    let log = server.log();
    let told = log.matches("cannot be embedded: tables are found by their words alone").count();
    assert_eq!(told, 1, "{log}");
}

#[tokio::test]
async fn only_names_and_comments_are_sent_and_in_private_only_names() {
    for private in [false, true] {
        let (folder, model, embedder) = (TempDir::new().unwrap(), model(), embedder());
        let start = start(&folder, &model, Some(&embedder));
        let server = start.variable("SQLATTE__LLM__PRIVATE", &private.to_string()).serve();
        with_embeddings(&server, &embedder).await;
        let sent = json!(embedder.embedded()).to_string();
        assert!(sent.contains("workforce") && sent.contains("part"), "{sent}");
        assert!(!sent.contains(ROW), "{sent}");
        assert_eq!(sent.contains(COMMENT), !private, "{sent}");
    }
}

#[test]
fn check_tells_about_embeddings() {
    let (folder, model, embedder) = (TempDir::new().unwrap(), model(), embedder());
    let checked = |start: Start| String::from_utf8(start.run("check").stdout).unwrap();
    let line = |text: &str| text.lines().find(|line| line.contains("embeddings")).map(str::to_owned);
    let at = embedder.url().replace("http://", "");
    let well = checked(start(&folder, &model, Some(&embedder)));
    assert_eq!(line(&well), Some(format!("ok    embeddings: nomic-embed-text (openai) at {at}")));
    assert_eq!(line(&checked(start(&folder, &model, None))), None, "nothing is said of what is not set up");

    let without = FakeModelServer::start();
    let unknown = line(&checked(start(&folder, &model, Some(&without)))).unwrap();
    assert!(unknown.starts_with("FAIL  embeddings: ") && unknown.contains("nomic-embed-text"), "{unknown}");
    let start = start(&folder, &model, None).config("llm: {embeddings: {provider: anthropic, model: m}}");
    let nobody = line(&checked(start)).unwrap();
    assert!(
        nobody.starts_with("FAIL  embeddings: llm.embeddings: this build has no `anthropic`"),
        "{nobody}"
    );
}

/// What belongs to one server is shown to no other.
#[test]
fn keys_go_to_their_own_server_alone() {
    let (folder, model) = (TempDir::new().unwrap(), model());
    let yaml = "llm: {embeddings: {provider: openai, base_url: \"https://gpu.example.invalid/v1\", model: m},
        openai: {api_key: sk-of-the-house}}";
    let text = |start: Start| String::from_utf8(start.run("check").stdout).unwrap();
    // The section's key would make it want https, and a name that resolves; nothing of it is taken.
    let plain = yaml.replace("https://gpu.example.invalid", "http://gpu.example.invalid");
    let checked = text(start(&folder, &model, None).config(&plain));
    assert!(!checked.contains("for all to read") && !checked.contains("sk-of-the-house"), "{checked}");
    let own = plain.replace("model: m}", "model: m, api_key: sk-own}");
    let refused = text(start(&folder, &model, None).config(&own));
    assert!(refused.contains("for all to read") && !refused.contains("sk-own"), "{refused}");
}

#[test]
fn wrong_settings_stop_the_start_and_are_named() {
    let (folder, model) = (TempDir::new().unwrap(), model());
    let start = start(&folder, &model, None).config("llm: {embeddings: {provider: gemini, modle: x}}");
    let fault = start.try_serve().unwrap_err();
    assert!(fault.contains("llm.embeddings: the settings of `gemini`: modle: unknown field"), "{fault}");
}
