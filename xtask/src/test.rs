//! `cargo xtask test`: every test there is, each kind ending with its runner's own summary.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    browser,
    process::{Outcome, cargo, executable, program, run, starts, target},
    services,
    web::{self, npm},
};

/// Provisions what the tests need and runs them.
pub(crate) fn test() -> Outcome {
    web::build()?;
    let chromium = browser::chromium()?;
    let target = target()?;
    let server = server(&target)?;
    run(cargo().args(["build", "--package", "sqlatte-e2e"]))?;
    let slow_database = target.join("slow.db");
    run(program(executable(&target.join("debug"), "slow-db")).arg(&slow_database))?;

    run(npm().args(["run", "--silent", "test"]))?;
    run(npm()
        .args(["run", "--silent", "e2e"])
        .env("SQLATTE_BIN", &server)
        .env("SQLATTE_E2E_SLOW_DB", &slow_database)
        .env("CHROMIUM_PATH", chromium))?;
    run(cargo().args(["test", "--quiet", "--workspace", "--doc"]))?;
    let services = services::start_all()?;
    let mut rust = cargo();
    if starts(cargo().args(["nextest", "--version"])) {
        rust.args(["nextest", "run", "--workspace", "--no-fail-fast"]);
    } else {
        rust.args(["test", "--workspace", "--lib", "--bins", "--tests", "--examples", "--no-fail-fast"]);
    }
    run(rust.env("SQLATTE_BIN", &server).envs(&services.environment))
}

/// Builds the server that the whole-system tests run, and puts it where no other build writes.
///
/// A build of the whole workspace unites features: there the server has the guard's `unguarded`, which the test
/// kit needs and no server ever has.
fn server(target: &Path) -> Outcome<PathBuf> {
    run(cargo().args(["build", "--package", "sqlatte-server"]).env("SQLATTE_REQUIRE_WEB", "1"))?;
    let built = executable(&target.join("debug"), "sqlatte");
    let folder = target.join("whole-system");
    let kept = executable(&folder, "sqlatte");
    // A file that still runs cannot be written to, but it can be replaced.
    let new = folder.join("sqlatte.new");
    fs::create_dir_all(&folder)
        .and_then(|()| fs::copy(&built, &new))
        .and_then(|_| fs::rename(&new, &kept))
        .map_err(|error| format!("{} cannot be copied to {}: {error}", built.display(), kept.display()))?;
    Ok(kept)
}
