//! Makes the demo database: `cargo run -p sqlatte-db-sqlite --example demo -- FILE [YYYY-MM-DD]`.

#![expect(clippy::print_stdout, reason = "a command for people")]

use std::{env, error::Error, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let path = PathBuf::from(arguments.next().unwrap_or_else(|| "demo.db".to_owned()));
    let today = match arguments.next() {
        Some(day) => day.parse()?,
        None => chrono::Local::now().date_naive(),
    };
    let summary = sqlatte_db_sqlite::demo::create(&path, today)?;
    for (table, rows) in &summary.tables {
        println!("{rows:>8} {table}");
    }
    println!("{:>8} bytes in {}", summary.bytes, path.display());
    Ok(())
}
