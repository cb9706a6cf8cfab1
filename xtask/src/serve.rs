//! `cargo xtask serve`: from a clone to a running server.

use crate::{
    process::{Outcome, cargo, program, root, run},
    web,
};

/// Builds the pages and the release server, and runs it.
pub(crate) fn serve(arguments: &[String]) -> Outcome {
    web::build()?;
    run(cargo().args(["build", "--release", "--package", "sqlatte-server"]).env("SQLATTE_REQUIRE_WEB", "1"))?;
    let server = root().join("target/release/sqlatte");
    run(program(&server.to_string_lossy()).arg("serve").args(arguments))
}
