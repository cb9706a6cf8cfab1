//! `cargo xtask check`: what can be said without running the program.

use std::fs;

use crate::{
    features, layers,
    process::{Outcome, cargo, output, root, run, starts},
    tidy,
    web::{self, npm},
};

/// The static checks, the quick ones first.
pub(crate) fn check() -> Outcome {
    run(cargo().args(["fmt", "--all", "--check"]))?;
    tidy::check()?;
    layers::check()?;
    features::check()?;
    if starts(cargo().args(["deny", "--version"])) {
        // cargo-deny looks at every target; it reads what fetch brings and asks no network itself.
        run(cargo().args(["fetch", "--quiet", "--locked"]))?;
        run(cargo().args(["deny", "--offline", "check", "bans", "licenses", "sources"]))?;
    } else {
        println!("cargo-deny is not installed: licences, bans and sources are not checked here");
    }
    web::build()?;
    run(npm().args(["run", "--silent", "check"]))?;
    run(cargo().args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    run(cargo().args(["doc", "--quiet", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))?;
    let committed = fs::read_to_string(root().join(OPENAPI)).unwrap_or_default();
    if committed != openapi()? {
        return Err(format!("{OPENAPI} is stale: run `cargo xtask openapi` and commit it"));
    }
    Ok(())
}

const OPENAPI: &str = "web/openapi.json";

/// Writes the OpenAPI document that the web pages are typed by.
pub(crate) fn write_openapi() -> Outcome {
    fs::write(root().join(OPENAPI), openapi()?).map_err(|error| format!("{OPENAPI}: {error}"))
}

fn openapi() -> Outcome<String> {
    output(cargo().args(["run", "--quiet", "--package", "sqlatte-server", "--", "openapi"]))
}
