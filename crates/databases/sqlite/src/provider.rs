use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use sqlatte_guard::{Dialect, Guarded};
use sqlatte_providers::{
    DatabaseFactory, DatabaseInfo, DatabaseProvider, ErrorKind, Estimate, ProviderError, Query, Result,
    RowStream, Settings, TableRef, TableSchema,
};

use crate::{config::SqliteConfig, connection::Connection, describe, error, pool::Pool, stop::Stop, stream};

const KIND: &str = "sqlite";
/// For calls that have no time limit of their own.
const DESCRIBE_TIMEOUT: Duration = Duration::from_secs(30);
const CHECK_TIMEOUT: Duration = Duration::from_secs(10);
const MAX_POOL_SIZE: usize = 256;

/// A SQLite file that is asked, and never written to.
pub struct Sqlite {
    pool: Arc<Pool>,
    samples: bool,
}

impl Sqlite {
    /// Gets ready to read the file that `config` names.
    ///
    /// The file itself is opened by the first call that needs it, so it may come later;
    /// [`check`](DatabaseProvider::check) says whether it is there and can be read.
    ///
    /// # Errors
    /// `InvalidSettings` names the setting that is wrong.
    pub fn open(config: SqliteConfig) -> Result<Self> {
        let path = config.file()?;
        if !(1..=MAX_POOL_SIZE).contains(&config.pool_size) {
            return Err(ProviderError::new(
                ErrorKind::InvalidSettings,
                format!("`pool_size` must be from 1 to {MAX_POOL_SIZE}"),
            ));
        }
        let busy_timeout = Duration::from_millis(config.busy_timeout_ms);
        let pool = Arc::new(Pool::new(path, config.pool_size, busy_timeout));
        Ok(Sqlite { pool, samples: config.samples })
    }

    /// Runs our own statements, which look at the schema.
    async fn inspect<T: Send + 'static>(
        &self,
        timeout: Duration,
        work: impl Fn(&rusqlite::Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let inspect = move |connection: &Connection, stop: &Stop| {
            connection.describing.set(true);
            let result = connection.run(stop, &work);
            connection.describing.set(false);
            result
        };
        let run = self.pool.run(Stop::after(timeout), move |mut lease, stop, answer| {
            let result = lease.with(|connection| inspect(connection, stop));
            drop(lease);
            // Nobody waits any longer if this cannot be sent.
            drop(answer.send(result));
        });
        run.await
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite").field("path", &self.pool.path()).finish_non_exhaustive()
    }
}

#[async_trait]
impl DatabaseProvider for Sqlite {
    fn info(&self) -> DatabaseInfo {
        DatabaseInfo {
            kind: KIND,
            dialect: Dialect::Sqlite,
            target: self.pool.path().display().to_string(),
            home: vec!["main".to_owned()],
        }
    }

    async fn tables(&self) -> Result<Vec<TableRef>> {
        self.inspect(DESCRIBE_TIMEOUT, describe::tables).await
    }

    async fn describe(&self, tables: &[TableRef]) -> Result<Vec<TableSchema>> {
        let (wanted, samples) = (tables.to_vec(), self.samples);
        let found = self
            .inspect(DESCRIBE_TIMEOUT, move |connection| describe::describe(connection, &wanted, samples))
            .await?;
        found.map_err(|missing| {
            let file = error::name(self.pool.path());
            ProviderError::new(ErrorKind::NotFound, format!("there is no table `{missing}` in `{file}`"))
        })
    }

    async fn query(&self, query: Query) -> Result<RowStream> {
        let Query { sql, max_rows, timeout } = query;
        if sql.dialect() != Dialect::Sqlite {
            return Err(ProviderError::new(
                ErrorKind::Rejected,
                format!("the statement was checked as {}, and this database is SQLite", sql.dialect()),
            ));
        }
        let stop = Stop::after(timeout);
        let run = self.pool.run(stop.clone(), move |lease, stop, answer| {
            stream::serve(lease, stop, sql.sql(), max_rows, answer);
        });
        Ok(run.await?.into_stream(stop))
    }

    async fn estimate(&self, _: &Guarded) -> Result<Option<Estimate>> {
        // SQLite's planner says what it will do, not how much that is.
        Ok(None)
    }

    async fn check(&self) -> Result<()> {
        self.inspect(CHECK_TIMEOUT, |connection| {
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
        })
        .await
    }
}

/// Makes [`Sqlite`] providers for the registry.
#[derive(Debug, Clone, Copy, Default)]
pub struct SqliteFactory;

#[async_trait]
impl DatabaseFactory for SqliteFactory {
    fn names(&self) -> &'static [&'static str] {
        &[KIND]
    }

    async fn connect(&self, settings: &Settings) -> Result<Arc<dyn DatabaseProvider>> {
        Ok(Arc::new(Sqlite::open(settings.read(KIND)?)?))
    }
}
