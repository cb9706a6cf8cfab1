mod call;
mod chat;
mod conversation;
mod fence;
mod form;
mod house;
mod private;
mod prompts;
mod starters;
mod text;
mod written;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use sqlatte_guard::Dialect;
use sqlatte_providers::{
    CompletionRequest, ErrorKind, LlmProvider, Message, Output, Result, Role, SystemBlock,
};
use tokio::time::Instant;

pub use self::prompts::Prompts;
use self::{
    call::{call, forget},
    form::form,
    prompts::Filled,
    text::{told, user_text},
};
pub(super) use self::{fence::fenced, house::ROOM as HOUSE_ROOM};
use crate::{Attempt, Context, Interpreted, Interpreter};

/// Interprets questions with any language model, in one call each.
#[derive(Debug)]
pub struct PromptedInterpreter {
    llm: Arc<dyn LlmProvider>,
    /// Who mends statements that failed.
    mender: Arc<dyn LlmProvider>,
    /// Who says what is said in words; without one, whoever interprets.
    chatter: Option<Arc<dyn LlmProvider>>,
    /// The prompts with their holes filled for each dialect.
    prompts: Vec<(Dialect, Filled)>,
    timeout: Duration,
    /// Whether nothing out of a row may be told.
    private: bool,
    /// A hash of the models, the prompts and what may be told.
    fingerprint: String,
}

impl PromptedInterpreter {
    /// An interpreter over `llm`; `timeout` bounds an answer, everything that is tried for it included.
    ///
    /// # Errors
    /// `InvalidSettings` when a prompt is no template, has a hole nobody fills, or lacks one it needs.
    pub fn new(llm: Arc<dyn LlmProvider>, prompts: Prompts, timeout: Duration) -> Result<Self> {
        let said = format!("{prompts:?}");
        let filled = |dialect| Ok((dialect, prompts.fill(dialect)?));
        let prompts = Dialect::ALL.into_iter().map(filled).collect::<Result<_>>()?;
        let interpreter = PromptedInterpreter {
            mender: Arc::clone(&llm),
            llm,
            chatter: None,
            prompts,
            timeout,
            private: false,
            fingerprint: String::new(),
        };
        let model = interpreter.llm.info();
        Ok(interpreter.told_apart_by(&format!("{model:?}\n{said}")))
    }

    /// What is read otherwise because of this goes by another name.
    fn told_apart_by(mut self, what: &str) -> Self {
        self.fingerprint = format!("{:x}", Sha256::digest(format!("{}\n{what}", self.fingerprint)));
        self
    }

    /// Tells no model anything that a row of the database may be quoted in: of the schema names, types and keys alone,
    /// of earlier answers the statement without texts that nobody said, of an error only where it is.
    #[must_use]
    pub fn private(mut self) -> Self {
        self.private = true;
        self.told_apart_by("private")
    }

    /// Lets another model mend statements that failed.
    #[must_use]
    pub fn repairing_with(mut self, mender: Arc<dyn LlmProvider>) -> Self {
        self.mender = mender;
        let model = self.mender.info();
        self.told_apart_by(&format!("repairs {model:?}"))
    }

    /// Lets another model say what is said in words, in a call of its own after the one that found nothing to query.
    #[must_use]
    pub fn chatting_with(mut self, chatter: Arc<dyn LlmProvider>) -> Self {
        let model = chatter.info();
        self.chatter = Some(chatter);
        self.told_apart_by(&format!("chats {model:?}"))
    }

    fn prompt(&self, context: &Context<'_>, which: fn(&Filled) -> &String) -> String {
        let dialect = context.catalog.info().dialect;
        let known = self.prompts.iter().find(|(known, _)| *known == dialect);
        known.map(|(_, prompts)| which(prompts).clone()).unwrap_or_default()
    }

    /// The same system text for a question and its repairs, so that a provider can keep it.
    async fn request(
        &self,
        question: &str,
        context: &Context<'_>,
        instructions: fn(&Filled) -> &String,
    ) -> CompletionRequest {
        let schema = if self.private { context.schema.shape() } else { context.schema.text() };
        let schema = format!("<data kind=\"schema\">\n{}</data>", fenced(schema));
        let mut system = vec![
            SystemBlock { text: self.prompt(context, instructions), cache: false },
            SystemBlock { text: schema, cache: true },
        ];
        let house = house::block(question, context).await;
        system.extend(house.map(|text| SystemBlock { text, cache: false }));
        CompletionRequest {
            system,
            messages: vec![Message { role: Role::User, text: user_text(question, context, self.private) }],
            output: Output::Json { name: "interpretation".to_owned(), schema: form() },
            max_tokens: None,
            temperature: None,
            timeout: self.timeout,
        }
    }

    /// One call, and a second one where the answer to the first cannot be read.
    async fn read(&self, question: &str, context: &Context<'_>) -> Result<Interpreted> {
        let asked = Instant::now();
        let mut request = self.request(question, context, |prompts| &prompts.interpret).await;
        let unreadable = match call(&*self.llm, &request, context.watcher).await {
            Err(error) if error.kind() == ErrorKind::Unexpected => error,
            // A whole answer, or a fault that would be the same again.
            outcome => return outcome,
        };
        request.timeout = self.timeout.saturating_sub(asked.elapsed());
        if request.timeout < SHORTEST_TRY {
            return Err(unreadable);
        }
        request.messages.iter_mut().for_each(|message| message.text.push_str(AGAIN));
        if let Some(watcher) = context.watcher {
            forget(watcher);
        }
        let mut used = unreadable.usage();
        match call(&*self.llm, &request, context.watcher).await {
            Ok(second) => {
                used += second.usage;
                Ok(Interpreted { usage: used, ..second })
            }
            Err(error) => {
                used += error.usage();
                Err(error.with_usage(used))
            }
        }
    }
}

/// With less time left, an answer is not asked for again.
const SHORTEST_TRY: Duration = Duration::from_secs(1);

/// Said after an answer that could not be read.
const AGAIN: &str = "\n\nAn answer to this was cut off or not in the given JSON form. Answer once more, in that form \
                     alone and as short as the question allows.";

#[async_trait]
impl Interpreter for PromptedInterpreter {
    fn name(&self) -> String {
        self.llm.info().model
    }

    async fn interpret(&self, question: &str, context: &Context<'_>) -> Result<Interpreted> {
        let asked = Instant::now();
        let interpreted = self.read(question, context).await?;
        let left = self.timeout.saturating_sub(asked.elapsed());
        Ok(self.in_words(question, context, interpreted, left).await)
    }

    async fn repair(
        &self,
        question: &str,
        context: &Context<'_>,
        failed: &Attempt,
    ) -> Result<Option<Interpreted>> {
        let instructions = self.prompt(context, |prompts| &prompts.repair);
        let more = format!("\n\n{}\n{}", instructions.trim(), told(failed, self.private));
        let mut request = self.request(question, context, |prompts| &prompts.interpret).await;
        request.messages.iter_mut().for_each(|message| message.text.push_str(&more));
        call(&*self.mender, &request, context.watcher).await.map(Some)
    }

    async fn starters(&self, context: &Context<'_>, count: usize) -> Result<Vec<String>> {
        Ok(starters::starters(&context.schema, count))
    }

    fn fingerprint(&self) -> Option<&str> {
        Some(&self.fingerprint)
    }

    async fn check(&self) -> Result<()> {
        self.llm.check().await?;
        let others = [Some(&self.mender), self.chatter.as_ref()];
        for other in others.into_iter().flatten().filter(|other| !Arc::ptr_eq(&self.llm, other)) {
            other.check().await?;
        }
        Ok(())
    }
}
