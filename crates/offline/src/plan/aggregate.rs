//! Counts, sums and averages, over all rows or by group.

use super::{Planned, Planner, scope::Scope};
use crate::{
    figures::{self, DiscountKind, RowFigure},
    model::TableId,
    query::{Figure, Filter, Function, Group, Head, Measure, Operand, Query, Rank, Ref},
    sql::{Condition, Expr, Select},
};

/// What a group is shown as and grouped by.
pub(super) struct GroupColumns {
    pub(super) shown: Vec<(Expr, Option<String>)>,
    pub(super) keys: Vec<Expr>,
}

impl Planner<'_> {
    pub(super) fn aggregate(&mut self, query: &Query) -> Planned<Select> {
        let mut measures = query.measures.clone();
        let ranked = match &query.rank {
            Some(Rank { by: Figure::Measure(measure), .. }) => Some(measure.clone()),
            Some(_) => return Err("it ranks rows and adds them up at once".to_owned()),
            None => None,
        };
        if let Some(measure) = &ranked
            && !measures.contains(measure)
        {
            measures.insert(0, measure.clone());
        }
        for sort in &query.sort {
            if let Figure::Measure(measure) = &sort.by
                && !measures.contains(measure)
            {
                measures.push(measure.clone());
            }
        }
        if measures.is_empty() {
            return Err("it groups without saying what is counted or added up".to_owned());
        }
        let within = query.rank.as_ref().map(|rank| rank.within.clone()).unwrap_or_default();
        let groups: Vec<Group> = within.iter().chain(&query.groups).copied().collect();
        let (base, ways) = self.base_for(&measures, &groups, &query.filters)?;
        let mut scope = self.scope(base);
        let mut columns: Vec<(Expr, Option<String>)> = Vec::new();
        let mut keys: Vec<Expr> = Vec::new();
        let mut label_order: Vec<Expr> = Vec::new();
        let mut partition: Vec<Expr> = Vec::new();
        for (index, group) in groups.iter().enumerate() {
            let made = self.group_columns(&mut scope, group)?;
            label_order.extend(made.shown.iter().map(|(expr, _)| expr.clone()));
            if index < within.len() {
                partition.extend(made.shown.iter().map(|(expr, _)| expr.clone()));
            }
            if !(query.asks_columns_only() && matches!(group, Group::Entity(_)) && index >= within.len()) {
                columns.extend(made.shown);
            }
            keys.extend(made.keys);
        }
        for &column in &query.columns {
            let expr = self.reach(&mut scope, column, false)?;
            if !columns.iter().any(|(known, _)| *known == expr) {
                if !keys.contains(&expr) {
                    keys.push(expr.clone());
                }
                columns.push((expr, None));
            }
        }
        let mut by_measure: Vec<(Measure, Expr)> = Vec::new();
        for (measure, way) in measures.iter().zip(&ways) {
            let expr = self.measure(&mut scope, measure, way)?;
            if !self.only_orders(query, measure) {
                columns.push((expr.clone(), Some(self.measure_name(measure))));
            }
            by_measure.push((measure.clone(), expr));
        }
        let filters = self.conditions(&mut scope, &query.filters)?;
        if scope.fans_out {
            return Err("rows would be counted more than once".to_owned());
        }
        let find = |measure: &Measure| {
            by_measure.iter().find(|(known, _)| known == measure).map(|(_, expr)| expr.clone())
        };
        let mut order: Vec<(Expr, bool)> = Vec::new();
        if let (Some(rank), Some(measure)) = (&query.rank, &ranked) {
            order.push((find(measure).ok_or("a ranking is lost")?, rank.descending));
        }
        for sort in &query.sort {
            let expr = match &sort.by {
                Figure::Measure(measure) => find(measure).ok_or("an order is lost")?,
                Figure::Plain(operand) => self.operand(&mut scope, *operand)?,
            };
            let known = columns.iter().any(|(column, _)| *column == expr) || keys.contains(&expr);
            if !known {
                return Err("it orders groups by what differs within them".to_owned());
            }
            order.push((expr, sort.descending));
        }
        if order.is_empty()
            && !groups.is_empty()
            && groups.iter().any(|group| matches!(group, Group::Period(..)))
        {
            order.extend(label_order.iter().map(|expr| (expr.clone(), false)));
        } else {
            for label in &label_order {
                if !order.iter().any(|(expr, _)| expr == label) {
                    order.push((label.clone(), false));
                }
            }
        }
        self.name_columns(&mut columns);
        let mut select = self.select_from(scope);
        select.filters = filters;
        select.groups = keys;
        if !within.is_empty() {
            return self.best_groups(select, columns, order, partition, query);
        }
        // what is ordered by has a name in the select list
        select.order =
            order.into_iter().map(|(expr, descending)| (self.named(&columns, expr), descending)).collect();
        select.columns = columns;
        select.limit = query.rank.as_ref().map(|rank| rank.limit).or(query.limit);
        if select.groups.is_empty() {
            select.order.clear();
        }
        Ok(select)
    }

    /// Whether a figure only says who comes first: "which city has the most customers" asks for the city.
    pub(super) fn only_orders(&self, query: &Query, measure: &Measure) -> bool {
        let Some(Rank { by: Figure::Measure(by), shown: false, within, .. }) = &query.rank else {
            return false;
        };
        let by_columns = query.groups.iter().all(|group| matches!(group, Group::Column(_)));
        by == measure
            && within.is_empty()
            && !query.measures.contains(measure)
            && (query.asks_columns_only() || by_columns)
    }

    pub(super) fn named(&self, columns: &[(Expr, Option<String>)], expr: Expr) -> Expr {
        match columns.iter().find(|(known, _)| *known == expr) {
            Some((_, Some(alias))) if !matches!(expr, Expr::Column(..)) => Expr::Output(alias.clone()),
            _ => expr,
        }
    }

    /// "The best seller in each category": groups ranked within other groups.
    pub(super) fn best_groups(
        &mut self,
        mut inner: Select,
        columns: Vec<(Expr, Option<String>)>,
        order: Vec<(Expr, bool)>,
        partition: Vec<Expr>,
        query: &Query,
    ) -> Planned<Select> {
        let names: Vec<String> = columns
            .iter()
            .map(|(expr, alias)| match (alias, expr) {
                (Some(alias), _) => alias.clone(),
                (None, Expr::Column(_, column)) => self.column(*column).name.clone(),
                _ => "value".to_owned(),
            })
            .collect();
        inner.columns = columns;
        inner.columns.push((Expr::RowNumber { within: partition, order }, Some("place".to_owned())));
        let mut select = Self::wrap(inner, "ranked");
        let limit = query.rank.as_ref().map_or(1, |rank| rank.limit);
        select.columns = names.iter().map(|name| (Expr::Output(name.clone()), None)).collect();
        select.filters.push(Condition::Compare(
            Expr::Output("place".to_owned()),
            crate::query::Comparison::AtMost,
            Expr::Number(limit as f64),
        ));
        select.order = vec![
            (Expr::Output(names.first().cloned().unwrap_or_default()), false),
            (Expr::Output("place".to_owned()), false),
        ];
        Ok(select)
    }

    pub(super) fn group_columns(&mut self, scope: &mut Scope, group: &Group) -> Planned<GroupColumns> {
        Ok(match group {
            Group::Column(column) | Group::Entity(Head::Column(column)) => {
                let expr = self.reach(scope, *column, false)?;
                GroupColumns { shown: vec![(expr.clone(), None)], keys: vec![expr] }
            }
            Group::Period(column, grain) => {
                let column = column.ok_or("there is no date to group by")?;
                let kind = self.date_kind(column.column);
                let expr = Expr::Bucket(*grain, Box::new(self.reach(scope, column, false)?), kind);
                GroupColumns {
                    shown: vec![(expr.clone(), Some(Self::grain_name(*grain).to_owned()))],
                    keys: vec![expr],
                }
            }
            Group::Entity(head) => {
                let instance = match head {
                    Head::Role(edge) => self.reach_role(scope, *edge)?,
                    other => {
                        let table = self.table_of(*other)?;
                        self.reach_table(scope, table, false)?
                    }
                };
                let table = self.instances[instance].table;
                let labels = self.label_columns(table);
                if labels.is_empty() {
                    return Err(format!(
                        "the rows of {} have neither name nor key",
                        self.model.tables[table].name()
                    ));
                }
                let shown =
                    Self::columns_of(instance, &labels).into_iter().map(|expr| (expr, None)).collect();
                // people of one name are still two people
                let mut keys = Self::columns_of(instance, &self.model.tables[table].primary_key);
                for label in Self::columns_of(instance, &labels) {
                    if !keys.contains(&label) {
                        keys.push(label);
                    }
                }
                GroupColumns { shown, keys }
            }
        })
    }

    pub(super) fn group_table(&self, group: &Group) -> Planned<Option<TableId>> {
        Ok(match group {
            Group::Column(column) => Some(self.column(column.column).table),
            Group::Entity(Head::Role(edge)) => self.model.edges.get(*edge).map(|edge| edge.from),
            Group::Entity(head) => Some(self.table_of(*head)?),
            Group::Period(column, _) => column.map(|column| self.column(column.column).table),
        })
    }

    /// The base table, and for each measure how it is worked out there.
    pub(super) fn base_for(
        &self,
        measures: &[Measure],
        groups: &[Group],
        filters: &[Filter],
    ) -> Planned<(TableId, Vec<Way>)> {
        let mut needed: Vec<TableId> = Vec::new();
        for group in groups {
            needed.extend(self.group_table(group)?);
        }
        let filtered: Vec<TableId> =
            filters.iter().filter_map(|filter| self.filter_table_of(filter)).collect();
        let mut best: Option<(f32, TableId, Vec<Way>)> = None;
        for base in 0..self.model.tables.len() {
            if !needed.iter().all(|&table| self.model.reaches_forward(base, table)) {
                continue;
            }
            let ways: Option<Vec<Way>> = measures.iter().map(|measure| self.way(measure, base)).collect();
            let Some(ways) = ways else { continue };
            let own = ways.iter().all(|way| !matches!(way, Way::Distinct));
            let unreached =
                filtered.iter().filter(|&&table| !self.model.reaches_forward(base, table)).count();
            let far: f32 =
                needed.iter().chain(&filtered).map(|&table| self.model.distance(base, table).min(9.0)).sum();
            let cost = if own { 0.0 } else { 20.0 }
                + unreached as f32 * 10.0
                + far
                + ways
                    .iter()
                    .map(|way| match way {
                        Way::Figure(rank, _) => *rank as f32 * 0.5,
                        _ => 0.0,
                    })
                    .sum::<f32>();
            if best.as_ref().is_none_or(|(least, ..)| cost < *least) {
                best = Some((cost, base, ways));
            }
        }
        best.map(|(_, base, ways)| (base, ways))
            .ok_or_else(|| "what is asked for lies in tables that cannot be added up together".to_owned())
    }

    pub(super) fn filter_table_of(&self, filter: &Filter) -> Option<TableId> {
        match filter {
            Filter::Compare { left: Operand::Column(column) | Operand::Age(column), .. }
            | Filter::Between { left: Operand::Column(column) | Operand::Age(column), .. }
            | Filter::Average { column: Operand::Column(column) | Operand::Age(column), .. }
            | Filter::Columns { left: column, .. }
            | Filter::Named { column, .. }
            | Filter::OneOf { column, .. }
            | Filter::Text { column, .. }
            | Filter::Missing { column, .. }
            | Filter::Truth { column, .. }
            | Filter::Period { column: Some(column), .. }
            | Filter::Weekdays { column: Some(column), .. } => Some(self.column(column.column).table),
            _ => None,
        }
    }

    /// How a measure is worked out on the rows of `base`, if it can be.
    pub(super) fn way(&self, measure: &Measure, base: TableId) -> Option<Way> {
        match measure.operand {
            Operand::Rows(table) if table == base => Some(Way::Own),
            Operand::Rows(table) => {
                let single_key = self.model.tables[table].primary_key.len() == 1;
                (single_key && self.model.reaches_forward(base, table)).then_some(Way::Distinct)
            }
            Operand::Column(column) | Operand::Age(column) => {
                let table = self.column(column.column).table;
                match measure.function {
                    _ if table == base => Some(Way::Own),
                    Function::Minimum | Function::Maximum | Function::CountDistinct => {
                        self.model.reaches_forward(base, table).then_some(Way::Distinct)
                    }
                    _ => None,
                }
            }
            Operand::Concept(concept) => figures::ways(self.model, concept)
                .into_iter()
                .enumerate()
                .find(|(_, (table, _))| *table == base)
                .map(|(rank, (_, figure))| (rank, figure))
                // an average is that of the coarsest rows: of orders, not of their lines
                .filter(|(rank, _)| measure.function != Function::Average || *rank == 0)
                .map(|(rank, figure)| Way::Figure(rank, figure)),
        }
    }

    pub(super) fn measure(&mut self, scope: &mut Scope, measure: &Measure, way: &Way) -> Planned<Expr> {
        let expr = match (way, measure.operand) {
            (Way::Own, Operand::Rows(_)) => {
                return Ok(Expr::Aggregate(Function::Count, Box::new(Expr::Star)));
            }
            (Way::Distinct, Operand::Rows(table)) => {
                let key = *self.model.tables[table].primary_key.first().ok_or("a table has no key")?;
                // the foreign key says it without a join
                let base = self.base_table(scope);
                let direct =
                    self.model.edges.iter().find(|edge| edge.from == base && edge.to_columns == [key]);
                let column = match direct.map(|edge| edge.from_columns.as_slice()) {
                    Some([foreign]) => Expr::Column(scope.base, *foreign),
                    _ => self.reach(scope, Ref::new(key), false)?,
                };
                return Ok(Expr::Aggregate(Function::CountDistinct, Box::new(column)));
            }
            (Way::Figure(_, RowFigure::Given(at)), _) => return self.given(scope, *at, measure.function),
            (Way::Figure(_, figure), operand) => {
                let mut figure = figure.clone();
                if let (RowFigure::Lines { discount, .. }, Some(false)) = (&mut figure, self.takes_discount) {
                    *discount = None;
                }
                if let Operand::Concept(concept) = operand {
                    self.figures.push((concept, figure.clone()));
                }
                self.figure(scope, &figure)?
            }
            (_, operand) => self.operand(scope, operand)?,
        };
        Ok(Expr::Aggregate(measure.function, Box::new(expr)))
    }

    /// The house's expression, which adds up its rows by itself.
    fn given(&self, scope: &Scope, at: usize, function: Function) -> Planned<Expr> {
        let metric = self.model.metrics.get(at).ok_or("a figure is lost")?;
        if function != Function::Sum {
            return Err(format!("{} is worked out as it is defined here and in no other way", metric.name));
        }
        Ok(Expr::Given(scope.base, metric.parts.clone()))
    }

    pub(super) fn figure(&mut self, scope: &mut Scope, figure: &RowFigure) -> Planned<Expr> {
        match figure {
            RowFigure::Column(column) => self.reach(scope, Ref::new(*column), false),
            RowFigure::Given(at) => self.given(scope, *at, Function::Sum),
            RowFigure::Lines { quantity, price, discount, cost } => {
                let mut unit = self.reach(scope, Ref::new(*price), false)?;
                if let Some((discount, kind)) = discount {
                    let discount = self.reach(scope, Ref::new(*discount), false)?;
                    let part = match kind {
                        DiscountKind::Fraction => discount,
                        DiscountKind::Percent => {
                            Expr::Arithmetic(Box::new(discount), '/', Box::new(Expr::Decimal(100.0)))
                        }
                    };
                    let left = Expr::Arithmetic(Box::new(Expr::Number(1.0)), '-', Box::new(part));
                    unit = Expr::Arithmetic(Box::new(unit), '*', Box::new(left));
                }
                if let Some(cost) = cost {
                    let cost = self.reach(scope, Ref::new(*cost), false)?;
                    unit = Expr::Arithmetic(Box::new(unit), '-', Box::new(cost));
                }
                let quantity = self.reach(scope, Ref::new(*quantity), false)?;
                Ok(Expr::Arithmetic(Box::new(quantity), '*', Box::new(unit)))
            }
        }
    }
}

/// How a measure is worked out on the rows of a base table.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Way {
    /// The base's own rows or columns.
    Own,
    /// Each row referred to once.
    Distinct,
    /// A figure, by its place among the ways to work it out.
    Figure(usize, RowFigure),
}
