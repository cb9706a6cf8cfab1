use std::sync::Arc;

use super::{Ask, AskError};
use crate::{
    Context, Draft, Intent, Interpretation, Interpreted, Outcome, Runtime,
    cache::{Answers, Asked, Kept, Key, Places},
};

/// How one question was read before, and where its reading goes.
#[derive(Debug)]
pub(super) struct Recall<'r> {
    answers: &'r Answers,
    ask: &'r Ask,
    question: &'r str,
    places: Places,
    found: Option<Arc<Kept>>,
}

impl<'r> Recall<'r> {
    /// Looks for it; nothing where nothing is kept, because it is switched off or an interpreter is as quick.
    ///
    /// A question that is to be read anew finds nothing, and its reading is kept in place of the older one.
    pub(super) async fn look(
        runtime: &'r Runtime,
        ask: &'r Ask,
        question: &'r str,
        context: &Context<'_>,
    ) -> Result<Option<Self>, AskError> {
        let (Some(answers), Some(interpreter)) = (&runtime.caches.answers, runtime.interpreter.fingerprint())
        else {
            return Ok(None);
        };
        let asked = Asked {
            question,
            tables: &ask.tables,
            schema: shown(runtime, question, context).await?,
            interpreter,
            database: &runtime.catalog.info(),
            today: context.today,
        };
        let found = if ask.fresh { None } else { answers.find(&asked, context.conversation).await };
        let (places, found) = match found {
            Some((places, kept)) => (places, Some(kept)),
            None => (Places::of(&asked, context.conversation), None),
        };
        Ok(Some(Recall { answers, ask, question, places, found }))
    }

    /// The reading that was found; it costs nothing.
    pub(super) fn found(&self) -> Option<Interpreted> {
        let Kept { interpretation, intent, .. } = &**self.found.as_ref()?;
        Some(Interpreted {
            interpretation: interpretation.clone(),
            intent: intent.clone(),
            usage: sqlatte_providers::Usage::default(),
        })
    }

    /// Keeps a reply, unless it says more of the model than of the question, or another model `stood_in` for
    /// the first.
    pub(super) async fn replied(&self, reply: &Interpretation, intent: &Intent, stood_in: bool) {
        match reply {
            Interpretation::Declined { .. } => {}
            _ if self.found.is_some() => self.answers.note(self.places, self.ask.query_id).await,
            _ if stood_in => {}
            reply => self.keep(reply.clone(), intent.clone(), Vec::new()).await,
        }
    }

    /// Keeps the statement that ran in the end, and forgets one that did not.
    ///
    /// What was written while another model `stood_in` for the first is not kept: the first one is asked once
    /// it is back, since it may know better.
    pub(super) async fn ran(&self, outcome: Result<&Outcome, &AskError>, intent: Intent, stood_in: bool) {
        match outcome {
            Ok(Outcome::Sql(answer)) if self.found.is_some() && answer.attempts == 1 => {
                self.answers.note(self.places, self.ask.query_id).await;
            }
            Ok(Outcome::Sql(_)) if stood_in && self.found.is_none() => {}
            Ok(Outcome::Sql(answer)) if !stood_in => {
                let draft = Draft {
                    sql: answer.sql.clone(),
                    explanation: answer.explanation.clone(),
                    readings: answer.readings.clone(),
                    confidence: answer.confidence.unwrap_or_default(),
                    follow_ups: answer.suggestions.clone(),
                };
                self.keep(Interpretation::Sql(draft), intent, answer.tables.clone()).await;
            }
            _ => self.answers.forget(self.places).await,
        }
    }

    async fn keep(&self, interpretation: Interpretation, intent: Intent, tables: Vec<String>) {
        let kept = Kept { interpretation, intent, tables };
        self.answers.keep(self.places, self.question, kept, self.ask.query_id).await;
    }
}

/// What the interpreter may know of the schema. Of a large one it is shown what suits the question and the
/// person's history; that is a choice out of the whole, and the whole is what counts.
async fn shown(runtime: &Runtime, question: &str, context: &Context<'_>) -> Result<Key, AskError> {
    if context.schema.left_out == 0 {
        return Ok(context.schema.fingerprint());
    }
    runtime.catalog.fingerprint(question).await.map_err(AskError::database)
}
