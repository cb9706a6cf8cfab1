//! A Java that is new enough.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{debian::find, session::Session};
use crate::process::Outcome;

/// Where installers put them.
const HOMES: [&str; 4] = ["/usr/lib/jvm", "/opt", "/usr/java", "/Library/Java/JavaVirtualMachines"];

/// The newest JDK of at least this version that the servers' user can run; `SQLATTE_TEST_JAVA` is taken as it is.
pub(super) fn java(session: &Session, at_least: u32) -> Outcome<PathBuf> {
    if let Some(named) = std::env::var_os("SQLATTE_TEST_JAVA").filter(|value| !value.is_empty()) {
        let named = PathBuf::from(named);
        let program = if named.is_dir() { named.join("bin/java") } else { named };
        return match version(session, &program) {
            Some(found) if found >= at_least => Ok(program),
            Some(found) => Err(format!("SQLATTE_TEST_JAVA is Java {found}; {at_least} or later is needed")),
            None => Err(format!("SQLATTE_TEST_JAVA: {} does not start", program.display())),
        };
    }
    let newest = candidates()
        .into_iter()
        // What has a compiler can run a source file.
        .filter(|program| program.with_file_name("javac").is_file())
        .filter_map(|program| Some((version(session, &program)?, program)))
        .max_by_key(|(version, _)| *version);
    match newest {
        Some((found, program)) if found >= at_least => Ok(program),
        other => {
            let newest = other.map_or_else(String::new, |(found, _)| format!("; the newest here is {found}"));
            Err(format!(
                "a JDK of Java {at_least} or later is needed{newest}: install one, as from \
                 https://adoptium.net, and name its folder with SQLATTE_TEST_JAVA if it is not found"
            ))
        }
    }
}

fn candidates() -> Vec<PathBuf> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let below =
        |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let sdkman = variable("HOME").map(|home| home.join(".sdkman/candidates/java"));
    let installed = HOMES.map(PathBuf::from).into_iter().chain(sdkman).flat_map(below);
    let homes = variable("JAVA_HOME").into_iter().chain(installed);
    let programs = homes.flat_map(|home| [home.join("bin/java"), home.join("Contents/Home/bin/java")]);
    let mut found: Vec<_> =
        programs.chain(find("java")).filter_map(|path| fs::canonicalize(path).ok()).collect();
    found.sort();
    found.dedup();
    found
}

fn version(session: &Session, program: &Path) -> Option<u32> {
    let output = session.command(program, Path::new("/")).arg("-version").output().ok()?;
    major(&String::from_utf8_lossy(&output.stderr))
}

/// The first number of a version: 25 of `openjdk version "25.0.3" 2026-04-21`; what calls itself 1.8 is old enough
/// to be 1.
fn major(text: &str) -> Option<u32> {
    let (_, quoted) = text.split_once("version \"")?;
    quoted.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn reads_versions() {
        assert_eq!(major("openjdk version \"25.0.3\" 2026-04-21 LTS\nOpenJDK …"), Some(25));
        assert_eq!(major("openjdk version \"24\" 2025-03-18"), Some(24));
        assert_eq!(major("openjdk version \"26-ea\" 2026-03-17"), Some(26));
        assert_eq!(major("java version \"1.8.0_402\""), Some(1));
        assert_eq!(major("no such file"), None);
    }
}
