use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use rusqlite::{Connection, InterruptHandle};
use sqlatte_providers::{ErrorKind, ProviderError};

/// Instructions of SQLite's machine between two looks at the clock: some microseconds.
const INSTRUCTIONS: i32 = 1000;

/// When a piece of work has to end: its deadline, or its caller losing interest.
#[derive(Clone)]
pub(crate) struct Stop(Arc<State>);

struct State {
    deadline: Instant,
    timeout: Duration,
    cancelled: AtomicBool,
    /// Set while the work has a connection; the lock keeps an interrupt from hitting whoever has it next.
    running: Mutex<Option<InterruptHandle>>,
}

impl Stop {
    pub(crate) fn after(timeout: Duration) -> Self {
        let now = Instant::now();
        // A timeout beyond what the clock can count is a year.
        let deadline = now.checked_add(timeout).unwrap_or_else(|| now + Duration::from_secs(31_536_000));
        let (cancelled, running) = (AtomicBool::new(false), Mutex::new(None));
        Stop(Arc::new(State { deadline, timeout, cancelled, running }))
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.0.deadline
    }

    /// The error to end with, once it is time to end.
    pub(crate) fn reason(&self) -> Option<ProviderError> {
        if self.0.cancelled.load(Ordering::Relaxed) {
            Some(ProviderError::new(ErrorKind::Cancelled, "the query was stopped"))
        } else if Instant::now() >= self.0.deadline {
            Some(self.timed_out())
        } else {
            None
        }
    }

    pub(crate) fn timed_out(&self) -> ProviderError {
        let seconds = self.0.timeout.as_secs_f64();
        ProviderError::new(
            ErrorKind::Timeout,
            format!(
                "the query was stopped after {} s: ask for a shorter period or fewer rows, or raise the time limit",
                (seconds * 10.0).round() / 10.0
            ),
        )
    }

    /// Ends the work as soon as SQLite looks up.
    pub(crate) fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
        if let Some(handle) = &*self.running() {
            handle.interrupt();
        }
    }

    /// Makes the connection heed this until what it returns is dropped.
    pub(crate) fn watch<'a>(&'a self, connection: &'a Connection) -> rusqlite::Result<Watched<'a>> {
        *self.running() = Some(connection.get_interrupt_handle());
        let watched = Watched { stop: self, connection };
        let state = Arc::clone(&self.0);
        connection.progress_handler(
            INSTRUCTIONS,
            Some(move || state.cancelled.load(Ordering::Relaxed) || Instant::now() >= state.deadline),
        )?;
        Ok(watched)
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Option<InterruptHandle>> {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that heeds a [`Stop`].
pub(crate) struct Watched<'a> {
    stop: &'a Stop,
    connection: &'a Connection,
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        *self.stop.running() = None;
        // Fails only for a connection that someone else owns, and this one is ours.
        let _ = self.connection.progress_handler(0, None::<fn() -> bool>);
    }
}

/// Stops the work when its caller goes away.
pub(crate) struct StopOnDrop(Option<Stop>);

impl StopOnDrop {
    pub(crate) fn new(stop: Stop) -> Self {
        StopOnDrop(Some(stop))
    }

    /// The caller has what it wanted.
    pub(crate) fn disarm(mut self) {
        self.0 = None;
    }
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        if let Some(stop) = &self.0 {
            stop.cancel();
        }
    }
}
