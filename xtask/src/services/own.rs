//! `cargo xtask services own NAME`: a server of one test's own, which it may kill, stop and start again.
//!
//! It prints the server's addresses as `NAME=VALUE` and then `ready`. Each line it reads is an order, answered with
//! `done`; the server goes with the end of the input.

use std::io::{BufRead, Write};

use super::{Server, Session};
use crate::process::Outcome;

/// Starts a server and does with it what is ordered.
pub(super) fn own(server: &'static Server) -> Outcome {
    let session = Session::begin(&[server])?;
    for (name, value) in (server.start)(&session)? {
        println!("{name}={value}");
    }
    answer("ready")?;
    for order in std::io::stdin().lock().lines() {
        let order = order.map_err(|error| format!("the orders cannot be read: {error}"))?;
        session.with_servers(|running| match order.trim() {
            "kill" => running.kill(&session),
            "stop" => running.stop(&session),
            "start" => running.start(&session),
            other => Err(format!("`{other}` is no order: kill, stop and start are")),
        })?;
        answer("done")?;
    }
    Ok(())
}

/// At once: somebody waits for it.
fn answer(word: &str) -> Outcome {
    let mut output = std::io::stdout().lock();
    let written = writeln!(output, "{word}").and_then(|()| output.flush());
    written.map_err(|error| format!("nobody hears the answer: {error}"))
}
