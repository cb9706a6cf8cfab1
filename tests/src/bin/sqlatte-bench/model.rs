use std::sync::Arc;

use serde_json::json;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    questions::Question,
    wire::{Wire, find},
};

/// What the prompt puts before the question, as it stands in the JSON of the request.
const MARK: &[u8] = br#"<data kind=\"question\">\n"#;

/// A model behind Anthropic's Messages API that has made up its mind: each answer is ready before it is asked.
#[derive(Debug)]
pub(crate) struct InstantModel {
    url: String,
    task: JoinHandle<()>,
}

struct Ready {
    question: &'static [u8],
    response: Vec<u8>,
}

impl InstantModel {
    /// Knows these questions.
    pub(crate) async fn start(questions: &[Question]) -> Self {
        let ready: Arc<[Ready]> = questions.iter().map(Ready::to).collect();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(converse(Wire::over(socket), Arc::clone(&ready)));
            }
        });
        InstantModel { url, task }
    }

    /// What to set `base_url` to.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for InstantModel {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(mut wire: Wire, ready: Arc<[Ready]>) {
    while let Some(request) = wire.receive().await {
        let response = answer(&request.body, &ready);
        if !wire.send(response).await {
            break;
        }
    }
}

fn answer<'r>(request: &[u8], ready: &'r [Ready]) -> &'r [u8] {
    // The conversation before the question cannot contain the mark: the server takes it out of what people write.
    let question = find(request, MARK).map(|at| &request[at + MARK.len()..]).unwrap_or_default();
    let found = ready.iter().find(|one| question.starts_with(one.question));
    found.map_or(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", |one| &one.response)
}

impl Ready {
    fn to(question: &Question) -> Self {
        let form = json!({
            "kind": "sql",
            "sql": question.sql,
            "explanation": "What was asked, counted in the tables that hold it.",
            "message": "",
            "options": [],
            "readings": [{ "phrase": "how many", "meaning": "COUNT(*)" }],
            "confidence": 0.9,
            "follow_ups": ["And by month?", "Only for Berlin?"],
        });
        let body = json!({
            "id": "msg_013Zva2CMHLNnXjNJJKqJ2EF",
            "type": "message",
            "role": "assistant",
            "model": "claude-sonnet-5-5",
            "content": [{ "type": "text", "text": form.to_string() }],
            "stop_reason": "end_turn",
            "stop_sequence": null,
            "usage": { "input_tokens": 2000, "output_tokens": 120 },
        })
        .to_string();
        let response = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        Ready { question: question.text.as_bytes(), response: response.into_bytes() }
    }
}
