//! A statement that fails is mended at most twice, with the words of whoever refused it.

use std::sync::Arc;

use sqlatte_providers::ErrorKind;
use tokio::time::Instant;

use super::{
    Ask, AskError, Stage, event::Progress, hinted, in_words, names, position, run_draft, trace::Trace,
};
use crate::{Attempt, Context, Draft, Interpretation, Interpreted, Outcome, Runtime};

/// Statements tried for one question, the first included; no more calls are answered by a model either.
pub(super) const TRIES: u32 = 3;

/// Runs what was written for a question, and what was written in its place where it failed.
pub(super) async fn run(
    runtime: &Runtime,
    ask: &Ask,
    question: &str,
    context: &Context<'_>,
    mut draft: Draft,
    trace: &mut Trace,
    progress: &Progress,
) -> Result<Outcome, AskError> {
    let mut context = Context { schema: Arc::clone(&context.schema), ..*context };
    loop {
        let failed = draft.sql.clone();
        let error = match run_draft(runtime, ask, draft, Some(&context.schema), trace, progress).await {
            Ok(outcome) => return Ok(outcome),
            Err(error) => error,
        };
        // Calls that no model answered bring nobody nearer to an answer.
        if trace.attempts >= TRIES || trace.usage.answered_calls() >= TRIES {
            return Err(error);
        }
        let Some(attempt) = attempt(runtime, &context, &error).await else { return Err(error) };
        context.schema = hinted::schema(runtime, &context.schema, question, &attempt).await;

        progress.fail_stage().await;
        progress.stage(Stage::WritingSql).await;
        let asked = Instant::now();
        let repaired = runtime.interpreter.repair(question, &context, &attempt).await;
        trace.timing.llm += asked.elapsed();
        match repaired {
            Ok(Some(Interpreted { interpretation, intent, usage })) => {
                trace.looked_at(&context.schema);
                trace.read_with(usage);
                match interpretation {
                    Interpretation::Sql(next) if next.sql.trim() == failed.trim() => return Err(error),
                    Interpretation::Sql(next) => draft = next,
                    reply => {
                        progress.finish_stage().await;
                        return Ok(Outcome::Chat(in_words(reply, intent)));
                    }
                }
            }
            Ok(None) => return Err(error),
            Err(fault) => {
                trace.read_with(fault.usage());
                let cause = &fault as &dyn std::error::Error;
                tracing::warn!(query_id = %ask.query_id, error = cause, "a statement could not be repaired");
                return Err(match fault.kind() {
                    // What is wrong with the statement says more than a model's bad answer.
                    ErrorKind::Unexpected | ErrorKind::Rejected => error,
                    _ => AskError::Unmended { failed: Box::new(error), fault },
                });
            }
        }
    }
}

/// What a second try is told; nothing where none is to be made: after a time limit, a lack of permission, a limit
/// on cost, or a statement that was refused for what it would do.
async fn attempt(runtime: &Runtime, context: &Context<'_>, error: &AskError) -> Option<Attempt> {
    match error {
        AskError::Refused { refusal, sql } if refusal.is_mistake() => Some(Attempt {
            sql: sql.clone(),
            fault: refusal.message.clone(),
            of_database: false,
            position: refusal.position,
            hints: Vec::new(),
        }),
        AskError::Database { error, sql: Some(sql) } if error.kind() == ErrorKind::Rejected => {
            let hints = match runtime.catalog.check(sql).await {
                Ok(Ok(guarded)) => names::said(&names::read(runtime, &context.schema, &guarded).await),
                _ => Vec::new(),
            };
            Some(Attempt {
                sql: sql.clone(),
                fault: error.message().to_owned(),
                of_database: !(1..=hints.len()).any(|some| hints[..some].join("; ") == error.message()),
                position: error.position().map(|at| position::place(sql, at)),
                hints: hints.into_iter().filter(|hint| !error.message().contains(hint.as_str())).collect(),
            })
        }
        _ => None,
    }
}
