//! Servers written in Python, in environments of their own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    debian::{Package, find},
    session::Session,
};
use crate::process::{Outcome, starts};

/// Debian keeps the half of venv that brings pip in a package of its own.
pub(super) const VENV: Package =
    Package { name: "python3-venv", installed: |session| interpreter(session).is_some() };

/// The Python of a virtual environment with just these packages, `name==version` each, made once.
pub(super) fn environment(
    session: &Session,
    server: &str,
    name: &str,
    what: &str,
    requirements: &str,
    finish: impl FnOnce(&Path, &Path) -> Outcome,
) -> Outcome<PathBuf> {
    session.install()?;
    let python = interpreter(session).ok_or(
        "Python 3.11 or later with its venv module is not installed: `sudo apt install python3-venv`, on macOS \
         `brew install python`",
    )?;
    let folder = session.cached(server, name, what, |new, scratch| {
        let log = scratch.join("log");
        let list = scratch.join("requirements.txt");
        fs::write(&list, requirements).map_err(|error| format!("{}: {error}", list.display()))?;
        session.run(Command::new(&python).args(["-m", "venv"]).arg(new), &log)?;
        let mut pip = Command::new(new.join("bin/python"));
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--requirement",
        ]);
        session.run(pip.arg(&list), &log)?;
        finish(new, &log)
    })?;
    Ok(folder.join("bin/python"))
}

/// A Python that can make environments. As root it is the system's: the servers' user must be able to run it.
fn interpreter(session: &Session) -> Option<PathBuf> {
    let python = if session.is_root() { PathBuf::from("/usr/bin/python3") } else { find("python3")? };
    let can = "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))";
    starts(Command::new(&python).args(["-c", can])).then_some(python)
}
