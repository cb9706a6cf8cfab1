//! Shares in per cent.

use super::{Planned, Planner};
use crate::{
    query::{Function, Measure, Operand, Query},
    sql::{Expr, Select},
};

impl Planner<'_> {
    /// "what percentage of orders are online", "share of revenue by channel".
    pub(super) fn share(&mut self, query: &Query) -> Planned<Select> {
        let Some(share) = &query.share else { return Err("a share is lost".to_owned()) };
        let all_filters: Vec<_> = query.filters.iter().chain(&share.part).cloned().collect();
        let (base, ways) = self.base_for(std::slice::from_ref(&share.of), &query.groups, &all_filters)?;
        let way = ways.into_iter().next().ok_or("a share is lost")?;
        let mut scope = self.scope(base);
        // the whole keeps rows that the part does not speak of
        scope.outer = true;
        let mut columns = Vec::new();
        let mut keys = Vec::new();
        for group in &query.groups {
            let made = self.group_columns(&mut scope, group)?;
            columns.extend(made.shown);
            keys.extend(made.keys);
        }
        let whole = self.measure(&mut scope, &share.of, &way)?;
        if matches!(whole, Expr::Given(..)) {
            return Err("a share of a figure that is defined here cannot be worked out".to_owned());
        }
        if matches!(whole, Expr::Aggregate(Function::CountDistinct, _)) {
            return Err("a share would count rows more than once".to_owned());
        }
        let part_conditions = self.conditions(&mut scope, &share.part)?;
        let ratio = if share.part.is_empty() {
            let total = Expr::OverAll(Box::new(whole.clone()));
            Expr::Arithmetic(Box::new(percent_of(whole)), '/', Box::new(total))
        } else {
            let (part, of) = match (share.of.operand, &whole) {
                (Operand::Rows(_), _) => (
                    Expr::Aggregate(
                        Function::Sum,
                        Box::new(Expr::Where(part_conditions, Box::new(Expr::Number(1.0)), Some(0.0))),
                    ),
                    Expr::Aggregate(Function::Count, Box::new(Expr::Star)),
                ),
                (_, Expr::Aggregate(Function::Sum, inner)) => (
                    Expr::Aggregate(
                        Function::Sum,
                        Box::new(Expr::Where(part_conditions, inner.clone(), Some(0.0))),
                    ),
                    whole.clone(),
                ),
                _ => return Err("it is not clear what the share is of".to_owned()),
            };
            Expr::Arithmetic(Box::new(percent_of(part)), '/', Box::new(of))
        };
        scope.outer = false;
        let filters = self.conditions(&mut scope, &query.filters)?;
        if scope.fans_out {
            return Err("a share would count rows more than once".to_owned());
        }
        let name = match share.of.operand {
            Operand::Rows(_) | Operand::Column(_) | Operand::Age(_) => "share_percent".to_owned(),
            Operand::Concept(_) => {
                format!("{}_share_percent", self.measure_name(&Measure::new(Function::Sum, share.of.operand)))
            }
        };
        let labels: Vec<Expr> =
            columns.iter().map(|(expr, _): &(Expr, Option<String>)| expr.clone()).collect();
        columns.push((ratio, Some(name)));
        self.name_columns(&mut columns);
        let mut select = self.select_from(scope);
        select.filters = filters;
        select.groups = keys;
        select.order = labels.into_iter().map(|expr| (expr, false)).collect();
        select.columns = columns;
        Ok(select)
    }
}

fn percent_of(expr: Expr) -> Expr {
    Expr::Arithmetic(Box::new(Expr::Decimal(100.0)), '*', Box::new(expr))
}
