//! `cargo xtask features`: what is switched off is not compiled.

use crate::process::{Outcome, cargo, output};

/// Each feature of the server with the third-party crates that only it may bring.
const FEATURES: [(&str, &[&str]); 4] = [
    ("db-sqlite", &["sqlatte-db-sqlite", "rusqlite"]),
    ("llm-anthropic", &["sqlatte-llm-anthropic", "reqwest"]),
    ("offline", &["sqlatte-offline"]),
    ("store-sqlite", &["sqlatte-store", "sqlx"]),
];

/// Asks cargo for the crates of each build and compares.
pub(crate) fn check() -> Outcome {
    for (chosen, _) in FEATURES {
        let tree = compiled(chosen)?;
        for (feature, crates) in FEATURES {
            for name in crates {
                let there = tree.iter().any(|line| line == name);
                if there != (feature == chosen) {
                    let said = if there { "is compiled" } else { "is missing" };
                    return Err(format!("with only `{chosen}` chosen, {name} {said}"));
                }
            }
        }
        println!("features: only {chosen}: {} crates", tree.len());
    }
    let shipped = output(cargo().args([
        "tree",
        "--package",
        "sqlatte-server",
        "--edges",
        "features,normal",
        "--prefix",
        "none",
        "--invert",
        "sqlatte-guard",
    ]))?;
    if shipped.contains("\"unguarded\"") {
        return Err("the server is built with sqlatte-guard's feature `unguarded`".to_owned());
    }
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
