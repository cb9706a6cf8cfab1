//! SQLite as the database that is asked, and the demo database.
//!
//! [`Sqlite`] reads a file and can do nothing else with it: the file is opened read-only, an authorizer lets only
//! reading statements be prepared, and limits bound what one statement may take. [`SqliteFactory`] makes it from
//! a configuration; [`demo::create`] makes a database to try it on.

mod authorizer;
mod comments;
mod config;
mod connection;
pub mod demo;
mod describe;
mod error;
mod functions;
mod pool;
mod provider;
mod rows;
mod samples;
mod stop;
mod stream;
mod types;

pub use crate::{
    config::SqliteConfig,
    provider::{Sqlite, SqliteFactory},
};
