use std::{sync::Mutex, time::Duration};

use sqlatte_guard::{Dialect, Guarded};
use sqlatte_providers::{Column, Row};
use tokio::{sync::mpsc, time::Instant};

use super::Failure;
use crate::{Answer, Chart, Draft, Insight, Part, QueryId, Reading, SessionId, SqlAnswer, Watcher};

/// A step of a question, as it happens.
#[derive(Debug)]
pub enum Event {
    /// It began, under these names.
    Started {
        /// The session it belongs to.
        session: SessionId,
        /// Its name.
        query_id: QueryId,
    },
    /// A stage began or ended.
    Stage {
        /// Which.
        stage: Stage,
        /// How it stands.
        status: StageStatus,
        /// Its own time so far.
        elapsed: Duration,
    },
    /// Some more of a statement is written, which nobody has checked yet.
    Writing(Writing),
    /// The statement passed its checks and is about to run.
    Sql {
        /// The statement.
        sql: String,
        /// Its dialect.
        dialect: Dialect,
        /// What it does.
        explanation: String,
        /// How the words of the question were read.
        readings: Vec<Reading>,
        /// How sure the interpreter is, from 0 to 1.
        confidence: Option<f64>,
        /// The tables it reads.
        tables: Vec<String>,
        /// Which try this is, from 1.
        attempt: u32,
    },
    /// The columns are known.
    Columns(Vec<Column>),
    /// Some rows.
    Rows {
        /// Rows before these.
        offset: u64,
        /// The rows.
        rows: Vec<Row>,
    },
    /// What stands out.
    Insights(Vec<Insight>),
    /// The picture that suits the rows.
    Chart(Option<Chart>),
    /// The end: the answer, its rows left out because they were sent.
    Done(Box<Answer>),
    /// The end: no answer.
    Failed(Box<Failure>),
}

/// Some more of a statement, or of its explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writing {
    /// Of what.
    pub part: Part,
    /// Characters of the part that were told before these; with 0 it begins, or begins anew.
    pub offset: usize,
    /// The characters.
    pub text: String,
}

/// The stages of a question, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Remembering the conversation.
    Understanding,
    /// Choosing and describing tables.
    Tables,
    /// Interpreting the question.
    WritingSql,
    /// Guarding and estimating.
    Checking,
    /// Running on the database.
    Running,
    /// Insights, chart and suggestions.
    Insights,
}

impl Stage {
    /// The name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Understanding => "understanding",
            Stage::Tables => "tables",
            Stage::WritingSql => "writing_sql",
            Stage::Checking => "checking",
            Stage::Running => "running",
            Stage::Insights => "insights",
        }
    }
}

/// How a stage stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StageStatus {
    /// It began.
    Running,
    /// It ended well.
    Done,
    /// It ended the question.
    Failed,
}

impl StageStatus {
    /// The name in answers.
    pub fn name(self) -> &'static str {
        match self {
            StageStatus::Running => "running",
            StageStatus::Done => "done",
            StageStatus::Failed => "failed",
        }
    }
}

/// Tells the reader of the stream what happens; a reader who left is no fault.
#[derive(Debug)]
pub(super) struct Progress {
    sender: mpsc::Sender<Event>,
    current: Mutex<Option<(Stage, Instant)>>,
    /// What was written since the reader was last quick enough to be told.
    untold: Mutex<Vec<Writing>>,
    watched: bool,
}

impl Progress {
    /// `watched` says whether the reader wants to see statements while they are written.
    pub(super) fn new(sender: mpsc::Sender<Event>, watched: bool) -> Self {
        Progress { sender, current: Mutex::new(None), untold: Mutex::default(), watched }
    }

    /// Whom the interpreter tells what it writes.
    pub(super) fn watcher(&self) -> Option<&dyn Watcher> {
        self.watched.then_some(self)
    }

    pub(super) async fn send(&self, event: Event) {
        let _ = self.sender.send(event).await;
    }

    /// Ends the stage before and begins this one.
    pub(super) async fn stage(&self, stage: Stage) {
        self.end_stage(StageStatus::Done, Some(stage)).await;
        self.send(Event::Stage { stage, status: StageStatus::Running, elapsed: Duration::ZERO }).await;
    }

    pub(super) async fn finish_stage(&self) {
        self.end_stage(StageStatus::Done, None).await;
    }

    pub(super) async fn fail_stage(&self) {
        self.end_stage(StageStatus::Failed, None).await;
    }

    async fn end_stage(&self, status: StageStatus, next: Option<Stage>) {
        let untold = self.untold.lock().map(|mut untold| std::mem::take(&mut *untold)).unwrap_or_default();
        for writing in untold {
            self.send(Event::Writing(writing)).await;
        }
        let next = next.map(|stage| (stage, Instant::now()));
        let before = match self.current.lock() {
            Ok(mut current) => std::mem::replace(&mut *current, next),
            Err(_) => None,
        };
        if let Some((stage, began)) = before {
            self.send(Event::Stage { stage, status, elapsed: began.elapsed() }).await;
        }
    }

    pub(super) async fn sql(&self, draft: &Draft, attempt: u32, guarded: &Guarded, tables: &[String]) {
        self.send(Event::Sql {
            sql: guarded.sql().to_owned(),
            dialect: guarded.dialect(),
            explanation: draft.explanation.clone(),
            readings: draft.readings.clone(),
            confidence: Some(draft.confidence),
            tables: tables.to_vec(),
            attempt,
        })
        .await;
    }

    pub(super) async fn conclusions(&self, answer: &SqlAnswer) {
        self.send(Event::Insights(answer.insights.clone())).await;
        self.send(Event::Chart(answer.chart.clone())).await;
        self.finish_stage().await;
    }
}

impl Watcher for Progress {
    /// A model does not wait for a slow reader: what it writes meanwhile is told in one piece.
    fn wrote(&self, part: Part, offset: usize, text: &str) {
        let Ok(mut untold) = self.untold.lock() else { return };
        if offset == 0 {
            untold.retain(|writing| writing.part != part);
        }
        match untold.last_mut().filter(|last| last.part == part && offset > 0) {
            Some(last) => last.text.push_str(text),
            None => untold.push(Writing { part, offset, text: text.to_owned() }),
        }
        while let Some(first) = untold.first()
            && let Ok(place) = self.sender.try_reserve()
        {
            place.send(Event::Writing(first.clone()));
            untold.remove(0);
        }
    }
}
