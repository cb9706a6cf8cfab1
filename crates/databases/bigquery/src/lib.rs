//! BigQuery as the database that is asked.
//!
//! [`Bigquery`] runs each statement as a job of its own, and only after a dry run said what it is: a
//! `SELECT`, over tables of the configured datasets, within the limit of bytes. [`BigqueryFactory`] makes it
//! from a configuration.

mod address;
mod check;
mod client;
mod config;
mod credentials;
mod deadline;
mod describe;
mod dry_run;
mod error;
mod fault;
mod interval;
mod job;
mod position;
mod provider;
mod retry;
mod rows;
mod samples;
mod scope;
mod stream;
mod types;

pub use crate::{
    config::BigqueryConfig,
    provider::{Bigquery, BigqueryFactory},
};
