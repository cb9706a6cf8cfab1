//! From a configuration to a server that answers until it is told to stop.

mod connections;
mod signals;

use std::{io::Write, time::Duration};

use tokio::{net::TcpListener, task::JoinSet, time};

use self::{connections::Connections, signals::Signals};
use crate::{
    access::is_loopback,
    app,
    config::Config,
    runtime::{self, StartError},
    state::AppState,
};

/// How often recorded durations are summed up.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);
/// Time for stopped answers to say so, to their clients and in the history.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// Time for the history to keep answers whose clients no longer read.
const LAST_WRITES: Duration = Duration::from_millis(100);

/// Serves until it is told to stop, then lets running answers finish; told again, it stops them at once.
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
    let idle = Duration::from_secs(config.app.idle_timeout);
    let runtime = runtime::build(&config).await?;
    let (database, interpreter) = (runtime.catalog.info(), runtime.interpreter.name());
    let bound = listener.local_addr().map_err(|error| StartError::System(error.to_string()))?;
    let mut signals = Signals::new().map_err(|error| StartError::System(error.to_string()))?;
    let state = AppState::new(runtime, config);
    // Ends with this function.
    let mut background = JoinSet::new();
    background.spawn(tend(state.clone()));

    tracing::info!(%bound, database = database.target, interpreter, "SQLatte is ready");
    // For people and for programs that started the server on port 0.
    let _ = writeln!(std::io::stdout(), "SQLatte listens on http://{bound}");

    let mut connections = Connections::new(app(state.clone()), idle);
    tokio::select! {
        () = signals.told_to_stop() => {}
        () = connections.accept(&listener) => {}
    }
    drop(listener);
    tracing::info!("stopping: no new connections, running answers may finish");
    stop(connections, &state, grace, &mut signals).await;
    Ok(())
}

/// Lets running answers finish within the grace, then stops them and waits until they are kept as stopped.
async fn stop(connections: Connections, state: &AppState, grace: Duration, signals: &mut Signals) {
    let mut finished = Box::pin(connections.finish());
    let why = tokio::select! {
        () = &mut finished => return,
        () = time::sleep(grace) => "the grace is over",
        () = signals.told_to_stop() => "told to stop again",
    };
    tracing::warn!(why, running = state.running().count(), "answers still running are stopped");
    state.running().stop();
    if time::timeout(LAST_WORDS, finished).await.is_err() {
        // Answers that nobody reads were dropped now, and record themselves from tasks of their own.
        time::sleep(LAST_WRITES).await;
    }
}

/// What has to be done now and then.
async fn tend(state: AppState) {
    // So that `/health` knows of the database before anybody asks.
    state.checks().readiness(state.runtime(), state.running().clone()).await;
    let mut ticks = time::interval(UPKEEP_EVERY);
    loop {
        ticks.tick().await;
        state.metrics().upkeep();
    }
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
