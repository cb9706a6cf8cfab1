use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use sqlatte_providers::Usage;
use tokio::time::{self, Instant};

use super::{Ask, AskError, Failure, Input};
use crate::{
    Answer, ConversationMessage, HistoryEntry, Outcome, Owner, QueryId, Runtime, Schema, SessionId, Speaker,
    Status, Stores, Timing,
};

/// How long an answer waits to be recorded.
const PATIENCE: Duration = Duration::from_secs(1);

/// What happened to one question so far.
///
/// Failures and cancellations are history too: a trace that is dropped before its end records itself as
/// cancelled.
#[derive(Debug)]
pub(super) struct Trace {
    pub(super) sql: Option<String>,
    pub(super) tables: Vec<String>,
    /// The tables the interpreter was shown, how many there are besides, and how many columns it was not
    /// shown.
    considered: Vec<String>,
    left_out: usize,
    columns_left_out: usize,
    pub(super) row_count: Option<u64>,
    /// Statements tried.
    pub(super) attempts: u32,
    pub(super) timing: Timing,
    pub(super) usage: Usage,
    /// Whether the question's reading was found in memory, and whether its rows were.
    pub(super) recalled: bool,
    pub(super) replayed: bool,
    /// Whether another model than the first had a hand in the reading.
    pub(super) stood_in: bool,
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
            considered: Vec::new(),
            left_out: 0,
            columns_left_out: 0,
            row_count: None,
            attempts: 0,
            timing: Timing::default(),
            usage: Usage::default(),
            recalled: false,
            replayed: false,
            stood_in: false,
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

    /// The interpreter is shown these tables.
    pub(super) fn looked_at(&mut self, schema: &Schema) {
        self.considered = schema.tables.iter().map(|table| table.table.to_string()).collect();
        self.left_out = schema.left_out;
        self.columns_left_out = schema.columns_left_out();
    }

    /// A statement is tried, in place of the one before.
    pub(super) fn begin(&mut self, sql: &str) {
        self.sql = Some(sql.to_owned());
        self.tables = Vec::new();
        self.row_count = None;
        self.replayed = false;
        self.attempts += 1;
    }

    /// Counts what was used for the question's reading.
    pub(super) fn read_with(&mut self, usage: Usage) {
        self.usage += usage;
        self.stood_in |= usage.stand_in_calls > 0;
    }

    /// Whether memory saved a call or a statement. A reading that had to be mended saved none.
    fn cached(&self) -> bool {
        self.replayed || (self.recalled && self.usage.llm_calls == 0)
    }

    /// Records the end in history and conversation, and makes the answer.
    ///
    /// A store that cannot write is logged: the person who asked still gets the answer, at most a second later.
    pub(super) async fn finish(mut self, outcome: Result<Outcome, AskError>) -> Result<Answer, Box<Failure>> {
        self.timing.total = self.began.elapsed();
        let entry = self.entry(outcome.as_ref());
        let messages = outcome.as_ref().map_or_else(|_| Vec::new(), |outcome| self.messages(outcome));
        let recorded = record(self.runtime.stores.clone(), entry, self.session.owner(), messages);
        self.finished = true;
        // A task of its own, so that a reader who leaves now does not leave half of it unrecorded.
        if time::timeout(PATIENCE, tokio::spawn(recorded)).await.is_err() {
            tracing::warn!(query_id = %self.query_id, "the store is slow: the answer does not wait for it");
        }
        let outcome = outcome.map_err(|error| Box::new(Failure { error, usage: self.usage }))?;
        Ok(Answer {
            query_id: self.query_id,
            session: self.session.clone(),
            outcome,
            timing: self.timing,
            usage: self.usage,
            cached: self.cached(),
            tables_considered: std::mem::take(&mut self.considered),
            tables_left_out: self.left_out,
            columns_left_out: self.columns_left_out,
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
            cached: self.cached(),
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
        let recorded = record(self.runtime.stores.clone(), entry, self.session.owner(), Vec::new());
        // Nobody is left to wait for this write.
        if let Ok(handle) = tokio::runtime::Handle::try_current() {
            handle.spawn(recorded);
        }
    }
}

async fn record(stores: Stores, entry: HistoryEntry, session: Owner, messages: Vec<ConversationMessage>) {
    if let Err(error) = stores.history.record(&entry).await {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(query_id = %entry.id, error, "a question could not be kept in the history");
    }
    if !messages.is_empty()
        && let Err(error) = stores.conversations.append(&session, &messages).await
    {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(query_id = %entry.id, error, "an answer could not be kept in the conversation");
    }
}
