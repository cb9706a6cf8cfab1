//! The process that ends what a session started, also when the session itself is killed.

use std::{
    io::Write,
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Mutex, PoisonError},
};

use crate::process::Outcome;

/// Reads what was started until the other end of its input is closed: that happens when the session ends, and when
/// its process dies of whatever. Then it stops every process group, politely for ten seconds, and removes the folder.
const SCRIPT: &str = r#"
groups=
while read -r word group signal; do
    case $word in
        started) groups="$groups $group:$signal" ;;
        ended)
            left=
            for known in $groups; do [ "${known%%:*}" = "$group" ] || left="$left $known"; done
            groups=$left
            ;;
    esac
done
for known in $groups; do kill -s "${known#*:}" -- "-${known%%:*}"; done
tries=100
for known in $groups; do
    while kill -s 0 -- "-${known%%:*}" && [ "$tries" -gt 0 ]; do
        sleep 0.1
        tries=$((tries - 1))
    done
    kill -s KILL -- "-${known%%:*}"
done
rm -rf -- "$1"
"#;

/// How a program is asked to end.
#[derive(Debug, Clone, Copy)]
pub(super) enum Signal {
    /// What PostgreSQL takes as: disconnect everybody and end.
    Interrupt,
    /// What all others understand.
    Terminate,
}

impl Signal {
    /// As `kill -s` takes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Signal::Interrupt => "INT",
            Signal::Terminate => "TERM",
        }
    }
}

/// Knows the process groups that a session started.
pub(super) struct Watcher {
    process: Child,
    orders: Mutex<Option<ChildStdin>>,
}

impl Watcher {
    /// Starts to watch over the processes of a folder.
    pub(super) fn over(folder: &Path) -> Outcome<Self> {
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT, "sqlatte-services"]).arg(folder);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/");
        own_group(&mut command);
        let mut process = command.spawn().map_err(|error| format!("`sh` does not start: {error}"))?;
        let orders = Mutex::new(process.stdin.take());
        Ok(Self { process, orders })
    }

    /// Starts a program as the leader of a process group that ends with the session.
    pub(super) fn spawn(&self, command: &mut Command, signal: Signal) -> Outcome<Child> {
        own_group(command);
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn().map_err(|error| format!("{name} does not start: {error}"))?;
        self.tell(&format!("started {} {}\n", child.id(), signal.name()));
        Ok(child)
    }

    /// A process that was waited for: its number may belong to another one soon.
    pub(super) fn forget(&self, child: &Child) {
        self.tell(&format!("ended {}\n", child.id()));
    }

    fn tell(&self, order: &str) {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pipe) = orders.as_mut() {
            // Without its reader nothing can be done here; the session still ends what it knows.
            let _ = pipe.write_all(order.as_bytes());
        }
    }

    /// Has everything stopped and waits for it. The children must be waited for: what nobody waited for looks alive.
    pub(super) fn stop(&mut self, children: &mut [Child]) {
        drop(self.orders.lock().unwrap_or_else(PoisonError::into_inner).take());
        for child in children {
            let _ = child.wait();
        }
        let _ = self.process.wait();
    }
}

/// Keeps a process out of reach of the terminal's Ctrl-C, and lets its children be found.
pub(super) fn own_group(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

#[cfg(all(test, unix))]
mod tests {
    use std::{
        fs,
        process::Command,
        time::{Duration, Instant},
    };

    use super::{Signal, Watcher};

    #[test]
    fn ends_what_it_was_told_of_and_nothing_else() {
        let folder = std::env::temp_dir().join(format!("sqlatte-watcher-{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("file"), "").unwrap();
        let mut watcher = Watcher::over(&folder).unwrap();
        let began = Instant::now();
        let server = "sleep 300 & sleep 300";
        let interrupted = watcher.spawn(Command::new("sleep").arg("300"), Signal::Interrupt).unwrap();
        let with_child = watcher.spawn(Command::new("sh").args(["-c", server]), Signal::Terminate).unwrap();
        let mut forgotten = watcher.spawn(Command::new("sleep").arg("300"), Signal::Terminate).unwrap();
        watcher.forget(&forgotten);

        let mut servers = [interrupted, with_child];
        watcher.stop(&mut servers);

        assert!(servers.iter_mut().all(|server| !server.wait().unwrap().success()));
        assert!(began.elapsed() < Duration::from_secs(60), "they were waited for");
        assert!(!folder.exists());
        assert!(forgotten.try_wait().unwrap().is_none());
        forgotten.kill().unwrap();
        forgotten.wait().unwrap();
    }
}
