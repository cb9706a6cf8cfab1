//! The LLM contract, with bodies as <https://platform.claude.com/docs/en/api/messages> documents them, once for each
//! way of structured output.

use std::sync::Arc;

use serde_json::{Value, json};
use sqlatte_llm_anthropic::{Anthropic, Config};
use sqlatte_providers::{CompletionRequest, LlmProvider, Output, Result, Secret};
use sqlatte_testkit::llm::{
    LlmHarness,
    contract::{ApiFault, Ending, KEY, Recorded, USAGE},
    messages_api::{self, Carrier},
};

/// The API with a model of a generation.
struct Harness {
    model: &'static str,
    by_tool: bool,
}

impl Harness {
    fn carrier(&self, structured: bool) -> Carrier<'static> {
        if structured && self.by_tool { Carrier::Tool("plan") } else { Carrier::Text }
    }
}

impl LlmHarness for Harness {
    fn provider(&self, base_url: &str) -> Result<Arc<dyn LlmProvider>> {
        let config = Config {
            api_key: Secret::new(KEY),
            model: self.model.to_owned(),
            base_url: base_url.to_owned(),
            max_retries: 1,
            ..Config::default()
        };
        Ok(Arc::new(Anthropic::new(config)?))
    }

    fn path(&self, _stream: bool) -> String {
        "/v1/messages".to_owned()
    }

    fn authorization(&self) -> (&'static str, String) {
        ("x-api-key", KEY.to_owned())
    }

    fn request_body(&self, request: &CompletionRequest, stream: bool) -> Value {
        let mut body = json!({
            "model": self.model,
            "max_tokens": 512,
            "system": [
                {"type": "text", "text": "You answer with SQL."},
                {
                    "type": "text",
                    "text": "orders(id, total) -- ünïcödé, 100 % \"quoted\"",
                    "cache_control": {"type": "ephemeral"},
                },
            ],
            "messages": [
                {"role": "user", "content": "How many orders?"},
                {"role": "assistant", "content": "SELECT count(*) FROM orders"},
                {"role": "user", "content": "And in Köln?\nOnly 2026."},
            ],
        });
        if stream {
            body["stream"] = true.into();
        }
        if self.by_tool {
            // A generation that takes tools by force takes a temperature, too.
            body["temperature"] = 0.0.into();
        }
        if let Output::Json { name, schema } = &request.output {
            match self.by_tool {
                true => {
                    let description = "Gives the answer. Call it once, with the whole answer.";
                    body["tools"] =
                        json!([{"name": name, "description": description, "input_schema": schema}]);
                    body["tool_choice"] =
                        json!({"type": "tool", "name": name, "disable_parallel_tool_use": true});
                }
                false => body["output_config"] = json!({"format": {"type": "json_schema", "schema": schema}}),
            }
        }
        body
    }

    fn answer(&self, text: &str, structured: bool, ending: Ending) -> Recorded {
        let carrier = self.carrier(structured);
        Recorded::json(&messages_api::message(text, carrier, stop_reason(ending), USAGE))
            .with_header("request-id", "req_018EeWyXxfu5pfWkrYcMdjWG")
    }

    fn stream(&self, pieces: &[&str], structured: bool, ending: Ending) -> Recorded {
        let carrier = self.carrier(structured);
        let begin = messages_api::stream_begin(pieces.iter().copied(), carrier, USAGE).concat();
        let end = messages_api::stream_end(carrier, stop_reason(ending), USAGE).concat();
        Recorded::events(begin + &end)
    }

    fn fault(&self, fault: ApiFault) -> Recorded {
        let model = format!("model: {}", self.model);
        let (status, kind, message) = match fault {
            ApiFault::WrongKey => (401, "authentication_error", "invalid x-api-key"),
            ApiFault::Forbidden => (
                403,
                "permission_error",
                "Your API key does not have permission to use the specified resource.",
            ),
            ApiFault::UnknownModel => (404, "not_found_error", model.as_str()),
            ApiFault::WrongAddress => (404, "not_found_error", "Not Found"),
            ApiFault::RateLimited(_) => {
                (429, "rate_limit_error", "This request would exceed your organization's rate limit")
            }
            ApiFault::NoCredit => (
                400,
                "invalid_request_error",
                "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade \
                 or purchase credits.",
            ),
            ApiFault::TooLarge => (413, "request_too_large", "Request exceeds the maximum size"),
            ApiFault::BadRequest => {
                (400, "invalid_request_error", "max_tokens: 512 > 1, which is the maximum")
            }
            ApiFault::Internal => (500, "api_error", "Internal server error"),
            ApiFault::Overloaded => (529, "overloaded_error", "Overloaded"),
        };
        let recorded = Recorded::json(&messages_api::error(kind, message)).with_status(status);
        match fault {
            ApiFault::RateLimited(seconds) => recorded.with_header("retry-after", seconds.to_string()),
            _ => recorded,
        }
    }

    fn overloaded_stream(&self, pieces: &[&str]) -> Option<Recorded> {
        let begin = messages_api::stream_begin(pieces.iter().copied(), Carrier::Text, USAGE).concat();
        let error = messages_api::event(&messages_api::error("overloaded_error", "Overloaded"));
        Some(Recorded::events(begin + &error))
    }
}

fn stop_reason(ending: Ending) -> Option<&'static str> {
    match ending {
        Ending::EndOfTurn => None,
        Ending::MaxTokens => Some("max_tokens"),
        Ending::Refusal => Some("refusal"),
    }
}

mod by_schema {
    sqlatte_testkit::llm_contract!(super::Harness { model: "claude-sonnet-5-5", by_tool: false });
}

mod by_tool {
    sqlatte_testkit::llm_contract!(super::Harness { model: "claude-sonnet-4-20250514", by_tool: true });
}
