//! What context files hold.

use super::Place;

/// A text of a context file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text, without white space around it.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// A word of the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The word or phrase.
    pub name: Text,
    /// Other words for the same.
    pub synonyms: Vec<Text>,
    /// What it means, in a sentence.
    pub meaning: Option<Text>,
    /// The table or `table.column` that it is nothing but another name for.
    pub same_as: Option<Text>,
    /// Tables it has to do with.
    pub tables: Vec<Text>,
    /// Columns it has to do with, as `table.column`.
    pub columns: Vec<Text>,
}

/// A figure of the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metric {
    /// What it is called.
    pub name: Text,
    /// Other words for the same.
    pub synonyms: Vec<Text>,
    /// What it means, in a sentence.
    pub meaning: Option<Text>,
    /// The table whose rows it is worked out from.
    pub table: Text,
    /// The SQL expression, with its aggregate: `SUM(quantity * unit_price)`.
    pub sql: Text,
}

/// How two tables are joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// The table with the reference: of its rows, many may belong to one of the other.
    pub left: Text,
    /// The table referred to.
    pub right: Text,
    /// The condition: `orders.store_id = stores.id`.
    pub on: Text,
}

/// A condition that holds for a table unless the question says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The table.
    pub table: Text,
    /// The SQL condition: `status <> 'cancelled'`.
    pub condition: Text,
    /// Tables whose rows belong to rows of this one and are left out with them, such as the lines of an order.
    pub also: Vec<Text>,
    /// Words of a question that lift it.
    pub unless: Vec<Text>,
    /// Why it holds, in a sentence.
    pub meaning: Option<Text>,
}

/// A column by which a table is kept in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// The table.
    pub table: Text,
    /// The column.
    pub column: Text,
    /// How it is to be used, in a sentence.
    pub rule: Option<Text>,
}

/// A question with the SQL that answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The question.
    pub question: Text,
    /// The SQL, which passed the guard when it was read.
    pub sql: Text,
    /// The tables it reads.
    pub tables: Vec<String>,
}

/// All entries of all files.
#[derive(Debug, Default)]
pub(super) struct Entries {
    pub(super) terms: Vec<Term>,
    pub(super) metrics: Vec<Metric>,
    pub(super) joins: Vec<Join>,
    pub(super) filters: Vec<Filter>,
    pub(super) partitions: Vec<Partition>,
    pub(super) rules: Vec<Text>,
    pub(super) examples: Vec<Example>,
}
