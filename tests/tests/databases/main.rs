//! The real server on real PostgreSQL, MySQL, MariaDB and Trino: the main job on each, as on the demo
//! database.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]

mod bad_connections;
mod copy;
mod dropped;
mod engine;
mod large;
mod presto;
mod questions;
mod restart;
mod stops;
mod tpch;
