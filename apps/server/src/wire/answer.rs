use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlatte_core::{Answer, Chart, ChatAnswer, Insight, Outcome, Reading, SqlAnswer, Timing};
use sqlatte_providers::{Column, Usage, Usd};
use utoipa::ToSchema;

use super::{Cell, cells};

/// The answer to one question: rows or words.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "response_type", rename_all = "lowercase")]
pub(crate) enum AnswerBody {
    /// A statement ran.
    Sql(Box<SqlBody>),
    /// A reply.
    Chat(Box<ChatBody>),
}

/// A statement that ran, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SqlBody {
    /// The statement.
    pub sql: String,
    /// Its dialect.
    #[schema(example = "sqlite")]
    pub dialect: &'static str,
    /// What it does, for people.
    pub explanation: String,
    /// How the words of the question were read.
    pub readings: Vec<ReadingBody>,
    /// How sure the interpreter was, from 0 to 1; null for SQL the user wrote.
    pub confidence: Option<f64>,
    /// The tables it read.
    pub tables: Vec<String>,
    /// The tables that were looked at for the question; none for SQL the user wrote.
    pub tables_considered: Vec<String>,
    /// How many tables of the database were not, because others were nearer to the question.
    pub tables_left_out: usize,
    /// How many columns of the tables looked at were not, because there was no room for them.
    pub columns_left_out: usize,
    /// Column names.
    pub columns: Vec<String>,
    /// Column types: integer, decimal, float, boolean, text, date, time, timestamp, timestamptz, interval, json,
    /// array, bytes, uuid or unknown.
    pub column_types: Vec<String>,
    /// The rows; absent at the end of a stream, which sent them before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Vec<serde_json::Value>>>)]
    pub data: Option<Vec<Vec<Cell>>>,
    /// Rows given back.
    pub row_count: u64,
    /// Whether there were more.
    pub truncated: bool,
    /// What stands out.
    pub insights: Vec<InsightBody>,
    /// The picture that suits the rows.
    pub chart: Option<ChartBody>,
    /// Questions to ask next.
    pub suggestions: Vec<String>,
    /// Statements tried.
    pub attempts: u32,
    /// Whether the answer came from a cache: the question was read before, or its rows were.
    pub cached: bool,
    /// When the rows were read, where that was for an earlier question; null for rows read now.
    pub cached_at: Option<DateTime<Utc>>,
    /// The session it belongs to.
    pub session_id: String,
    /// Its name.
    pub query_id: String,
    /// Where the time went.
    pub timing_ms: TimingMs,
    /// What the model cost.
    pub usage: UsageBody,
}

/// A reply in words.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChatBody {
    /// The reply.
    pub message: String,
    /// What kind of question it was taken for.
    pub intent: IntentBody,
    /// Set when the question had more than one reading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clarification: Option<Clarification>,
    /// Set when the data cannot answer it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unanswerable: Option<Unanswerable>,
    /// The tables that were looked at for the question.
    pub tables_considered: Vec<String>,
    /// How many tables of the database were not, because others were nearer to the question.
    pub tables_left_out: usize,
    /// How many columns of the tables looked at were not, because there was no room for them.
    pub columns_left_out: usize,
    /// Questions to ask next.
    pub suggestions: Vec<String>,
    /// Whether the answer came from a cache: the question was read before.
    pub cached: bool,
    /// The session it belongs to.
    pub session_id: String,
    /// Its name.
    pub query_id: String,
    /// Where the time went.
    pub timing_ms: TimingMs,
    /// What the model cost.
    pub usage: UsageBody,
}

/// The kind of a question.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IntentBody {
    /// `sql` or `chat`.
    pub intent: &'static str,
    /// From 0 to 1.
    pub confidence: f64,
    /// Why.
    pub reasoning: String,
}

/// Readings to choose from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Clarification {
    /// Complete questions.
    pub options: Vec<String>,
}

/// Why the data cannot answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Unanswerable {
    /// For people.
    pub reason: String,
}

/// A phrase of the question and what it was taken to mean.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReadingBody {
    /// Words of the question.
    pub phrase: String,
    /// The column, expression, value or range.
    pub meaning: String,
    /// What of the statement they became: date_range, metric, filter, grouping, ranking, table, column or other.
    #[schema(example = "date_range")]
    pub kind: &'static str,
    /// Whether the question does not say it, so that it was taken for granted.
    pub assumed: bool,
}

/// One thing that stands out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InsightBody {
    /// The kind of finding: trend, change, outlier, range, gap, incomplete_period, leader, concentration,
    /// missing_values, or summary, which is a model's alone.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// `info` or `warning`.
    pub severity: &'static str,
    /// One sentence with its figures.
    pub message: String,
}

/// Which columns to draw, and how.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChartBody {
    /// kpi, bar, hbar, line, area, pie or scatter.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The column along the axis.
    pub x: String,
    /// The columns drawn as values.
    pub y: Vec<String>,
    /// The column that splits the values into series.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
}

/// Milliseconds.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct TimingMs {
    /// From the question's arrival to its end.
    pub total: f64,
    /// Waiting for the interpreter.
    pub llm: f64,
    /// Waiting for the database.
    pub database: f64,
}

/// What the model cost.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct UsageBody {
    /// Calls made.
    pub llm_calls: u32,
    /// Tokens read.
    pub input_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
    /// Of the tokens read, those from the provider's cache.
    pub cached_tokens: u64,
    /// What the tokens cost in US dollars by the configured prices; null where the price of a model is not known.
    pub cost_usd: Option<f64>,
}

impl AnswerBody {
    /// The whole answer; `with_data` unless the rows were sent before.
    pub(crate) fn new(answer: Answer, with_data: bool) -> Self {
        let session_id = answer.session.expose().to_owned();
        let query_id = answer.query_id.to_string();
        let cached = answer.cached;
        let (tables_considered, tables_left_out) = (answer.tables_considered, answer.tables_left_out);
        let columns_left_out = answer.columns_left_out;
        let (timing_ms, usage) = (answer.timing.into(), answer.usage.into());
        match answer.outcome {
            Outcome::Sql(sql) => {
                let SqlAnswer { rows, insights, chart, .. } = *sql;
                AnswerBody::Sql(Box::new(SqlBody {
                    sql: sql.sql,
                    dialect: sql.dialect.name(),
                    explanation: sql.explanation,
                    readings: reading_bodies(sql.readings),
                    confidence: sql.confidence,
                    tables: sql.tables,
                    tables_considered,
                    tables_left_out,
                    columns_left_out,
                    columns: column_names(&rows.columns),
                    column_types: column_types(&rows.columns),
                    data: with_data.then(|| cells(rows.rows)),
                    row_count: rows.row_count,
                    truncated: rows.truncated,
                    insights: insight_bodies(insights),
                    chart: chart.map(chart_body),
                    suggestions: sql.suggestions,
                    attempts: sql.attempts,
                    cached,
                    cached_at: sql.cached_at,
                    session_id,
                    query_id,
                    timing_ms,
                    usage,
                }))
            }
            Outcome::Chat(chat) => {
                let ChatAnswer { message, intent, clarification, unanswerable, suggestions } = chat;
                AnswerBody::Chat(Box::new(ChatBody {
                    message,
                    intent: IntentBody {
                        intent: intent.intent,
                        confidence: intent.confidence,
                        reasoning: intent.reasoning,
                    },
                    clarification: clarification.map(|options| Clarification { options }),
                    unanswerable: unanswerable.map(|reason| Unanswerable { reason }),
                    tables_considered,
                    tables_left_out,
                    columns_left_out,
                    suggestions,
                    cached,
                    session_id,
                    query_id,
                    timing_ms,
                    usage,
                }))
            }
        }
    }
}

impl From<Timing> for TimingMs {
    fn from(timing: Timing) -> Self {
        TimingMs {
            total: milliseconds(timing.total),
            llm: milliseconds(timing.llm),
            database: milliseconds(timing.database),
        }
    }
}

impl From<Usage> for UsageBody {
    fn from(usage: Usage) -> Self {
        let Usage { llm_calls, input_tokens, output_tokens, cached_tokens, cost, .. } = usage;
        // Where no model was asked there is nothing to pay.
        let cost = cost.or((llm_calls == 0).then_some(Usd::ZERO));
        UsageBody { llm_calls, input_tokens, output_tokens, cached_tokens, cost_usd: cost.map(Usd::dollars) }
    }
}

/// A duration in milliseconds, to the microsecond.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1000.0
}

/// The names of columns.
pub(crate) fn column_names(columns: &[Column]) -> Vec<String> {
    columns.iter().map(|column| column.name.clone()).collect()
}

/// The types of columns, by name.
pub(crate) fn column_types(columns: &[Column]) -> Vec<String> {
    columns.iter().map(|column| column.kind.name().to_owned()).collect()
}

/// Readings on the wire.
pub(crate) fn reading_bodies(readings: Vec<Reading>) -> Vec<ReadingBody> {
    let body = |one: Reading| ReadingBody {
        phrase: one.phrase,
        meaning: one.meaning,
        kind: one.kind.name(),
        assumed: one.assumed,
    };
    readings.into_iter().map(body).collect()
}

/// Insights on the wire.
pub(crate) fn insight_bodies(insights: Vec<Insight>) -> Vec<InsightBody> {
    let body =
        |one: Insight| InsightBody { kind: one.kind, severity: one.severity.name(), message: one.message };
    insights.into_iter().map(body).collect()
}

/// A chart on the wire.
pub(crate) fn chart_body(chart: Chart) -> ChartBody {
    ChartBody { kind: chart.kind.name(), x: chart.x, y: chart.y, series: chart.series }
}
