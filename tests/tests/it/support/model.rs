use serde_json::{Value, json};
use sqlatte_testkit::llm::{FakeModelServer, Reply};

/// A model that does what the question says: `run SELECT 1` is answered with this statement, `which a or b` asks
/// back, `never WHY` is unanswerable, and anything else is small talk.
pub(crate) fn model() -> FakeModelServer {
    let model = FakeModelServer::start();
    model.otherwise_with(|message| Reply::json(&form(question(message))));
    model
}

/// The interpretation that a model answers with for a statement.
pub(crate) fn sql_of(sql: &str) -> Value {
    filled(json!({
        "kind": "sql",
        "sql": sql,
        "explanation": "What was asked for",
        "readings": [{"phrase": "what", "meaning": "everything", "kind": "column", "assumed": true}],
        "confidence": 0.9,
        "follow_ups": ["And what else?"],
    }))
}

/// A reply with a statement.
pub(crate) fn answers(sql: &str) -> Reply {
    Reply::json(&sql_of(sql))
}

fn form(question: &str) -> Value {
    if let Some(sql) = question.strip_prefix("run ") {
        return sql_of(sql);
    }
    if let Some(choice) = question.strip_prefix("which ") {
        let options: Vec<&str> = choice.split(" or ").collect();
        return filled(json!({"kind": "clarify", "message": "Which one?", "options": options}));
    }
    if let Some(reason) = question.strip_prefix("never ") {
        return filled(json!({"kind": "unanswerable", "message": reason, "options": ["How many orders?"]}));
    }
    filled(json!({"kind": "chat", "message": format!("You said: {question}")}))
}

/// The form demands every field.
fn filled(given: Value) -> Value {
    let mut form = json!({
        "kind": "", "sql": "", "explanation": "", "message": "", "options": [], "readings": [],
        "confidence": 1.0, "follow_ups": [],
    });
    for (key, value) in given.as_object().unwrap() {
        form[key] = value.clone();
    }
    form
}

/// The words of the person, out of the message that a model sees.
fn question(message: &str) -> &str {
    let (_, fenced) = message.rsplit_once("<data kind=\"question\">\n").unwrap_or(("", message));
    fenced.split_once("\n</data>").map_or(fenced, |(question, _)| question).trim_end()
}
