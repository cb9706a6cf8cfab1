//! Writes the SQLite file that browser tests ask slow and broken questions of: `slow-db PATH`.

use std::{env, io::Write, path::Path, process::ExitCode};

fn main() -> ExitCode {
    let Some(path) = env::args_os().nth(1) else {
        let _ = writeln!(std::io::stderr(), "usage: slow-db PATH");
        return ExitCode::from(2);
    };
    let path = Path::new(&path);
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        let _ = writeln!(std::io::stderr(), "{}: {error}", path.display());
        return ExitCode::FAILURE;
    }
    sqlatte_e2e::database::slow(path);
    ExitCode::SUCCESS
}
