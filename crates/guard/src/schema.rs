//! The tables a caller may read.

use std::collections::HashSet;

use crate::{Dialect, TableName, names::nearest};

/// A schema snapshot: only its tables pass.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schema {
    tables: HashSet<Vec<String>>,
    /// Catalog and schema that complete a shorter name.
    home: Vec<String>,
}

impl Schema {
    pub(crate) fn new(dialect: Dialect, tables: impl IntoIterator<Item = TableName>) -> Schema {
        let fold = |part: String| if folds(dialect) { part.to_lowercase() } else { part };
        let tables = tables.into_iter().map(|table| table.parts.into_iter().map(fold).collect()).collect();
        Schema { tables, home: Vec::new() }
    }

    pub(crate) fn set_home(&mut self, dialect: Dialect, home: Vec<String>) {
        self.home =
            home.into_iter().map(|part| if folds(dialect) { part.to_lowercase() } else { part }).collect();
    }

    /// Whether a name in a statement means one of the tables.
    ///
    /// Both names are completed with the home catalog and schema. Where no home is known, a shorter name in the
    /// statement matches the end of a listed one, but a longer one never matches: its catalog is someone else's.
    pub(crate) fn has(&self, table: &TableName) -> bool {
        if self.tables.contains(&table.parts) {
            return true;
        }
        let wanted = self.completed(&table.parts);
        self.tables.iter().any(|listed| {
            let listed = self.completed(listed);
            if self.home.is_empty() { listed.ends_with(&wanted) } else { listed == wanted }
        })
    }

    /// The tables with the nearest names, best first.
    pub(crate) fn near(&self, name: &str) -> Vec<&str> {
        nearest(name, self.tables.iter().filter_map(|parts| parts.last()).map(String::as_str), 3)
    }

    fn completed(&self, parts: &[String]) -> Vec<String> {
        let missing = (self.home.len() + 1).saturating_sub(parts.len());
        self.home.iter().take(missing).chain(parts).cloned().collect()
    }
}

fn folds(dialect: Dialect) -> bool {
    match dialect {
        Dialect::Sqlite | Dialect::Trino => true,
        Dialect::Postgresql | Dialect::Mysql | Dialect::Bigquery => false,
    }
}
