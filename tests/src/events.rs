use bytes::{Bytes, BytesMut};
use hyper::Method;
use serde_json::{Value, json};

use crate::{Answering, Client};

/// One server-sent event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The line `event:`.
    pub name: String,
    /// The line `id:`, if there was one.
    pub id: Option<u64>,
    /// The line `data:`.
    pub data: Value,
}

/// An answer as it comes; dropping it closes the connection.
#[derive(Debug)]
pub struct Events {
    answering: Answering,
    buffer: BytesMut,
}

impl Events {
    /// Asks a question.
    pub async fn ask(client: &Client, question: &str) -> Self {
        Events::post(client, &json!({ "question": question })).await
    }

    /// Runs a statement.
    pub async fn sql(client: &Client, sql: &str) -> Self {
        let client = client.with("accept", "text/event-stream");
        Events::open(&client, "/api/sql", &json!({ "sql": sql })).await
    }

    /// Posts the body of a question.
    pub async fn post(client: &Client, body: &Value) -> Self {
        Events::open(client, "/api/query/stream", body).await
    }

    async fn open(client: &Client, path: &str, body: &Value) -> Self {
        let body = Bytes::from(body.to_string());
        let client = client.with("content-type", "application/json");
        let answering = client.open(Method::POST, path, body).await;
        assert_eq!(answering.head.status, 200);
        assert_eq!(answering.head.headers["content-type"], "text/event-stream");
        Events { answering, buffer: BytesMut::new() }
    }

    /// The headers of the response.
    pub fn headers(&self) -> &hyper::HeaderMap {
        &self.answering.head.headers
    }

    /// The next event; `None` at the end.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|two| two == b"\n\n") {
                let block = self.buffer.split_to(end + 2);
                return Some(read(std::str::from_utf8(&block).expect("events are UTF-8")));
            }
            match self.answering.part().await {
                Some(part) => self.buffer.extend_from_slice(&part),
                None => {
                    assert!(self.buffer.is_empty(), "half an event: {:?}", self.buffer);
                    return None;
                }
            }
        }
    }

    /// Waits for the first event of this name.
    pub async fn until(&mut self, name: &str) -> Event {
        loop {
            match self.next().await {
                Some(event) if event.name == name => return event,
                Some(_) => {}
                None => panic!("the stream ended before `{name}`"),
            }
        }
    }

    /// All that are left.
    pub async fn all(mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}

fn read(block: &str) -> Event {
    let (mut name, mut id, mut data) = (String::new(), None, String::new());
    for line in block.lines().filter(|line| !line.is_empty()) {
        let (field, value) = line.split_once(": ").unwrap_or_else(|| panic!("no field: {line}"));
        match field {
            "event" => value.clone_into(&mut name),
            "id" => id = Some(value.parse().expect("ids are numbers")),
            "data" => data.push_str(value),
            other => panic!("an unknown field `{other}` in {block}"),
        }
    }
    let data = serde_json::from_str(&data).unwrap_or_else(|error| panic!("{error} in {block}"));
    Event { name, id, data }
}
