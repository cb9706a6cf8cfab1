//! Names as each engine compares them, and those of a statement that do not exist.

mod advice;
mod doubts;
mod expression;
mod finding;
mod forms;
mod from;
mod functions;
mod grouping;
mod inside;
mod known;
mod nearest;
mod phrases;
mod reader;
mod scope;
mod words;

use sqlparser::ast::{Ident, ObjectName, ObjectNamePart};

use crate::{Dialect, Guarded, TableName, grammar, lexer};
pub use finding::{Findings, NameKind, UnknownName};
pub use known::{KnownKey, KnownTable, KnownTables};
pub(crate) use {
    advice::did_you_mean,
    functions::{instead, is_mistaken},
    nearest::nearest,
    phrases::{hints, in_place_of},
};

impl KnownTables {
    /// Reads the names of a statement that passed the guard against these tables.
    ///
    /// What it calls unknown does not exist; of what it cannot know, such as the columns of a table function or of
    /// a table it was not told about, it says nothing.
    pub fn read(&self, sql: &Guarded) -> Findings {
        // The guard read the same text, so it can be read.
        let mut findings = grammar::reread(self.dialect, sql.sql(), |statement| {
            reader::Reader::new(self).statement(statement)
        })
        .unwrap_or_default();
        let tokens = lexer::tokens(self.dialect, sql.sql()).unwrap_or_default();
        findings.advice.extend(phrases::hints(self.dialect, &tokens));
        findings
    }
}
/// The identifiers of a dotted name; nothing if a part is computed.
pub(crate) fn idents(name: &ObjectName) -> Option<Vec<&Ident>> {
    name.0
        .iter()
        .map(|part| match part {
            ObjectNamePart::Identifier(ident) => Some(ident),
            ObjectNamePart::Function(_) => None,
        })
        .collect()
}

/// A part of a name as the engine stores it: bare names fold, quoted names keep their case.
pub(crate) fn fold(dialect: Dialect, ident: &Ident) -> String {
    match dialect {
        Dialect::Postgresql if ident.quote_style.is_none() => ident.value.to_lowercase(),
        Dialect::Postgresql | Dialect::Mysql | Dialect::Bigquery => ident.value.clone(),
        Dialect::Sqlite | Dialect::Trino => ident.value.to_lowercase(),
    }
}

/// The name of a CTE or alias as the engine compares it.
pub(crate) fn fold_alias(dialect: Dialect, ident: &Ident) -> String {
    match dialect {
        Dialect::Bigquery => ident.value.to_lowercase(),
        Dialect::Postgresql | Dialect::Mysql | Dialect::Sqlite | Dialect::Trino => fold(dialect, ident),
    }
}

/// A table's full name, its parts folded; BigQuery's `` `project.dataset.table` `` is cut at its dots.
pub(crate) fn table(dialect: Dialect, idents: &[&Ident]) -> TableName {
    let parts = idents.iter().map(|ident| fold(dialect, ident));
    let parts = match dialect {
        Dialect::Bigquery => {
            parts.flat_map(|part| part.split('.').map(str::to_owned).collect::<Vec<_>>()).collect()
        }
        Dialect::Sqlite | Dialect::Postgresql | Dialect::Mysql | Dialect::Trino => parts.collect(),
    };
    TableName { parts }
}

/// The dotted name in lower case, for messages and for functions.
pub(crate) fn lower(idents: &[&Ident]) -> String {
    let parts: Vec<String> = idents.iter().map(|ident| ident.value.to_lowercase()).collect();
    parts.join(".")
}
