use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlatte_providers::Usage;
use tokio::time::Instant;

use super::{Ask, AskError, Input};
use crate::{
    Answer, ConversationMessage, HistoryEntry, Outcome, Owner, QueryId, Runtime, SessionId, Speaker, Status,
    Timing,
};

/// What happened to one question so far.
///
/// Failures and cancellations are history too: a trace that is dropped before its end records itself as
/// cancelled.
#[derive(Debug)]
pub(super) struct Trace {
    pub(super) sql: Option<String>,
    pub(super) tables: Vec<String>,
    pub(super) row_count: Option<u64>,
    pub(super) timing: Timing,
    pub(super) usage: Usage,
    runtime: Arc<Runtime>,
    question: Option<String>,
    session: SessionId,
    owner: Owner,
    query_id: QueryId,
    created_at: DateTime<Utc>,
    began: Instant,
    finished: bool,
}

impl Trace {
    pub(super) fn new(runtime: Arc<Runtime>, ask: &Ask) -> Self {
        let (question, sql) = match &ask.input {
            Input::Question(question) => (Some(question.clone()), None),
            Input::Sql(sql) => (None, Some(sql.clone())),
        };
        Trace {
            sql,
            tables: Vec::new(),
            row_count: None,
            timing: Timing::default(),
            usage: Usage::default(),
            created_at: runtime.clock.utc(),
            runtime,
            question,
            session: ask.session.clone(),
            owner: ask.owner.clone(),
            query_id: ask.query_id,
            began: Instant::now(),
            finished: false,
        }
    }

    /// Records the end in history and conversation, and makes the answer.
    ///
    /// A store that cannot write is logged: the person who asked still gets the answer.
    pub(super) async fn finish(mut self, outcome: Result<Outcome, AskError>) -> Result<Answer, AskError> {
        self.finished = true;
        self.timing.total = self.began.elapsed();
        let entry = self.entry(outcome.as_ref());
        if let Err(error) = self.runtime.stores.history.record(&entry).await {
            tracing::warn!(query_id = %self.query_id, %error, "the question could not be kept in the history");
        }
        let outcome = outcome?;
        let messages = self.messages(&outcome);
        let owner = self.session.owner();
        if !messages.is_empty()
            && let Err(error) = self.runtime.stores.conversations.append(&owner, &messages).await
        {
            tracing::warn!(query_id = %self.query_id, %error, "the answer could not be kept in the conversation");
        }
        Ok(Answer {
            query_id: self.query_id,
            session: self.session.clone(),
            outcome,
            timing: self.timing,
            usage: self.usage,
        })
    }

    fn entry(&self, outcome: Result<&Outcome, &AskError>) -> HistoryEntry {
        let (status, error) = match outcome {
            Ok(Outcome::Sql(_)) => (Status::Answered, None),
            Ok(Outcome::Chat(_)) => (Status::Replied, None),
            Err(AskError::Cancelled) => (Status::Cancelled, None),
            Err(error) => (Status::Failed, Some(error)),
        };
        HistoryEntry {
            id: self.query_id,
            owner: self.owner.clone(),
            question: self.question.clone(),
            sql: self.sql.clone(),
            status,
            tables: self.tables.clone(),
            row_count: self.row_count,
            error_code: error.map(|error| error.code().to_owned()),
            error_message: error.map(ToString::to_string),
            timing: self.timing,
            usage: self.usage,
            created_at: self.created_at,
            favorite: false,
        }
    }

    /// The exchange as the conversation remembers it; SQL of the user's own is no conversation.
    fn messages(&self, outcome: &Outcome) -> Vec<ConversationMessage> {
        let Some(question) = &self.question else { return Vec::new() };
        let message = |speaker, text: &str, sql, created_at| ConversationMessage {
            speaker,
            text: text.to_owned(),
            sql,
            query_id: self.query_id,
            created_at,
        };
        let (text, sql) = match outcome {
            Outcome::Sql(answer) => (&answer.explanation, Some(answer.sql.clone())),
            Outcome::Chat(answer) => (&answer.message, None),
        };
        vec![
            message(Speaker::User, question, None, self.created_at),
            message(Speaker::Assistant, text, sql, self.runtime.clock.utc()),
        ]
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        self.timing.total = self.began.elapsed();
        let entry = self.entry(Err(&AskError::Cancelled));
        let history = Arc::clone(&self.runtime.stores.history);
        // The one task of the pipeline: nobody is left to wait for this write.
        if let Ok(handle) = tokio::runtime::Handle::try_current() {
            handle.spawn(async move {
                if let Err(error) = history.record(&entry).await {
                    tracing::warn!(query_id = %entry.id, %error, "a stopped question could not be kept");
                }
            });
        }
    }
}
