//! `cargo xtask serve`: from a clone to a running server.

use crate::{
    process::{Outcome, become_program, cargo, executable, program, run, target},
    web,
};

/// Builds the pages and the release server, and runs it.
pub(crate) fn serve(arguments: &[String]) -> Outcome {
    web::build()?;
    run(cargo().args(["build", "--release", "--package", "sqlatte-server"]).env("SQLATTE_REQUIRE_WEB", "1"))?;
    let server = executable(&target()?.join("release"), "sqlatte");
    become_program(program(server).arg("serve").args(arguments))
}
