//! How sure a reading is: not whether every word was read, but how much of it had to be taken for granted.

use super::Parser;
use crate::{
    lexicon::Target,
    link::Link,
    model::{ColumnId, TableId},
    query::{Figure, Filter, Group, Head, Operand, Query},
    token::TokenKind,
    words,
};

/// Owners of a column that are offered at most.
const MOST_OWNERS: usize = 4;

/// What a reading rests on besides the words themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Grounds {
    /// Words of content that were passed over.
    pub(crate) passed_over: usize,
    /// Columns that another column of the same name rivals, with nothing near that says whose is meant.
    pub(crate) rivals: usize,
    /// Columns named by a part of their name, by a synonym or by their comment.
    pub(crate) weak: usize,
    /// Columns that no word of the question names.
    pub(crate) unnamed: usize,
    /// Tables that the query needs and the question does not name.
    pub(crate) tables: usize,
    /// Conditions on related rows.
    pub(crate) relations: usize,
    /// Conditions in all.
    pub(crate) conditions: usize,
    /// Words.
    pub(crate) words: usize,
}

impl Parser<'_> {
    /// What the present reading rests on.
    pub(super) fn grounds(&self) -> Grounds {
        let mut grounds = Grounds { passed_over: self.passed_over, ..Grounds::default() };
        grounds.words = self.tokens.iter().filter(|token| token.kind != TokenKind::Mark).count();
        let mut tables: Vec<TableId> = Vec::new();
        for column in columns(&self.query) {
            let table = self.column(column).table;
            if !tables.contains(&table) {
                tables.push(table);
            }
            match self.naming(column) {
                // a period needs no name for the day it is about
                None => grounds.unnamed += usize::from(!self.column(column).is_date),
                Some(link) => {
                    grounds.weak += usize::from(link.weight < 0.85);
                    grounds.rivals += usize::from(!self.rivals(column, &link).is_empty());
                }
            }
        }
        let head = self.head_table();
        let named =
            |table: TableId| Some(table) == head || self.anchors.iter().any(|(_, anchor)| *anchor == table);
        grounds.tables = tables.iter().filter(|&&table| !named(table)).count();
        grounds.relations =
            self.query.filters.iter().filter(|filter| matches!(filter, Filter::Relation(_))).count();
        grounds.conditions = self.query.filters.len() + self.query.having.len();
        grounds
    }

    /// The best phrase that names a column or one of its values.
    fn naming(&self, column: ColumnId) -> Option<Link> {
        (0..self.tokens.len())
            .flat_map(|at| self.links_at(at))
            .filter(|link| named_column(&link.target) == Some(column))
            .max_by(|left, right| left.length.cmp(&right.length).then(left.weight.total_cmp(&right.weight)))
            .copied()
    }

    /// The columns of other tables that the same phrase names as surely, where the question does not say whose is
    /// meant.
    fn rivals(&self, column: ColumnId, naming: &Link) -> Vec<ColumnId> {
        let table = self.column(column).table;
        if self.anchors.iter().any(|(_, anchor)| *anchor == table) {
            return Vec::new();
        }
        self.links_at(naming.start)
            .iter()
            .filter(|link| link.length == naming.length && link.weight + 0.05 >= naming.weight)
            .filter_map(|link| named_column(&link.target))
            .filter(|&other| self.column(other).table != table)
            .collect()
    }

    /// The question with the owner of a rivalled column said, once for each that may be meant.
    pub(super) fn owners_to_offer(&self) -> Vec<String> {
        let rivalled = columns(&self.query).into_iter().find_map(|column| {
            let link = self.naming(column).filter(|link| matches!(link.target, Target::Column(_)))?;
            let rivals = self.rivals(column, &link);
            (!rivals.is_empty()).then_some((column, rivals, link))
        });
        let Some((column, rivals, link)) = rivalled else { return Vec::new() };
        let (before, after) = (self.phrase(0, link.start), self.phrase(link.start, self.tokens.len()));
        let mut options: Vec<String> = Vec::new();
        for id in std::iter::once(column).chain(rivals).take(MOST_OWNERS) {
            let owner = self.setting.model.tables[self.column(id).table].words.join(" ");
            let option = format!("{before} {owner} {after}").trim().to_owned();
            if !options.contains(&option) {
                options.push(option);
            }
        }
        options
    }

    /// A word that was passed over although it is no word of grammar.
    pub(super) fn pass_over(&mut self) {
        let asks = ["show", "list", "give", "display", "find", "get", "tell", "return", "please"];
        let word = self.word(0);
        if !words::is_closed(word) && !asks.contains(&word) {
            self.passed_over += 1;
        }
    }
}

fn named_column(target: &Target) -> Option<ColumnId> {
    match *target {
        Target::Column(column) | Target::Value(column, _) | Target::Happening(column) => Some(column),
        _ => None,
    }
}

/// Every column that a query lists, adds up, compares or orders by.
fn columns(query: &Query) -> Vec<ColumnId> {
    let mut found: Vec<ColumnId> =
        query.columns.iter().chain(&query.ages).map(|column| column.column).collect();
    let of_operand = |operand: Operand| match operand {
        Operand::Column(column) | Operand::Age(column) => Some(column.column),
        Operand::Rows(_) | Operand::Concept(_) => None,
    };
    let of_group = |group: &Group| match group {
        Group::Column(column) | Group::Entity(Head::Column(column)) => Some(column.column),
        Group::Period(column, _) => column.map(|column| column.column),
        Group::Entity(_) => None,
    };
    let figures = query.sort.iter().map(|sort| &sort.by).chain(query.rank.iter().map(|rank| &rank.by));
    found.extend(figures.filter_map(|figure| match figure {
        Figure::Measure(measure) => of_operand(measure.operand),
        Figure::Plain(operand) => of_operand(*operand),
    }));
    let measures = query.measures.iter().chain(query.having.iter().map(|having| &having.measure));
    found.extend(measures.filter_map(|measure| of_operand(measure.operand)));
    found.extend(query.groups.iter().filter_map(of_group));
    add_filters(&query.filters, &mut found);
    found.sort_unstable();
    found.dedup();
    found
}

fn add_filters(filters: &[Filter], found: &mut Vec<ColumnId>) {
    for filter in filters {
        match filter {
            Filter::Compare { left, .. }
            | Filter::Between { left, .. }
            | Filter::Average { column: left, .. } => {
                if let Operand::Column(column) | Operand::Age(column) = left {
                    found.push(column.column);
                }
            }
            Filter::Columns { left, right, .. } => found.extend([left.column, right.column]),
            Filter::Shared { column, other, .. } => found.extend([column.column, *other]),
            Filter::OneOf { column, .. }
            | Filter::Text { column, .. }
            | Filter::Missing { column, .. }
            | Filter::Truth { column, .. } => found.push(column.column),
            Filter::Period { column, .. } | Filter::Weekdays { column, .. } => {
                found.extend(column.map(|column| column.column));
            }
            Filter::Relation(relation) => add_filters(&relation.filters, found),
            Filter::Either(filters) => add_filters(filters, found),
            Filter::Named { .. } => {}
        }
    }
}
