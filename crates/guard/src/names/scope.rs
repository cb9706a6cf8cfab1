//! What the names of a query can mean at one place.

use sqlparser::ast::Ident;

use crate::{Dialect, names};

/// The columns of something in `FROM`.
#[derive(Debug, Clone)]
pub(super) enum Columns {
    /// Nobody knows: any name may be there.
    Open,
    /// These, besides names of the engine's own making for expressions without an alias.
    Known { names: Vec<String>, unnamed: bool },
}

/// Something in `FROM`.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    /// What its columns are qualified with.
    pub(super) name: Option<String>,
    /// Which described table it is.
    pub(super) table: Option<usize>,
    /// Whether it has an alias, which hides the table's own name.
    pub(super) aliased: bool,
    pub(super) columns: Columns,
}

/// One query's names.
#[derive(Debug, Default)]
pub(super) struct Scope {
    pub(super) relations: Vec<Relation>,
    /// The names of the result's columns, where they are not only known by their places.
    pub(super) output: Option<Columns>,
    pub(super) aliases: Aliases,
    /// Columns that several relations share by `USING`.
    pub(super) merged: Vec<String>,
    /// Whether relations are joined on whatever names they share.
    pub(super) natural: bool,
}

/// Whether the names of the result's columns can be used at the place that is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Aliases {
    #[default]
    Hidden,
    /// Only by subqueries.
    Nested,
    Visible,
}

impl Columns {
    pub(super) fn known(names: Vec<String>) -> Columns {
        Columns::Known { names, unnamed: false }
    }

    pub(super) fn names(&self) -> &[String] {
        match self {
            Columns::Open => &[],
            Columns::Known { names, unnamed: _ } => names,
        }
    }

    /// Whether a name may be one of them.
    pub(super) fn may_have(&self, dialect: Dialect, ident: &Ident) -> bool {
        match self {
            Columns::Open => true,
            Columns::Known { names, unnamed } => {
                self.have(dialect, ident) || (*unnamed && may_be_made_up(dialect, ident, names))
            }
        }
    }

    /// Whether a name certainly is one of them.
    pub(super) fn have(&self, dialect: Dialect, ident: &Ident) -> bool {
        self.names().iter().any(|name| fits(dialect, ident, name))
    }

    pub(super) fn joined(self, other: Columns) -> Columns {
        match (self, other) {
            (
                Columns::Known { mut names, unnamed },
                Columns::Known { names: more, unnamed: more_unnamed },
            ) => {
                names.extend(more);
                Columns::Known { names, unnamed: unnamed || more_unnamed }
            }
            _ => Columns::Open,
        }
    }

    /// Under the names of an alias's list.
    pub(super) fn renamed(self, dialect: Dialect, list: &[&Ident]) -> Columns {
        if list.is_empty() {
            return self;
        }
        let mut renamed: Vec<String> = list.iter().map(|ident| stored(dialect, ident)).collect();
        match self {
            Columns::Known { names, unnamed } => {
                renamed.extend(names.into_iter().skip(list.len()));
                Columns::Known { names: renamed, unnamed }
            }
            // Only PostgreSQL takes a list that is shorter than the columns.
            Columns::Open if dialect == Dialect::Postgresql => Columns::Open,
            Columns::Open => Columns::known(renamed),
        }
    }
}

impl Relation {
    pub(super) fn is_named(&self, dialect: Dialect, ident: &Ident) -> bool {
        self.name.as_ref().is_some_and(|name| match dialect {
            // Whether case counts is a setting of the server.
            Dialect::Mysql => name.to_lowercase() == ident.value.to_lowercase(),
            _ => fits(dialect, ident, name),
        })
    }

    /// What may stand before its columns.
    pub(super) fn display(&self) -> &str {
        self.name.as_deref().unwrap_or("the subquery")
    }
}

/// A column's or alias's name as the engine keeps it.
pub(super) fn stored(dialect: Dialect, ident: &Ident) -> String {
    match dialect {
        Dialect::Postgresql => names::fold(dialect, ident),
        _ => ident.value.clone(),
    }
}

/// Whether an engine takes a name in a statement for a name it keeps; in doubt it does.
pub(super) fn fits(dialect: Dialect, ident: &Ident, name: &str) -> bool {
    let value = ident.value.as_str();
    match dialect {
        // Longer names are cut.
        Dialect::Postgresql if value.len() > 63 => true,
        Dialect::Postgresql if ident.quote_style.is_some() => name == value,
        Dialect::Postgresql if value.is_ascii() => name == value.to_ascii_lowercase(),
        // Accents count as little as case.
        Dialect::Mysql if !value.is_ascii() => true,
        Dialect::Mysql if !name.is_ascii() => name.chars().count() == value.len(),
        _ => name.to_lowercase() == value.to_lowercase(),
    }
}

/// Whether a name may be one that the engine gave to an expression without an alias.
fn may_be_made_up(dialect: Dialect, ident: &Ident, names: &[String]) -> bool {
    let name = ident.value.to_lowercase();
    match dialect {
        Dialect::Postgresql => true,
        // The text of the expression, which is no plain word; a second column of one name gets a number.
        Dialect::Sqlite | Dialect::Mysql => {
            ident.quote_style.is_some() || names.iter().any(|known| name.starts_with(&known.to_lowercase()))
        }
        Dialect::Trino => name.starts_with("_col"),
        Dialect::Bigquery => name.starts_with('f') && name.ends_with('_'),
    }
}
