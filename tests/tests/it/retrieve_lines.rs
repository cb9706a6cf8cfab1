//! `sqlatte retrieve`: questions as JSON lines in, tables out.

use std::{
    io::{BufRead, BufReader, Write},
    sync::mpsc,
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use sqlatte_e2e::Start;

const CATALOGUE: &str = r#"
{"db":"shop","table":"customers","columns":[{"name":"id","type":"INT","pk":true,"fk":[],"samples":[1]},{"name":"city"}]}
{"db":"shop","table":"orders","columns":[{"name":"customer_id","type":"INT","fk":["customers.id"]},{"name":"total"}]}
{"db":"zoo","table":"animals","columns":[{"name":"species","type":"TEXT","samples":["red panda"]}]}
"#;

fn retrieve(catalogue: &[u8], input: &[u8]) -> (bool, Vec<Value>, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("catalogue.jsonl");
    std::fs::write(&file, catalogue).unwrap();
    let done = Start::new().plain(&["retrieve", "--catalog", file.to_str().unwrap()], input);
    let out = String::from_utf8(done.stdout).unwrap();
    let lines = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (done.status.success(), lines, String::from_utf8(done.stderr).unwrap())
}

#[test]
fn every_question_is_answered_in_order_and_a_bad_line_does_not_stop_the_next() {
    let questions = [
        json!({"id": "a", "question": "which customers ordered for the highest total?"}).to_string(),
        "no JSON".to_owned(),
        json!({"id": 3}).to_string(),
        String::new(),
        json!({"id": [5], "question": "red pandas"}).to_string(),
        json!({"id": 6, "question": "?"}).to_string(),
    ];
    let mut input = questions.join("\n").into_bytes();
    input.extend(b"\n\xff\xfe\n");
    let (success, lines, _) = retrieve(CATALOGUE.as_bytes(), &input);
    assert!(success);
    assert_eq!(lines.len(), 6, "{lines:?}");
    let first: Vec<&str> = lines[0]["tables"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(lines[0]["id"], "a");
    assert_eq!((first.contains(&"shop.customers"), first.contains(&"shop.orders")), (true, true));
    assert_eq!((&lines[1]["id"], &lines[1]["tables"]), (&Value::Null, &json!([])));
    assert!(lines[1]["error"].as_str().unwrap().starts_with("line 2: "));
    assert_eq!(lines[2]["id"], 3);
    assert!(lines[2]["error"].as_str().unwrap().starts_with("line 3: "));
    assert_eq!(lines[3], json!({"id": [5], "tables": ["zoo.animals"]}));
    assert_eq!(lines[4], json!({"id": 6, "tables": []}));
    assert!(lines[5]["error"].as_str().unwrap().starts_with("line 7: "));
}

#[test]
fn each_question_is_answered_before_the_next_is_asked() {
    let start = Start::new();
    let file = start.folder().join("catalogue.jsonl");
    std::fs::write(&file, CATALOGUE).unwrap();
    let mut child = start.spawned(&["retrieve", "--catalog", file.to_str().unwrap()]);
    let (mut ask, answers) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let (told, heard) = mpsc::channel();
    thread::spawn(move || BufReader::new(answers).lines().for_each(|line| told.send(line.unwrap()).unwrap()));
    for id in 0..3 {
        writeln!(ask, "{}", json!({"id": id, "question": "red pandas"})).unwrap();
        let line = heard.recv_timeout(Duration::from_secs(20)).unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(&line).unwrap(),
            json!({"id": id, "tables": ["zoo.animals"]})
        );
    }
    // the first half of a line holds nothing back either
    write!(ask, "{}\n{{\"id\":", json!({"id": 3, "question": "red pandas"})).unwrap();
    assert!(heard.recv_timeout(Duration::from_secs(20)).unwrap().contains("zoo.animals"));
    drop(ask);
    assert!(heard.recv_timeout(Duration::from_secs(20)).unwrap().contains("line 5: "));
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_byte_order_mark_is_not_part_of_the_first_line() {
    let catalogue = ["\u{feff}", CATALOGUE.trim_start()].concat();
    let question = "\u{feff}{\"id\":1,\"question\":\"customers\"}\r\n";
    let (success, lines, told) = retrieve(catalogue.as_bytes(), question.as_bytes());
    assert!(success && told.is_empty(), "{told}");
    assert_eq!(lines[0]["tables"][0], "shop.customers");
}

#[test]
fn what_is_null_or_unknown_in_a_catalogue_does_no_harm_and_a_bad_line_is_told_and_left_out() {
    let lines = [
        r#"{"db":"a","table":"cats","columns":[{"name":"tail","type":nu"#,
        r#"{"db":"a","table":"dogs","comment":null,"rows":7,"columns":[{"name":"bone","type":null,"pk":null,
            "fk":null,"samples":null,"comment":null,"nullable":true}]}"#,
        r#"{"db":"a","table":"birds","columns":null}"#,
    ];
    let lines = lines.map(|line| line.replace('\n', " "));
    let catalogue = [lines[0].as_bytes(), lines[1].as_bytes(), b"\xff", lines[2].as_bytes()].join(&b'\n');
    let (success, lines, told) = retrieve(&catalogue, b"{\"id\":1,\"question\":\"bones of birds\"}\n");
    assert!(success);
    let mut tables: Vec<&str> =
        lines[0]["tables"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    tables.sort_unstable();
    assert_eq!(tables, ["a.birds", "a.dogs"]);
    let told: Vec<&str> = told.lines().collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("line 1 is no table") && told[1].contains("line 3 is no"), "{told:?}");
}

#[test]
fn a_catalogue_without_a_table_ends_the_command_and_says_why() {
    for (catalogue, why) in [
        (&b"\n"[..], "holds no table"),
        (b"{\"db\":\"a\"}\n", "line 1"),
        (b"\n\nnonsense", "line 3"),
        (b"\xff", "line 1 is not UTF-8"),
    ] {
        let (success, lines, told) = retrieve(catalogue, b"{\"id\":1,\"question\":\"x\"}\n");
        assert!(!success && lines.is_empty());
        assert!(told.contains("catalogue.jsonl") && told.contains(why), "{told}");
    }
}
