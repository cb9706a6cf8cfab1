#![expect(clippy::unwrap_used, reason = "a test without its server has failed")]

use std::{
    collections::VecDeque,
    fmt,
    net::{SocketAddr, TcpListener},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread::JoinHandle,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::post,
    serve::ListenerExt,
};
use serde_json::Value;
use tokio::sync::oneshot;

use super::{
    embedding::EmbeddingFormat,
    meter::Meter,
    reply::Reply,
    script::Script,
    wire::{ApiError, ApiFault, Call, FORMATS, WireFormat},
};

/// How many requests are kept for looking at.
const KEPT: usize = 1_000;

/// A model behind real HTTP, on a port of its own at 127.0.0.1, streaming and not.
///
/// It speaks every [`WireFormat`], each at the paths of its API, and answers in the one it is asked in: point
/// a provider's `base_url` at [`url`](Self::url). Rules are tried in the order they were made, against the
/// last user message; the fallback comes last; what nobody answers is a 404 that quotes the question. It is
/// quick enough to be the model of a load test (thousands of answers a second), and runs on a thread of its
/// own, so that it can be used with any runtime or none. Dropping it breaks its connections.
///
/// ```
/// use sqlatte_testkit::llm::{FakeModelServer, Reply};
///
/// let server = FakeModelServer::start();
/// server.next(1, Reply::error(529, "overloaded_error", "Overloaded"));
/// server.on("top 5 products", Reply::json(&serde_json::json!({"sql": "SELECT 1"})));
/// server.otherwise(Reply::text("I don't know."));
/// assert!(server.url().starts_with("http://127.0.0.1:"));
/// ```
#[derive(Debug)]
pub struct FakeModelServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    script: Script<Answerer>,
    calls: AtomicUsize,
    kept: Mutex<VecDeque<Arc<Value>>>,
    meter: Option<Meter>,
    /// Who answers the texts that are to be embedded, if anybody does.
    embedders: Script<Embedder>,
    embedded: Mutex<VecDeque<Arc<Value>>>,
}

/// What makes a vector of a text.
type Vector = dyn Fn(&str) -> Vec<f32> + Send + Sync;

/// What is done with texts that are to be embedded.
#[derive(Clone)]
enum Embedder {
    Vectors(Arc<Vector>),
    Reply(Box<Reply>),
}

/// A reply, or what makes one from the question.
#[derive(Clone)]
enum Answerer {
    Ready(Box<Reply>),
    Made(Arc<dyn Fn(&str) -> Reply + Send + Sync>),
}

impl FakeModelServer {
    /// Starts it, with no answers yet.
    ///
    /// # Panics
    /// Where 127.0.0.1 has no free port, or no thread can be had.
    pub fn start() -> Self {
        FakeModelServer::with(None)
    }

    /// Starts it, with no answers yet. It counts tokens, four characters each, in place of the usage that a
    /// reply says: those of the request, and of them those that an earlier call left in the API's memory.
    ///
    /// # Panics
    /// Where 127.0.0.1 has no free port, or no thread can be had.
    pub fn metered() -> Self {
        FakeModelServer::with(Some(Meter::default()))
    }

    fn with(meter: Option<Meter>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            script: Script::new(),
            calls: AtomicUsize::new(0),
            kept: Mutex::new(VecDeque::new()),
            meter,
            embedders: Script::new(),
            embedded: Mutex::new(VecDeque::new()),
        });
        let (stop, stopped) = oneshot::channel();
        let app = Router::new().fallback_service(post(complete).with_state(shared.clone()));
        let thread = std::thread::Builder::new().name("fake-model".to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                tokio::select! {
                    () = serve(listener, app) => {}
                    _ = stopped => {}
                }
            });
        });
        FakeModelServer { address, shared, stop: Some(stop), thread: Some(thread.unwrap()) }
    }

    /// What to set `base_url` to.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers each question that contains `needle`.
    pub fn on(&self, needle: &str, reply: Reply) {
        self.shared.script.add(Some(needle), None, Answerer::Ready(Box::new(reply)));
    }

    /// Answers the next `times` questions that no earlier rule answers.
    pub fn next(&self, times: usize, reply: Reply) {
        self.shared.script.add(None, Some(times), Answerer::Ready(Box::new(reply)));
    }

    /// Answers the first `times` questions that contain `needle`.
    pub fn next_on(&self, needle: &str, times: usize, reply: Reply) {
        self.shared.script.add(Some(needle), Some(times), Answerer::Ready(Box::new(reply)));
    }

    /// Answers what no rule answers.
    pub fn otherwise(&self, reply: Reply) {
        self.shared.script.set_fallback(Answerer::Ready(Box::new(reply)));
    }

    /// Answers what no rule answers with what `make` makes of the last user message.
    pub fn otherwise_with(&self, make: impl Fn(&str) -> Reply + Send + Sync + 'static) {
        self.shared.script.set_fallback(Answerer::Made(Arc::new(make)));
    }

    /// Embeds each text as `make` says; without it the server knows no embedding model.
    pub fn embeds(&self, make: impl Fn(&str) -> Vec<f32> + Send + Sync + 'static) {
        self.shared.embedders.set_fallback(Embedder::Vectors(Arc::new(make)));
    }

    /// Answers requests to embed texts, one of which contains `needle`, with a failure instead.
    pub fn embeds_not(&self, needle: &str, reply: Reply) {
        self.shared.embedders.add(Some(needle), None, Embedder::Reply(Box::new(reply)));
    }

    /// The bodies of the last 1,000 requests to embed texts, oldest first; they are not among the others.
    pub fn embedded(&self) -> Vec<Value> {
        all(&self.shared.embedded)
    }

    /// How many requests came.
    pub fn calls(&self) -> usize {
        self.shared.calls.load(Ordering::Relaxed)
    }

    /// The bodies of the last 1,000 requests, oldest first.
    pub fn requests(&self) -> Vec<Value> {
        all(&self.shared.kept)
    }
}

fn all(kept: &Mutex<VecDeque<Arc<Value>>>) -> Vec<Value> {
    let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    kept.iter().map(|request| Value::clone(request)).collect()
}

impl Drop for FakeModelServer {
    fn drop(&mut self) {
        // The runtime goes with its thread, and every connection with the runtime.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

async fn serve(listener: TcpListener, app: Router) {
    // Without it each small chunk of a stream waits for the acknowledgement of the one before.
    let listener =
        tokio::net::TcpListener::from_std(listener).unwrap().tap_io(|socket| drop(socket.set_nodelay(true)));
    drop(axum::serve(listener, app).await);
}

fn keep(kept: &Mutex<VecDeque<Arc<Value>>>, request: Arc<Value>) {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() == KEPT {
        kept.pop_front();
    }
    kept.push_back(request);
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("calls", &self.calls).finish_non_exhaustive()
    }
}

async fn complete(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(format) = EmbeddingFormat::at(uri.path()) {
        return embed(&shared, format, &uri, &headers, &body).await;
    }
    let Some(format) = FORMATS.into_iter().find(|format| format.serves(uri.path())) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    shared.calls.fetch_add(1, Ordering::Relaxed);
    let body: Arc<Value> = Arc::new(serde_json::from_slice(&body).unwrap_or_default());
    keep(&shared.kept, body.clone());
    let query = uri.query().unwrap_or_default();
    let call = Call { path: uri.path(), query, headers: &headers, body: &body };
    let reply = answer(&shared, format, &call);
    let reply = match &shared.meter {
        Some(meter) => {
            let usage = meter.read(format, &body, &reply);
            reply.usage(usage)
        }
        None => reply,
    };
    reply.respond(format, &call).await
}

async fn embed(
    shared: &Shared,
    format: EmbeddingFormat,
    uri: &Uri,
    headers: &HeaderMap,
    body: &Bytes,
) -> Response {
    let body: Arc<Value> = Arc::new(serde_json::from_slice(body).unwrap_or_default());
    keep(&shared.embedded, body.clone());
    let texts = format.texts(&body);
    let call = Call { path: uri.path(), query: uri.query().unwrap_or_default(), headers, body: &body };
    let reply = match shared.embedders.answer(&texts.join("\n")) {
        _ if format.lacks_key(&call) => Reply::fault(ApiFault::WrongKey),
        Some(Embedder::Reply(reply)) => *reply,
        Some(Embedder::Vectors(make)) => {
            let vectors: Vec<Value> = texts.iter().map(|text| make(text).into()).collect();
            Reply::raw(200, "application/json", format.answer(&vectors).to_string())
        }
        None => Reply::fault(ApiFault::UnknownModel),
    };
    reply.respond(format.completions(), &call).await
}

fn answer(shared: &Shared, format: &dyn WireFormat, call: &Call<'_>) -> Reply {
    if let Some(ApiError { status, kind, message, .. }) = format.objection(call) {
        return Reply::error(status, &kind, &message);
    }
    let question = format.question(call.body);
    match shared.script.answer(&question) {
        Some(Answerer::Ready(reply)) => *reply,
        Some(Answerer::Made(make)) => make(&question),
        None => Reply::error(404, "not_found_error", &format!("no answer was scripted to: {question}")),
    }
}
