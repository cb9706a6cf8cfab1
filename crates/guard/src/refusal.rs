use sqlparser::tokenizer::Location;

/// Why a statement may not run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What callers branch on.
    pub reason: Reason,
    /// One sentence for people: what was found and, where there is one, what to do instead.
    pub message: String,
    /// Where in the statement, if a place can be named.
    pub position: Option<Position>,
    /// Whether it is a slip and not a deed that must not happen.
    mistake: bool,
}

impl Refusal {
    pub(crate) fn new(reason: Reason, message: impl Into<String>) -> Self {
        Refusal { reason, message: message.into(), position: None, mistake: reason == Reason::Syntax }
    }

    /// Whether the statement was refused for how it is written, such as SQL that cannot be read, a name that does
    /// not exist or a function of another engine, so that it may be tried again in other words. What was refused
    /// for what it would do may not.
    pub fn is_mistake(&self) -> bool {
        self.mistake
    }

    /// Says whether it is a slip.
    pub(crate) fn mistaken(mut self, mistake: bool) -> Self {
        self.mistake = mistake;
        self
    }

    /// Adds what to write instead, if it is a slip.
    pub(crate) fn hinted(mut self, hints: impl FnOnce() -> Vec<String>) -> Self {
        if self.mistake {
            for hint in hints() {
                self.message.push_str("; ");
                self.message.push_str(&hint);
            }
        }
        self
    }

    pub(crate) fn at(mut self, position: Position) -> Self {
        self.position = Some(position);
        self
    }

    /// Names the place where the parser saw a name or token; an empty place stays unnamed.
    pub(crate) fn at_location(self, location: Location) -> Self {
        match location.line {
            0 => self,
            line => self.at(Position { line, column: location.column }),
        }
    }
}

/// The kinds of refusal, stable for clients and statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Too long, empty, or with bytes that databases read differently from the parser.
    Text,
    /// Not SQL of this dialect, or not SQL this guard can read.
    Syntax,
    /// More than one statement.
    ManyStatements,
    /// Not a query: it would change data, structure, settings or the session.
    NotAQuery,
    /// A query with a clause that writes, locks or leaves the database.
    Clause,
    /// A function that is not on the list of harmless ones.
    Function,
    /// A table that may not be read, or that does not exist.
    Table,
    /// A query whose work or answer nothing bounds.
    Cost,
}

/// A place in a statement, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Position {
    /// Line.
    pub line: u64,
    /// Column in characters.
    pub column: u64,
}
