//! Getting what a project file names.

use std::{fs, path::Path, process::Command};

use super::super::{debian::find, session::Session};
use crate::process::Outcome;

/// Has Maven carry out a project file, which puts its files into the folder `new`.
pub(super) fn get(session: &Session, pom: &str, new: &Path, scratch: &Path) -> Outcome {
    session.install()?;
    let mvn = find("mvn")
        .ok_or("Maven is needed to get Trino: `sudo apt install maven`, on macOS `brew install maven`")?;
    let file = scratch.join("pom.xml");
    fs::write(&file, pom).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut command = Command::new(mvn);
    command.args(["--batch-mode", "--no-transfer-progress", "package", "--file"]).arg(&file);
    command.arg(format!("-Dinto={}", new.display())).current_dir(scratch);
    let log = scratch.join("maven.log");
    session.run(&mut command, &log).map_err(|error| {
        // Maven's last words are the same for every fault.
        let text = fs::read_to_string(&log).unwrap_or_default();
        let fault = text
            .lines()
            .filter_map(|line| Some(line.split_once("[ERROR]")?.1))
            .find(|line| !line.trim().is_empty());
        fault.map_or(error, |fault| format!("Maven:{fault} (all it said is in {})", log.display()))
    })
}
