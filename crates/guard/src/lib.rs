//! Says which SQL may run.
//!
//! SQL comes from a model, from a user's edit, from a saved favourite or from a schedule: all of it is
//! untrusted. [`Guard::check`] is the only door: it gives a [`Guarded`] statement, which nothing else can make
//! and which is all a database provider takes, or a [`Refusal`] whose words are for people.
//!
//! A statement passes these stations in order: the bytes of the text, the tokens as the engine cuts them, one
//! statement in the engine's grammar, the whole tree against what only reads, every call once more against the
//! tokens. What no station knows is refused.

mod dialect;
mod guard;
mod guarded;
mod refusal;

mod bytes;
mod calls;
mod catalogs;
mod foreign;
mod functions;
mod grammar;
mod lexer;
mod limit;
mod names;
mod schema;
mod volatile;
mod walk;

pub use crate::{
    dialect::{Dialect, UnknownDialect},
    guard::Guard,
    guarded::{Guarded, TableName},
    names::{Findings, KnownKey, KnownTable, KnownTables, NameKind, UnknownName},
    refusal::{Position, Reason, Refusal},
};
