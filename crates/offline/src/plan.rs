//! Plan: from a [`Query`] to a [`Statement`], with joins that count nothing twice.
//!
//! Every statement has a base table whose rows are listed, counted or added up. What can be reached from it
//! along foreign keys is joined; what lies in the other direction multiplies rows and is therefore asked with
//! `EXISTS`, counted by `COUNT(DISTINCT ...)`, or refused.

mod aggregate;
mod conditions;
pub(crate) mod defaults;
mod having;
mod list;
mod names;
mod scope;
mod shares;

use chrono::NaiveDate;

use crate::{
    figures::RowFigure,
    model::{Column, ColumnId, Model, TableId},
    query::{Head, Query},
    sql::{DateKind, Expr, Instance, InstanceId, Statement},
    synonyms::Concept,
};

/// Why a query has no statement, for people.
pub(crate) type Refusal = String;
type Planned<T> = Result<T, Refusal>;

/// Writes the statement that answers a query.
pub(crate) fn plan(query: &Query, model: &Model, today: NaiveDate) -> Planned<Statement> {
    let takes_discount = query.takes_discount;
    let mut planner = Planner { model, today, takes_discount, instances: Vec::new(), figures: Vec::new() };
    let select = if query.share.is_some() {
        planner.share(query)?
    } else if query.measures.iter().any(|measure| measure.average_per.is_some()) {
        planner.nested_average(query)?
    } else if !query.having.is_empty() {
        planner.having(query)?
    } else if !query.measures.is_empty() || !query.groups.is_empty() {
        planner.aggregate(query)?
    } else {
        planner.list(query)?
    };
    Ok(Statement { select, instances: planner.instances, figures: planner.figures })
}

pub(crate) struct Planner<'a> {
    model: &'a Model,
    today: NaiveDate,
    takes_discount: Option<bool>,
    instances: Vec<Instance>,
    figures: Vec<(Concept, RowFigure)>,
}

impl Planner<'_> {
    /// A new appearance of a table; it gets another name if its own is taken in this statement.
    fn instance(&mut self, table: TableId, role: Option<&str>) -> InstanceId {
        let taken = |name: &str, instances: &[Instance]| {
            instances.iter().any(|other| match &other.alias {
                Some(alias) => alias == name,
                None => self.model.tables[other.table].name() == name,
            })
        };
        let own = self.model.tables[table].name();
        let alias = match role {
            Some(role) if !taken(role, &self.instances) => Some(role.to_owned()),
            _ if !taken(own, &self.instances) => None,
            _ => (2..100).map(|number| format!("{own}_{number}")).find(|name| !taken(name, &self.instances)),
        };
        self.instances.push(Instance { table, alias, qualified: false });
        self.instances.len() - 1
    }

    fn qualify(&mut self, instance: InstanceId) {
        if let Some(instance) = self.instances.get_mut(instance) {
            instance.qualified = true;
        }
    }

    fn column(&self, column: ColumnId) -> &Column {
        &self.model.columns[column]
    }

    fn date_kind(&self, column: ColumnId) -> DateKind {
        use sqlatte_providers::ColumnType;
        let column = self.column(column);
        match column.kind {
            _ if column.is_year => DateKind::Year,
            ColumnType::Date => DateKind::Date,
            ColumnType::Timestamp => DateKind::Timestamp,
            ColumnType::TimestampTz => DateKind::Instant,
            _ => DateKind::Text,
        }
    }

    fn table_of(&self, head: Head) -> Planned<TableId> {
        match head {
            Head::Table(table) => Ok(table),
            Head::Role(edge) => {
                self.model.edges.get(edge).map(|edge| edge.to).ok_or_else(|| "a reference is gone".to_owned())
            }
            Head::Column(column) => Ok(self.column(column.column).table),
        }
    }

    /// The columns by which people know the rows of a table: its label, else its key.
    fn label_columns(&self, table: TableId) -> Vec<ColumnId> {
        let table = &self.model.tables[table];
        if table.labels.is_empty() { table.primary_key.clone() } else { table.labels.clone() }
    }

    fn columns_of(instance: InstanceId, columns: &[ColumnId]) -> Vec<Expr> {
        columns.iter().map(|&column| Expr::Column(instance, column)).collect()
    }
}
