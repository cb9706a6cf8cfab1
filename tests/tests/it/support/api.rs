use std::sync::Arc;

use bytes::Bytes;
use hyper::Method;
use serde_json::{Value, json};
use sqlatte_e2e::{Client, Response, Server};

use super::Contract;

/// A client that holds every response against the OpenAPI document.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    client: Client,
    contract: Arc<Contract>,
}

impl Api {
    /// Of this server, by its own document.
    pub(crate) async fn of(server: &Server) -> Self {
        let client = server.client();
        let document = client.get("/api/openapi.json").await.expect(200);
        Api { client, contract: Arc::new(Contract::new(document)) }
    }

    /// Without the checks.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// What is checked.
    pub(crate) fn contract(&self) -> &Contract {
        &self.contract
    }

    /// The same within a session.
    pub(crate) fn session(&self, id: &str) -> Self {
        Api { client: self.client.session(id), contract: Arc::clone(&self.contract) }
    }

    /// The same within a new session.
    pub(crate) async fn new_session(&self) -> Self {
        let answer = self.sql("SELECT 1").await.expect(200);
        self.session(answer["session_id"].as_str().unwrap())
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.send(Method::GET, path, Bytes::new()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Response {
        self.send(Method::DELETE, path, Bytes::new()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        let response = self.client.post(path, body).await;
        self.contract.check(&response);
        response
    }

    pub(crate) async fn ask(&self, question: &str) -> Response {
        self.post("/api/query", &json!({ "question": question })).await
    }

    pub(crate) async fn sql(&self, sql: &str) -> Response {
        self.post("/api/sql", &json!({ "sql": sql })).await
    }

    async fn send(&self, method: Method, path: &str, body: Bytes) -> Response {
        let response = self.client.send(method, path, body).await;
        self.contract.check(&response);
        response
    }
}
