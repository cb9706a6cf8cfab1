//! Chromium for the browser tests.

use std::{fs, path::Path};

use crate::process::{Outcome, output, program, run, starts};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// The browser: `CHROMIUM_PATH`, one that is installed, or one that is installed now.
///
/// As root on Debian or Ubuntu the package is installed; anywhere else the error says what to do.
pub(crate) fn chromium() -> Outcome<String> {
    if let Ok(path) = std::env::var("CHROMIUM_PATH") {
        return Ok(path);
    }
    if let Some(path) = installed() {
        return Ok(path);
    }
    let debian =
        fs::read_to_string("/etc/os-release").is_ok_and(|text| text.to_lowercase().contains("debian"));
    let root = output(program("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if debian && root && starts(program("apt-get").arg("--version")) {
        run(program("apt-get").args(["update", "-qq"]))?;
        let packages = ["chromium", "fonts-dejavu-core"];
        let install = ["install", "-y", "-qq", "--no-install-recommends"];
        run(program("apt-get").args(install).args(packages).env("DEBIAN_FRONTEND", "noninteractive"))?;
        if let Some(path) = installed() {
            return Ok(path);
        }
    }
    Err("the browser tests need Chromium: install it (Debian and Ubuntu: `sudo apt install chromium`, macOS: \
         `brew install --cask google-chrome`), or name one with CHROMIUM_PATH"
        .to_owned())
}

fn installed() -> Option<String> {
    if Path::new(MAC).exists() {
        return Some(MAC.to_owned());
    }
    let found = |name: &&str| output(program("sh").args(["-c", &format!("command -v {name} || true")]));
    NAMES
        .iter()
        .filter_map(|name| found(name).ok())
        .map(|path| path.trim().to_owned())
        .find(|path| !path.is_empty())
}
