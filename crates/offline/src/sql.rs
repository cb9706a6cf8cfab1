//! SQL as a tree, and its text in each dialect.

mod dialect;
mod print;

use chrono::NaiveDate;

use crate::{
    dates::Grain,
    figures::RowFigure,
    house::Part,
    model::{ColumnId, EdgeId, TableId},
    query::{Comparison, Function, Pattern},
    synonyms::Concept,
};

pub(crate) use print::print;

/// A table as it stands in a statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Instance {
    pub(crate) table: TableId,
    /// Another name than the table's own, where it stands twice.
    pub(crate) alias: Option<String>,
    /// Whether its columns are written with its name in front.
    pub(crate) qualified: bool,
}

pub(crate) type InstanceId = usize;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    Column(InstanceId, ColumnId),
    /// A column of the select list, by its name.
    Output(String),
    Number(f64),
    /// A number that keeps its fraction, so that no division is one of whole numbers.
    Decimal(f64),
    Star,
    Aggregate(Function, Box<Expr>),
    Arithmetic(Box<Expr>, char, Box<Expr>),
    /// An expression that the house gave, over the columns of one table.
    Given(InstanceId, Vec<Part>),
    /// A step of the calendar.
    Bucket(Grain, Box<Expr>, DateKind),
    /// Whole years from a date until today.
    Age(Box<Expr>, NaiveDate),
    /// The expression where the conditions hold, else the number or nothing.
    Where(Vec<Condition>, Box<Expr>, Option<f64>),
    /// The sum over all groups.
    OverAll(Box<Expr>),
    RowNumber {
        within: Vec<Expr>,
        order: Vec<(Expr, bool)>,
    },
    Select(Box<Select>),
}

/// How a date is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateKind {
    Date,
    Timestamp,
    /// With a time zone.
    Instant,
    Text,
    /// A whole number.
    Year,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    Compare(Expr, Comparison, Expr),
    Between(Expr, f64, f64),
    OneOf(Expr, Vec<String>, bool),
    InSelect(Expr, Box<Select>, bool),
    Exists(Box<Select>, bool),
    Null(Expr, bool),
    Truth(Expr, bool, bool),
    Like(Expr, Pattern, String, bool),
    /// From the first day to before the last.
    Range(Expr, DateKind, Option<NaiveDate>, Option<NaiveDate>),
    Weekdays(Expr, DateKind, Vec<u8>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// A condition that the house gave, over the columns of one table.
    Given(InstanceId, Vec<Part>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Join {
    pub(crate) instance: InstanceId,
    pub(crate) on: Vec<(Expr, Expr)>,
    /// What else must hold for a partner.
    pub(crate) also: Vec<Condition>,
    pub(crate) outer: bool,
    pub(crate) edge: EdgeId,
    /// The instance it hangs on.
    pub(crate) parent: InstanceId,
    pub(crate) forward: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Source {
    Table(InstanceId),
    Select(Box<Select>, &'static str),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Select {
    pub(crate) distinct: bool,
    pub(crate) columns: Vec<(Expr, Option<String>)>,
    pub(crate) from: Source,
    pub(crate) joins: Vec<Join>,
    pub(crate) filters: Vec<Condition>,
    pub(crate) groups: Vec<Expr>,
    pub(crate) having: Vec<Condition>,
    pub(crate) order: Vec<(Expr, bool)>,
    pub(crate) limit: Option<u64>,
}

impl Select {
    pub(crate) fn from(source: Source) -> Self {
        Select {
            distinct: false,
            columns: Vec::new(),
            from: source,
            joins: Vec::new(),
            filters: Vec::new(),
            groups: Vec::new(),
            having: Vec::new(),
            order: Vec::new(),
            limit: None,
        }
    }
}

/// A whole statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Statement {
    pub(crate) select: Select,
    pub(crate) instances: Vec<Instance>,
    /// The figures that were worked out, and how.
    pub(crate) figures: Vec<(Concept, RowFigure)>,
}
