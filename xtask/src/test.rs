//! `cargo xtask test`: every test there is, each kind ending with its runner's own summary.

use crate::{
    browser,
    process::{Outcome, cargo, program, root, run, starts},
    web::{self, npm},
};

/// Provisions what the tests need and runs them.
pub(crate) fn test() -> Outcome {
    web::build()?;
    let chromium = browser::chromium()?;
    run(cargo().args(["build", "--package", "sqlatte-server", "--package", "sqlatte-e2e"]))?;
    let server = root().join("target/debug/sqlatte");
    let slow_database = root().join("target/slow.db");
    run(program("target/debug/slow-db").arg(&slow_database))?;

    run(npm().args(["run", "--silent", "test"]))?;
    run(npm()
        .args(["run", "--silent", "e2e"])
        .env("SQLATTE_BIN", &server)
        .env("SQLATTE_E2E_SLOW_DB", &slow_database)
        .env("CHROMIUM_PATH", chromium))?;
    run(cargo().args(["test", "--quiet", "--workspace", "--doc"]))?;
    let mut rust = cargo();
    if starts(cargo().args(["nextest", "--version"])) {
        rust.args(["nextest", "run", "--workspace", "--no-fail-fast"]);
    } else {
        rust.args(["test", "--workspace", "--lib", "--bins", "--tests", "--examples", "--no-fail-fast"]);
    }
    run(rust.env("SQLATTE_BIN", &server))
}
