use std::{
    cell::Cell,
    rc::Rc,
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use serde_json::{Value, json};
use sqlatte_e2e::Load;
use tokio::task::LocalSet;

use crate::{
    Effort,
    machine::Machine,
    questions::{HEAVY, LIGHT, Question},
    report::Report,
    servers::{Interpreter, Servers},
    start::megabytes,
    timings::{Timings, milliseconds},
    wire::Wire,
};

const CLIENTS: usize = 32;
const CONVERSATIONS: usize = 1_000;
const QUESTIONS: usize = 100_000;
const HEAVY_QUESTIONS: usize = 2_000;
const RATE_GOAL: f64 = 2_000.0;
const MEMORY_GOAL: u64 = 150;

/// Many clients at once, for long enough that memory would grow if it could.
pub(crate) async fn measure(servers: &Servers, effort: Effort, report: &mut Report) {
    report.section(
        "Load",
        format!(
            "{CLIENTS} clients on kept connections ask {QUESTIONS} questions in {CONVERSATIONS} conversations over \
             `POST /api/query`, each as soon as its last one is answered; SQLite with the demo database, questions \
             whose statements read small tables. Clients and model share one thread and the machine with the server. \
             The opening question of each conversation is not timed. Every answer is looked at: it holds rows."
        ),
    );
    for interpreter in Interpreter::ALL {
        let running = servers.start(interpreter, &LIGHT).await;
        let load = running.server.load();
        let ran = Ran::of(load, running.server.address(), &LIGHT, effort.of(QUESTIONS)).await;
        let name = interpreter.name();
        report.goal(
            format!("{name}, answered questions a second"),
            format!("{:.0}/s", ran.rate),
            "≥ 2000/s",
            ran.rate >= RATE_GOAL,
        );
        report.note(
            format!("{name}, share of the machine that other programs took meanwhile"),
            format!("{:.0} %", ran.others * 100.0),
        );
        for percent in [50, 95, 99] {
            report.note(format!("{name}, p{percent}"), milliseconds(ran.waited.percentile(percent)));
        }
        report.note(format!("{name}, processor time of the server for each"), microseconds(ran.server));
        report
            .note(format!("{name}, processor time of clients and model for each"), microseconds(ran.clients));
        report.goal(
            format!("{name}, resident memory after them"),
            megabytes(ran.memory),
            "< 150 MB",
            ran.memory < MEMORY_GOAL * 1_000_000,
        );
        report.note(format!("{name}, most resident memory during them"), megabytes(load.peak_memory()));
    }

    let running = servers.start(Interpreter::Prompted, &HEAVY).await;
    let ran =
        Ran::of(running.server.load(), running.server.address(), &HEAVY, effort.of(HEAVY_QUESTIONS)).await;
    report.note(
        "instant model, statements that read every order or item, answered questions a second",
        format!("{:.0}/s", ran.rate),
    );
}

/// What a load was like.
#[derive(Debug)]
struct Ran {
    rate: f64,
    waited: Timings,
    /// Processor time for one question.
    server: Duration,
    clients: Duration,
    /// The part of all processor time that neither server nor clients used.
    others: f64,
    /// What the server holds at the end.
    memory: u64,
}

impl Ran {
    /// `questions` in all, the openings included.
    async fn of(
        server: Load,
        address: std::net::SocketAddr,
        asked: &'static [Question],
        questions: usize,
    ) -> Self {
        let conversations = CONVERSATIONS.min(questions / 2);
        let left = Rc::new(Cell::new(questions - conversations));
        let clients = CLIENTS.min(conversations);
        let mut ready = Vec::new();
        for _ in 0..clients {
            ready.push((Wire::open(address).await, Vec::new()));
        }
        // In turns: the server closes a connection that says nothing for long.
        for number in 0..conversations {
            let (wire, askers) = &mut ready[number % clients];
            askers.push(Asker::open(wire, asked, number).await);
        }

        let own = Load::of(std::process::id());
        let (busy_before, server_before, clients_before) =
            (Machine::busy(), server.processor(), own.processor());
        let timed = left.get();
        let began = Instant::now();
        let tasks = LocalSet::new();
        let clients = ready.into_iter().map(|(mut wire, mut askers)| {
            let left = Rc::clone(&left);
            tasks.spawn_local(async move {
                let mut waited = Vec::new();
                for asker in (0..askers.len()).cycle() {
                    let Some(fewer) = left.get().checked_sub(1) else { break };
                    left.set(fewer);
                    let began = Instant::now();
                    askers[asker].ask(&mut wire).await;
                    waited.push(began.elapsed());
                }
                waited
            })
        });
        let clients: Vec<_> = clients.collect();
        tasks.await;
        let took = began.elapsed();
        let (server_used, clients_used) =
            (server.processor() - server_before, own.processor() - clients_before);
        let others = (Machine::busy() - busy_before).saturating_sub(server_used + clients_used);
        let whole = took * thread::available_parallelism().map_or(1, usize::from) as u32;

        let mut waited = Vec::with_capacity(timed);
        for client in clients {
            waited.extend(client.await.expect("a client asks to the end"));
        }
        Ran {
            rate: timed as f64 / took.as_secs_f64(),
            waited: Timings::new(waited),
            server: server_used / timed as u32,
            clients: clients_used / timed as u32,
            others: others.as_secs_f64() / whole.as_secs_f64(),
            memory: server.memory(),
        }
    }
}

fn microseconds(time: Duration) -> String {
    format!("{} µs", time.as_micros())
}

/// One conversation: it asks each question in turn, in requests that are made beforehand.
#[derive(Debug)]
pub(crate) struct Asker {
    head: String,
    bodies: Vec<String>,
    turn: usize,
    request: Vec<u8>,
}

impl Asker {
    /// Asks the opening question, which the server answers with the name of a session. Conversations begin at
    /// different questions.
    pub(crate) async fn open(wire: &mut Wire, questions: &[Question], number: usize) -> Self {
        let bodies: Vec<String> =
            questions.iter().map(|question| json!({ "question": question.text }).to_string()).collect();
        let head =
            "POST /api/query HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n".to_owned();
        let mut asker = Asker { head, bodies, turn: number, request: Vec::new() };
        let answer: Value = serde_json::from_slice(&asker.ask(wire).await).expect("answers are JSON");
        let session = answer["session_id"].as_str().expect("an answer names its session");
        asker.head.push_str(&format!("x-session-id: {session}\r\n"));
        asker
    }

    /// Asks the next question.
    ///
    /// # Panics
    /// When the answer is anything but rows.
    pub(crate) async fn ask(&mut self, wire: &mut Wire) -> Bytes {
        let body = &self.bodies[self.turn % self.bodies.len()];
        self.turn += 1;
        self.request.clear();
        self.request.extend_from_slice(self.head.as_bytes());
        self.request.extend_from_slice(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
        self.request.extend_from_slice(body.as_bytes());
        assert!(wire.send(&self.request).await, "the server is gone");
        let answer = wire.receive().await.expect("the server answers");
        assert!(
            answer.is_ok() && answer.body.starts_with(br#"{"response_type":"sql""#),
            "{body} was answered with {}{}",
            String::from_utf8_lossy(&answer.head),
            String::from_utf8_lossy(&answer.body)
        );
        answer.body
    }
}
