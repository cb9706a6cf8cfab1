//! Chromium for the browser tests.

use std::{fs, path::Path};

use crate::process::{Outcome, output, program, run, starts};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// The browser: `CHROMIUM_PATH`, one that is installed, or one that is installed now.
///
/// As root on Debian the package is installed; anywhere else the error says what to do.
pub(crate) fn chromium() -> Outcome<String> {
    if let Ok(path) = std::env::var("CHROMIUM_PATH") {
        return Ok(path);
    }
    if let Some(path) = installed() {
        return Ok(path);
    }
    let system = System::of(&fs::read_to_string("/etc/os-release").unwrap_or_default());
    let root = output(program("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if system == System::Debian && root && starts(program("apt-get").arg("--version")) {
        run(program("apt-get").args(["update", "-qq"]))?;
        let packages = ["chromium", "fonts-dejavu-core"];
        let install = ["install", "-y", "-qq", "--no-install-recommends"];
        run(program("apt-get").args(install).args(packages).env("DEBIAN_FRONTEND", "noninteractive"))?;
        if let Some(path) = installed() {
            return Ok(path);
        }
    }
    let how = match system {
        System::Debian => "`sudo apt install chromium`",
        System::Ubuntu => {
            "Ubuntu's own package is a snap, which cannot be used here; install Google's, `curl -LO \
             https://dl.google.com/linux/direct/google-chrome-stable_current_amd64.deb && sudo apt install \
             ./google-chrome-stable_current_amd64.deb`"
        }
        System::Other => "any Chromium or Chrome will do, on macOS `brew install --cask google-chrome`",
    };
    Err(format!("the browser tests need Chromium: {how}, or name one with CHROMIUM_PATH"))
}

/// What decides where a browser comes from.
#[derive(Debug, PartialEq, Eq)]
enum System {
    Debian,
    /// Its `chromium` only fetches a snap.
    Ubuntu,
    Other,
}

impl System {
    /// From the text of `/etc/os-release`. Ubuntu's relatives say that they are like Debian too.
    fn of(release: &str) -> Self {
        let value = |key: &str| {
            let value = release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
            value.unwrap_or_default().trim_matches('"').to_lowercase()
        };
        let names = format!("{} {}", value("ID"), value("ID_LIKE"));
        if names.split_whitespace().any(|name| name == "ubuntu") {
            System::Ubuntu
        } else if names.split_whitespace().any(|name| name == "debian") {
            System::Debian
        } else {
            System::Other
        }
    }
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
        // Without its snap, Ubuntu's `chromium-browser` is a script that only says so.
        .find(|path| !path.is_empty() && starts(program(path).arg("--version")))
}

#[cfg(test)]
mod tests {
    use super::System;

    #[test]
    fn tells_debian_from_ubuntu() {
        assert_eq!(System::of("PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n"), System::Debian);
        assert_eq!(System::of("ID=ubuntu\nID_LIKE=debian\n"), System::Ubuntu);
        assert_eq!(System::of("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"), System::Ubuntu);
        assert_eq!(System::of("ID=fedora\n"), System::Other);
        assert_eq!(System::of(""), System::Other);
    }
}
