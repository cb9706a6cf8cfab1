//! MySQL and MariaDB as the database that is asked.
//!
//! [`MySql`] asks a server through prepared statements in read-only transactions, under limits of the server
//! and of its own; [`MySqlFactory`] makes it from a configuration.

mod address;
mod catalogue;
mod config;
mod describe;
mod error;
mod estimate;
mod geometry;
mod partitions;
mod pool;
mod position;
mod prepared;
mod provider;
mod rights;
mod rows;
mod samples;
mod server;
mod session;
mod statement;
mod stop;
mod stream;
mod tls;
mod types;

pub use crate::{
    config::MySqlConfig,
    provider::{MySql, MySqlFactory},
    tls::SslMode,
};
