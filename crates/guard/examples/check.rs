//! Checks statements, one a line on standard input with `\n` and `\r` for line ends, and prints each with its verdict:
//! `cargo run -p sqlatte-guard --example check -- postgresql < statements.txt`.
#![expect(clippy::print_stdout, reason = "an example's output")]

use std::io::{BufRead, Error, stdin};

use sqlatte_guard::Guard;

fn main() -> Result<(), Error> {
    let dialect = std::env::args().nth(1).unwrap_or_default();
    let guard = Guard::new(dialect.parse().map_err(Error::other)?);
    for line in stdin().lock().lines() {
        let line = line?;
        match guard.check(&line.replace("\\n", "\n").replace("\\r", "\r")) {
            Ok(_) => println!("allow\t{line}"),
            Err(refusal) => println!("refuse\t{line}\t{refusal}"),
        }
    }
    Ok(())
}
