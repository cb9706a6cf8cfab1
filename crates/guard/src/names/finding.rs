use crate::Position;

/// What reading a statement's names against a catalogue brought to light.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// Names that certainly do not exist, in order of their places.
    pub unknown: Vec<UnknownName>,
    /// Sentences about what runs and hardly gives what was meant: a column that any row's value is shown of, dates in
    /// arithmetic, texts where a column was meant. A reason to ask whoever wrote the statement again.
    pub doubtful: Vec<String>,
    /// Sentences about what the database may complain of in its own words: ambiguous names, misplaced
    /// aggregates, forms of another dialect. Help for who mends the statement; never a reason not to run it.
    pub advice: Vec<String>,
}

/// A name that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    /// What it stands for.
    pub kind: NameKind,
    /// The name as it is written.
    pub name: String,
    /// Where it stands, if the parser knows.
    pub position: Option<Position>,
    /// A sentence for people: what is missing, and what to write instead.
    pub message: String,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameKind {
    /// A column.
    Column,
    /// A table, or an alias of one, before a column's name.
    Table,
}
