//! The events of a question as Server-Sent Events.

use std::time::Duration;

use axum::response::sse::Event as SseEvent;
use serde::Serialize;
use sqlatte_core::ask::{Event, Writing};
use utoipa::ToSchema;

use crate::{
    error::Problem,
    state::AppState,
    wire::{
        AnswerBody, Cell, ChartBody, InsightBody, ReadingBody, cells, chart_body, column_names, column_types,
        insight_bodies, milliseconds, reading_bodies,
    },
};

/// How often an idle stream says that it lives.
pub(crate) const PING: Duration = Duration::from_secs(15);

/// The data of an event; the event's name says which of these it is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum StreamEvent {
    /// `event: session`
    Session(SessionEvent),
    /// `event: stage`
    Stage(StageEvent),
    /// `event: sql_delta`
    SqlDelta(SqlDeltaEvent),
    /// `event: sql`
    Sql(SqlEvent),
    /// `event: columns`
    Columns(ColumnsEvent),
    /// `event: rows`
    Rows(RowsEvent),
    /// `event: insights`
    Insights(InsightsEvent),
    /// `event: chart`
    Chart(ChartEvent),
    /// `event: done`, the end: the answer without its rows
    Done(AnswerBody),
    /// `event: error`, the end: a problem
    Error(Box<Problem>),
}

/// The names of a question that began.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionEvent {
    /// The session it belongs to.
    session_id: String,
    /// Its name.
    query_id: String,
}

/// A stage that began or ended.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StageEvent {
    /// understanding, tables, writing_sql, checking, running or insights.
    #[schema(example = "writing_sql")]
    stage: &'static str,
    /// running, done or failed.
    #[schema(example = "done")]
    status: &'static str,
    /// The stage's own time so far, in milliseconds.
    elapsed_ms: f64,
}

/// Some more of a statement while a model writes it: nobody has checked it yet, and it may never run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SqlDeltaEvent {
    /// What it is more of: sql or explanation.
    #[schema(example = "sql")]
    part: &'static str,
    /// Characters (Unicode code points) of this part that were sent before. With 0 it begins, or begins anew.
    offset: usize,
    /// The characters.
    text: String,
}

/// A statement that passed its checks and is about to run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SqlEvent {
    /// The statement.
    sql: String,
    /// Its dialect.
    #[schema(example = "sqlite")]
    dialect: &'static str,
    /// What it does, for people.
    explanation: String,
    /// How the words of the question were read.
    readings: Vec<ReadingBody>,
    /// How sure the interpreter is, from 0 to 1.
    confidence: Option<f64>,
    /// The tables it reads.
    tables: Vec<String>,
    /// Which try this is, from 1.
    attempt: u32,
}

/// The columns of the rows that follow.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ColumnsEvent {
    /// Column names.
    columns: Vec<String>,
    /// Column types, named as in an answer.
    column_types: Vec<String>,
}

/// Some rows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RowsEvent {
    /// Rows sent before these.
    offset: u64,
    /// The rows.
    #[schema(value_type = Vec<Vec<serde_json::Value>>)]
    rows: Vec<Vec<Cell>>,
}

/// What stands out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InsightsEvent {
    /// The findings.
    insights: Vec<InsightBody>,
}

/// The picture that suits the rows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChartEvent {
    /// Null when a table says it best.
    chart: Option<ChartBody>,
}

/// One event with its name and JSON data.
pub(crate) fn event(event: Event, state: &AppState, request_id: &str) -> SseEvent {
    let data = StreamEvent::new(event, state, request_id);
    // serde_json writes no line breaks, so the data is one line; these shapes have no map with odd keys to fail on.
    let text = serde_json::to_string(&data).unwrap_or_else(|_| "{}".to_owned());
    SseEvent::default().event(data.name()).data(text)
}

impl StreamEvent {
    fn new(event: Event, state: &AppState, request_id: &str) -> Self {
        match event {
            Event::Started { session, query_id } => StreamEvent::Session(SessionEvent {
                session_id: session.expose().to_owned(),
                query_id: query_id.to_string(),
            }),
            Event::Stage { stage, status, elapsed } => StreamEvent::Stage(StageEvent {
                stage: stage.name(),
                status: status.name(),
                elapsed_ms: milliseconds(elapsed),
            }),
            Event::Writing(Writing { part, offset, text }) => {
                StreamEvent::SqlDelta(SqlDeltaEvent { part: part.name(), offset, text })
            }
            Event::Sql { sql, dialect, explanation, readings, confidence, tables, attempt } => {
                let (dialect, readings) = (dialect.name(), reading_bodies(readings));
                StreamEvent::Sql(SqlEvent {
                    sql,
                    dialect,
                    explanation,
                    readings,
                    confidence,
                    tables,
                    attempt,
                })
            }
            Event::Columns(columns) => StreamEvent::Columns(ColumnsEvent {
                columns: column_names(&columns),
                column_types: column_types(&columns),
            }),
            Event::Rows { offset, rows } => StreamEvent::Rows(RowsEvent { offset, rows: cells(rows) }),
            Event::Insights(insights) => {
                StreamEvent::Insights(InsightsEvent { insights: insight_bodies(insights) })
            }
            Event::Chart(chart) => StreamEvent::Chart(ChartEvent { chart: chart.map(chart_body) }),
            Event::Done(answer) => StreamEvent::Done(AnswerBody::new(*answer, false)),
            Event::Failed(failure) => {
                StreamEvent::Error(Box::new(state.problem(failure.error).problem(request_id)))
            }
        }
    }

    fn name(&self) -> &'static str {
        match self {
            StreamEvent::Session(_) => "session",
            StreamEvent::Stage(_) => "stage",
            StreamEvent::SqlDelta(_) => "sql_delta",
            StreamEvent::Sql(_) => "sql",
            StreamEvent::Columns(_) => "columns",
            StreamEvent::Rows(_) => "rows",
            StreamEvent::Insights(_) => "insights",
            StreamEvent::Chart(_) => "chart",
            StreamEvent::Done(_) => "done",
            StreamEvent::Error(_) => "error",
        }
    }
}
