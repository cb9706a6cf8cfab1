//! Questions to SQL with no model: the interpreter that always works.
//!
//! A question goes through stages, each in a module of its own and each testable alone:
//! tokenise (`token`) → link to tables, columns and values (`link`, over `lexicon` and `values`) → parse into what
//! is asked (`parse`, giving a `query`) → plan the joins (`plan`) → write the SQL (`sql`).
//! What it cannot read it declines: every word of a question is accounted for, or the question is not answered.

mod dates;
mod engine;
mod explain;
mod figures;
mod followup;
mod house;
mod lexicon;
mod link;
mod model;
mod parse;
mod periods;
mod phrasing;
mod places;
mod plan;
mod query;
mod reader;
mod smalltalk;
mod sql;
mod suggest;
mod sureness;
mod synonyms;
mod token;
mod usage;
mod values;
mod words;

#[cfg(test)]
mod tests;

pub use crate::engine::Offline;
use sqlatte_core::text;
