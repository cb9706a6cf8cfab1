//! A model that knows the statements of some questions, people who ask them, and what both cost.

use std::collections::HashMap;

use serde_json::{Value, json};
use sqlatte_e2e::{Client, Question, Response};
use sqlatte_testkit::llm::{FakeModelServer, Reply};

/// How well the model writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Skill {
    /// Each statement at once.
    Right,
    /// Each statement after two others with columns that do not exist.
    RightInTheEnd,
}

/// A model that knows these questions. It counts tokens, and what a call repeats of one before.
pub(crate) fn model(questions: &[Question], skill: Skill) -> FakeModelServer {
    let known: HashMap<String, String> =
        questions.iter().map(|one| (one.text.clone(), one.sql.clone())).collect();
    let model = FakeModelServer::metered();
    model.otherwise_with(move |message| match known.get(asked(message)) {
        Some(sql) => Reply::json(&form(&statement(sql, message, skill))),
        None => Reply::error(404, "not_found_error", &format!("nobody scripted: {message}")),
    });
    model
}

/// The words of the person, out of the message that a model sees.
fn asked(message: &str) -> &str {
    let (_, fenced) = message.rsplit_once("<data kind=\"question\">\n").unwrap_or(("", message));
    fenced.split_once("\n</data>").map_or(fenced, |(question, _)| question).trim()
}

fn statement(sql: &str, message: &str, skill: Skill) -> String {
    let failed = message.rsplit_once("<data kind=\"statement\">").map(|(_, failed)| failed);
    match (skill, failed) {
        (Skill::Right, _) => sql.to_owned(),
        (Skill::RightInTheEnd, None) => "SELECT first_that_is_not_there FROM orders".to_owned(),
        (Skill::RightInTheEnd, Some(failed)) if failed.contains("first_that_is_not_there") => {
            "SELECT second_that_is_not_there FROM orders".to_owned()
        }
        (Skill::RightInTheEnd, Some(_)) => sql.to_owned(),
    }
}

fn form(sql: &str) -> Value {
    json!({
        "kind": "sql", "sql": sql, "explanation": "What was asked for, from the tables that hold it.", "message": "",
        "options": [], "readings": [{"phrase": "what", "meaning": "everything", "kind": "column", "assumed": true}], "confidence": 0.9, "follow_ups": [],
    })
}

/// What one answer cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cost {
    pub(crate) calls: u64,
    pub(crate) attempts: u64,
    pub(crate) cached: bool,
    pub(crate) input_tokens: u64,
    pub(crate) cached_tokens: u64,
}

/// Asks them all, each in a session of its own unless it goes on from another.
///
/// # Panics
/// When one is not answered with rows.
pub(crate) async fn ask_all(client: &Client, questions: &[Question]) -> Vec<Cost> {
    let mut sessions: Vec<String> = Vec::new();
    let mut costs = Vec::new();
    for question in questions {
        let client = match question.follows {
            Some(place) => client.session(&sessions[place]),
            None => client.clone(),
        };
        let answer = client.ask(&question.text).await;
        let session = answer.header("x-session-id").to_owned();
        costs.push(cost(&question.text, &answer));
        sessions.push(session);
    }
    costs
}

fn cost(question: &str, answer: &Response) -> Cost {
    assert_eq!(answer.status, 200, "{question}: {}", answer.text());
    let answer = answer.json();
    assert_eq!(answer["response_type"], "sql", "{question}: {answer}");
    let number = |value: &Value| value.as_u64().unwrap_or_else(|| panic!("no number in {answer}"));
    Cost {
        calls: number(&answer["usage"]["llm_calls"]),
        attempts: number(&answer["attempts"]),
        cached: answer["cached"] == true,
        input_tokens: number(&answer["usage"]["input_tokens"]),
        cached_tokens: number(&answer["usage"]["cached_tokens"]),
    }
}

/// The tokens of a request to the Messages API, as OpenAI's o200k_base cuts its texts: what Anthropic uses is
/// not public, and comes to much the same.
pub(crate) fn tokens(request: &Value) -> usize {
    let tokenizer = bpe_openai::o200k_base();
    let system = request["system"].as_array().into_iter().flatten().map(|block| &block["text"]);
    let messages = request["messages"].as_array().into_iter().flatten().map(|message| &message["content"]);
    let texts = system.chain(messages).filter_map(Value::as_str).map(str::to_owned);
    // The form of the answer is read by the model, too.
    let forms = [&request["output_config"], &request["tools"]].into_iter().filter(|form| !form.is_null());
    texts.chain(forms.map(Value::to_string)).map(|text| tokenizer.count(&text)).sum()
}
