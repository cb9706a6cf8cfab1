//! The API's side of a clause: one recorded answer, to the end or not.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::Response,
};
use futures::{StreamExt, stream};
use tokio::sync::Semaphore;

use super::Recorded;

/// What follows the recorded bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// The connection breaks.
    Break,
    /// Nothing, for ever.
    Hang,
}

/// A server whose answers do not end as they should.
#[derive(Debug)]
pub(crate) struct Misbehaving {
    pub(crate) url: String,
    hung_up: Arc<Semaphore>,
    task: tokio::task::JoinHandle<()>,
}

impl Misbehaving {
    pub(crate) async fn start(answer: Recorded, then: Then) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let hung_up = Arc::new(Semaphore::new(0));
        let told = hung_up.clone();
        let app = Router::new().fallback(move || {
            let (answer, told) = (answer.clone(), HangUp(told.clone()));
            async move { respond(answer, then, told) }
        });
        let task = tokio::spawn(async move { drop(axum::serve(listener, app).await) });
        Misbehaving { url, hung_up, task }
    }

    /// Returns once a client has closed a connection before the answer's end.
    pub(crate) async fn hung_up(&self) {
        self.hung_up.acquire().await.unwrap().forget();
    }
}

impl Drop for Misbehaving {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Part of the body, so that it is dropped with it.
struct HangUp(Arc<Semaphore>);

impl Drop for HangUp {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}

fn respond(answer: Recorded, then: Then, told: HangUp) -> Response {
    let rest = stream::once(async move {
        match then {
            // hyper sends what it has when it has to wait, and throws it away when the body fails at once.
            Then::Break => tokio::time::sleep(Duration::from_millis(50)).await,
            Then::Hang => std::future::pending().await,
        }
        drop(told);
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    });
    let body = stream::iter([Ok(Bytes::from(answer.body))]).chain(rest);
    let mut response = Response::new(Body::from_stream(body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    response
}
