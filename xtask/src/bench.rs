//! `cargo xtask bench`: measured on this machine, ratios and limits in one run.

use crate::{
    process::{Outcome, cargo, executable, output, program, run, target},
    services, web,
};

/// Builds everything for release, then measures; the table goes to the screen and to docs/benchmarks.md.
pub(crate) fn bench() -> Outcome {
    web::build()?;
    // Named before the build: a checkout can move on while it runs.
    let commit =
        output(program("git").args(["describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]))?;
    run(cargo().args(["build", "--release", "--package", "sqlatte-server"]))?;
    let services = services::start_named(&["postgres", "mariadb", "mysql"])?;
    // What an adapter adds to a small query is measured without the server around it.
    let overhead = target()?.join("overhead.tsv");
    run(cargo()
        .args(["bench", "--quiet", "--package", "sqlatte-e2e", "--bench", "overhead"])
        .envs(&services.environment)
        .env("SQLATTE_BENCH_OVERHEAD", &overhead))?;
    run(cargo()
        .args(["run", "--release", "--quiet", "--package", "sqlatte-e2e", "--bin", "sqlatte-bench"])
        .args(["--", "--write", "docs/benchmarks.md"])
        .envs(&services.environment)
        .env("SQLATTE_BENCH_OVERHEAD", &overhead)
        .env("SQLATTE_COMMIT", commit.trim())
        .env("SQLATTE_BIN", executable(&target()?.join("release"), "sqlatte")))
}

/// Counts calls of a model and their tokens; the table goes to the screen and to docs/benchmarks-llm.md.
pub(crate) fn llm() -> Outcome {
    // Counts are the same in every build.
    run(cargo().args(["build", "--package", "sqlatte-server"]))?;
    run(cargo()
        .args(["run", "--quiet", "--package", "sqlatte-e2e", "--example", "llm"])
        .args(["--", "docs/benchmarks-llm.md"])
        .env("SQLATTE_BIN", executable(&target()?.join("debug"), "sqlatte")))
}

/// Measures how well and how fast tables are found, on data beside the project.
pub(crate) fn retrieval() -> Outcome {
    run(cargo().args(["run", "--release", "--quiet", "--package", "sqlatte-core", "--example", "retrieval"]))
}
