//! "Only", and "both" years: what holds of all related rows, and of two of them.

use sqlatte_core::ReadingKind;

use super::{Parser, negation::deny};
use crate::{
    dates::Span,
    model::TableId,
    query::{Filter, Quantity, Ref, Relation},
    token::TokenKind,
};

/// Where "only" was said, and how much of the query was read before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Only {
    at: usize,
    /// What is asked for was named before.
    after_subject: bool,
    filters: usize,
    /// The conditions of the open relation.
    related: usize,
}

/// Where a condition stands: at the top, or within a relation.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place {
    filter: usize,
    inner: Option<usize>,
}

impl Parser<'_> {
    /// Remembers "only": what follows is all there is.
    pub(super) fn only(&mut self) -> bool {
        let says_only = matches!(self.word(0), "only" | "solely" | "exclusively")
            || (self.word(0) == "just" && self.query.head.is_some());
        if !says_only || self.fragment || !self.links_at(self.at).is_empty() {
            return false;
        }
        let related = match self.scope.and_then(|scope| self.query.filters.get(scope)) {
            Some(Filter::Relation(relation)) => relation.filters.len(),
            _ => 0,
        };
        self.onlys.push(Only {
            at: self.at,
            after_subject: self.main_table().is_some() || !self.query.columns.is_empty(),
            filters: self.query.filters.len(),
            related,
        });
        self.take(1);
        true
    }

    /// Gives every "only" its meaning, or says that it has none here.
    pub(super) fn settle_only(&mut self) {
        for only in std::mem::take(&mut self.onlys) {
            if !self.settle_one(only) {
                let said = self.phrase(only.at, only.at + 1);
                self.trouble.get_or_insert_with(|| format!("it is not clear what “{said}” is said of"));
            }
        }
    }

    fn settle_one(&mut self, only: Only) -> bool {
        let Some(main) = self.main_table().filter(|_| only.after_subject) else {
            // "only cancelled orders"; "only the names": nothing else was asked for
            return true;
        };
        let is_last = self.tokens.iter().skip(only.at + 1).all(|token| token.kind == TokenKind::Mark);
        let Some(place) = (if is_last { self.last_condition() } else { self.first_condition_after(only) })
        else {
            // "with only 3 orders" has its number; "only the names" limits what is shown
            return self.query.columns.len() > 1 || self.counts_related() || !self.query.having.is_empty();
        };
        let (table, via, others, condition) = match (self.query.filters.get(place.filter), place.inner) {
            (Some(Filter::Relation(relation)), Some(inner)) => {
                let mut others = relation.filters.clone();
                let condition = others.remove(inner);
                if relation.quantity != Quantity::Some || (is_last && !others.is_empty()) {
                    return false;
                }
                (relation.table, relation.via, others, condition)
            }
            (Some(Filter::Relation(relation)), None) => {
                return matches!(relation.quantity, Quantity::Count(..));
            }
            (Some(filter), _) => {
                let Some(table) = self.condition_table(filter) else { return !self.has_relation() };
                if self.setting.model.reaches_forward(main, table) {
                    // one value in each row: no other one is there anyway
                    return !self.has_relation() && !self.within_clause(only.at);
                }
                (table, None, Vec::new(), filter.clone())
            }
            (None, _) => return false,
        };
        let Some(mut filters) = self.anything_else(condition) else { return false };
        filters.extend(others);
        self.doubt(0.9);
        let name = self.setting.model.tables[table].name();
        self.note(ReadingKind::Filter, only.at, only.at + 1, format!("and no other {name}"));
        self.query.filters.push(Filter::Relation(Relation { table, via, quantity: Quantity::None, filters }));
        true
    }

    /// What a row fulfils that does not fulfil the condition; a row that does not say counts as such.
    fn anything_else(&self, condition: Filter) -> Option<Vec<Filter>> {
        let column = match &condition {
            Filter::OneOf { column, negated: false, .. } | Filter::Truth { column, .. } => *column,
            Filter::Period { column: None, negated: false, .. } => return Some(vec![deny(condition)]),
            Filter::Period { column: Some(column), negated: false, .. } => *column,
            _ => return None,
        };
        let other = deny(condition);
        Some(vec![if self.column(column.column).nullable {
            Filter::Either(vec![other, Filter::Missing { column, negated: false }])
        } else {
            other
        }])
    }

    fn condition_table(&self, filter: &Filter) -> Option<TableId> {
        match filter {
            Filter::OneOf { column, .. } | Filter::Truth { column, .. } => {
                Some(self.column(column.column).table)
            }
            _ => None,
        }
    }

    fn has_relation(&self) -> bool {
        self.query.filters.iter().any(|filter| matches!(filter, Filter::Relation(_)))
    }

    fn counts_related(&self) -> bool {
        self.query
            .filters
            .iter()
            .any(|filter| matches!(filter, Filter::Relation(Relation { quantity: Quantity::Count(..), .. })))
    }

    /// "revenue from customers who only ...": the clause is not about the rows that are added up.
    fn within_clause(&self, at: usize) -> bool {
        let said = at.checked_sub(1).map_or("", |before| self.word_at(before));
        matches!(said, "who" | "that" | "which") && !self.query.measures.is_empty()
    }

    /// The first condition that was read after "only".
    fn first_condition_after(&self, only: Only) -> Option<Place> {
        let filters = &self.query.filters;
        if only.related > 0 || only.filters > 0 {
            // the relation that was open before it
            let open = only.filters.checked_sub(1)?;
            if let Some(Filter::Relation(relation)) = filters.get(open)
                && relation.filters.len() > only.related
            {
                return Some(Place { filter: open, inner: Some(only.related) });
            }
        }
        match filters.get(only.filters)? {
            Filter::Relation(Relation { filters: inner, quantity: Quantity::Some, .. }) => {
                let first = inner.iter().position(|filter| !matches!(filter, Filter::Period { .. }));
                let first = first.or(if inner.is_empty() { None } else { Some(0) })?;
                Some(Place { filter: only.filters, inner: Some(first) })
            }
            _ => Some(Place { filter: only.filters, inner: None }),
        }
    }

    fn last_condition(&self) -> Option<Place> {
        let filter = self.query.filters.len().checked_sub(1)?;
        let inner = match self.query.filters.last()? {
            Filter::Relation(relation) => relation.filters.len().checked_sub(1),
            _ => None,
        };
        Some(Place { filter, inner })
    }

    /// "ordered in both 2024 and 2025": one related row in each of them.
    pub(super) fn period_of_each(&mut self, spans: &[Span], column: Option<Ref>) -> bool {
        let Some(scope) = self.scope else { return false };
        let Some(Filter::Relation(open)) = self.query.filters.get(scope).cloned() else { return false };
        if open.quantity != Quantity::Some || self.negate {
            return false;
        }
        for (index, span) in spans.iter().enumerate() {
            let period = Filter::Period { column, spans: vec![*span], negated: false };
            if index == 0 {
                if let Some(Filter::Relation(relation)) = self.query.filters.get_mut(scope) {
                    relation.filters.push(period);
                }
            } else {
                let mut relation = open.clone();
                relation.filters.push(period);
                self.query.filters.push(Filter::Relation(relation));
            }
        }
        true
    }

    /// "ordered in 2024 but not in 2025": no such related row in the period that is denied.
    pub(super) fn period_without(&mut self, spans: &[Span]) -> bool {
        let open = self.scope.and_then(|scope| match self.query.filters.get(scope) {
            Some(Filter::Relation(relation)) if relation.quantity == Quantity::Some => Some(relation.clone()),
            _ => None,
        });
        let Some(mut relation) = open else { return false };
        // of the same day as the period before: "shipped in 2024 but not in 2025"
        let mut column = None;
        relation.filters.retain(|filter| match filter {
            Filter::Period { column: day, .. } => {
                column = column.or(*day);
                false
            }
            _ => true,
        });
        relation.filters.push(Filter::Period { column, spans: spans.to_vec(), negated: false });
        relation.quantity = Quantity::None;
        self.query.filters.push(Filter::Relation(relation));
        true
    }
}
