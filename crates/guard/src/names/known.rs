use sqlparser::ast::Ident;

use crate::{Dialect, TableName, names};

/// A table as the database describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownTable {
    /// Its name, with as many of catalog and schema as are known.
    pub name: TableName,
    /// Its columns' names, case kept, every one that a statement may use.
    pub columns: Vec<String>,
    /// The columns of its primary key; empty without one.
    pub primary_key: Vec<String>,
    /// Its foreign keys.
    pub keys: Vec<KnownKey>,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownKey {
    /// The columns here.
    pub columns: Vec<String>,
    /// The table referred to.
    pub table: TableName,
    /// The columns there, in the same order.
    pub referenced: Vec<String>,
}

/// Described tables, against which the names of a statement can be read.
///
/// It need not hold every table of the database: of a table it does not hold it says nothing.
#[derive(Debug, Clone)]
pub struct KnownTables {
    pub(super) dialect: Dialect,
    pub(super) tables: Vec<KnownTable>,
    home: Vec<String>,
}

impl KnownTables {
    /// Tables of one database; `home` is the catalog and schema that complete shorter names.
    pub fn new(
        dialect: Dialect,
        home: impl IntoIterator<Item = String>,
        tables: impl IntoIterator<Item = KnownTable>,
    ) -> Self {
        KnownTables { dialect, tables: tables.into_iter().collect(), home: home.into_iter().collect() }
    }

    /// The table a name in `FROM` means; nothing where it could be several.
    pub(super) fn find(&self, idents: &[&Ident]) -> Option<usize> {
        self.named(&names::table(self.dialect, idents))
    }

    pub(super) fn named(&self, name: &TableName) -> Option<usize> {
        let wanted = self.completed(&name.parts);
        let mut fitting = (0..self.tables.len()).filter(|index| {
            let listed = self.completed(&self.tables[*index].name.parts);
            if self.home.is_empty() { self.ends_with(&listed, &wanted) } else { self.same(&listed, &wanted) }
        });
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }

    /// Whether the name of a table ends with these parts.
    pub(super) fn is_called(&self, table: usize, qualifier: &[Ident]) -> bool {
        let idents: Vec<&Ident> = qualifier.iter().collect();
        let wanted = names::table(self.dialect, &idents).parts;
        self.ends_with(&self.completed(&self.tables[table].name.parts), &wanted)
    }

    fn completed(&self, parts: &[String]) -> Vec<String> {
        let missing = (self.home.len() + 1).saturating_sub(parts.len());
        self.home.iter().take(missing).chain(parts).cloned().collect()
    }

    fn ends_with(&self, listed: &[String], wanted: &[String]) -> bool {
        listed.len() >= wanted.len() && self.same(&listed[listed.len() - wanted.len()..], wanted)
    }

    fn same(&self, left: &[String], right: &[String]) -> bool {
        left.len() == right.len()
            && left.iter().zip(right).all(|(left, right)| match self.dialect {
                Dialect::Postgresql => left == right,
                _ => left.to_lowercase() == right.to_lowercase(),
            })
    }

    /// The joins that lead from one of some tables to another, over at most two tables between; each as the
    /// table it brings in and its condition.
    pub(super) fn path(&self, from: &[usize], to: usize) -> Option<Vec<(usize, String)>> {
        let mut reached: Vec<(usize, Vec<(usize, String)>)> =
            from.iter().map(|table| (*table, Vec::new())).collect();
        let mut next = 0;
        while let Some((table, joins)) = reached.get(next).cloned() {
            next += 1;
            if table == to {
                return Some(joins);
            }
            if joins.len() > 2 {
                continue;
            }
            for (other, condition) in self.neighbours(table) {
                if reached.iter().all(|(seen, _)| *seen != other) {
                    let joins = joins.iter().cloned().chain([(other, condition)]).collect();
                    reached.push((other, joins));
                }
            }
        }
        None
    }

    fn neighbours(&self, table: usize) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for (holder, known) in self.tables.iter().enumerate() {
            for key in &known.keys {
                let Some(target) = self.named(&key.table) else { continue };
                let other = match table {
                    _ if holder == target => continue,
                    table if table == holder => target,
                    table if table == target => holder,
                    _ => continue,
                };
                let (here, there) = (known.name.name(), self.tables[target].name.name());
                let pairs = key.columns.iter().zip(&key.referenced);
                let pairs: Vec<String> =
                    pairs.map(|(column, referred)| format!("{here}.{column} = {there}.{referred}")).collect();
                found.push((other, pairs.join(" AND ")));
            }
        }
        found
    }
}
