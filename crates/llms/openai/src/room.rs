//! How large a context a server gives a model, as far as it tells.

use std::time::Duration;

use serde_json::{Value, json};
use sqlatte_http::{Client, Method};

use crate::{
    endpoint::Endpoint,
    wire::{Model, is_same},
};

/// Time for each thing a server is asked about itself.
const PATIENCE: Duration = Duration::from_secs(10);

/// The context of a model that is listed, in tokens. Two servers have to be asked beside their list.
pub(crate) async fn context(endpoint: &Endpoint, client: &Client, model: &Model) -> Option<u64> {
    if let Some(told) = model.context() {
        return Some(told);
    }
    let server = Server { root: endpoint.root(), client };
    match model.owned_by.as_str()? {
        "library" => server.of_ollama(&model.id).await,
        "llamacpp" => server.get("props").await?["default_generation_settings"]["n_ctx"].as_u64(),
        _ => None,
    }
}

struct Server<'s> {
    root: &'s str,
    client: &'s Client,
}

impl Server<'_> {
    /// What the model is loaded with, if it is loaded; else what it is set to, or at most could have:
    /// <https://docs.ollama.com/api/ps>, <https://docs.ollama.com/api/show>.
    async fn of_ollama(&self, name: &str) -> Option<u64> {
        if let Some(running) = self.get("api/ps").await {
            let mut models = running["models"].as_array().into_iter().flatten();
            let loaded = models.find(|model| model["name"].as_str().is_some_and(|one| is_same(one, name)));
            if let Some(loaded) = loaded.and_then(|model| model["context_length"].as_u64()) {
                return Some(loaded);
            }
        }
        let shown = self.ask(Method::POST, "api/show", Some(json!({ "model": name }))).await?;
        let set = shown["parameters"].as_str().and_then(|parameters| {
            parameters.lines().find_map(|line| line.trim().strip_prefix("num_ctx")?.trim().parse().ok())
        });
        let most = || {
            let mut facts = shown["model_info"].as_object()?.iter();
            facts.find(|(key, _)| key.ends_with(".context_length")).and_then(|(_, most)| most.as_u64())
        };
        set.or_else(most)
    }

    async fn get(&self, path: &str) -> Option<Value> {
        self.ask(Method::GET, path, None).await
    }

    /// Whatever goes wrong, it is not told.
    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Option<Value> {
        let request =
            self.client.request_at(method, &format!("{}/{path}", self.root)).ok()?.timeout(PATIENCE);
        let request = match &body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = request.send().await.ok()?;
        if answer.status().is_success() { answer.json().await.ok() } else { None }
    }
}
