//! `cargo xtask bench`: measured on this machine, ratios and limits in one run.

use crate::{
    process::{Outcome, cargo, root, run},
    web,
};

/// Builds everything for release, then measures; the table goes to the screen and to docs/benchmarks.md.
pub(crate) fn bench() -> Outcome {
    web::build()?;
    run(cargo().args(["build", "--release", "--package", "sqlatte-server"]))?;
    run(cargo()
        .args(["run", "--release", "--quiet", "--package", "sqlatte-e2e", "--bin", "sqlatte-bench"])
        .env("SQLATTE_BIN", root().join("target/release/sqlatte")))
}
