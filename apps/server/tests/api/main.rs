//! The HTTP API, called in process: routes, problems, sessions, limits, the document.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod cors;
mod document;
mod exports;
mod fixture;
mod limits;
mod logs;
mod operations;
mod schema;
mod sessions;
mod shapes;
mod sizes;
mod stores;
