use sqlatte_core::{Session, SessionId, Stores};

use super::instant;

fn new_session() -> Session {
    let owner = SessionId::generate().expect("the system gives random bytes").owner();
    Session { owner, created_at: instant(0), last_seen_at: instant(0) }
}

/// Read your write.
pub async fn a_created_session_is_found(stores: Stores) {
    let session = new_session();
    stores.sessions.create(&session).await.unwrap();
    stores.sessions.create(&new_session()).await.unwrap();
    assert_eq!(stores.sessions.find(&session.owner).await.unwrap(), Some(session));
}

/// Touching moves when it was last seen, and nothing else.
pub async fn a_session_is_seen_again(stores: Stores) {
    let session = new_session();
    stores.sessions.create(&session).await.unwrap();
    stores.sessions.touch(&session.owner, instant(60)).await.unwrap();
    let seen = Session { last_seen_at: instant(60), ..session };
    assert_eq!(stores.sessions.find(&seen.owner).await.unwrap(), Some(seen));
}

/// A session that was never issued is not found, and does not come to be by being seen.
pub async fn an_unknown_session_is_no_error(stores: Stores) {
    let owner = new_session().owner;
    assert_eq!(stores.sessions.find(&owner).await.unwrap(), None);
    stores.sessions.touch(&owner, instant(0)).await.unwrap();
    assert_eq!(stores.sessions.find(&owner).await.unwrap(), None);
}
