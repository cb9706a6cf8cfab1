//! Starting a server on a free port and waiting until it answers.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use super::{
    session::{Session, last_words},
    watcher::Signal,
};
use crate::process::Outcome;

/// A port is found free before the server takes it; another process can be quicker.
const TRIES: u32 = 4;
/// Enough for a busy machine with a cold disk.
const PATIENCE: Duration = Duration::from_secs(180);

/// How to start a server.
pub(super) struct Launch<'a> {
    /// The folder it works in, where its log is kept.
    pub(super) folder: &'a Path,
    /// What its log says when it takes requests: no other process's answer on the port is taken for its own.
    pub(super) ready: &'a str,
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
            let mut process = session.spawn(&mut command(port)?, &log, self.signal)?;
            let Err(reason) = self.wait(&mut process, &log) else {
                session.keep(process);
                return Ok(port);
            };
            if process.try_wait().is_ok_and(|status| status.is_some()) {
                session.forget(&process);
            } else {
                session.keep(process);
            }
            if tried == TRIES || !contains(&log, "ddress already in use") {
                return Err(reason);
            }
        }
    }

    fn wait(&self, process: &mut Child, log: &Path) -> Outcome {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            // Looked at before the log: what it wrote last is then in there.
            let ended = process.try_wait().map_err(|error| format!("{}: {error}", log.display()))?;
            let ready = contains(log, self.ready);
            if let Some(status) = ended {
                return Err(format!("the server ended at its start ({status}): {}", last_words(log)));
            }
            if ready {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err(format!("the server is not ready after {} s: {}", PATIENCE.as_secs(), last_words(log)))
    }
}

fn contains(log: &Path, words: &str) -> bool {
    String::from_utf8_lossy(&fs::read(log).unwrap_or_default()).contains(words)
}

fn free_port() -> Outcome<u16> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    port.map(|address| address.port()).map_err(|error| format!("no free port on 127.0.0.1: {error}"))
}
