//! The schema as the interpreter sees it: what each table and column is for, and how tables join.

mod columns;
mod inferred;
mod repeated;
mod roles;

use std::collections::HashMap;

use sqlatte_core::{Schema, glossary::House};
use sqlatte_guard::Dialect;
use sqlatte_providers::{ColumnType, TableRef, TableSchema};

use self::columns::new_column;
use crate::{
    house::{DefaultCondition, Metric},
    text::{singular, split_identifier},
};

pub(crate) type TableId = usize;
pub(crate) type ColumnId = usize;
pub(crate) type EdgeId = usize;

/// The tables, columns and joins of one schema.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) dialect: Dialect,
    pub(crate) tables: Vec<Table>,
    pub(crate) columns: Vec<Column>,
    pub(crate) edges: Vec<Edge>,
    /// Figures that the house gave.
    pub(crate) metrics: Vec<Metric>,
    /// Conditions that the house gave.
    pub(crate) defaults: Vec<DefaultCondition>,
    distances: Vec<Vec<f32>>,
}

/// A table or view.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) reference: TableRef,
    /// The words of its name, singular.
    pub(crate) words: Vec<String>,
    pub(crate) columns: Vec<ColumnId>,
    pub(crate) primary_key: Vec<ColumnId>,
    /// The columns people know a row by: its name, its title, first and last name.
    pub(crate) labels: Vec<ColumnId>,
    /// When the row came to be.
    pub(crate) main_date: Option<ColumnId>,
    /// Whether its rows are people.
    pub(crate) is_people: bool,
    /// Whether it shows rows of another table once more: a view of it, a backup.
    pub(crate) repeats_another: bool,
    pub(crate) comment: String,
}

/// A column and what it is for.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says one thing about a column, and most columns have none"
)]
pub(crate) struct Column {
    pub(crate) table: TableId,
    pub(crate) name: String,
    pub(crate) kind: ColumnType,
    pub(crate) nullable: bool,
    /// The words of its name, singular, without the table's own name in front.
    pub(crate) words: Vec<String>,
    pub(crate) comment: String,
    pub(crate) samples: Vec<String>,
    /// Part of a primary key, or named like one.
    pub(crate) is_key: bool,
    pub(crate) is_foreign_key: bool,
    pub(crate) is_date: bool,
    /// A whole number that is a year.
    pub(crate) is_year: bool,
    pub(crate) is_boolean: bool,
    pub(crate) is_birth: bool,
}

/// A foreign key, declared or inferred from names.
#[derive(Debug)]
pub(crate) struct Edge {
    pub(crate) from: TableId,
    pub(crate) from_columns: Vec<ColumnId>,
    pub(crate) to: TableId,
    pub(crate) to_columns: Vec<ColumnId>,
    pub(crate) optional: bool,
    /// The words by which the reference says more than the table it leads to, such as "manager".
    pub(crate) role: Vec<String>,
    /// Whether it is that of a table that only repeats another: no way leads through it unless it is named.
    pub(crate) of_repeated: bool,
}

impl Column {
    /// A number that can be added up or compared: no key.
    pub(crate) fn is_quantity(&self) -> bool {
        self.kind.is_numeric() && !self.is_key && !self.is_foreign_key && !self.is_boolean
    }

    pub(crate) fn is_text(&self) -> bool {
        matches!(self.kind, ColumnType::Text) && !self.is_date
    }

    /// A text by name a figure: it is not counted by its different values.
    pub(crate) fn is_figure_as_text(&self) -> bool {
        self.is_text()
            && self.has_word(&[
                "amount", "number", "count", "total", "quantity", "day", "hour", "point", "score", "year",
                "held", "price", "cost", "age", "percent", "rate",
            ])
    }

    pub(crate) fn has_word(&self, words: &[&str]) -> bool {
        self.words.iter().any(|word| words.contains(&word.as_str()))
    }
}

impl Table {
    pub(crate) fn name(&self) -> &str {
        &self.reference.name
    }

    pub(crate) fn has_word(&self, words: &[&str]) -> bool {
        self.words.iter().any(|word| words.contains(&word.as_str()))
    }
}

impl Model {
    pub(crate) fn new(schema: &Schema, dialect: Dialect, house: &House) -> Self {
        let mut model = Model {
            dialect,
            tables: Vec::new(),
            columns: Vec::new(),
            edges: Vec::new(),
            metrics: Vec::new(),
            defaults: Vec::new(),
            distances: Vec::new(),
        };
        for table in &schema.tables {
            model.add_table(table);
        }
        model.find_repeated();
        model.infer_keys();
        model.add_declared_edges(&schema.tables);
        model.add_given_edges(house);
        model.infer_edges();
        for edge in 0..model.edges.len() {
            for column in model.edges[edge].from_columns.clone() {
                model.columns[column].is_foreign_key = true;
            }
        }
        for table in 0..model.tables.len() {
            model.choose_roles(table);
        }
        model.measure_distances();
        model.add_given_expressions(house);
        model
    }

    fn add_table(&mut self, table: &TableSchema) {
        let id = self.tables.len();
        let words: Vec<String> =
            split_identifier(&table.table.name).iter().map(|word| singular(word)).collect();
        let first = self.columns.len();
        for column in &table.columns {
            let is_key = table.primary_key.len() == 1 && table.primary_key.contains(&column.name);
            self.columns.push(new_column(id, column, &words, is_key));
        }
        let columns: Vec<ColumnId> = (first..self.columns.len()).collect();
        let primary_key = table
            .primary_key
            .iter()
            .filter_map(|name| columns.iter().copied().find(|&column| self.columns[column].name == *name))
            .collect();
        self.tables.push(Table {
            reference: table.table.clone(),
            words,
            columns,
            primary_key,
            labels: Vec::new(),
            main_date: None,
            is_people: false,
            repeats_another: false,
            comment: table.table.comment.clone().unwrap_or_default(),
        });
    }

    fn add_declared_edges(&mut self, tables: &[TableSchema]) {
        let by_name: HashMap<String, TableId> = tables
            .iter()
            .enumerate()
            .flat_map(|(id, table)| {
                [(table.table.to_string().to_lowercase(), id), (table.table.name.to_lowercase(), id)]
            })
            .collect();
        for (from, table) in tables.iter().enumerate() {
            for key in &table.foreign_keys {
                let Some(&to) = by_name.get(&key.references.to_lowercase()) else { continue };
                let from_columns = self.columns_named(from, &key.columns);
                let mut to_columns = self.columns_named(to, &key.referenced_columns);
                if to_columns.is_empty() {
                    to_columns.clone_from(&self.tables[to].primary_key);
                }
                self.add_edge(from, from_columns, to, to_columns);
            }
        }
    }

    fn columns_named(&self, table: TableId, names: &[String]) -> Vec<ColumnId> {
        names
            .iter()
            .filter_map(|name| {
                self.tables[table]
                    .columns
                    .iter()
                    .copied()
                    .find(|&column| self.columns[column].name.eq_ignore_ascii_case(name))
            })
            .collect()
    }

    pub(crate) fn add_edge(
        &mut self,
        from: TableId,
        from_columns: Vec<ColumnId>,
        to: TableId,
        to_columns: Vec<ColumnId>,
    ) {
        if from_columns.is_empty() || from_columns.len() != to_columns.len() {
            return;
        }
        let optional = from_columns.iter().any(|&column| self.columns[column].nullable);
        let role = match from_columns.as_slice() {
            [only] => self.role_words(*only, to),
            _ => Vec::new(),
        };
        let of_repeated = self.tables[from].repeats_another || self.tables[to].repeats_another;
        self.edges.push(Edge { from, from_columns, to, to_columns, optional, role, of_repeated });
    }

    /// What is left of a foreign key's name without "id" and the name of the table it leads to.
    fn role_words(&self, column: ColumnId, to: TableId) -> Vec<String> {
        let mut words: Vec<String> = split_identifier(&self.columns[column].name)
            .iter()
            .map(|word| singular(word))
            .filter(|word| !matches!(word.as_str(), "id" | "code" | "key" | "no" | "fk" | "ref"))
            .collect();
        words.retain(|word| !self.tables[to].words.contains(word));
        words
    }

    fn measure_distances(&mut self) {
        let count = self.tables.len();
        let mut distances = Vec::with_capacity(count);
        for start in 0..count {
            let mut reached = vec![f32::INFINITY; count];
            reached[start] = 0.0;
            // few tables, few edges: relax until nothing changes
            loop {
                let mut changed = false;
                for edge in &self.edges {
                    let there = edge.forward_cost();
                    if reached[edge.from] + there < reached[edge.to] {
                        reached[edge.to] = reached[edge.from] + there;
                        changed = true;
                    }
                    if reached[edge.to] + edge.backward_cost() < reached[edge.from] {
                        reached[edge.from] = reached[edge.to] + edge.backward_cost();
                        changed = true;
                    }
                }
                if !changed {
                    break;
                }
            }
            distances.push(reached);
        }
        self.distances = distances;
    }

    /// How far a table is to join; infinite where no path leads.
    pub(crate) fn distance(&self, from: TableId, to: TableId) -> f32 {
        self.distances.get(from).and_then(|row| row.get(to)).copied().unwrap_or(f32::INFINITY)
    }

    /// Whether `to` can be joined to `from` without multiplying rows.
    pub(crate) fn reaches_forward(&self, from: TableId, to: TableId) -> bool {
        let mut seen = vec![false; self.tables.len()];
        let mut open = vec![from];
        while let Some(table) = open.pop() {
            if table == to {
                return true;
            }
            if std::mem::replace(&mut seen[table], true) {
                continue;
            }
            open.extend(self.edges.iter().filter(|edge| edge.from == table).map(|edge| edge.to));
        }
        false
    }

    /// Whether every row of `from` leads to a row of `to`.
    pub(crate) fn always_has(&self, from: TableId, to: TableId) -> bool {
        let mut seen = vec![false; self.tables.len()];
        let mut open = vec![from];
        while let Some(table) = open.pop() {
            if table == to {
                return true;
            }
            if std::mem::replace(&mut seen[table], true) {
                continue;
            }
            open.extend(
                self.edges.iter().filter(|edge| edge.from == table && !edge.optional).map(|edge| edge.to),
            );
        }
        false
    }

    /// `table.column`, for people.
    pub(crate) fn column_name(&self, column: ColumnId) -> String {
        let column = &self.columns[column];
        format!("{}.{}", self.tables[column.table].name(), column.name)
    }
}

impl Edge {
    pub(crate) fn forward_cost(&self) -> f32 {
        let role = if self.role.is_empty() { 0.0 } else { 0.1 };
        let optional = if self.optional { 0.2 } else { 0.0 };
        let detour = if self.of_repeated { 3.0 } else { 0.0 };
        1.0 + role + optional + detour
    }

    pub(crate) fn backward_cost(&self) -> f32 {
        self.forward_cost() + 0.4
    }
}
