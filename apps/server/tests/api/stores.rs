use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlatte_core::{Owner, Session, SessionStore, StoreError};

use crate::fixture::Setup;

/// A disk that is full.
#[derive(Debug)]
struct Full;

fn full() -> StoreError {
    StoreError::new("there is no space left for /srv/secret/sqlatte.db")
}

#[async_trait]
impl SessionStore for Full {
    async fn create(&self, _: &Session) -> Result<(), StoreError> {
        Err(full())
    }

    async fn find(&self, _: &Owner) -> Result<Option<Session>, StoreError> {
        Err(full())
    }

    async fn touch(&self, _: &Owner, _: DateTime<Utc>) -> Result<(), StoreError> {
        Err(full())
    }
}

#[tokio::test]
async fn a_storage_that_fails_is_told_without_its_files() {
    let mut setup = Setup::new();
    setup.stores.sessions = Arc::new(Full);
    let mut server = setup.start();
    let problem = server.ask("hello").await.problem(503, "store_unavailable");
    assert_eq!(
        problem["detail"],
        "SQLatte's own storage does not answer: tell whoever runs this server, with the request id"
    );
    let ready = server.get("/ready").await.expect(503);
    assert_eq!(ready["detail"], "SQLatte's own storage does not answer: see the server's log");
    server.show("x-session-id", &"a".repeat(48));
    server.get("/api/history").await.problem(503, "store_unavailable");
    server.get("/health").await.expect(200);
}
