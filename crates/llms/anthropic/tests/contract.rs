//! The LLM contract, with bodies as <https://platform.claude.com/docs/en/api/messages> documents them, once for each
//! way of structured output.

use std::sync::Arc;

use serde_json::{Value, json};
use sqlatte_core::llm::{BreakerLimits, Circuit, Fallback};
use sqlatte_llm_anthropic::{Anthropic, Config};
use sqlatte_providers::{CompletionRequest, LlmProvider, Output, Result, Secret};
use sqlatte_testkit::llm::{Carrier, LlmHarness, MessagesApi, WireFormat, contract::KEY};

/// The API with a model of a generation.
struct Harness {
    model: &'static str,
    by_tool: bool,
    /// Whether it is asked through what asks several models in a row, which has to keep the contract, too.
    in_a_row: bool,
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
        let provider = Arc::new(Anthropic::new(config)?);
        Ok(match self.in_a_row {
            true => Arc::new(Fallback::new(
                Arc::new(Circuit::new(provider, BreakerLimits::default())),
                Vec::new(),
            )),
            false => provider,
        })
    }

    fn format(&self) -> &dyn WireFormat {
        &MessagesApi
    }

    fn carrier(&self) -> Carrier {
        if self.by_tool { Carrier::Tool("plan".to_owned()) } else { Carrier::Text }
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
}

mod by_schema {
    sqlatte_testkit::llm_contract!(super::Harness {
        model: "claude-sonnet-5-5",
        by_tool: false,
        in_a_row: false
    });
}

mod by_tool {
    sqlatte_testkit::llm_contract!(super::Harness {
        model: "claude-sonnet-4-20250514",
        by_tool: true,
        in_a_row: false
    });
}

mod in_a_row {
    sqlatte_testkit::llm_contract!(super::Harness {
        model: "claude-sonnet-5-5",
        by_tool: false,
        in_a_row: true
    });
}
