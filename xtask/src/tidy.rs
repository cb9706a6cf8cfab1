//! House rules about files, as code.

use crate::process::{Outcome, output, program, root};

/// Names under which anything could be hidden.
const NAMELESS: [&str; 4] = ["utils.rs", "helpers.rs", "common.rs", "misc.rs"];
/// What may stand in the root, besides dot-files.
const TOP: [&str; 16] = [
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "apps",
    "clippy.toml",
    "config",
    "crates",
    "deny.toml",
    "docs",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "tests",
    "web",
    "xtask",
];
/// Lines, tests at the foot included, from which a file surely holds two subjects.
const LONGEST: usize = 700;

/// Fails with every file that breaks a rule.
pub(crate) fn check() -> Outcome {
    let files = output(program("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    let mut faults = Vec::new();
    for file in files.lines() {
        let top = file.split('/').next().unwrap_or_default();
        if !top.starts_with('.') && !TOP.contains(&top) {
            faults.push(format!("{file}: `{top}` has no place in the root"));
        }
        let source = [".rs", ".ts", ".tsx"].iter().any(|ending| file.ends_with(ending));
        let name = file.rsplit('/').next().unwrap_or_default();
        if source && NAMELESS.contains(&name) {
            faults.push(format!("{file}: name it after what it holds"));
        }
        if source
            && let Ok(text) = std::fs::read_to_string(root().join(file))
            && text.lines().count() > LONGEST
        {
            faults.push(format!("{file}: {} lines hold more than one subject", text.lines().count()));
        }
    }
    if faults.is_empty() {
        println!("tidy: every file has its place and one subject");
        return Ok(());
    }
    Err(format!("not tidy:\n  {}", faults.join("\n  ")))
}
