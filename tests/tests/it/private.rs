//! With `llm.private`, nothing out of a row reaches a model: seen in all that was sent to it.

use std::path::Path;

use serde_json::{Value, json};
use sqlatte_e2e::Start;
use sqlatte_testkit::llm::{FakeModelServer, Reply};

use crate::support::{Api, answers, model, sql_of};

/// In every cell, sample value, comment and default.
const MARK: &str = "QUETZAL";

fn people(path: &Path) {
    let people = "
        CREATE TABLE people (
             id INTEGER PRIMARY KEY,
             name TEXT NOT NULL, -- such as QUETZAL-COMMENT
             city TEXT DEFAULT 'QUETZAL-DEFAULT',
             born DATE,
             spent REAL
         );
         INSERT INTO people (name, city, born, spent) VALUES
             ('QUETZAL-ONE', 'QUETZAL-BERLIN', '2001-01-01', 900), ('QUETZAL-TWO', 'QUETZAL-ROM', '2002-01-01', 31),
             ('QUETZAL-THREE', 'QUETZAL-ROM', '2003-01-01', 20), ('QUETZAL-FOUR', 'QUETZAL-OSLO', '2004-01-01', 9);";
    rusqlite::Connection::open(path).unwrap().execute_batch(people).unwrap();
}

/// What is asked of both servers: rows, a statement that has to be mended, a follow-up, and words.
async fn ask(api: &Api) -> Vec<Value> {
    let mut answers = Vec::new();
    for question in ["who spent most?", "mend this", "and by city?", "hello"] {
        answers.push(api.ask(question).await.expect(200));
    }
    answers
}

fn script(model: &FakeModelServer) {
    let by_name = "SELECT name, spent FROM people ORDER BY spent DESC";
    let mut said = sql_of("SELECT name, spent FROM people WHERE city <> 'QUETZAL-OSLO' OR spent < 10");
    said["explanation"] = "People who are not of QUETZAL-OSLO".into();
    model.on("who spent most?\n</data>", Reply::json(&said));
    model.next_on("mend this\n</data>", 1, answers("SELECT nam, spent FROM people"));
    model.on("mend this", answers(by_name));
    model.on("and by city?", answers("SELECT city, sum(spent) AS spent FROM people GROUP BY city"));
}

fn start(folder: &Path, model: &FakeModelServer) -> Start {
    let start = Start::new().data_dir(&folder.join("data")).database(&folder.join("people.db"));
    start.model(&model.url()).variable("SQLATTE__INSIGHTS__MODE", "llm")
}

#[tokio::test]
async fn nothing_out_of_a_row_reaches_a_model() {
    let folder = tempfile::TempDir::new().unwrap();
    people(&folder.path().join("people.db"));

    let open = model();
    script(&open);
    let server = start(folder.path(), &open).serve();
    let api = Api::of(&server).await.new_session().await;
    let session = ask(&api).await[0]["session_id"].as_str().unwrap().to_owned();
    let sent = json!(open.requests()).to_string();
    for kind in ["COMMENT", "BERLIN", "ONE", "OSLO"] {
        assert!(sent.contains(&format!("{MARK}-{kind}")), "without it the model is shown {kind}");
    }
    drop(server);

    // The same session: what was said before must not be sent on either.
    let closed = model();
    script(&closed);
    let server = start(folder.path(), &closed).variable("SQLATTE__LLM__PRIVATE", "true").serve();
    let api = Api::of(&server).await.session(&session);
    let answers = ask(&api).await;
    let sent = json!(closed.requests()).to_string();
    assert!(!sent.contains(MARK), "{sent}");
    assert!(sent.contains("people") && sent.contains("spent") && sent.contains("who spent most?"), "{sent}");

    let rows = answers[0]["data"].as_array().unwrap();
    assert!(rows.iter().any(|row| row[0] == "QUETZAL-ONE"), "people still see their rows: {rows:?}");
    let calls: Vec<&Value> = answers.iter().map(|answer| &answer["usage"]["llm_calls"]).collect();
    assert_eq!(calls, [1, 2, 1, 1], "insights are computed");
    assert_eq!(closed.calls(), 5);
}
