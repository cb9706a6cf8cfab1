//! The one file that names an adapter, and the one place that knows which are compiled in.

use std::{path::Path, sync::Arc};

use chrono::NaiveDate;
use sqlatte_core::{
    Interpreter, Stores,
    ask::{PromptedInterpreter, Prompts},
};
use sqlatte_providers::{DatabaseProvider, ErrorKind, ProviderError, Registry, Result};

use crate::config::Config;

/// The name of the interpreter that needs no model.
const OFFLINE: &str = "offline";
/// The file of SQLatte's own data, and the demo database, in the data directory.
#[cfg(feature = "store-sqlite")]
const STORE_FILE: &str = "sqlatte.db";
/// How often old sessions and history are looked for.
#[cfg(feature = "store-sqlite")]
const TIDY_EVERY: std::time::Duration = std::time::Duration::from_secs(60 * 60);
#[cfg(feature = "db-sqlite")]
const DEMO_FILE: &str = "demo.db";

/// The kinds of provider this build knows.
pub(crate) fn registry() -> Registry {
    let registry = Registry::new();
    #[cfg(feature = "db-sqlite")]
    let registry = registry.with_database(sqlatte_db_sqlite::SqliteFactory);
    #[cfg(feature = "llm-anthropic")]
    let registry = registry.with_llm(sqlatte_llm_anthropic::AnthropicFactory);
    registry
}

/// The names of what can turn questions into SQL in this build.
pub(crate) fn interpreters() -> Vec<&'static str> {
    let offline = cfg!(feature = "offline").then_some(OFFLINE);
    offline.into_iter().chain(registry().llms()).collect()
}

/// The database that is asked. With none named it is the demo database, made when it is missing or not of today.
pub(crate) async fn database(config: &Config, today: NaiveDate) -> Result<Arc<dyn DatabaseProvider>> {
    let named = config.database.text("path").is_some() || config.database.text("url").is_some();
    if config.database.provider == "sqlite" && !named {
        return demo(&config.storage.data_dir, today).await;
    }
    registry().database(&config.database.provider, &config.database.settings()?).await
}

#[cfg(feature = "db-sqlite")]
async fn demo(data_dir: &Path, today: NaiveDate) -> Result<Arc<dyn DatabaseProvider>> {
    let path = data_dir.join(DEMO_FILE);
    let file = path.clone();
    let made = tokio::task::spawn_blocking(move || match sqlatte_db_sqlite::demo::made_for(&file) {
        Some(day) if day == today => Ok(None),
        _ => sqlatte_db_sqlite::demo::create(&file, today).map(Some),
    });
    let made = made.await.map_err(|error| {
        ProviderError::new(ErrorKind::Unexpected, "the demo database was not made").with_source(error)
    })??;
    if let Some(summary) = made {
        tracing::info!(path = %path.display(), rows = summary.rows("order_items"), "made the demo database");
    }
    Ok(Arc::new(sqlatte_db_sqlite::Sqlite::open(sqlatte_db_sqlite::SqliteConfig::new(path))?))
}

#[cfg(not(feature = "db-sqlite"))]
async fn demo(_: &Path, _: NaiveDate) -> Result<Arc<dyn DatabaseProvider>> {
    Err(ProviderError::new(
        ErrorKind::InvalidSettings,
        "this build has no SQLite, so no demo database: name a database with database.provider",
    ))
}

/// What turns questions into SQL.
pub(crate) async fn interpreter(config: &Config) -> Result<Arc<dyn Interpreter>> {
    if config.llm.provider == OFFLINE {
        return offline();
    }
    let llm = registry().llm(&config.llm.provider, &config.llm.settings()?).await?;
    let interpreter = PromptedInterpreter::new(llm, Prompts::default(), config.limits().llm_timeout)?;
    Ok(Arc::new(interpreter))
}

#[cfg(feature = "offline")]
fn offline() -> Result<Arc<dyn Interpreter>> {
    Ok(Arc::new(sqlatte_offline::Offline::default()))
}

#[cfg(not(feature = "offline"))]
fn offline() -> Result<Arc<dyn Interpreter>> {
    Err(ProviderError::new(
        ErrorKind::InvalidSettings,
        "this build has no offline interpreter: name a model with llm.provider",
    ))
}

/// Where sessions, conversations and history are kept.
#[cfg(feature = "store-sqlite")]
pub(crate) async fn stores(config: &Config) -> std::result::Result<Stores, sqlatte_core::StoreError> {
    let store = sqlatte_store::SqliteStore::open(&config.storage.data_dir.join(STORE_FILE)).await?;
    let stores = store.stores();
    let keep = sqlatte_store::Retention {
        sessions: days(config.storage.keep_sessions_days),
        history: config.storage.keep_history_days.map(days),
        ..sqlatte_store::Retention::default()
    };
    tokio::spawn(async move {
        loop {
            if let Err(error) = store.purge(chrono::Utc::now(), keep).await {
                tracing::warn!(%error, "old sessions and history could not be forgotten");
            }
            tokio::time::sleep(TIDY_EVERY).await;
        }
    });
    Ok(stores)
}

#[cfg(feature = "store-sqlite")]
fn days(days: u32) -> std::time::Duration {
    std::time::Duration::from_secs(u64::from(days) * 24 * 60 * 60)
}

/// Without a store compiled in, nothing outlives the process.
#[cfg(not(feature = "store-sqlite"))]
pub async fn stores(_: &Config) -> std::result::Result<Stores, sqlatte_core::StoreError> {
    Ok(sqlatte_core::memory::stores())
}
