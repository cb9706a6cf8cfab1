//! How much one caller can take at once.

use std::time::Duration;

use sqlatte_e2e::{Events, Start, database};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{
    stop::{ENDLESS, comes_to_rest},
    support::Setup,
};

#[tokio::test]
async fn too_many_at_once_are_told_to_come_back() {
    let few = |start: Start| start.config("app: {max_running_per_session: 2, max_running: 3}");
    let setup = Setup::with(database::slow, few).await;
    let session = setup.api.sql("SELECT 1").await.expect(200)["session_id"].as_str().unwrap().to_owned();
    let mut running = Vec::new();
    for client in [setup.client().session(&session), setup.client().session(&session), setup.client()] {
        let mut events = Events::ask(&client, &format!("run {ENDLESS}")).await;
        events.until("sql").await;
        running.push(events);
        let same = setup.api.session(&session).sql("SELECT 1").await;
        if running.len() >= 2 {
            same.problem(429, "too_many_questions");
            assert!(!same.header("retry-after").is_empty());
        }
    }
    setup.api.sql("SELECT 1").await.problem(429, "too_many_questions");
    drop(running);
    comes_to_rest(&setup).await;
    setup.api.session(&session).sql("SELECT 1").await.expect(200);
}

/// A connection that says nothing is closed, and so is one that never ends its request's head.
#[tokio::test]
async fn silent_connections_are_closed() {
    let setup = Setup::with(database::shop, |start| start.config("app: {idle_timeout: 1}")).await;
    for said in [
        "",
        "GET /health HTTP/1.1\r\nhost: localhost\r\nx-slow: ",
        "GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n",
    ] {
        let mut socket = TcpStream::connect(setup.server.address()).await.unwrap();
        socket.write_all(said.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let closed = timeout(Duration::from_secs(10), socket.read_to_end(&mut answer)).await;
        assert!(closed.is_ok(), "still open after {said:?}");
        assert_eq!(answer.starts_with(b"HTTP/1.1 200 "), said.ends_with("\r\n\r\n"), "{said:?}");
    }
}
