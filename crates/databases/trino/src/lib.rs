//! Trino and Presto as the database that is asked.
//!
//! [`Trino`] speaks the engines' own HTTP protocol: it submits a statement, follows its pages and cancels it
//! when its time is up or nobody waits for it any more. [`TrinoFactory`] and [`PrestoFactory`] make it from a
//! configuration.

mod calls;
mod config;
mod describe;
mod error;
mod estimate;
mod headers;
mod listing;
mod partitions;
mod provider;
mod rows;
mod samples;
mod server;
mod statement;
mod temporal;
mod text;
mod types;
mod url;
mod values;
mod wire;

pub use crate::{
    config::{Protocol, TrinoConfig},
    provider::{PrestoFactory, Trino, TrinoFactory},
};
