//! The commands besides `serve`; each prints to standard output.

mod ask;
mod check;
mod guard;
mod lines;
mod retrieve;

use std::{io::Write, process::ExitCode};

pub(crate) use self::{ask::ask, check::check, guard::guard, retrieve::retrieve};
use crate::{runtime::StartError, wiring};

/// Prints the OpenAPI document.
pub(crate) fn openapi() -> Result<ExitCode, StartError> {
    let document =
        crate::document().to_pretty_json().map_err(|error| StartError::System(error.to_string()))?;
    print(&document)
}

/// Prints the version and the kinds of provider.
pub(crate) fn version() -> Result<ExitCode, StartError> {
    print(&format!(
        "sqlatte {}\ndatabases: {}\ninterpreters: {}",
        env!("CARGO_PKG_VERSION"),
        wiring::registry().databases().join(", "),
        wiring::interpreters().join(", "),
    ))
}

/// A reader that went away (`sqlatte openapi | head`) is no error.
fn print(text: &str) -> Result<ExitCode, StartError> {
    let _ = writeln!(std::io::stdout(), "{text}");
    Ok(ExitCode::SUCCESS)
}
