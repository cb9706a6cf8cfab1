use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use mysql_async::{Conn, DriverError, Error, Opts, OptsBuilder, prelude::Queryable};
use sqlatte_providers::{ProviderError, Result};
use tokio::{net::TcpStream, time};

use crate::{
    config::Resolved,
    error::{self, Target},
    session::Session,
    tls::{self, SslMode},
};

/// The longest row that is read.
const MAX_PACKET: usize = 64 << 20;
/// Only tells the driver not to ask the server for it; the pool has its own.
const WAIT_TIMEOUT: usize = 28_800;
const KEEPALIVE: Duration = Duration::from_secs(60);
/// How long to look whether anything listens where no MySQL server answered.
const PROBE: Duration = Duration::from_millis(500);

/// The server that is asked, and how to reach it.
#[derive(Debug)]
pub(crate) struct Server {
    config: Resolved,
    target: Target,
    /// Whether it ever answered as a MySQL server does.
    met: AtomicBool,
}

impl Server {
    pub(crate) fn new(config: Resolved) -> Self {
        let target = Target { server: config.address.server(), database: config.database.clone() };
        Server { config, target, met: AtomicBool::new(false) }
    }

    pub(crate) fn config(&self) -> &Resolved {
        &self.config
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// A new connection, looked over and ready to begin; its time is limited by the configuration.
    pub(crate) async fn connect(&self) -> Result<Session> {
        let limit = self.config.connect_timeout;
        let connected = time::timeout(limit, async {
            let mut conn = self.greet().await.map_err(|error| error::connecting(error, &self.target))?;
            self.met.store(true, Ordering::Relaxed);
            Session::open(&mut conn, self.config.time_zone.as_deref(), &self.target)
                .await
                .map(|traits| Session::new(conn, traits))
        });
        match connected.await {
            Ok(result) => result,
            Err(_) => Err(self.silent(limit).await),
        }
    }

    /// A connection as it comes from the driver, for killing statements.
    pub(crate) async fn connect_bare(&self) -> Result<Conn> {
        self.greet().await.map_err(|error| error::connecting(error, &self.target))
    }

    async fn greet(&self) -> Result<Conn, Error> {
        let encrypted = Conn::new(self.options(self.config.ssl_mode)).await;
        match encrypted {
            Err(Error::Driver(DriverError::NoClientSslFlagFromServer))
                if self.config.ssl_mode.allows_plain() =>
            {
                Conn::new(self.options(SslMode::Disabled)).await
            }
            result => result,
        }
    }

    fn options(&self, ssl_mode: SslMode) -> Opts {
        let address = &self.config.address;
        // A Unix socket leaves the machine on no wire.
        let encrypt = ssl_mode != SslMode::Disabled && address.socket.is_none();
        OptsBuilder::default()
            .ip_or_hostname(address.host())
            .tcp_port(address.port())
            .socket(address.socket.as_ref().map(|path| path.display().to_string()))
            // Or the driver asks the server for a socket and changes over to it.
            .prefer_socket(false)
            .user(address.user.clone())
            .pass(Some(address.password.expose()).filter(|password| !password.is_empty()))
            .db_name(self.config.database.clone())
            .ssl_opts(if encrypt { tls::options(&self.config) } else { None })
            .tcp_keepalive(Some(KEEPALIVE))
            .max_allowed_packet(Some(MAX_PACKET))
            .wait_timeout(Some(WAIT_TIMEOUT))
            // Statements end with the reset after each use.
            .stmt_cache_size(0)
            .connect_attribute("program_name", "sqlatte")
            .into()
    }

    /// What it means that no connection came about in time.
    async fn silent(&self, limit: Duration) -> ProviderError {
        let address = &self.config.address;
        let probe = TcpStream::connect((address.host(), address.port()));
        let listens = address.socket.is_none() && matches!(time::timeout(PROBE, probe).await, Ok(Ok(_)));
        let stranger = listens && !self.met.load(Ordering::Relaxed);
        error::silent(stranger, limit, &self.target)
    }
}

/// Ends a connection at once, without a word: the driver's own way would first read all that is still to
/// come.
pub(crate) fn hang_up(conn: Conn) {
    use futures::FutureExt;
    drop(conn.disconnect().now_or_never());
}

/// Has the server end what another connection is doing, or that connection.
pub(crate) async fn kill(control: &mut Conn, sql: &str) -> Result<(), Error> {
    /// There is no such connection any more.
    const NO_SUCH_THREAD: u16 = 1094;
    match control.query_drop(sql).await {
        Err(Error::Server(error)) if error.code == NO_SUCH_THREAD => Ok(()),
        result => result,
    }
}
