//! The house's default conditions, wherever a statement reads their tables.

use crate::{
    model::{ColumnId, Model, TableId},
    query::{Filter, Group, Operand, Query},
    sql::{Condition, Expr, Instance, InstanceId, Select, Source, Statement},
};

/// Puts the default conditions of every table read into the statement, unless the question lifted them or
/// speaks of their columns itself. Gives those that were put in.
///
/// # Errors
/// Says which of them cannot be put in.
pub(crate) fn apply(statement: &mut Statement, query: &Query, model: &Model) -> Result<Vec<usize>, String> {
    if model.defaults.is_empty() {
        return Ok(Vec::new());
    }
    let spoken = spoken(query);
    let held = (0..model.defaults.len()).filter(|at| {
        let condition = &model.defaults[*at];
        !query.lifted.contains(at) && !spoken.iter().any(|&column| condition.reads(column))
    });
    let instances = std::mem::take(&mut statement.instances);
    let mut defaults = Defaults { model, instances, held: held.collect(), used: Vec::new(), trouble: None };
    defaults.select(&mut statement.select);
    statement.instances = defaults.instances;
    let mut used = defaults.used;
    used.sort_unstable();
    used.dedup();
    defaults.trouble.map_or(Ok(used), Err)
}

struct Defaults<'a> {
    model: &'a Model,
    instances: Vec<Instance>,
    held: Vec<usize>,
    used: Vec<usize>,
    trouble: Option<String>,
}

impl Defaults<'_> {
    fn select(&mut self, select: &mut Select) {
        for (expr, _) in &mut select.columns {
            self.expr(expr);
        }
        for condition in select.filters.iter_mut().chain(&mut select.having) {
            self.condition(condition);
        }
        for (expr, _) in &mut select.order {
            self.expr(expr);
        }
        for expr in &mut select.groups {
            self.expr(expr);
        }
        // A row whose owner is read beside it falls with it anyway, unless an outer join keeps it.
        let inner = select.joins.iter().filter(|join| !join.outer).map(|join| join.instance);
        let base = match &select.from {
            Source::Table(instance) => Some(*instance),
            Source::Select(..) => None,
        };
        let beside: Vec<TableId> =
            inner.chain(base).filter_map(|instance| Some(self.instances.get(instance)?.table)).collect();
        match &mut select.from {
            Source::Table(instance) => {
                let held = self.of(*instance, &beside);
                select.filters.extend(held);
            }
            Source::Select(inner, _) => self.select(inner),
        }
        for join in &mut select.joins {
            let held = self.of(join.instance, &beside);
            // A row without a partner is kept by an outer join, and so must be one whose partner is left out.
            if join.outer { join.also.extend(held) } else { select.filters.extend(held) }
        }
    }

    fn of(&mut self, instance: InstanceId, beside: &[TableId]) -> Vec<Condition> {
        let Some(table) = self.instances.get(instance).map(|instance| instance.table) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for at in self.held.clone() {
            let condition = &self.model.defaults[at];
            if condition.table == table {
                found.push(Condition::Given(instance, condition.parts.clone()));
                self.used.push(at);
            } else if condition.takes_along(table) && !beside.contains(&condition.table) {
                found.extend(self.owned(at, instance, table));
            }
        }
        found
    }

    /// That the row a row of `table` belongs to is not left out by a condition.
    fn owned(&mut self, at: usize, instance: InstanceId, table: TableId) -> Option<Condition> {
        let condition = &self.model.defaults[at];
        let name = |table: TableId| self.model.tables[table].name();
        let Some((from, to)) = condition.owner(table, self.model) else {
            self.trouble = Some(format!(
                "the default condition of {} holds for {} too, and it is not known by which column they belong \
                 together; the joins of the context files can say so",
                name(condition.table),
                name(table)
            ));
            return None;
        };
        let owner = self.instances.len();
        self.instances.push(Instance { table: condition.table, alias: None, qualified: false });
        let mut owners = Select::from(Source::Table(owner));
        owners.columns.push((Expr::Column(owner, to), None));
        owners.filters.push(Condition::Given(owner, condition.parts.clone()));
        self.used.push(at);
        let key = Expr::Column(instance, from);
        let owned = Condition::InSelect(key.clone(), Box::new(owners), false);
        // What belongs to nobody falls with nobody.
        let alone = Condition::Null(key, false);
        let optional = self.model.columns.get(from).is_some_and(|column| column.nullable);
        Some(if optional { Condition::Any(vec![alone, owned]) } else { owned })
    }

    fn expr(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Aggregate(_, inner)
            | Expr::Bucket(_, inner, _)
            | Expr::Age(inner, _)
            | Expr::OverAll(inner) => self.expr(inner),
            Expr::Arithmetic(left, _, right) => {
                self.expr(left);
                self.expr(right);
            }
            Expr::Where(conditions, then, _) => {
                conditions.iter_mut().for_each(|condition| self.condition(condition));
                self.expr(then);
            }
            Expr::RowNumber { within, order } => {
                within.iter_mut().for_each(|expr| self.expr(expr));
                order.iter_mut().for_each(|(expr, _)| self.expr(expr));
            }
            Expr::Select(select) => self.select(select),
            Expr::Column(..)
            | Expr::Output(_)
            | Expr::Number(_)
            | Expr::Decimal(_)
            | Expr::Star
            | Expr::Given(..) => {}
        }
    }

    fn condition(&mut self, condition: &mut Condition) {
        match condition {
            Condition::Compare(left, _, right) => {
                self.expr(left);
                self.expr(right);
            }
            Condition::InSelect(expr, select, _) => {
                self.expr(expr);
                self.select(select);
            }
            Condition::Exists(select, _) => self.select(select),
            Condition::Between(expr, ..)
            | Condition::OneOf(expr, ..)
            | Condition::Null(expr, _)
            | Condition::Truth(expr, ..)
            | Condition::Like(expr, ..)
            | Condition::Range(expr, ..)
            | Condition::Weekdays(expr, ..) => self.expr(expr),
            Condition::Any(conditions) => {
                conditions.iter_mut().for_each(|condition| self.condition(condition));
            }
            Condition::Not(inner) => self.condition(inner),
            Condition::Given(..) => {}
        }
    }
}

/// The columns that the question itself puts conditions on or groups by.
fn spoken(query: &Query) -> Vec<ColumnId> {
    let mut columns = Vec::new();
    let part = query.share.iter().flat_map(|share| &share.part);
    for filter in query.filters.iter().chain(part) {
        add(filter, &mut columns);
    }
    let within = query.rank.iter().flat_map(|rank| &rank.within);
    for group in query.groups.iter().chain(within) {
        if let Group::Column(column) = group {
            columns.push(column.column);
        }
    }
    columns
}

fn add(filter: &Filter, columns: &mut Vec<ColumnId>) {
    match filter {
        Filter::Compare { left: operand, .. }
        | Filter::Between { left: operand, .. }
        | Filter::Average { column: operand, .. } => {
            if let Operand::Column(column) | Operand::Age(column) = operand {
                columns.push(column.column);
            }
        }
        Filter::Columns { left, right, .. } => columns.extend([left.column, right.column]),
        Filter::Shared { column, other, .. } => columns.extend([column.column, *other]),
        Filter::OneOf { column, .. }
        | Filter::Text { column, .. }
        | Filter::Missing { column, .. }
        | Filter::Named { column, .. }
        | Filter::Truth { column, .. } => columns.push(column.column),
        Filter::Period { column, .. } | Filter::Weekdays { column, .. } => {
            columns.extend(column.map(|column| column.column));
        }
        Filter::Relation(relation) => relation.filters.iter().for_each(|filter| add(filter, columns)),
        Filter::Either(filters) => filters.iter().for_each(|filter| add(filter, columns)),
    }
}
