//! Rows listed one by one.

use super::{Planned, Planner, scope::Scope};
use crate::{
    model::TableId,
    query::{Figure, Filter, Group, Head, Operand, Quantity, Query, Rank, Ref, Relation},
    sql::{Expr, Select},
};

/// Columns shown of rows that have no name.
const SHOWN_OF_NAMELESS: usize = 8;

impl Planner<'_> {
    pub(super) fn list(&mut self, query: &Query) -> Planned<Select> {
        let base = self.listed_table(query)?;
        let mut scope = self.scope(base);
        scope.outer = true;
        let mut columns: Vec<(Expr, Option<String>)> = Vec::new();
        self.list_columns(query, base, &mut scope, &mut columns)?;
        let mut order: Vec<(Expr, bool)> = Vec::new();
        let mut limit = query.limit;
        scope.outer = false;
        if matches!(query.head, Some(Head::Role(_))) && !self.all_within(base, &query.filters) {
            return Err("it is not clear whom the conditions are about".to_owned());
        }
        let mut filters = self.conditions(&mut scope, &query.filters)?;
        scope.outer = true;
        let mut row_number = None;
        if let Some(Rank { by, descending, limit: most, shown: figure_shown, within }) = &query.rank {
            let Figure::Plain(operand) = by else { return Err("a list is not ranked by a total".to_owned()) };
            let (expr, turned) = self.ordering(&mut scope, *operand)?;
            if self.operand_nullable(*operand) {
                filters.push(crate::sql::Condition::Null(expr.clone(), true));
            }
            let shown = match operand {
                Operand::Age(column) => Expr::Column(scope_instance(&expr), column.column),
                _ => expr.clone(),
            };
            if !query.everything
                && (*figure_shown || !query.asks_columns_only())
                && !columns.iter().any(|(column, _)| *column == shown)
            {
                columns.push((shown, None));
            }
            let descending = *descending != turned;
            if within.is_empty() {
                order.push((expr, descending));
                limit = Some(*most);
            } else {
                row_number = Some((expr, descending, *most, within.clone()));
            }
        }
        for sort in &query.sort {
            let Figure::Plain(operand) = &sort.by else {
                return Err("a list is not ordered by a total".to_owned());
            };
            let (expr, turned) = self.ordering(&mut scope, *operand)?;
            order.push((expr, sort.descending != turned));
        }
        if query.everything {
            columns = self.whole_row(base, &scope);
        }
        let asked = query.columns.is_empty() && query.ages.is_empty() && query.companions.is_empty();
        if asked && !query.everything && self.model.tables[base].labels.is_empty() {
            let ranked_by = std::mem::take(&mut columns);
            columns = self.nameless(base, &scope);
            for (expr, alias) in ranked_by {
                if !columns.iter().any(|(known, _)| *known == expr) {
                    columns.push((expr, alias));
                }
            }
        }
        let multiplied = scope.fans_out && query.companions.is_empty();
        let distinct = query.distinct || multiplied || self.lists_categories(query);
        if !order.is_empty() && !distinct {
            // ties in a fixed order
            for label in self.label_columns(base) {
                let label = Expr::Column(scope.base, label);
                if !order.iter().any(|(expr, _)| *expr == label)
                    && !self.model.tables[base].primary_key.is_empty()
                {
                    order.push((label, false));
                }
            }
        }
        if let Some((by, descending, most, within)) = row_number {
            return self.best_of_each(scope, columns, filters, by, descending, most, &within);
        }
        let mut select = self.select_from(scope);
        select.filters = filters;
        select.distinct = distinct;
        self.name_columns(&mut columns);
        select.columns = columns;
        select.order = order;
        if distinct && select.order.is_empty() && select.columns.len() == 1 {
            // distinct values read better in order
            select.order = select.columns.iter().map(|(expr, _)| (expr.clone(), false)).collect();
        }
        if distinct {
            let columns = select.columns.clone();
            select.order.retain(|(expr, _)| columns.iter().any(|(column, _)| column == expr));
        }
        select.limit = limit;
        Ok(select)
    }

    /// All columns of a row.
    fn whole_row(&self, base: TableId, scope: &Scope) -> Vec<(Expr, Option<String>)> {
        let columns = &self.model.tables[base].columns;
        columns.iter().map(|&column| (Expr::Column(scope.base, column), None)).collect()
    }

    fn listed_table(&self, query: &Query) -> Planned<TableId> {
        if let Some(head) = query.head {
            let head = match head {
                Head::Role(edge) => {
                    return self
                        .model
                        .edges
                        .get(edge)
                        .map(|edge| edge.from)
                        .ok_or_else(|| "a reference is gone".to_owned());
                }
                other => self.table_of(other)?,
            };
            // "customers and their orders" is a list of orders
            // and so are "the dates of the orders of customers in Berlin"
            let companions = query.companions.iter().filter_map(|companion| self.table_of(*companion).ok());
            let asked: Vec<TableId> = companions
                .chain(query.columns.iter().chain(&query.ages).map(|column| self.column(column.column).table))
                .collect();
            let all_from = |base: TableId| {
                self.model.reaches_forward(base, head)
                    && asked.iter().all(|&table| self.model.reaches_forward(base, table))
            };
            let finest = asked
                .iter()
                .copied()
                .find(|&table| table != head && !self.model.reaches_forward(head, table) && all_from(table));
            let denies = query.filters.iter().any(|filter| {
                matches!(
                    filter,
                    Filter::OneOf { negated: true, .. }
                        | Filter::Period { negated: true, .. }
                        | Filter::Relation(Relation { quantity: Quantity::None, .. })
                )
            });
            if finest.is_some() && denies {
                return Err("it is not clear of what it is denied".to_owned());
            }
            return Ok(finest.unwrap_or(head));
        }
        // the table from which all columns can be reached without multiplying rows
        let tables: Vec<TableId> =
            query.columns.iter().chain(&query.ages).map(|column| self.column(column.column).table).collect();
        tables
            .iter()
            .copied()
            .find(|&base| tables.iter().all(|&table| self.model.reaches_forward(base, table)))
            .or_else(|| tables.first().copied())
            .or_else(|| match &query.rank {
                Some(Rank { by: Figure::Plain(Operand::Column(column) | Operand::Age(column)), .. }) => {
                    Some(self.column(column.column).table)
                }
                _ => None,
            })
            .ok_or_else(|| "it does not say what to list".to_owned())
    }

    fn list_columns(
        &mut self,
        query: &Query,
        base: TableId,
        scope: &mut Scope,
        columns: &mut Vec<(Expr, Option<String>)>,
    ) -> Planned<()> {
        let head_named =
            query.head.is_some() && (query.named || (query.columns.is_empty() && query.ages.is_empty()));
        if head_named && let Some(head) = query.head {
            let head_table = self.table_of(head)?;
            let instance = match head {
                Head::Role(edge) => self.reach_role(scope, edge)?,
                _ if head_table == base => scope.base,
                _ => self.reach_table(scope, head_table, true)?,
            };
            let labels = self.model.tables[head_table].labels.clone();
            columns.extend(Self::columns_of(instance, &labels).into_iter().map(|expr| (expr, None)));
            if labels.is_empty() && (!query.companions.is_empty() || !query.columns.is_empty()) {
                let key = self.model.tables[head_table].primary_key.clone();
                columns.extend(Self::columns_of(instance, &key).into_iter().map(|expr| (expr, None)));
            }
        }
        for &column in &query.columns {
            let expr = self.reach(scope, column, true)?;
            if !columns.iter().any(|(known, _)| *known == expr) {
                columns.push((expr, None));
            }
        }
        for &column in &query.ages {
            let expr = self.reach(scope, column, true)?;
            columns.push((Expr::Age(Box::new(expr), self.today), Some("age".to_owned())));
        }
        for &companion in &query.companions {
            let instance = match companion {
                Head::Role(edge) => self.reach_role(scope, edge)?,
                other => {
                    let table = self.table_of(other)?;
                    self.reach_table(scope, table, true)?
                }
            };
            let table = self.instances[instance].table;
            let labels = self.label_columns(table);
            columns.extend(Self::columns_of(instance, &labels).into_iter().map(|expr| (expr, None)));
        }
        Ok(())
    }

    /// What rows without a name are known by: their key and the first columns that say something.
    fn nameless(&self, base: TableId, scope: &Scope) -> Vec<(Expr, Option<String>)> {
        let table = &self.model.tables[base];
        let telling = table
            .columns
            .iter()
            .copied()
            .filter(|&id| !self.model.columns[id].is_foreign_key || table.primary_key.contains(&id));
        telling.take(SHOWN_OF_NAMELESS).map(|column| (Expr::Column(scope.base, column), None)).collect()
    }

    /// "Which cities do customers live in" wants each city once.
    fn lists_categories(&self, query: &Query) -> bool {
        let unique = [
            "email",
            "mail",
            "phone",
            "telephone",
            "name",
            "title",
            "code",
            "sku",
            "number",
            "address",
            "description",
            "comment",
        ];
        !query.named
            && query.head.is_none_or(|_| query.filters.is_empty())
            && query.sort.is_empty()
            && query.rank.is_none()
            && query.columns.len() == 1
            && query.ages.is_empty()
            && query.companions.is_empty()
            && query.columns.iter().all(|column| {
                let described = self.column(column.column);
                described.is_text()
                    && !described.is_key
                    && !self.model.tables[described.table].labels.contains(&column.column)
                    && !described.has_word(&unique)
            })
    }

    /// The expression rows are ordered by; whether its order is the reverse of what is meant.
    fn ordering(&mut self, scope: &mut Scope, operand: Operand) -> Planned<(Expr, bool)> {
        match operand {
            Operand::Column(column) => Ok((self.reach(scope, column, false)?, false)),
            // the older, the earlier born
            Operand::Age(column) => Ok((self.reach(scope, column, false)?, true)),
            Operand::Rows(_) | Operand::Concept(_) => Err("a list is not ordered by a total".to_owned()),
        }
    }

    fn operand_nullable(&self, operand: Operand) -> bool {
        match operand {
            Operand::Column(Ref { column, .. }) | Operand::Age(Ref { column, .. }) => {
                self.column(column).nullable
            }
            _ => false,
        }
    }

    /// The best rows of each group, by `ROW_NUMBER`.
    #[expect(clippy::too_many_arguments, reason = "the parts of one statement, made here and used once")]
    fn best_of_each(
        &mut self,
        mut scope: Scope,
        columns: Vec<(Expr, Option<String>)>,
        filters: Vec<crate::sql::Condition>,
        by: Expr,
        descending: bool,
        most: u64,
        within: &[Group],
    ) -> Planned<Select> {
        // rows without a group are in none
        scope.outer = false;
        let mut partition = Vec::new();
        let mut shown: Vec<(Expr, Option<String>)> = Vec::new();
        for group in within {
            for (expr, alias) in self.group_columns(&mut scope, group)?.shown {
                partition.push(expr.clone());
                shown.push((expr, alias));
            }
        }
        shown.extend(columns);
        let mut order = vec![(by, descending)];
        for label in self.label_columns(self.base_table(&scope)) {
            order.push((Expr::Column(scope.base, label), false));
        }
        self.name_columns(&mut shown);
        let names: Vec<String> = shown
            .iter()
            .map(|(expr, alias)| match (alias, expr) {
                (Some(alias), _) => alias.clone(),
                (None, Expr::Column(_, column)) => self.column(*column).name.clone(),
                _ => "value".to_owned(),
            })
            .collect();
        let mut inner = self.select_from(scope);
        inner.filters = filters;
        inner.columns = shown;
        inner.columns.push((Expr::RowNumber { within: partition, order }, Some("place".to_owned())));
        let mut select = Self::wrap(inner, "ranked");
        select.columns = names.iter().map(|name| (Expr::Output(name.clone()), None)).collect();
        select.filters.push(crate::sql::Condition::Compare(
            Expr::Output("place".to_owned()),
            crate::query::Comparison::AtMost,
            Expr::Number(most as f64),
        ));
        select.order = vec![
            (Expr::Output(names.first().cloned().unwrap_or_default()), false),
            (Expr::Output("place".to_owned()), false),
        ];
        Ok(select)
    }
}

fn scope_instance(expr: &Expr) -> crate::sql::InstanceId {
    match expr {
        Expr::Column(instance, _) => *instance,
        _ => 0,
    }
}
