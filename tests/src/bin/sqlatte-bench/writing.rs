use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sqlatte_e2e::{Events, Start};
use tokio::{
    net::TcpListener,
    time::{sleep_until, timeout},
};

use crate::{
    Effort,
    report::Report,
    timings::{Timings, milliseconds},
    wire::Wire,
};

const QUESTIONS: usize = 10;
/// How long the model reads before its first byte.
const READS: Duration = Duration::from_millis(800);
const TOKENS_A_SECOND: u32 = 60;
/// Characters of a token, as a rule of thumb.
const TOKEN: usize = 4;
const FIRST_STAGE: Duration = Duration::from_millis(20);
const OVERHEAD: Duration = Duration::from_millis(50);
const STATEMENT: &str = "SELECT c.name AS category, COUNT(*) AS products FROM products AS p JOIN categories AS c \
                         ON c.id = p.category_id GROUP BY c.name ORDER BY products DESC";

/// A question over `POST /api/query/stream`, to a model as quick as real ones.
pub(crate) async fn measure(effort: Effort, report: &mut Report) {
    let text = answer();
    let tokens = text.chars().count().div_ceil(TOKEN);
    report.section(
        "A question to a slow model",
        format!(
            "`POST /api/query/stream` on the demo database, {QUESTIONS} questions one after the other, to a model \
             over HTTP that reads for {} ms and then writes {TOKENS_A_SECOND} tokens a second, {tokens} in all. *The \
             model's own time* is from the last byte of its request to the last byte of its answer, as the model saw \
             it; the rest is everybody else's: server, database, both connections and the client. The slowest counts, \
             but for a question before them that has the server look at the database.",
            READS.as_millis()
        ),
    );
    let own = Arc::new(Mutex::new(Duration::ZERO));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    let model = tokio::spawn(serve(listener, text, Arc::clone(&own)));
    let server = Start::new().model(&url).variable("SQLATTE__LLM__CACHE_SECONDS", "0").serve();

    let (mut stages, mut pieces, mut rests) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..=effort.of(QUESTIONS) {
        let began = Instant::now();
        let mut events = Events::ask(&server.client(), "How many products are there per category?").await;
        events.until("stage").await;
        stages.push(began.elapsed());
        events.until("sql_delta").await;
        pieces.push(began.elapsed().saturating_sub(READS));
        let whole =
            timeout(Duration::from_secs(60), events.until("done")).await.expect("an answer in a minute");
        assert!(whole.data["row_count"].as_u64() > Some(0), "{}", whole.data);
        rests.push(began.elapsed().saturating_sub(*own.lock().expect("nobody panics with it")));
        if number == 0 {
            // The first question has the server look at the database.
            [&mut stages, &mut pieces, &mut rests].into_iter().for_each(Vec::clear);
        }
    }
    model.abort();

    let (stages, pieces, rests) = (Timings::new(stages), Timings::new(pieces), Timings::new(rests));
    let slowest = |times: &Timings| times.percentile(100);
    report.goal(
        "first event of a stage",
        milliseconds(slowest(&stages)),
        "< 20 ms",
        slowest(&stages) < FIRST_STAGE,
    );
    report.note("first piece of the statement, after the model's first byte", milliseconds(slowest(&pieces)));
    report.goal(
        "whole answer, less the model's own time",
        milliseconds(slowest(&rests)),
        "< 50 ms",
        slowest(&rests) < OVERHEAD,
    );
    report.note("whole answer, less the model's own time, median", milliseconds(rests.median()));
}

/// The fields in the order in which models write them.
fn answer() -> String {
    [
        format!(
            r#"{{"kind":"sql","sql":"{STATEMENT}","explanation":"Counts the products of each category.","#
        ),
        r#""message":"","options":[],"#.to_owned(),
        r#""readings":[{"phrase":"per category","meaning":"GROUP BY categories.name"}],"#.to_owned(),
        r#""confidence":0.9,"follow_ups":["And by supplier?"]}"#.to_owned(),
    ]
    .concat()
}

/// A model behind Anthropic's Messages API that takes its time, and notes how long it took.
async fn serve(listener: TcpListener, text: String, own: Arc<Mutex<Duration>>) {
    while let Ok((socket, _)) = listener.accept().await {
        let mut wire = Wire::over(socket);
        let (text, own) = (text.clone(), Arc::clone(&own));
        tokio::spawn(async move {
            while wire.receive().await.is_some() {
                let asked = Instant::now();
                write(&mut wire, &text, asked).await;
                // Before the last event, so that nobody has its answer earlier.
                *own.lock().expect("nobody panics with it") = asked.elapsed();
                end(&mut wire).await;
            }
        });
    }
}

async fn write(wire: &mut Wire, text: &str, asked: Instant) {
    let begin =
        json!({"type": "message_start", "message": {"content": [], "stop_reason": null, "usage": {}}});
    let characters: Vec<char> = text.chars().collect();
    let tokens = characters.chunks(TOKEN).map(|token| token.iter().collect::<String>());
    let pieces = tokens.map(|text| {
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}})
    });

    sleep_until((asked + READS).into()).await;
    wire.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        .await;
    say(wire, &begin).await;
    for (number, piece) in (0..).zip(pieces) {
        // Reckoned from the beginning: the delays of many sleeps would add up.
        sleep_until((asked + READS + Duration::from_secs(1) * number / TOKENS_A_SECOND).into()).await;
        say(wire, &piece).await;
    }
}

async fn end(wire: &mut Wire) {
    let delta = json!({"stop_reason": "end_turn"});
    say(wire, &json!({"type": "message_delta", "delta": delta, "usage": {"output_tokens": 100}})).await;
    say(wire, &json!({"type": "message_stop"})).await;
    wire.send(b"0\r\n\r\n").await;
}

/// An event, as a chunk of its own.
async fn say(wire: &mut Wire, event: &Value) {
    let event = format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap_or_default());
    wire.send(format!("{:x}\r\n{event}\r\n", event.len()).as_bytes()).await;
}
