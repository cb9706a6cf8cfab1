use sqlatte_guard::Dialect;

use super::*;

/// Everything that is wrong with a file of this text.
fn faults(text: &str) -> String {
    let file = ContextFile { name: "shop.yaml".to_owned(), text: text.to_owned() };
    match Glossary::read(&[file], Dialect::Sqlite) {
        Ok(_) => "no fault".to_owned(),
        Err(faults) => faults.iter().map(|fault| format!("{fault}\n")).collect(),
    }
}

#[test]
fn every_typo_is_told_with_its_line_and_the_nearest_name() {
    insta::assert_snapshot!(faults(include_str!("tests/typos.yaml")));
}

#[test]
fn what_is_no_yaml_is_told_with_its_line() {
    insta::assert_snapshot!(
        [
            "terms:\n  - name: [guest\n",
            "- a list\n",
            "just words",
            "terms:\n  - name: a\n    name: b\n",
            "terms: 3",
        ]
        .map(faults)
        .join("---\n")
    );
}

#[test]
fn sql_that_would_be_refused_is_told_with_its_line() {
    insta::assert_snapshot!(faults(include_str!("tests/refused.yaml")));
}

#[test]
fn nothing_is_a_context_file_too() {
    for text in ["", "# only a comment\n", "terms:\nmetrics: []\n", "---\n"] {
        assert_eq!(faults(text), "no fault", "{text}");
    }
}

#[test]
fn hostile_yaml_is_refused_in_time() {
    let deep = format!("terms: {}{}", "[".repeat(50_000), "]".repeat(50_000));
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n\
                d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n\
                f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nterms: *g\n";
    for text in [deep.as_str(), bomb, "terms: &x [*x]", "\u{0}", "terms: !!binary aGk="] {
        let told = faults(text);
        assert!(told.starts_with("shop.yaml:"), "{}", told.chars().take(200).collect::<String>());
    }
}

#[test]
fn words_are_found_whatever_their_form() {
    let file = ContextFile {
        name: "shop.yaml".to_owned(),
        text: "terms:\n  - {name: Regular guest, synonyms: [habitué], tables: [people]}\n\
               metrics:\n  - {name: net revenue, table: a.orders, sql: SUM(x)}\n"
            .to_owned(),
    };
    let glossary = Glossary::read(&[file], Dialect::Sqlite).unwrap();
    for (question, tables) in [
        ("how many regular guests were there?", vec!["people"]),
        ("HABITUE", vec!["people"]),
        ("net-revenue of habitués", vec!["people", "a.orders"]),
        ("net and revenue", vec![]),
        ("guests", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(glossary.tables_said(question), tables, "{question}");
    }
}

#[test]
fn the_nearest_examples_come_first() {
    let text = "examples:\n\
                - {question: Which city has the most customers?, sql: SELECT 1 FROM a}\n\
                - {question: Revenue by month last year, sql: SELECT 1 FROM b}\n\
                - {question: Customers without orders, sql: SELECT 1 FROM c}\n";
    let file = ContextFile { name: "shop.yaml".to_owned(), text: text.to_owned() };
    let glossary = Glossary::read(&[file], Dialect::Sqlite).unwrap();
    let first = |question: &str| {
        let found = glossary.similar(question, 4);
        found.first().map(|example| example.tables.join(","))
    };
    assert_eq!(first("revenue of each month"), Some("b".to_owned()));
    assert_eq!(first("customers of every city"), Some("a".to_owned()));
    assert_eq!(first("what is the weather"), None);
    assert_eq!(glossary.similar("customers, orders, revenue, cities", 2).len(), 2);
}
