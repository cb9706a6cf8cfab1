//! `cargo xtask test`: every test there is, each kind ending with its runner's own summary.

use crate::{
    browser,
    process::{Outcome, cargo, root, run, starts},
    web::{self, npm},
};

/// Provisions what the tests need and runs them.
pub(crate) fn test() -> Outcome {
    web::build()?;
    let chromium = browser::chromium()?;
    run(cargo().args(["build", "--package", "sqlatte-server"]))?;
    let server = root().join("target/debug/sqlatte");

    run(npm().args(["run", "--silent", "test"]))?;
    run(npm().args(["run", "--silent", "e2e"]).env("SQLATTE_BIN", &server).env("CHROMIUM_PATH", chromium))?;
    run(cargo().args(["test", "--quiet", "--workspace", "--doc"]))?;
    let mut rust = cargo();
    if starts(cargo().args(["nextest", "--version"])) {
        rust.args(["nextest", "run", "--workspace", "--no-fail-fast"]);
    } else {
        rust.args(["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"]);
    }
    run(rust.env("SQLATTE_BIN", &server))
}
