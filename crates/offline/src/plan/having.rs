//! Groups chosen by their figures, and averages over groups.

use super::{Planned, Planner};
use crate::{
    query::{Function, Group, Having, Head, Measure, Query},
    sql::{Condition, Expr, Select},
};

impl Planner<'_> {
    /// "customers who spent more than 1000", "cities with at least 100 customers".
    pub(super) fn having(&mut self, query: &Query) -> Planned<Select> {
        let group = match (query.head, query.groups.as_slice()) {
            (Some(Head::Column(column)), []) => Group::Column(column),
            (Some(head), []) => Group::Entity(head),
            (None, [only]) => *only,
            _ => return Err("it is not clear what the amounts are of".to_owned()),
        };
        let mut measures: Vec<Measure> = Vec::new();
        for having in &query.having {
            if !measures.contains(&having.measure) {
                measures.push(having.measure.clone());
            }
        }
        let mut inner = query.clone();
        inner.having.clear();
        inner.counted = false;
        inner.head = None;
        inner.groups = vec![group];
        for measure in &measures {
            if !inner.measures.contains(measure) {
                inner.measures.push(measure.clone());
            }
        }
        let mut select = self.aggregate(&inner)?;
        let conditions = query
            .having
            .iter()
            .map(|having| self.having_condition(having, &select))
            .collect::<Planned<Vec<_>>>()?;
        select.having = conditions;
        let by_column = matches!(group, Group::Column(_) | Group::Entity(Head::Column(_)));
        if query.asks_columns_only() || by_column {
            let hidden: Vec<Measure> =
                measures.into_iter().filter(|measure| !query.measures.contains(measure)).collect();
            self.hide(&mut select, &hidden);
        }
        if query.counted {
            select.order.clear();
            let name = match group {
                Group::Entity(head) => self.measure_name(&Measure::count(self.table_of(head)?)),
                Group::Column(column) => format!("{}_count", self.column(column.column).name.to_lowercase()),
                Group::Period(..) => "count".to_owned(),
            };
            let keys = select.groups.clone();
            select.columns = keys.into_iter().take(1).map(|key| (key, None)).collect();
            let mut outer = Self::wrap(select, "matching");
            outer.columns.push((Expr::Aggregate(Function::Count, Box::new(Expr::Star)), Some(name)));
            return Ok(outer);
        }
        Ok(select)
    }

    /// Takes figures out of the select list; what is ordered by them is ordered by the figures themselves.
    pub(super) fn hide(&self, select: &mut Select, measures: &[Measure]) {
        for measure in measures {
            let name = self.measure_name(measure);
            let Some(place) =
                select.columns.iter().position(|(_, alias)| alias.as_deref() == Some(name.as_str()))
            else {
                continue;
            };
            if select.columns.len() == 1 {
                return;
            }
            let (figure, _) = select.columns.remove(place);
            for (expr, _) in &mut select.order {
                if *expr == Expr::Output(name.clone()) {
                    *expr = figure.clone();
                }
            }
        }
    }

    pub(super) fn having_condition(&self, having: &Having, select: &Select) -> Planned<Condition> {
        let name = self.measure_name(&having.measure);
        let expr = select
            .columns
            .iter()
            .find(|(_, alias)| alias.as_deref() == Some(&name))
            .map(|(expr, _)| expr.clone())
            .ok_or("an amount is lost")?;
        Ok(Condition::Compare(expr, having.comparison, Expr::Number(having.number)))
    }

    /// "average number of orders per customer".
    pub(super) fn nested_average(&mut self, query: &Query) -> Planned<Select> {
        let [measure] = query.measures.as_slice() else {
            return Err("it averages several things at once".to_owned());
        };
        let Some(per) = measure.average_per.as_deref() else { return Err("an average is lost".to_owned()) };
        if !query.groups.is_empty() || query.rank.is_some() || !query.columns.is_empty() {
            return Err("it averages over groups within groups".to_owned());
        }
        let inner_measure = Measure::new(measure.function, measure.operand);
        let mut inner = query.clone();
        inner.measures = vec![inner_measure.clone()];
        inner.groups = vec![*per];
        inner.sort.clear();
        let mut select = self.aggregate(&inner)?;
        select.order.clear();
        let name = self.measure_name(&inner_measure);
        select.columns.retain(|(_, alias)| alias.as_deref() == Some(&name));
        if matches!(per, Group::Entity(_)) {
            // the key alone makes the groups
            select.groups.truncate(1);
        }
        let mut outer = Self::wrap(select, "per_group");
        outer.columns.push((
            Expr::Aggregate(Function::Average, Box::new(Expr::Output(name.clone()))),
            Some(format!("average_{name}")),
        ));
        Ok(outer)
    }
}
