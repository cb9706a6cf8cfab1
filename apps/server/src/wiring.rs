//! The one file that names an adapter, and the one place that knows which are compiled in.

mod llm;

use std::sync::Arc;

use chrono::NaiveDate;
use sqlatte_core::{
    Interpreter, Stores,
    ask::{ModelInsights, PromptedInterpreter},
};
use sqlatte_providers::{DatabaseProvider, EmbeddingProvider, Registry, Result};
#[cfg(any(feature = "db-sqlite", not(feature = "offline")))]
use sqlatte_providers::{ErrorKind, ProviderError};

use self::llm::Models;
pub(crate) use self::llm::SetUp;
use crate::config::Config;

/// The name of the interpreter that needs no model.
pub(crate) const OFFLINE: &str = "offline";
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
    #[cfg(feature = "db-postgres")]
    let registry = registry.with_database(sqlatte_db_postgres::PostgresFactory);
    #[cfg(feature = "db-mysql")]
    let registry = registry.with_database(sqlatte_db_mysql::MySqlFactory);
    #[cfg(feature = "db-trino")]
    let registry =
        registry.with_database(sqlatte_db_trino::TrinoFactory).with_database(sqlatte_db_trino::PrestoFactory);
    #[cfg(feature = "db-bigquery")]
    let registry = registry.with_database(sqlatte_db_bigquery::BigqueryFactory);
    #[cfg(feature = "llm-anthropic")]
    let registry = registry.with_llm(sqlatte_llm_anthropic::AnthropicFactory);
    #[cfg(feature = "llm-gemini")]
    let registry = registry
        .with_llm(sqlatte_llm_google::GeminiFactory)
        .with_embeddings(sqlatte_llm_google::GeminiEmbeddingFactory);
    #[cfg(feature = "llm-vertex")]
    let registry = registry
        .with_llm(sqlatte_llm_google::VertexFactory)
        .with_embeddings(sqlatte_llm_google::VertexEmbeddingFactory);
    #[cfg(feature = "llm-openai")]
    let registry = registry
        .with_llm(sqlatte_llm_openai::OpenAiFactory)
        .with_embeddings(sqlatte_llm_openai::OpenAiEmbeddingFactory);
    registry
}

/// The names of what can turn questions into SQL in this build.
pub(crate) fn interpreters() -> Vec<&'static str> {
    let offline = cfg!(feature = "offline").then_some(OFFLINE);
    offline.into_iter().chain(registry().llms()).collect()
}

/// Which demo database will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demo {
    /// One of today: its newest rows are of yesterday and today.
    OfToday,
    /// The one that is there, whatever its day.
    AsItIs,
}

/// The database that is asked; with none named, the demo database.
pub(crate) async fn database(
    config: &Config,
    today: NaiveDate,
    demo: Demo,
) -> Result<Arc<dyn DatabaseProvider>> {
    match unnamed(config, today, demo).await? {
        Some(database) => Ok(database),
        None => registry().database(&config.database.provider, &config.database.settings()?).await,
    }
}

/// The demo database, if SQLite is asked and no file is named; its other settings hold here too.
#[cfg(feature = "db-sqlite")]
async fn unnamed(config: &Config, today: NaiveDate, demo: Demo) -> Result<Option<Arc<dyn DatabaseProvider>>> {
    if config.database.provider != "sqlite" {
        return Ok(None);
    }
    let mut settings: sqlatte_db_sqlite::SqliteConfig = config.database.settings()?.read("sqlite")?;
    if settings.path.is_some() || settings.url.is_some() {
        return Ok(None);
    }
    let path = config.storage.data_dir.join(DEMO_FILE);
    settings.path = Some(path.clone());
    let database = sqlatte_db_sqlite::Sqlite::open(settings)?;
    let made = tokio::task::spawn_blocking(move || make_demo(&path, today, demo));
    made.await.map_err(|error| {
        ProviderError::new(ErrorKind::Unexpected, "the demo database was not made").with_source(error)
    })??;
    Ok(Some(Arc::new(database)))
}

#[cfg(not(feature = "db-sqlite"))]
async fn unnamed(_: &Config, _: NaiveDate, _: Demo) -> Result<Option<Arc<dyn DatabaseProvider>>> {
    Ok(None)
}

/// Makes the demo database where it is wanted; a file of somebody else's is never touched.
#[cfg(feature = "db-sqlite")]
fn make_demo(path: &std::path::Path, today: NaiveDate, demo: Demo) -> Result<()> {
    use sqlatte_db_sqlite::demo::{Found, create, look};

    match look(path)? {
        Found::Demo(day) if day == today || demo == Demo::AsItIs => Ok(()),
        Found::Foreign => Err(ProviderError::new(
            ErrorKind::InvalidSettings,
            format!(
                "{} is not the demo database: move it away, or choose another --data-dir; to ask it, name it \
                 with --database sqlite:{0}",
                path.display()
            ),
        )),
        Found::Missing | Found::Demo(_) => {
            let summary = create(path, today)?;
            tracing::info!(path = %path.display(), rows = summary.rows("order_items"), "made the demo database");
            Ok(())
        }
    }
}

/// What thinks about a question and its answer.
pub(crate) struct Thinking {
    /// What turns questions into SQL.
    pub(crate) interpreter: Arc<dyn Interpreter>,
    /// What tells of the rows, if a model does.
    pub(crate) insights: Option<ModelInsights>,
    /// The models that are asked for all of it, each once; none offline.
    pub(crate) models: Vec<SetUp>,
}

/// What thinks, as it is set up.
pub(crate) async fn thinking(config: &Config) -> Result<Thinking> {
    if config.llm.provider == OFFLINE {
        return Ok(Thinking { interpreter: offline()?, insights: None, models: Vec::new() });
    }
    let mut models = Models::new(&config.llm, registry());
    let [(key, interpret), (of_repairs, repair), (of_insights, insights), (of_chat, chat)] =
        config.llm.tasks.each();
    let llm = models.asked(key, interpret).await?;
    let mut interpreter = PromptedInterpreter::new(llm, config.told.clone(), config.limits().llm_timeout)?;
    if repair.is_set() {
        interpreter = interpreter.repairing_with(models.asked(of_repairs, repair).await?);
    }
    if chat.is_set() {
        interpreter = interpreter.chatting_with(models.asked(of_chat, chat).await?);
    }
    if config.llm.private {
        interpreter = interpreter.private();
    }
    let insights = match config.model_insights() {
        Some(mode) => {
            let llm = models.asked(of_insights, insights).await?;
            let (rows, limit) = (config.insights.max_sample_rows, config.limits().llm_timeout);
            Some(ModelInsights::new(llm, &config.told, mode, rows, limit)?)
        }
        None => None,
    };
    Ok(Thinking { interpreter: Arc::new(interpreter), insights, models: models.into_set_up() })
}

/// What makes vectors of tables and questions, where one is set up.
pub(crate) async fn embeddings(config: &Config) -> Result<Option<Arc<dyn EmbeddingProvider>>> {
    llm::embeddings(&config.llm, &registry()).await
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
    let store = sqlatte_store::SqliteStore::open(config.storage.data_dir.join(STORE_FILE)).await?;
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
pub(crate) async fn stores(_: &Config) -> std::result::Result<Stores, sqlatte_core::StoreError> {
    Ok(sqlatte_core::memory::stores())
}

/// Sees whether the store is sound and can be written; says where it is.
#[cfg(feature = "store-sqlite")]
pub(crate) async fn check_store(config: &Config) -> std::result::Result<String, sqlatte_core::StoreError> {
    let store = sqlatte_store::SqliteStore::open(config.storage.data_dir.join(STORE_FILE)).await?;
    store.verify().await?;
    store.check().await?;
    let path = store.path().display().to_string();
    store.close().await;
    Ok(path)
}

/// Memory has nothing to check.
#[cfg(not(feature = "store-sqlite"))]
pub(crate) async fn check_store(_: &Config) -> std::result::Result<String, sqlatte_core::StoreError> {
    Ok("memory: this build keeps nothing beyond its own run".to_owned())
}

#[cfg(test)]
mod tests;
