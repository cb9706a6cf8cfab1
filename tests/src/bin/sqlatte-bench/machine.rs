use std::{env, fs, process::Command, thread, time::Duration};

/// Where and what is measured.
#[derive(Debug)]
pub(crate) struct Machine {
    processor: String,
    cores: usize,
    memory_gb: f64,
    kernel: String,
    date: String,
    commit: String,
    load_before: String,
}

impl Machine {
    /// Reads it from Linux and from the checkout in the working directory.
    ///
    /// The commit is `SQLATTE_COMMIT` where it is set: the checkout may have moved on since the build.
    pub(crate) fn look() -> Self {
        let memory_kb = field("/proc/meminfo", "MemTotal").trim_end_matches(" kB").parse().unwrap_or(0.0);
        Machine {
            processor: field("/proc/cpuinfo", "model name"),
            cores: thread::available_parallelism().map_or(1, usize::from),
            memory_gb: memory_kb / 1024.0 / 1024.0,
            kernel: first_line("/proc/sys/kernel/osrelease"),
            date: said("date", &["-u", "+%Y-%m-%d %H:%M UTC"]),
            commit: env::var("SQLATTE_COMMIT")
                .unwrap_or_else(|_| said("git", &["rev-parse", "--short=12", "HEAD"])),
            load_before: Machine::load_average(),
        }
    }

    /// The load average of the last 1, 5 and 15 minutes.
    pub(crate) fn load_average() -> String {
        let text = first_line("/proc/loadavg");
        text.split(' ').take(3).collect::<Vec<_>>().join(" ")
    }

    /// Processor time that all programs together have used since the machine started.
    pub(crate) fn busy() -> Duration {
        let line = first_line("/proc/stat");
        let ticks = line.split_whitespace().skip(1).take(8).enumerate();
        // The fourth and fifth are time in which there was nothing to do.
        let busy = ticks.filter(|(index, _)| !(3..5).contains(index));
        let busy: u64 = busy.filter_map(|(_, field)| field.parse::<u64>().ok()).sum();
        // Linux counts in hundredths of a second.
        Duration::from_millis(busy * 10)
    }

    /// All of it, as a Markdown list.
    pub(crate) fn text(&self, load_after: &str) -> String {
        let Machine { processor, cores, memory_gb, kernel, date, commit, load_before } = self;
        format!(
            "- Machine: {processor}, {cores} cores, {memory_gb:.0} GB of memory, Linux {kernel}\n\
             - Date: {date}, commit {commit}\n\
             - Load average (1, 5, 15 minutes): {load_before} before, {load_after} after"
        )
    }
}

fn first_line(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default().lines().next().unwrap_or("unknown").to_owned()
}

/// The value of the first line `key : value`.
fn field(path: &str, key: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let value = text.lines().filter_map(|line| line.split_once(':')).find(|(name, _)| name.trim() == key);
    value.map_or("unknown", |(_, value)| value.trim()).to_owned()
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text =
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    if text.is_empty() { "unknown".to_owned() } else { text }
}
