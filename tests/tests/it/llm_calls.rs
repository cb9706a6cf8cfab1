//! How often a model is called, and with how much text.

use std::fs;

use serde_json::{Value, json};
use sqlatte_e2e::{Question, Start, database, demo_questions, questions_on_many};
use tempfile::TempDir;

use crate::support::scripted::{Skill, ask_all, model, tokens};

/// Tokens of a question at most, whatever the size of the database.
const MOST_TOKENS: usize = 6_000;

#[tokio::test]
async fn a_question_is_one_call_and_a_repeated_one_none() {
    let questions = demo_questions();
    assert_eq!(questions.len(), 60);
    let model = model(&questions, Skill::Right);
    let server = Start::new().model(&model.url()).serve();
    for cost in ask_all(&server.client(), &questions).await {
        assert_eq!((cost.calls, cost.attempts, cost.cached), (1, 1, false));
    }
    assert_eq!(model.calls(), 60);
    for cost in ask_all(&server.client(), &questions).await {
        assert_eq!((cost.calls, cost.input_tokens, cost.cached), (0, 0, true));
    }
    assert_eq!(model.calls(), 60, "a repeated question costs no call");
}

#[tokio::test]
async fn a_statement_that_has_to_be_mended_is_three_calls_at_most() {
    let questions = demo_questions();
    let model = model(&questions, Skill::RightInTheEnd);
    let server = Start::new().model(&model.url()).serve();
    for cost in ask_all(&server.client(), &questions).await {
        assert_eq!((cost.calls, cost.attempts), (3, 3));
    }
    for cost in ask_all(&server.client(), &questions).await {
        assert_eq!((cost.calls, cost.attempts, cost.cached), (0, 1, true), "what was mended is kept");
    }
    assert_eq!(model.calls(), 180);
}

#[tokio::test]
async fn a_thousand_tables_fit_into_the_budget() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("many.db");
    database::many(&file);
    let questions = questions_on_many();
    let model = model(&questions, Skill::Right);
    let server = Start::new().database(&file).model(&model.url()).serve();
    let client = server.client();
    ask_all(&client, &questions).await;
    let requests = model.requests();
    assert_eq!(requests.len(), questions.len());
    let most = requests.iter().map(tokens).max().unwrap();
    assert!((1_000..=MOST_TOKENS).contains(&most), "{most} tokens");

    // What was asked since has changed which tables are shown, but nothing about the tables.
    let again = client.ask(&questions[0].text).await.expect(200);
    assert_eq!((&again["cached"], &again["usage"]["llm_calls"]), (&json!(true), &json!(0)));
}

/// Long questions, long statements in the conversation and a house with very much to say share the same room.
#[tokio::test]
async fn a_long_conversation_over_a_thousand_tables_fits_into_the_budget() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("many.db");
    database::many(&file);
    let terms: String = (0..400)
        .map(|at| {
            format!("  - {{name: special word {at}, meaning: what people at work call the {at}th thing}}\n")
        })
        .collect();
    let house = folder.path().join("house");
    fs::create_dir(&house).unwrap();
    fs::write(house.join("terms.yaml"), format!("terms:\n{terms}")).unwrap();
    let questions: Vec<Question> = questions_on_many().into_iter().take(8).map(long).collect();
    let model = model(&questions, Skill::Right);
    for context in [None, house.to_str()] {
        let mut start = Start::new().database(&file).model(&model.url());
        if let Some(path) = context {
            start = start.variable("SQLATTE__CONTEXT__PATH", path);
        }
        ask_all(&start.serve().client(), &questions).await;
    }
    let requests = model.requests();
    assert_eq!(requests.len(), 2 * questions.len());
    let most = requests.iter().map(tokens).max().unwrap();
    assert!((4_000..=MOST_TOKENS).contains(&most), "{most} tokens");
}

/// The same question in nearly as many words as one may have, with a statement as long.
fn long(question: Question) -> Question {
    let words = " as people in the office would say it,".repeat(95);
    let sql = "a text of many words ".repeat(140);
    Question {
        text: format!("{}{words} please", question.text),
        sql: question.sql.replacen("SELECT ", &format!("SELECT '{sql}' AS remark, "), 1),
        ..question
    }
}

/// What Anthropic's API remembers of a call is all that does not change with the question.
#[tokio::test]
async fn the_second_question_reads_the_schema_from_the_providers_memory() {
    let questions = demo_questions();
    let model = model(&questions, Skill::Right);
    let server = Start::new().model(&model.url()).serve();
    let costs = ask_all(&server.client(), &questions[..3]).await;
    assert_eq!(costs[0].cached_tokens, 0);
    let requests = model.requests();
    let system = |request: &Value| request["system"].clone();
    for (request, cost) in requests.iter().zip(&costs).skip(1) {
        assert_eq!(system(request), system(&requests[0]), "the same bytes");
        let share = cost.cached_tokens as f64 / cost.input_tokens as f64;
        assert!(share > 0.9, "{share}: only the day and the question are new");
    }
}

/// APIs that remember by themselves remember how calls begin.
#[tokio::test]
async fn what_stays_the_same_comes_first() {
    for (provider, more) in [("openai", Some("model")), ("gemini", None)] {
        let questions = demo_questions();
        let model = model(&questions, Skill::Right);
        let section = format!("SQLATTE__LLM__{}__", provider.to_uppercase());
        let mut start = Start::new()
            .variable("SQLATTE__LLM__PROVIDER", provider)
            .variable(&format!("{section}BASE_URL"), &model.url())
            .variable(&format!("{section}API_KEY"), "sk-test-key-of-the-whole-system");
        if let Some(key) = more {
            start = start.variable(&format!("{section}{}", key.to_uppercase()), "gpt-5.4-mini");
        }
        let server = start.serve();
        ask_all(&server.client(), &questions[..2]).await;
        let requests = model.requests();
        let texts: Vec<String> = requests.iter().map(|request| spoken(request).concat()).collect();
        let same = texts[0].bytes().zip(texts[1].bytes()).take_while(|(one, other)| one == other).count();
        let share = same as f64 / texts[0].len() as f64;
        assert!(share > 0.9, "{provider}: {share} of the text is the same from its start");
    }
}

/// The texts of a call in the order in which the model reads them.
fn spoken(request: &Value) -> Vec<String> {
    let parts = |content: &Value| -> Vec<String> {
        let parts = content["parts"].as_array().into_iter().flatten();
        parts.filter_map(|part| part["text"].as_str()).map(str::to_owned).collect()
    };
    if let Some(messages) = request["messages"].as_array() {
        return messages
            .iter()
            .map(|message| message["content"].as_str().unwrap_or_default().to_owned())
            .collect();
    }
    let contents = request["contents"].as_array().into_iter().flatten();
    [&request["systemInstruction"], &request["system_instruction"]]
        .into_iter()
        .chain(contents)
        .flat_map(parts)
        .collect()
}
