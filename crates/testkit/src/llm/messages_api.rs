//! Bodies of Anthropic's Messages API, as <https://platform.claude.com/docs/en/api/messages> and
//! <https://platform.claude.com/docs/en/build-with-claude/streaming> show them.

use serde_json::{Value, json};
use sqlatte_providers::Usage;

use super::wire::{ApiError, ApiFault, Call, Carrier, Ending, Events, Turn, WireFormat};

/// The id of every tool call.
const CALL: &str = "toolu_01T1x1fJ34qAmk2tNTrN7Up6";

/// Anthropic's Messages API.
///
/// A call without `x-api-key` is a 401 and one without `anthropic-version` a 400, as at the API.
#[derive(Debug, Clone, Copy)]
pub struct MessagesApi;

impl WireFormat for MessagesApi {
    fn serves(&self, path: &str) -> bool {
        path.ends_with("/v1/messages")
    }

    fn objection(&self, call: &Call<'_>) -> Option<ApiError> {
        if !call.has("x-api-key") {
            return Some(ApiError::new(401, "authentication_error", "x-api-key header is required"));
        }
        let wrong = |message| Some(ApiError::new(400, "invalid_request_error", message));
        if !call.has("anthropic-version") {
            return wrong("anthropic-version: header is required".to_owned());
        }
        let missing = call.lacks(&["model", "max_tokens", "messages"])?;
        wrong(format!("{missing}: Field required"))
    }

    fn is_streaming(&self, call: &Call<'_>) -> bool {
        call.body["stream"] == true
    }

    /// The text blocks of the last message are joined where it has blocks.
    fn question(&self, body: &Value) -> String {
        let messages = body["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
        let Some(last) = messages.iter().rfind(|message| message["role"] == "user") else {
            return String::new();
        };
        match &last["content"] {
            Value::String(text) => text.clone(),
            Value::Array(blocks) => blocks.iter().filter_map(|block| block["text"].as_str()).collect(),
            _ => String::new(),
        }
    }

    /// By <https://platform.claude.com/docs/en/build-with-claude/prompt-caching>: tools, then system, up to
    /// the last block with `cache_control`. Another model, or another form of the answer, remembers for
    /// itself.
    fn remembered(&self, body: &Value) -> Option<Value> {
        let system = body["system"].as_array()?;
        let last = system.iter().rposition(|block| !block["cache_control"].is_null())?;
        let system = system.get(..=last)?;
        Some(json!([body["model"], body["output_config"], body["tools"], system]))
    }

    fn carrier(&self, body: &Value) -> Carrier {
        match (&body["tool_choice"]["type"], &body["tool_choice"]["name"]) {
            (Value::String(kind), Value::String(name)) if kind == "tool" => Carrier::Tool(name.clone()),
            _ => Carrier::Text,
        }
    }

    fn whole(&self, text: &str, turn: &Turn) -> Value {
        let content = match &turn.carrier {
            Carrier::Text if text.is_empty() => json!([]),
            Carrier::Text => json!([{"type": "text", "text": text}]),
            Carrier::Tool(name) => {
                // A tool's input is always an object; what is none is wrapped as models do that get it wrong.
                let input = serde_json::from_str(text).unwrap_or_else(|_| json!({"answer": text}));
                json!([{"type": "tool_use", "id": CALL, "name": name, "input": input}])
            }
        };
        let mut message = envelope(usage(turn));
        message["content"] = content;
        message["stop_reason"] = stop_reason(turn).into();
        message
    }

    fn events(&self, pieces: &[&str], turn: &Turn) -> Events {
        let mut first = usage(turn);
        // The message begins before it is written.
        first["output_tokens"] = 1.into();
        let block = match &turn.carrier {
            Carrier::Text => json!({"type": "text", "text": ""}),
            Carrier::Tool(name) => json!({"type": "tool_use", "id": CALL, "name": name, "input": {}}),
        };
        let piece = |piece: &&str| {
            let delta = match turn.carrier {
                Carrier::Text => json!({"type": "text_delta", "text": piece}),
                Carrier::Tool(_) => json!({"type": "input_json_delta", "partial_json": piece}),
            };
            event(&json!({"type": "content_block_delta", "index": 0, "delta": delta}))
        };
        Events {
            opening: [
                event(&json!({"type": "message_start", "message": envelope(first)})),
                event(&json!({"type": "content_block_start", "index": 0, "content_block": block})),
                event(&json!({"type": "ping"})),
            ]
            .concat(),
            pieces: pieces.iter().map(piece).collect(),
            end: [
                event(&json!({"type": "content_block_stop", "index": 0})),
                event(&json!({
                    "type": "message_delta",
                    "delta": {"stop_reason": stop_reason(turn), "stop_sequence": null},
                    "usage": {"output_tokens": usage(turn)["output_tokens"]},
                })),
                event(&json!({"type": "message_stop"})),
            ]
            .concat(),
        }
    }

    fn error(&self, error: &ApiError) -> Value {
        json!({
            "type": "error",
            "error": {"type": error.kind, "message": error.message},
            "request_id": "req_011CSHoEeqs5C35K2UUqR7Fy",
        })
    }

    fn error_event(&self, error: &ApiError) -> String {
        event(&self.error(error))
    }

    /// The types are those of <https://platform.claude.com/docs/en/api/errors>.
    fn fault(&self, fault: ApiFault, model: &str) -> ApiError {
        match fault {
            ApiFault::WrongKey => ApiError::new(401, "authentication_error", "invalid x-api-key"),
            ApiFault::Forbidden => ApiError::new(
                403,
                "permission_error",
                "Your API key does not have permission to use the specified resource.",
            ),
            ApiFault::UnknownModel => ApiError::new(404, "not_found_error", format!("model: {model}")),
            ApiFault::WrongAddress => ApiError::new(404, "not_found_error", "Not Found"),
            ApiFault::RateLimited(seconds) => ApiError::new(
                429,
                "rate_limit_error",
                "This request would exceed your organization's rate limit",
            )
            .with_retry_after(seconds),
            ApiFault::NoCredit => ApiError::new(
                400,
                "invalid_request_error",
                "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade \
                 or purchase credits.",
            ),
            ApiFault::TooLarge => ApiError::new(413, "request_too_large", "Request exceeds the maximum size"),
            ApiFault::NoStructuredOutput => {
                ApiError::new(400, "invalid_request_error", "output_config: Extra inputs are not permitted")
            }
            ApiFault::BadRequest => {
                ApiError::new(400, "invalid_request_error", "max_tokens: 512 > 1, which is the maximum")
            }
            ApiFault::Internal => ApiError::new(500, "api_error", "Internal server error"),
            ApiFault::Overloaded => ApiError::new(529, "overloaded_error", "Overloaded"),
        }
    }
}

/// One server-sent event, named by the type of its data.
fn event(data: &Value) -> String {
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
fn usage(turn: &Turn) -> Value {
    let Usage { input_tokens, cached_tokens, cache_write_tokens, output_tokens, .. } =
        turn.usage.unwrap_or_default();
    json!({
        "input_tokens": input_tokens - cached_tokens - cache_write_tokens,
        "cache_creation_input_tokens": cache_write_tokens,
        "cache_read_input_tokens": cached_tokens,
        "output_tokens": output_tokens,
        "service_tier": "standard",
    })
}

fn stop_reason(turn: &Turn) -> &'static str {
    match (turn.ending, &turn.carrier) {
        (Ending::EndOfTurn, Carrier::Text) => "end_turn",
        (Ending::EndOfTurn, Carrier::Tool(_)) => "tool_use",
        (Ending::MaxTokens, _) => "max_tokens",
        (Ending::Refusal, _) => "refusal",
    }
}
