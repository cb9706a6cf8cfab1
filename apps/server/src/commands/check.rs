use std::{fmt::Display, io::Write, process::ExitCode};

use sqlatte_core::{Catalog, Clock, ask::AskError};
use sqlatte_providers::LlmInfo;

use crate::{
    config::Config,
    context,
    runtime::{self, StartError},
    wiring::{self, Demo},
};

/// Tries each part for itself and prints a line for it; fails if one is wrong.
///
/// A part that is broken hides no other, and below the configuration stands where its settings come from.
pub(crate) async fn check(config: Result<Config, StartError>) -> Result<ExitCode, StartError> {
    let mut report = Report { well: true };
    match config {
        Err(error) => report.line("configuration", Err(&error)),
        Ok(config) => parts(&config, &mut report).await,
    }
    Ok(if report.well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn parts(config: &Config, report: &mut Report) {
    report.line("configuration", Ok("read".to_owned()));
    for origin in &config.origins {
        let value = origin.value.as_deref().unwrap_or("not set");
        report.more(&format!("{}: {value} ({})", origin.key, origin.from));
    }

    let dir = &config.storage.data_dir;
    match runtime::make_data_dir(dir) {
        Ok(()) => report.line("data directory", Ok(dir.display().to_string())),
        Err(error) => report.line("data directory", Err(&error)),
    }
    for warning in runtime::warnings(config) {
        report.warn(&warning);
    }
    match wiring::check_store(config).await {
        Ok(place) => report.line("store", Ok(format!("{place} is sound and can be written"))),
        Err(error) => report.line("store", Err(&error)),
    }
    database(config, report).await;
    context(config, report).await;
    match wiring::interpreter(config).await {
        Ok(interpreter) => match interpreter.check().await {
            Ok(()) => report.line("interpreter", Ok(interpreter.name())),
            Err(error) => report.line("interpreter", Err(&error)),
        },
        Err(error) => report.line("interpreter", Err(&error)),
    }
    embeddings(config, report).await;
}

/// What finds tables by their meaning, where it is set up.
async fn embeddings(config: &Config, report: &mut Report) {
    let provider = match wiring::embeddings(config).await {
        Ok(Some(provider)) => provider,
        Ok(None) => return,
        Err(error) => return report.line("embeddings", Err(&error)),
    };
    let LlmInfo { kind, model, target } = provider.info();
    match provider.check().await {
        Ok(()) => report.line("embeddings", Ok(format!("{model} ({kind}) at {target}"))),
        Err(error) => report.line("embeddings", Err(&error)),
    }
}

async fn database(config: &Config, report: &mut Report) {
    let today = chrono::Local::now.now().date_naive();
    let database = match wiring::database(config, today, Demo::AsItIs).await {
        Ok(database) => database,
        Err(error) => return report.line("database", Err(&error)),
    };
    let info = database.info();
    match database.check().await {
        Ok(()) => {
            report.line("database", Ok(format!("{} {}", info.kind, info.target)));
            match database.tables().await {
                Ok(tables) if tables.is_empty() => report.line("tables", Err(&AskError::NoTables(info.kind))),
                Ok(tables) => report.line("tables", Ok(tables.len().to_string())),
                Err(error) => report.line("tables", Err(&error)),
            }
            for warning in runtime::excess_rights(&*database).await {
                report.warn(&warning);
            }
        }
        Err(error) => {
            report.line("database", Err(&error));
            report.more(&format!("asked: {} {}", info.kind, info.target));
        }
    }
    for warning in runtime::unused_limits(config, &*database).await {
        report.warn(&warning);
    }
}

/// The context files, for themselves and against the database.
async fn context(config: &Config, report: &mut Report) {
    if config.context.path.as_os_str().is_empty() {
        return;
    }
    let today = chrono::Local::now.now().date_naive();
    let Ok(database) = wiring::database(config, today, Demo::AsItIs).await else {
        return report
            .line("context files", Err(&"they are read in the dialect of the database, which is missing"));
    };
    let glossary = match context::read(&config.context.path, database.info().dialect) {
        Ok(glossary) => glossary,
        Err(error) => return report.line("context files", Err(&error)),
    };
    let entries = glossary.len();
    match context::compare(&Catalog::new(database).with_glossary(glossary)).await {
        Ok(faults) => {
            report.line("context files", Ok(format!("{entries} entries")));
            faults.iter().for_each(|fault| report.warn(fault));
        }
        Err(error) => report.line("context files", Err(&error)),
    }
}

/// What is printed, as it is found out.
struct Report {
    well: bool,
}

impl Report {
    fn line(&mut self, part: &str, done: Result<String, &dyn Display>) {
        self.well &= done.is_ok();
        match done {
            Ok(text) => put(&format!("ok    {part}: {text}")),
            Err(error) => put(&format!("FAIL  {part}: {error}")),
        }
    }

    fn warn(&self, text: &str) {
        put(&format!("warn  {text}"));
    }

    fn more(&self, text: &str) {
        put(&format!("      {text}"));
    }
}

/// A reader that went away is no error.
fn put(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
