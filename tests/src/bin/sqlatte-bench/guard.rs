use std::{
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
    thread,
    time::Instant,
};

use serde_json::{Value, json};
use sqlatte_e2e::binary;

use crate::{Effort, corpus, report::Report};

const STATEMENTS: usize = 20_000;
const GOAL: f64 = 1_000.0;

/// The guard alone, as a filter.
pub(crate) fn measure(effort: Effort, report: &mut Report) {
    report.section(
        "Guard",
        format!(
            "`sqlatte guard` on {STATEMENTS} lines of standard input, from the start of the process to its end: \
             {} analytics queries and {} statements to refuse in each dialect, again and again. Each verdict is compared.",
            corpus::queries(corpus::DIALECTS[0]).len(),
            corpus::HOSTILE.len(),
        ),
    );
    for dialect in corpus::DIALECTS {
        let rate = rate(dialect, effort.of(STATEMENTS));
        report.goal(
            format!("{dialect}, statements a second"),
            format!("{rate:.0}/s"),
            "≥ 1000/s",
            rate >= GOAL,
        );
    }
}

fn rate(dialect: &str, statements: usize) -> f64 {
    let asked = corpus::queries(dialect).into_iter().map(|sql| (sql, "allow"));
    let asked: Vec<_> = asked.chain(corpus::HOSTILE.into_iter().map(|sql| (sql, "refuse"))).collect();
    let mut input = Vec::new();
    for (id, (sql, _)) in asked.iter().cycle().take(statements).enumerate() {
        input.extend_from_slice(json!({ "id": id, "sql": sql }).to_string().as_bytes());
        input.push(b'\n');
    }

    let began = Instant::now();
    let mut guard = Command::new(binary())
        .args(["guard", "--dialect", dialect])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = guard.stdin.take().expect("it is piped");
    let writer = thread::spawn(move || stdin.write_all(&input));
    let stdout = BufReader::new(guard.stdout.take().expect("it is piped"));
    let lines: Vec<String> = stdout.lines().map(|line| line.expect("verdicts are UTF-8")).collect();
    let ended = guard.wait().expect("it is our child");
    let took = began.elapsed();

    assert!(ended.success() && writer.join().is_ok_and(|wrote| wrote.is_ok()), "the guard failed");
    assert_eq!(lines.len(), statements, "each statement has a verdict");
    for (line, (sql, verdict)) in lines.iter().zip(asked.iter().cycle()) {
        let said: Value = serde_json::from_str(line).expect("verdicts are JSON");
        assert_eq!(said["verdict"], *verdict, "{dialect}: {sql}: {line}");
    }
    statements as f64 / took.as_secs_f64()
}
