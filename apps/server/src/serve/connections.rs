use std::{sync::Arc, time::Duration};

use axum::{Router, body::Body};
use http::Request;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
    time,
};
use tower::ServiceExt;

/// Connections open at a time; more wait to be accepted.
const MOST: usize = 4_096;
/// Pause after a fault of accepting, such as too many open files, that the next try would meet again.
const PAUSE: Duration = Duration::from_millis(200);

/// The open connections of a server.
pub(super) struct Connections {
    app: Router,
    /// How long a connection may take for a request's head, the silence before it included: one that is silent,
    /// or sends letter by letter, is held for nothing.
    idle: Duration,
    graceful: GracefulShutdown,
    tasks: JoinSet<()>,
    places: Arc<Semaphore>,
}

impl Connections {
    pub(super) fn new(app: Router, idle: Duration) -> Self {
        Connections {
            app,
            idle,
            graceful: GracefulShutdown::new(),
            tasks: JoinSet::new(),
            places: Arc::new(Semaphore::new(MOST)),
        }
    }

    /// Accepts and serves connections, without end.
    pub(super) async fn accept(&mut self, listener: &TcpListener) {
        loop {
            // The semaphore is never closed.
            let Ok(place) = Arc::clone(&self.places).acquire_owned().await else { return };
            match listener.accept().await {
                Ok((socket, _)) => self.serve(socket, place),
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "no connection can be accepted"
                    );
                    time::sleep(PAUSE).await;
                }
            }
            while self.tasks.try_join_next().is_some() {}
        }
    }

    fn serve(&mut self, socket: TcpStream, place: OwnedSemaphorePermit) {
        // Events are small and wanted at once; a socket that refuses is only slower.
        let _ = socket.set_nodelay(true);
        let app = self.app.clone().map_request(|request: Request<Incoming>| request.map(Body::new));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.idle)
            .serve_connection(TokioIo::new(socket), TowerToHyperService::new(app));
        let connection = self.graceful.watch(connection);
        self.tasks.spawn(async move {
            // A client that went away is no fault of ours.
            if let Err(error) = connection.await {
                tracing::debug!(error = &error as &dyn std::error::Error, "a connection broke");
            }
            drop(place);
        });
    }

    /// Closes idle connections and waits for the answers on the others; dropping this breaks them off.
    pub(super) async fn finish(self) {
        let Connections { graceful, tasks, .. } = self;
        graceful.shutdown().await;
        drop(tasks);
    }
}

/// Faults that say nothing about the next connection.
fn is_of_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
