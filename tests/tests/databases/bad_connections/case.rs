use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use sqlatte_e2e::{Server, Start};
use tokio::{runtime::Handle, task::spawn_blocking};

/// Connecting may take 10 s by default; the rest is for the start of a program on a busy machine.
const AT_MOST: Duration = Duration::from_secs(20);

/// Settings with a fault.
pub(super) struct Case {
    name: String,
    url: String,
    config: String,
    sql: &'static str,
}

/// What is wrong, and the database's address with that fault.
pub(super) fn case(name: impl Into<String>, url: impl Into<String>) -> Case {
    let (name, url) = (name.into(), url.into());
    Case { name, url, config: String::new(), sql: "SELECT name FROM cups" }
}

impl Case {
    /// More settings, as YAML.
    pub(super) fn config(self, yaml: impl Into<String>) -> Self {
        Case { config: yaml.into(), ..self }
    }

    /// What is asked instead of a table's rows.
    pub(super) fn asking(self, sql: &'static str) -> Self {
        Case { sql, ..self }
    }

    fn start(&self) -> Start {
        let start = Start::new().argument("--database").argument(&self.url);
        if self.config.is_empty() { start } else { start.config(&self.config) }
    }

    fn told(&self, runtime: &Handle) -> String {
        let mut text = format!("## {}\n", self.name);
        let (check, took) = timed(|| self.start().run("check"));
        let found = String::from_utf8(check.stdout).unwrap();
        let faults: Vec<&str> = found.lines().filter(|line| line.starts_with("FAIL  ")).collect();
        assert_eq!(check.status.success(), faults.is_empty(), "{}: {found}", self.name);
        assert!(took < AT_MOST, "{}: {took:?}", self.name);
        let check = faults.join("\n").replace("FAIL  ", "");
        let _ = writeln!(text, "check: {}", if check.is_empty() { "all is well" } else { &check });
        match self.start().try_serve() {
            Err(said) => {
                let lines: Vec<&str> =
                    said.lines().filter_map(|line| line.strip_prefix("sqlatte: ")).collect();
                assert_eq!(lines.len(), 1, "{}: one line for people: {said}", self.name);
                let _ = writeln!(text, "start: {}", same(lines[0], &check));
            }
            Ok(server) => {
                let (answer, took) = timed(|| runtime.block_on(self.asked(&server)));
                assert!(took < AT_MOST, "{}: {took:?}", self.name);
                let _ = writeln!(text, "asked: {}", same(&answer, &check));
            }
        }
        text
    }

    async fn asked(&self, server: &Server) -> String {
        let answer = server.client().sql(self.sql).await;
        if answer.status == 200 {
            return "an answer".to_owned();
        }
        let problem = answer.json();
        let [code, detail] = ["code", "detail"].map(|key| problem[key].as_str().unwrap().to_owned());
        answer.problem(answer.status, &code);
        format!("{} {code}: {detail}", answer.status)
    }
}

/// What was said already is not repeated.
fn same(said: &str, before: &str) -> String {
    let told = before.strip_prefix("database: ").unwrap_or(before);
    if told.is_empty() { said.to_owned() } else { said.replace(told, "[the same]") }
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let result = work();
    (result, began.elapsed())
}

/// What people are told in each case, without what differs from run to run: addresses, and the texts of `names`.
///
/// # Panics
/// When a text shows one of the `secrets`.
pub(super) async fn told(cases: Vec<Case>, names: &[(&str, &str)], secrets: &[&str]) -> String {
    let runtime = Handle::current();
    let mut texts = Vec::new();
    // Most of the time is spent waiting for what never answers.
    let running: Vec<_> = cases
        .into_iter()
        .map(|case| {
            let runtime = runtime.clone();
            spawn_blocking(move || case.told(&runtime))
        })
        .collect();
    for text in running {
        texts.push(text.await.unwrap());
    }
    let mut text = texts.join("\n");
    for secret in secrets {
        assert!(!text.contains(secret), "a secret is shown:\n{text}");
    }
    for (name, stands_for) in names {
        text = text.replace(name, stands_for);
    }
    without_ports(&text)
}

/// With `PORT` for the ports of this machine, and no words of its system on names that it cannot look up.
fn without_ports(text: &str) -> String {
    let mut clean = text.to_owned();
    for host in ["127.0.0.1:", "localhost:", "no-such-host.invalid:"] {
        let mut parts = clean.split(host);
        let mut without = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let rest = part.trim_start_matches(|letter: char| letter.is_ascii_digit());
            let _ = write!(without, "{host}PORT{rest}");
        }
        clean = without;
    }
    let mut parts = clean.split("failed to lookup address information: ");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, rest) = part.split_once(')').unwrap();
        let _ = write!(text, "…){rest}");
    }
    text
}
