//! A database of a test's own on the PostgreSQL server that tests use, with the role of the guide.

#![expect(clippy::unwrap_used, reason = "a harness is a part of tests")]
// Each test program uses a part of it.
#![allow(dead_code, clippy::allow_attributes, reason = "each test program uses a part of it")]

use std::{
    env, process,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, SystemTime},
};

use sqlatte_db_postgres::{Postgres, PostgresConfig};
use sqlatte_guard::{Dialect, Guarded};
use sqlatte_providers::{Batch, Column, DatabaseProvider, ProviderError, Query, Row};
use sqlatte_testkit::{database::sql_of_guide, proxy::Proxy};
use tokio::runtime;
use tokio_postgres::{Client, NoTls};

pub(crate) mod stand_in;

pub(crate) const ADDRESS: &str = "SQLATTE_TEST_POSTGRES_URL";

const GUIDE: &str = include_str!("../../../../../docs/guides/postgresql.md");

/// A database and its role; both go when it is dropped.
pub(crate) struct Database {
    /// Its own name, and that of its role.
    pub(crate) name: String,
    pub(crate) password: String,
    pub(crate) admin: Client,
    pub(crate) proxy: Proxy,
    server: tokio_postgres::Config,
}

impl Database {
    /// Makes a database with the role of the guide, and runs `schema` in it as its owner.
    pub(crate) async fn start(schema: &str) -> Result<Self, String> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let url = env::var(ADDRESS).map_err(|_| {
            format!("no PostgreSQL to test with: set {ADDRESS} or run the tests with cargo xtask test")
        })?;
        let server: tokio_postgres::Config =
            url.parse().map_err(|_| format!("{ADDRESS} is no PostgreSQL URL"))?;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_micros();
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("sqlatte_test_{now}_{}_{count}", process::id());
        let password = format!("hunter2_{now}");

        let maintenance = connect(&server).await;
        maintenance.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0")).await.unwrap();
        let mut own = server.clone();
        own.dbname(&name);
        let admin = connect(&own).await;
        admin.batch_execute(schema).await.unwrap();
        admin.batch_execute(&rights(&name, &password)).await.unwrap();
        let proxy = Proxy::before(&place(&server)).await.unwrap();
        Ok(Database { name, password, admin, proxy, server })
    }

    /// The settings of the role, by way of the proxy.
    pub(crate) fn config(&self) -> PostgresConfig {
        let Database { name, password, .. } = self;
        let address = self.proxy.address();
        PostgresConfig::new(format!("postgres://{name}:{password}@{address}/{name}"))
    }

    pub(crate) fn provider(&self, change: impl FnOnce(&mut PostgresConfig)) -> Arc<dyn DatabaseProvider> {
        let mut config = self.config();
        change(&mut config);
        Arc::new(Postgres::connect(&config).unwrap())
    }

    /// `host:port` of the server itself.
    pub(crate) fn place(&self) -> String {
        place(&self.server)
    }

    /// Texts that a query of the superuser gives.
    pub(crate) async fn texts(&self, sql: &str) -> Vec<String> {
        let rows = self.admin.simple_query(sql).await.unwrap();
        let texts = rows.iter().filter_map(|row| match row {
            tokio_postgres::SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
            _ => None,
        });
        texts.collect()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        let dropping = thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let maintenance = connect(&server).await;
                // What is left over hurts nobody.
                let _ = maintenance.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
                let _ = maintenance.batch_execute(&format!("DROP ROLE {name}")).await;
            });
        });
        let _ = dropping.join();
    }
}

/// What the guide has administrators run, for a database and a role of this name.
fn rights(name: &str, password: &str) -> String {
    let sql = sql_of_guide(GUIDE, "## A role that can only read");
    assert!(sql.contains("ROLE sqlatte") && sql.contains("DATABASE shop") && sql.contains("'choose one'"));
    let sql = sql.replace("sqlatte", "{name}").replace("shop", "{name}");
    sql.replace("{name}", name).replace("choose one", password)
}

fn place(server: &tokio_postgres::Config) -> String {
    let tokio_postgres::config::Host::Tcp(host) = &server.get_hosts()[0] else {
        unreachable!("a URL has a host")
    };
    format!("{host}:{}", server.get_ports()[0])
}

pub(crate) async fn connect(server: &tokio_postgres::Config) -> Client {
    let (client, connection) = server.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// A statement past the guard, with limits that no test meets by accident.
pub(crate) fn query(sql: &str) -> Query {
    Query {
        sql: Guarded::unguarded(sql, Dialect::Postgresql),
        max_rows: 100_000,
        timeout: Duration::from_secs(30),
    }
}

/// A whole answer.
pub(crate) async fn fetch(
    provider: &dyn DatabaseProvider,
    query: Query,
) -> Result<(Vec<Column>, Vec<Row>), ProviderError> {
    use futures::TryStreamExt;

    let stream = provider.query(query).await?;
    let batches: Vec<Batch> = stream.batches.try_collect().await?;
    Ok((stream.columns, batches.into_iter().flat_map(|batch| batch.rows).collect()))
}
