use std::{env, fs, time::Duration};

use crate::{report::Report, timings::milliseconds};

const GOAL: Duration = Duration::from_micros(300);

/// What an adapter adds to a small query, as `benches/overhead.rs` measured it just before.
pub(crate) fn note(report: &mut Report) {
    report.section(
        "One small query",
        "`SELECT 7 AS id, 'Latte' AS name` through the adapter of a database (a connection from the pool, a \
         read-only transaction with its limits, the statement prepared and run, its rows read) and on the bare \
         driver (the statement prepared and run, its row read), 1000 times in turns on the same server without TLS. \
         The difference is the median of those of each turn.",
    );
    let text = env::var_os("SQLATTE_BENCH_OVERHEAD").and_then(|file| fs::read_to_string(file).ok());
    let text = text.unwrap_or_default();
    if text.is_empty() {
        report.note("all databases", "not measured: run by `cargo xtask bench`, with servers");
    }
    for line in text.lines() {
        let [name, adapter, driver, added] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("four fields: {line}");
        };
        let time = |text: &str| Duration::from_nanos(text.parse().unwrap_or_default());
        let what = format!(
            "{name}: added by the adapter ({} of it, {} of the driver)",
            milliseconds(time(adapter)),
            milliseconds(time(driver))
        );
        report.goal(what, milliseconds(time(added)), "< 0.3 ms", time(added) < GOAL);
    }
}
