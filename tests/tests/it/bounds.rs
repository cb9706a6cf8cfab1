//! How much one caller can take at once.

use sqlatte_e2e::{Events, Start, database};

use crate::{
    stop::{ENDLESS, comes_to_rest},
    support::Setup,
};

#[tokio::test]
async fn too_many_at_once_are_told_to_come_back() {
    let few = |start: Start| start.config("app: {max_running_per_session: 2, max_running: 3}");
    let setup = Setup::with(database::slow, few).await;
    let session = setup.api.sql("SELECT 1").await.expect(200)["session_id"].as_str().unwrap().to_owned();
    let mut running = Vec::new();
    for client in [setup.client().session(&session), setup.client().session(&session), setup.client()] {
        let mut events = Events::ask(&client, &format!("run {ENDLESS}")).await;
        events.until("sql").await;
        running.push(events);
        let same = setup.api.session(&session).sql("SELECT 1").await;
        if running.len() >= 2 {
            same.problem(429, "too_many_questions");
            assert!(!same.header("retry-after").is_empty());
        }
    }
    setup.api.sql("SELECT 1").await.problem(429, "too_many_questions");
    drop(running);
    comes_to_rest(&setup).await;
    setup.api.session(&session).sql("SELECT 1").await.expect(200);
}
