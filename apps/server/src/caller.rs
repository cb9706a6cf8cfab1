use axum::{extract::FromRequestParts, http::request::Parts};
use chrono::TimeDelta;
use http::StatusCode;
use sqlatte_core::{Owner, Runtime, Session, SessionId};

use crate::{
    error::{ApiError, SESSION_ID},
    state::AppState,
};

/// How stale a session's "last seen" may be.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(5);

/// Who calls: the live session shown in `X-Session-ID`, if any.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    session: Option<SessionId>,
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let shown = parts.headers.get(SESSION_ID).and_then(|value| value.to_str().ok());
        Ok(Caller { session: live(&state.runtime(), shown).await? })
    }
}

impl Caller {
    /// The owner of what this caller may see, if there is a live session.
    pub(crate) fn owner(&self) -> Option<Owner> {
        self.session.as_ref().map(SessionId::owner)
    }

    /// A problem of this caller's, with the session if there is a live one.
    pub(crate) fn told(&self, problem: ApiError) -> ApiError {
        match &self.session {
            Some(session) => problem.in_session(session),
            None => problem,
        }
    }

    /// The owner, where a session in the body counts when the header shows none.
    pub(crate) async fn owner_or(
        self,
        runtime: &Runtime,
        shown: Option<&str>,
    ) -> Result<Option<Owner>, ApiError> {
        match self.session {
            Some(session) => Ok(Some(session.owner())),
            None => Ok(live(runtime, shown).await?.as_ref().map(SessionId::owner)),
        }
    }

    /// The caller's session; `shown` in the body counts when the header shows none, and without a live one a new
    /// one is issued. A name the client made up is never adopted.
    pub(crate) async fn session(self, runtime: &Runtime, shown: Option<&str>) -> Result<SessionId, ApiError> {
        match self.session {
            Some(session) => Ok(session),
            None => match live(runtime, shown).await? {
                Some(session) => Ok(session),
                None => issue(runtime).await,
            },
        }
    }
}

async fn live(runtime: &Runtime, shown: Option<&str>) -> Result<Option<SessionId>, ApiError> {
    let Some(id) = shown.and_then(SessionId::parse) else { return Ok(None) };
    let sessions = &runtime.stores.sessions;
    let Some(session) = sessions.find(&id.owner()).await? else { return Ok(None) };
    let now = runtime.clock.utc();
    if now - session.last_seen_at > SEEN_EVERY {
        sessions.touch(&session.owner, now).await?;
    }
    Ok(Some(id))
}

async fn issue(runtime: &Runtime) -> Result<SessionId, ApiError> {
    let id = SessionId::generate().ok_or_else(|| {
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "no_randomness", "the system gives no random numbers")
    })?;
    let now = runtime.clock.utc();
    let session = Session { owner: id.owner(), created_at: now, last_seen_at: now };
    runtime.stores.sessions.create(&session).await?;
    Ok(id)
}
