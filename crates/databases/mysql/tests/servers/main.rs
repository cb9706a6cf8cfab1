//! What is special about MySQL and MariaDB: their types, their settings, their faults.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

#[path = "../harness/mod.rs"]
mod harness;

/// Makes a test on each of the two servers.
macro_rules! on_both {
    ($($test:ident),* $(,)?) => {
        mod mysql {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                type Server = crate::harness::Harness<crate::harness::MySqlServer>;
                let started = sqlatte_testkit::database::started::<Server>(stringify!($test)).await;
                let Some(harness) = started else { return };
                super::$test(&harness).await;
            })*
        }
        mod mariadb {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                type Server = crate::harness::Harness<crate::harness::MariaDbServer>;
                let started = sqlatte_testkit::database::started::<Server>(stringify!($test)).await;
                let Some(harness) = started else { return };
                super::$test(&harness).await;
            })*
        }
    };
}

mod faults;
mod schema;
mod sessions;
mod types;

use std::time::Duration;

use futures::TryStreamExt;
use sqlatte_guard::{Dialect, Guarded};
use sqlatte_providers::{ColumnType, DatabaseProvider, ProviderError, Query, Result, Row, Value};

fn query(sql: &str) -> Query {
    Query { sql: Guarded::unguarded(sql, Dialect::Mysql), max_rows: 1000, timeout: Duration::from_secs(20) }
}

async fn fetch(provider: &dyn DatabaseProvider, sql: &str) -> Result<(Vec<(String, ColumnType)>, Vec<Row>)> {
    let stream = provider.query(query(sql)).await?;
    let columns = stream.columns.into_iter().map(|column| (column.name, column.kind)).collect();
    let batches: Vec<_> = stream.batches.try_collect().await?;
    Ok((columns, batches.into_iter().flat_map(|batch| batch.rows).collect()))
}

async fn fetch_value(provider: &dyn DatabaseProvider, sql: &str) -> Value {
    fetch(provider, sql).await.unwrap_or_else(|error| panic!("{sql}: {error}")).1.remove(0).remove(0)
}

async fn fails(provider: &dyn DatabaseProvider, sql: &str) -> ProviderError {
    fetch(provider, sql).await.map(|_| ()).unwrap_err()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}
