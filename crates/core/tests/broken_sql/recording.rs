use std::{path::PathBuf, sync::Mutex};

use async_trait::async_trait;
use sqlatte_db_sqlite::Sqlite;
use sqlatte_guard::Guarded;
use sqlatte_providers::{
    DatabaseInfo, DatabaseProvider, Estimate, Query, Result, RowStream, TableRef, TableSchema,
};

/// A database that keeps what it is asked.
#[derive(Debug)]
pub(crate) struct Recording {
    database: Sqlite,
    reached: Mutex<Vec<String>>,
    errors: Mutex<Vec<String>>,
}

impl Recording {
    pub(crate) fn new(database: Sqlite) -> Self {
        Recording { database, reached: Mutex::default(), errors: Mutex::default() }
    }

    /// The statements that came here, in order.
    pub(crate) fn reached(&self) -> Vec<String> {
        self.reached.lock().unwrap().clone()
    }

    /// What the database said to those it refused.
    pub(crate) fn errors(&self) -> Vec<String> {
        self.errors.lock().unwrap().clone()
    }

    pub(crate) fn forget(&self) {
        self.reached.lock().unwrap().clear();
        self.errors.lock().unwrap().clear();
    }

    /// The file.
    pub(crate) fn info_target(&self) -> PathBuf {
        PathBuf::from(self.database.info().target)
    }
}

#[async_trait]
impl DatabaseProvider for Recording {
    fn info(&self) -> DatabaseInfo {
        self.database.info()
    }

    async fn tables(&self) -> Result<Vec<TableRef>> {
        self.database.tables().await
    }

    async fn describe(&self, tables: &[TableRef]) -> Result<Vec<TableSchema>> {
        self.database.describe(tables).await
    }

    async fn query(&self, query: Query) -> Result<RowStream> {
        self.reached.lock().unwrap().push(query.sql.sql().to_owned());
        let result = self.database.query(query).await;
        if let Err(error) = &result {
            self.errors.lock().unwrap().push(error.to_string());
        }
        result
    }

    async fn estimate(&self, sql: &Guarded) -> Result<Option<Estimate>> {
        self.database.estimate(sql).await
    }

    async fn check(&self) -> Result<()> {
        self.database.check().await
    }
}
