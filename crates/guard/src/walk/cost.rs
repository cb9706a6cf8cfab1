//! Joins that multiply whole tables.

use sqlparser::ast::{JoinConstraint, JoinOperator, Select, TableFactor, TableWithJoins};

use super::{Walk, Walker};
use crate::{Reason, Refusal, names};

/// As many tables as may be multiplied without any condition.
const MOST_UNRELATED_TABLES: usize = 2;

impl Walker<'_> {
    /// Refuses three or more tables joined on nothing at all.
    pub(super) fn must_join_on_something(&self, select: &Select) -> Walk {
        if select.selection.is_some() || self.limited || select.from.iter().any(has_condition) {
            return Ok(());
        }
        let factors = select.from.iter().flat_map(|table| {
            std::iter::once(&table.relation).chain(table.joins.iter().map(|join| &join.relation))
        });
        if factors.filter(|factor| self.is_whole_table(factor)).count() <= MOST_UNRELATED_TABLES {
            return Ok(());
        }
        Err(Refusal::new(
            Reason::Cost,
            "three or more tables are joined on nothing: add a WHERE or ON that relates them",
        ))
    }

    fn is_whole_table(&self, factor: &TableFactor) -> bool {
        let TableFactor::Table { name, args: None, sample: None, .. } = factor else { return false };
        let Some(idents) = names::idents(name) else { return true };
        let [ident] = idents.as_slice() else { return true };
        let alias = names::fold_alias(self.dialect(), ident);
        !self.scopes.iter().any(|scope| scope.ctes.contains(&alias))
    }
}

fn has_condition(table: &TableWithJoins) -> bool {
    table.joins.iter().any(|join| match &join.join_operator {
        JoinOperator::Join(constraint)
        | JoinOperator::Inner(constraint)
        | JoinOperator::Left(constraint)
        | JoinOperator::LeftOuter(constraint)
        | JoinOperator::Right(constraint)
        | JoinOperator::RightOuter(constraint)
        | JoinOperator::FullOuter(constraint)
        | JoinOperator::CrossJoin(constraint)
        | JoinOperator::StraightJoin(constraint) => {
            !matches!(constraint, JoinConstraint::None) && !is_always_true(constraint)
        }
        _ => false,
    })
}

fn is_always_true(constraint: &JoinConstraint) -> bool {
    matches!(constraint, JoinConstraint::On(expr) if !super::sizes::names_a_column(expr))
}
