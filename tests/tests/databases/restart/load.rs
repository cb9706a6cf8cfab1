use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use hyper::Method;
use serde_json::{Value, json};
use sqlatte_e2e::{Answering, Client, Events, Response};
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::scene::{Scene, is_unavailable};

/// Clients that ask one short question after the other, for as long as the test goes on.
const REGULARS: usize = 3;
/// As long as a statement may run, and a little more.
const AT_LAST: Duration = Duration::from_secs(50);

/// Requests of every kind, in flight.
pub(super) struct Load {
    over: Arc<AtomicBool>,
    regulars: Vec<JoinHandle<Vec<Response>>>,
    patient: Vec<JoinHandle<Response>>,
    file: Answering,
    answer: Events,
}

impl Load {
    /// With so many clients whose statements never end.
    pub(super) async fn begin(scene: &Scene, patient: usize) -> Self {
        let subject = scene.subject;
        let over = Arc::new(AtomicBool::new(false));
        let mut regulars = Vec::new();
        for _ in 0..REGULARS {
            let (client, over) = (scene.visitor().await, Arc::clone(&over));
            regulars.push(tokio::spawn(again_and_again(client, subject.short, over)));
        }
        let file = file(&scene.visitor().await, subject.many).await;
        let mut answer =
            Events::post(&scene.visitor().await, &json!({"question": "everything", "limit": 100_000_000}))
                .await;
        answer.until("rows").await;
        let mut visitors = Vec::new();
        for _ in 0..patient {
            visitors.push(scene.visitor().await);
        }
        let asked = |client: Client| tokio::spawn(async move { client.sql(subject.endless).await });
        let mut patient: Vec<_> = visitors.into_iter().map(asked).collect();
        sleep(Duration::from_millis(1500)).await;
        if let Some(done) = patient.iter_mut().find(|asked| asked.is_finished()) {
            panic!("the statement is not endless: {}", done.await.unwrap().text());
        }
        Load { over, regulars, patient, file, answer }
    }

    /// What was in flight has ended as it should: whole answers with a problem, those begun with an error event, and
    /// a file by breaking off.
    pub(super) async fn ended(&mut self) {
        let rest = timeout(AT_LAST, self.file.rest()).await.expect("the file's end does not hang");
        assert!(rest.is_err(), "a file of which a part is missing looks whole");
        let error =
            timeout(AT_LAST, self.answer.until("error")).await.expect("the stream's end does not hang");
        assert_eq!(error.data["code"], "database_unavailable", "{:?}", error.data);
        assert_eq!(self.answer.next().await, None);
        for asked in self.patient.drain(..) {
            is_unavailable(&asked.await.unwrap());
        }
    }

    /// Those who never stopped asking heard nothing but good answers and that the server is away.
    pub(super) async fn went_well(self) {
        self.over.store(true, Ordering::Relaxed);
        for regular in self.regulars {
            let answers = regular.await.unwrap();
            let (good, bad): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
            bad.into_iter().for_each(is_unavailable);
            assert!(good.len() > 1, "only {} of {} answers are good", good.len(), answers.len());
            assert_eq!(answers.first().unwrap().status, 200);
            assert_eq!(answers.last().unwrap().status, 200);
        }
    }
}

async fn again_and_again(client: Client, sql: &'static str, over: Arc<AtomicBool>) -> Vec<Response> {
    let mut answers = Vec::new();
    while !over.load(Ordering::Relaxed) {
        answers.push(client.sql(sql).await);
        sleep(Duration::from_millis(20)).await;
    }
    answers.push(client.sql(sql).await);
    answers
}

/// An export, of which the first part has come.
async fn file(client: &Client, sql: &str) -> Answering {
    let asked: Value = client.post("/api/sql", &json!({"sql": sql, "limit": 10})).await.expect(200);
    let path = format!("/api/query/{}/export", asked["query_id"].as_str().unwrap());
    let mut file = client.open(Method::GET, &path, Bytes::new()).await;
    assert_eq!(file.head.status, 200);
    file.part().await.unwrap();
    file
}
