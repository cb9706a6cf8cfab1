//! `cargo xtask features`: what is switched off is not compiled.

use crate::process::{Outcome, cargo, output, run};

/// Each feature of the server with the crates that it brings, and that no feature without them may bring.
const FEATURES: [(&str, &[&str]); 11] = [
    ("db-sqlite", &["sqlatte-db-sqlite", "rusqlite"]),
    ("db-postgres", &["sqlatte-db-postgres", "tokio-postgres"]),
    ("db-mysql", &["sqlatte-db-mysql", "mysql_async"]),
    ("db-trino", &["sqlatte-db-trino", "reqwest"]),
    ("db-bigquery", &["sqlatte-db-bigquery", "google-cloud-bigquery-v2", "google-cloud-auth", "reqwest"]),
    ("llm-anthropic", &["sqlatte-llm-anthropic", "reqwest"]),
    ("llm-gemini", &["sqlatte-llm-google", "reqwest"]),
    ("llm-openai", &["sqlatte-llm-openai", "reqwest"]),
    ("llm-vertex", &["sqlatte-llm-google", "google-cloud-auth", "reqwest"]),
    ("offline", &["sqlatte-offline"]),
    ("store-sqlite", &["sqlatte-store", "sqlx"]),
];

/// Asks cargo for the crates of each build and compares.
pub(crate) fn check() -> Outcome {
    for (chosen, brought) in FEATURES {
        let tree = compiled(chosen)?;
        for name in FEATURES.iter().flat_map(|(_, crates)| *crates) {
            let there = tree.iter().any(|line| line == name);
            if there != brought.contains(name) {
                let said = if there { "is compiled" } else { "is missing" };
                return Err(format!("with only `{chosen}` chosen, {name} {said}"));
            }
        }
        println!("features: only {chosen}: {} crates", tree.len());
    }
    for chosen in FEATURES.iter().map(|(feature, _)| *feature).chain([""]) {
        compiles(chosen)?;
    }
    guarded()
}

/// Compiles the server with one feature alone, or none: only so is what stands in for the others looked at.
fn compiles(feature: &str) -> Outcome {
    let build = ["clippy", "--quiet", "--package", "sqlatte-server", "--no-default-features", "--features"];
    run(cargo().args(build).arg(feature).args(["--", "-D", "warnings"]))
}

/// The server that is shipped, and the one that the whole-system tests run, is built alone, and so without the
/// test kit's feature that lets statements past the guard.
fn guarded() -> Outcome {
    let tree = ["tree", "--package", "sqlatte-server", "--edges", "features,normal", "--prefix", "none"];
    let shipped = output(cargo().args(tree).args(["--invert", "sqlatte-guard"]))?;
    if !shipped.contains("sqlatte-guard feature \"default\"") {
        return Err("cargo tree shows no features of sqlatte-guard: look at its output anew".to_owned());
    }
    if shipped.contains("\"unguarded\"") {
        return Err("the server is built with sqlatte-guard's feature `unguarded`".to_owned());
    }
    println!("features: the server alone is without `unguarded`");
    Ok(())
}

/// The names of the crates in a build with one feature.
fn compiled(feature: &str) -> Outcome<Vec<String>> {
    let tree = output(cargo().args([
        "tree",
        "--package",
        "sqlatte-server",
        "--no-default-features",
        "--features",
        feature,
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]))?;
    let mut names: Vec<String> =
        tree.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect();
    names.sort_unstable();
    names.dedup();
    Ok(names)
}
