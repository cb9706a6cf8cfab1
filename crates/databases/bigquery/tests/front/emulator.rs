use std::{env, fs::File, path::PathBuf, time::Duration};

use serde_json::Value;
use sqlatte_http::{Client, Method, StatusCode};

/// The emulator, asked by one test at a time: requests at once get each other's answers.
#[derive(Clone)]
pub(crate) struct Emulator {
    client: Client,
    lock: PathBuf,
}

impl Emulator {
    pub(crate) fn new(address: &str) -> Self {
        let client = Client::builder(address).unwrap().max_body(256 << 20).build().unwrap();
        let name = format!("sqlatte-{}.lock", client.target().replace([':', '.'], "-"));
        Emulator { client, lock: env::temp_dir().join(name) }
    }

    /// What it answers to a request of `path`, which may have a query.
    ///
    /// It goes on if the caller does not wait: so does the emulator.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> (StatusCode, Value) {
        let (emulator, path, body) = (self.clone(), path.to_owned(), body.cloned());
        tokio::spawn(async move { emulator.ask_alone(method, &path, body.as_ref()).await }).await.unwrap()
    }

    async fn ask_alone(&self, method: Method, path: &str, body: Option<&Value>) -> (StatusCode, Value) {
        let lock = self.lock.clone();
        let alone = tokio::task::spawn_blocking(move || {
            let file = File::create(lock).unwrap();
            file.lock().unwrap();
            file
        });
        let _alone = alone.await.unwrap();
        let mut request = self.client.request_at(method, path).unwrap().timeout(Duration::from_secs(120));
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default())
    }
}
