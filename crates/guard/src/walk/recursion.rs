//! Whether a recursive CTE comes to an end.

use std::ops::ControlFlow;

use sqlparser::ast::{
    BinaryOperator, Expr, GroupByExpr, JoinConstraint, JoinOperator, LimitClause, Query, Select, SelectItem,
    SetExpr, TableFactor, visit_expressions, visit_relations,
};

use super::{
    Walk, Walker,
    sizes::{names_a_column, number},
};
use crate::{Dialect, Reason, Refusal, names};

/// The largest number a recursion may count to.
const FARTHEST: f64 = 10_000_000.0;

impl Walker<'_> {
    /// Refuses a recursive term that nothing stops: no condition on what it has reached, no join, no limit.
    pub(super) fn must_end(&self, name: &str, query: &Query, outer: &Query) -> Walk {
        if !self.refers(name, query) || has_limit(query) || self.takes_a_few(name, outer) {
            return Ok(());
        }
        if self.terms_end(name, &query.body) {
            return Ok(());
        }
        Err(Refusal::new(
            Reason::Cost,
            format!(
                "the recursion of `{name}` never ends: add a condition to its recursive part, such as `WHERE n < 100`"
            ),
        ))
    }

    fn terms_end(&self, name: &str, body: &SetExpr) -> bool {
        match body {
            SetExpr::SetOperation { left, right, .. } => {
                self.terms_end(name, left) && self.terms_end(name, right)
            }
            SetExpr::Query(query) => has_limit(query) || self.terms_end(name, &query.body),
            SetExpr::Select(select) => !self.refers(name, select.as_ref()) || ends(select),
            SetExpr::Values(_)
            | SetExpr::Insert(_)
            | SetExpr::Update(_)
            | SetExpr::Delete(_)
            | SetExpr::Merge(_)
            | SetExpr::Table(_) => true,
        }
    }

    fn refers(&self, name: &str, part: &impl sqlparser::ast::Visit) -> bool {
        visit_relations(part, |relation| match names::idents(relation).as_deref() {
            Some([ident]) if names::fold_alias(self.dialect(), ident) == name => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        })
        .is_break()
    }

    /// `SELECT n FROM c LIMIT 10` around the CTE: SQLite and PostgreSQL stop when they have enough rows.
    fn takes_a_few(&self, name: &str, outer: &Query) -> bool {
        let lazy = match self.dialect() {
            Dialect::Sqlite | Dialect::Postgresql => true,
            Dialect::Mysql | Dialect::Trino | Dialect::Bigquery => false,
        };
        let SetExpr::Select(select) = outer.body.as_ref() else { return false };
        let [from] = select.from.as_slice() else { return false };
        let TableFactor::Table { name: table, .. } = &from.relation else { return false };
        let the_cte = matches!(names::idents(table).as_deref(),
            Some([ident]) if names::fold_alias(self.dialect(), ident) == name);
        let grouped = !matches!(&select.group_by, GroupByExpr::Expressions(exprs, _) if exprs.is_empty());
        let plain = select.projection.iter().all(|item| match item {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => {
                matches!(expr, Expr::Identifier(_) | Expr::CompoundIdentifier(_))
            }
            SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..) => true,
            SelectItem::ExprWithAliases { .. } => false,
        });
        lazy && the_cte
            && plain
            && !grouped
            && from.joins.is_empty()
            && select.distinct.is_none()
            && select.selection.is_none()
            && outer.order_by.is_none()
            && has_limit(outer)
    }
}

fn has_limit(query: &Query) -> bool {
    match &query.limit_clause {
        Some(
            LimitClause::LimitOffset { limit: Some(limit), .. } | LimitClause::OffsetCommaLimit { limit, .. },
        ) => number(limit).is_some_and(|limit| (0.0..=FARTHEST).contains(&limit)),
        Some(LimitClause::LimitOffset { limit: None, .. }) | None => false,
    }
}

fn ends(select: &Select) -> bool {
    let grows = grows(select);
    let conditions = select.selection.iter().chain(&select.having).chain(&select.qualify);
    let joined = select.from.iter().flat_map(|table| &table.joins).any(|join| match &join.join_operator {
        JoinOperator::Join(constraint)
        | JoinOperator::Inner(constraint)
        | JoinOperator::StraightJoin(constraint)
        | JoinOperator::CrossJoin(constraint)
        | JoinOperator::Right(constraint)
        | JoinOperator::RightOuter(constraint) => match constraint {
            JoinConstraint::On(expr) => names_a_column(expr),
            JoinConstraint::Using(_) | JoinConstraint::Natural => true,
            JoinConstraint::None => false,
        },
        _ => false,
    });
    joined || conditions.into_iter().any(|condition| stops(condition, grows))
}

/// Whether the recursion counts up: something is added in its columns and nothing subtracted.
fn grows(select: &Select) -> bool {
    let (mut plus, mut minus) = (false, false);
    let _: ControlFlow<()> = visit_expressions(&select.projection, |expr| {
        if let Expr::BinaryOp { op, .. } = expr {
            plus |= matches!(op, BinaryOperator::Plus | BinaryOperator::Multiply);
            minus |= matches!(op, BinaryOperator::Minus | BinaryOperator::Divide);
        }
        ControlFlow::Continue(())
    });
    plus && !minus
}

/// Whether a condition can become false as the recursion goes on.
fn stops(condition: &Expr, grows: bool) -> bool {
    match condition {
        Expr::Nested(inner) => stops(inner, grows),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => stops(left, grows) || stops(right, grows),
        Expr::BinaryOp { left, op: BinaryOperator::Or, right } => stops(left, grows) && stops(right, grows),
        Expr::BinaryOp { left, op, right } => {
            if left == right || ![left, right].iter().any(|side| names_a_column(side)) {
                return false;
            }
            let bound = number(right).or_else(|| number(left));
            let only_from_below = match op {
                BinaryOperator::Gt | BinaryOperator::GtEq => number(right).is_some(),
                BinaryOperator::Lt | BinaryOperator::LtEq => number(left).is_some(),
                BinaryOperator::NotEq => bound.is_some_and(|bound| bound <= 0.0),
                _ => false,
            };
            bound.is_none_or(|bound| bound.abs() <= FARTHEST) && !(grows && only_from_below)
        }
        Expr::IsNotNull(_) | Expr::IsNull(_) => false,
        _ => names_a_column(condition),
    }
}
