use super::*;

fn statement(text: &str) -> Option<String> {
    match read(text) {
        Ok((_, Interpretation::Sql(draft))) => Some(draft.sql),
        _ => None,
    }
}

#[test]
fn decorations_of_the_wrong_type_do_not_lose_a_statement() {
    for text in [
        r#"{"kind": "sql", "sql": " SELECT 1\n"}"#,
        r#"{"sql": "SELECT 1"}"#,
        r#"{"kind": "poem", "sql": "SELECT 1", "mood": ["sad"]}"#,
        r#"{"kind": "sql", "sql": "SELECT 1", "confidence": "high", "readings": {"a": 1}, "options": "none"}"#,
        r#"{"kind": "sql", "sql": "SELECT 1", "explanation": null, "follow_ups": [1, 2]}"#,
    ] {
        assert_eq!(statement(text).as_deref(), Some("SELECT 1"), "{text}");
    }
}

#[test]
fn only_a_sole_block_is_read() {
    for (text, sql) in [
        ("```json\n{\"kind\": \"sql\", \"sql\": \"SELECT 1\"}\n```", Some("SELECT 1")),
        ("Here it is:\n```sql\nSELECT 1\n```\nHave fun!", Some("SELECT 1")),
        ("```\nwith a as (select 1) select * from a\n```", Some("with a as (select 1) select * from a")),
        ("```sql\nSELECT 1\n```\nor\n```sql\nSELECT 2\n```", None),
        ("```python\nprint(1)\n```", None),
        ("```sql\nDROP TABLE a\n```", None),
        ("```SELECT 1```", None),
        ("```sql\nSELECT 1", None),
        ("Use SELECT 1", None),
        ("Sure: {\"kind\": \"sql\", \"sql\": \"SELECT 1\"}", None),
    ] {
        assert_eq!(statement(text).as_deref(), sql, "{text}");
    }
}

#[test]
fn nobody_has_to_read_a_book() {
    let long = "x".repeat(1 << 14);
    let text = json!({
        "kind": "sql", "sql": "SELECT 1", "explanation": long, "follow_ups": vec![long.clone(); 20],
        "readings": vec![json!({"phrase": long, "meaning": long}); 20],
    });
    let Ok((intent, Interpretation::Sql(draft))) = read(&text.to_string()) else { panic!("a statement") };
    assert_eq!(draft.explanation.chars().count(), LONGEST_TEXT + 1);
    assert_eq!(intent.reasoning, draft.explanation);
    assert_eq!((draft.readings.len(), draft.follow_ups.len()), (MOST_LINES, MOST_LINES));
    assert!(draft.follow_ups.iter().all(|text| text.chars().count() == LONGEST_LINE + 1));
    assert!(draft.readings.iter().all(|one| one.meaning.ends_with('…')));
}

#[test]
fn a_reading_says_what_it_is_of_and_whether_it_was_assumed() {
    let text = json!({"kind": "sql", "sql": "SELECT 1", "readings": [
        {"phrase": "dates", "meaning": "orders.ordered_at", "kind": "date_range", "assumed": true},
        {"phrase": "orders", "meaning": "COUNT(*)", "kind": "a number", "assumed": "no"},
        {"phrase": "Berlin", "meaning": "city is “Berlin”"},
    ]});
    let Ok((_, Interpretation::Sql(draft))) = read(&text.to_string()) else { panic!("a statement") };
    let expected = [
        Reading::assumed(ReadingKind::DateRange, "dates", "orders.ordered_at"),
        Reading::new(ReadingKind::Other, "orders", "COUNT(*)"),
        Reading::new(ReadingKind::Other, "Berlin", "city is “Berlin”"),
    ];
    assert_eq!(draft.readings, expected);
    assert!(ReadingKind::ALL.iter().all(|kind| ReadingKind::named(kind.name()) == Some(*kind)));
}

#[test]
fn what_has_neither_statement_nor_words_is_an_error() {
    for text in
        ["", "null", "[]", "{}", "\"SELECT 1\"", r#"{"kind": "chat"}"#, r#"{"kind": "sql", "message": "x"}"#]
    {
        let error = read(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unexpected, "{text}");
    }
}
