use serde::Serialize;
use serde_json::Value;
use sqlatte_providers::{CompletionRequest, Output, Role};

use super::{
    order::{Ordered, ordered},
    schema,
};
use crate::{Config, Effort, StructuredOutput, models};

/// The API takes four marks at most:
/// <https://platform.claude.com/docs/en/build-with-claude/prompt-caching>.
const MAX_CACHE_MARKS: usize = 4;

/// The body of `POST /v1/messages`.
#[derive(Debug, Serialize)]
pub(crate) struct Body<'r> {
    model: &'r str,
    max_tokens: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    system: Vec<TextBlock<'r>>,
    messages: Vec<Message<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking: Option<Thinking>,
    #[serde(skip_serializing_if = "OutputConfig::is_empty")]
    output_config: OutputConfig,
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: Option<[Tool<'r>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<ToolChoice<'r>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stream: bool,
}

#[derive(Debug, Serialize)]
struct TextBlock<'r> {
    r#type: &'static str,
    text: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_control: Option<CacheControl>,
}

#[derive(Debug, Serialize)]
struct CacheControl {
    r#type: &'static str,
}

#[derive(Debug, Serialize)]
struct Message<'r> {
    role: &'static str,
    content: &'r str,
}

#[derive(Debug, Serialize)]
struct Thinking {
    r#type: &'static str,
    budget_tokens: u32,
}

#[derive(Debug, Default, Serialize)]
struct OutputConfig {
    #[serde(skip_serializing_if = "Option::is_none")]
    effort: Option<Effort>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<Format>,
}

#[derive(Debug, Serialize)]
struct Format {
    r#type: &'static str,
    #[serde(serialize_with = "ordered")]
    schema: Value,
}

#[derive(Debug, Serialize)]
struct Tool<'r> {
    name: &'r str,
    description: &'static str,
    input_schema: Ordered<'r>,
}

#[derive(Debug, Serialize)]
struct ToolChoice<'r> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'r str>,
    disable_parallel_tool_use: bool,
}

impl<'r> Body<'r> {
    pub(crate) fn new(config: &'r Config, request: &'r CompletionRequest, stream: bool) -> Self {
        let temperature = request.temperature.or(config.temperature);
        let budget = config.thinking_budget;
        // What is asked for is the answer's alone; the API counts the thoughts in.
        let asked = request.max_tokens.map(|tokens| tokens.saturating_add(budget.unwrap_or_default()));
        let mut body = Body {
            model: &config.model,
            max_tokens: asked.unwrap_or(config.max_tokens),
            system: system(request),
            messages: messages(request),
            // A model that thinks takes none but its own.
            temperature: temperature
                .filter(|_| models::accepts_temperature(&config.model) && budget.is_none()),
            thinking: budget.map(|budget_tokens| Thinking { r#type: "enabled", budget_tokens }),
            output_config: OutputConfig { effort: config.effort, format: None },
            tools: None,
            tool_choice: None,
            stream,
        };
        if let Output::Json { name, schema } = &request.output {
            match config.structured_output() {
                StructuredOutput::JsonSchema => {
                    let schema = schema::closed(schema);
                    body.output_config.format = Some(Format { r#type: "json_schema", schema });
                }
                StructuredOutput::Tool => {
                    let description = "Gives the answer. Call it once, with the whole answer.";
                    body.tools = Some([Tool { name, description, input_schema: Ordered(schema) }]);
                    // Nor can it be made to call a tool, only asked to.
                    let forced = budget.is_none();
                    body.tool_choice = Some(ToolChoice {
                        r#type: if forced { "tool" } else { "auto" },
                        name: forced.then_some(name),
                        disable_parallel_tool_use: true,
                    });
                }
            }
        }
        body
    }
}

impl OutputConfig {
    fn is_empty(&self) -> bool {
        self.effort.is_none() && self.format.is_none()
    }
}

/// The system text; the API refuses empty blocks. Of too many marks the last ones stay, which cover the most.
fn system(request: &CompletionRequest) -> Vec<TextBlock<'_>> {
    let blocks = || request.system.iter().filter(|block| !block.text.trim().is_empty());
    let mut surplus = blocks().filter(|block| block.cache).count().saturating_sub(MAX_CACHE_MARKS);
    blocks()
        .map(|block| {
            let dropped = block.cache && surplus > 0;
            surplus -= usize::from(dropped);
            let cache_control = (block.cache && !dropped).then_some(CacheControl { r#type: "ephemeral" });
            TextBlock { r#type: "text", text: &block.text, cache_control }
        })
        .collect()
}

/// The conversation; the API refuses empty messages and one that begins with the model's.
fn messages(request: &CompletionRequest) -> Vec<Message<'_>> {
    request
        .messages
        .iter()
        .filter(|message| !message.text.trim().is_empty())
        .skip_while(|message| message.role == Role::Assistant)
        .map(|message| Message {
            role: match message.role {
                Role::User => "user",
                Role::Assistant => "assistant",
            },
            content: &message.text,
        })
        .collect()
}

#[cfg(test)]
mod tests;
