//! From a configuration to everything one question needs.

use std::{fs, path::Path};

use sqlatte_core::{Clock, Runtime};

use crate::{config::Config, wiring};

/// Why the server cannot start; the text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] crate::config::ConfigError),
    /// A database or a model.
    #[error(transparent)]
    Provider(#[from] sqlatte_providers::ProviderError),
    /// One of SQLatte's own stores.
    #[error(transparent)]
    Store(#[from] sqlatte_core::StoreError),
    /// The data directory or the address.
    #[error("{0}")]
    System(String),
}

/// Builds the runtime: the data directory, the stores, the database, the interpreter.
pub async fn build(config: &Config) -> Result<Runtime, StartError> {
    make_dir(&config.storage.data_dir)?;
    let clock = chrono::Local::now;
    let database = wiring::database(config, clock.now().date_naive()).await?;
    let interpreter = wiring::interpreter(config).await?;
    let stores = wiring::stores(config).await?;
    Ok(Runtime::builder(database, interpreter, clock).limits(config.limits()).stores(stores).build())
}

fn make_dir(path: &Path) -> Result<(), StartError> {
    fs::create_dir_all(path).map_err(|error| {
        StartError::System(format!(
            "the data directory {} cannot be made: {error}; name another with --data-dir",
            path.display()
        ))
    })
}
