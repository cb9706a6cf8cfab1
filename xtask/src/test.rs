//! `cargo xtask test`: every test there is, each kind ending with its runner's own summary.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    thread,
};

use crate::{
    browser,
    process::{Outcome, cargo, executable, program, run, starts, target},
    services,
    web::{self, npm},
};

/// Provisions what the tests need and runs them.
pub(crate) fn test() -> Outcome {
    // Not at the same time as the servers: both may install packages.
    let chromium = browser::chromium()?;
    // Ready by the time that the web tests are done. If those fail, the servers end with this process.
    let services = thread::spawn(services::start_all);
    web::build()?;
    let target = target()?;
    let server = server(&target)?;
    run(cargo().args(["build", "--package", "sqlatte-e2e"]))?;
    let slow_database = target.join("slow.db");
    run(program(executable(&target.join("debug"), "slow-db")).arg(&slow_database))?;

    // One that fails hides no other kind.
    let web = run(npm().args(["run", "--silent", "test"]));
    let browser = run(npm()
        .args(["run", "--silent", "e2e"])
        .env("SQLATTE_BIN", &server)
        .env("SQLATTE_E2E_SLOW_DB", &slow_database)
        .env("CHROMIUM_PATH", chromium));
    let docs = run(cargo().args(["test", "--quiet", "--workspace", "--doc"]));
    let services = services.join().unwrap_or_else(|_| Err("the start of the servers panicked".to_owned()))?;
    let skipped = Skipped::in_folder(&target)?;
    let mut rust = cargo();
    if starts(cargo().args(["nextest", "--version"])) {
        rust.args(["nextest", "run", "--workspace", "--no-fail-fast"]);
    } else {
        rust.args(["test", "--workspace", "--lib", "--bins", "--tests", "--examples", "--no-fail-fast"]);
    }
    rust.env("SQLATTE_BIN", &server).envs(&services.environment).env("SQLATTE_TEST_SKIPPED", &skipped.list);
    let rust = run(&mut rust);
    println!("{}", skipped.summary());
    web.and(browser).and(docs).and(rust)
}

/// The tests that were skipped for want of a server, which add themselves to a list.
struct Skipped {
    list: PathBuf,
}

impl Skipped {
    fn in_folder(folder: &Path) -> Outcome<Self> {
        let list = folder.join(format!("skipped-tests-{}", std::process::id()));
        fs::write(&list, "").map_err(|error| format!("{}: {error}", list.display()))?;
        Ok(Self { list })
    }

    /// How many for which reason.
    fn summary(&self) -> String {
        let text = fs::read_to_string(&self.list).unwrap_or_default();
        let mut reasons = BTreeMap::new();
        for line in text.lines() {
            let reason = line.split_once(": ").map_or(line, |(_, reason)| reason);
            *reasons.entry(reason).or_insert(0_u32) += 1;
        }
        let total: u32 = reasons.values().sum();
        if total == 0 {
            return "skipped: no test for want of a server".to_owned();
        }
        let lines = reasons.iter().map(|(reason, count)| format!("\n  {count}: {reason}"));
        format!("skipped: {total} tests for want of a server{}", lines.collect::<String>())
    }
}

impl Drop for Skipped {
    fn drop(&mut self) {
        // One file too many is no reason to fail.
        let _ = fs::remove_file(&self.list);
    }
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Skipped;

    #[test]
    fn counts_by_reason() {
        let skipped = Skipped::in_folder(&std::env::temp_dir()).unwrap();
        assert_eq!(skipped.summary(), "skipped: no test for want of a server");
        fs::write(&skipped.list, "reads: no A: set B\nstops: no A: set B\nreads: no C\n").unwrap();
        assert_eq!(skipped.summary(), "skipped: 3 tests for want of a server\n  2: no A: set B\n  1: no C");
    }
}
