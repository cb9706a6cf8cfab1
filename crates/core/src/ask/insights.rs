//! What is said of the rows: computed, and told by a model where that is wanted.

mod answer;
mod direction;
mod numbers;
mod sample;

use std::{sync::Arc, time::Duration};

use moka::future::Cache;
use sqlatte_guard::Dialect;
use sqlatte_providers::{
    Column, CompletionRequest, LlmProvider, Message, Output, ProviderError, Result, Role, Row, StopReason,
    SystemBlock, Usage,
};
use tokio::time::Instant;

pub(super) use self::answer::MOST_INSIGHTS;
use self::answer::{Form, form};
use super::{Ask, Input, Prompts, event::Progress, prompted::fenced, repair::TRIES, run::Ran, trace::Trace};
use crate::{Insight, Runtime, statistical_insights};

/// Longest wait for a model's insights: the rows are there already.
const LONGEST: Duration = Duration::from_secs(30);
/// Answers whose insights are kept, and for how long.
const KEPT: u64 = 200;
const KEPT_FOR: Duration = Duration::from_secs(60 * 60);

/// What a model has to say about rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InsightMode {
    /// What stands out, in its own words, from a bounded sample; what its figures do not bear out is left out.
    Llm,
    /// Only the words for what was computed; no row is sent.
    Hybrid,
}

/// Has a language model tell what stands out in an answer.
#[derive(Debug)]
pub struct ModelInsights {
    llm: Arc<dyn LlmProvider>,
    mode: InsightMode,
    /// The instructions for each dialect.
    prompts: Vec<(Dialect, String)>,
    sample_rows: usize,
    timeout: Duration,
    /// What was told of the same rows a while ago.
    told: Cache<String, Arc<Vec<Insight>>>,
}

/// An answer, as far as insights are about it.
struct Seen<'a> {
    question: &'a str,
    sql: &'a str,
    columns: &'a [Column],
    rows: &'a [Row],
    computed: &'a [Insight],
}

impl ModelInsights {
    /// Insights of `llm`, which sees at most `sample_rows` rows; `timeout` bounds each call, and half a minute does.
    ///
    /// # Errors
    /// `InvalidSettings` when a prompt is no template, or has a hole nobody fills.
    pub fn new(
        llm: Arc<dyn LlmProvider>,
        prompts: &Prompts,
        mode: InsightMode,
        sample_rows: usize,
        timeout: Duration,
    ) -> Result<Self> {
        let filled = |dialect| Ok((dialect, prompts.of_insights(dialect, mode)?));
        Ok(ModelInsights {
            llm,
            mode,
            prompts: Dialect::ALL.into_iter().map(filled).collect::<Result<_>>()?,
            sample_rows,
            timeout: timeout.min(LONGEST),
            told: Cache::builder().max_capacity(KEPT).time_to_live(KEPT_FOR).build(),
        })
    }

    /// What the model says, which is never more than it can bear out, and what that cost.
    async fn told(&self, dialect: Dialect, seen: &Seen<'_>, fresh: bool) -> Result<(Vec<Insight>, Usage)> {
        let user = match self.mode {
            InsightMode::Hybrid => sample::findings(seen.question, seen.computed),
            InsightMode::Llm => sample::rows(seen, self.sample_rows),
        };
        if !fresh && let Some(told) = self.told.get(&user).await {
            return Ok((told.to_vec(), Usage::default()));
        }
        let completion = self.llm.complete(&self.request(dialect, user.clone())).await?;
        if completion.stop_reason == StopReason::Refusal {
            return Ok((seen.computed.to_vec(), completion.usage));
        }
        let form = Form::read(&completion.text).map_err(|error| error.with_usage(completion.usage))?;
        let insights = match self.mode {
            InsightMode::Hybrid => form.phrased(seen.computed),
            InsightMode::Llm => form.borne_out(&sample::numbers(seen, self.sample_rows)),
        };
        if completion.usage.stand_in_calls == 0 {
            self.told.insert(user, Arc::new(insights.clone())).await;
        }
        Ok((insights, completion.usage))
    }

    fn request(&self, dialect: Dialect, user: String) -> CompletionRequest {
        let prompt = self.prompts.iter().find(|(known, _)| *known == dialect);
        CompletionRequest {
            system: vec![SystemBlock {
                text: prompt.map(|(_, text)| text.clone()).unwrap_or_default(),
                cache: false,
            }],
            messages: vec![Message { role: Role::User, text: user }],
            output: Output::Json { name: "insights".to_owned(), schema: form(self.mode) },
            max_tokens: None,
            temperature: None,
            timeout: self.timeout,
        }
    }
}

/// What stands out in a complete result; shares and trends of half of one would be wrong.
///
/// A model is asked for a question alone, if calls are left and there is something to tell. If it fails, the stage says
/// so, and what was computed stands.
pub(super) async fn of(
    runtime: &Runtime,
    ask: &Ask,
    sql: &str,
    ran: &Ran,
    trace: &mut Trace,
    progress: &Progress,
) -> Vec<Insight> {
    if !ask.insights || !ran.is_whole() {
        return Vec::new();
    }
    let computed = statistical_insights(&ran.columns, &ran.sample, runtime.clock.today());
    let (Some(model), Input::Question(question)) = (&runtime.insights, &ask.input) else { return computed };
    let nothing = match model.mode {
        InsightMode::Hybrid => computed.is_empty(),
        InsightMode::Llm => ran.sample.len() < sample::FEWEST_ROWS,
    };
    if nothing || trace.usage.answered_calls() >= TRIES {
        return computed;
    }

    let seen = Seen { question, sql, columns: &ran.columns, rows: &ran.sample, computed: &computed };
    let asked = Instant::now();
    let told = model.told(runtime.catalog.info().dialect, &seen, ask.fresh).await;
    trace.timing.llm += asked.elapsed();
    match told {
        Ok((insights, usage)) => {
            trace.usage += usage;
            insights
        }
        Err(error) => {
            trace.usage += error.usage();
            warn(ask, &error);
            progress.fail_stage().await;
            computed
        }
    }
}

fn warn(ask: &Ask, error: &ProviderError) {
    let error = error as &dyn std::error::Error;
    tracing::warn!(query_id = %ask.query_id, error, "a model could not tell what stands out");
}
