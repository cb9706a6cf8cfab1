use sqlparser::ast::{
    Cte, Expr, ExprWithAlias, ExprWithAliasAndOrderBy, Fetch, Interpolate, LimitClause, Offset, OrderBy,
    OrderByExpr, OrderByKind, OrderByOptions, OrderBySort, PipeOperator, Query, SetExpr, Values, With,
};

use super::{Scope, Walk, Walker, clause};
use crate::{Dialect, Reason, Refusal, names};

impl Walker<'_> {
    pub(super) fn query(&mut self, query: &Query) -> Walk {
        let Query {
            with,
            body,
            order_by,
            limit_clause,
            fetch,
            locks,
            for_clause,
            settings,
            format_clause,
            pipe_operators,
        } = query;
        if !locks.is_empty() {
            return Err(Refusal::new(
                Reason::Clause,
                "FOR UPDATE and FOR SHARE would lock rows: leave them out",
            ));
        }
        if for_clause.is_some() || settings.is_some() || format_clause.is_some() {
            return Err(clause("FOR, SETTINGS or FORMAT", None));
        }
        self.scopes.push(Scope::default());
        let limited = std::mem::replace(&mut self.limited, limit_clause.is_some() || fetch.is_some());
        if let Some(with) = with {
            self.with(with, query)?;
        }
        self.set_expr(body)?;
        if let Some(order_by) = order_by {
            self.order_by(order_by)?;
        }
        if let Some(limit) = limit_clause {
            self.limit(limit)?;
        }
        if let Some(Fetch { with_ties: _, percent: _, quantity }) = fetch {
            self.exprs(quantity)?;
        }
        for operator in pipe_operators {
            self.pipe(operator)?;
        }
        self.limited = limited;
        self.scopes.pop();
        Ok(())
    }

    fn with(&mut self, with: &With, outer: &Query) -> Walk {
        let With { with_token: _, recursive, cte_tables } = with;
        // SQLite lets a CTE refer to itself without the word.
        let recursive = *recursive || self.dialect() == Dialect::Sqlite;
        for cte in cte_tables {
            let Cte { alias, query, from, materialized: _, closing_paren_token: _ } = cte;
            if from.is_some() {
                return Err(clause("FROM after a CTE", None));
            }
            self.alias(Some(alias))?;
            let name = names::fold_alias(self.dialect(), &alias.name);
            if recursive {
                self.must_end(&name, query, outer)?;
                self.define(name);
                self.query(query)?;
            } else {
                self.query(query)?;
                self.define(name);
            }
        }
        Ok(())
    }

    fn define(&mut self, cte: String) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.ctes.push(cte);
        }
    }

    pub(super) fn set_expr(&mut self, body: &SetExpr) -> Walk {
        match body {
            SetExpr::Select(select) => self.select(select),
            SetExpr::Query(query) => self.query(query),
            SetExpr::SetOperation { left, op: _, set_quantifier: _, right } => {
                self.set_expr(left)?;
                self.set_expr(right)
            }
            SetExpr::Values(Values { explicit_row: _, value_keyword: _, rows }) => {
                rows.iter().try_for_each(|row| self.exprs(&row.content))
            }
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
                Err(Refusal::new(
                    Reason::NotAQuery,
                    "this would change data inside a query: only queries that read data may run",
                ))
            }
            // Read as `SELECT * FROM name` before it comes to the parser.
            SetExpr::Table(_) => Err(clause("TABLE here", None)),
        }
    }

    pub(super) fn order_by(&mut self, order_by: &OrderBy) -> Walk {
        let OrderBy { kind, interpolate } = order_by;
        if let Some(Interpolate { exprs: _ }) = interpolate {
            return Err(clause("INTERPOLATE", None));
        }
        match kind {
            OrderByKind::All(options) => self.order_options(options),
            OrderByKind::Expressions(exprs) => self.order_exprs(exprs),
        }
    }

    pub(super) fn order_exprs(&mut self, exprs: &[OrderByExpr]) -> Walk {
        for OrderByExpr { expr, options, with_fill } in exprs {
            self.expr(expr)?;
            self.order_options(options)?;
            if with_fill.is_some() {
                return Err(clause("WITH FILL", None));
            }
        }
        Ok(())
    }

    fn order_options(&mut self, options: &OrderByOptions) -> Walk {
        let OrderByOptions { sort, nulls_first: _ } = options;
        match sort {
            None | Some(OrderBySort::Asc | OrderBySort::Desc) => Ok(()),
            Some(OrderBySort::Using(operator)) if operator.0.len() == 1 => Ok(()),
            Some(OrderBySort::Using(_)) => Err(clause("an operator of another schema", None)),
        }
    }

    fn limit(&mut self, limit: &LimitClause) -> Walk {
        match limit {
            LimitClause::LimitOffset { limit, offset, limit_by } => {
                self.exprs(limit)?;
                if let Some(Offset { value, rows: _ }) = offset {
                    self.expr(value)?;
                }
                self.exprs(limit_by)
            }
            LimitClause::OffsetCommaLimit { offset, limit } => {
                self.expr(offset)?;
                self.expr(limit)
            }
        }
    }

    pub(super) fn exprs<'a>(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) -> Walk {
        exprs.into_iter().try_for_each(|expr| self.expr(expr))
    }

    fn pipe(&mut self, operator: &PipeOperator) -> Walk {
        match operator {
            PipeOperator::Limit { expr, offset } => {
                self.expr(expr)?;
                self.exprs(offset)
            }
            PipeOperator::Where { expr } => self.expr(expr),
            PipeOperator::OrderBy { exprs } => self.order_exprs(exprs),
            PipeOperator::Select { exprs } | PipeOperator::Extend { exprs } => self.select_items(exprs),
            PipeOperator::Set { assignments } => assignments.iter().try_for_each(|set| self.expr(&set.value)),
            PipeOperator::Drop { columns: _ }
            | PipeOperator::As { alias: _ }
            | PipeOperator::Rename { mappings: _ }
            | PipeOperator::Unpivot { value_column: _, name_column: _, unpivot_columns: _, alias: _ } => {
                Ok(())
            }
            PipeOperator::Aggregate { full_table_exprs, group_by_expr } => {
                for ExprWithAliasAndOrderBy { expr, order_by } in full_table_exprs.iter().chain(group_by_expr)
                {
                    let ExprWithAlias { expr, alias: _ } = expr;
                    self.expr(expr)?;
                    self.order_options(order_by)?;
                }
                Ok(())
            }
            PipeOperator::TableSample { sample } => self.sample(sample),
            PipeOperator::Union { set_quantifier: _, queries }
            | PipeOperator::Intersect { set_quantifier: _, queries }
            | PipeOperator::Except { set_quantifier: _, queries } => {
                queries.iter().try_for_each(|query| self.query(query))
            }
            PipeOperator::Call { function: _, alias: _ } => Err(clause("CALL", None)),
            PipeOperator::Pivot { aggregate_functions, value_column: _, value_source, alias: _ } => {
                self.exprs(aggregate_functions.iter().map(|function| &function.expr))?;
                self.pivot_source(value_source)
            }
            PipeOperator::Join(join) => self.join(join),
        }
    }
}
