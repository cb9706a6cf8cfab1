//! The LLM contract, with bodies as <https://ai.google.dev/api/generate-content> documents them: for both APIs, and
//! once for each way of structured output.
#![cfg(feature = "vertex")]
#![expect(clippy::expect_used, reason = "a test fails by panicking, and so do its helpers")]

mod token_server;

use std::sync::Arc;

use serde_json::{Value, json};
use sqlatte_llm_google::{GeminiConfig, Google, StructuredOutput, VertexConfig};
use sqlatte_providers::{CompletionRequest, LlmProvider, Output, Result, Secret};
use sqlatte_testkit::llm::{Carrier, GenerateContent, LlmHarness, WireFormat, contract::KEY};

const PROJECT: &str = "contract-project";

/// What a token server gives out.
fn token() -> Value {
    json!({"access_token": KEY, "expires_in": 3600, "token_type": "Bearer"})
}

/// One of the APIs with a model of a generation.
struct Harness {
    api: GenerateContent,
    model: &'static str,
    way: StructuredOutput,
}

impl LlmHarness for Harness {
    fn provider(&self, base_url: &str) -> Result<Arc<dyn LlmProvider>> {
        Ok(Arc::new(match self.api {
            GenerateContent::Gemini => {
                let mut config = GeminiConfig::new(Secret::new(KEY));
                config.model = self.model.to_owned();
                config.base_url = base_url.to_owned();
                config.max_retries = 1;
                config.structured_output = Some(self.way);
                Google::gemini(config)?
            }
            GenerateContent::Vertex => {
                let mut config = VertexConfig::new(PROJECT);
                config.credentials_json = token_server::key_answered(200, &token());
                config.model = self.model.to_owned();
                config.base_url = base_url.to_owned();
                config.max_retries = 1;
                config.structured_output = Some(self.way);
                Google::vertex(config)?
            }
        }))
    }

    fn format(&self) -> &dyn WireFormat {
        &self.api
    }

    fn carrier(&self) -> Carrier {
        match self.way {
            StructuredOutput::Tool => Carrier::Tool("plan".to_owned()),
            StructuredOutput::JsonSchema | StructuredOutput::ResponseSchema => Carrier::Text,
        }
    }

    /// Only what opens Vertex AI is signed, and carries a time.
    fn own_faults(&self) -> Vec<(&'static str, Arc<dyn LlmProvider>)> {
        if self.api == GenerateContent::Gemini {
            return Vec::new();
        }
        let mut config = VertexConfig::new(PROJECT);
        let said = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check \
                    your iat and exp values in the JWT claim.";
        let answer = json!({"error": "invalid_grant", "error_description": said});
        config.credentials_json = token_server::key_answered(400, &answer);
        config.base_url = "http://127.0.0.1:1".to_owned();
        vec![("wrong clock", Arc::new(Google::vertex(config).expect("these settings are well")))]
    }

    fn path(&self, stream: bool) -> String {
        let model = match self.api {
            GenerateContent::Gemini => format!("/v1beta/models/{}", self.model),
            GenerateContent::Vertex => {
                format!("/v1/projects/{PROJECT}/locations/global/publishers/google/models/{}", self.model)
            }
        };
        match stream {
            false => format!("{model}:generateContent"),
            true => format!("{model}:streamGenerateContent?alt=sse"),
        }
    }

    fn authorization(&self) -> (&'static str, String) {
        match self.api {
            GenerateContent::Gemini => ("x-goog-api-key", KEY.to_owned()),
            GenerateContent::Vertex => ("authorization", format!("Bearer {KEY}")),
        }
    }

    fn request_body(&self, request: &CompletionRequest, _stream: bool) -> Value {
        let mut body = json!({
            "systemInstruction": {"parts": [
                {"text": "You answer with SQL."},
                {"text": "orders(id, total) -- ünïcödé, 100 % \"quoted\""},
            ]},
            "contents": [
                {"role": "user", "parts": [{"text": "How many orders?"}]},
                {"role": "model", "parts": [{"text": "SELECT count(*) FROM orders"}]},
                {"role": "user", "parts": [{"text": "And in Köln?\nOnly 2026."}]},
            ],
            "generationConfig": {"maxOutputTokens": 512},
        });
        if self.model.starts_with("gemini-2") {
            // Later generations are better left alone.
            body["generationConfig"]["temperature"] = 0.0.into();
        }
        if let Output::Json { name, schema } = &request.output {
            let mut ordered = schema.clone();
            ordered["propertyOrdering"] = json!(["sql", "tables"]);
            match self.way {
                StructuredOutput::JsonSchema => {
                    body["generationConfig"]["responseMimeType"] = "application/json".into();
                    body["generationConfig"]["responseJsonSchema"] = ordered;
                }
                StructuredOutput::ResponseSchema => {
                    body["generationConfig"]["responseMimeType"] = "application/json".into();
                    body["generationConfig"]["responseSchema"] = json!({
                        "type": "OBJECT",
                        "properties": {
                            "sql": {"type": "STRING"},
                            "tables": {"type": "ARRAY", "items": {"type": "STRING"}},
                        },
                        "required": ["sql"],
                        "propertyOrdering": ["sql", "tables"],
                    });
                }
                StructuredOutput::Tool => {
                    let description = "Gives the answer. Call it once, with the whole answer.";
                    body["tools"] = json!([{"functionDeclarations": [
                        {"name": name, "description": description, "parametersJsonSchema": schema},
                    ]}]);
                    body["toolConfig"] =
                        json!({"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": [name]}});
                }
            }
        }
        body
    }
}

mod gemini_by_json_schema {
    use super::*;

    sqlatte_testkit::llm_contract!(Harness {
        api: GenerateContent::Gemini,
        model: "gemini-3.8-flash",
        way: StructuredOutput::JsonSchema,
    });
}

mod gemini_by_response_schema {
    use super::*;

    sqlatte_testkit::llm_contract!(Harness {
        api: GenerateContent::Gemini,
        model: "gemini-2.0-flash",
        way: StructuredOutput::ResponseSchema,
    });
}

mod vertex_by_json_schema {
    use super::*;

    sqlatte_testkit::llm_contract!(Harness {
        api: GenerateContent::Vertex,
        model: "gemini-3.8-flash",
        way: StructuredOutput::JsonSchema,
    });
}

mod vertex_by_tool {
    use super::*;

    sqlatte_testkit::llm_contract!(Harness {
        api: GenerateContent::Vertex,
        model: "gemini-2.5-flash",
        way: StructuredOutput::Tool,
    });
}
