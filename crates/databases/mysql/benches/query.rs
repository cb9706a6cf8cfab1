//! A query through the provider beside the same one through the bare driver.
//!
//! Needs a server: `SQLATTE_TEST_MYSQL_URL` names it, as in the tests.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a benchmark has nobody to tell its faults")]

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use futures::TryStreamExt;
use mysql_async::{Conn, Opts, OptsBuilder, Row, prelude::Queryable};
use sqlatte_db_mysql::{MySql, MySqlConfig};
use sqlatte_guard::{Dialect, Guard};
use sqlatte_providers::{DatabaseProvider, Query};

const SMALL: &str = "SELECT 1 AS one, 'two' AS two";
/// 100,000 rows by 8 columns of the kinds that exports are made of.
const LARGE: &str = "
    WITH d AS (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
               UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)
    SELECT a.d + 10 * b.d, c.d, 'a customer with a name', 1.5 * d.d, DATE '2026-11-22' + INTERVAL e.d DAY,
           TIMESTAMP '2026-11-22 13:14:15', 0.1e0 * a.d, NULLIF(a.d, 7)
    FROM d AS a CROSS JOIN d AS b CROSS JOIN d AS c CROSS JOIN d AS d CROSS JOIN d AS e";

async fn through_the_provider(provider: &MySql, sql: &str) -> usize {
    let sql = Guard::new(Dialect::Mysql).check(sql).unwrap();
    let query = Query { sql, max_rows: u64::MAX, timeout: Duration::from_secs(60) };
    let mut stream = provider.query(query).await.unwrap();
    let mut rows = 0;
    while let Some(batch) = stream.batches.try_next().await.unwrap() {
        rows += batch.rows.len();
    }
    rows
}

async fn through_the_driver(conn: &mut Conn, sql: &str) -> usize {
    let mut result = conn.exec_iter(sql, ()).await.unwrap();
    let mut rows = 0;
    result.for_each(|row: Row| rows += usize::from(!row.is_empty())).await.unwrap();
    rows
}

fn compare(criterion: &mut Criterion) {
    let Ok(url) = std::env::var("SQLATTE_TEST_MYSQL_URL") else {
        eprintln!("skipped: no MySQL to measure with: set SQLATTE_TEST_MYSQL_URL");
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let provider = MySql::new(MySqlConfig::new(format!("{url}?ssl_mode=disabled"))).unwrap();
    // Without a cache, as statements of users are not repeated: prepared and run.
    let opts = OptsBuilder::from_opts(Opts::from_url(&url).unwrap()).prefer_socket(false).stmt_cache_size(0);
    let mut conn = runtime.block_on(Conn::new(opts)).unwrap();
    for (name, sql) in [("small", SMALL), ("100000 rows", LARGE)] {
        let mut group = criterion.benchmark_group(name);
        group.sample_size(if name == "small" { 100 } else { 10 });
        group.bench_function("provider", |bencher| {
            bencher.iter(|| runtime.block_on(through_the_provider(&provider, sql)));
        });
        group.bench_function("driver", |bencher| {
            bencher.iter(|| runtime.block_on(through_the_driver(&mut conn, sql)));
        });
        group.finish();
    }
    runtime.block_on(conn.disconnect()).unwrap();
}

criterion_group!(benches, compare);
criterion_main!(benches);
