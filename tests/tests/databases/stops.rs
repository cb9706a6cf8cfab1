//! Statements that would run for hours end in the database itself, however they are stopped: the server's own list
//! of what it works on says so.

use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::Method;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use sqlatte_e2e::{Client, Events, Server, Start};
use tokio::time::sleep;

use crate::engine::{Admin, Engine, Fresh};

/// How soon the database has to be done with a statement that was stopped.
const SOON: Duration = Duration::from_secs(1);
/// Nothing takes so long to begin.
const PATIENCE: Duration = Duration::from_secs(30);
/// The connections of a pool as it is set up.
const POOL: usize = 8;

/// A database with a view that counts for hours, and a small table.
struct Slow {
    fresh: Fresh,
    admin: Admin,
    /// A name that no statement of another test has.
    view: String,
    reader: String,
}

impl Slow {
    async fn new(engine: Engine) -> Option<Self> {
        let fresh = engine.fresh().await?;
        let mut admin = fresh.admin().await;
        let view = format!("slow_{}", fresh.name);
        for sql in views(engine, &view) {
            admin.run(&sql).await;
        }
        for sql in ["CREATE TABLE things (id integer)", "INSERT INTO things VALUES (1), (2), (3)"] {
            admin.run(sql).await;
        }
        let reader = fresh.reader().await;
        Some(Slow { fresh, admin, view, reader })
    }

    fn serve(&self, yaml: &str) -> Server {
        Start::new().argument("--database").argument(&self.reader).config(yaml).serve()
    }

    fn endless(&self) -> String {
        format!("SELECT count(*) FROM {}", self.view)
    }

    /// How many of these statements the database is working on, as it says itself.
    async fn working(&mut self) -> usize {
        let view = &self.view;
        match &mut self.admin {
            Admin::Postgresql(client) => {
                let sql = "SELECT count(*) FROM pg_stat_activity
                     WHERE state = 'active' AND query LIKE '%' || $1 || '%' AND pid <> pg_backend_pid()";
                let working: i64 = client.query_one(sql, &[view]).await.unwrap().get(0);
                usize::try_from(working).unwrap()
            }
            Admin::Mysql(connection) => {
                let rows: Vec<mysql_async::Row> = connection.query("SHOW FULL PROCESSLIST").await.unwrap();
                let info = |row: &mysql_async::Row| row.get::<Option<String>, _>("Info").flatten();
                rows.iter().filter(|row| info(row).is_some_and(|info| info.contains(view))).count()
            }
            Admin::Trino(client) => trino_works(client, view).await,
        }
    }

    async fn begins(&mut self) {
        let began = Instant::now();
        while self.working().await == 0 {
            assert!(began.elapsed() < PATIENCE, "the database does not begin the statement");
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the database works on none of them, which has to be soon after `stopped`.
    async fn ends(&mut self, stopped: Instant, how: &str) {
        loop {
            let looked = stopped.elapsed();
            if self.working().await == 0 {
                return;
            }
            assert!(looked < SOON, "{how}: the database still works on it after {looked:?}");
            sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Statements that make the view.
fn views(engine: Engine, view: &str) -> Vec<String> {
    match engine {
        Engine::Postgresql => vec![format!(
            "CREATE VIEW {view} AS SELECT i AS n FROM (SELECT generate_series(1, 1000000000000) AS i) AS n"
        )],
        Engine::Mysql | Engine::Mariadb => {
            let digits: Vec<_> = (1..10).map(|digit| format!("UNION ALL SELECT {digit}")).collect();
            let tables: Vec<_> = (0..12).map(|place| format!("digits AS d{place}")).collect();
            vec![
                format!("CREATE VIEW digits AS SELECT 0 AS d {}", digits.join(" ")),
                format!("CREATE VIEW {view} AS SELECT d0.d + d11.d AS n FROM {}", tables.join(" CROSS JOIN ")),
            ]
        }
        Engine::Trino => vec![format!(
            "CREATE VIEW {view} AS SELECT a.orderkey AS n FROM tpch.sf1000.lineitem AS a CROSS JOIN tpch.tiny.orders AS b
             WHERE length(a.comment) <> length(b.comment)"
        )],
    }
}

/// Asks Trino's list of queries, which this question itself is not counted in.
async fn trino_works(client: &Client, view: &str) -> usize {
    let sql = format!(
        "SELECT count(*) FROM system.runtime.queries WHERE state NOT IN ('FINISHED', 'FAILED')
         AND query LIKE '%{view}%' AND query NOT LIKE '%system.runtime%'"
    );
    let mut page = client.send(Method::POST, "/v1/statement", sql.into()).await.expect(200);
    let mut counted = None;
    loop {
        counted = page["data"][0][0].as_u64().or(counted);
        let Some(next) = page["nextUri"].as_str() else { break };
        page = client.get(&next[next.find("/v1/").unwrap()..]).await.expect(200);
    }
    assert!(page["error"].is_null(), "{}", page["error"]["message"]);
    usize::try_from(counted.unwrap()).unwrap()
}

/// As many statements at once as there are connections, so that none was lost.
async fn the_pool_is_whole(client: &Client) {
    let all = (0..POOL).map(|_| {
        let client = client.clone();
        tokio::spawn(async move {
            client.sql("SELECT count(*) AS n FROM things").await.expect(200)["data"].clone()
        })
    });
    for one in all.collect::<Vec<_>>() {
        assert_eq!(one.await.unwrap(), json!([[3]]));
    }
}

async fn stops_reach_the_database(engine: Engine) {
    let Some(mut slow) = Slow::new(engine).await else { return };
    let server = slow.serve("query: {timeout: 3600}");
    let (client, endless) = (server.client(), slow.endless());
    for round in 0..3 {
        // Its caller goes away.
        let body = Bytes::from(json!({ "sql": endless }).to_string());
        let caller = client.with("content-type", "application/json");
        let asking = tokio::spawn(async move { caller.open(Method::POST, "/api/sql", body).await });
        slow.begins().await;
        // In the midst of its work, too.
        sleep(Duration::from_millis(200 * round)).await;
        asking.abort();
        assert!(asking.await.is_err_and(|error| error.is_cancelled()), "the statement is not endless");
        slow.ends(Instant::now(), "the connection was closed").await;

        // Somebody stops it.
        let mut events = Events::sql(&client, &endless).await;
        let session = events.until("session").await.data;
        let text = |key: &str| session[key].as_str().unwrap().to_owned();
        slow.begins().await;
        sleep(Duration::from_millis(200 * round)).await;
        let path = format!("/api/query/{}/cancel", text("query_id"));
        client.session(&text("session_id")).post(&path, &Value::Null).await.expect(202);
        let stopped = Instant::now();
        assert_eq!(events.until("error").await.data["code"], "cancelled");
        slow.ends(stopped, "it was stopped").await;
    }
    the_pool_is_whole(&client).await;
    drop(server);

    // Its time is up.
    let server = slow.serve("query: {timeout: 2}");
    let asked = Instant::now();
    server.client().sql(&endless).await.problem(504, "database_timeout");
    assert!(asked.elapsed() < Duration::from_secs(2) + 3 * SOON, "{:?}", asked.elapsed());
    slow.ends(Instant::now(), "its time was up").await;
    the_pool_is_whole(&server.client()).await;
    drop(server);
    let Slow { fresh, admin, .. } = slow;
    drop(admin);
    fresh.remove().await;
}

#[tokio::test]
async fn postgresql_is_told_to_stop() {
    stops_reach_the_database(Engine::Postgresql).await;
}

#[tokio::test]
async fn mysql_is_told_to_stop() {
    stops_reach_the_database(Engine::Mysql).await;
}

#[tokio::test]
async fn mariadb_is_told_to_stop() {
    stops_reach_the_database(Engine::Mariadb).await;
}

#[tokio::test]
async fn trino_is_told_to_stop() {
    stops_reach_the_database(Engine::Trino).await;
}
