use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use sqlatte_guard::{Dialect, Guarded};
use sqlatte_providers::{
    DatabaseFactory, DatabaseInfo, DatabaseProvider, ErrorKind, Estimate, ProviderError, Query, Result,
    RowStream, Settings, TableRef, TableSchema,
};
use tokio::sync::Semaphore;

use crate::{
    check,
    client::Bridge,
    config::BigqueryConfig,
    deadline::Deadline,
    describe,
    dry_run::{self, Plan},
    job::Job,
    stream::{self, FIRST_PAGE},
};

const KIND: &str = "bigquery";
/// For calls that have no time limit of their own.
const DESCRIBE_TIMEOUT: Duration = Duration::from_secs(60);
const CHECK_TIMEOUT: Duration = Duration::from_secs(30);

/// BigQuery, asked and never written to.
pub struct Bigquery {
    bridge: Arc<Bridge>,
    running: Arc<Semaphore>,
}

impl Bigquery {
    /// Gets ready to ask what `config` names.
    ///
    /// A key file is read now; nothing is sent before the first call that needs it, and
    /// [`check`](DatabaseProvider::check) says whether that works.
    ///
    /// # Errors
    /// `InvalidSettings` names the setting that is wrong.
    pub fn new(config: BigqueryConfig) -> Result<Self> {
        let bridge = Bridge::new(config.setup()?)?;
        let running = Arc::new(Semaphore::new(bridge.setup.pool_size));
        Ok(Bigquery { bridge, running })
    }

    async fn run(&self, sql: &Guarded, max_rows: u64, deadline: Deadline) -> Result<RowStream> {
        let sql = ours(sql)?;
        let permit = deadline
            .hold(async {
                Arc::clone(&self.running).acquire_owned().await.map_err(|closed| {
                    ProviderError::new(ErrorKind::Unavailable, "BigQuery is no longer asked")
                        .with_source(closed)
                })
            })
            .await?;
        let Plan { columns, shapes, location, .. } = deadline.hold(dry_run::plan(&self.bridge, sql)).await?;
        let mut job = Job::start(&self.bridge, sql, &location, deadline, permit).await?;
        // One more than asked for says nothing that the total does not.
        let rows = u32::try_from(max_rows).unwrap_or(u32::MAX).clamp(1, FIRST_PAGE);
        let first = job.first(rows, deadline).await?;
        Ok(RowStream { columns, batches: stream::batches(job, shapes, first, max_rows, deadline) })
    }
}

impl fmt::Debug for Bigquery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bigquery").field("target", &self.bridge.setup.target()).finish_non_exhaustive()
    }
}

#[async_trait]
impl DatabaseProvider for Bigquery {
    fn info(&self) -> DatabaseInfo {
        let home = self.bridge.setup.scope.home.iter();
        DatabaseInfo {
            kind: KIND,
            dialect: Dialect::Bigquery,
            target: self.bridge.setup.target(),
            home: home.flat_map(|home| [home.project.clone(), home.dataset.clone()]).collect(),
        }
    }

    async fn tables(&self) -> Result<Vec<TableRef>> {
        Deadline::after(DESCRIBE_TIMEOUT).hold(describe::tables(&self.bridge)).await
    }

    async fn describe(&self, tables: &[TableRef]) -> Result<Vec<TableSchema>> {
        Deadline::after(DESCRIBE_TIMEOUT).hold(describe::describe(&self.bridge, tables)).await
    }

    async fn query(&self, query: Query) -> Result<RowStream> {
        self.run(&query.sql, query.max_rows, Deadline::after(query.timeout)).await
    }

    async fn estimate(&self, sql: &Guarded) -> Result<Option<Estimate>> {
        let plan = Deadline::after(CHECK_TIMEOUT).hold(dry_run::plan(&self.bridge, ours(sql)?)).await?;
        Ok(Some(Estimate { rows: None, bytes: Some(plan.bytes) }))
    }

    async fn check(&self) -> Result<()> {
        Deadline::after(CHECK_TIMEOUT).hold(check::check(&self.bridge)).await
    }
}

/// The statement's text, if it was checked as one of BigQuery's.
fn ours(sql: &Guarded) -> Result<&str> {
    if sql.dialect() == Dialect::Bigquery {
        return Ok(sql.sql());
    }
    Err(ProviderError::new(
        ErrorKind::Rejected,
        format!("the statement was checked as {}, and this database is BigQuery", sql.dialect()),
    ))
}

/// Makes [`Bigquery`] providers for the registry.
#[derive(Debug, Clone, Copy, Default)]
pub struct BigqueryFactory;

#[async_trait]
impl DatabaseFactory for BigqueryFactory {
    fn names(&self) -> &'static [&'static str] {
        &[KIND]
    }

    async fn connect(&self, settings: &Settings) -> Result<Arc<dyn DatabaseProvider>> {
        Ok(Arc::new(Bigquery::new(settings.read(KIND)?)?))
    }
}
