//! Says which SQL may run.
//!
//! SQL comes from a model, from a user's edit, from a saved favourite or from a schedule: all of it is
//! untrusted. [`Guard::check`] is the only door: it gives a [`Guarded`] statement, which nothing else can make
//! and which is all a database provider takes, or a [`Refusal`] whose words are for people.

mod dialect;
mod guard;
mod guarded;
mod refusal;

pub use crate::{
    dialect::{Dialect, UnknownDialect},
    guard::Guard,
    guarded::{Guarded, TableName},
    refusal::{Position, Reason, Refusal},
};
