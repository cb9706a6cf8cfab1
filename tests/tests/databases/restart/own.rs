use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Lines, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    thread,
};

use sqlatte_testkit::skip;
use tokio::task::block_in_place;

use crate::engine::required;

/// A database server of one test's own; it goes with this.
pub(crate) struct Own {
    program: Child,
    orders: Option<ChildStdin>,
    said: Lines<BufReader<ChildStdout>>,
}

impl Own {
    /// Starts the service of this name; gives the address that the variable has there. `None`, with the reason
    /// printed, where it cannot be had.
    pub(crate) fn start(name: &str, variable: &str) -> Option<(Self, String)> {
        let program = required("SQLATTE_TEST_SERVICES", "program that starts servers")?;
        let mut command = Command::new(program);
        command.args(["services", "own", name]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut program = command.spawn().unwrap();
        let orders = program.stdin.take();
        let mut said = BufReader::new(program.stdout.take().unwrap()).lines();
        let mut variables = HashMap::new();
        block_in_place(|| {
            loop {
                match said.next() {
                    Some(line) => match line.unwrap().split_once('=') {
                        Some((name, value)) => drop(variables.insert(name.to_owned(), value.to_owned())),
                        // That it is ready.
                        None => return true,
                    },
                    None => {
                        let reason = format!("no {name} of the test's own: the services say above why");
                        skip(thread::current().name().unwrap_or_default(), &reason);
                        return false;
                    }
                }
            }
        })
        .then(|| (Own { program, orders, said }, variables.remove(variable).unwrap()))
    }

    /// Kills it (`kill`), asks it to end (`stop`), or starts it again where it was (`start`), and waits for that.
    pub(crate) fn order(&mut self, order: &str) {
        block_in_place(|| {
            writeln!(self.orders.as_ref().unwrap(), "{order}").unwrap();
            assert_eq!(self.said.next().unwrap().unwrap(), "done", "{order}");
        });
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        drop(self.orders.take());
        let _ = self.program.wait();
    }
}
