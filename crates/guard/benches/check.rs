//! How many statements a second the guard checks; the floor it must keep is 1,000.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sqlatte_guard::{Dialect, Guard};

const SHORT: &str =
    "SELECT name, count(*) FROM customers WHERE city = 'Istanbul' GROUP BY name ORDER BY 2 DESC LIMIT 10";

fn check(c: &mut Criterion) {
    let guard = Guard::new(Dialect::Postgresql);
    let columns: Vec<String> = (0..200)
        .map(|i| format!("sum(CASE WHEN o.kind = {i} THEN o.price * o.quantity ELSE 0 END) AS kind_{i}"))
        .collect();
    let long = format!("SELECT {} FROM orders o JOIN items i ON o.id = i.order_id", columns.join(", "));
    let chain = format!("SELECT {}", vec!["1"; 9_000].join("+"));
    let mut group = c.benchmark_group("check");
    group.throughput(Throughput::Elements(1));
    for (name, sql) in
        [("short", SHORT), ("long", long.as_str()), ("chain", chain.as_str()), ("refused", "DROP TABLE t")]
    {
        group.bench_function(name, |b| b.iter(|| guard.check(black_box(sql))));
    }
    group.finish();
}

criterion_group!(benches, check);
criterion_main!(benches);
