//! One small query through an adapter, beside the same query on the bare driver: what the adapter adds.
//!
//! Needs the servers of the tests; `cargo xtask bench` puts the outcome into docs/benchmarks.md by way of the file
//! that `SQLATTE_BENCH_OVERHEAD` names: a line for each database, with its name and three times in nanoseconds, of
//! the adapter, of the driver, and of the difference.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement that cannot be set up has failed, and its numbers are for the terminal"
)]

use std::{
    env, fs,
    time::{Duration, Instant},
};

use futures::TryStreamExt;
use mysql_async::{Conn, Opts, OptsBuilder, Row, prelude::Queryable};
use sqlatte_db_mysql::{MySql, MySqlConfig};
use sqlatte_db_postgres::{Postgres, PostgresConfig};
use sqlatte_guard::{Dialect, Guard};
use sqlatte_providers::{DatabaseProvider, Query};
use tokio::time::sleep;
use tokio_postgres::NoTls;

const SQL: &str = "SELECT 7 AS id, 'Latte' AS name";
const WARM_UP: usize = 200;
const ROUNDS: usize = 1000;
/// After its answer the adapter cleans the connection, which must not slow the next call.
const PAUSE: Duration = Duration::from_millis(3);

#[tokio::main]
async fn main() {
    let mut lines = Vec::new();
    if let Ok(url) = env::var("SQLATTE_TEST_POSTGRES_URL") {
        lines.push(postgresql(&url).await);
    }
    for (name, variable) in [("MariaDB", "SQLATTE_TEST_MARIADB_URL"), ("MySQL", "SQLATTE_TEST_MYSQL_URL")] {
        if let Ok(url) = env::var(variable) {
            lines.push(mysql(name, &url).await);
        }
    }
    let text = lines.concat();
    print!("{text}");
    if let Some(file) = env::var_os("SQLATTE_BENCH_OVERHEAD") {
        fs::write(file, text).unwrap();
    }
}

async fn postgresql(url: &str) -> String {
    let provider = Postgres::connect(&PostgresConfig::new(url)).unwrap();
    let (driver, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    compared("PostgreSQL", &provider, Dialect::Postgresql, async || {
        driver.query(SQL, &[]).await.unwrap().len()
    })
    .await
}

async fn mysql(name: &str, url: &str) -> String {
    // Both without TLS, which the driver alone would not ask for.
    let provider = MySql::new(MySqlConfig::new(format!("{url}?ssl_mode=disabled"))).unwrap();
    // People's statements are not repeated: each is prepared and run.
    let opts = OptsBuilder::from_opts(Opts::from_url(url).unwrap()).prefer_socket(false).stmt_cache_size(0);
    let mut driver = Conn::new(opts).await.unwrap();
    let line = compared(name, &provider, Dialect::Mysql, async || {
        driver.exec::<Row, _, _>(SQL, ()).await.unwrap().len()
    })
    .await;
    driver.disconnect().await.unwrap();
    line
}

/// Measures both in turns; the difference is the median of those of each turn.
async fn compared(
    name: &str,
    provider: &dyn DatabaseProvider,
    dialect: Dialect,
    mut driver: impl AsyncFnMut() -> usize,
) -> String {
    let sql = Guard::new(dialect).check(SQL).unwrap();
    let adapter = async || {
        let query = Query { sql: sql.clone(), max_rows: 1000, timeout: Duration::from_secs(60) };
        let stream = provider.query(query).await.unwrap();
        stream.batches.try_fold(0, async |rows, batch| Ok(rows + batch.rows.len())).await.unwrap()
    };
    let (mut through, mut bare, mut added) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..WARM_UP + ROUNDS {
        let ours = timed(&mut async || adapter().await).await;
        let theirs = timed(&mut driver).await;
        if round >= WARM_UP {
            through.push(ours);
            bare.push(theirs);
            added.push(ours - theirs);
        }
    }
    format!("{name}\t{}\t{}\t{}\n", median(through), median(bare), median(added))
}

/// Nanoseconds until the one row was read.
async fn timed(work: &mut impl AsyncFnMut() -> usize) -> i64 {
    sleep(PAUSE).await;
    let began = Instant::now();
    let rows = work().await;
    let took = began.elapsed();
    assert_eq!(rows, 1);
    i64::try_from(took.as_nanos()).unwrap()
}

fn median(mut times: Vec<i64>) -> i64 {
    times.sort_unstable();
    times[times.len() / 2]
}
