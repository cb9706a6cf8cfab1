use std::{io::Write, time::Duration};

use tokio::{net::TcpListener, signal, time};

use crate::{
    access::is_loopback,
    app,
    config::Config,
    runtime::{self, StartError},
    state::AppState,
};

/// Serves until it is told to stop, then lets running answers finish.
///
/// # Errors
/// Whatever keeps it from starting: an open server on a public address, the data directory, the database, the
/// address in use.
pub async fn serve(config: Config, insecure: bool) -> Result<(), StartError> {
    refuse_open_server(&config, insecure)?;
    let address = (config.app.host.trim_matches(['[', ']']), config.app.port);
    let listener = TcpListener::bind(address).await.map_err(|error| {
        StartError::System(format!(
            "cannot listen on {}:{}: {error}; choose another with --host and --port",
            config.app.host, config.app.port
        ))
    })?;
    let grace = Duration::from_secs(config.app.shutdown_grace);
    let runtime = runtime::build(&config).await?;
    let (database, interpreter) = (runtime.catalog.info(), runtime.interpreter.name());
    let bound = listener.local_addr().map_err(|error| StartError::System(error.to_string()))?;

    // For people and for programs that started the server on port 0.
    let _ = writeln!(std::io::stdout(), "SQLatte listens on http://{bound}");
    tracing::info!(%bound, database = database.target, interpreter, "SQLatte is ready");

    let app = app(AppState::new(runtime, config));
    let server = axum::serve(listener, app).with_graceful_shutdown(async {
        told_to_stop().await;
        tracing::info!("stopping: no new connections, running answers may finish");
    });
    let mut server = std::pin::pin!(server.into_future());
    tokio::select! {
        ended = &mut server => ended.map_err(|error| StartError::System(error.to_string()))?,
        () = async { told_to_stop().await; time::sleep(grace).await } => {
            tracing::warn!(grace_seconds = grace.as_secs(), "answers still running are stopped");
        }
    }
    Ok(())
}

/// Whoever reaches an open server reads the database.
fn refuse_open_server(config: &Config, insecure: bool) -> Result<(), StartError> {
    if is_loopback(&config.app.host) || !config.app.access_keys.is_empty() || insecure {
        return Ok(());
    }
    Err(StartError::System(format!(
        "refusing to listen on {} without app.access_keys: everybody who reaches it could read the database. \
         Set a key (`openssl rand -hex 24` makes one), or pass --insecure if something else protects it",
        config.app.host
    )))
}

/// Waits for Ctrl-C or SIGTERM.
async fn told_to_stop() {
    let interrupt = signal::ctrl_c();
    #[cfg(unix)]
    {
        if let Ok(mut terminate) = signal::unix::signal(signal::unix::SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
