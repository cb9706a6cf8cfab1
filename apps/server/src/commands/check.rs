use std::{fmt::Display, io::Write, process::ExitCode};

use crate::{
    config::Config,
    runtime::{self, StartError},
};

/// Tries each part and prints a line for it; fails if one is wrong.
pub(crate) async fn check(config: Config) -> Result<ExitCode, StartError> {
    let mut out = std::io::stdout().lock();
    let mut well = true;
    let mut line = |part: &str, done: Result<String, &dyn Display>| {
        well &= done.is_ok();
        let _ = match done {
            Ok(text) => writeln!(out, "ok    {part}: {text}"),
            Err(error) => writeln!(out, "FAIL  {part}: {error}"),
        };
    };
    line("configuration", Ok("read".to_owned()));
    match runtime::build(&config).await {
        Err(error) => line("start", Err(&error)),
        Ok(runtime) => {
            line("store", Ok(config.storage.data_dir.display().to_string()));
            let database = runtime.catalog.info();
            match runtime.catalog.database().check().await {
                Ok(()) => line("database", Ok(format!("{} {}", database.kind, database.target))),
                Err(error) => line("database", Err(&error)),
            }
            match runtime.catalog.tables().await {
                Ok(tables) => line("tables", Ok(tables.len().to_string())),
                Err(error) => line("tables", Err(&error)),
            }
            match runtime.interpreter.check().await {
                Ok(()) => line("interpreter", Ok(runtime.interpreter.name())),
                Err(error) => line("interpreter", Err(&error)),
            }
        }
    }
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
