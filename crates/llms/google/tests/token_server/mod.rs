//! A token server of Google's, for keys that ask one.
#![expect(clippy::unwrap_used, reason = "a test without its server has failed")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener},
};

use serde_json::{Value, json};
use sqlatte_providers::Secret;

/// A key of a person's account, whose token server answers this.
pub(crate) fn key_answered(status: u16, answer: &Value) -> Secret {
    let address = serve(status, answer.to_string());
    let key = json!({
        "type": "authorized_user",
        "client_id": "contract",
        "client_secret": "client-secret",
        "refresh_token": "refresh-token",
        "token_uri": format!("http://{address}/token"),
    });
    Secret::new(key.to_string())
}

/// Answers everybody the same, for as long as the test runs.
fn serve(status: u16, body: String) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let mut length = 0;
            let mut line = String::new();
            while stream.read_line(&mut line).unwrap() > 2 {
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                line.clear();
            }
            stream.read_exact(&mut vec![0; length]).unwrap();
            let head = format!(
                "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            stream.get_mut().write_all((head + &body).as_bytes()).unwrap();
        }
    });
    address
}
