//! Joins that multiply whole tables.

use sqlparser::ast::{
    JoinConstraint, JoinOperator, Query, Select, SelectItem, SetExpr, TableFactor, TableWithJoins,
};

use super::{Walk, Walker, sizes::names_a_column};
use crate::{Dialect, Reason, Refusal, catalogs, names};

/// As many tables as may be multiplied without any condition.
const MOST_UNRELATED_TABLES: usize = 2;

impl Walker<'_> {
    /// Refuses three or more tables joined on nothing at all.
    pub(super) fn must_join_on_something(&self, select: &Select) -> Walk {
        let filtered = select.selection.as_ref().is_some_and(names_a_column);
        if filtered || self.limited || select.from.iter().any(has_condition) {
            return Ok(());
        }
        if select.from.iter().map(|table| self.whole_tables(table)).sum::<usize>() <= MOST_UNRELATED_TABLES {
            return Ok(());
        }
        Err(Refusal::new(
            Reason::Cost,
            "three or more tables are joined on nothing: add a WHERE or ON that relates them",
        ))
    }

    /// How many tables are read without a sample, also in nested joins.
    fn whole_tables(&self, table: &TableWithJoins) -> usize {
        let factors = std::iter::once(&table.relation).chain(table.joins.iter().map(|join| &join.relation));
        factors
            .map(|factor| match factor {
                TableFactor::NestedJoin { table_with_joins, .. } => self.whole_tables(table_with_joins),
                factor => usize::from(self.is_whole_table(factor)),
            })
            .sum()
    }

    /// Refuses `SELECT *` of a whole table in a named project: every byte of it is read and paid for, and
    /// nothing is asked of it.
    pub(super) fn must_not_copy_a_table(&self, query: &Query) -> Walk {
        let Query { with: None, body, limit_clause: None, fetch: None, pipe_operators, .. } = query else {
            return Ok(());
        };
        let SetExpr::Select(select) = body.as_ref() else { return Ok(()) };
        let Select { projection, selection: None, qualify: None, distinct: None, from, .. } = select.as_ref()
        else {
            return Ok(());
        };
        let ([SelectItem::Wildcard(_)], [TableWithJoins { relation, joins }]) =
            (projection.as_slice(), from.as_slice())
        else {
            return Ok(());
        };
        let TableFactor::Table { name, args: None, sample: None, .. } = relation else { return Ok(()) };
        let Some(idents) = names::idents(name) else { return Ok(()) };
        let table = names::table(self.dialect(), &idents);
        let whole = self.dialect() == Dialect::Bigquery
            && self.guard.schema().is_none()
            && joins.is_empty()
            && pipe_operators.is_empty()
            && table.parts.len() == 3
            && !catalogs::is_catalog(self.dialect(), &table);
        if !whole {
            return Ok(());
        }
        Err(Refusal::new(
            Reason::Cost,
            format!("all of `{table}` would be read: name the columns you need, or add a WHERE or a LIMIT"),
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
    let factors = std::iter::once(&table.relation).chain(table.joins.iter().map(|join| &join.relation));
    let nested = factors.into_iter().any(|factor| match factor {
        TableFactor::NestedJoin { table_with_joins, .. } => has_condition(table_with_joins),
        _ => false,
    });
    nested
        || table.joins.iter().any(|join| match &join.join_operator {
            JoinOperator::Join(constraint)
            | JoinOperator::Inner(constraint)
            | JoinOperator::Left(constraint)
            | JoinOperator::LeftOuter(constraint)
            | JoinOperator::Right(constraint)
            | JoinOperator::RightOuter(constraint)
            | JoinOperator::FullOuter(constraint)
            | JoinOperator::CrossJoin(constraint)
            | JoinOperator::StraightJoin(constraint) => match constraint {
                JoinConstraint::On(expr) => names_a_column(expr),
                JoinConstraint::Using(_) | JoinConstraint::Natural => true,
                JoinConstraint::None => false,
            },
            _ => false,
        })
}
