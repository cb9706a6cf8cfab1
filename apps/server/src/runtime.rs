//! From a configuration to everything one question needs.

use std::{fs, path::Path, sync::Arc};

use sqlatte_core::{Clock, Embeddings, Runtime};
use sqlatte_guard::Guard;
use sqlatte_providers::DatabaseProvider;

use crate::{
    config::Config,
    context,
    wiring::{self, Demo},
};

/// Why the server cannot start; the text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] crate::config::ConfigError),
    /// A database or a model.
    #[error(transparent)]
    Provider(#[from] sqlatte_providers::ProviderError),
    /// The context files.
    #[error(transparent)]
    Context(#[from] crate::context::ContextError),
    /// One of SQLatte's own stores.
    #[error(transparent)]
    Store(#[from] sqlatte_core::StoreError),
    /// The data directory or the address.
    #[error("{0}")]
    System(String),
}

/// Builds the runtime of a server: the data directory, the stores, the database, the interpreter.
///
/// # Errors
/// The first part that cannot be made.
pub async fn build(config: &Config) -> Result<Runtime, StartError> {
    assemble(config, Demo::OfToday).await
}

/// Builds the runtime, with a demo database that need not be of today.
pub(crate) async fn assemble(config: &Config, demo: Demo) -> Result<Runtime, StartError> {
    make_data_dir(&config.storage.data_dir)?;
    let clock = chrono::Local::now;
    let database = wiring::database(config, clock.now().date_naive(), demo).await?;
    for warning in warnings(config).into_iter().chain(unused_limits(config, &*database).await) {
        tracing::warn!("{warning}");
    }
    let asked = Arc::clone(&database);
    // Beside the start: a database that does not answer must not keep the server from listening.
    tokio::spawn(async move {
        for warning in excess_rights(&*asked).await {
            tracing::warn!("{warning}");
        }
    });
    let glossary = context::read(&config.context.path, database.info().dialect)?;
    let wiring::Thinking { interpreter, insights, .. } = wiring::thinking(config).await?;
    let embeddings = wiring::embeddings(config).await?;
    let embeddings = embeddings.map(|provider| Embeddings { provider, private: config.llm.private });
    let stores = wiring::stores(config).await?;
    let runtime = Runtime::builder(database, interpreter, clock).limits(config.limits()).stores(stores);
    let runtime = runtime.glossary(glossary).insights(insights).embeddings(embeddings).build();
    match context::compare(&runtime.catalog).await {
        Ok(faults) => faults.iter().for_each(|fault| tracing::warn!("{fault}")),
        Err(error) => tracing::warn!("the context files could not be compared with the database: {error}"),
    }
    Ok(runtime)
}

/// Makes the data directory, for its owner alone: it holds everybody's questions.
pub(crate) fn make_data_dir(path: &Path) -> Result<(), StartError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| {
        StartError::System(format!(
            "the data directory {} cannot be made: {error}; name another with --data-dir",
            path.display()
        ))
    })
}

/// What does not keep the server from starting and still should be known.
pub(crate) fn warnings(config: &Config) -> Vec<String> {
    open_to_others(&config.storage.data_dir).into_iter().chain(config.unused.clone()).collect()
}

#[cfg(unix)]
fn open_to_others(path: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;

    let mode = fs::metadata(path).ok()?.permissions().mode();
    // A group may be meant; everybody is not.
    (mode & 0o007 != 0).then(|| {
        format!(
            "every user of this machine can look into the data directory {0}, which holds people's questions: \
             chmod 700 {0}",
            path.display()
        )
    })
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) -> Option<String> {
    None
}

/// Rights of the database's account that it does not need; a database that cannot be asked now tells nothing.
pub(crate) async fn excess_rights(database: &dyn DatabaseProvider) -> Vec<String> {
    database.excess_rights().await.unwrap_or_default()
}

/// Limits that are set although the database never says what they compare.
pub(crate) async fn unused_limits(config: &Config, database: &dyn DatabaseProvider) -> Vec<String> {
    let query = &config.query;
    if query.max_estimated_rows.is_none() && query.max_bytes_billed.is_none() {
        return Vec::new();
    }
    let info = database.info();
    let Ok(probe) = Guard::new(info.dialect).check("SELECT 1") else { return Vec::new() };
    // A database that cannot be asked now tells nothing about its estimates.
    let Ok(estimate) = database.estimate(&probe).await else { return Vec::new() };
    let told = estimate.map_or((None, None), |estimate| (estimate.rows, estimate.bytes));
    [
        ("query.max_estimated_rows", query.max_estimated_rows, told.0),
        ("query.max_bytes_billed", query.max_bytes_billed, told.1),
    ]
    .into_iter()
    .filter(|(_, limit, told)| limit.is_some() && told.is_none())
    .map(|(key, ..)| {
        format!(
            "{key} has no effect: {} does not say beforehand how much it will read; query.timeout limits it",
            info.kind
        )
    })
    .collect()
}

#[cfg(test)]
mod tests;
