mod form;
mod prompts;
mod text;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use sqlatte_guard::Dialect;
use sqlatte_providers::{
    CompletionRequest, ErrorKind, LlmProvider, Message, Output, Result, Role, StopReason, SystemBlock, Usage,
};

pub use self::prompts::Prompts;
use self::{
    form::{Form, bad_answer, form, intent},
    prompts::Filled,
    text::{fenced, told, user_text},
};
use crate::{Attempt, Context, Intent, Interpretation, Interpreted, Interpreter};

/// Interprets questions with any language model, in one call each.
#[derive(Debug)]
pub struct PromptedInterpreter {
    llm: Arc<dyn LlmProvider>,
    /// The prompts with their holes filled for each dialect.
    prompts: Vec<(Dialect, Filled)>,
    timeout: Duration,
}

impl PromptedInterpreter {
    /// An interpreter over `llm`; `timeout` bounds each call, retries included.
    ///
    /// # Errors
    /// `InvalidSettings` when a prompt is no template, has a hole nobody fills, or lacks one it needs.
    pub fn new(llm: Arc<dyn LlmProvider>, prompts: Prompts, timeout: Duration) -> Result<Self> {
        let filled = |dialect| Ok((dialect, prompts.fill(dialect)?));
        let prompts = Dialect::ALL.into_iter().map(filled).collect::<Result<_>>()?;
        Ok(PromptedInterpreter { llm, prompts, timeout })
    }

    fn prompt(&self, context: &Context<'_>, which: fn(&Filled) -> &String) -> String {
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
