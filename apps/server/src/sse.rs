//! The events of a question as Server-Sent Events.

use std::time::Duration;

use axum::response::sse::Event as SseEvent;
use serde::Serialize;
use sqlatte_core::ask::Event;

use crate::{
    error::ApiError,
    wire::{
        AnswerBody, Cell, ChartBody, InsightBody, ReadingBody, cells, chart_body, column_names, column_types,
        insight_bodies, milliseconds, reading_bodies,
    },
};

/// How often an idle stream says that it lives.
pub(crate) const PING: Duration = Duration::from_secs(15);

#[derive(Serialize)]
struct Session {
    session_id: String,
    query_id: String,
}

#[derive(Serialize)]
struct Stage {
    stage: &'static str,
    status: &'static str,
    elapsed_ms: f64,
}

#[derive(Serialize)]
struct Sql {
    sql: String,
    dialect: &'static str,
    explanation: String,
    readings: Vec<ReadingBody>,
    confidence: Option<f64>,
    tables: Vec<String>,
    attempt: u32,
}

#[derive(Serialize)]
struct Columns {
    columns: Vec<String>,
    column_types: Vec<String>,
}

#[derive(Serialize)]
struct Rows {
    offset: u64,
    rows: Vec<Vec<Cell>>,
}

#[derive(Serialize)]
struct Insights {
    insights: Vec<InsightBody>,
}

#[derive(Serialize)]
struct Chart {
    chart: Option<ChartBody>,
}

/// One event with its name and JSON data.
pub(crate) fn event(event: Event, request_id: &str) -> SseEvent {
    match event {
        Event::Started { session, query_id } => named(
            "session",
            &Session { session_id: session.expose().to_owned(), query_id: query_id.to_string() },
        ),
        Event::Stage { stage, status, elapsed } => named(
            "stage",
            &Stage { stage: stage.name(), status: status.name(), elapsed_ms: milliseconds(elapsed) },
        ),
        Event::Sql { sql, dialect, explanation, readings, confidence, tables, attempt } => {
            let (dialect, readings) = (dialect.name(), reading_bodies(readings));
            named("sql", &Sql { sql, dialect, explanation, readings, confidence, tables, attempt })
        }
        Event::Columns(columns) => named(
            "columns",
            &Columns { columns: column_names(&columns), column_types: column_types(&columns) },
        ),
        Event::Rows { offset, rows } => named("rows", &Rows { offset, rows: cells(rows) }),
        Event::Insights(insights) => named("insights", &Insights { insights: insight_bodies(insights) }),
        Event::Chart(chart) => named("chart", &Chart { chart: chart.map(chart_body) }),
        Event::Done(answer) => named("done", &AnswerBody::new(*answer, false)),
        Event::Failed(error) => named("error", &ApiError::from(*error).problem(request_id)),
    }
}

fn named(name: &str, data: &impl Serialize) -> SseEvent {
    // serde_json writes no line breaks, so the data is one line; these shapes have no map with odd keys to fail on.
    SseEvent::default().event(name).data(serde_json::to_string(data).unwrap_or_else(|_| "{}".to_owned()))
}
