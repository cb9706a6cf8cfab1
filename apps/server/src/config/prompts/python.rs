//! Prompts as SQLatte in Python wrote them: holes in single braces, and an answer in lines with labels.

use super::ConfigError;

/// What holes of theirs become: the data itself is sent after the instructions, where it cannot give any.
const SCHEMA: &str = "[the schema, which follows as data]";
const QUESTION: &str = "[the question, which follows as data]";

const STATEMENT: &str = "[the statement, which follows as data]";
const ROWS: &str = "[rows and their columns, which follow as data]";

type Hole = (&'static str, &'static str);

const HOLES: [Hole; 5] = [
    ("schema_info", SCHEMA),
    ("schema", SCHEMA),
    ("table_schema", SCHEMA),
    ("question", QUESTION),
    ("user_question", QUESTION),
];

const OF_INSIGHTS: [Hole; 9] = [
    ("user_question", QUESTION),
    ("question", QUESTION),
    ("sql_query", STATEMENT),
    ("data_preview", ROWS),
    ("query_result", ROWS),
    ("row_count", ROWS),
    ("columns", ROWS),
    ("schema_info", ROWS),
    ("schema", ROWS),
];

/// `sql_generation` and `intent_detection` as one prompt, since one call does both.
pub(super) fn interpret(
    sql: Option<&str>,
    intent: Option<&str>,
    unused: &mut Vec<String>,
) -> Result<String, ConfigError> {
    let mut prompt = match sql {
        Some(sql) => {
            unused.push(
                "prompts.sql_generation is used as prompts.interpret, but not the form of answer it asks for: SQL and \
                 explanation come back as JSON, and schema and question follow it as data"
                    .to_owned(),
            );
            let sql = converted("sql_generation", sql, &HOLES)?;
            format!("The database is {{{{ dialect }}}}.\n\n{}\n\n{{{{ chat }}}}\n", sql.trim())
        }
        None => sqlatte_core::ask::Prompts::default().interpret,
    };
    if let Some(intent) = intent {
        unused.push(
            "prompts.intent_detection is used as a part of prompts.interpret, but not the form of answer it asks for: \
             INTENT, CONFIDENCE and REASONING come back as JSON, in the same call as the SQL"
                .to_owned(),
        );
        let intent = converted("intent_detection", intent, &HOLES)?;
        prompt.push_str(&format!("\nWhether to write SQL or to reply in words:\n{}\n", intent.trim()));
    }
    Ok(prompt)
}

/// `barista_personality`, which the voice of replies is.
pub(super) fn chat(barista: &str) -> Result<String, ConfigError> {
    converted("barista_personality", barista, &HOLES)
}

/// `insights_generation`, which says what is worth telling.
pub(super) fn insights(generation: &str, unused: &mut Vec<String>) -> Result<String, ConfigError> {
    unused.push(
        "prompts.insights_generation is used as prompts.insights, but not the form of answer it asks for: insights come \
         back as JSON, and question, statement and rows follow it as data"
            .to_owned(),
    );
    converted("insights_generation", generation, &OF_INSIGHTS)
}

/// A prompt with Python's holes as a template of ours; two braces are one, as in Python.
fn converted(key: &str, prompt: &str, holes: &[Hole]) -> Result<String, ConfigError> {
    let mut text = String::with_capacity(prompt.len());
    let mut rest = prompt;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        if from.starts_with("{{") || from.starts_with("}}") {
            text.push_str(&from[..1]);
            rest = &from[2..];
        } else if let Some(name) = hole(from) {
            let Some((_, means)) = holes.iter().find(|(known, _)| *known == name) else {
                let line = prompt[..prompt.len() - from.len()].matches('\n').count() + 1;
                let known: Vec<String> = holes.iter().map(|(known, _)| format!("{{{known}}}")).collect();
                return Err(ConfigError(format!(
                    "prompts.{key}, line {line}: there is no hole {{{name}}}; its holes are {}",
                    known.join(", ")
                )));
            };
            text.push_str(means);
            rest = &from[name.len() + 2..];
        } else {
            text.push_str(&from[..1]);
            rest = &from[1..];
        }
    }
    text.push_str(rest);
    Ok(literal(&text))
}

/// The name between a brace and its end; nothing for a brace that is just one.
fn hole(from: &str) -> Option<&str> {
    let (name, _) = from.strip_prefix('{')?.split_once('}')?;
    let starts = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    (starts && name.chars().all(|one| one.is_ascii_alphanumeric() || one == '_')).then_some(name)
}

/// Text that a template shows as it is.
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(one) = characters.next() {
        let opens = one == '{' && characters.peek().is_some_and(|next| "{%#".contains(*next));
        if opens {
            out.push_str("{{ '{' }}");
        } else {
            out.push(one);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_filled_and_braces_stay() {
        for (theirs, ours) in [
            ("Of {schema_info}: {question}", format!("Of {SCHEMA}: {QUESTION}")),
            (r#"{{"a": {1}}} { b } }}"#, r#"{"a": {1}} { b } }"#.to_owned()),
            ("{{{{ dialect }}}}", "{{ '{' }}{ dialect }}".to_owned()),
            ("{{% if %}} {#", "{{ '{' }}% if %} {{ '{' }}#".to_owned()),
        ] {
            assert_eq!(converted("sql_generation", theirs, &HOLES).unwrap(), ours);
        }
        let said = converted("sql_generation", "a\nb {today}", &HOLES).unwrap_err().to_string();
        assert!(said.starts_with("prompts.sql_generation, line 2: there is no hole {today}"), "{said}");
    }
}
