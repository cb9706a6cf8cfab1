//! A server that sends given bytes and then misbehaves, which no mock server can.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::Notify,
};

pub(crate) struct RawServer {
    pub(crate) address: String,
    pub(crate) target: String,
    connections: Arc<AtomicUsize>,
    closed: Arc<Notify>,
}

/// What follows the bytes.
#[derive(Clone, Copy)]
pub(crate) enum Then {
    /// The connection stays open and nothing comes.
    Hang,
    /// The connection closes.
    Close,
}

impl RawServer {
    pub(crate) async fn start(bytes: &'static [u8], then: Then) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let target = listener.local_addr().unwrap().to_string();
        let connections = Arc::new(AtomicUsize::new(0));
        let closed = Arc::new(Notify::new());
        let server = RawServer {
            address: format!("http://{target}"),
            target,
            connections: connections.clone(),
            closed: closed.clone(),
        };
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let closed = closed.clone();
                tokio::spawn(async move {
                    let mut buffer = [0; 4096];
                    let _ = socket.read(&mut buffer).await;
                    let _ = socket.write_all(bytes).await;
                    if let Then::Hang = then {
                        while socket.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
                        closed.notify_one();
                    }
                });
            }
        });
        server
    }

    /// Host and port where nothing listens.
    pub(crate) async fn unused() -> String {
        TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Returns once a client has closed its side.
    pub(crate) async fn hung_up(&self) {
        self.closed.notified().await;
    }
}
