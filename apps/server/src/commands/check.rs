use std::{fmt::Display, io::Write, process::ExitCode};

use futures::future::join_all;
use sqlatte_core::{Catalog, Clock, ask::AskError};
use sqlatte_providers::{ErrorKind, LlmInfo, LlmProvider, ProviderError};
use tokio::time::timeout;

use crate::{
    config::Config,
    context,
    runtime::{self, StartError},
    wiring::{self, Demo, SetUp, Thinking},
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
    match wiring::thinking(config).await {
        Ok(Thinking { interpreter, models, .. }) if models.is_empty() => match interpreter.check().await {
            Ok(()) => report.line("interpreter", Ok(interpreter.name())),
            Err(error) => report.line("interpreter", Err(&error)),
        },
        Ok(Thinking { interpreter, models, .. }) => {
            report.line("interpreter", Ok(interpreter.name()));
            each_model(&models, config, report).await;
        }
        Err(error) => report.line("interpreter", Err(&error)),
    }
    embeddings(config, report).await;
}

/// Each model of each task and of the fallbacks, all at the same time.
async fn each_model(models: &[SetUp], config: &Config, report: &mut Report) {
    let limit = config.limits().llm_timeout;
    let in_time = async |provider: &dyn LlmProvider| match timeout(limit, provider.check()).await {
        Ok(checked) => checked,
        Err(_) => Err(ProviderError::new(
            ErrorKind::Timeout,
            format!(
                "it did not answer within llm.timeout ({} s); raise it if the model is slow",
                limit.as_secs()
            ),
        )),
    };
    let checks = join_all(models.iter().map(|model| in_time(&*model.provider))).await;
    for (SetUp { keys, provider }, check) in models.iter().zip(checks) {
        let LlmInfo { kind, model, target } = provider.info();
        let part = format!("model of {}", keys.join(" and "));
        let asked = format!("{model} ({kind}) at {target}");
        match check {
            Ok(()) => {
                report.line(&part, Ok(asked));
                if reads_tables(keys) {
                    room(provider.room().await, config, &part, report);
                }
            }
            Err(error) => report.line(&part, Err(&format!("{asked}: {error}"))),
        }
    }
}

/// Whether one of the keys names a model that is told of tables; the others are told of rows, or of little.
fn reads_tables(keys: &[String]) -> bool {
    keys.iter().any(|key| !matches!(key.as_str(), "llm.tasks.insights" | "llm.tasks.chat"))
}

/// Whether a model has room for what it would be told.
fn room(room: Option<u64>, config: &Config, part: &str, report: &mut Report) {
    let (Some(room), Ok(told)) = (room, config.told.tokens()) else { return };
    let tables = u64::try_from(config.llm.max_context_tokens).unwrap_or(u64::MAX);
    match shortage(room, told, tables) {
        Some(Shortage::Always(text)) => report.line(part, Err(&text)),
        Some(Shortage::Sometimes(text)) => report.warn(&format!("{part}: {text}")),
        None => {}
    }
}

/// When a model has too little room for a question, and what to do about it.
#[derive(Debug, PartialEq)]
enum Shortage {
    Always(String),
    /// With a large database: of a small one it is told less than it may be.
    Sometimes(String),
}

/// In tokens: the `room` for a question, the instructions that it is `told`, and the most that is said of `tables`.
fn shortage(room: u64, told: u64, tables: u64) -> Option<Shortage> {
    let has = format!("its server gives it room for {room} tokens of a question");
    if room <= told {
        return Some(Shortage::Always(format!(
            "{has}, and the instructions alone have about {told}; give it a larger context on the server, lower its \
             max_tokens, or choose another model"
        )));
    }
    let all = told.saturating_add(tables);
    (room < all).then(|| {
        Shortage::Sometimes(format!(
            "{has}, and a question about many tables may have about {all} (llm.max_context_tokens is {tables}, the \
             instructions have {told}); give it a larger context on the server, or set llm.max_context_tokens to {} at \
             most",
            room - told
        ))
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_is_too_small_always_or_with_many_tables() {
        assert_eq!(shortage(8_192, 940, 4_000), None);
        assert_eq!(shortage(4_940, 940, 4_000), None);
        let Some(Shortage::Sometimes(text)) = shortage(4_096, 940, 4_000) else {
            panic!("4,096 are too few")
        };
        assert!(
            text.contains("4940") && text.contains("set llm.max_context_tokens to 3156 at most"),
            "{text}"
        );
        let Some(Shortage::Always(text)) = shortage(512, 940, 4_000) else { panic!("512 are none") };
        assert!(text.contains("about 940") && text.contains("larger context"), "{text}");
    }
}
