use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use sqlatte_guard::Guarded;
use sqlatte_providers::{
    DatabaseInfo, DatabaseProvider, Estimate, Query, Result, RowStream, TableRef, TableSchema,
};

use crate::fixture::Setup;

/// A database that counts how often somebody looks whether it answers, and may leave them waiting.
#[derive(Debug)]
struct Watched {
    database: Arc<dyn DatabaseProvider>,
    looks: AtomicUsize,
    stuck: AtomicBool,
}

#[async_trait]
impl DatabaseProvider for Watched {
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
        self.database.query(query).await
    }

    async fn estimate(&self, sql: &Guarded) -> Result<Option<Estimate>> {
        self.database.estimate(sql).await
    }

    async fn check(&self) -> Result<()> {
        self.looks.fetch_add(1, Ordering::Relaxed);
        if self.stuck.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        self.database.check().await
    }
}

fn watched(setup: &Setup, stuck: bool) -> Arc<Watched> {
    let (database, stuck) = (setup.database(), AtomicBool::new(stuck));
    Arc::new(Watched { database, looks: AtomicUsize::new(0), stuck })
}

#[tokio::test]
async fn many_who_ask_whether_it_is_ready_look_once() {
    let setup = Setup::new();
    let database = watched(&setup, false);
    let server = setup.over(Arc::clone(&database) as _);
    let health = server.get("/health").await.expect(200);
    assert_eq!(health["components"]["database"]["status"], "unknown");
    for reply in futures::future::join_all((0..20).map(|_| server.get("/ready"))).await {
        reply.expect(200);
    }
    assert_eq!(database.looks.load(Ordering::Relaxed), 1);
    let health = server.get("/health").await.expect(200);
    insta::assert_json_snapshot!(health, { ".uptime_seconds" => "[seconds]", ".version" => "[version]" });
}

#[tokio::test]
async fn a_database_that_hangs_is_not_waited_for() {
    let setup = Setup::new();
    let database = watched(&setup, true);
    let server = setup.over(Arc::clone(&database) as _);
    let began = Instant::now();
    server.get("/ready").await.expect(503);
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    let status = |health: serde_json::Value| health["components"]["database"]["status"].clone();
    assert_eq!(status(server.get("/health").await.expect(200)), "down");
    // A question that gets rows says more than a look.
    server.sql("SELECT 1 FROM orders").await.expect(200);
    assert_eq!(status(server.get("/health").await.expect(200)), "ok");
}

#[tokio::test]
async fn a_database_that_is_busy_is_ready() {
    let setup = Setup::new();
    let server = {
        let database = watched(&setup, true);
        setup.over(database)
    };
    let _running = server.begin("wait").await;
    server.get("/ready").await.expect(200);
}

#[tokio::test]
async fn durations_are_summed_up() {
    let server = Setup::new().start();
    server.sql("SELECT 1 FROM orders").await.expect(200);
    let metrics = server.get("/metrics").await;
    assert_eq!(metrics.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assert!(metrics.text().contains("sqlatte_question_seconds_count 1"), "{}", metrics.text());
}
