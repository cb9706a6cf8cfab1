//! Tasks of the workspace, run as `cargo xtask TASK`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a task talks to the person who started it")]

mod bench;
mod browser;
mod check;
mod features;
mod layers;
mod process;
mod serve;
mod services;
mod test;
mod tidy;
mod web;

use std::process::ExitCode;

use process::Outcome;

const USAGE: &str = "\
cargo xtask TASK

  serve [-- ARGS]   build the web pages and the release server, and start it with ARGS
  services          start, name and stop the servers that tests need; say `cargo xtask services` for more
  test              provision what the tests need and run them all: Rust, web, browser
  check             the static checks: fmt, clippy, layers, features, tidy, deny, web, docs, OpenAPI
  ci                check, then test
  web               build the web pages into web/dist
  openapi           write web/openapi.json from the code
  layers            hold the crate graph against the layer table
  features          prove that what is switched off is not compiled
  bench             measure and write docs/benchmarks.md
  bench llm         count calls of a model and their tokens (docs/benchmarks-llm.md)
  bench retrieval   measure how tables are found (docs/retrieval.md)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rest = arguments.iter().skip(1).skip_while(|argument| *argument == "--").cloned().collect::<Vec<_>>();
    let done: Outcome = match arguments.first().map(String::as_str) {
        Some("serve") => serve::serve(&rest),
        Some("services") => services::services(&rest),
        Some("test") => test::test(),
        Some("check") => check::check(),
        Some("ci") => check::check().and_then(|()| test::test()),
        Some("web") => web::build(),
        Some("openapi") => check::write_openapi(),
        Some("layers") => layers::check(),
        Some("features") => features::check(),
        Some("bench") if rest == ["retrieval"] => bench::retrieval(),
        Some("bench") if rest == ["llm"] => bench::llm(),
        Some("bench") => bench::bench(),
        _ => {
            println!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
