use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use sqlatte_guard::{Dialect, Guarded};
use sqlatte_providers::{
    DatabaseFactory, DatabaseInfo, DatabaseProvider, ErrorKind, Estimate, ProviderError, Query, Result,
    RowStream, Settings, TableRef, TableSchema,
};

use crate::{Protocol, TrinoConfig, describe, estimate, listing, server::Server, statement::Statement};

/// For calls that have no time limit of their own.
const CHECK_TIMEOUT: Duration = Duration::from_secs(20);

/// A Trino or Presto server that is asked.
pub struct Trino {
    server: Arc<Server>,
    row_estimates: bool,
    samples: bool,
}

impl Trino {
    /// Gets ready to ask the server that `config` names.
    ///
    /// Nothing is sent before the first call, so the server may come later;
    /// [`check`](DatabaseProvider::check) says whether it is there. Calls need a tokio runtime, in which
    /// cancelling goes on after a call was dropped.
    ///
    /// # Errors
    /// `InvalidSettings` names the setting that is wrong.
    pub fn new(config: TrinoConfig) -> Result<Self> {
        let (row_estimates, samples) = (config.row_estimates, config.samples);
        Ok(Trino { server: Arc::new(Server::new(config)?), row_estimates, samples })
    }
}

impl fmt::Debug for Trino {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trino").field("target", &self.info().target).finish_non_exhaustive()
    }
}

#[async_trait]
impl DatabaseProvider for Trino {
    fn info(&self) -> DatabaseInfo {
        let scope = &self.server.scope;
        let names = [&scope.catalog, &scope.schema].into_iter().take_while(|name| !name.is_empty());
        let home: Vec<String> = names.cloned().collect();
        let mut target = self.server.client.target().to_string();
        for name in &home {
            target.push('/');
            target.push_str(name);
        }
        // A catalog alone says where schemas are looked for, not tables.
        let home = if home.len() == 2 { home } else { Vec::new() };
        DatabaseInfo { kind: self.server.protocol.name(), dialect: Dialect::Trino, target, home }
    }

    async fn tables(&self) -> Result<Vec<TableRef>> {
        listing::tables(&self.server).await
    }

    async fn describe(&self, tables: &[TableRef]) -> Result<Vec<TableSchema>> {
        let options = describe::Options { row_estimates: self.row_estimates, samples: self.samples };
        describe::describe(&self.server, tables, options).await
    }

    async fn query(&self, query: Query) -> Result<RowStream> {
        of_this_dialect(&query.sql)?;
        self.server.run(Statement::new(query.sql.sql(), query.max_rows, query.timeout)).await
    }

    async fn estimate(&self, sql: &Guarded) -> Result<Option<Estimate>> {
        of_this_dialect(sql)?;
        estimate::estimate(&self.server, sql.sql()).await
    }

    async fn check(&self) -> Result<()> {
        listing::check(&self.server, CHECK_TIMEOUT).await
    }
}

fn of_this_dialect(sql: &Guarded) -> Result<()> {
    if sql.dialect() == Dialect::Trino {
        return Ok(());
    }
    Err(ProviderError::new(
        ErrorKind::Rejected,
        format!("the statement was checked as {}, and this database is Trino", sql.dialect()),
    ))
}

/// Makes [`Trino`] providers of Trino servers for the registry.
#[derive(Debug, Clone, Copy, Default)]
pub struct TrinoFactory;

#[async_trait]
impl DatabaseFactory for TrinoFactory {
    fn names(&self) -> &'static [&'static str] {
        &["trino"]
    }

    async fn connect(&self, settings: &Settings) -> Result<Arc<dyn DatabaseProvider>> {
        Ok(Arc::new(Trino::new(settings.read(Protocol::Trino.name())?)?))
    }
}

/// Makes [`Trino`] providers of Presto servers for the registry: the same settings, and Presto's headers.
#[derive(Debug, Clone, Copy, Default)]
pub struct PrestoFactory;

#[async_trait]
impl DatabaseFactory for PrestoFactory {
    fn names(&self) -> &'static [&'static str] {
        &["presto"]
    }

    async fn connect(&self, settings: &Settings) -> Result<Arc<dyn DatabaseProvider>> {
        let config = TrinoConfig { protocol: Protocol::Presto, ..settings.read(Protocol::Presto.name())? };
        Ok(Arc::new(Trino::new(config)?))
    }
}
