//! The web pages: `web/dist`, built with Node.

use std::{
    fs::{self, File},
    io::ErrorKind,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

use crate::process::{Outcome, output, program, root, run};

/// What the build reads; a change in any of it makes `web/dist` stale.
const SOURCES: [&str; 5] = ["src", "scripts", "package.json", "package-lock.json", "tsconfig.json"];
/// Written after a build that went well to its last check: a page alone may be of one that did not. It lies outside
/// of `dist`, which the server takes in whole.
const STAMP: &str = "node_modules/.sqlatte-pages";

/// Builds the pages if they are older than their sources.
pub(crate) fn build() -> Outcome {
    install()?;
    let (page, stamp) = (web().join("dist/index.html"), web().join(STAMP));
    if page.exists() && newest(&SOURCES.map(|source| web().join(source))) <= modified(&stamp) {
        return Ok(());
    }
    let cannot = |error: std::io::Error| format!("{}: {error}", stamp.display());
    match fs::remove_file(&stamp) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(cannot(error)),
        _ => {}
    }
    // What is edited while it runs belongs to the next build.
    let began = SystemTime::now();
    run(npm().args(["run", "--silent", "build"]))?;
    File::create(&stamp).and_then(|file| file.set_modified(began)).map_err(cannot)
}

/// Installs the packages of the lock file if they are not those.
pub(crate) fn install() -> Outcome {
    require_node()?;
    let installed = web().join("node_modules/.package-lock.json");
    if modified(&web().join("package-lock.json")) > modified(&installed) {
        run(npm().args(["ci", "--no-audit", "--no-fund"]).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))?;
    }
    Ok(())
}

/// npm in the web folder.
pub(crate) fn npm() -> Command {
    let mut npm = program(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir(web());
    npm
}

fn web() -> PathBuf {
    root().join("web")
}

fn require_node() -> Outcome {
    let wanted = "Node 20.19 or later of 20, or 22.12 or later, is needed: https://nodejs.org";
    let version = output(program("node").arg("--version")).map_err(|_| wanted.to_owned())?;
    if suits(version.trim()) { Ok(()) } else { Err(format!("{wanted}; this is {}", version.trim())) }
}

/// The versions that the build tools run on: `^20.19 || >=22.12`.
fn suits(version: &str) -> bool {
    let mut parts = version.trim_start_matches('v').split('.').map(|part| part.parse().unwrap_or(0));
    let found: (u32, u32) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    matches!(found, (20, 19..)) || found >= (22, 12)
}

fn modified(path: &Path) -> SystemTime {
    fs::metadata(path).and_then(|file| file.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
}

fn newest(paths: &[PathBuf]) -> SystemTime {
    paths.iter().map(|path| newest_below(path)).max().unwrap_or(SystemTime::UNIX_EPOCH)
}

fn newest_below(path: &Path) -> SystemTime {
    let own = modified(path);
    let Ok(folder) = fs::read_dir(path) else { return own };
    folder.flatten().map(|entry| newest_below(&entry.path())).max().unwrap_or(own).max(own)
}

#[cfg(test)]
mod tests {
    use super::suits;

    #[test]
    fn knows_the_node_it_needs() {
        for good in ["v20.19.0", "v20.20.1", "v22.12.0", "v23.0.0", "v24.1.0"] {
            assert!(suits(good), "{good}");
        }
        for bad in ["v18.20.0", "v20.18.9", "v21.7.0", "v22.11.0", "", "node"] {
            assert!(!suits(bad), "{bad}");
        }
    }
}
