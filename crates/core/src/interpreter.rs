use std::{fmt, sync::Arc};

use async_trait::async_trait;
use chrono::NaiveDate;
use sqlatte_guard::Position;
use sqlatte_providers::{Result, Usage};

use crate::{Catalog, ConversationMessage, Schema};

/// The step from a question to SQL, or to a reply where SQL is not the answer.
///
/// A port of its own because not every interpreter is a language model.
#[async_trait]
pub trait Interpreter: fmt::Debug + Send + Sync + 'static {
    /// Who interprets, for people: a model's name, or `offline`.
    fn name(&self) -> String;

    /// One step: intent, tables and SQL together.
    async fn interpret(&self, question: &str, context: &Context<'_>) -> Result<Interpreted>;

    /// A second try at a question whose statement failed; nothing from an interpreter that knows no other reading.
    async fn repair(
        &self,
        _question: &str,
        _context: &Context<'_>,
        _failed: &Attempt,
    ) -> Result<Option<Interpreted>> {
        Ok(None)
    }

    /// Questions to start with that this interpreter can answer on this schema, best first, at most `count`.
    async fn starters(&self, context: &Context<'_>, count: usize) -> Result<Vec<String>>;

    /// Whether it reads the schema as text, which is held within
    /// [`Limits::max_context_tokens`](crate::Limits::max_context_tokens); one that reads the described tables
    /// themselves has room for all of them.
    fn reads_text(&self) -> bool {
        true
    }

    /// Everything its readings depend on besides the question and the context, such as the model and the prompts, so
    /// that they can be kept; `None` where reading a question again costs no more than remembering it.
    fn fingerprint(&self) -> Option<&str> {
        None
    }

    /// Whether it could interpret a question now; the error says what to do.
    async fn check(&self) -> Result<()>;
}

/// What an interpreter may know.
#[derive(Debug)]
pub struct Context<'a> {
    /// The database's catalogue, for what the schema does not say, such as more values of a column.
    pub catalog: &'a Catalog,
    /// The tables in question, described.
    pub schema: Arc<Schema>,
    /// The last messages before this question, oldest first.
    pub conversation: &'a [ConversationMessage],
    /// Today, in the zone people mean.
    pub today: NaiveDate,
    /// Who looks on while a statement is written, if anybody does.
    pub watcher: Option<&'a dyn Watcher>,
}

/// Looks on while a statement is written, which nobody has checked yet.
pub trait Watcher: fmt::Debug + Send + Sync {
    /// Some more of a part was written. `offset` characters of it were told before; with 0 it begins, or begins anew.
    fn wrote(&self, part: Part, offset: usize, text: &str);
}

/// A part of a draft that can be watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// [`Draft::sql`].
    Sql,
    /// [`Draft::explanation`].
    Explanation,
}

impl Part {
    /// The name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Part::Sql => "sql",
            Part::Explanation => "explanation",
        }
    }
}

/// A statement that failed, for a second try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The statement.
    pub sql: String,
    /// What the guard, the catalogue or the database said of it.
    pub fault: String,
    /// Whether these are words of the database, which may quote a row.
    pub of_database: bool,
    /// Where in the statement, if a place can be named.
    pub position: Option<Position>,
    /// What may help, found by reading the statement against the schema: the names that were meant, joins that are
    /// missing, forms of another dialect.
    pub hints: Vec<String>,
}

/// An interpretation with what it cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Interpreted {
    /// How the question was read.
    pub interpretation: Interpretation,
    /// What kind of question it was taken for.
    pub intent: Intent,
    /// What the model cost; zero without one.
    pub usage: Usage,
}

/// What kind of question it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Intent {
    /// `sql` or `chat`.
    pub intent: &'static str,
    /// From 0 to 1.
    pub confidence: f64,
    /// Why, in a sentence.
    pub reasoning: String,
}

/// How a question was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Interpretation {
    /// A statement that answers it.
    Sql(Draft),
    /// A reply: a greeting, help, small talk.
    Chat {
        /// The reply.
        message: String,
    },
    /// More than one reading; the person should choose.
    Clarify {
        /// The question back.
        message: String,
        /// Complete questions to choose from.
        options: Vec<String>,
    },
    /// It cannot be answered from this data.
    Unanswerable {
        /// Why, for people.
        reason: String,
        /// The nearest questions that can be answered.
        nearest: Vec<String>,
    },
    /// The interpreter would not answer, which says nothing about the data.
    Declined {
        /// What to do, for people.
        reason: String,
    },
}

/// A statement as the interpreter wrote it: nobody has checked it yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The SQL, in the database's dialect.
    pub sql: String,
    /// What it does, in a sentence or two.
    pub explanation: String,
    /// How the words of the question were read.
    pub readings: Vec<Reading>,
    /// How sure the interpreter is, from 0 to 1.
    pub confidence: f64,
    /// Questions a person might ask next.
    pub follow_ups: Vec<String>,
}

/// A phrase of the question and what it was taken to mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The words of the question, or what the reading is of where no words say it.
    pub phrase: String,
    /// The column, expression, value or range.
    pub meaning: String,
    /// What of the statement they became.
    pub kind: ReadingKind,
    /// Whether the question does not say it: it was taken for granted, and somebody else may have meant otherwise.
    pub assumed: bool,
}

impl Reading {
    /// What the question says.
    pub fn new(kind: ReadingKind, phrase: impl Into<String>, meaning: impl Into<String>) -> Self {
        Reading { phrase: phrase.into(), meaning: meaning.into(), kind, assumed: false }
    }

    /// What was taken for granted.
    pub fn assumed(kind: ReadingKind, phrase: impl Into<String>, meaning: impl Into<String>) -> Self {
        Reading { assumed: true, ..Reading::new(kind, phrase, meaning) }
    }
}

/// What of a statement some words became.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ReadingKind {
    /// Days, and the column that dates the rows.
    DateRange,
    /// A figure: what is counted, added up or worked out.
    Metric,
    /// Which rows, or groups, are left out.
    Filter,
    /// What there is one row for.
    Grouping,
    /// What comes first, and how many are shown.
    Ranking,
    /// A table.
    Table,
    /// A column shown.
    Column,
    /// Anything else, such as a typing error put right.
    #[default]
    Other,
}

impl ReadingKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::DateRange,
        Self::Metric,
        Self::Filter,
        Self::Grouping,
        Self::Ranking,
        Self::Table,
        Self::Column,
        Self::Other,
    ];

    /// The name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::DateRange => "date_range",
            Self::Metric => "metric",
            Self::Filter => "filter",
            Self::Grouping => "grouping",
            Self::Ranking => "ranking",
            Self::Table => "table",
            Self::Column => "column",
            Self::Other => "other",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
