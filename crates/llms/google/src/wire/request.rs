use serde::Serialize;
use serde_json::Value;
use sqlatte_providers::{CompletionRequest, Output, Role};

use super::schema;
use crate::{StructuredOutput, ThinkingLevel, config::Options, models};

/// The body of `generateContent` and `streamGenerateContent`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    system_instruction: Option<Content<'r>>,
    contents: Vec<Content<'r>>,
    generation_config: GenerationConfig,
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: Option<[Tool<'r>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_config: Option<ToolConfig<'r>>,
}

#[derive(Debug, Serialize)]
struct Content<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    parts: Vec<Part<'r>>,
}

#[derive(Debug, Serialize)]
struct Part<'r> {
    text: &'r str,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct GenerationConfig {
    max_output_tokens: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking_config: Option<ThinkingConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_mime_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_json_schema: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_schema: Option<Value>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum ThinkingConfig {
    ThinkingLevel(ThinkingLevel),
    ThinkingBudget(i32),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tool<'r> {
    function_declarations: [Function<'r>; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Function<'r> {
    name: &'r str,
    description: &'static str,
    parameters_json_schema: Value,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ToolConfig<'r> {
    function_calling_config: FunctionCalling<'r>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FunctionCalling<'r> {
    mode: &'static str,
    allowed_function_names: [&'r str; 1],
}

impl<'r> Body<'r> {
    pub(crate) fn new(options: &Options, request: &'r CompletionRequest) -> Self {
        let asked = request.temperature.filter(|_| models::follows_temperature(&options.model));
        let config = GenerationConfig {
            max_output_tokens: request.max_tokens.unwrap_or(options.max_tokens),
            temperature: asked.or(options.temperature),
            thinking_config: thinking(options),
            ..GenerationConfig::default()
        };
        let body = Body {
            system_instruction: system(request),
            contents: contents(request),
            generation_config: config,
            tools: None,
            tool_config: None,
        };
        match &request.output {
            Output::Text => body,
            Output::Json { name, schema } => body.structured(options.structured_output(), name, schema),
        }
    }

    /// The same with an answer that fits `schema`.
    fn structured(mut self, way: StructuredOutput, name: &'r str, schema: &Value) -> Self {
        let config = &mut self.generation_config;
        match way {
            StructuredOutput::JsonSchema => {
                config.response_mime_type = Some("application/json");
                config.response_json_schema = Some(schema::json_schema(schema));
            }
            StructuredOutput::ResponseSchema => {
                config.response_mime_type = Some("application/json");
                config.response_schema = Some(schema::open_api(schema));
            }
            StructuredOutput::Tool => {
                let description = "Gives the answer. Call it once, with the whole answer.";
                let parameters_json_schema = schema::parameters(schema);
                let function = Function { name, description, parameters_json_schema };
                self.tools = Some([Tool { function_declarations: [function] }]);
                let function_calling_config = FunctionCalling { mode: "ANY", allowed_function_names: [name] };
                self.tool_config = Some(ToolConfig { function_calling_config });
            }
        }
        self
    }
}

fn thinking(options: &Options) -> Option<ThinkingConfig> {
    let Options { model, thinking_level, thinking_budget, .. } = options;
    if let Some(budget) = thinking_budget {
        return Some(ThinkingConfig::ThinkingBudget(*budget));
    }
    thinking_level.map(|level| match models::budget(model, level) {
        Some(budget) => ThinkingConfig::ThinkingBudget(budget),
        None => ThinkingConfig::ThinkingLevel(level),
    })
}

/// The system text; the API refuses empty parts. What comes first is cached by the API itself, without marks.
fn system(request: &CompletionRequest) -> Option<Content<'_>> {
    let texts = request.system.iter().map(|block| block.text.as_str());
    let parts: Vec<_> = texts.filter(|text| !text.trim().is_empty()).map(|text| Part { text }).collect();
    (!parts.is_empty()).then_some(Content { role: None, parts })
}

/// The conversation; the API refuses empty messages, and begins with the user's.
fn contents(request: &CompletionRequest) -> Vec<Content<'_>> {
    request
        .messages
        .iter()
        .filter(|message| !message.text.trim().is_empty())
        .skip_while(|message| message.role == Role::Assistant)
        .map(|message| Content {
            role: Some(match message.role {
                Role::User => "user",
                Role::Assistant => "model",
            }),
            parts: vec![Part { text: &message.text }],
        })
        .collect()
}

#[cfg(test)]
mod tests;
