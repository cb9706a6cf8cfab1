//! What belongs to one start of servers: a temporary folder, the processes in it, and who runs them.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command},
    sync::{Mutex, PoisonError},
};

use super::{
    Server,
    cache::Cache,
    debian::Debian,
    server::Running,
    watcher::{Signal, Watcher},
};
use crate::process::{Outcome, output, program};

/// Servers and their temporary folder; both are gone when this is.
pub(crate) struct Session {
    folder: PathBuf,
    /// Where servers run as somebody else: root may not be one.
    owner: Option<Owner>,
    pub(super) cache: Cache,
    debian: Debian,
    watcher: Watcher,
    servers: Mutex<Vec<Running>>,
}

/// The user that servers run as.
#[derive(Debug, Clone, Copy)]
struct Owner {
    user: u32,
    group: u32,
}

impl Session {
    /// Makes the folder; nothing runs yet.
    pub(super) fn begin(wanted: &[&'static Server]) -> Outcome<Self> {
        if !cfg!(unix) {
            return Err(
                "servers can be started on Linux and macOS only; elsewhere name the addresses of running \
                        ones in the environment"
                    .to_owned(),
            );
        }
        let root = id("-u", None)? == 0;
        let owner = root.then(Owner::nobody).transpose()?;
        let name = format!("sqlatte-services-{}", random()?);
        let folder = std::env::temp_dir().join(name);
        // Others may pass through it, to what is their own.
        make_folder(&folder, 0o711)?;
        let watcher = Watcher::over(&folder)?;
        let packages = wanted.iter().flat_map(|server| server.packages).copied().collect();
        let session = Self {
            cache: Cache::open(root)?,
            debian: Debian::new(packages),
            folder,
            owner,
            watcher,
            servers: Mutex::default(),
        };
        if !session.reaches(&session.folder) {
            let folder = std::env::temp_dir();
            return Err(format!(
                "as root, servers run as the user nobody, who cannot reach the temporary folder {}: name another \
                 one with TMPDIR",
                folder.display()
            ));
        }
        Ok(session)
    }

    /// Whether the servers' user can use what is in a folder.
    pub(super) fn reaches(&self, folder: &Path) -> bool {
        let mut ls = self.command("ls", Path::new("/"));
        ls.arg("-d").arg(folder.join(".")).output().is_ok_and(|ls| ls.status.success())
    }

    /// A new empty folder that only the servers' user can look into.
    pub(super) fn folder(&self, name: &str) -> Outcome<PathBuf> {
        let folder = self.folder.join(name);
        make_folder(&folder, 0o700)?;
        self.hand_over(&folder)?;
        Ok(folder)
    }

    /// A file that only the servers' user can read.
    pub(super) fn write(&self, file: &Path, text: &str) -> Outcome {
        use std::io::Write;
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(file).and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|error| format!("{}: {error}", file.display()))?;
        self.hand_over(file)
    }

    /// Whether this task runs as root, and servers therefore as nobody.
    pub(super) fn is_root(&self) -> bool {
        self.owner.is_some()
    }

    /// Installs the packages that the session's servers need, as far as that can be.
    pub(super) fn install(&self) -> Outcome {
        self.debian.install(self)
    }

    fn hand_over(&self, path: &Path) -> Outcome {
        #[cfg(unix)]
        if let Some(Owner { user, group }) = self.owner {
            std::os::unix::fs::chown(path, Some(user), Some(group))
                .map_err(|error| format!("{}: {error}", path.display()))?;
        }
        Ok(())
    }

    /// A program that will run as the servers' user in a folder of its own.
    pub(super) fn command(&self, name: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
        let mut command = Command::new(name);
        command.current_dir(folder).env("HOME", folder).env("TMPDIR", folder).env("LC_ALL", "C.UTF-8");
        #[cfg(unix)]
        if let Some(Owner { user, group }) = self.owner {
            use std::os::unix::process::CommandExt;
            command.uid(user).gid(group);
        }
        command
    }

    /// Runs a program to its end; what it prints goes to a file, the last of it into the error.
    pub(super) fn run(&self, command: &mut Command, log: &Path) -> Outcome {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = self.spawn(command, log, Signal::Terminate)?;
        let status = child.wait().map_err(|error| format!("{name}: {error}"))?;
        self.watcher.forget(&child);
        if status.success() { Ok(()) } else { Err(format!("{name} failed ({status}): {}", last_words(log))) }
    }

    /// Starts a program whose output goes to a file.
    pub(super) fn spawn(&self, command: &mut Command, log: &Path, signal: Signal) -> Outcome<Child> {
        let cannot = |error: std::io::Error| format!("{}: {error}", log.display());
        let file = fs::File::options().create(true).append(true).open(log).map_err(cannot)?;
        let copy = file.try_clone().map_err(cannot)?;
        command.stdin(std::process::Stdio::null()).stdout(copy).stderr(file);
        self.watcher.spawn(command, signal)
    }

    /// Keeps a server that runs until the session ends.
    pub(super) fn keep(&self, server: Running) {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner).push(server);
    }

    /// Does something with each server that is kept.
    pub(super) fn with_servers(&self, work: impl FnMut(&mut Running) -> Outcome) -> Outcome {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner).iter_mut().try_for_each(work)
    }

    /// Lets go of a process that ended.
    pub(super) fn forget(&self, process: &Child) {
        self.watcher.forget(process);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let servers = std::mem::take(self.servers.get_mut().unwrap_or_else(PoisonError::into_inner));
        let mut processes: Vec<Child> = servers.into_iter().map(|server| server.process).collect();
        self.watcher.stop(&mut processes);
    }
}

impl Owner {
    fn nobody() -> Outcome<Self> {
        Ok(Self { user: id("-u", Some("nobody"))?, group: id("-g", Some("nobody"))? })
    }
}

fn id(what: &str, user: Option<&str>) -> Outcome<u32> {
    let text = output(program("id").arg(what).args(user))?;
    text.trim().parse().map_err(|_| format!("`id {what}` said {text}"))
}

fn make_folder(path: &Path, mode: u32) -> Outcome {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let made = builder.create(path).and_then(|()| allow(path, mode));
    made.map_err(|error| format!("{}: {error}", path.display()))
}

/// Sets who may do what with a file or folder, whatever the umask.
pub(super) fn allow(path: &Path, mode: u32) -> std::io::Result<()> {
    #[cfg(unix)]
    return fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode));
    #[cfg(not(unix))]
    {
        let _ = (path, mode);
        Ok(())
    }
}

/// 128 bits nobody can guess, for passwords and names.
pub(super) fn random() -> Outcome<String> {
    let mut bytes = [0; 16];
    let read = fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes));
    read.map_err(|error| format!("/dev/urandom: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The end of a log, on one line, without the places in code that stand below an error of Java or Python.
pub(super) fn last_words(log: &Path) -> String {
    let text = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let place = |line: &str| line.starts_with("at ") || line.starts_with("File \"");
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty() && !place(line)).collect();
    lines[lines.len().saturating_sub(6)..].join(" | ")
}
