//! Filters as conditions of a `WHERE`.

use super::{
    Planned, Planner,
    scope::{Hop, Scope},
};
use crate::{
    model::TableId,
    query::{Comparison, Filter, Function, Operand, Quantity, Ref, Relation},
    sql::{Condition, Expr, Select, Source},
};

/// Steps from a row to the rows it is asked to have; what lies farther is not what people mean.
const LONGEST_WAY: usize = 3;

impl Planner<'_> {
    pub(super) fn conditions(&mut self, scope: &mut Scope, filters: &[Filter]) -> Planned<Vec<Condition>> {
        let mut conditions = Vec::with_capacity(filters.len());
        // conditions on the same related rows are about one of them: "offered in the fall of 2010"
        let mut related: Vec<(Hop, Relation)> = Vec::new();
        for filter in filters {
            match self.related_filter(scope, filter) {
                Some((hop, mut relation)) if relation.quantity == Quantity::Some => {
                    match related.iter_mut().find(|(first, _)| *first == hop) {
                        Some((_, known)) => known.filters.append(&mut relation.filters),
                        None => related.push((hop, relation)),
                    }
                }
                Some((_, relation)) => conditions.push(self.relation(scope, &relation)?),
                None => conditions.extend(self.condition(scope, filter)?),
            }
        }
        for (_, relation) in related {
            conditions.push(self.relation(scope, &relation)?);
        }
        Ok(conditions)
    }

    fn condition(&mut self, scope: &mut Scope, filter: &Filter) -> Planned<Vec<Condition>> {
        if let Filter::Relation(relation) = filter {
            return Ok(vec![self.relation(scope, relation)?]);
        }
        self.own_condition(scope, filter)
    }

    /// A filter on rows of another table that belong to this one, as a relation with the first hop towards it.
    fn related_filter(&self, scope: &Scope, filter: &Filter) -> Option<(Hop, Relation)> {
        let base = self.base_table(scope);
        let table = self.filter_table(filter)?;
        if self.model.reaches_forward(base, table)
            || scope.joins.iter().any(|join| self.instances[join.instance].table == table)
        {
            return None;
        }
        let (_, hops) = self.path(&[base], table, true)?;
        let first = *hops.first()?;
        let (filter, quantity) = match filter {
            Filter::OneOf { column, values, negated: true } => {
                (Filter::OneOf { column: *column, values: values.clone(), negated: false }, Quantity::None)
            }
            other => (other.clone(), Quantity::Some),
        };
        Some((first, Relation { table, via: None, quantity, filters: vec![filter] }))
    }

    /// Whether all conditions are about rows that `base` refers to.
    pub(super) fn all_within(&self, base: TableId, filters: &[Filter]) -> bool {
        filters
            .iter()
            .filter_map(|filter| self.filter_table(filter))
            .all(|table| self.model.reaches_forward(base, table))
    }

    fn filter_table(&self, filter: &Filter) -> Option<TableId> {
        let column = match filter {
            Filter::Compare { left, .. }
            | Filter::Between { left, .. }
            | Filter::Average { column: left, .. } => return self.operand_column_table(*left),
            Filter::Columns { left, .. } | Filter::Named { column: left, .. } => *left,
            Filter::Shared { column, .. }
            | Filter::OneOf { column, .. }
            | Filter::Text { column, .. }
            | Filter::Missing { column, .. }
            | Filter::Truth { column, .. } => *column,
            Filter::Period { column, .. } | Filter::Weekdays { column, .. } => (*column)?,
            Filter::Relation(_) => return None,
            Filter::Either(filters) => {
                let mut tables = filters.iter().map(|filter| self.filter_table(filter));
                let first = tables.next()??;
                return tables.all(|table| table == Some(first)).then_some(first);
            }
        };
        Some(self.column(column.column).table)
    }

    fn operand_column_table(&self, operand: Operand) -> Option<TableId> {
        match operand {
            Operand::Column(column) | Operand::Age(column) => Some(self.column(column.column).table),
            Operand::Rows(_) | Operand::Concept(_) => None,
        }
    }

    fn own_condition(&mut self, scope: &mut Scope, filter: &Filter) -> Planned<Vec<Condition>> {
        Ok(match filter {
            Filter::Compare { left: Operand::Age(column), comparison, number } => {
                vec![self.age_condition(scope, *column, *comparison, *number)?]
            }
            Filter::Compare { left, comparison, number } => {
                vec![Condition::Compare(self.operand(scope, *left)?, *comparison, Expr::Number(*number))]
            }
            Filter::Between { left: Operand::Age(column), low, high } => vec![
                self.age_condition(scope, *column, Comparison::AtLeast, *low)?,
                self.age_condition(scope, *column, Comparison::AtMost, *high)?,
            ],
            Filter::Between { left, low, high } => {
                vec![Condition::Between(self.operand(scope, *left)?, *low, *high)]
            }
            Filter::Columns { left, comparison, right } => {
                vec![Condition::Compare(
                    self.reach(scope, *left, false)?,
                    *comparison,
                    self.reach(scope, *right, false)?,
                )]
            }
            Filter::Shared { column, other, negated } => {
                let expr = self.reach(scope, *column, false)?;
                let inner = self.scope(self.column(*other).table);
                let shared = Expr::Column(inner.base, *other);
                let mut select = self.select_from(inner);
                if self.column(*other).nullable {
                    select.filters.push(Condition::Null(shared.clone(), true));
                }
                select.columns.push((shared, None));
                vec![Condition::InSelect(expr, Box::new(select), *negated)]
            }
            Filter::OneOf { column, values, negated } => {
                vec![Condition::OneOf(self.reach(scope, *column, false)?, values.clone(), *negated)]
            }
            Filter::Text { column, pattern, text, negated } => {
                vec![Condition::Like(self.reach(scope, *column, false)?, *pattern, text.clone(), *negated)]
            }
            Filter::Missing { column, negated } => {
                vec![Condition::Null(self.reach(scope, *column, false)?, *negated)]
            }
            Filter::Truth { column, holds } => {
                let is_number = self.column(column.column).kind.is_numeric();
                vec![Condition::Truth(self.reach(scope, *column, false)?, *holds, is_number)]
            }
            Filter::Period { column, spans, negated } => {
                let column = column.ok_or("there is no date to go by")?;
                let kind = self.date_kind(column.column);
                let expr = self.reach(scope, column, false)?;
                let mut ranges: Vec<Condition> = spans
                    .iter()
                    .map(|span| Condition::Range(expr.clone(), kind, span.start, span.end))
                    .collect();
                let condition = if ranges.len() == 1 { ranges.remove(0) } else { Condition::Any(ranges) };
                vec![if *negated { Condition::Not(Box::new(condition)) } else { condition }]
            }
            Filter::Weekdays { column, days } => {
                let column = column.ok_or("there is no date to go by")?;
                vec![Condition::Weekdays(
                    self.reach(scope, column, false)?,
                    self.date_kind(column.column),
                    days.clone(),
                )]
            }
            Filter::Average { column, comparison } => {
                vec![self.against_average(scope, *column, *comparison)?]
            }
            Filter::Named { column, comparison, label, name } => {
                vec![self.against_named(scope, *column, *comparison, (*label, name))?]
            }
            Filter::Relation(relation) => vec![self.relation(scope, relation)?],
            Filter::Either(filters) => {
                let mut any = Vec::with_capacity(filters.len());
                for filter in filters {
                    let [condition] = <[Condition; 1]>::try_from(self.own_condition(scope, filter)?)
                        .map_err(|_| "the alternatives cannot be written as one condition".to_owned())?;
                    any.push(condition);
                }
                vec![Condition::Any(any)]
            }
        })
    }

    /// Older than 30 is born before this day 30 years ago... and one year earlier for whole years of age.
    fn age_condition(
        &mut self,
        scope: &mut Scope,
        column: Ref,
        comparison: Comparison,
        years: f64,
    ) -> Planned<Condition> {
        let kind = self.date_kind(column.column);
        let expr = self.reach(scope, column, false)?;
        let back = |years: f64| {
            let months = (years * 12.0).round();
            (0.0..=3600.0)
                .contains(&months)
                .then(|| self.today.checked_sub_months(chrono::Months::new(months as u32)))
                .flatten()
        };
        let born_by = |years: f64| back(years).and_then(|day| day.succ_opt()).ok_or("nobody is that old");
        Ok(match comparison {
            // at least 30 years old: born on this day 30 years ago or before
            Comparison::AtLeast => Condition::Range(expr, kind, None, Some(born_by(years)?)),
            Comparison::More => {
                Condition::Range(expr, kind, None, Some(back(years).ok_or("nobody is that old")?))
            }
            Comparison::Less => Condition::Range(expr, kind, Some(born_by(years)?), None),
            Comparison::AtMost => Condition::Range(expr, kind, Some(born_by(years + 1.0)?), None),
            Comparison::Equal => {
                Condition::Range(expr, kind, Some(born_by(years + 1.0)?), Some(born_by(years)?))
            }
            Comparison::NotEqual => return Err("ages are not compared so".to_owned()),
        })
    }

    fn against_average(
        &mut self,
        scope: &mut Scope,
        operand: Operand,
        comparison: Comparison,
    ) -> Planned<Condition> {
        let (left, table) = match operand {
            Operand::Column(column) | Operand::Age(column) => {
                (self.operand(scope, operand)?, self.column(column.column).table)
            }
            _ => return Err("that is not compared with an average".to_owned()),
        };
        let mut inner = self.scope(table);
        // uncorrelated: it may carry the table's own name
        self.instances[inner.base].alias = None;
        let average = self.operand(&mut inner, operand)?;
        let mut select = self.select_from(inner);
        select.columns.push((Expr::Aggregate(Function::Average, Box::new(average)), None));
        Ok(Condition::Compare(left, comparison, Expr::Select(Box::new(select))))
    }

    /// Of several rows of that name, all are cheaper or dearer.
    fn against_named(
        &mut self,
        scope: &mut Scope,
        column: Ref,
        comparison: Comparison,
        (label, name): (crate::model::ColumnId, &str),
    ) -> Planned<Condition> {
        let left = self.reach(scope, column, false)?;
        let mut inner = self.scope(self.column(column.column).table);
        // uncorrelated: it may carry the table's own name
        self.instances[inner.base].alias = None;
        let end = match comparison {
            Comparison::Less | Comparison::AtMost => Function::Minimum,
            _ => Function::Maximum,
        };
        let bound = self.reach(&mut inner, Ref::new(column.column), false)?;
        let named = self.reach(&mut inner, Ref::new(label), false)?;
        let mut select = self.select_from(inner);
        select.columns.push((Expr::Aggregate(end, Box::new(bound)), None));
        select.filters.push(Condition::OneOf(named, vec![name.to_owned()], false));
        Ok(Condition::Compare(left, comparison, Expr::Select(Box::new(select))))
    }

    pub(super) fn operand(&mut self, scope: &mut Scope, operand: Operand) -> Planned<Expr> {
        match operand {
            Operand::Column(column) => self.reach(scope, column, false),
            Operand::Age(column) => Ok(Expr::Age(Box::new(self.reach(scope, column, false)?), self.today)),
            Operand::Rows(_) | Operand::Concept(_) => {
                Err("rows are not compared one by one with a total".to_owned())
            }
        }
    }

    fn relation(&mut self, scope: &mut Scope, relation: &Relation) -> Planned<Condition> {
        let base = self.base_table(scope);
        let (start, hops) = match relation.via {
            Some(edge) => (base, vec![Hop { edge, forward: false }]),
            None if relation.table == base => {
                let own = self
                    .model
                    .edges
                    .iter()
                    .position(|edge| edge.from == base && edge.to == base)
                    .ok_or("a table is not related to itself")?;
                (base, vec![Hop { edge: own, forward: false }])
            }
            None => self.path(&[base], relation.table, true).ok_or_else(|| {
                format!(
                    "{} and {} are not related",
                    self.model.tables[base].name(),
                    self.model.tables[relation.table].name()
                )
            })?,
        };
        let _ = start;
        if hops.len() > LONGEST_WAY {
            return Err(format!(
                "{} and {} are related only from afar",
                self.model.tables[base].name(),
                self.model.tables[relation.table].name()
            ));
        }
        let Some((&first, rest)) = hops.split_first() else {
            return Err("a relation leads nowhere".to_owned());
        };
        if first.forward
            && rest.is_empty()
            && relation.filters.is_empty()
            && let [column] = self.model.edges[first.edge].from_columns.as_slice()
            && relation.quantity != Quantity::Count(Comparison::More, 1)
        {
            let negated = relation.quantity != Quantity::None;
            return Ok(Condition::Null(Expr::Column(scope.base, *column), negated));
        }
        match relation.quantity {
            Quantity::Some => self.exists(scope, first, rest, relation, false),
            Quantity::None => self.exists(scope, first, rest, relation, true),
            Quantity::Count(comparison, number) => {
                self.counted(scope, first, rest, relation, comparison, number)
            }
        }
    }

    /// The inner scope of a relation: the first table of the path with the rest joined.
    fn inner_scope(&mut self, first: Hop, rest: &[Hop]) -> (Scope, crate::sql::InstanceId) {
        let edge = &self.model.edges[first.edge];
        let table = if first.forward { edge.to } else { edge.from };
        let mut inner = self.scope(table);
        let mut at = inner.base;
        for &hop in rest {
            at = self.join_hop(&mut inner, at, hop);
        }
        (inner, at)
    }

    fn exists(
        &mut self,
        scope: &mut Scope,
        first: Hop,
        rest: &[Hop],
        relation: &Relation,
        negated: bool,
    ) -> Planned<Condition> {
        let (mut inner, _) = self.inner_scope(first, rest);
        self.qualify(scope.base);
        self.qualify(inner.base);
        let mut conditions: Vec<Condition> = self
            .on(scope.base, inner.base, first)
            .into_iter()
            .map(|(there, here)| Condition::Compare(there, Comparison::Equal, here))
            .collect();
        conditions.extend(self.related_conditions(&mut inner, relation)?);
        let mut select = self.select_from(inner);
        select.columns.push((Expr::Number(1.0), None));
        select.filters = conditions;
        Ok(Condition::Exists(Box::new(select), negated))
    }

    fn related_conditions(&mut self, inner: &mut Scope, relation: &Relation) -> Planned<Vec<Condition>> {
        // conditions of a relation may lie beyond it in either direction: they are about the same row
        let mut conditions = Vec::new();
        for filter in &relation.filters {
            if let Some(table) = self.filter_table(filter) {
                self.reach_table(inner, table, true)?;
            }
            conditions.extend(self.condition(inner, filter)?);
        }
        Ok(conditions)
    }

    /// `key IN (SELECT foreign_key ... GROUP BY foreign_key HAVING COUNT(*) > n)`; rows without partners count as none.
    fn counted(
        &mut self,
        scope: &mut Scope,
        first: Hop,
        rest: &[Hop],
        relation: &Relation,
        comparison: Comparison,
        number: u64,
    ) -> Planned<Condition> {
        let edge = &self.model.edges[first.edge];
        let (inside, outside) = if first.forward {
            (&edge.to_columns, &edge.from_columns)
        } else {
            (&edge.from_columns, &edge.to_columns)
        };
        let ([inside], [outside]) = (inside.as_slice(), outside.as_slice()) else {
            return Err("related rows are counted only by a key of one column".to_owned());
        };
        let (inside, outside) = (*inside, *outside);
        let zero_counts = match comparison {
            Comparison::Less => number > 0,
            Comparison::AtMost => true,
            Comparison::Equal => number == 0,
            Comparison::NotEqual => number != 0,
            Comparison::AtLeast => number == 0,
            Comparison::More => false,
        };
        let (mut inner, last) = self.inner_scope(first, rest);
        let mut conditions = self.related_conditions(&mut inner, relation)?;
        let key = Expr::Column(inner.base, inside);
        let last_table = self.instances[last].table;
        let count = match (inner.joins.is_empty(), self.model.tables[last_table].primary_key.as_slice()) {
            (true, _) => Expr::Aggregate(Function::Count, Box::new(Expr::Star)),
            (false, [only]) => Expr::Aggregate(Function::CountDistinct, Box::new(Expr::Column(last, *only))),
            _ => return Err("related rows are counted only by a key of one column".to_owned()),
        };
        if zero_counts && self.column(inside).nullable {
            conditions.push(Condition::Null(key.clone(), true));
        }
        let comparison = if zero_counts { comparison.opposite() } else { comparison };
        let mut select = self.select_from(inner);
        select.columns.push((key.clone(), None));
        select.filters = conditions;
        select.groups.push(key);
        select.having.push(Condition::Compare(count, comparison, Expr::Number(number as f64)));
        Ok(Condition::InSelect(Expr::Column(scope.base, outside), Box::new(select), zero_counts))
    }

    fn join_hop(
        &mut self,
        scope: &mut Scope,
        parent: crate::sql::InstanceId,
        hop: Hop,
    ) -> crate::sql::InstanceId {
        let edge = &self.model.edges[hop.edge];
        let table = if hop.forward { edge.to } else { edge.from };
        let instance = self.instance(table, None);
        let on = self.on(parent, instance, hop);
        for id in [scope.base, parent, instance] {
            self.qualify(id);
        }
        scope.joins.push(crate::sql::Join {
            instance,
            on,
            also: Vec::new(),
            outer: false,
            edge: hop.edge,
            parent,
            forward: hop.forward,
        });
        instance
    }

    /// A select without columns yet, for wrapping.
    pub(super) fn wrap(select: Select, alias: &'static str) -> Select {
        Select::from(Source::Select(Box::new(select), alias))
    }
}
