//! The entries of a glossary that a schema bears out.

mod pieces;

use sqlatte_guard::{Dialect, Guard, KnownTables};
use sqlatte_providers::{DatabaseInfo, TableRef};

pub use self::pieces::Piece;
use super::{
    Fault, Glossary, Place,
    entries::{Filter, Join, Metric, Partition, Term, Text},
    form,
    read::did_you_mean,
    said,
};
use crate::Schema;

/// What a glossary says of some tables: every name in it exists there.
#[derive(Debug, Clone, Default)]
pub struct House {
    /// Other names for tables and columns.
    pub names: Vec<(Text, Meant)>,
    /// Terms, those that are but other names among them.
    pub terms: Vec<Bound<Term>>,
    /// Figures.
    pub metrics: Vec<Expression<Metric>>,
    /// Joins; their columns are pairs, a left one and a right one in turn, or none where the condition is
    /// another.
    pub joins: Vec<Bound<Join>>,
    /// Default conditions.
    pub filters: Vec<Expression<Filter>>,
    /// Columns by which tables are kept in parts.
    pub partitions: Vec<Bound<Partition>>,
}

/// A table or column, by its place in the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meant {
    /// A table.
    Table(usize),
    /// A column of a table.
    Column(usize, usize),
}

/// An entry with the places in the schema that it speaks of.
#[derive(Debug, Clone)]
pub struct Bound<T> {
    /// The entry.
    pub entry: T,
    /// Its tables.
    pub tables: Vec<usize>,
    /// Its columns, each a table and a column of that.
    pub columns: Vec<(usize, usize)>,
}

/// An entry with an SQL expression over one table.
#[derive(Debug, Clone)]
pub struct Expression<T> {
    /// The entry.
    pub entry: T,
    /// The table.
    pub table: usize,
    /// Other tables it holds for, as far as they are in the schema.
    pub also: Vec<usize>,
    /// The expression, cut at its columns.
    pub pieces: Vec<Piece>,
}

impl House {
    /// What `glossary` says of the tables of `schema`. Entries about other tables, and those with a name that
    /// does not exist, are left out.
    pub(crate) fn new(glossary: &Glossary, schema: &Schema, info: &DatabaseInfo, guard: &Guard) -> Self {
        let mut house = House::default();
        if glossary.is_empty() {
            return house;
        }
        let names = Names { schema, known: schema.known(info), dialect: info.dialect, guard, others: &[] };
        let entries = &glossary.entries;
        for term in &entries.terms {
            house.add_term(term, &names);
        }
        for metric in &entries.metrics {
            house.metrics.extend(names.metric(metric));
        }
        for filter in &entries.filters {
            house.filters.extend(names.filter(filter));
        }
        house.joins.extend(entries.joins.iter().filter_map(|join| names.join(join).ok()));
        for partition in &entries.partitions {
            house.partitions.extend(names.partition(partition));
        }
        house
    }

    /// A term stays as long as one of its tables is in the schema, or it needs none.
    fn add_term(&mut self, term: &Term, names: &Names<'_>) {
        let mut bound = Bound { entry: term.clone(), tables: Vec::new(), columns: Vec::new() };
        let mut elsewhere = false;
        if names.another_table(term).is_some() {
            return;
        }
        if let Some(same) = &term.same_as {
            match names.meant(same) {
                Ok(meant) => {
                    let phrases = std::iter::once(&term.name).chain(&term.synonyms);
                    self.names.extend(phrases.map(|phrase| (phrase.clone(), meant)));
                    match meant {
                        Meant::Table(table) => bound.tables.push(table),
                        Meant::Column(table, column) => bound.columns.push((table, column)),
                    }
                }
                Err(_) => elsewhere = true,
            }
        }
        for table in &term.tables {
            match names.table(table) {
                Ok(table) => bound.tables.push(table),
                Err(_) => elsewhere = true,
            }
        }
        for column in &term.columns {
            match names.meant(column) {
                Ok(Meant::Column(table, column)) => bound.columns.push((table, column)),
                _ => elsewhere = true,
            }
        }
        let known = !bound.tables.is_empty() || !bound.columns.is_empty();
        if known || !elsewhere {
            self.terms.push(bound);
        }
    }
}

/// The names that exist.
pub(super) struct Names<'a> {
    pub(super) schema: &'a Schema,
    pub(super) known: &'a KnownTables,
    pub(super) dialect: Dialect,
    pub(super) guard: &'a Guard,
    /// Every table of the database, to guess at the one that is meant.
    pub(super) others: &'a [TableRef],
}

impl Names<'_> {
    pub(super) fn table(&self, name: &Text) -> Result<usize, Fault> {
        find(self.schema.tables.iter().map(|table| &table.table), &name.text).ok_or_else(|| {
            let several: Vec<&TableRef> =
                self.others.iter().filter(|table| table.name.eq_ignore_ascii_case(&name.text)).collect();
            let full: Vec<String> = self.others.iter().map(ToString::to_string).collect();
            let known =
                self.others.iter().map(|table| table.name.as_str()).chain(full.iter().map(String::as_str));
            fault(
                name,
                match several.as_slice() {
                    [_, _, ..] => format!("`{}` can be more than one table: name its schema", name.text),
                    _ => format!("there is no table `{}`{}", name.text, did_you_mean(&name.text, known)),
                },
            )
        })
    }

    fn column_of(&self, table: usize, column: &str, name: &Text) -> Result<usize, Fault> {
        let Some(schema) = self.schema.tables.get(table) else { return Err(fault(name, String::new())) };
        let exact = schema.columns.iter().position(|one| one.name == column);
        let folded = || schema.columns.iter().position(|one| one.name.eq_ignore_ascii_case(column));
        exact.or_else(folded).ok_or_else(|| {
            let guess = did_you_mean(column, schema.columns.iter().map(|one| one.name.as_str()));
            fault(name, format!("the table `{}` has no column `{column}`{guess}", schema.table))
        })
    }

    /// Why a term is no other name for what it says, if it is the name of another table.
    pub(super) fn another_table(&self, term: &Term) -> Option<Fault> {
        let same = term.same_as.as_ref()?;
        let meant = self.meant(same).ok()?;
        std::iter::once(&term.name).chain(&term.synonyms).find_map(|phrase| {
            let words = said::words(&phrase.text);
            let mut tables = self.schema.tables.iter().map(|table| &table.table).chain(self.others);
            let table = tables.find(|table| said::words(&table.name) == words)?;
            let is_it = match meant {
                Meant::Table(at) => self.schema.tables.get(at).is_some_and(|own| own.table == *table),
                Meant::Column(..) => false,
            };
            let message = format!(
                "`{}` is what the table `{table}` is called: it cannot be another name for `{}`",
                phrase.text, same.text
            );
            (!is_it).then(|| fault(phrase, message))
        })
    }

    /// A table, or a column as `table.column`.
    pub(super) fn meant(&self, name: &Text) -> Result<Meant, Fault> {
        let whole = self.table(name);
        if let Ok(table) = whole {
            return Ok(Meant::Table(table));
        }
        let Some((table, column)) = name.text.rsplit_once('.') else { return whole.map(Meant::Table) };
        let owner = Text { text: table.to_owned(), place: name.place.clone() };
        let table = self.table(&owner)?;
        Ok(Meant::Column(table, self.column_of(table, column, name)?))
    }

    pub(super) fn metric(&self, metric: &Metric) -> Result<Expression<Metric>, Fault> {
        let table = self.table(&metric.table)?;
        let pieces = self.expression(table, &metric.sql, form::metric_sql)?;
        Ok(Expression { entry: metric.clone(), table, also: Vec::new(), pieces })
    }

    pub(super) fn filter(&self, filter: &Filter) -> Result<Expression<Filter>, Fault> {
        let table = self.table(&filter.table)?;
        let pieces = self.expression(table, &filter.condition, form::filter_sql)?;
        let also = filter.also.iter().filter_map(|name| self.table(name).ok()).collect();
        Ok(Expression { entry: filter.clone(), table, also, pieces })
    }

    fn expression(
        &self,
        table: usize,
        sql: &Text,
        statement: fn(&str, &str) -> String,
    ) -> Result<Vec<Piece>, Fault> {
        let Some(schema) = self.schema.tables.get(table) else { return Err(fault(sql, String::new())) };
        self.exists(&statement(&self.quoted(&schema.table), &sql.text), sql)?;
        Ok(pieces::cut(&sql.text, schema, self.dialect))
    }

    pub(super) fn join(&self, join: &Join) -> Result<Bound<Join>, Fault> {
        let (left, right) = (self.table(&join.left)?, self.table(&join.right)?);
        let tables = &self.schema.tables;
        let (Some(first), Some(second)) = (tables.get(left), tables.get(right)) else {
            return Err(fault(&join.on, String::new()));
        };
        let statement =
            form::join_sql(&self.quoted(&first.table), &self.quoted(&second.table), &join.on.text);
        self.exists(&statement, &join.on)?;
        let columns = self.pairs(&join.on, left, right).unwrap_or_default();
        Ok(Bound { entry: join.clone(), tables: vec![left, right], columns })
    }

    /// `a.b = c.d AND …` as pairs of columns, the left table's first.
    fn pairs(&self, on: &Text, left: usize, right: usize) -> Option<Vec<(usize, usize)>> {
        let column = |name: &str| {
            let text = Text { text: name.trim().to_owned(), place: on.place.clone() };
            match self.meant(&text) {
                Ok(Meant::Column(table, column)) => Some((table, column)),
                _ => None,
            }
        };
        let folded = on.text.replace(" and ", " AND ").replace(" And ", " AND ");
        let mut pairs = Vec::new();
        for part in folded.split(" AND ") {
            let (one, other) = part.split_once('=')?;
            let (one, other) = (column(one)?, column(other)?);
            match (one.0, other.0) {
                (first, second) if (first, second) == (left, right) => pairs.extend([one, other]),
                (first, second) if (first, second) == (right, left) => pairs.extend([other, one]),
                _ => return None,
            }
        }
        Some(pairs)
    }

    pub(super) fn partition(&self, partition: &Partition) -> Result<Bound<Partition>, Fault> {
        let table = self.table(&partition.table)?;
        let column = self.column_of(table, &partition.column.text, &partition.column)?;
        Ok(Bound { entry: partition.clone(), tables: vec![table], columns: vec![(table, column)] })
    }

    /// Whether every name of a statement exists.
    fn exists(&self, statement: &str, from: &Text) -> Result<(), Fault> {
        let guarded = self.guard.check(statement).map_err(|refusal| fault(from, refusal.to_string()))?;
        match self.known.read(&guarded).unknown.first() {
            Some(unknown) => Err(fault(from, unknown.message.clone())),
            None => Ok(()),
        }
    }

    fn quoted(&self, table: &TableRef) -> String {
        form::quoted(self.dialect, &table.to_string())
    }
}

fn fault(at: &Text, message: String) -> Fault {
    Fault { place: Place::clone(&at.place), message }
}

/// The one table a name means: exactly, else without case, with its schema or without.
pub(crate) fn find<'a>(tables: impl Iterator<Item = &'a TableRef> + Clone, name: &str) -> Option<usize> {
    let ways: [&dyn Fn(&TableRef) -> bool; 4] = [
        &|table| table.to_string() == name,
        &|table| table.name == name,
        &|table| table.to_string().eq_ignore_ascii_case(name),
        &|table| table.name.eq_ignore_ascii_case(name),
    ];
    ways.into_iter().find_map(|fits| {
        let mut found = tables.clone().enumerate().filter(|(_, table)| fits(table));
        match (found.next(), found.next()) {
            (Some((at, _)), None) => Some(at),
            _ => None,
        }
    })
}
