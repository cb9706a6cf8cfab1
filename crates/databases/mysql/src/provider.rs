use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use sqlatte_guard::{Dialect, Guarded};
use sqlatte_providers::{
    DatabaseFactory, DatabaseInfo, DatabaseProvider, ErrorKind, Estimate, ProviderError, Query, Result,
    RowStream, Settings, TableRef, TableSchema,
};

use crate::{
    catalogue, config::MySqlConfig, describe, estimate, pool::Pool, rights, samples, server::Server, stream,
};

const KIND: &str = "mysql";
/// For calls that have no time limit of their own.
const DESCRIBE_TIMEOUT: Duration = Duration::from_secs(30);
const ESTIMATE_TIMEOUT: Duration = Duration::from_secs(10);
const CHECK_TIMEOUT: Duration = Duration::from_secs(20);

/// A MySQL or MariaDB server that is asked, and never written to.
pub struct MySql {
    pool: Arc<Pool>,
}

impl MySql {
    /// Gets ready to ask the server that `config` names.
    ///
    /// The first call that needs the server connects to it, so it may come later;
    /// [`check`](DatabaseProvider::check) says whether it is there and can be read.
    ///
    /// # Errors
    /// `InvalidSettings` names the setting that is wrong.
    pub fn new(config: MySqlConfig) -> Result<Self> {
        Ok(MySql { pool: Arc::new(Pool::new(Server::new(config.resolve()?))) })
    }

    fn databases(&self) -> Vec<String> {
        self.pool.server().config().databases.clone()
    }
}

impl fmt::Debug for MySql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MySql")
            .field("target", &self.pool.server().target().to_string())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl DatabaseProvider for MySql {
    fn info(&self) -> DatabaseInfo {
        let target = self.pool.server().target();
        DatabaseInfo {
            kind: KIND,
            dialect: Dialect::Mysql,
            target: target.to_string(),
            home: target.database.iter().cloned().collect(),
        }
    }

    async fn tables(&self) -> Result<Vec<TableRef>> {
        let databases = self.databases();
        self.pool.run(DESCRIBE_TIMEOUT, move |session| catalogue::tables(session, databases)).await
    }

    async fn describe(&self, tables: &[TableRef]) -> Result<Vec<TableSchema>> {
        let config = self.pool.server().config();
        let Some(wanted) = describe::Wanted::of(tables, config.database.as_deref()) else {
            return Ok(Vec::new());
        };
        let found =
            self.pool.run(DESCRIBE_TIMEOUT, move |session| describe::describe(session, wanted)).await?;
        let mut found = found.map_err(|missing| {
            let target = self.pool.server().target();
            ProviderError::new(ErrorKind::NotFound, format!("there is no table `{missing}` in `{target}`"))
        })?;
        if config.samples {
            samples::add(&self.pool, &mut found).await;
        }
        Ok(found)
    }

    async fn query(&self, query: Query) -> Result<RowStream> {
        let Query { sql, max_rows, timeout } = query;
        is_ours(&sql)?;
        stream::open(&self.pool, sql.sql().to_owned(), max_rows, timeout).await
    }

    async fn estimate(&self, sql: &Guarded) -> Result<Option<Estimate>> {
        is_ours(sql)?;
        estimate::estimate(&self.pool, sql.sql(), ESTIMATE_TIMEOUT).await
    }

    async fn check(&self) -> Result<()> {
        let databases = self.databases();
        match self.pool.run(CHECK_TIMEOUT, move |session| catalogue::unseen(session, databases)).await? {
            None => Ok(()),
            Some(catalogue::Unseen::Database(name)) => Err(ProviderError::new(
                ErrorKind::InvalidSettings,
                format!(
                    "the user sees no database `{name}` in `{}`: correct its name, or grant the user SELECT \
                     on \
                     `{name}`.*",
                    self.pool.server().target()
                ),
            )),
            Some(catalogue::Unseen::Tables) => Err(ProviderError::new(
                ErrorKind::Unauthorized,
                format!(
                    "the user sees no table in `{}`: grant it SELECT on what it is to read, or create the \
                     tables",
                    self.pool.server().target()
                ),
            )),
        }
    }

    async fn excess_rights(&self) -> Result<Vec<String>> {
        let excess = self.pool.run(CHECK_TIMEOUT, rights::excess).await?;
        let target = self.pool.server().target();
        Ok(excess
            .into_iter()
            .map(|excess| {
                format!(
                    "the user of `{target}` has more rights than reading takes ({excess}): docs/guides/mysql.md shows \
                     how to make one that can only read"
                )
            })
            .collect())
    }
}

fn is_ours(sql: &Guarded) -> Result<()> {
    if sql.dialect() == Dialect::Mysql {
        return Ok(());
    }
    Err(ProviderError::new(
        ErrorKind::Rejected,
        format!("the statement was checked as {}, and this database is MySQL", sql.dialect()),
    ))
}

/// Makes [`MySql`] providers for the registry.
#[derive(Debug, Clone, Copy, Default)]
pub struct MySqlFactory;

#[async_trait]
impl DatabaseFactory for MySqlFactory {
    fn names(&self) -> &'static [&'static str] {
        &[KIND, "mariadb"]
    }

    async fn connect(&self, settings: &Settings) -> Result<Arc<dyn DatabaseProvider>> {
        Ok(Arc::new(MySql::new(settings.read(KIND)?)?))
    }
}
