//! The LLM contract, with bodies as <https://platform.openai.com/docs/api-reference/chat> documents them, once for each
//! way of structured output, and once as Azure speaks it.

use std::sync::Arc;

use serde_json::{Value, json};
use sqlatte_llm_openai::{Config, OpenAi, StructuredOutput};
use sqlatte_providers::{CompletionRequest, LlmProvider, Output, Result, Secret};
use sqlatte_testkit::llm::{
    Carrier, ChatCompletions, Ending, LlmHarness, Turn, WireFormat,
    contract::{KEY, MODEL, Recorded, USAGE},
};

/// What a model writes around a block of JSON.
const AROUND: [&str; 2] = ["Here is what you asked for:\n\n```json\n", "\n```\n\nAnything else?"];

/// A server, and the way it holds an answer to a schema.
#[derive(Default)]
struct Harness {
    structured: Option<StructuredOutput>,
    azure: bool,
}

impl Harness {
    fn by_block(&self, structured: bool, ending: Ending) -> bool {
        structured && ending == Ending::EndOfTurn && self.structured == Some(StructuredOutput::JsonBlock)
    }

    fn turn(&self, structured: bool, ending: Ending) -> Turn {
        let carrier = if structured { self.carrier() } else { Carrier::Text };
        Turn { carrier, ending, usage: Some(USAGE) }
    }
}

impl LlmHarness for Harness {
    fn provider(&self, base_url: &str) -> Result<Arc<dyn LlmProvider>> {
        let config = Config {
            api_key: Secret::new(KEY),
            model: MODEL.to_owned(),
            base_url: base_url.to_owned(),
            api_version: if self.azure { "2024-10-21".to_owned() } else { String::new() },
            structured_output: self.structured,
            max_retries: 1,
            ..Config::default()
        };
        Ok(Arc::new(OpenAi::new(config)?))
    }

    fn format(&self) -> &dyn WireFormat {
        &ChatCompletions
    }

    fn carrier(&self) -> Carrier {
        match self.structured {
            Some(StructuredOutput::Tool) => Carrier::Tool("plan".to_owned()),
            _ => Carrier::Text,
        }
    }

    fn path(&self, _stream: bool) -> String {
        match self.azure {
            true => format!("/openai/deployments/{MODEL}/chat/completions?api-version=2024-10-21"),
            false => "/v1/chat/completions".to_owned(),
        }
    }

    fn authorization(&self) -> (&'static str, String) {
        match self.azure {
            true => ("api-key", KEY.to_owned()),
            false => ("authorization", format!("Bearer {KEY}")),
        }
    }

    fn request_body(&self, request: &CompletionRequest, stream: bool) -> Value {
        let mut system = "You answer with SQL.\n\norders(id, total) -- ünïcödé, 100 % \"quoted\"".to_owned();
        let mut body = json!({"model": MODEL, "temperature": 0.0});
        body[if self.azure { "max_completion_tokens" } else { "max_tokens" }] = 512.into();
        if stream {
            body["stream"] = true.into();
            body["stream_options"] = json!({"include_usage": true});
        }
        if let Output::Json { name, schema } = &request.output {
            match self.structured {
                None | Some(StructuredOutput::JsonSchema) => {
                    let mut schema = schema.clone();
                    schema["required"] = json!(["sql", "tables"]);
                    body["response_format"] = json!({
                        "type": "json_schema",
                        "json_schema": {"name": name, "strict": true, "schema": schema},
                    });
                }
                Some(StructuredOutput::Tool) => {
                    let description = "Gives the answer. Call it once, with the whole answer.";
                    let function = json!({"name": name, "description": description, "parameters": schema});
                    body["tools"] = json!([{"type": "function", "function": function}]);
                    body["tool_choice"] = json!({"type": "function", "function": {"name": name}});
                }
                Some(StructuredOutput::JsonBlock) => system.push_str(
                    "\n\nAnswer with one JSON value in a block fenced by ```json and ```, and with nothing else. It must \
                     fit this JSON Schema:\n{\"additionalProperties\":false,\"properties\":{\"sql\":{\"type\":\"string\"},\
                     \"tables\":{\"items\":{\"type\":\"string\"},\"type\":\"array\"}},\"required\":[\"sql\"],\
                     \"type\":\"object\"}",
                ),
            }
        }
        body["messages"] = json!([
            {"role": "system", "content": system},
            {"role": "user", "content": "How many orders?"},
            {"role": "assistant", "content": "SELECT count(*) FROM orders"},
            {"role": "user", "content": "And in Köln?\nOnly 2026."},
        ]);
        body
    }

    fn answer(&self, text: &str, structured: bool, ending: Ending) -> Recorded {
        let [before, after] = if self.by_block(structured, ending) { AROUND } else { ["", ""] };
        let text = format!("{before}{text}{after}");
        Recorded::json(&ChatCompletions.whole(&text, &self.turn(structured, ending)))
    }

    fn stream(&self, pieces: &[&str], structured: bool, ending: Ending) -> Recorded {
        let mut pieces = pieces.to_vec();
        if self.by_block(structured, ending) {
            pieces.insert(0, AROUND[0]);
            pieces.push(AROUND[1]);
        }
        let events = ChatCompletions.events(&pieces, &self.turn(structured, ending));
        Recorded::events(events.opening + &events.pieces.concat() + &events.end)
    }
}

mod by_schema {
    sqlatte_testkit::llm_contract!(super::Harness::default());
}

mod by_tool {
    use sqlatte_llm_openai::StructuredOutput::Tool;

    sqlatte_testkit::llm_contract!(super::Harness { structured: Some(Tool), azure: false });
}

mod by_block {
    use sqlatte_llm_openai::StructuredOutput::JsonBlock;

    sqlatte_testkit::llm_contract!(super::Harness { structured: Some(JsonBlock), azure: false });
}

mod at_azure {
    sqlatte_testkit::llm_contract!(super::Harness { structured: None, azure: true });
}
