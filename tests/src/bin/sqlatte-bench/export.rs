use std::time::Instant;

use hyper::Method;
use sqlatte_e2e::{Start, database};

use crate::{Effort, report::Report, start::megabytes};

const ROWS: usize = 1_000_000;
const GOAL: u64 = 50;
/// How many rows the answer itself has; the export is of all of them.
const QUESTION: &str = "SELECT id, label, price FROM numbers";

/// A large result as a file.
pub(crate) async fn measure(effort: Effort, report: &mut Report) {
    report.section(
        "Export",
        format!(
            "`SELECT id, label, price` of {ROWS} rows from a SQLite file, over \
             `GET /api/query/{{id}}/export`, to a client that throws the rows away but counts them. Growth is the most \
             resident memory during the export (`VmHWM`) less the memory before it; each format on a new server."
        ),
    );
    let rows = effort.of(ROWS);
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let file = folder.path().join("numbers.db");
    database::numbers(&file, rows as u64);
    for format in ["csv", "json"] {
        let server = Start::new().database(&file).serve();
        let answer = server.client().sql(QUESTION).await.expect(200);
        let text = |name: &str| answer[name].as_str().expect("an answer names itself").to_owned();
        let client = server.client().session(&text("session_id"));
        let path = format!("/api/query/{}/export?format={format}", text("query_id"));

        let load = server.load();
        load.reset_peak();
        let before = load.memory();
        let began = Instant::now();
        let mut answering = client.open(Method::GET, &path, bytes::Bytes::new()).await;
        assert_eq!(answering.head.status, 200, "{path}");
        let (mut seen, mut size) = (0, 0);
        while let Some(part) = answering.part().await {
            size += part.len();
            // Each label holds this letter once, and nothing else in the file does.
            seen += part.iter().filter(|byte| **byte == b'N').count();
        }
        let took = began.elapsed();
        assert_eq!(seen, rows, "the export has other rows than the table");

        let growth = load.peak_memory().saturating_sub(before);
        report.goal(
            format!("{format}, growth of resident memory"),
            megabytes(growth),
            "< 50 MB",
            growth < GOAL * 1_000_000,
        );
        report.note(
            format!("{format}, rows a second ({} in all)", megabytes(size as u64)),
            format!("{:.0}/s", rows as f64 / took.as_secs_f64()),
        );
    }
}
