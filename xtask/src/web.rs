//! The web pages: `web/dist`, built with Node.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

use crate::process::{Outcome, output, program, root, run};

/// What the build reads; a change in any of it makes `web/dist` stale.
const SOURCES: [&str; 5] = ["src", "scripts", "package.json", "package-lock.json", "tsconfig.json"];
/// The oldest Node that the build tools run on.
const NODE: (u32, u32) = (20, 19);

/// Builds the pages if they are older than their sources.
pub(crate) fn build() -> Outcome {
    install()?;
    let page = web().join("dist/index.html");
    if newest(&SOURCES.map(|source| web().join(source))) > modified(&page) {
        run(npm().args(["run", "--silent", "build"]))?;
    }
    Ok(())
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
    let (major, minor) = NODE;
    let wanted = format!("Node {major}.{minor} or later is needed: https://nodejs.org");
    let version = output(program("node").arg("--version")).map_err(|_| wanted.clone())?;
    let mut parts = version.trim().trim_start_matches('v').split('.').map(|part| part.parse().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found >= NODE { Ok(()) } else { Err(format!("{wanted}; this is {}", version.trim())) }
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
