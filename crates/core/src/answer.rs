use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlatte_guard::Dialect;
use sqlatte_providers::{Column, Row, Usage};

use crate::{Chart, Insight, Intent, QueryId, Reading, SessionId};

/// What one question, or one statement of the user's own, ended in.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Its name: for cancel, export, feedback and history.
    pub query_id: QueryId,
    /// The session it belongs to.
    pub session: SessionId,
    /// Rows or words.
    pub outcome: Outcome,
    /// How long it took.
    pub timing: Timing,
    /// What the model cost.
    pub usage: Usage,
    /// Whether the question was read, or its rows were, from memory.
    pub cached: bool,
    /// The tables that were looked at for the question; none for SQL the user wrote.
    pub tables_considered: Vec<String>,
    /// How many tables of the database were not, because others were nearer to the question.
    pub tables_left_out: usize,
    /// How many columns of the tables considered were not shown to the interpreter, because there was no room for them.
    pub columns_left_out: usize,
}

/// Rows or words.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A statement ran.
    Sql(Box<SqlAnswer>),
    /// A reply.
    Chat(ChatAnswer),
}

/// A statement that ran, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct SqlAnswer {
    /// The statement, as it ran.
    pub sql: String,
    /// The dialect it is written in.
    pub dialect: Dialect,
    /// What it does, in a sentence or two; empty for SQL the user wrote.
    pub explanation: String,
    /// How the words of the question were read.
    pub readings: Vec<Reading>,
    /// How sure the interpreter was, from 0 to 1; `None` for SQL the user wrote.
    pub confidence: Option<f64>,
    /// The tables it read.
    pub tables: Vec<String>,
    /// The rows.
    pub rows: Rows,
    /// What stands out in them.
    pub insights: Vec<Insight>,
    /// The picture that suits them.
    pub chart: Option<Chart>,
    /// Questions a person might ask next.
    pub suggestions: Vec<String>,
    /// Statements tried, this one included.
    pub attempts: u32,
    /// When the rows were read, if that was for an earlier question.
    pub cached_at: Option<DateTime<Utc>>,
}

/// A result held in memory.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rows {
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows kept; empty where they were only streamed.
    pub rows: Vec<Row>,
    /// Rows given back in all.
    pub row_count: u64,
    /// Whether the statement had more rows than the limit.
    pub truncated: bool,
}

/// A reply in words.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatAnswer {
    /// The reply.
    pub message: String,
    /// What kind of question it was taken for.
    pub intent: Intent,
    /// Complete questions to choose from, when the question had more than one reading.
    pub clarification: Option<Vec<String>>,
    /// Why the data cannot answer it, when it cannot.
    pub unanswerable: Option<String>,
    /// Questions a person might ask next.
    pub suggestions: Vec<String>,
}

/// Where the time went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timing {
    /// From the question's arrival to its end.
    pub total: Duration,
    /// Waiting for the interpreter: the model's time where there is one.
    pub llm: Duration,
    /// Waiting for the database.
    pub database: Duration,
}
