//! SQLatte's own data in a SQLite file, behind the store ports of the core.
//!
//! [`SqliteStore::open`] gives sessions, conversations and history that survive a restart. One connection
//! writes and a few read. Writes that arrive together are committed together: each caller waits for the commit
//! that holds its write, so whoever was told "kept" reads it back, at the price of one commit for all.

mod conversations;
mod error;
mod group;
mod history;
mod open;
mod purge;
mod readers;
mod sessions;
mod sqlite;
mod value;
mod write;
mod writer;

pub use crate::{
    purge::{Purged, Retention},
    sqlite::SqliteStore,
};
