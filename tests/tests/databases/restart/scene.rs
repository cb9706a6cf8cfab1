use std::time::{Duration, Instant};

use serde_json::json;
use sqlatte_e2e::{Client, Response, Server, Start};
use sqlatte_testkit::llm::{FakeModelServer, Reply};
use tokio::{task::JoinSet, time::sleep};

use super::{load::Load, own::Own};

/// A server that restarts is back after this, at the latest.
const BACK: Duration = Duration::from_secs(120);
/// Connecting may take this long; a machine that is there and does not listen says so at once.
const SOON: Duration = Duration::from_secs(10);
/// `pool_size` of every database.
const CONNECTIONS: usize = 8;

/// The statements of an engine.
#[derive(Clone, Copy)]
pub(super) struct Subject {
    /// Answered at once.
    pub(super) short: &'static str,
    /// Never answered.
    pub(super) endless: &'static str,
    /// More rows than anybody reads.
    pub(super) many: &'static str,
}

/// SQLatte in front of a server.
pub(super) struct Scene {
    pub(super) subject: Subject,
    server: Server,
    _model: FakeModelServer,
}

impl Scene {
    /// On the database at `url`, with a model that answers every question with the many rows.
    pub(super) async fn on(subject: Subject, url: &str) -> Self {
        let model = FakeModelServer::start();
        model.otherwise(Reply::json(&json!({
            "kind": "sql", "sql": subject.many, "explanation": "All of them", "message": "", "options": [],
            "readings": [], "confidence": 1.0, "follow_ups": [],
        })));
        let limits = "query: {max_limit: 100000000, timeout: 45}";
        let start = Start::new().config(limits).argument("--database").argument(url);
        let scene = Scene { subject, server: start.model(&model.url()).serve(), _model: model };
        scene.client().sql(subject.short).await.expect(200);
        scene
    }

    pub(super) fn client(&self) -> Client {
        self.server.client()
    }

    /// A client in a session of its own.
    pub(super) async fn visitor(&self) -> Client {
        let answer = self.client().sql(self.subject.short).await.expect(200);
        self.client().session(answer["session_id"].as_str().unwrap())
    }

    /// The server ends under load, is away, and comes back.
    pub(super) async fn lives_through(&self, end: &str, server: &mut Own) {
        // Some of them wait for a connection.
        let mut load = Load::begin(self, CONNECTIONS + 4).await;
        server.order(end);
        load.ended().await;
        for _ in 0..3 {
            let began = Instant::now();
            is_unavailable(&self.client().sql(self.subject.short).await);
            assert!(began.elapsed() < SOON, "{:?} to hear that nothing listens", began.elapsed());
        }
        self.is_ready(503).await;
        assert_eq!(self.client().get("/health").await.status, 200);
        server.order("start");
        self.returns().await;
        load.went_well().await;
    }

    /// The server is back: it is asked until it answers, hears nothing but that it is not there yet until then, and
    /// all connections are good from then on.
    pub(super) async fn returns(&self) {
        let began = Instant::now();
        loop {
            let answer = self.client().sql(self.subject.short).await;
            if answer.status == 200 {
                break;
            }
            is_unavailable(&answer);
            assert!(began.elapsed() < BACK, "it never came back: {}", answer.text());
            sleep(Duration::from_millis(100)).await;
        }
        let mut askers = JoinSet::new();
        for _ in 0..2 * CONNECTIONS {
            let (client, sql) = (self.client(), self.subject.short);
            askers.spawn(async move { client.sql(sql).await.expect(200) });
        }
        askers.join_all().await;
        self.is_ready(200).await;
    }

    /// Waits until `/ready` says so: it may speak from a look that is a few seconds old.
    async fn is_ready(&self, status: u16) {
        let began = Instant::now();
        while self.client().get("/ready").await.status != status {
            assert!(began.elapsed() < BACK, "/ready never answered {status}");
            sleep(Duration::from_millis(200)).await;
        }
    }
}

/// The one answer there is while the server is away.
pub(super) fn is_unavailable(response: &Response) {
    response.problem(503, "database_unavailable");
}
