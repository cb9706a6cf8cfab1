use serde_json::{Value, json};
use sqlatte_providers::Usage;

use super::*;

fn whole(answer: Value, structured: Option<StructuredOutput>) -> Result<Completion> {
    let mut draft = Draft::new(structured);
    draft.whole(serde_json::from_value(answer).unwrap())?;
    Ok(draft.finish(Some(100))?.completion)
}

fn message(message: Value, finish_reason: Value) -> Value {
    json!({"choices": [{"index": 0, "message": message, "finish_reason": finish_reason}]})
}

/// The pieces of a stream of deltas, and its completion.
fn stream(deltas: &[Value], structured: Option<StructuredOutput>) -> Result<(Vec<String>, Completion)> {
    let mut draft = Draft::new(structured);
    let mut pieces = Vec::new();
    for delta in deltas {
        let data = json!({"choices": [{"index": 0, "delta": delta, "finish_reason": null}]});
        if let Step::Text(text) = draft.take(&data.to_string())? {
            pieces.push(text);
        }
    }
    let end = r#"{"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}"#;
    assert!(matches!(draft.take(end)?, Step::Nothing) && draft.is_whole());
    let finished = draft.finish(None)?;
    pieces.extend(finished.rest);
    Ok((pieces, finished.completion))
}

const SCHEMA: Option<StructuredOutput> = Some(StructuredOutput::JsonSchema);
const TOOL: Option<StructuredOutput> = Some(StructuredOutput::Tool);

#[test]
fn reads_text_past_reasoning_and_counts_the_cache() {
    let answer = json!({
        "id": "1", "object": "chat.completion", "created": 1, "model": "deepseek-reasoner",
        "choices": [{"index": 0, "logprobs": null, "finish_reason": "stop", "message": {
            "role": "assistant", "content": "<think>hm</think>\n\nSELECT 1", "reasoning_content": "Let me see. {}",
        }}],
        "usage": {
            "prompt_tokens": 240, "completion_tokens": 4, "total_tokens": 244, "prompt_cache_hit_tokens": 200,
            "prompt_cache_miss_tokens": 40, "completion_tokens_details": {"reasoning_tokens": 3},
        },
    });
    let completion = whole(answer, None).unwrap();
    let usage = Usage { input_tokens: 240, output_tokens: 4, cached_tokens: 200, ..Usage::FAILED_CALL };
    assert_eq!((completion.text.as_str(), completion.usage), ("SELECT 1", usage));
}

#[test]
fn text_may_come_in_parts() {
    let parts = json!([{"type": "thinking", "thinking": []}, {"type": "text", "text": "SELECT"}, {"type": "text", "text": " 1"}]);
    assert_eq!(whole(message(json!({"content": parts}), json!("stop")), None).unwrap().text, "SELECT 1");
}

#[test]
fn a_tool_carries_json_as_text_or_as_an_object() {
    for arguments in [json!(r#"{"sql":"SELECT 1"}"#), json!({"sql": "SELECT 1"})] {
        let call =
            json!([{"id": "c", "type": "function", "function": {"name": "plan", "arguments": arguments}}]);
        let answer = message(json!({"content": "I'll answer.", "tool_calls": call}), json!("tool_calls"));
        assert_eq!(whole(answer, TOOL).unwrap().text, r#"{"sql":"SELECT 1"}"#);
    }
}

#[test]
fn a_tool_that_was_not_called_may_be_answered_for() {
    let beside = message(json!({"content": "```json\n{\"sql\": \"SELECT 1\"}\n```"}), json!("stop"));
    assert_eq!(whole(beside, TOOL).unwrap().text, r#"{"sql": "SELECT 1"}"#);
    let deltas = [json!({"content": "{\"sql\""}), json!({"content": ": \"SELECT 1\"}"})];
    let (pieces, completion) = stream(&deltas, TOOL).unwrap();
    assert_eq!(
        (pieces.concat(), completion.text.as_str()),
        (completion.text.clone(), r#"{"sql": "SELECT 1"}"#)
    );
    let error = stream(&[json!({"content": "I will not."})], TOOL).unwrap_err();
    assert!(error.message().starts_with("the model did not answer with the JSON"), "{error}");
}

#[test]
fn only_the_first_tool_call_counts() {
    let call =
        |index, arguments| json!({"tool_calls": [{"index": index, "function": {"arguments": arguments}}]});
    let (pieces, completion) =
        stream(&[call(0, "{\"a\":"), call(1, "{\"b\":"), call(0, "1}"), call(1, "2}")], TOOL).unwrap();
    assert_eq!((pieces.concat().as_str(), completion.text.as_str()), (r#"{"a":1}"#, r#"{"a":1}"#));
}

/// Servers that do not know `response_format` may pass it over without a word.
#[test]
fn json_is_read_out_of_prose_where_a_server_does_not_hold_to_the_schema() {
    let deltas = ["Sure:\n``", "`json\n{\"a\"", ": 1}\n", "```"].map(|text| json!({ "content": text }));
    let (pieces, completion) = stream(&deltas, SCHEMA).unwrap();
    assert_eq!((pieces.concat().as_str(), completion.text.as_str()), (r#"{"a": 1}"#, r#"{"a": 1}"#));
    let error = stream(&[json!({"content": "{\"a\": "})], SCHEMA).unwrap_err();
    assert!(error.message().starts_with("the model's answer breaks off"), "{error}");
}

#[test]
fn a_refusal_is_told_from_an_empty_one() {
    let refusal = |content: Value, refusal: Value| {
        let answer = message(json!({"content": content, "refusal": refusal}), json!("stop"));
        whole(answer, SCHEMA).map(|completion| (completion.stop_reason, completion.text))
    };
    let declined = |text: &str| (StopReason::Refusal, text.to_owned());
    assert_eq!(refusal(Value::Null, json!("No.")).unwrap(), declined("No."));
    assert_eq!(refusal(Value::Null, json!("")).unwrap(), declined(""));
    assert_eq!(refusal(json!("{}"), json!("")).unwrap(), (StopReason::EndOfTurn, "{}".to_owned()));
}

#[test]
fn every_way_to_stop_is_told_apart() {
    let mut texts = Vec::new();
    for reason in [
        json!("stop"),
        json!("tool_calls"),
        json!("eos_token"),
        json!(null),
        json!("length"),
        json!("model_length"),
        json!("content_filter"),
        json!("insufficient_system_resource"),
        json!("error"),
    ] {
        texts.push(match whole(message(json!({"content": "x"}), reason.clone()), None) {
            Ok(completion) => format!("{reason}: {:?}", completion.stop_reason),
            Err(error) => format!("{reason}: {}: {error}", error.kind().name()),
        });
    }
    let nothing = whole(message(json!({"content": ""}), json!("stop")), None).unwrap_err();
    texts.push(format!("nothing: {}: {nothing}", nothing.kind().name()));
    let nothing = whole(message(json!({"content": null}), json!("stop")), SCHEMA).unwrap_err();
    texts.push(format!("no JSON: {}: {nothing}", nothing.kind().name()));
    insta::assert_snapshot!(texts.join("\n"));
}

#[test]
fn what_is_unknown_is_passed_over_and_what_is_broken_is_not() {
    let mut draft = Draft::new(None);
    for data in [
        r#"{"choices": [], "prompt_filter_results": [{"prompt_index": 0}]}"#,
        r#"{"choices": [{"index": 0, "delta": {"reasoning": "hm", "reasoning_content": "hm"}}], "usage": null}"#,
        r#"{"choices": [{"index": 0, "delta": null, "x": [1]}], "of_the_future": 1}"#,
        r#"{"choices": [{"index": 0, "delta": {"role": "assistant", "content": null}}], "error": null}"#,
    ] {
        assert!(matches!(draft.take(data).unwrap(), Step::Nothing), "{data}");
    }
    for data in ["", "{}", "1", "[]", r#"{"choices": 5}"#, r#"{"choices": [{"delta": {"content": 5}}]}"#] {
        assert_eq!(draft.take(data).unwrap_err().kind(), ErrorKind::Unexpected, "{data}");
    }
    for data in [
        r#"{"error": {"message": "upstream is down", "code": 502}, "choices": []}"#,
        r#"{"error": "Unexpected endpoint or method. (POST /chat/completions)"}"#,
        r#"{"choices": [{"index": 0, "delta": {}, "error": {"message": "x"}, "finish_reason": "error"}]}"#,
    ] {
        assert!(matches!(draft.take(data).unwrap(), Step::Failed(_)), "{data}");
    }
    assert!(matches!(draft.take(" [DONE]").unwrap(), Step::Stop));
}

#[test]
fn an_answer_without_end_is_stopped() {
    let mut draft = Draft::new(None);
    let data = json!({"choices": [{"index": 0, "delta": {"content": "x".repeat(1 << 20)}}]}).to_string();
    let failed = (0..10).find_map(|_| draft.take(&data).err()).unwrap();
    assert_eq!(failed.kind(), ErrorKind::Unexpected);
    assert!(failed.message().contains("longer than 4 MiB"), "{failed}");
}
