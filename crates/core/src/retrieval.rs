//! Which tables a question is about, out of thousands: no network, no model, the same answer every time.
//!
//! A [`TableIndex`] is made once of a catalogue and asked with every question. Words of the question are found in names,
//! comments and sample values of tables and columns (`terms`, `fields`, `question`, in the manner of BM25); what keys
//! join, declared or inferred, lends each other weight (`graph`); and a schema whose tables explain the question
//! together brings them forward (`together`), because most questions stay in one schema. Where embeddings are set up,
//! the tables they find have some of the places (`nearest`).

mod fields;
mod graph;
mod index;
mod jsonl;
mod nearest;
mod question;
mod rank;
mod stop_words;
mod synonyms;
mod terms;
mod together;
mod weights;

#[cfg(test)]
mod tests;

pub use self::{
    index::TableIndex,
    jsonl::table_from_json,
    nearest::with_nearest,
    rank::{Prior, Ranked},
};
