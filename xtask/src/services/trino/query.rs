//! One query, to know when Trino takes them: it says that it has started before it knows of its own node.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::process::Outcome;

const PATIENCE: Duration = Duration::from_secs(90);

/// Asks until there is an answer; that also loads what the first query of a test would wait for.
pub(super) fn until_it_answers(port: u16) -> Outcome {
    let began = Instant::now();
    loop {
        match answer(port, "select count(*) from tpch.tiny.nation") {
            Ok(()) => return Ok(()),
            Err(reason) if began.elapsed() > PATIENCE => {
                return Err(format!("Trino runs but answers no query: {reason}"));
            }
            Err(_) => thread::sleep(Duration::from_millis(200)),
        }
    }
}

fn answer(port: u16, sql: &str) -> Outcome {
    let mut page = request(port, "POST", "/v1/statement", sql)?;
    loop {
        if let Some(reason) = page["error"]["message"].as_str() {
            return Err(reason.to_owned());
        }
        let Some(next) = page["nextUri"].as_str() else { return Ok(()) };
        let path = next.find("/v1/").map(|at| next[at..].to_owned());
        page = request(port, "GET", &path.ok_or_else(|| format!("Trino's next page is at {next}"))?, "")?;
    }
}

/// In HTTP 1.0 an answer ends with the connection.
fn request(port: u16, method: &str, path: &str, body: &str) -> Outcome<Value> {
    let text = format!(
        "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nX-Trino-User: admin\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut answer = String::new();
    TcpStream::connect((Ipv4Addr::LOCALHOST, port))
        .and_then(|mut stream| {
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.write_all(text.as_bytes())?;
            stream.read_to_string(&mut answer)
        })
        .map_err(|error| error.to_string())?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no HTTP answer")?;
    let status = head.lines().next().unwrap_or_default();
    if status.split(' ').nth(1) != Some("200") {
        return Err(status.to_owned());
    }
    serde_json::from_str(body).map_err(|error| format!("no JSON: {error}"))
}
