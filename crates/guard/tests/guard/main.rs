//! What passes the guard and what does not.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail and report this way"
)]

mod corpora;
mod depth;
mod forms;
mod messages;
mod names;
mod properties;
mod schema;
mod sqlite_names;
