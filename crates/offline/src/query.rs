//! What a question asks, independent of SQL: the result of parsing.

use crate::{
    dates::{Grain, Span},
    model::{ColumnId, EdgeId, TableId},
    synonyms::Concept,
};

/// A column, and the foreign key by which its table is meant where the question names its role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ref {
    pub(crate) column: ColumnId,
    pub(crate) via: Option<EdgeId>,
}

impl Ref {
    pub(crate) fn new(column: ColumnId) -> Self {
        Ref { column, via: None }
    }
}

/// What rows are about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Head {
    Table(TableId),
    /// The table a foreign key leads to: "managers".
    Role(EdgeId),
    Column(Ref),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Count,
    CountDistinct,
    Sum,
    Average,
    Minimum,
    Maximum,
}

/// What a function is applied to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Operand {
    Rows(TableId),
    Column(Ref),
    /// Years since a date of birth.
    Age(Ref),
    Concept(Concept),
}

/// An aggregate: `SUM(order_items.quantity)`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Measure {
    pub(crate) function: Function,
    pub(crate) operand: Operand,
    /// The average over groups of the inner aggregate: "average number of orders per customer".
    pub(crate) average_per: Option<Box<Group>>,
}

impl Measure {
    pub(crate) fn new(function: Function, operand: Operand) -> Self {
        Measure { function, operand, average_per: None }
    }

    pub(crate) fn count(table: TableId) -> Self {
        Measure::new(Function::Count, Operand::Rows(table))
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Group {
    Column(Ref),
    Entity(Head),
    /// A step of the calendar; without a column, the main date of what is measured.
    Period(Option<Ref>, Grain),
}

/// What rows are ordered by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Figure {
    Measure(Measure),
    Plain(Operand),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sort {
    pub(crate) by: Figure,
    pub(crate) descending: bool,
}

/// "Top five by revenue".
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rank {
    pub(crate) by: Figure,
    pub(crate) descending: bool,
    pub(crate) limit: u64,
    /// The figure was asked for in so many words: "by revenue".
    pub(crate) shown: bool,
    /// The best of each of these, instead of the best of all.
    pub(crate) within: Vec<Group>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    More,
    AtLeast,
}

impl Comparison {
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Comparison::Equal => "=",
            Comparison::NotEqual => "<>",
            Comparison::Less => "<",
            Comparison::AtMost => "<=",
            Comparison::More => ">",
            Comparison::AtLeast => ">=",
        }
    }

    /// What holds exactly where this does not.
    pub(crate) fn opposite(self) -> Self {
        match self {
            Comparison::Equal => Comparison::NotEqual,
            Comparison::NotEqual => Comparison::Equal,
            Comparison::Less => Comparison::AtLeast,
            Comparison::AtMost => Comparison::More,
            Comparison::More => Comparison::AtMost,
            Comparison::AtLeast => Comparison::Less,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pattern {
    Contains,
    Starts,
    Ends,
    /// The whole text, in any case.
    Same,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Filter {
    Compare {
        left: Operand,
        comparison: Comparison,
        number: f64,
    },
    Between {
        left: Operand,
        low: f64,
        high: f64,
    },
    /// Two columns of one row.
    Columns {
        left: Ref,
        comparison: Comparison,
        right: Ref,
    },
    /// A value that a column of another table keeps as well, or does not.
    Shared {
        column: Ref,
        other: ColumnId,
        negated: bool,
    },
    OneOf {
        column: Ref,
        values: Vec<String>,
        negated: bool,
    },
    Text {
        column: Ref,
        pattern: Pattern,
        text: String,
        negated: bool,
    },
    Missing {
        column: Ref,
        negated: bool,
    },
    Truth {
        column: Ref,
        holds: bool,
    },
    /// Any of the spans; without a column, the main date of the scope.
    Period {
        column: Option<Ref>,
        spans: Vec<Span>,
        negated: bool,
    },
    /// The days of the week, Monday is 0.
    Weekdays {
        column: Option<Ref>,
        days: Vec<u8>,
    },
    /// Compared with the average over all rows.
    Average {
        column: Operand,
        comparison: Comparison,
    },
    /// Compared with a named row of the same table: "cheaper than House Espresso".
    Named {
        column: Ref,
        comparison: Comparison,
        label: ColumnId,
        name: String,
    },
    Relation(Relation),
    /// Any of these.
    Either(Vec<Filter>),
}

/// Rows of another table that belong to a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Relation {
    pub(crate) table: TableId,
    pub(crate) via: Option<EdgeId>,
    pub(crate) quantity: Quantity,
    pub(crate) filters: Vec<Filter>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Quantity {
    Some,
    None,
    Count(Comparison, u64),
}

/// A condition on an aggregate of each row's or group's related rows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Having {
    pub(crate) measure: Measure,
    pub(crate) comparison: Comparison,
    pub(crate) number: f64,
}

/// "What percentage of orders are online".
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Share {
    pub(crate) of: Measure,
    /// What the part fulfils; empty where the parts are the groups.
    pub(crate) part: Vec<Filter>,
}

/// A parsed question.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Query {
    pub(crate) head: Option<Head>,
    /// Columns asked for, in the order said.
    pub(crate) columns: Vec<Ref>,
    /// Ages asked for.
    pub(crate) ages: Vec<Ref>,
    /// Other things whose names are asked for along with the head.
    pub(crate) companions: Vec<Head>,
    pub(crate) measures: Vec<Measure>,
    pub(crate) groups: Vec<Group>,
    pub(crate) filters: Vec<Filter>,
    pub(crate) having: Vec<Having>,
    pub(crate) rank: Option<Rank>,
    pub(crate) sort: Vec<Sort>,
    pub(crate) limit: Option<u64>,
    pub(crate) distinct: bool,
    pub(crate) share: Option<Share>,
    /// All columns of the head are asked for.
    pub(crate) everything: bool,
    /// The head is counted instead of listed.
    pub(crate) counted: bool,
    /// The head was said before its columns: its name is shown with them.
    pub(crate) named: bool,
    /// Whether a discount is still to be taken off the price of what was sold, where the question says so.
    pub(crate) takes_discount: Option<bool>,
    /// The default conditions of the house that the question lifts.
    pub(crate) lifted: Vec<usize>,
}

impl Query {
    /// Whether the columns that were said are all that is asked for: "the names and ages of ...".
    pub(crate) fn asks_columns_only(&self) -> bool {
        !self.named && (!self.columns.is_empty() || !self.ages.is_empty())
    }
}
