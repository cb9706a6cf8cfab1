//! What questions and statements of the user's own have in common.

use std::convert::Infallible;

use axum::{
    Json as JsonBody,
    response::{
        IntoResponse, Response, Sse,
        sse::{Event as SseEvent, KeepAlive},
    },
};
use futures::StreamExt;
use http::{HeaderName, HeaderValue};
use sqlatte_core::{
    QueryId, SessionId,
    ask::{self, Ask, Input},
};

use crate::{
    caller::Caller,
    error::{ApiError, set_session},
    sse,
    state::{AppState, RunningGuard},
    wire::AnswerBody,
};

/// A request that was read and is not yet anybody's.
pub(super) struct Asked {
    pub(super) input: Input,
    pub(super) session_id: Option<String>,
    pub(super) tables: Vec<String>,
    pub(super) limit: Option<u64>,
    pub(super) insights: Option<bool>,
    pub(super) fresh: bool,
}

impl Asked {
    /// Names it and enters it among the running ones. From here on every response names the session.
    pub(super) async fn enter(
        self,
        state: &AppState,
        caller: Caller,
    ) -> Result<(Ask, RunningGuard), ApiError> {
        let runtime = state.runtime();
        let most = runtime.limits.max_rows;
        if self.limit.is_some_and(|limit| !(1..=most).contains(&limit)) {
            return Err(caller.told(ApiError::invalid(format!("limit: must be from 1 to {most}"))));
        }
        let session = caller.session(&runtime, self.session_id.as_deref()).await?;
        let query_id = QueryId::new(runtime.clock.utc());
        let running = state
            .running()
            .enter(query_id, session.owner())
            .map_err(|too_many| too_many.in_session(&session))?;
        let ask = Ask {
            input: self.input,
            owner: session.owner(),
            session,
            query_id,
            tables: self.tables,
            limit: self.limit,
            insights: self.insights.unwrap_or(true),
            fresh: self.fresh,
            cancel: running.token(),
        };
        Ok((ask, running))
    }

    /// Runs it to its end; the whole answer as JSON.
    pub(super) async fn answer(self, state: &AppState, caller: Caller) -> Result<Response, ApiError> {
        let (ask, _running) = self.enter(state, caller).await?;
        let session = ask.session.clone();
        match ask::answer(state.runtime(), ask).await {
            Ok(answer) => {
                state.answered(&answer);
                Ok(in_session(JsonBody(AnswerBody::new(answer, true)), &session))
            }
            Err(failure) => {
                state.failed(&failure);
                Err(state.problem(failure.error).in_session(&session))
            }
        }
    }

    /// Runs it step by step, as Server-Sent Events.
    pub(super) async fn stream(
        self,
        state: &AppState,
        caller: Caller,
        request_id: String,
    ) -> Result<Response, ApiError> {
        let (ask, running) = self.enter(state, caller).await?;
        let (session, state) = (ask.session.clone(), state.clone());
        let events = ask::events(state.runtime(), ask).enumerate().map(move |(number, event)| {
            // The question is among the running ones as long as its stream lives.
            let _ = &running;
            state.observe_event(&event);
            Ok::<_, Infallible>(sse::event(event, &state, &request_id).id((number + 1).to_string()))
        });
        let ping = KeepAlive::new().interval(sse::PING).event(SseEvent::default().event("ping").data("{}"));
        let mut response = in_session(Sse::new(events).keep_alive(ping), &session);
        // Proxies such as nginx would otherwise hold events back.
        response
            .headers_mut()
            .insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
        Ok(response)
    }
}

/// A response that names its session.
pub(super) fn in_session(response: impl IntoResponse, session: &SessionId) -> Response {
    let mut response = response.into_response();
    set_session(response.headers_mut(), session);
    response
}
