//! Packages of Debian and its relatives, installed as root when a server needs them.

use std::{path::PathBuf, process::Command, sync::OnceLock, time::Instant};

use super::{say, seconds, session::Session, watcher::own_group};
use crate::process::{Outcome, starts};

/// A package and what shows that it is installed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Package {
    /// Its name.
    pub(super) name: &'static str,
    /// Whether what it brings is there.
    pub(super) installed: fn(&Session) -> bool,
}

/// Installs, and while that lasts no service is started. What stood in the place of policy-rc.d comes back however
/// this ends; what an earlier run could not clean up, as it was killed, is put right first.
const SCRIPT: &str = r#"
exec 9>/run/sqlatte-services.lock && flock 9 || exit 1
policy=/usr/sbin/policy-rc.d
kept=$policy.sqlatte-kept
mark='# No service starts during an installation by sqlatte.'
is_there() { [ -e "$1" ] || [ -L "$1" ]; }
restore() {
    ! grep -qsxF "$mark" "$policy" || rm -f "$policy"
    ! is_there "$kept" || mv -f "$kept" "$policy"
}
restore
trap restore EXIT
trap 'exit 1' HUP INT TERM
! is_there "$policy" || mv "$policy" "$kept" || exit 1
printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$policy" && chmod 755 "$policy" || exit 1
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq &&
    apt-get install -y -qq --no-install-recommends -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 "$@"
"#;

/// The packages that a session may install, all in one go.
pub(super) struct Debian {
    packages: Vec<Package>,
    done: OnceLock<Outcome>,
}

impl Debian {
    pub(super) fn new(packages: Vec<Package>) -> Self {
        Self { packages, done: OnceLock::new() }
    }

    /// Makes sure that the packages the session needs are installed, as far as that can be: on other systems, and
    /// for other users than root, it is no error and nothing happens.
    pub(super) fn install(&self, session: &Session) -> Outcome {
        self.done.get_or_init(|| self.install_missing(session)).clone()
    }

    fn install_missing(&self, session: &Session) -> Outcome {
        let mut names: Vec<_> = self
            .packages
            .iter()
            .filter(|package| !(package.installed)(session))
            .map(|package| package.name)
            .collect();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() || !session.is_root() || !has_apt() {
            return Ok(());
        }
        let began = Instant::now();
        say("debian", format!("installing {} …", names.join(" ")));
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT, "sqlatte-services"]).args(&names);
        // An installation is not to be broken off half-way.
        own_group(&mut command);
        let output = command.output().map_err(|error| format!("`sh` does not start: {error}"))?;
        if !output.status.success() {
            // apt sums up; dpkg, which knows the cause, writes to the other stream.
            let streams = [output.stdout, output.stderr].concat();
            let text = String::from_utf8_lossy(&streams);
            let errors = text.lines().filter(|line| line.contains("error") || line.starts_with("E:"));
            let errors: Vec<_> = errors.take(5).collect();
            return Err(format!("apt-get cannot install {}: {}", names.join(" "), errors.join("; ")));
        }
        say("debian", format!("installed them in {}", seconds(began.elapsed())));
        Ok(())
    }
}

/// Whether this is Debian or one of its relatives.
pub(super) fn has_apt() -> bool {
    starts(Command::new("apt-get").arg("--version"))
}

/// A program by its name: in `PATH`, or where servers are that the path of a plain user does not name.
pub(super) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let more = ["/usr/local/sbin", "/usr/sbin", "/usr/bin", "/opt/homebrew/bin", "/usr/local/bin"];
    std::env::split_paths(&path)
        .chain(more.map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}
