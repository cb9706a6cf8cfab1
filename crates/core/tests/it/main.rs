//! The pipeline over real SQLite, with scripted interpreters and a clock that stands still.

mod conversation;
mod embed;
mod failures;
mod fixture;
mod prompted;
mod stages;
mod stopping;
