//! `check`, `ask`, `openapi`, `version`: what they print and how they end.

use std::process::Output;

use serde_json::{Value, json};
use sqlatte_e2e::{Start, database};
use tempfile::TempDir;

use crate::support::{Contract, answers, model};

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

struct Shop {
    folder: TempDir,
    model: sqlatte_testkit::llm::FakeModelServer,
}

impl Shop {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        database::shop(&folder.path().join("shop.db"));
        Shop { folder, model: model() }
    }

    fn start(&self) -> Start {
        Start::new().database(&self.folder.path().join("shop.db")).model(&self.model.url())
    }
}

#[test]
fn version_says_what_this_build_can() {
    let printed = Start::new().plain(&["version"], b"");
    assert!(printed.status.success());
    let text = stdout(&printed);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], format!("sqlatte {}", env!("CARGO_PKG_VERSION")));
    assert!(lines[1].starts_with("databases: ") && lines[1].contains("sqlite"), "{text}");
    assert!(lines[2].starts_with("interpreters: ") && lines[2].contains("anthropic"), "{text}");
    assert_eq!(stdout(&Start::new().plain(&["--version"], b"")).trim(), lines[0]);
}

#[test]
fn help_and_mistakes() {
    let help = Start::new().plain(&["--help"], b"");
    assert!(help.status.success());
    for command in ["serve", "check", "ask", "guard", "openapi", "version"] {
        assert!(stdout(&help).contains(command), "{command}");
    }
    for wrong in
        [&["brew"][..], &["ask"], &["guard"], &["guard", "--dialect", "cobol"], &["serve", "--port", "x"]]
    {
        let mistaken = Start::new().plain(wrong, b"");
        assert_eq!(mistaken.status.code(), Some(2), "{wrong:?}");
        assert!(stderr(&mistaken).contains("Usage") || stderr(&mistaken).contains("--help"), "{wrong:?}");
    }
}

#[test]
fn openapi_is_a_document() {
    let printed = Start::new().plain(&["openapi"], b"");
    assert!(printed.status.success());
    let contract = Contract::new(serde_json::from_slice(&printed.stdout).unwrap());
    assert!(contract.routes().len() >= 18);
}

#[test]
fn check_has_a_line_for_each_part() {
    let shop = Shop::new();
    let checked = shop.start().run("check");
    let text = stdout(&checked);
    assert!(checked.status.success(), "{text}{}", stderr(&checked));
    for part in ["configuration", "store", "database", "tables", "interpreter"] {
        assert!(text.lines().any(|line| line.starts_with(&format!("ok    {part}: "))), "no {part} in {text}");
    }
    assert!(text.contains("ok    tables: 5"), "{text}");
    assert!(!text.contains("sk-test-key"), "{text}");
}

#[test]
fn check_fails_with_the_part_that_fails() {
    let shop = Shop::new();
    let checked = shop.start().model("http://127.0.0.1:9").run("check");
    let text = stdout(&checked);
    assert_eq!(checked.status.code(), Some(1), "{text}");
    assert!(text.contains("FAIL  model of llm.provider: ") && text.contains("127.0.0.1:9"), "{text}");
    assert!(text.contains("ok    database: "), "{text}");
}

#[test]
fn ask_prints_the_statement_and_the_rows() {
    let shop = Shop::new();
    let asked = shop.start().argument("run SELECT name, city FROM customers ORDER BY id").run("ask");
    let text = stdout(&asked);
    assert!(asked.status.success(), "{}", stderr(&asked));
    for line in [
        "What was asked for",
        "SELECT name, city FROM customers ORDER BY id",
        "name          city",
        "Zoë Ångström  Göteborg",
        "(4 rows)",
    ] {
        assert!(text.lines().any(|one| one == line), "no `{line}` in\n{text}");
    }
    let chat = shop.start().argument("which a or b").run("ask");
    assert!(chat.status.success());
    assert_eq!(stdout(&chat), "Which one?\n  - a\n  - b\n");
}

#[test]
fn ask_prints_json_as_the_api_does() {
    let shop = Shop::new();
    let asked = shop.start().argument("--json").argument("run SELECT count(*) AS n FROM orders").run("ask");
    assert!(asked.status.success(), "{}", stderr(&asked));
    let answer: Value = serde_json::from_slice(&asked.stdout).unwrap();
    let document = Start::new().plain(&["openapi"], b"").stdout;
    Contract::new(serde_json::from_slice(&document).unwrap()).fits("AnswerBody", &answer, "ask --json");
    assert_eq!((&answer["columns"], &answer["data"]), (&json!(["n"]), &json!([[6]])));
}

#[test]
fn ask_fails_with_the_reason() {
    let shop = Shop::new();
    shop.model.on("harm", answers("DROP TABLE customers"));
    let asked = shop.start().argument("harm").run("ask");
    assert_eq!((asked.status.code(), stdout(&asked).as_str()), (Some(1), ""));
    let text = stderr(&asked);
    assert!(text.contains("DROP TABLE customers") && text.contains("sqlatte: "), "{text}");
    let dead = shop.start().model("http://127.0.0.1:9").argument("hello").run("ask");
    assert_eq!(dead.status.code(), Some(1));
    assert!(stderr(&dead).contains("127.0.0.1:9"), "{}", stderr(&dead));
}

#[test]
fn logs_in_files_have_no_colours() {
    let server = Start::new().serve();
    assert!(
        server.log().contains("made the demo database") && !server.log().contains('\u{1b}'),
        "{}",
        server.log()
    );
}

#[test]
fn ask_refuses_what_is_no_question() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("shop.db");
    database::shop(&file);
    let model = model();
    for question in [" ".to_owned(), "x".repeat(4_001)] {
        let start = Start::new().database(&file).model(&model.url());
        let asked = start.argument(question).run("ask");
        assert_eq!(asked.status.code(), Some(1));
    }
}
