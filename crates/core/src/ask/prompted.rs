use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use minijinja::{Environment, UndefinedBehavior, context};
use serde::Deserialize;
use serde_json::json;
use sqlatte_guard::Dialect;
use sqlatte_providers::{
    CompletionRequest, ErrorKind, LlmProvider, Message, Output, ProviderError, Result, Role, StopReason,
    SystemBlock, Usage,
};

use crate::{Attempt, Context, Draft, Intent, Interpretation, Interpreted, Interpreter, Reading, Speaker};

/// The prompts in force, as text with named holes (`{{ dialect }}`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompts {
    /// The system text that goes before the schema; hole: `dialect`.
    pub interpret: String,
    /// What is said before a statement that failed, after the question; hole: `dialect`.
    pub repair: String,
}

impl Default for Prompts {
    fn default() -> Self {
        Prompts {
            interpret: include_str!("prompts/interpret.md").to_owned(),
            repair: include_str!("prompts/repair.md").to_owned(),
        }
    }
}

/// Interprets questions with any language model, in one call each.
#[derive(Debug)]
pub struct PromptedInterpreter {
    llm: Arc<dyn LlmProvider>,
    /// The prompts with their holes filled for each dialect.
    prompts: Vec<(Dialect, Prompts)>,
    timeout: Duration,
}

impl PromptedInterpreter {
    /// An interpreter over `llm`; `timeout` bounds each call, retries included.
    ///
    /// # Errors
    /// `InvalidSettings` when a prompt has a hole nobody fills.
    pub fn new(llm: Arc<dyn LlmProvider>, prompts: Prompts, timeout: Duration) -> Result<Self> {
        let filled = |dialect| {
            let interpret = fill("interpret", &prompts.interpret, dialect)?;
            Ok((dialect, Prompts { interpret, repair: fill("repair", &prompts.repair, dialect)? }))
        };
        let prompts = Dialect::ALL.into_iter().map(filled).collect::<Result<_>>()?;
        Ok(PromptedInterpreter { llm, prompts, timeout })
    }

    fn prompt(&self, context: &Context<'_>, which: fn(&Prompts) -> &String) -> String {
        let dialect = context.catalog.info().dialect;
        let known = self.prompts.iter().find(|(known, _)| *known == dialect);
        known.map(|(_, prompts)| which(prompts).clone()).unwrap_or_default()
    }

    /// The same system text for a question and its repairs, so that a provider can keep it.
    fn request(&self, user: String, context: &Context<'_>) -> CompletionRequest {
        let schema = format!("<data kind=\"schema\">\n{}</data>", fenced(context.schema.text()));
        CompletionRequest {
            system: vec![
                SystemBlock { text: self.prompt(context, |prompts| &prompts.interpret), cache: false },
                SystemBlock { text: schema, cache: true },
            ],
            messages: vec![Message { role: Role::User, text: user }],
            output: Output::Json { name: "interpretation".to_owned(), schema: form() },
            max_tokens: None,
            temperature: None,
            timeout: self.timeout,
        }
    }

    /// One call, and what the model said in it.
    async fn call(&self, request: &CompletionRequest) -> Result<Answered> {
        let completion = self.llm.complete(request).await?;
        if completion.stop_reason == StopReason::Refusal {
            let message = "the model declined to answer this question: ask it in other words".to_owned();
            let interpretation = Interpretation::Unanswerable { reason: message, nearest: Vec::new() };
            return Ok(Answered {
                read: Ok((intent("chat", 1.0, ""), interpretation)),
                usage: completion.usage,
            });
        }
        let form = serde_json::from_str(&completion.text).map_err(|error| {
            bad_answer("the model's answer is not in the form it was asked for: ask again").with_source(error)
        });
        Ok(Answered { read: form.and_then(Form::read), usage: completion.usage })
    }
}

/// What a call came to: an answer that may not have been readable, and what it cost all the same.
struct Answered {
    read: Result<(Intent, Interpretation)>,
    usage: Usage,
}

impl Answered {
    fn interpreted(self) -> Result<Interpreted> {
        let (intent, interpretation) = self.read?;
        Ok(Interpreted { interpretation, intent, usage: self.usage })
    }
}

/// Said after an answer that could not be read.
const AGAIN: &str = "\n\nAn answer to this was cut off or not in the given JSON form. Answer once more, in that form \
                     alone and as short as the question allows.";

/// Fills the holes of a prompt.
fn fill(name: &str, prompt: &str, dialect: Dialect) -> Result<String> {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.render_str(prompt, context! { dialect => dialect.title() }).map_err(|error| {
        ProviderError::new(ErrorKind::InvalidSettings, format!("the prompt `prompts.{name}`: {error}"))
    })
}

#[async_trait]
impl Interpreter for PromptedInterpreter {
    fn name(&self) -> String {
        self.llm.info().model
    }

    async fn interpret(&self, question: &str, context: &Context<'_>) -> Result<Interpreted> {
        let mut request = self.request(user_text(question, context), context);
        let first = match self.call(&request).await {
            // A whole answer, or a fault that would be the same again.
            Ok(answered @ Answered { read: Ok(_), .. }) => return answered.interpreted(),
            Err(error) if error.kind() != ErrorKind::Unexpected => return Err(error),
            Ok(unreadable) => unreadable.usage,
            Err(_) => Usage { llm_calls: 1, ..Usage::default() },
        };
        request.messages.iter_mut().for_each(|message| message.text.push_str(AGAIN));
        let mut second = self.call(&request).await?;
        second.usage += first;
        second.interpreted()
    }

    async fn repair(
        &self,
        question: &str,
        context: &Context<'_>,
        failed: &Attempt,
    ) -> Result<Option<Interpreted>> {
        let instructions = self.prompt(context, |prompts| &prompts.repair);
        let user = format!("{}\n\n{}\n{}", user_text(question, context), instructions.trim(), told(failed));
        self.call(&self.request(user, context)).await?.interpreted().map(Some)
    }

    async fn starters(&self, context: &Context<'_>, count: usize) -> Result<Vec<String>> {
        let tables = context.schema.tables.iter().map(|table| table.table.name.replace('_', " "));
        Ok(tables.map(|table| format!("How many {table} are there?")).take(count).collect())
    }

    async fn check(&self) -> Result<()> {
        self.llm.check().await
    }
}

/// The model's answer, in the form of [`form`].
#[derive(Debug, Deserialize)]
struct Form {
    kind: Kind,
    #[serde(default)]
    sql: String,
    #[serde(default)]
    explanation: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    options: Vec<String>,
    #[serde(default)]
    readings: Vec<FormReading>,
    #[serde(default)]
    confidence: Option<f64>,
    #[serde(default)]
    follow_ups: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Sql,
    Chat,
    Clarify,
    Unanswerable,
}

#[derive(Debug, Deserialize)]
struct FormReading {
    phrase: String,
    meaning: String,
}

impl Form {
    fn read(self) -> Result<(Intent, Interpretation)> {
        let confidence = self.confidence.filter(|sure| (0.0..=1.0).contains(sure)).unwrap_or(0.5);
        if self.kind == Kind::Sql {
            let sql = self.sql.trim().to_owned();
            if sql.is_empty() {
                return Err(bad_answer("the model promised a statement and gave none: ask again"));
            }
            let readings = self.readings.into_iter();
            let draft = Draft {
                sql,
                readings: readings.map(|one| Reading { phrase: one.phrase, meaning: one.meaning }).collect(),
                explanation: self.explanation,
                confidence,
                follow_ups: self.follow_ups,
            };
            let intent = intent("sql", confidence, &draft.explanation);
            return Ok((intent, Interpretation::Sql(draft)));
        }
        if self.message.trim().is_empty() {
            return Err(bad_answer("the model answered with nothing: ask again"));
        }
        let intent = intent("chat", confidence, &self.explanation);
        let message = self.message;
        let interpretation = match self.kind {
            Kind::Clarify => Interpretation::Clarify { message, options: self.options },
            Kind::Unanswerable => Interpretation::Unanswerable { reason: message, nearest: self.options },
            Kind::Chat | Kind::Sql => Interpretation::Chat { message },
        };
        Ok((intent, interpretation))
    }
}

fn intent(intent: &'static str, confidence: f64, reasoning: &str) -> Intent {
    Intent { intent, confidence, reasoning: reasoning.to_owned() }
}

fn bad_answer(message: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Unexpected, message)
}

/// What changes with every question: today, the conversation, the question. The stable text is cached before it.
fn user_text(question: &str, context: &Context<'_>) -> String {
    let mut text = format!("Today is {}.\n", context.today.format("%A, %Y-%m-%d"));
    if !context.conversation.is_empty() {
        text.push_str("<data kind=\"conversation\">\n");
        for message in context.conversation {
            let speaker = match message.speaker {
                Speaker::User => "question",
                Speaker::Assistant => "answer",
            };
            text.push_str(&format!("{speaker}: {}\n", fenced(&message.text)));
            if let Some(sql) = &message.sql {
                text.push_str(&format!("sql: {}\n", fenced(sql)));
            }
        }
        text.push_str("</data>\n");
    }
    text.push_str(&format!("<data kind=\"question\">\n{}\n</data>", fenced(question)));
    text
}

/// A failed statement, the fault and the hints.
fn told(failed: &Attempt) -> String {
    let place =
        failed.position.map_or(String::new(), |at| format!(" (line {}, column {})", at.line, at.column));
    let mut text = format!(
        "<data kind=\"statement\">\n{}\n</data>\n<data kind=\"error\">\n{}{place}\n</data>",
        fenced(&failed.sql),
        fenced(&failed.fault)
    );
    if !failed.hints.is_empty() {
        let hints = failed.hints.iter().map(|hint| format!("- {}", fenced(hint)));
        text.push_str(&format!("\n<data kind=\"hints\">\n{}\n</data>", hints.collect::<Vec<_>>().join("\n")));
    }
    text
}

/// Text that cannot open or close a fence: `<data` and `</data`, in any case and spacing, lose their bracket.
fn fenced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        let name = tag[1..].trim_start_matches(|one: char| one == '/' || one.is_whitespace());
        let fence = name.get(..4).is_some_and(|name| name.eq_ignore_ascii_case("data"));
        out.push_str(before);
        out.push_str(if fence { "&lt;" } else { "<" });
        rest = &tag[1..];
    }
    out.push_str(rest);
    out
}

/// The JSON Schema of the answer. Every field is required, because strict modes of some models demand it.
fn form() -> serde_json::Value {
    let text = json!({ "type": "string" });
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    json!({
        "type": "object",
        "properties": {
            "kind": { "type": "string", "enum": ["sql", "chat", "clarify", "unanswerable"] },
            "sql": text,
            "explanation": text,
            "message": text,
            "options": texts,
            "readings": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": { "phrase": text, "meaning": text },
                    "required": ["phrase", "meaning"],
                    "additionalProperties": false
                }
            },
            "confidence": { "type": "number" },
            "follow_ups": texts
        },
        "required": ["kind", "sql", "explanation", "message", "options", "readings", "confidence", "follow_ups"],
        "additionalProperties": false
    })
}

#[cfg(test)]
mod tests {
    use super::fenced;

    #[test]
    fn no_text_closes_its_fence() {
        assert_eq!(
            fenced("a < b </data> < / DATA kind> <data>"),
            "a < b &lt;/data> &lt; / DATA kind> &lt;data>"
        );
        assert_eq!(fenced("<dat"), "<dat");
        assert_eq!(fenced("<é<data"), "<é&lt;data");
    }
}
