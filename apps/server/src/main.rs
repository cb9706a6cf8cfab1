//! The `sqlatte` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    sqlatte_server::cli::run()
}
