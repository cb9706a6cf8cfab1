//! The walk over the whole tree. Every variant and every field is named, so that a new one in the parser does
//! not compile until someone decided about it.

mod cost;
mod expression;
mod from;
mod function;
mod operators;
mod patterns;
mod query;
mod recursion;
mod select;
mod sizes;
mod statement;
mod tables;
mod types;

use std::collections::HashSet;

use sqlparser::{
    ast::{Ident, Spanned, TableAlias},
    tokenizer::Location,
};

use crate::{Dialect, Guard, Reason, Refusal, TableName, functions::Catalogue};

pub(crate) use statement::statement;

/// What a harmless statement refers to.
pub(crate) struct Found {
    pub(crate) tables: Vec<TableName>,
    /// Where the names stand that the walk saw before a parenthesis.
    pub(crate) called: HashSet<Location>,
}

type Walk = Result<(), Refusal>;

struct Walker<'g> {
    guard: &'g Guard,
    catalogue: &'static Catalogue,
    scopes: Vec<Scope>,
    found: Found,
    /// The product of the lengths of all literal series.
    generated_rows: f64,
    /// How many functions that make long values are around this place.
    inside_sized: usize,
    /// Whether the statement names `_TABLE_SUFFIX`, which bounds BigQuery's wildcard tables.
    names_table_suffix: bool,
    wildcard: Option<Location>,
    /// Whether the query around this place asks for some columns of some rows.
    filtered: bool,
    /// Whether the query around this place has a LIMIT.
    limited: bool,
}

/// The names one query defines.
#[derive(Default)]
struct Scope {
    ctes: Vec<String>,
    /// Aliases in `FROM`, which BigQuery lets a later item start a path with.
    ranges: Vec<String>,
}

impl<'g> Walker<'g> {
    fn new(guard: &'g Guard) -> Self {
        Walker {
            guard,
            catalogue: Catalogue::of(guard.dialect()),
            scopes: Vec::new(),
            found: Found { tables: Vec::new(), called: HashSet::new() },
            generated_rows: 1.0,
            inside_sized: 0,
            names_table_suffix: false,
            wildcard: None,
            filtered: false,
            limited: false,
        }
    }

    fn dialect(&self) -> Dialect {
        self.guard.dialect()
    }

    /// Notes a name that may stand before a parenthesis without being a function: an alias with its columns.
    fn explain(&mut self, ident: &Ident) {
        self.found.called.insert(ident.span.start);
    }

    fn alias(&mut self, alias: Option<&TableAlias>) -> Walk {
        let Some(TableAlias { explicit: _, name, columns, at }) = alias else { return Ok(()) };
        if at.is_some() {
            return Err(clause("an AT alias", at.as_ref().map(|at| at.span.start)));
        }
        self.explain(name);
        for column in columns {
            if let Some(data_type) = &column.data_type {
                self.data_type(data_type)?;
            }
        }
        Ok(())
    }
}

/// Refuses a clause that is no part of a read-only query in these dialects.
fn clause(what: &str, place: Option<Location>) -> Refusal {
    let refusal = Refusal::new(Reason::Clause, format!("{what} may not be used in a query: leave it out"));
    match place {
        Some(place) => refusal.at_location(place),
        None => refusal,
    }
}

/// Where a part of the tree starts; costs a walk down its left edge.
fn place(part: &impl Spanned) -> Option<Location> {
    Some(part.span().start)
}
