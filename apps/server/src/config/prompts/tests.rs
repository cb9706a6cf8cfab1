use std::{fs, path::Path};

use sqlatte_core::ask::Prompts;

use crate::config::{Config, Environment, Overrides};

/// A configuration read from a folder of its own, with a model; the folder's name is left out of faults.
fn load_in(folder: &Path, yaml: &str) -> Result<Config, String> {
    let file = folder.join("own.yaml");
    fs::write(&file, format!("llm: {{ provider: anthropic }}\n{yaml}")).unwrap();
    let environment = Environment::default().in_folder("/nowhere");
    let loaded = Config::load_in(Some(&file), &Overrides::default(), &environment);
    loaded.map_err(|error| error.to_string().replace(&format!("{}/", folder.display()), ""))
}

fn load(yaml: &str) -> Result<Config, String> {
    load_in(tempfile::tempdir().unwrap().path(), yaml)
}

#[test]
fn empty_prompts_are_the_built_in_ones() {
    assert_eq!(load("").unwrap().told, Prompts::default());
    assert_eq!(load("prompts: { interpret: \" \\n\", sql_generation: }").unwrap().told, Prompts::default());
}

#[test]
fn a_prompt_is_a_text_or_a_file_beside_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("prompts")).unwrap();
    fs::write(folder.path().join("prompts/voice.md"), "Speak like a sailor.\n").unwrap();
    let yaml = "prompts:\n  chat: file:prompts/voice.md\n  interpret: \"{{ dialect }}, {{ chat }}\"";
    let told = load_in(folder.path(), yaml).unwrap().told;
    assert_eq!(
        (told.chat.as_str(), told.interpret.as_str()),
        ("Speak like a sailor.\n", "{{ dialect }}, {{ chat }}")
    );
    assert_eq!(told.repair, Prompts::default().repair);
}

#[test]
fn faults_name_the_key_the_line_and_the_holes() {
    let long = format!("prompts: {{ chat: {} }}", "a".repeat(100_001));
    let said = [
        "prompts: { interpret: \"{{ dialect }}, {{ chat }}\\n{{ schema }}\" }",
        "prompts: { interpret: \"Write SQL for {{ dialect }}\" }",
        "prompts: { repair: \"{{ dialect\" }",
        "prompts: { chat: \"file:voice.md\" }",
        "prompts: { sql_generation: \"Use {schema_info}.\\nToday is {today}.\" }",
        "prompts: { barista_personality: hello, chat: hello }",
        "prompts: { intent_detection: hello, interpret: hello }",
        "prompts: { sql_generation: hello, interpret: hello }",
        long.as_str(),
    ]
    .map(|yaml| load(yaml).unwrap_err());
    insta::assert_snapshot!(said.join("\n"), @"
    prompts.interpret, line 2: there is no hole `schema`; its holes are {{ dialect }} and {{ chat }}
    prompts.interpret: it must have {{ chat }}; its holes are {{ dialect }} and {{ chat }}
    prompts.repair, line 1: unexpected end of input, expected end of variable block; its only hole is {{ dialect }}
    prompts.chat: the file voice.md cannot be read: No such file or directory (os error 2)
    prompts.sql_generation, line 2: there is no hole {today}; its holes are {schema_info}, {schema}, {table_schema}, {question}, {user_question}
    prompts.chat and prompts.barista_personality are the same: keep one of them
    prompts.interpret and prompts.intent_detection are the same: keep one of them
    prompts.interpret and prompts.sql_generation are the same: keep one of them
    prompts.chat has 100001 bytes: at most 100000 are sent with every question
    ");
    assert!(
        load("prompts: { interprit: hello }").unwrap_err().starts_with("prompts.interprit: unknown field")
    );
}

/// The names and holes of SQLatte in Python, in words of our own.
const PYTHON: &str = "
prompts:
  intent_detection: |
    Decide what this is about: {question}
    The tables: {schema_info}
    INTENT: sql or chat
  barista_personality: |
    You serve coffee and data ☕.
  sql_generation: |
    Tables:
    {schema_info}
    Asked: {question}
    Always filter by dt = '20251218', as in {{\"dt\": 1}}.
    SQL: the query
  insights_generation: |
    Of {user_question}, {sql_query} and {data_preview}.
    TYPE: trend
";

#[test]
fn prompts_of_the_python_project_are_taken_over() {
    let config = load(PYTHON).unwrap();
    insta::assert_snapshot!(format!(
        "{}\n-----\n{}\n-----\n{}\n-----\n{}",
        config.told.interpret,
        config.told.chat,
        config.told.insights,
        config.unused.join("\n")
    ));
}

#[test]
fn prompts_without_a_model_have_no_effect_and_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.yaml");
    fs::write(&file, "prompts: { chat: Be brief., sql_generation: \"Of {schema}\" }").unwrap();
    let config = Config::load_in(Some(&file), &Overrides::default(), &Environment::default()).unwrap();
    assert_eq!(
        config.unused,
        ["chat", "sql_generation"].map(|key| format!("prompts.{key} has no effect: llm.provider is offline"))
    );
}
