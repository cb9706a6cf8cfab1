//! Measures the server that `SQLATTE_BIN` names, and prints what it measured beside what is wanted.
//!
//! `sqlatte-bench [--quick] [--write FILE]`: `--quick` tries everything with a fraction of the work, which says
//! nothing about speed; `--write` puts the tables into a Markdown file.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement that cannot be set up has failed, and its numbers are for the terminal"
)]

mod corpus;
mod databases;
mod export;
mod guard;
mod load;
mod machine;
mod model;
mod overhead;
mod own_time;
mod questions;
mod report;
mod servers;
mod start;
mod timings;
mod wire;
mod writing;

use std::{env, fs, process::ExitCode};

use machine::Machine;
use report::Report;
use servers::Servers;

/// How much work is done.
#[derive(Debug, Clone, Copy)]
struct Effort {
    quick: bool,
}

impl Effort {
    /// All of it, or a hundredth.
    fn of(self, whole: usize) -> usize {
        if self.quick { whole.div_ceil(100) } else { whole }
    }
}

// One thread makes the requests and plays the model, and leaves the rest of the machine to the server.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (quick, file) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => (false, None),
        ["--quick"] => (true, None),
        ["--write", file] => (false, Some(file.to_owned())),
        _ => {
            eprintln!("usage: sqlatte-bench [--quick] [--write FILE]");
            return ExitCode::from(2);
        }
    };
    if cfg!(debug_assertions) && !quick {
        eprintln!("a debug build measures nothing: build with --release, or pass --quick");
        return ExitCode::from(2);
    }
    let effort = Effort { quick };
    let machine = Machine::look();
    let mut report = Report::default();
    let servers = Servers::prepare(&mut report);
    start::measure(&servers, effort, &mut report).await;
    own_time::measure(&servers, effort, &mut report).await;
    writing::measure(effort, &mut report).await;
    load::measure(&servers, effort, &mut report).await;
    export::measure(effort, &mut report).await;
    databases::measure(effort, &mut report).await;
    overhead::note(&mut report);
    guard::measure(effort, &mut report);

    let after = Machine::load_average();
    println!("{}\n\n{}", machine.text(&after), report.text());
    if let Some(file) = file {
        fs::write(&file, report.document(&machine, &after)).unwrap_or_else(|error| panic!("{file}: {error}"));
        println!("written to {file}");
    }
    ExitCode::SUCCESS
}
