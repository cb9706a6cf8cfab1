use std::{net::SocketAddr, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, StatusCode,
    body::Incoming,
    client::conn::http1::{self, SendRequest},
    header::{CONTENT_TYPE, HOST, HeaderMap},
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{net::TcpStream, task::JoinHandle, time::timeout};

/// No request of a test takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends requests to one server, each on a connection of its own, all with the same headers.
#[derive(Debug, Clone)]
pub struct Client {
    address: SocketAddr,
    headers: Vec<(String, String)>,
}

/// A whole response.
#[derive(Debug, Clone)]
pub struct Response {
    /// The method and path it answers.
    pub request: String,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as it came.
    pub body: Bytes,
}

/// One connection that is kept for many requests.
#[derive(Debug)]
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    task: JoinHandle<()>,
}

/// A response whose body is still coming; dropping it closes the connection.
#[derive(Debug)]
pub struct Answering {
    /// Status and headers.
    pub head: hyper::http::response::Parts,
    body: Incoming,
    _connection: Connection,
}

impl Client {
    /// A client of the server at `address`.
    pub fn new(address: SocketAddr) -> Self {
        Client { address, headers: Vec::new() }
    }

    /// The same with one more header on every request.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    /// The same within a session.
    #[must_use]
    pub fn session(&self, id: &str) -> Self {
        self.with("x-session-id", id)
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Response {
        self.send(Method::GET, path, Bytes::new()).await
    }

    /// Deletes.
    pub async fn delete(&self, path: &str) -> Response {
        self.send(Method::DELETE, path, Bytes::new()).await
    }

    /// Posts JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Response {
        self.with(CONTENT_TYPE.as_str(), "application/json")
            .send(Method::POST, path, body.to_string().into())
            .await
    }

    /// Posts a question in words.
    pub async fn ask(&self, question: &str) -> Response {
        self.post("/api/query", &serde_json::json!({ "question": question })).await
    }

    /// Posts a statement.
    pub async fn sql(&self, sql: &str) -> Response {
        self.post("/api/sql", &serde_json::json!({ "sql": sql })).await
    }

    /// Sends anything, and waits for the whole response.
    pub async fn send(&self, method: Method, path: &str, body: Bytes) -> Response {
        let request = format!("{method} {path}");
        let answered = timeout(PATIENCE, async { self.open(method, path, body).await.whole().await }).await;
        let (status, headers, body) =
            answered.unwrap_or_else(|_| panic!("{request} was not answered in time"));
        Response { request, status: status.as_u16(), headers, body }
    }

    /// Sends anything, and waits for the head of the response.
    pub async fn open(&self, method: Method, path: &str, body: Bytes) -> Answering {
        let mut connection = Connection::open(self.address).await;
        let request = self.request(method, path, body);
        let (head, body) = connection.answer(request).await.into_parts();
        Answering { head, body, _connection: connection }
    }

    /// A request with this client's headers.
    pub fn request(&self, method: Method, path: &str, body: Bytes) -> Request<Full<Bytes>> {
        let mut request = Request::builder().method(method).uri(path);
        if !self.headers.iter().any(|(name, _)| name == "host") {
            request = request.header(HOST, self.address.to_string());
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.body(Full::new(body)).unwrap_or_else(|error| panic!("{path:?} is no request: {error}"))
    }

    /// Where the server is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Self {
        let socket = TcpStream::connect(address).await.unwrap_or_else(|error| panic!("{address}: {error}"));
        socket.set_nodelay(true).expect("a socket has this option");
        let (sender, driver) = http1::handshake(TokioIo::new(socket)).await.expect("a new connection");
        let task = tokio::spawn(async move { drop(driver.await) });
        Connection { sender, task }
    }

    /// Sends a request and waits for the head of its response.
    pub async fn answer(&mut self, request: Request<Full<Bytes>>) -> hyper::Response<Incoming> {
        self.sender.ready().await.expect("the server keeps the connection");
        let what = format!("{} {}", request.method(), request.uri());
        self.sender.send_request(request).await.unwrap_or_else(|error| panic!("{what}: {error}"))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // The task holds the socket: without it the connection would end only when the server ends it.
        self.task.abort();
    }
}

impl Answering {
    /// The next part of the body; `None` at its end.
    pub async fn part(&mut self) -> Option<Bytes> {
        loop {
            let frame =
                self.body.frame().await?.unwrap_or_else(|error| panic!("the body broke off: {error}"));
            if let Ok(part) = frame.into_data() {
                return Some(part);
            }
        }
    }

    /// The rest of the body, or how it broke off.
    pub async fn rest(&mut self) -> Result<Bytes, hyper::Error> {
        Ok((&mut self.body).collect().await?.to_bytes())
    }

    async fn whole(mut self) -> (StatusCode, HeaderMap, Bytes) {
        let body = self.rest().await.unwrap_or_else(|error| panic!("the body broke off: {error}"));
        (self.head.status, self.head.headers.clone(), body)
    }
}

impl Response {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("{} answered {} with no JSON ({error}): {}", self.request, self.status, self.text())
        })
    }

    /// The body as JSON, of a response with this status.
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.request, self.text());
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    /// The problem, of a response with this status and code.
    pub fn problem(&self, status: u16, code: &str) -> Value {
        let problem = self.expect(status);
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.request);
        assert_eq!(problem["code"], code, "{}: {problem}", self.request);
        assert_eq!(problem["status"], status, "{}: {problem}", self.request);
        assert_eq!(problem["request_id"], self.header("x-request-id"), "{}: {problem}", self.request);
        problem
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header, empty if it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("our headers are ASCII"))
    }
}
