//! `cargo xtask services`: the real servers that tests talk to, each on a free port of the loopback interface.
//!
//! Whoever starts servers holds a [`Session`]; they live in its temporary folder, and end with it however it ends.

mod bigquery;
mod cache;
mod debian;
mod java;
mod keeper;
mod mariadb;
mod mysql;
mod own;
mod postgres;
mod python;
mod redis;
mod server;
mod session;
mod smtp;
mod trino;
mod watcher;

use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

use crate::process::{Outcome, program};

pub(crate) use session::Session;

/// The variable with this program, for tests that start servers of their own.
const PROGRAM: &str = "SQLATTE_TEST_SERVICES";

/// Names and values for the environment of tests.
pub(crate) type Environment = BTreeMap<String, String>;

/// A server that can be started.
struct Server {
    /// The name on the command line.
    name: &'static str,
    /// The name for people.
    title: &'static str,
    /// The environment variable with its address.
    address: &'static str,
    /// The Debian packages it may need, each with a program that shows whether it is there.
    packages: &'static [debian::Package],
    /// Gets what it needs and starts it; gives its address and whatever else tests want to know.
    start: fn(&Session) -> Outcome<Environment>,
}

const SERVERS: [Server; 7] = [
    postgres::SERVER,
    mariadb::SERVER,
    mysql::SERVER,
    redis::SERVER,
    smtp::SERVER,
    trino::SERVER,
    bigquery::SERVER,
];

pub(crate) const USAGE: &str = "\
cargo xtask services COMMAND

  up [NAME…]                 start them in the background; their addresses are printed as `export` lines
  env                        print the addresses of those in the background
  down                       stop those in the background
  run [NAME…] -- PROGRAM …   start them, run the program with their addresses, stop them
  own NAME                   start one for a test that kills it; for programs, see docs/guides/testing.md

Without a NAME all are meant. One whose address is in the environment is not started.";

/// Says what a server is doing; the addresses alone go to the standard output.
fn say(server: &str, what: impl std::fmt::Display) {
    eprintln!("services: {server}: {what}");
}

/// Runs a command of `cargo xtask services`.
pub(crate) fn services(arguments: &[String]) -> Outcome {
    let Some((command, rest)) = arguments.split_first() else { return Err(USAGE.to_owned()) };
    match command.as_str() {
        "up" => keeper::up(&named(rest)?, !rest.is_empty()),
        "env" => keeper::env(),
        "down" => keeper::down(),
        "keep" => keeper::keep(&named(rest)?),
        "own" => match named(rest)?[..] {
            [server] => own::own(server),
            _ => Err(USAGE.to_owned()),
        },
        "run" => {
            let split = rest.iter().position(|word| word == "--");
            let (names, words) = split.map_or((rest, [].as_slice()), |at| (&rest[..at], &rest[at + 1..]));
            let Some((name, arguments)) = words.split_first() else { return Err(USAGE.to_owned()) };
            let started = start(&named(names)?)?;
            let status = program(name).args(arguments).envs(&started.environment).status();
            match status {
                Ok(status) if status.success() => Ok(()),
                Ok(status) => Err(format!("{name} failed ({status})")),
                Err(error) => Err(format!("{name} does not start: {error}")),
            }
        }
        _ => Err(USAGE.to_owned()),
    }
}

/// The servers of these names, all of them without a name.
fn named(names: &[String]) -> Outcome<Vec<&'static Server>> {
    let find = |name: &String| {
        let known = || SERVERS.map(|server| server.name).join(", ");
        let found = SERVERS.iter().find(|server| server.name == name);
        found.ok_or_else(|| format!("there is no server `{name}`, only {}", known()))
    };
    if names.is_empty() { Ok(SERVERS.iter().collect()) } else { names.iter().map(find).collect() }
}

/// Servers for as long as this is kept.
pub(crate) struct Started {
    /// The addresses, with those of servers that were running already.
    pub(crate) environment: Environment,
    _session: Option<Session>,
}

/// Starts all servers that neither the environment names nor `up` started.
pub(crate) fn start_all() -> Outcome<Started> {
    start(&SERVERS.iter().collect::<Vec<_>>())
}

/// Starts those of these names that neither the environment names nor `up` started.
pub(crate) fn start_named(names: &[&str]) -> Outcome<Started> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    start(&named(&names)?)
}

fn start(wanted: &[&'static Server]) -> Outcome<Started> {
    let mut environment = keeper::running()?;
    environment.extend(this_program());
    // What the environment names has precedence, with all that goes with it.
    for server in SERVERS.iter().filter(|server| is_named(server)) {
        let family = server.address.trim_end_matches("URL");
        environment.retain(|name, _| !name.starts_with(family));
    }
    let absent: Vec<_> = wanted.iter().copied().filter(|server| !has_address(server, &environment)).collect();
    if absent.is_empty() {
        return Ok(Started { environment, _session: None });
    }
    let session = Session::begin(&absent)?;
    environment.extend(start_in(&session, &absent)?);
    Ok(Started { environment, _session: Some(session) })
}

/// The name and value with which tests find this program; none where it cannot start servers.
fn this_program() -> Option<(String, String)> {
    let program = std::env::current_exe().ok().filter(|_| cfg!(unix))?;
    Some((PROGRAM.to_owned(), program.to_str()?.to_owned()))
}

/// Whether somebody else started it.
fn has_address(server: &Server, running: &Environment) -> bool {
    running.contains_key(server.address) || is_named(server)
}

/// Whether the environment has its address.
fn is_named(server: &Server) -> bool {
    std::env::var_os(server.address).is_some_and(|url| !url.is_empty())
}

/// Whether a server that cannot be had is a failure.
fn all_required() -> bool {
    std::env::var_os("SQLATTE_TEST_REQUIRE").is_some()
}

/// Starts servers at the same time. One that cannot be had is told of and missing in the answer.
fn start_in(session: &Session, wanted: &[&'static Server]) -> Outcome<Environment> {
    let started: Vec<_> = thread::scope(|scope| {
        let start = |server: &&'static Server| {
            let server = *server;
            (server, scope.spawn(move || timed(server, session)))
        };
        let running: Vec<_> = wanted.iter().map(start).collect();
        let join = |(server, thread): (_, thread::ScopedJoinHandle<'_, _>)| {
            (server, thread.join().unwrap_or_else(|_| Err("its start panicked".to_owned())))
        };
        running.into_iter().map(join).collect()
    });
    let mut environment = Environment::new();
    let mut missing = Vec::new();
    for (server, outcome) in started {
        match outcome {
            Ok(pairs) => environment.extend(pairs),
            Err(reason) => {
                say(server.name, format!("not to be had: {reason}"));
                missing.push(server.title);
            }
        }
    }
    if !missing.is_empty() && all_required() {
        return Err(format!("SQLATTE_TEST_REQUIRE is set and there is no {}", missing.join(", no ")));
    }
    Ok(environment)
}

fn timed(server: &Server, session: &Session) -> Outcome<Environment> {
    let began = Instant::now();
    let environment = (server.start)(session)?;
    say(server.name, format!("{} is ready after {}", server.title, seconds(began.elapsed())));
    Ok(environment)
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f32())
}
