//! What the whole-system tests and the benchmarks share: the real server as a process, an HTTP client, event
//! streams, and database files to ask.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test or a measurement that cannot be set up has failed"
)]

pub mod database;
mod events;
mod http;
mod process;
mod questions;
mod server;

pub use self::{
    events::{Event, Events},
    http::{Answering, Client, Connection, Response},
    process::{Load, binary},
    questions::{Question, demo_questions, questions_on_many},
    server::{Server, Start},
};
