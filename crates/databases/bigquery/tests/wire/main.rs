//! What the emulator lacks, against answers as BigQuery's documentation and reports of its users show them:
//! bytes and tables of a dry run, refusals, pages, nested rows, missing rights, cancelling.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod describing;
mod failing;
mod querying;
mod service;
mod stopping;
