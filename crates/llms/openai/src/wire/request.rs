use serde::{Serialize, Serializer};
use serde_json::Value;
use sqlatte_providers::{CompletionRequest, Output, Role};

use super::schema::{Ordered, strict};
use crate::{Config, ReasoningEffort, StructuredOutput, TokensField, manner::Manner};

/// The body of `POST /chat/completions`.
#[derive(Debug, Serialize)]
pub(crate) struct Body<'r> {
    model: &'r str,
    messages: Vec<Message<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_effort: Option<ReasoningEffort>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<ResponseFormat<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: Option<[Tool<'r>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<ToolChoice<'r>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
}

#[derive(Debug, Serialize)]
struct Message<'r> {
    role: &'static str,
    content: Text<'r>,
}

/// A text that is there, or one that is put together.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Text<'r> {
    Given(&'r str),
    Made(String),
}

#[derive(Debug, Serialize)]
struct ResponseFormat<'r> {
    r#type: &'static str,
    json_schema: JsonSchema<'r>,
}

#[derive(Debug, Serialize)]
struct JsonSchema<'r> {
    name: &'r str,
    strict: bool,
    #[serde(serialize_with = "ordered")]
    schema: Value,
}

#[derive(Debug, Serialize)]
struct Tool<'r> {
    r#type: &'static str,
    function: Function<'r>,
}

#[derive(Debug, Serialize)]
struct Function<'r> {
    name: &'r str,
    description: &'static str,
    parameters: Ordered<'r>,
}

#[derive(Debug, Serialize)]
struct ToolChoice<'r> {
    r#type: &'static str,
    function: Name<'r>,
}

#[derive(Debug, Serialize)]
struct Name<'r> {
    name: &'r str,
}

#[derive(Debug, Serialize)]
struct StreamOptions {
    include_usage: bool,
}

impl<'r> Body<'r> {
    pub(crate) fn new(
        config: &'r Config,
        request: &'r CompletionRequest,
        stream: bool,
        manner: Manner,
    ) -> Self {
        let temperature = request.temperature.or(config.temperature).filter(|_| manner.temperature);
        let mut body = Body {
            temperature,
            stream,
            stream_options: (stream && manner.stream_usage).then_some(StreamOptions { include_usage: true }),
            ..Body::empty(config, request.max_tokens.or(config.max_tokens), manner)
        };
        let mut instruction = None;
        if let Output::Json { name, schema } = &request.output {
            match manner.structured {
                StructuredOutput::JsonSchema => {
                    let json_schema = JsonSchema { name, strict: true, schema: strict(schema) };
                    body.response_format = Some(ResponseFormat { r#type: "json_schema", json_schema });
                }
                StructuredOutput::Tool => {
                    let description = "Gives the answer. Call it once, with the whole answer.";
                    let function = Function { name, description, parameters: Ordered(schema) };
                    body.tools = Some([Tool { r#type: "function", function }]);
                    body.tool_choice = Some(ToolChoice { r#type: "function", function: Name { name } });
                }
                StructuredOutput::JsonBlock => instruction = Some(block_instruction(schema)),
            }
        }
        body.messages = messages(request, instruction);
        body
    }

    fn empty(config: &'r Config, max_tokens: Option<u32>, manner: Manner) -> Self {
        let in_field = |field| max_tokens.filter(|_| manner.tokens == field);
        Body {
            model: config.model.trim(),
            messages: Vec::new(),
            max_tokens: in_field(TokensField::MaxTokens),
            max_completion_tokens: in_field(TokensField::MaxCompletionTokens),
            temperature: None,
            reasoning_effort: config.reasoning_effort,
            response_format: None,
            tools: None,
            tool_choice: None,
            stream: false,
            stream_options: None,
        }
    }
}

/// The conversation after one system message; many servers take no second one, and none that is empty.
fn messages(request: &CompletionRequest, instruction: Option<String>) -> Vec<Message<'_>> {
    let blocks = request.system.iter().map(|block| block.text.as_str()).chain(instruction.as_deref());
    let system: Vec<&str> = blocks.filter(|text| !text.trim().is_empty()).collect();
    let system =
        (!system.is_empty()).then(|| Message { role: "system", content: Text::Made(system.join("\n\n")) });
    let spoken = request
        .messages
        .iter()
        .filter(|message| !message.text.trim().is_empty())
        .skip_while(|message| message.role == Role::Assistant)
        .map(|message| Message {
            role: match message.role {
                Role::User => "user",
                Role::Assistant => "assistant",
            },
            content: Text::Given(&message.text),
        });
    system.into_iter().chain(spoken).collect()
}

/// What stands in for a field of the request that the server does not have: the form of the answer, not its content.
fn block_instruction(schema: &Value) -> String {
    format!(
        "Answer with one JSON value in a block fenced by ```json and ```, and with nothing else. It must fit this JSON \
         Schema:\n{}",
        // Writing a value that was read cannot fail.
        serde_json::to_string(&Ordered(schema)).unwrap_or_default()
    )
}

fn ordered<S: Serializer>(schema: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    Ordered(schema).serialize(serializer)
}

#[cfg(test)]
mod tests;
