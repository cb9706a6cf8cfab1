//! One question, from its words to its answer.
//!
//! [`answer`] and [`events`] are the same pipeline: the first awaits its end, the second shows every step as it
//! happens. Dropping either stops the model and the database.

mod about;
mod check;
mod columns;
mod error;
mod event;
mod hinted;
mod insights;
mod names;
mod position;
mod prompted;
mod recall;
mod repair;
mod run;
mod schema_text;
mod tables;
mod told;
mod trace;

use std::sync::Arc;

use chrono::TimeDelta;
use futures::{Stream, StreamExt};
use sqlatte_guard::Guarded;
use sqlatte_providers::{RowStream, Usage};
use tokio::{sync::mpsc, time::Instant};
use tokio_util::sync::CancellationToken;

use self::{event::Progress, recall::Recall, run::Ran, trace::Trace};
use crate::{
    Answer, ChatAnswer, Context, ConversationMessage, Draft, Insight, Intent, Interpretation, Interpreted,
    Limits, Outcome, Owner, QueryId, Rows, Runtime, Schema, SessionId, SqlAnswer, choose_chart,
};

pub(crate) use self::{
    columns::{Shown, fit},
    names::known_tables,
    schema_text::{Detail, schema_text},
};
pub use self::{
    error::{AskError, Failure},
    event::{Event, Stage, StageStatus, Writing},
    insights::{InsightMode, ModelInsights},
    prompted::{PromptedInterpreter, Prompts},
};

/// What is asked, by whom.
#[derive(Debug, Clone)]
pub struct Ask {
    /// A question, or SQL of the user's own.
    pub input: Input,
    /// The session, whose conversation the question belongs to.
    pub session: SessionId,
    /// Whose history it goes into.
    pub owner: Owner,
    /// Its name, given beforehand so that it can be cancelled.
    pub query_id: QueryId,
    /// The tables it is about; empty to let them be chosen.
    pub tables: Vec<String>,
    /// Rows wanted; `None` for the default. Never more than [`Limits::max_rows`](crate::Limits::max_rows).
    pub limit: Option<u64>,
    /// Whether to look for insights.
    pub insights: bool,
    /// Whether nothing is to be taken from memory: a new reading, and rows read now.
    pub fresh: bool,
    /// Stops it from outside.
    pub cancel: CancellationToken,
}

/// A question, or SQL of the user's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A question in plain language.
    Question(String),
    /// SQL the user wrote or edited: the same guard, limits and history, no interpreter.
    Sql(String),
}

/// Longest question, in characters.
pub const MAX_QUESTION: usize = 4_000;

/// Text that is no question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidQuestion {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// More than [`MAX_QUESTION`] characters.
    #[error("must have at most {MAX_QUESTION} characters")]
    TooLong,
}

impl Input {
    /// A question of 1 to [`MAX_QUESTION`] characters, white space around it removed.
    ///
    /// # Errors
    /// Says which bound it breaks.
    pub fn question(text: &str) -> Result<Self, InvalidQuestion> {
        if text.chars().count() > MAX_QUESTION {
            return Err(InvalidQuestion::TooLong);
        }
        match text.trim() {
            "" => Err(InvalidQuestion::Empty),
            question => Ok(Input::Question(question.to_owned())),
        }
    }
}

/// Events waiting for a slow reader before the database has to wait too.
const EVENTS_AHEAD: usize = 8;

/// Answers one question and keeps all its rows.
pub async fn answer(runtime: Arc<Runtime>, ask: Ask) -> Result<Answer, Box<Failure>> {
    let mut kept = Vec::new();
    let mut events = std::pin::pin!(steps(runtime, ask, false));
    while let Some(event) = events.next().await {
        match event {
            // What an attempt before this one gave is no part of the answer.
            Event::Sql { .. } => kept.clear(),
            Event::Rows { rows, .. } => kept.extend(rows),
            Event::Done(mut answer) => {
                if let Outcome::Sql(sql) = &mut answer.outcome {
                    sql.rows.rows = kept;
                }
                return Ok(*answer);
            }
            Event::Failed(failure) => return Err(failure),
            _ => {}
        }
    }
    Err(Box::new(Failure { error: AskError::Cancelled, usage: Usage::default() }))
}

/// Answers one question, step by step; the last event is `Done` or `Failed`.
///
/// Events travel through one channel that is polled together with the pipeline, without a task of its own: order
/// is kept, a slow reader slows the database, and dropping the stream drops the question.
pub fn events(runtime: Arc<Runtime>, ask: Ask) -> impl Stream<Item = Event> + Send + 'static {
    steps(runtime, ask, true)
}

/// The same, with the statement while it is written if it is `watched`.
fn steps(runtime: Arc<Runtime>, ask: Ask, watched: bool) -> impl Stream<Item = Event> + Send + 'static {
    async_stream::stream! {
        let (sender, mut receiver) = mpsc::channel(EVENTS_AHEAD);
        let mut pipeline = std::pin::pin!(pipeline(runtime, ask, Progress::new(sender, watched)));
        let ended = loop {
            tokio::select! {
                biased;
                Some(event) = receiver.recv() => yield event,
                ended = &mut pipeline => break ended,
            }
        };
        while let Ok(event) = receiver.try_recv() {
            yield event;
        }
        yield match ended {
            Ok(answer) => Event::Done(Box::new(answer)),
            Err(failure) => Event::Failed(failure),
        };
    }
}

/// Runs a recorded statement again, for its full result: the same guard, a row limit of its own.
///
/// `None` when this owner has no such question or it never came to SQL.
pub async fn export(runtime: &Runtime, owner: &Owner, id: QueryId) -> Result<Option<RowStream>, AskError> {
    let Some(sql) = runtime.stores.history.find(owner, id).await?.and_then(|entry| entry.sql) else {
        return Ok(None);
    };
    let guarded = check::check(runtime, &sql, None).await?;
    let Limits { max_export_rows, export_timeout, .. } = runtime.limits;
    run::open(runtime, guarded, max_export_rows, export_timeout).await.map(Some)
}

/// Runs the stages, or stops them, and records how it ended.
async fn pipeline(runtime: Arc<Runtime>, ask: Ask, progress: Progress) -> Result<Answer, Box<Failure>> {
    let mut trace = Trace::new(Arc::clone(&runtime), &ask);
    progress.send(Event::Started { session: ask.session.clone(), query_id: ask.query_id }).await;
    let outcome = tokio::select! {
        biased;
        () = ask.cancel.cancelled() => Err(AskError::Cancelled),
        outcome = stages(&runtime, &ask, &mut trace, &progress) => outcome,
    };
    if outcome.is_err() {
        progress.fail_stage().await;
    }
    trace.finish(outcome).await
}

async fn stages(
    runtime: &Runtime,
    ask: &Ask,
    trace: &mut Trace,
    progress: &Progress,
) -> Result<Outcome, AskError> {
    let question = match &ask.input {
        Input::Question(question) => question,
        Input::Sql(sql) => return own_sql(runtime, ask, sql, trace, progress).await,
    };

    progress.stage(Stage::Understanding).await;
    let conversation = remembered(runtime, ask).await?;

    progress.stage(Stage::Tables).await;
    if let Some(reply) = about::reply(runtime, ask, question).await? {
        progress.finish_stage().await;
        return Ok(Outcome::Chat(reply));
    }
    let schema = tables::describe(runtime, ask, question, &conversation).await?;
    trace.looked_at(&schema);

    progress.stage(Stage::WritingSql).await;
    let context = Context {
        catalog: &runtime.catalog,
        schema,
        conversation: &conversation,
        today: runtime.clock.today(),
        watcher: progress.watcher(),
    };
    let recall = Recall::look(runtime, ask, question, &context).await?;
    let interpreted = match recall.as_ref().and_then(Recall::found) {
        Some(found) => {
            trace.recalled = true;
            found
        }
        None => interpret(runtime, question, &context, trace).await?,
    };

    let Interpreted { interpretation, intent, .. } = interpreted;
    match interpretation {
        Interpretation::Sql(draft) => {
            let outcome = repair::run(runtime, ask, question, &context, draft, trace, progress).await;
            let outcome = outcome.map_err(told::to_who_asked);
            if let Some(recall) = recall {
                recall.ran(outcome.as_ref(), intent, trace.stood_in).await;
            }
            outcome
        }
        reply => {
            progress.finish_stage().await;
            if let Some(recall) = recall {
                recall.replied(&reply, &intent, trace.stood_in).await;
            }
            Ok(Outcome::Chat(in_words(reply, intent)))
        }
    }
}

/// Has the interpreter read the question.
async fn interpret(
    runtime: &Runtime,
    question: &str,
    context: &Context<'_>,
    trace: &mut Trace,
) -> Result<Interpreted, AskError> {
    let asked = Instant::now();
    let interpreted = runtime.interpreter.interpret(question, context).await;
    trace.timing.llm = asked.elapsed();
    trace.read_with(match &interpreted {
        Ok(interpreted) => interpreted.usage,
        Err(error) => error.usage(),
    });
    interpreted.map_err(AskError::Interpreter)
}

/// The second half, for a statement somebody wrote; with the schema it was written for, unless the user wrote it.
async fn run_draft(
    runtime: &Runtime,
    ask: &Ask,
    draft: Draft,
    schema: Option<&Schema>,
    trace: &mut Trace,
    progress: &Progress,
) -> Result<Outcome, AskError> {
    trace.begin(&draft.sql);
    progress.stage(Stage::Checking).await;
    let guarded = check::check(runtime, &draft.sql, schema).await?;
    trace.tables = table_names(&guarded);
    progress.sql(&draft, trace.attempts, &guarded, &trace.tables).await;

    progress.stage(Stage::Running).await;
    let limit = wanted_rows(runtime, ask, &guarded);
    let ran = match run::run(runtime, ask, guarded, limit, trace, progress).await {
        Ok(ran) => ran,
        Err(error) => {
            names::forget_dropped(runtime, &error).await;
            return Err(error);
        }
    };

    progress.stage(Stage::Insights).await;
    let insights = insights::of(runtime, ask, &draft.sql, &ran, trace, progress).await;
    let answer = conclude(runtime, ask, draft, ran, insights, trace);
    progress.conclusions(&answer).await;
    Ok(Outcome::Sql(Box::new(answer)))
}

/// The rows to read: as many as the caller asked for, else as the statement itself says, else the usual number.
fn wanted_rows(runtime: &Runtime, ask: &Ask, sql: &Guarded) -> u64 {
    let Limits { default_rows, max_rows, .. } = runtime.limits;
    ask.limit.or(sql.row_limit()).unwrap_or(default_rows).min(max_rows)
}

async fn own_sql(
    runtime: &Runtime,
    ask: &Ask,
    sql: &str,
    trace: &mut Trace,
    progress: &Progress,
) -> Result<Outcome, AskError> {
    let draft = Draft {
        sql: sql.to_owned(),
        explanation: String::new(),
        readings: Vec::new(),
        confidence: 1.0,
        follow_ups: Vec::new(),
    };
    match run_draft(runtime, ask, draft, None, trace, progress).await {
        Err(error) => Err(names::explained(runtime, error).await),
        outcome => outcome,
    }
}

/// The last messages of the conversation, back to the first silence that ended it.
async fn remembered(runtime: &Runtime, ask: &Ask) -> Result<Vec<ConversationMessage>, AskError> {
    let owner = ask.session.owner();
    let mut messages = runtime.stores.conversations.recent(&owner, runtime.limits.context_messages).await?;
    let silence = TimeDelta::from_std(runtime.limits.conversation_timeout).unwrap_or(TimeDelta::MAX);
    let mut next = runtime.clock.utc();
    let forgotten = messages.iter().rposition(|message| {
        let ended = next - message.created_at >= silence;
        next = message.created_at;
        ended
    });
    if let Some(last) = forgotten {
        messages.drain(..=last);
    }
    Ok(messages)
}

/// Insights, chart and suggestions: what is said about the rows.
fn conclude(
    runtime: &Runtime,
    ask: &Ask,
    draft: Draft,
    ran: Ran,
    insights: Vec<Insight>,
    trace: &Trace,
) -> SqlAnswer {
    let complete = ran.is_whole();
    let Ran { columns, sample, row_count, truncated, cached_at } = ran;
    SqlAnswer {
        chart: choose_chart(&columns, &sample, complete),
        insights,
        sql: draft.sql,
        dialect: runtime.catalog.info().dialect,
        explanation: draft.explanation,
        readings: draft.readings,
        confidence: matches!(ask.input, Input::Question(_)).then_some(draft.confidence),
        tables: trace.tables.clone(),
        rows: Rows { columns, rows: Vec::new(), row_count, truncated },
        suggestions: draft.follow_ups,
        attempts: trace.attempts,
        cached_at,
    }
}

fn in_words(reply: Interpretation, intent: Intent) -> ChatAnswer {
    let answer = |message, clarification, unanswerable, suggestions| ChatAnswer {
        message,
        intent,
        clarification,
        unanswerable,
        suggestions,
    };
    match reply {
        Interpretation::Chat { message } => answer(message, None, None, Vec::new()),
        Interpretation::Clarify { message, options } => answer(message, Some(options), None, Vec::new()),
        Interpretation::Unanswerable { reason, nearest } => {
            answer(reason.clone(), None, Some(reason), nearest)
        }
        Interpretation::Declined { reason } => answer(reason.clone(), None, Some(reason), Vec::new()),
        // A statement is run, never said; an interpreter's words for it are its explanation.
        Interpretation::Sql(draft) => answer(draft.explanation, None, None, Vec::new()),
    }
}

fn table_names(guarded: &Guarded) -> Vec<String> {
    guarded.tables().iter().map(ToString::to_string).collect()
}
