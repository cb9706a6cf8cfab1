use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use sqlatte_e2e::{Client, Server, Start, database};
use sqlatte_testkit::llm::FakeModelServer;
use tempfile::TempDir;
use tokio::time::sleep;

use super::{Api, model};

/// A server with a model that does as it is told, and a database of the test's own.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) server: Server,
    pub(crate) model: FakeModelServer,
    pub(crate) api: Api,
    folder: TempDir,
}

impl Setup {
    /// On the little shop.
    pub(crate) async fn shop() -> Self {
        Setup::with(database::shop, |start| start).await
    }

    /// On the database with the view that counts for hours.
    pub(crate) async fn slow() -> Self {
        Setup::with(database::slow, |start| start).await
    }

    /// On a database that `make` writes, with a server started as `more` says.
    pub(crate) async fn with(make: impl Fn(&Path), more: impl FnOnce(Start) -> Start) -> Self {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("asked.db");
        make(&file);
        let model = model();
        let server = more(Start::new().database(&file).model(&model.url())).serve();
        let api = Api::of(&server).await;
        Setup { server, model, api, folder }
    }

    /// Without checks.
    pub(crate) fn client(&self) -> Client {
        self.server.client()
    }

    /// The database file.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("asked.db")
    }

    /// Waits until `/ready` answers with this status: it may speak from a look that is a few seconds old.
    pub(crate) async fn is_ready(&self, status: u16) {
        let began = Instant::now();
        while self.client().get("/ready").await.status != status {
            assert!(began.elapsed() < Duration::from_secs(15), "/ready never answered {status}");
            sleep(Duration::from_millis(200)).await;
        }
    }

    /// One line of `/metrics`.
    pub(crate) async fn metric(&self, line: &str) -> Option<f64> {
        let text = self.client().get("/metrics").await.text();
        text.lines().find_map(|one| one.strip_prefix(line)?.strip_prefix(' ')?.parse().ok())
    }
}
