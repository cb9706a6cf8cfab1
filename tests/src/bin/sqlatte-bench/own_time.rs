use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{
    Effort,
    load::Asker,
    questions::LIGHT,
    report::Report,
    servers::{Interpreter, Servers},
    timings::{Timings, milliseconds},
    wire::Wire,
};

const QUESTIONS: usize = 4_000;
/// Asked before, so that caches are warm and conversations have something to remember.
const BEFORE: usize = 400;
const CONVERSATIONS: usize = 20;

/// The server's own time for one question, one client asking one question after the other.
pub(crate) async fn measure(servers: &Servers, effort: Effort, report: &mut Report) {
    report.section(
        "The server's own time for one question",
        format!(
            "One client, one question after the other: {QUESTIONS} in {CONVERSATIONS} conversations, whose last \
             messages the interpreter gets each time. *In the pipeline* is `timing_ms.total` of the answer less \
             `database`, and less `llm` where there is a model; offline that time is the server's own. *Whole* is \
             what the client waited, less the same: HTTP, session, history and conversation included."
        ),
    );
    for interpreter in Interpreter::ALL {
        let running = servers.start(interpreter, &LIGHT).await;
        let mut wire = Wire::open(running.server.address()).await;
        let mut askers = Vec::new();
        for number in 0..CONVERSATIONS {
            askers.push(Asker::open(&mut wire, &LIGHT, number).await);
        }
        let (mut pipeline, mut whole, mut interpreting) = (Vec::new(), Vec::new(), Vec::new());
        for number in 0..effort.of(BEFORE + QUESTIONS) {
            let began = Instant::now();
            let answer = askers[number % CONVERSATIONS].ask(&mut wire).await;
            let waited = began.elapsed();
            if number >= effort.of(BEFORE) {
                let answer: Value = serde_json::from_slice(&answer).expect("answers are JSON");
                let part = |name: &str| milliseconds_of(&answer["timing_ms"][name]);
                let elsewhere = match interpreter {
                    Interpreter::Offline => part("database"),
                    Interpreter::Prompted => part("database") + part("llm"),
                };
                pipeline.push(part("total").saturating_sub(elsewhere));
                whole.push(waited.saturating_sub(elsewhere));
                interpreting.push(part("llm"));
            }
        }
        let name = interpreter.name();
        for (what, times) in [("in the pipeline", pipeline), ("whole", whole)] {
            let times = Timings::new(times);
            let (median, last) = (times.median(), times.percentile(99));
            report.goal(
                format!("{name}, {what}, median"),
                milliseconds(median),
                "< 1 ms",
                median < Duration::from_millis(1),
            );
            report.goal(
                format!("{name}, {what}, p99"),
                milliseconds(last),
                "< 5 ms",
                last < Duration::from_millis(5),
            );
        }
        if interpreter == Interpreter::Offline {
            let times = Timings::new(interpreting);
            report.note("offline, of it reading the question, median", milliseconds(times.median()));
            report.note("offline, of it reading the question, p99", milliseconds(times.percentile(99)));
        }
    }
}

fn milliseconds_of(value: &Value) -> Duration {
    Duration::from_secs_f64(value.as_f64().expect("timings are numbers") / 1e3)
}
