use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use http::StatusCode;
use sqlatte_core::{Owner, QueryId};
use tokio_util::sync::CancellationToken;

use crate::error::ApiError;

/// When a client that was refused may try again.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// The questions, statements and exports that run, so that they can be counted, and stopped by name.
#[derive(Debug)]
pub(crate) struct Running {
    map: Mutex<HashMap<QueryId, (Owner, CancellationToken)>>,
    /// Of one owner, at most.
    most_of_one: usize,
    /// Of all owners, at most.
    most: usize,
    /// Whether the server stopped them because it stops itself.
    stopped: AtomicBool,
}

impl Running {
    /// Nothing runs yet.
    pub(crate) fn new(most_of_one: usize, most: usize) -> Self {
        Running { map: Mutex::default(), most_of_one, most, stopped: AtomicBool::new(false) }
    }

    /// Enters something to run; it leaves when the guard is dropped.
    ///
    /// # Errors
    /// When as many run as may: one client's heavy questions do not starve everybody's.
    pub(crate) fn enter(self: &Arc<Self>, id: QueryId, owner: Owner) -> Result<RunningGuard, ApiError> {
        let token = CancellationToken::new();
        let mut map = self.map();
        if map.len() >= self.most {
            return Err(too_many(
                "the server is answering as many questions as app.max_running allows: try again in a moment",
            ));
        }
        if map.values().filter(|(whose, _)| *whose == owner).count() >= self.most_of_one {
            return Err(too_many(
                "as many questions of yours are running as app.max_running_per_session allows: stop one, or try again in a moment",
            ));
        }
        map.insert(id, (owner, token.clone()));
        Ok(RunningGuard { running: Arc::clone(self), id, token })
    }

    /// Stops a question of this owner; says whether there was one.
    pub(crate) fn cancel(&self, id: QueryId, owner: &Owner) -> bool {
        match self.map().get(&id) {
            Some((whose, token)) if whose == owner => {
                token.cancel();
                true
            }
            _ => false,
        }
    }

    /// Stops all of them, everybody's, because the server stops.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
        self.map().values().for_each(|(_, token)| token.cancel());
    }

    /// Whether the server stopped them.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.map().len()
    }

    /// A panic elsewhere leaves the map whole: every change is one call.
    fn map(&self) -> MutexGuard<'_, HashMap<QueryId, (Owner, CancellationToken)>> {
        self.map.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn too_many(what: &str) -> ApiError {
    ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_questions", what).retry_after(RETRY_AFTER)
}

/// Keeps a question among the running ones.
#[derive(Debug)]
pub(crate) struct RunningGuard {
    running: Arc<Running>,
    id: QueryId,
    token: CancellationToken,
}

impl RunningGuard {
    /// What stops it.
    pub(crate) fn token(&self) -> CancellationToken {
        self.token.clone()
    }
}

impl Drop for RunningGuard {
    fn drop(&mut self) {
        self.running.map().remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_owner_and_everybody_are_bounded() {
        let running = Arc::new(Running::new(2, 3));
        let enter = |name: &str| running.enter(QueryId::new(chrono::Utc::now()), Owner::user(name));
        let first = enter("ann").unwrap();
        let _second = enter("ann").unwrap();
        assert_eq!(enter("ann").unwrap_err().code(), "too_many_questions");
        let _third = enter("bob").unwrap();
        assert_eq!(enter("cem").unwrap_err().code(), "too_many_questions");
        drop(first);
        assert_eq!(running.count(), 2);
        let last = enter("cem").unwrap();
        running.stop();
        assert!(running.is_stopped() && last.token().is_cancelled());
    }
}
