//! Bodies of chat completions, as OpenAI documents them at
//! <https://platform.openai.com/docs/api-reference/chat> and many other servers speak them.

use serde_json::{Value, json};
use sqlatte_providers::Usage;

use super::wire::{ApiError, ApiFault, Call, Carrier, Ending, Events, Turn, WireFormat};

/// The id of every tool call.
const CALL: &str = "call_9nVb2mQdKc1xw0TzGfYpR4uL";

/// Chat completions, as OpenAI, Azure OpenAI, Ollama, vLLM, LM Studio, OpenRouter and DeepSeek speak them.
///
/// No key is asked for, as at servers of one's own. Usage is streamed only to those who ask for it.
#[derive(Debug, Clone, Copy)]
pub struct ChatCompletions;

impl WireFormat for ChatCompletions {
    fn serves(&self, path: &str) -> bool {
        path.ends_with("/chat/completions")
    }

    /// Azure has the model in the path, as the name of a deployment.
    fn objection(&self, call: &Call<'_>) -> Option<ApiError> {
        let deployed = call.path.contains("/deployments/");
        let missing = call.lacks(if deployed { &["messages"] } else { &["model", "messages"] })?;
        let message = match missing {
            "model" => "you must provide a model parameter".to_owned(),
            _ => format!("Missing required parameter: '{missing}'."),
        };
        Some(ApiError::new(400, "missing_required_parameter", message))
    }

    fn is_streaming(&self, call: &Call<'_>) -> bool {
        call.body["stream"] == true
    }

    fn reports_usage(&self, call: &Call<'_>) -> bool {
        !self.is_streaming(call) || call.body["stream_options"]["include_usage"] == true
    }

    /// The text parts of the last message are joined where it has parts.
    fn question(&self, body: &Value) -> String {
        let messages = body["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
        let Some(last) = messages.iter().rfind(|message| message["role"] == "user") else {
            return String::new();
        };
        match &last["content"] {
            Value::String(text) => text.clone(),
            Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
            _ => String::new(),
        }
    }

    fn carrier(&self, body: &Value) -> Carrier {
        match &body["tool_choice"]["function"]["name"] {
            Value::String(name) => Carrier::Tool(name.clone()),
            _ => Carrier::Text,
        }
    }

    fn whole(&self, text: &str, turn: &Turn) -> Value {
        let mut message = json!({"role": "assistant", "content": null, "refusal": null, "annotations": []});
        match (turn.ending, &turn.carrier) {
            (Ending::Refusal, _) => message["refusal"] = text.into(),
            (_, Carrier::Text) => message["content"] = text.into(),
            (_, Carrier::Tool(name)) => {
                message["tool_calls"] = json!([
                    {"id": CALL, "type": "function", "function": {"name": name, "arguments": text}}
                ]);
            }
        }
        json!({
            "id": "chatcmpl-CbTq3Tn0nWb6mE5JzX1vKqkY2wRf8",
            "object": "chat.completion",
            "created": 1_795_341_600,
            "model": "gpt-5-mini",
            "choices": [
                {"index": 0, "message": message, "logprobs": null, "finish_reason": finish_reason(turn)}
            ],
            "usage": usage(turn),
            "service_tier": "default",
            "system_fingerprint": null,
        })
    }

    fn events(&self, pieces: &[&str], turn: &Turn) -> Events {
        let choice = |delta: Value, finish_reason: Value| {
            let choice =
                json!({"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish_reason});
            Value::from(vec![choice])
        };
        let opening = match (turn.ending, &turn.carrier) {
            (Ending::EndOfTurn | Ending::MaxTokens, Carrier::Tool(name)) => json!({
                "role": "assistant",
                "content": null,
                "tool_calls": [
                    {"index": 0, "id": CALL, "type": "function", "function": {"name": name, "arguments": ""}}
                ],
                "refusal": null,
            }),
            _ => json!({"role": "assistant", "content": "", "refusal": null}),
        };
        let piece = |piece: &&str| {
            let delta = match (turn.ending, &turn.carrier) {
                (Ending::Refusal, _) => json!({"refusal": piece}),
                (_, Carrier::Text) => json!({"content": piece}),
                (_, Carrier::Tool(_)) => {
                    json!({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
                }
            };
            chunk(choice(delta, Value::Null), Value::Null)
        };
        let mut end = chunk(choice(json!({}), finish_reason(turn).into()), Value::Null);
        if turn.usage.is_some() {
            end.push_str(&chunk(json!([]), usage(turn)));
        }
        end.push_str("data: [DONE]\n\n");
        Events {
            opening: chunk(choice(opening, Value::Null), Value::Null),
            pieces: pieces.iter().map(piece).collect(),
            end,
        }
    }

    fn error(&self, error: &ApiError) -> Value {
        let kind = match error.status {
            _ if error.kind == "insufficient_quota" => "insufficient_quota",
            429 => "requests",
            500.. => "server_error",
            _ => "invalid_request_error",
        };
        let code = Some(error.kind.as_str()).filter(|code| !code.is_empty());
        json!({"error": {"message": error.message, "type": kind, "param": null, "code": code}})
    }

    /// OpenAI has none; this is that of OpenRouter: <https://openrouter.ai/docs/api/reference/errors-and-debugging>.
    fn error_event(&self, error: &ApiError) -> String {
        let choices = json!([{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}]);
        let mut data = self.error(error);
        data["error"]["code"] = error.status.into();
        data["id"] = "gen-1795341600-Xw0TzGfYpR4uL9nVb2mQ".into();
        data["object"] = "chat.completion.chunk".into();
        data["choices"] = choices;
        format!("data: {data}\n\n")
    }

    /// As of <https://platform.openai.com/docs/guides/error-codes>.
    fn fault(&self, fault: ApiFault, model: &str) -> ApiError {
        match fault {
            ApiFault::WrongKey => ApiError::new(
                401,
                "invalid_api_key",
                "Incorrect API key provided. You can find your API key at \
                 https://platform.openai.com/account/api-keys.",
            ),
            ApiFault::Forbidden => ApiError::new(
                403,
                "model_not_found",
                format!("Project `proj_7Qe` does not have access to model `{model}`"),
            ),
            ApiFault::UnknownModel => ApiError::new(
                404,
                "model_not_found",
                format!("The model `{model}` does not exist or you do not have access to it."),
            ),
            ApiFault::WrongAddress => ApiError::new(404, "", "Invalid URL (POST /chat/completions)"),
            ApiFault::RateLimited(seconds) => ApiError::new(
                429,
                "rate_limit_exceeded",
                format!(
                    "Rate limit reached for {model} in organization org-7Qe on requests per min (RPM): Limit 3, Used \
                     3, Requested 1. Please try again in {seconds}s."
                ),
            )
            .with_retry_after(seconds),
            ApiFault::NoCredit => ApiError::new(
                429,
                "insufficient_quota",
                "You exceeded your current quota, please check your plan and billing details.",
            ),
            ApiFault::TooLarge => ApiError::new(
                400,
                "context_length_exceeded",
                "This model's maximum context length is 128000 tokens. However, your messages resulted in 190000 \
                 tokens. Please reduce the length of the messages.",
            ),
            ApiFault::NoStructuredOutput => ApiError::new(
                400,
                "invalid_request_error",
                "response_format and tools are unavailable with this model",
            ),
            ApiFault::BadRequest => ApiError::new(
                400,
                "invalid_value",
                "max_tokens is too large: 512. This model supports at most 1 completion tokens.",
            ),
            ApiFault::Internal => ApiError::new(
                500,
                "",
                "The server had an error while processing your request. Sorry about that!",
            ),
            ApiFault::Overloaded => {
                ApiError::new(503, "", "The engine is currently overloaded, please try again later")
            }
        }
    }
}

fn chunk(choices: Value, usage: Value) -> String {
    let data = json!({
        "id": "chatcmpl-CbTq3Tn0nWb6mE5JzX1vKqkY2wRf8",
        "object": "chat.completion.chunk",
        "created": 1_795_341_600,
        "model": "gpt-5-mini",
        "service_tier": "default",
        "system_fingerprint": null,
        "choices": choices,
        "usage": usage,
    });
    format!("data: {data}\n\n")
}

/// What came from the cache is within `prompt_tokens`.
fn usage(turn: &Turn) -> Value {
    let Some(Usage { input_tokens, output_tokens, cached_tokens, .. }) = turn.usage else {
        return Value::Null;
    };
    json!({
        "prompt_tokens": input_tokens,
        "completion_tokens": output_tokens,
        "total_tokens": input_tokens + output_tokens,
        "prompt_tokens_details": {"cached_tokens": cached_tokens, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
    })
}

/// A tool that was forced ends with `stop`, not with `tool_calls`:
/// <https://platform.openai.com/docs/guides/function-calling>.
fn finish_reason(turn: &Turn) -> &'static str {
    match turn.ending {
        Ending::EndOfTurn | Ending::Refusal => "stop",
        Ending::MaxTokens => "length",
    }
}
