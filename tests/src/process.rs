use std::{
    env, fs,
    path::PathBuf,
    time::{Duration, Instant},
};

/// The `sqlatte` binary: `SQLATTE_BIN`, else the one beside this program in the target directory.
///
/// # Panics
/// When there is none.
pub fn binary() -> PathBuf {
    let path = match env::var_os("SQLATTE_BIN") {
        Some(path) => PathBuf::from(path),
        None => {
            let own = env::current_exe().expect("a program knows where it is");
            let folder = own.parent().expect("a program is in a folder");
            let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
            folder.join(format!("sqlatte{}", env::consts::EXE_SUFFIX))
        }
    };
    assert!(
        path.exists(),
        "there is no server at {}: build it with `cargo build -p sqlatte-server`, or name one with SQLATTE_BIN",
        path.display()
    );
    path
}

/// What a process costs, as Linux says it.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    pid: u32,
}

impl Load {
    /// Of the process with this id.
    pub fn of(pid: u32) -> Self {
        Load { pid }
    }

    /// Processor time used so far, by all threads.
    pub fn processor(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid)).expect("the process lives");
        // The name, in parentheses, may hold spaces; user and system time are the 14th and 15th fields.
        let (_, fields) = stat.rsplit_once(')').expect("the format of proc(5)");
        let ticks = fields.split_whitespace().skip(11).take(2).map(|field| field.parse::<u64>().unwrap_or(0));
        // Linux counts in hundredths of a second on every architecture we build for.
        Duration::from_millis(ticks.sum::<u64>() * 10)
    }

    /// Memory it holds, in bytes.
    pub fn memory(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// The most memory it held since the last [`reset_peak`](Self::reset_peak), in bytes.
    pub fn peak_memory(&self) -> u64 {
        self.status("VmHWM:")
    }

    /// Forgets the most memory it held.
    pub fn reset_peak(&self) {
        fs::write(format!("/proc/{}/clear_refs", self.pid), "5").expect("one's own child may be asked this");
    }

    fn status(&self, key: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid)).expect("the process lives");
        let line = status.lines().find_map(|line| line.strip_prefix(key)).expect("the format of proc(5)");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("the format of proc(5)") * 1024
    }

    /// Waits until the process uses next to no processor time, and says how long that took, or `None` if it went
    /// on working until the time was over.
    pub async fn idle_within(&self, time: Duration) -> Option<Duration> {
        const LOOK: Duration = Duration::from_millis(100);
        let began = Instant::now();
        let mut before = self.processor();
        loop {
            let looked = Instant::now();
            tokio::time::sleep(LOOK).await;
            let now = self.processor();
            // A running statement uses a whole core: ten ticks in this time.
            if now - before < LOOK / 3 {
                return Some(looked - began);
            }
            if began.elapsed() > time {
                return None;
            }
            before = now;
        }
    }
}
