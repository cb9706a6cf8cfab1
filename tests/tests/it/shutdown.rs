//! SIGTERM: running answers finish, within the grace.

use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::Method;
use serde_json::json;
use sqlatte_e2e::{Events, database};
use tokio::{net::TcpStream, time::sleep};

use crate::{
    stop::{ENDLESS, gets_busy},
    support::{Setup, answers},
};

/// For what ends by itself at once.
const SOON: Duration = Duration::from_secs(5);

#[tokio::test]
async fn an_idle_server_ends_at_once() {
    let mut setup = Setup::shop().await;
    // A browser's connection, kept open for the next request, is no running answer.
    let mut kept = sqlatte_e2e::Connection::open(setup.server.address()).await;
    let request = setup.client().request(Method::GET, "/health", Bytes::new());
    assert_eq!(kept.answer(request).await.status(), 200);
    // Browsers connect before they have anything to ask.
    let ahead = TcpStream::connect(setup.server.address()).await.unwrap();
    setup.server.signal("TERM");
    let status = setup.server.wait(SOON).expect("it ends");
    assert!(status.success(), "{status}");
    drop(ahead);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_answer_is_finished() {
    let mut setup = Setup::shop().await;
    setup.model.on("slowly", answers("SELECT product FROM sales").after(Duration::from_millis(1500)));
    let mut events = Events::ask(&setup.client(), "slowly").await;
    events.until("session").await;
    setup.server.signal("TERM");
    sleep(Duration::from_millis(300)).await;
    assert!(TcpStream::connect(setup.server.address()).await.is_err(), "nothing new is let in");
    let done = events.until("done").await;
    assert_eq!(done.data["row_count"], 3);
    assert_eq!(events.next().await, None);
    let status = setup.server.wait(SOON).expect("it ends after the answer");
    assert!(status.success(), "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_grace_is_bounded() {
    let mut setup = Setup::with(database::slow, |start| start.config("app: {shutdown_grace: 1}")).await;
    let mut events = Events::ask(&setup.client(), &format!("run {ENDLESS}")).await;
    events.until("sql").await;
    gets_busy(&setup).await;
    let told = Instant::now();
    setup.server.signal("TERM");
    let status =
        setup.server.wait(Duration::from_secs(1) + SOON).expect("an endless statement does not keep it");
    assert!(status.success(), "{status}");
    assert!(told.elapsed() >= Duration::from_millis(900), "the grace was given: {:?}", told.elapsed());
    let problem = events.until("error").await.data;
    assert_eq!((&problem["code"], &problem["status"]), (&json!("shutting_down"), &json!(503)), "{problem}");
}

#[tokio::test]
async fn ctrl_c_ends_it_too() {
    let mut setup = Setup::shop().await;
    setup.server.signal("INT");
    assert!(setup.server.wait(SOON).expect("it ends").success());
}
