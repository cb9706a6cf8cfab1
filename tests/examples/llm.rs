//! Counts how often a model is called and how much text it gets, prints a table, and writes it to the file
//! named on the command line. `cargo xtask bench llm` runs it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a count that cannot be made has failed"
)]

#[path = "../tests/it/support/scripted.rs"]
mod scripted;

use std::{env, fmt::Write, fs};

use scripted::{Cost, Skill, ask_all, model, tokens};
use sqlatte_e2e::{Start, database, demo_questions, questions_on_many};
use tempfile::TempDir;

#[tokio::main]
async fn main() {
    let mut table = String::new();
    let mut row = |what: &str, counted: String, wanted: &str, is_met: bool| {
        let verdict = match (wanted, is_met) {
            ("", _) => "",
            (_, true) => "ok",
            (_, false) => "MISS",
        };
        writeln!(table, "| {what} | {counted} | {wanted} | {verdict} |").unwrap();
    };

    let questions = demo_questions();
    let right = model(&questions, Skill::Right);
    let server = Start::new().model(&right.url()).serve();
    let first = ask_all(&server.client(), &questions).await;
    let calls = most(&first, |cost| cost.calls);
    row("calls for a question, most", calls.to_string(), "1", calls == 1);
    let again = ask_all(&server.client(), &questions).await;
    let calls = most(&again, |cost| cost.calls);
    row("calls for a question asked before, most", calls.to_string(), "0", calls == 0);

    let poor = model(&questions, Skill::RightInTheEnd);
    let mending = Start::new().model(&poor.url()).serve();
    let calls = most(&ask_all(&mending.client(), &questions).await, |cost| cost.calls);
    row("calls where the first two statements are broken, most", calls.to_string(), "≤ 3", calls <= 3);

    let asked: Vec<usize> = right.requests().iter().map(tokens).collect();
    row("input tokens of a question on the demo database, mean and most", sizes(&asked), "", true);
    let (all, cached) = first
        .iter()
        .skip(1)
        .fold((0, 0), |(all, cached), cost| (all + cost.input_tokens, cached + cost.cached_tokens));
    let share = format!("{} %", cached * 100 / all);
    row("of them in the memory of Anthropic's API, from the second question on", share, "", true);

    let folder = TempDir::new().unwrap();
    let file = folder.path().join("many.db");
    database::many(&file);
    let questions = questions_on_many();
    let right = model(&questions, Skill::Right);
    let server = Start::new().database(&file).model(&right.url()).serve();
    ask_all(&server.client(), &questions).await;
    let asked: Vec<usize> = right.requests().iter().map(tokens).collect();
    let largest = asked.iter().max().copied().unwrap_or_default();
    row(
        "input tokens of a question on 1,000 tables, mean and most",
        sizes(&asked),
        "≤ 6,000",
        largest <= 6_000,
    );
    let calls = most(&ask_all(&server.client(), &questions[..1]).await, |cost| cost.calls);
    row("calls for a question on 1,000 tables asked before", calls.to_string(), "0", calls == 0);

    let text = format!("{HEAD}{table}");
    println!("{text}");
    if let Some(file) = env::args().nth(1) {
        fs::write(&file, text).unwrap_or_else(|error| panic!("{file}: {error}"));
    }
}

const HEAD: &str = "\
# Calls and tokens

Written by `cargo xtask bench llm`: the real server, asked over HTTP, with a scripted model behind real HTTP that speaks
Anthropic's Messages API. Asked are the 60 questions of [demo-questions.md](demo-questions.md), follow-ups in the
conversation they go on from; on 1,000 generated tables (12 to 20 columns each) forty questions in one conversation.
Asked again are the same questions in new conversations.

Tokens are counted with OpenAI's `o200k_base` over everything the model reads: instructions, schema, conversation,
question and the form of the answer. How Anthropic and Google cut texts is not public; it comes to about as much. What
an API remembers is counted by the scripted model, four characters a token.

| | counted | goal | |
|---|---:|---|---|
";

fn most(costs: &[Cost], of: impl Fn(&Cost) -> u64) -> u64 {
    costs.iter().map(of).max().unwrap_or_default()
}

fn sizes(tokens: &[usize]) -> String {
    let mean = tokens.iter().sum::<usize>() / tokens.len().max(1);
    format!("{mean}, {}", tokens.iter().max().copied().unwrap_or_default())
}
