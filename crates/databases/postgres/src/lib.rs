//! PostgreSQL as the database that is asked.
//!
//! [`Postgres`] reads and does nothing else: each statement is prepared alone, runs in a read-only
//! transaction with time limits of the server's own, and is rolled back; the connection is swept before
//! anyone else has it. [`PostgresFactory`] makes it from a configuration.

mod address;
mod binary;
mod calendar;
mod config;
mod connect;
mod describe;
mod digits;
mod error;
mod estimate;
mod limit;
mod literal;
mod pages;
mod pool;
mod provider;
mod rights;
mod rows;
mod samples;
mod session;
mod target;
mod text;
mod tls;
mod types;

pub use crate::{
    config::{PostgresConfig, SslMode},
    provider::{Postgres, PostgresFactory},
};
