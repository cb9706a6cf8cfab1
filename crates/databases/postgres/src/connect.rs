//! Sockets to the server: for connections, and for the requests that stop their statements.

use std::{
    future::poll_fn,
    io,
    net::SocketAddr,
    path::PathBuf,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use socket2::{SockRef, TcpKeepalive};
use sqlatte_providers::{ProviderError, Result};
use tokio::{
    io::{AsyncRead, AsyncWrite, BufReader, ReadBuf},
    net::{TcpStream, UnixStream, lookup_host},
    task::JoinHandle,
    time,
};
use tokio_postgres::{
    Client, Config, Connection as Driver, NoTls, config::SslMode as DriverSslMode, tls::MakeTlsConnect,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{
    config::SslMode,
    error::{self, unexpected},
    target::{Place, Target},
    tls,
};

/// A dead peer is noticed after about half a minute.
const KEEPALIVE: TcpKeepalive = TcpKeepalive::new()
    .with_time(Duration::from_secs(15))
    .with_interval(Duration::from_secs(5))
    .with_retries(3);

/// Bytes asked of the system at once: the driver alone would ask for 8 KB.
const AHEAD: usize = 64 << 10;
/// What a PostgreSQL server's first byte can be; 0 for none.
const GREETINGS: &[u8] = b"\0SNREv";

/// Makes connections to one server.
pub(crate) struct Connector {
    pub(crate) target: Target,
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

/// A connection, and where its server was found.
pub(crate) struct Connection {
    pub(crate) client: Client,
    peer: Peer,
    driver: JoinHandle<()>,
}

#[derive(Debug, Clone)]
enum Peer {
    Tcp { host: String, address: SocketAddr },
    Socket(PathBuf),
}

impl Connector {
    /// # Errors
    /// `InvalidSettings` where a certificate or key cannot be used.
    pub(crate) fn new(target: Target) -> Result<Self> {
        let tls = tls::connector(&target.ssl)?;
        let mut config = Config::new();
        config
            .user(&target.user)
            .dbname(&target.database)
            .application_name(&target.application_name)
            .channel_binding(target.channel_binding)
            .ssl_mode(match target.ssl.mode {
                SslMode::Disable => DriverSslMode::Disable,
                SslMode::Prefer => DriverSslMode::Prefer,
                SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => DriverSslMode::Require,
            });
        if !target.password.is_empty() {
            config.password(target.password.expose());
        }
        if !target.options.is_empty() {
            config.options(&target.options);
        }
        Ok(Connector { target, config, tls })
    }

    /// Connects to the first place that answers, within the target's time.
    pub(crate) async fn connect(&self) -> Result<Connection> {
        let connecting = async {
            let mut failed = None;
            for place in &self.target.places {
                match self.connect_to(place).await {
                    Ok(connection) => return Ok(connection),
                    Err(error) => failed = Some(error),
                }
            }
            Err(failed.unwrap_or_else(|| unexpected("no server is named")))
        };
        match time::timeout(self.target.connect_timeout, Box::pin(connecting)).await {
            Ok(result) => result,
            Err(_) => Err(error::timed_out(&self.target)),
        }
    }

    async fn connect_to(&self, place: &Place) -> Result<Connection> {
        let peers: Vec<_> = match place {
            Place::Socket(path) => vec![Peer::Socket(path.clone())],
            Place::Tcp { host, port } => {
                let found = lookup_host((host.as_str(), *port)).await;
                let found = found.map_err(|error| self.unknown_host(host, error))?;
                found.map(|address| Peer::Tcp { host: host.clone(), address }).collect()
            }
        };
        let mut failed = None;
        // One address that swallows everything leaves time for the others.
        let share = self.target.connect_timeout / u32::try_from(peers.len().max(1)).unwrap_or(1);
        for peer in peers {
            match time::timeout(share, Socket::open(&peer)).await {
                Ok(Ok(socket)) => return self.log_in(socket, peer).await,
                Ok(Err(error)) => failed = Some(error),
                Err(_) => failed = Some(io::ErrorKind::TimedOut.into()),
            }
        }
        let failed =
            failed.unwrap_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
        Err(error::of_socket(failed, &self.target))
    }

    fn unknown_host(&self, host: &str, error: io::Error) -> ProviderError {
        let message = format!("the host `{host}` of PostgreSQL is not known ({error}): check `host`");
        ProviderError::new(sqlatte_providers::ErrorKind::Unavailable, message).with_source(error)
    }

    async fn log_in(&self, socket: Socket, peer: Peer) -> Result<Connection> {
        let first = Arc::clone(&socket.first);
        let lost = |error: tokio_postgres::Error| match first.load(Ordering::Relaxed) {
            byte if error.as_db_error().is_none() && !GREETINGS.contains(&byte) => {
                error::not_postgres(&self.target).with_source(error)
            }
            _ => error::of_connection(error, &self.target),
        };
        match (&self.tls, &peer) {
            (Some(tls), Peer::Tcp { host, .. }) => {
                let tls = host_tls(tls, host)?;
                let (client, driver) = self.config.connect_raw(socket, tls).await.map_err(lost)?;
                Ok(Connection { client, peer, driver: tokio::spawn(drive(driver)) })
            }
            _ => {
                let mut config = self.config.clone();
                config.ssl_mode(DriverSslMode::Disable);
                let (client, driver) = config.connect_raw(socket, NoTls).await.map_err(lost)?;
                Ok(Connection { client, peer, driver: tokio::spawn(drive(driver)) })
            }
        }
    }

    /// Asks the server to stop what it does on `connection`; done when the server has passed that on, so that
    /// the request cannot hit a later statement.
    pub(crate) async fn cancel(&self, connection: &Connection) -> Result<()> {
        let token = connection.client.cancel_token();
        let socket =
            Socket::open(&connection.peer).await.map_err(|error| error::of_socket(error, &self.target))?;
        let socket = Socket { lingers: true, ..socket };
        let sent = match (&self.tls, &connection.peer) {
            (Some(tls), Peer::Tcp { host, .. }) => token.cancel_query_raw(socket, host_tls(tls, host)?).await,
            _ => token.cancel_query_raw(socket, NoTls).await,
        };
        sent.map_err(|error| error::of_connection(error, &self.target))
    }
}

fn host_tls(
    tls: &MakeRustlsConnect,
    host: &str,
) -> Result<<MakeRustlsConnect as MakeTlsConnect<Socket>>::TlsConnect> {
    MakeTlsConnect::<Socket>::make_tls_connect(&mut tls.clone(), host)
        .map_err(|error| error::invalid(format!("`host` is no name that TLS can check ({error})")))
}

impl Connection {
    /// Closes it at once, whatever its server is doing.
    pub(crate) fn kill(self) {
        self.driver.abort();
    }
}

/// Moves bytes until the connection is closed.
async fn drive<T>(mut driver: Driver<Socket, T>)
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        match poll_fn(|context| driver.poll_message(context)).await {
            // Notices and notifications: nobody has asked for them.
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                tracing::debug!(%error, "a connection to PostgreSQL ended");
                return;
            }
            None => return,
        }
    }
}

/// A socket of any kind.
struct Socket {
    stream: Box<dyn Stream>,
    /// Whether, when shut down, it waits until the other side has closed it too: the server closes the socket
    /// of a cancel request when it has sent the signal.
    lingers: bool,
    shut: bool,
    /// The first byte that came; 0 for none.
    first: Arc<AtomicU8>,
}

trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for S {}

impl Socket {
    async fn open(peer: &Peer) -> io::Result<Self> {
        let stream: Box<dyn Stream> = match peer {
            Peer::Socket(path) => Box::new(BufReader::with_capacity(AHEAD, UnixStream::connect(path).await?)),
            Peer::Tcp { address, .. } => {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                SockRef::from(&stream).set_tcp_keepalive(&KEEPALIVE)?;
                Box::new(BufReader::with_capacity(AHEAD, stream))
            }
        };
        Ok(Socket { stream, lingers: false, shut: false, first: Arc::default() })
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if let (0, Some(byte)) = (self.first.load(Ordering::Relaxed), buffer.filled().get(before)) {
            self.first.store(*byte, Ordering::Relaxed);
        }
        read
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.shut {
            ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
            self.shut = true;
        }
        if !self.lingers {
            return Poll::Ready(Ok(()));
        }
        let mut bytes = [0; 64];
        loop {
            let mut buffer = ReadBuf::new(&mut bytes);
            match ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {}
                // Closed, or reset, which is as closed as can be.
                Ok(()) | Err(_) => return Poll::Ready(Ok(())),
            }
        }
    }
}
