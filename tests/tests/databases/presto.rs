//! `provider: presto` in the configuration: the real server asks under Presto's own headers. A stand-in answers, in
//! the form that Presto's documentation gives.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use sqlatte_e2e::Start;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A server of one table, and the heads of the requests it got.
struct Presto {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Presto {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let presto = Presto { address: listener.local_addr().unwrap(), heads: Arc::default() };
        let heads = Arc::clone(&presto.heads);
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                tokio::spawn(answer_one(socket, Arc::clone(&heads)));
            }
        });
        presto
    }
}

async fn answer_one(mut socket: TcpStream, heads: Arc<Mutex<Vec<String>>>) {
    let mut request = Vec::new();
    let (head, sql) = loop {
        if socket.read_buf(&mut request).await.unwrap_or_default() == 0 {
            return;
        }
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let head = head.to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            break (head, body.to_owned());
        }
    };
    let body = page(&sql).to_string();
    heads.lock().unwrap().push(head);
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(answer.as_bytes()).await.unwrap();
}

/// The whole answer to a statement, in one page.
fn page(sql: &str) -> Value {
    let column = |name: &str, kind: &str| {
        let signature =
            json!({ "rawType": kind, "typeArguments": [], "literalArguments": [], "arguments": [] });
        json!({ "name": name, "type": kind, "typeSignature": signature })
    };
    let rows = |columns: usize, rows: Value| {
        let columns: Vec<Value> = (0..columns).map(|at| column(&format!("_col{at}"), "varchar")).collect();
        json!({ "id": "q", "columns": columns, "data": rows, "stats": { "state": "FINISHED" } })
    };
    let has = |part: &str| sql.contains(part);
    match () {
        () if has("information_schema.tables") => rows(3, json!([["web", "orders", "BASE TABLE"]])),
        () if has("information_schema.columns") => {
            let id = json!(["web", "orders", "id", "bigint", "YES", null, null, null]);
            rows(8, json!([id, ["web", "orders", "city", "varchar", "YES", null, null, null]]))
        }
        () if has("COUNT(*)") && !has("EXPLAIN") => {
            let count = [column("_col0", "bigint")];
            json!({ "id": "q", "columns": count, "data": [[3]], "stats": { "state": "FINISHED" } })
        }
        () => {
            let message = "line 1:1: Schema metadata does not exist";
            let error = json!({ "message": message, "errorName": "SYNTAX_ERROR", "errorType": "USER_ERROR" });
            json!({ "id": "q", "error": error, "stats": { "state": "FAILED" } })
        }
    }
}

#[tokio::test]
async fn the_provider_and_the_url_speak_presto() {
    let presto = Presto::start().await;
    let port = presto.address.port();
    let keys = format!("host: 127.0.0.1, port: {port}, user: ann, catalog: hive, schema: web");
    let by_keys = format!("database: {{ provider: presto, presto: {{ {keys} }} }}");
    let by_url = format!("presto://ann@127.0.0.1:{port}/hive/web");
    for start in [Start::new().config(&by_keys), Start::new().argument("--database").argument(by_url)] {
        presto.heads.lock().unwrap().clear();
        let server = start.serve();
        let answer = server.client().ask("How many orders are there?").await.expect(200);
        assert_eq!(answer["data"], json!([[3]]), "{answer}");
        let heads = presto.heads.lock().unwrap();
        assert!(!heads.is_empty());
        for head in heads.iter() {
            for header in ["x-presto-user: ann", "x-presto-catalog: hive", "x-presto-schema: web"] {
                assert!(head.lines().any(|line| line == header), "{head}");
            }
            assert!(!head.contains("x-trino"), "{head}");
        }
    }
}
