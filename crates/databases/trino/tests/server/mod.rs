//! A schema of a test's own in a real Trino, from `SQLATTE_TEST_TRINO_URL`.
//!
//! The server must have the catalogs `memory` and `tpch`, and the access rules of
//! `config/examples/trino-rules.json`.

use std::time::{SystemTime, UNIX_EPOCH};

use futures::TryStreamExt;
use sqlatte_db_trino::{Trino, TrinoConfig};
use sqlatte_guard::{Dialect, Guarded};
use sqlatte_providers::{DatabaseProvider, Query, Result, Row};

pub(crate) const NO_SERVER: &str =
    "no Trino to test with: set SQLATTE_TEST_TRINO_URL or run the tests with cargo xtask test";
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(60);

pub(crate) struct Schema {
    pub(crate) name: String,
    /// `host:port`
    pub(crate) server: String,
    admin: Trino,
}

impl Schema {
    pub(crate) async fn make() -> Result<Self, String> {
        let url = std::env::var("SQLATTE_TEST_TRINO_URL").map_err(|_| NO_SERVER.to_owned())?;
        let server = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|error| error.to_string())?;
        let name = format!("test_{}_{}", std::process::id(), now.as_nanos());
        let schema =
            Schema { admin: admin(&server, &name).map_err(|error| error.to_string())?, name, server };
        schema.run(&format!("CREATE SCHEMA memory.{}", schema.name)).await;
        Ok(schema)
    }

    /// The settings of the documented user for this schema, by way of `address`.
    pub(crate) fn config(&self, address: &str) -> TrinoConfig {
        let mut config = TrinoConfig::new(&format!("trino://sqlatte@{address}/memory/{}", self.name));
        // What its statements are told by in the server's list.
        config.source.clone_from(&self.name);
        config
    }

    /// Runs a statement as the administrator.
    pub(crate) async fn run(&self, sql: &str) -> Vec<Row> {
        fetch(&self.admin, sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }
}

impl Drop for Schema {
    /// Drops it as well as it can; the server is one for tests and may keep leftovers.
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        let dropping = std::thread::spawn(move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
                return;
            };
            runtime.block_on(async {
                // The other one's connections belong to the runtime of the test, which waits here.
                let Ok(admin) = admin(&server, &name) else { return };
                for table in admin.tables().await.unwrap_or_default() {
                    let table = table.name.replace('"', "\"\"");
                    let what = format!("memory.{name}.\"{table}\"");
                    if fetch(&admin, &format!("DROP TABLE {what}")).await.is_err() {
                        let _ = fetch(&admin, &format!("DROP VIEW {what}")).await;
                    }
                }
                let _ = fetch(&admin, &format!("DROP SCHEMA memory.{name}")).await;
            });
        });
        let _ = dropping.join();
    }
}

fn admin(server: &str, schema: &str) -> Result<Trino> {
    Trino::new(TrinoConfig::new(&format!("trino://admin@{server}/memory/{schema}")))
}

/// All rows of a statement, past the guard.
pub(crate) async fn fetch(provider: &dyn DatabaseProvider, sql: &str) -> Result<Vec<Row>> {
    let query = Query { sql: Guarded::unguarded(sql, Dialect::Trino), max_rows: u64::MAX, timeout: TIMEOUT };
    let batches: Vec<_> = provider.query(query).await?.batches.try_collect().await?;
    Ok(batches.into_iter().flat_map(|batch| batch.rows).collect())
}
