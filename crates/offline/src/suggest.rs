//! Questions this engine can answer on a schema: to start with, and the nearest to one it cannot read.

use crate::{
    figures,
    model::{Column, Model, TableId},
    reader::Knowledge,
    synonyms::Concept,
    token::{Token, TokenKind, tokenise},
};

/// A question is offered only when it is read at least this surely.
const SURE: f64 = 0.75;

/// Candidate questions on this schema, the most interesting first; each is one the engine reads.
pub(crate) fn questions(knowledge: &Knowledge, today: chrono::NaiveDate) -> Vec<String> {
    let mut questions: Vec<String> = Vec::new();
    for candidate in candidates(knowledge) {
        let sure = knowledge.read(&candidate, None, today).is_ok_and(|read| read.confidence >= SURE);
        if sure && !questions.contains(&candidate) {
            questions.push(candidate);
        }
    }
    questions
}

/// The `count` of these questions that share most with what was asked.
pub(crate) fn nearest(questions: &[String], asked: &[Token], count: usize) -> Vec<String> {
    let stems: Vec<&str> =
        asked.iter().filter(|token| token.kind == TokenKind::Word).map(|token| token.stem.as_str()).collect();
    let mut scored: Vec<(usize, usize, &String)> = questions
        .iter()
        .enumerate()
        .map(|(place, question)| {
            let shared = tokenise(question)
                .iter()
                .filter(|token| token.word.len() > 3 && stems.contains(&token.stem.as_str()))
                .count();
            (usize::MAX - shared, place, question)
        })
        .collect();
    scored.sort_unstable();
    scored.into_iter().take(count).map(|(.., question)| question.clone()).collect()
}

fn candidates(knowledge: &Knowledge) -> Vec<String> {
    let model = &knowledge.model;
    let mut first = Vec::new();
    let mut second = Vec::new();
    let mut third = Vec::new();
    let revenue = figures::ways(model, Concept::Revenue);
    if !revenue.is_empty() {
        let reaches = |table: TableId| {
            revenue.iter().any(|(base, _)| *base != table && model.reaches_forward(*base, table))
        };
        let entities: Vec<TableId> = (0..model.tables.len())
            .filter(|&id| reaches(id) && !model.tables[id].labels.is_empty())
            .collect();
        first.push("Revenue by month this year".to_owned());
        for &entity in &entities {
            let list = if entity == entities[0] { &mut first } else { &mut second };
            list.push(format!("Top 5 {} by revenue", plural(model, entity)));
        }
        first.push("Revenue this year vs last year".to_owned());
        for &entity in &entities {
            second.push(format!("Revenue by {} last month", one(model, entity)));
        }
    }
    for table in 0..model.tables.len() {
        add_table_questions(model, table, &mut first, &mut second, &mut third);
    }
    first.into_iter().chain(second).chain(third).collect()
}

fn add_table_questions(
    model: &Model,
    table: TableId,
    first: &mut Vec<String>,
    second: &mut Vec<String>,
    third: &mut Vec<String>,
) {
    let many = plural(model, table);
    if many == one(model, table) {
        // "how many inventory" is no English
        return;
    }
    let columns: Vec<&Column> = model.tables[table].columns.iter().map(|&id| &model.columns[id]).collect();
    let labels = &model.tables[table].labels;
    let categories: Vec<&Column> = columns
        .iter()
        .copied()
        .filter(|column| column.is_text() && !column.is_key && !column.samples.is_empty())
        .filter(|column| !labels.iter().any(|&label| model.columns[label].name == column.name))
        .filter(|column| {
            !column.has_word(&[
                "name",
                "email",
                "phone",
                "address",
                "code",
                "contact",
                "description",
                "comment",
            ])
        })
        .collect();
    let dated = model.tables[table].main_date.is_some();
    if dated && labels.is_empty() {
        first.push(format!("How many {many} were there last month?"));
        second.push(format!("Number of {many} per month this year"));
    }
    for category in categories.iter().take(2) {
        second.push(format!("Number of {many} by {}", category.words.join(" ")));
    }
    let quantities: Vec<&Column> = columns
        .iter()
        .copied()
        .filter(|column| column.is_quantity() && !column.has_word(&["percent", "latitude", "longitude"]))
        .collect();
    for quantity in quantities.iter().take(2) {
        let name = quantity.words.join(" ");
        if !labels.is_empty() {
            second.push(format!("Which {} has the highest {name}?", one(model, table)));
        }
        match categories.first() {
            Some(category) => third.push(format!("Average {name} of {many} by {}", category.words.join(" "))),
            None => third.push(format!("What is the average {name} of {many}?")),
        }
    }
    for edge in model
        .edges
        .iter()
        .filter(|edge| edge.to == table && edge.from != table && !model.tables[table].labels.is_empty())
    {
        third.push(format!("Which {many} have no {}?", plural(model, edge.from)));
        third.push(format!("Number of {} per {}", plural(model, edge.from), one(model, table)));
    }
    third.push(format!("How many {many} are there?"));
    if !labels.is_empty() {
        third.push(format!("List all {many}"));
    }
}

/// The table's name as people write it.
fn plural(model: &Model, table: TableId) -> String {
    crate::text::split_identifier(model.tables[table].name()).join(" ")
}

fn one(model: &Model, table: TableId) -> String {
    model.tables[table].words.join(" ")
}

/// Words of a question that mean nothing to the engine, for people: “weather”, “mars”.
pub(crate) fn name_words(words: &[String]) -> String {
    let mut named: Vec<String> = Vec::new();
    for word in words {
        let word = format!("“{word}”");
        if !named.contains(&word) {
            named.push(word);
        }
    }
    named.truncate(6);
    match named.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}
