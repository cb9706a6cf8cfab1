use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use async_trait::async_trait;
use sqlatte_guard::{Dialect, Guarded};
use sqlatte_providers::{
    DatabaseFactory, DatabaseInfo, DatabaseProvider, ErrorKind, Estimate, ProviderError, Query, Result,
    RowStream, Settings, TableRef, TableSchema,
};
use tokio_postgres::Statement;

use crate::{
    config::PostgresConfig, connect::Connector, describe, estimate, limit::Limit, pool::Pool, rights, rows,
    samples, session::Session, target::Target,
};

const KIND: &str = "postgresql";
/// For calls that have no time limit of their own.
const DESCRIBE_TIMEOUT: Duration = Duration::from_secs(30);
const ESTIMATE_TIMEOUT: Duration = Duration::from_secs(15);

/// A PostgreSQL database that is asked, and never written to.
pub struct Postgres {
    target: Arc<Target>,
    pool: Pool,
    /// The schema that short names are looked for in, if there is exactly one: known when tables were listed.
    home: RwLock<Option<String>>,
}

impl Postgres {
    /// Gets ready to ask the database that `config` names.
    ///
    /// Nothing connects before the first call that needs it, so the server may come later;
    /// [`check`](DatabaseProvider::check) says whether it is there and lets the role read.
    ///
    /// # Errors
    /// `InvalidSettings` names the setting that is wrong, or the certificate that cannot be read.
    pub fn connect(config: &PostgresConfig) -> Result<Self> {
        let target = Target::new(config)?;
        let pool = Pool::new(Connector::new(target.clone())?)?;
        let home = match target.search_path.as_slice() {
            [schema] => Some(schema.clone()),
            // Several, or as the server is set up.
            _ => None,
        };
        Ok(Postgres { target: Arc::new(target), pool, home: RwLock::new(home) })
    }

    /// A connection with the transaction opened and `sql` prepared in it.
    async fn prepare(&self, sql: &str, limit: Limit) -> Result<(Session, Statement)> {
        if sql.contains('\0') {
            let message = "PostgreSQL: a statement ends at a zero byte: remove it";
            return Err(ProviderError::new(ErrorKind::Rejected, message));
        }
        let mut session = self.pool.session(limit).await?;
        match session.prepare(sql, limit).await {
            Err(_) if session.is_lost() && !session.is_fresh() => {
                session = self.renewed(session, limit).await?;
                let statement = session.prepare(sql, limit).await?;
                Ok((session, statement))
            }
            prepared => Ok((session, prepared?)),
        }
    }

    /// A connection with a transaction opened for statements of our own.
    async fn session(&self, limit: Limit) -> Result<Session> {
        let mut session = self.pool.session(limit).await?;
        match session.begin(limit).await {
            Err(_) if session.is_lost() && !session.is_fresh() => {
                session = self.renewed(session, limit).await?;
                session.begin(limit).await?;
                Ok(session)
            }
            begun => begun.map(|()| session),
        }
    }

    /// A new connection instead of one that had died while nobody used it, before anything was asked of it.
    async fn renewed(&self, dead: Session, limit: Limit) -> Result<Session> {
        drop(dead);
        self.pool.forget_idle();
        self.pool.session(limit).await
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").field("target", &self.info().target).finish_non_exhaustive()
    }
}

#[async_trait]
impl DatabaseProvider for Postgres {
    fn info(&self) -> DatabaseInfo {
        DatabaseInfo {
            kind: KIND,
            dialect: Dialect::Postgresql,
            target: format!("{}/{}", self.target.place(), self.target.database),
            home: self.home.read().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect(),
        }
    }

    async fn tables(&self) -> Result<Vec<TableRef>> {
        let limit = Limit::after(DESCRIBE_TIMEOUT);
        let work = async { describe::tables(&mut self.session(limit).await?, limit).await };
        let (tables, home) = limit.hold(work).await?;
        *self.home.write().unwrap_or_else(PoisonError::into_inner) = home;
        Ok(tables)
    }

    async fn describe(&self, tables: &[TableRef]) -> Result<Vec<TableSchema>> {
        if tables.is_empty() {
            return Ok(Vec::new());
        }
        let limit = Limit::after(DESCRIBE_TIMEOUT);
        let work = async {
            let described = describe::describe(&mut self.session(limit).await?, limit, tables).await?;
            let mut schemas = described.schemas;
            if self.target.samples {
                samples::fill(&mut schemas, &described.statistics, self.pool.session(limit)).await;
            }
            Ok(schemas)
        };
        limit.hold(Box::pin(work)).await
    }

    async fn query(&self, query: Query) -> Result<RowStream> {
        let Query { sql, max_rows, timeout } = query;
        if sql.dialect() != Dialect::Postgresql {
            return Err(ProviderError::new(
                ErrorKind::Rejected,
                format!("the statement was checked as {}, and this database is PostgreSQL", sql.dialect()),
            ));
        }
        let limit = Limit::after(timeout);
        let work = async {
            let (session, statement) = self.prepare(sql.sql(), limit).await?;
            rows::start(session, statement, sql.sql(), max_rows, limit).await
        };
        limit.hold(Box::pin(work)).await
    }

    async fn estimate(&self, sql: &Guarded) -> Result<Option<Estimate>> {
        let Some(explain) = estimate::statement(sql.sql()) else { return Ok(None) };
        let limit = Limit::after(ESTIMATE_TIMEOUT);
        let work = async {
            let (session, statement) = self.prepare(&explain, limit).await.map_err(estimate::placed)?;
            estimate::read(session, &statement, limit).await
        };
        limit.hold(Box::pin(work)).await
    }

    async fn check(&self) -> Result<()> {
        let limit = Limit::after(self.target.connect_timeout * 2);
        limit.hold(async { describe::check(&mut self.session(limit).await?, limit).await }).await
    }

    async fn excess_rights(&self) -> Result<Vec<String>> {
        let limit = Limit::after(self.target.connect_timeout * 2);
        limit.hold(async { rights::excess(&mut self.session(limit).await?, limit).await }).await
    }
}

/// Makes [`Postgres`] providers for the registry.
#[derive(Debug, Clone, Copy, Default)]
pub struct PostgresFactory;

#[async_trait]
impl DatabaseFactory for PostgresFactory {
    fn names(&self) -> &'static [&'static str] {
        &[KIND, "postgres"]
    }

    async fn connect(&self, settings: &Settings) -> Result<Arc<dyn DatabaseProvider>> {
        Ok(Arc::new(Postgres::connect(&settings.read(KIND)?)?))
    }
}
