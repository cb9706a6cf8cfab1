//! `sqlatte retrieve`: questions as JSON lines in, tables out.

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
fn a_catalogue_that_cannot_be_read_says_where() {
    for (catalogue, told) in [
        (&b"\n"[..], "holds no table"),
        (b"{\"db\":\"a\",\"table\":\"b\"}\n{\"db\":\"a\"}\n", "line 2"),
        (b"\n\nnonsense", "line 3"),
        (b"\xff", "line 1 is not UTF-8"),
    ] {
        let (success, lines, error) = retrieve(catalogue, b"{\"id\":1,\"question\":\"x\"}\n");
        assert!(!success && lines.is_empty());
        assert!(error.contains("catalogue.jsonl") && error.contains(told), "{error}");
    }
}
