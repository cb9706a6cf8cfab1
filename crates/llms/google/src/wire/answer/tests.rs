use serde_json::json;

use super::*;

fn finish(answer: Value, carrier: Option<StructuredOutput>) -> Result<Completion> {
    serde_json::from_value::<Answer>(answer).unwrap().into_outcome(carrier).finish(100)
}

#[test]
fn reads_text_past_thoughts_and_counts_thinking_and_cache() {
    let answer = json!({
        "candidates": [
            {
                "content": {"role": "model", "parts": [
                    {"text": "Let me think.", "thought": true},
                    {"text": "SELECT", "thoughtSignature": "EqQB"},
                    {"ofTheFuture": {"x": 1}},
                    {"text": " 1"},
                ]},
                "finishReason": "STOP", "index": 0, "avgLogprobs": -0.1, "safetyRatings": [],
            },
            {"content": {"parts": [{"text": "another"}]}, "finishReason": "SAFETY", "index": 1},
        ],
        "usageMetadata": {
            "promptTokenCount": 240, "cachedContentTokenCount": 200, "candidatesTokenCount": 4,
            "thoughtsTokenCount": 30, "toolUsePromptTokenCount": 5, "totalTokenCount": 279,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 240}],
        },
        "modelVersion": "gemini-3.8-flash", "responseId": "x",
    });
    let completion = finish(answer, None).unwrap();
    assert_eq!(completion.text, "SELECT 1");
    let usage = Usage { input_tokens: 245, output_tokens: 34, cached_tokens: 200, ..Usage::FAILED_CALL };
    assert_eq!((completion.stop_reason, completion.usage), (StopReason::EndOfTurn, usage));
}

#[test]
fn every_way_to_stop_is_told_apart() {
    let said = |name: String, answer: Value| match finish(answer, None) {
        Ok(completion) => format!("{name}: {:?}", completion.stop_reason),
        Err(error) => format!("{name}: {}: {error}", error.kind().name()),
    };
    let mut texts = Vec::new();
    for reason in [
        "STOP",
        "SAFETY",
        "RECITATION",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "MODEL_ARMOR",
        "MAX_TOKENS",
        "MALFORMED_FUNCTION_CALL",
        "MALFORMED_RESPONSE",
        "UNEXPECTED_TOOL_CALL",
        "LANGUAGE",
        "OTHER",
        "OF_THE_FUTURE",
    ] {
        let candidate = json!({"content": {"parts": [{"text": "x"}]}, "finishReason": reason});
        texts.push(said(reason.to_owned(), json!({"candidates": [candidate]})));
    }
    texts.push(said(
        "unfinished".to_owned(),
        json!({"candidates": [{"content": {"parts": [{"text": "x"}]}}]}),
    ));
    for reason in ["STOP", "SAFETY", "MAX_TOKENS"] {
        texts.push(said(format!("empty {reason}"), json!({"candidates": [{"finishReason": reason}]})));
    }
    for reason in ["SAFETY", "PROHIBITED_CONTENT", "OTHER"] {
        texts.push(said(format!("blocked {reason}"), json!({"promptFeedback": {"blockReason": reason}})));
    }
    texts.push(said("nothing".to_owned(), json!({"usageMetadata": {"promptTokenCount": 1}})));
    insta::assert_snapshot!(texts.join("\n"));
}

#[test]
fn what_is_nothing_of_the_apis_is_no_answer() {
    for answer in [json!({}), json!({"green": "ideas"}), json!([]), json!("x"), json!({"candidates": "x"})] {
        serde_json::from_value::<Answer>(answer.clone()).expect_err(&answer.to_string());
    }
}
