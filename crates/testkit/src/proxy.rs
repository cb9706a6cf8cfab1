//! A forwarder to stand between a provider and its server, so that a test can take the server away.

use std::{io, net::SocketAddr, sync::Arc};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::Mutex,
    task::{JoinHandle, JoinSet},
};

/// Forwards TCP connections to a server until it is [cut](Self::cut).
#[derive(Debug)]
pub struct Proxy {
    server: Arc<str>,
    address: SocketAddr,
    forwarding: Mutex<Option<JoinHandle<()>>>,
}

impl Proxy {
    /// Listens on a free port of this machine, before `server`, which is `host:port`.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn before(server: &str) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let server: Arc<str> = server.into();
        let forwarding = Mutex::new(Some(tokio::spawn(forward(listener, Arc::clone(&server)))));
        Ok(Proxy { server, address, forwarding })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Breaks all connections and refuses new ones.
    pub async fn cut(&self) {
        if let Some(forwarding) = self.forwarding.lock().await.take() {
            forwarding.abort();
            // What comes back only says that it was aborted.
            let _ = forwarding.await;
        }
    }

    /// Forwards again, on the same port.
    ///
    /// # Errors
    /// When the port was taken meanwhile.
    pub async fn restore(&self) -> io::Result<()> {
        let mut forwarding = self.forwarding.lock().await;
        if forwarding.is_none() {
            let listener = TcpListener::bind(self.address).await?;
            *forwarding = Some(tokio::spawn(forward(listener, Arc::clone(&self.server))));
        }
        Ok(())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(forwarding) = self.forwarding.get_mut().take() {
            forwarding.abort();
        }
    }
}

/// Dropping this closes the listener and, with the set, every connection.
async fn forward(listener: TcpListener, server: Arc<str>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((mut client, _)) = accepted else { continue };
                let server = Arc::clone(&server);
                connections.spawn(async move {
                    let Ok(mut server) = TcpStream::connect(&*server).await else { return };
                    // A packet held back for more to come would slow every round trip.
                    let _ = (client.set_nodelay(true), server.set_nodelay(true));
                    // A side that breaks off ends the pair.
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    async fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut read, mut write) = stream.split();
                    let _ = tokio::io::copy(&mut read, &mut write).await;
                });
            }
        });
        address
    }

    async fn says(stream: &mut TcpStream) -> io::Result<u8> {
        stream.write_all(&[7]).await?;
        stream.read_u8().await
    }

    #[tokio::test]
    async fn forwards_until_cut_and_again_when_restored() {
        let proxy = Proxy::before(&echo().await.to_string()).await.unwrap();
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        assert_eq!(says(&mut stream).await.unwrap(), 7);
        proxy.cut().await;
        assert!(says(&mut stream).await.is_err(), "running connections break");
        assert!(TcpStream::connect(proxy.address()).await.is_err(), "new ones are refused");
        proxy.restore().await.unwrap();
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        assert_eq!(says(&mut stream).await.unwrap(), 7);
    }
}
