//! Bodies of Anthropic's Messages API, as <https://platform.claude.com/docs/en/api/messages> and
//! <https://platform.claude.com/docs/en/build-with-claude/streaming> show them.

use serde_json::{Value, json};
use sqlatte_providers::Usage;

/// How an answer is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier<'a> {
    /// As text; so is structured output by `output_config.format`.
    Text,
    /// As the input of the tool of this name.
    Tool(&'a str),
}

impl Carrier<'_> {
    /// The way a request asks for.
    pub fn of(request: &Value) -> Carrier<'_> {
        match (&request["tool_choice"]["type"], &request["tool_choice"]["name"]) {
            (Value::String(kind), Value::String(name)) if kind == "tool" => Carrier::Tool(name),
            _ => Carrier::Text,
        }
    }
}

/// A message that ends with `stop_reason`, or with the usual one of its carrier.
pub fn message(text: &str, carrier: Carrier<'_>, stop_reason: Option<&str>, usage: Usage) -> Value {
    let content = match carrier {
        Carrier::Text if text.is_empty() => json!([]),
        Carrier::Text => json!([{"type": "text", "text": text}]),
        Carrier::Tool(name) => {
            // A tool's input is always an object; what is none is wrapped as models do that get it wrong.
            let input = serde_json::from_str(text).unwrap_or_else(|_| json!({"answer": text}));
            json!([{"type": "tool_use", "id": "toolu_01T1x1fJ34qAmk2tNTrN7Up6", "name": name, "input": input}])
        }
    };
    let mut message = envelope(usage_json(usage));
    message["content"] = content;
    message["stop_reason"] = stop_reason.unwrap_or_else(|| usual_end(carrier)).into();
    message
}

/// The events of a streamed message up to the end of its text, one per piece among them.
pub fn stream_begin<'p>(
    pieces: impl IntoIterator<Item = &'p str>,
    carrier: Carrier<'_>,
    usage: Usage,
) -> Vec<String> {
    let mut first = usage_json(usage);
    // The message begins before it is written.
    first["output_tokens"] = 1.into();
    let block = match carrier {
        Carrier::Text => json!({"type": "text", "text": ""}),
        Carrier::Tool(name) => {
            json!({"type": "tool_use", "id": "toolu_01T1x1fJ34qAmk2tNTrN7Up6", "name": name, "input": {}})
        }
    };
    let mut events = vec![
        event(&json!({"type": "message_start", "message": envelope(first)})),
        event(&json!({"type": "content_block_start", "index": 0, "content_block": block})),
        event(&json!({"type": "ping"})),
    ];
    events.extend(pieces.into_iter().map(|piece| {
        let delta = match carrier {
            Carrier::Text => json!({"type": "text_delta", "text": piece}),
            Carrier::Tool(_) => json!({"type": "input_json_delta", "partial_json": piece}),
        };
        event(&json!({"type": "content_block_delta", "index": 0, "delta": delta}))
    }));
    events
}

/// The events that end a streamed message.
pub fn stream_end(carrier: Carrier<'_>, stop_reason: Option<&str>, usage: Usage) -> [String; 3] {
    let stop_reason = stop_reason.unwrap_or_else(|| usual_end(carrier));
    [
        event(&json!({"type": "content_block_stop", "index": 0})),
        event(&json!({
            "type": "message_delta",
            "delta": {"stop_reason": stop_reason, "stop_sequence": null},
            "usage": {"output_tokens": usage.output_tokens},
        })),
        event(&json!({"type": "message_stop"})),
    ]
}

/// A failure, as a body and as the data of an `error` event.
pub fn error(kind: &str, message: &str) -> Value {
    json!({
        "type": "error",
        "error": {"type": kind, "message": message},
        "request_id": "req_011CSHoEeqs5C35K2UUqR7Fy",
    })
}

/// One server-sent event, named by the type of its data.
pub fn event(data: &Value) -> String {
    format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap_or_default())
}

fn envelope(usage: Value) -> Value {
    json!({
        "id": "msg_013Zva2CMHLNnXjNJJKqJ2EF",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5-5",
        "content": [],
        "stop_reason": null,
        "stop_sequence": null,
        "usage": usage,
    })
}

/// The API counts what came from the cache beside `input_tokens`, not within.
fn usage_json(usage: Usage) -> Value {
    json!({
        "input_tokens": usage.input_tokens - usage.cached_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": usage.cached_tokens,
        "output_tokens": usage.output_tokens,
        "service_tier": "standard",
    })
}

fn usual_end(carrier: Carrier<'_>) -> &'static str {
    match carrier {
        Carrier::Text => "end_turn",
        Carrier::Tool(_) => "tool_use",
    }
}
