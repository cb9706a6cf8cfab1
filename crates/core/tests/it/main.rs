//! The pipeline over real SQLite, with scripted interpreters and a clock that stands still.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod cache;
mod conversation;
mod embed;
mod embeddings;
mod failures;
mod fallback;
mod fixture;
mod house;
mod insights_told;
mod large;
mod merged_catalogue;
mod prompted;
mod repair;
mod retrieval;
mod room;
mod stages;
mod stopping;
