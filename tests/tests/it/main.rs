//! The whole system, from outside: the real server as a process, asked over HTTP and on its command line.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail this way")]

mod answers;
mod bad_bodies;
mod bad_databases;
mod bad_models;
mod bad_questions;
mod bad_starts;
mod bounds;
mod cells;
mod command_line;
mod conversation;
mod cors;
mod document;
mod edges;
mod export;
mod favorites;
mod feedback;
mod first_start;
mod fuzz;
mod guard_lines;
mod history;
mod hosts;
mod keys;
mod operations;
mod own_files;
mod pages;
mod parallel;
mod retrieve_lines;
mod schema;
mod sessions;
mod settings;
mod shutdown;
mod stop;
mod stop_dropped;
mod streaming;
mod support;
