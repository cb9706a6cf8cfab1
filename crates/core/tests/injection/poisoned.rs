use std::sync::Mutex;

use async_trait::async_trait;
use sqlatte_db_sqlite::Sqlite;
use sqlatte_guard::Guarded;
use sqlatte_providers::{
    DatabaseInfo, DatabaseProvider, Estimate, Query, Result, RowStream, TableRef, TableSchema,
};

/// Where a database says it.
#[derive(Debug)]
pub(crate) enum Poison {
    TableComment(String),
    ColumnComment(String),
    Value(String),
}

/// A database that says something in its schema, and keeps what it is asked.
#[derive(Debug)]
pub(crate) struct Poisoned {
    database: Sqlite,
    poison: Option<Poison>,
    reached: Mutex<Vec<String>>,
}

impl Poisoned {
    pub(crate) fn new(database: Sqlite, poison: Option<Poison>) -> Self {
        Poisoned { database, poison, reached: Mutex::default() }
    }

    /// The statements that came here, in order.
    pub(crate) fn reached(&self) -> Vec<String> {
        self.reached.lock().unwrap().clone()
    }
}

#[async_trait]
impl DatabaseProvider for Poisoned {
    fn info(&self) -> DatabaseInfo {
        self.database.info()
    }

    async fn tables(&self) -> Result<Vec<TableRef>> {
        self.database.tables().await
    }

    async fn describe(&self, tables: &[TableRef]) -> Result<Vec<TableSchema>> {
        let mut schemas = self.database.describe(tables).await?;
        for schema in &mut schemas {
            match &self.poison {
                Some(Poison::TableComment(text)) => schema.table.comment = Some(text.clone()),
                Some(Poison::ColumnComment(text)) => {
                    schema.columns.iter_mut().for_each(|column| column.comment = Some(text.clone()));
                }
                Some(Poison::Value(text)) => {
                    schema.columns.iter_mut().for_each(|column| column.samples = vec![text.clone()]);
                }
                None => {}
            }
        }
        Ok(schemas)
    }

    async fn query(&self, query: Query) -> Result<RowStream> {
        self.reached.lock().unwrap().push(query.sql.sql().to_owned());
        self.database.query(query).await
    }

    async fn estimate(&self, sql: &Guarded) -> Result<Option<Estimate>> {
        self.database.estimate(sql).await
    }

    async fn check(&self) -> Result<()> {
        self.database.check().await
    }
}
