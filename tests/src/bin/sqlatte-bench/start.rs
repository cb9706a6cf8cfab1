use std::time::{Duration, Instant};

use sqlatte_e2e::Start;
use tokio::time::sleep;

use crate::{
    Effort,
    questions::LIGHT,
    report::Report,
    servers::Servers,
    timings::{Timings, milliseconds},
};

const GOAL: Duration = Duration::from_millis(300);
const IDLE_GOAL: u64 = 60;

/// From nothing to an answer, and what a server holds that does nothing.
pub(crate) async fn measure(servers: &Servers, effort: Effort, report: &mut Report) {
    let starts = if effort.quick { 2 } else { 10 };
    let (mut answered, mut listened, mut idle, mut after) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..starts {
        let start = Start::new().data_dir(&servers.data_dir());
        let began = Instant::now();
        let server = start.serve();
        server.client().ask(LIGHT[0].text).await.expect(200);
        answered.push(began.elapsed());
        listened.push(server.start_took());
        sleep(Duration::from_millis(500)).await;
        after.push(server.load().memory());
    }
    for _ in 0..starts.min(3) {
        let server = Start::new().data_dir(&servers.data_dir()).serve();
        sleep(Duration::from_secs(1)).await;
        idle.push(server.load().memory());
    }

    let (answered, listened) = (Timings::new(answered), Timings::new(listened));
    report.goal(
        format!("first answer, median of {starts}"),
        milliseconds(answered.median()),
        "< 300 ms",
        answered.median() < GOAL,
    );
    report.note(format!("first answer, best of {starts}"), milliseconds(answered.best()));
    report.note("of it until the server listens, median", milliseconds(listened.median()));

    report.section(
        "Memory at rest",
        "Resident memory (`VmRSS`) of the server, offline, on the demo database; the largest of several processes.",
    );
    for (what, held) in [("one second after the start", idle), ("after the first answer", after)] {
        let most = held.into_iter().max().unwrap_or_default();
        report.goal(what, megabytes(most), "< 60 MB", most < IDLE_GOAL * 1_000_000);
    }
}

/// Memory in millions of bytes.
pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
