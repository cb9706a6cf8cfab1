//! What a query costs beyond SQLite's own work: through the pool, alone and with many callers.

#![expect(clippy::unwrap_used, reason = "a benchmark is run by people")]

use std::{hint::black_box, time::Duration};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use futures::{TryStreamExt, future};
use sqlatte_db_sqlite::{Sqlite, SqliteConfig};
use sqlatte_guard::{Dialect, Guard, Guarded};
use sqlatte_providers::{DatabaseProvider, Query};

const CALLERS: u64 = 32;
const ROWS: u64 = 1_000_000;

fn guarded(sql: &str) -> Guarded {
    Guard::new(Dialect::Sqlite).check(sql).unwrap()
}

async fn fetch(sqlite: &Sqlite, sql: &Guarded) -> usize {
    let query = Query { sql: sql.clone(), max_rows: u64::MAX, timeout: Duration::from_secs(60) };
    let mut batches = sqlite.query(query).await.unwrap().batches;
    let mut rows = 0;
    while let Some(batch) = batches.try_next().await.unwrap() {
        rows += batch.rows.len();
    }
    rows
}

fn queries(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.db");
    sqlatte_db_sqlite::demo::create(&path, "2026-11-22".parse().unwrap()).unwrap();
    let sqlite = Sqlite::open(SqliteConfig::new(&path)).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let small = guarded("SELECT name, price FROM products WHERE id = 7");

    criterion.bench_function("rusqlite itself, one small query", |bencher| {
        let connection = rusqlite::Connection::open(&path).unwrap();
        bencher.iter(|| {
            let mut statement = connection.prepare_cached(small.sql()).unwrap();
            let row: (String, f64) = statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            black_box(row)
        });
    });
    criterion.bench_function("one small query", |bencher| {
        bencher.iter(|| runtime.block_on(fetch(&sqlite, &small)));
    });

    let mut group = criterion.benchmark_group("many callers");
    group.throughput(Throughput::Elements(CALLERS));
    group.bench_function("32 small queries at once", |bencher| {
        bencher.iter(|| {
            runtime.block_on(async { future::join_all((0..CALLERS).map(|_| fetch(&sqlite, &small))).await })
        });
    });
    group.finish();

    let mut group = criterion.benchmark_group("stream");
    group.sample_size(10).throughput(Throughput::Elements(ROWS));
    let many = guarded(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS})
         SELECT i, 'a text of some length', i * 0.5 FROM n"
    ));
    group.bench_function("a million rows", |bencher| {
        bencher.iter(|| runtime.block_on(fetch(&sqlite, &many)));
    });
    group.finish();
}

criterion_group!(benches, queries);
criterion_main!(benches);
