//! Starting a server on a free port and waiting until it answers; ending it, in peace or not, and starting it again.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use super::{
    session::{Session, last_words},
    watcher::Signal,
};
use crate::process::{Outcome, run_quietly};

/// A port is found free before the server takes it; another process can be quicker.
const TRIES: u32 = 4;
/// Enough for a busy machine with a cold disk.
const PATIENCE: Duration = Duration::from_secs(180);
const GLANCE: Duration = Duration::from_millis(50);

/// How to start a server.
pub(super) struct Launch<'a> {
    /// The folder it works in, where its log is kept.
    pub(super) folder: &'a Path,
    /// What its log says when it takes requests: no other process's answer on the port is taken for its own.
    pub(super) ready: &'static str,
    /// How it is asked to end.
    pub(super) signal: Signal,
}

impl Launch<'_> {
    /// Starts the server that `command` makes for a port; gives the port it listens on.
    pub(super) fn start(&self, session: &Session, command: impl Fn(u16) -> Outcome<Command>) -> Outcome<u16> {
        let mut tried = 0;
        loop {
            tried += 1;
            let port = free_port()?;
            let log = self.folder.join(format!("log-{tried}"));
            let mut command = command(port)?;
            let process = session.spawn(&mut command, &log, self.signal)?;
            let mut running =
                Running { process, command, log, logged: 0, ready: self.ready, signal: self.signal };
            let Err(reason) = running.wait() else {
                session.keep(running);
                return Ok(port);
            };
            let in_use = contains(&running.log, 0, "ddress already in use");
            if running.process.try_wait().is_ok_and(|status| status.is_some()) {
                session.forget(&running.process);
            } else {
                session.keep(running);
            }
            if tried == TRIES || !in_use {
                return Err(reason);
            }
        }
    }
}

/// A server that was started.
pub(super) struct Running {
    pub(super) process: Child,
    /// What starts it, on the same port with the same data.
    command: Command,
    log: PathBuf,
    /// How long the log was when this process started.
    logged: u64,
    ready: &'static str,
    signal: Signal,
}

impl Running {
    /// Waits until it takes requests.
    fn wait(&mut self) -> Outcome {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            // Looked at before the log: what it wrote last is then in there.
            let ended = self.ended()?;
            let ready = contains(&self.log, self.logged, self.ready);
            if let Some(status) = ended {
                return Err(format!("the server ended at its start ({status}): {}", last_words(&self.log)));
            }
            if ready {
                return Ok(());
            }
            thread::sleep(GLANCE);
        }
        Err(format!("the server is not ready after {} s: {}", PATIENCE.as_secs(), last_words(&self.log)))
    }

    fn ended(&mut self) -> Outcome<Option<std::process::ExitStatus>> {
        self.process.try_wait().map_err(|error| format!("{}: {error}", self.log.display()))
    }

    /// Kills it and its children at once, as a crash of the machine would.
    pub(super) fn kill(&mut self, session: &Session) -> Outcome {
        let leader = self.process.id();
        // Stopped first, so that it starts no further child meanwhile.
        send("STOP", &[leader])?;
        let mut family = children(leader)?;
        family.push(leader);
        send("KILL", &family)?;
        self.gone(session)?;
        // Nobody waits for a grandchild; while it holds memory or files, the next server does not start.
        let began = Instant::now();
        while family.iter().any(|id| lives(*id)) {
            if began.elapsed() > PATIENCE {
                return Err("a killed server left processes behind".to_owned());
            }
            thread::sleep(GLANCE);
        }
        Ok(())
    }

    /// Asks it to end, as its administrator would.
    pub(super) fn stop(&mut self, session: &Session) -> Outcome {
        send(self.signal.name(), &[self.process.id()])?;
        self.gone(session)
    }

    fn gone(&mut self, session: &Session) -> Outcome {
        let began = Instant::now();
        while self.ended()?.is_none() {
            if began.elapsed() > PATIENCE {
                return Err(format!("the server does not end: {}", last_words(&self.log)));
            }
            thread::sleep(GLANCE);
        }
        session.forget(&self.process);
        Ok(())
    }

    /// Starts it again after its end.
    pub(super) fn start(&mut self, session: &Session) -> Outcome {
        self.logged = fs::metadata(&self.log).map(|log| log.len()).unwrap_or_default();
        self.process = session.spawn(&mut self.command, &self.log, self.signal)?;
        self.wait()
    }
}

fn send(signal: &str, processes: &[u32]) -> Outcome {
    let mut kill = Command::new("kill");
    run_quietly(kill.args(["-s", signal]).args(processes.iter().map(u32::to_string)))
}

/// The processes that a process started.
fn children(parent: u32) -> Outcome<Vec<u32>> {
    let Ok(processes) = fs::read_dir("/proc") else {
        // Not Linux. That there are none is a failure to pgrep.
        let pgrep = Command::new("pgrep").args(["-P", &parent.to_string()]).output();
        let pgrep = pgrep.map_err(|error| format!("pgrep does not start: {error}"))?;
        return Ok(String::from_utf8_lossy(&pgrep.stdout).lines().flat_map(str::parse).collect());
    };
    let ids = processes.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    Ok(ids.filter(|id| state(*id).is_some_and(|(_, of)| of == parent)).collect())
}

/// Whether a process is more than an entry that nobody has asked for yet, as far as this system tells.
fn lives(process: u32) -> bool {
    state(process).is_some_and(|(state, _)| !matches!(state, 'Z' | 'X'))
}

/// The state of a process and its parent, as proc(5) has them.
fn state(process: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, in parentheses, may hold spaces.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

/// Whether the log says these words beyond its first `from` bytes.
fn contains(log: &Path, from: u64, words: &str) -> bool {
    let text = fs::read(log).unwrap_or_default();
    let start = usize::try_from(from).unwrap_or(usize::MAX).min(text.len());
    String::from_utf8_lossy(&text[start..]).contains(words)
}

fn free_port() -> Outcome<u16> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    port.map(|address| address.port()).map_err(|error| format!("no free port on 127.0.0.1: {error}"))
}
