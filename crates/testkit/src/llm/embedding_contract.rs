#![expect(clippy::unwrap_used, clippy::panic, reason = "a clause fails by panicking")]
//! What every embedding provider does, as clauses against documented HTTP bodies.
//!
//! A provider's tests implement [`EmbeddingHarness`], and [`embedding_contract!`](crate::embedding_contract) makes one
//! test per clause.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use sqlatte_providers::{Embedding, EmbeddingProvider, ErrorKind, ProviderError, Purpose, Result};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

pub use super::contract::KEY;
use super::{
    contract::{Recorded, seen, serve, template},
    embedding::EmbeddingFormat,
    wire::ApiFault,
};

/// The time of a call.
const TIMEOUT: Duration = Duration::from_secs(10);

/// An API's side of the contract.
pub trait EmbeddingHarness: Send + Sync {
    /// The provider, asking at `base_url` with [`KEY`], retrying at least once and at most twice.
    ///
    /// # Errors
    /// Those of the provider's constructor.
    fn provider(&self, base_url: &str) -> Result<Arc<dyn EmbeddingProvider>>;

    /// The form that the API speaks.
    fn format(&self) -> EmbeddingFormat;

    /// The path and query that are called.
    fn path(&self) -> String;

    /// The name and value of the header that carries [`KEY`].
    fn authorization(&self) -> (&'static str, String);

    /// The body the API documents for `texts`.
    fn request_body(&self, texts: &[String], purpose: Purpose) -> Value;
}

/// As many texts as the provider takes at once, two at most.
fn texts(provider: &dyn EmbeddingProvider) -> Vec<String> {
    let two = ["orders: id, total, ünïcödé \"quoted\"", "staff\nid, name"];
    two.into_iter().take(provider.most_texts()).map(str::to_owned).collect()
}

async fn embed(harness: &impl EmbeddingHarness, answer: Recorded) -> Result<Vec<Embedding>> {
    let server = serve(answer).await;
    let provider = harness.provider(&server.uri())?;
    provider.embed(&texts(&*provider), Purpose::Document, TIMEOUT).await.map_err(seen)
}

/// As many vectors as there are texts; the first is along the first axis.
fn vectors(harness: &impl EmbeddingHarness) -> Vec<Value> {
    let provider = harness.provider("http://127.0.0.1:1").unwrap();
    [json!([2.5, 0.0, 0.0]), json!([0.0, -1, 0])].into_iter().take(texts(&*provider).len()).collect()
}

fn answered(harness: &impl EmbeddingHarness, vectors: &[Value]) -> Recorded {
    Recorded::json(&harness.format().answer(vectors))
}

fn fault(harness: &impl EmbeddingHarness, fault: ApiFault) -> Recorded {
    let model = harness.provider("http://127.0.0.1:1").unwrap().info().model;
    let format = harness.format().completions();
    Recorded::error(format, &format.fault(fault, &model))
}

async fn fails(harness: &impl EmbeddingHarness, given: ApiFault, kind: ErrorKind) -> ProviderError {
    let error = embed(harness, fault(harness, given)).await.unwrap_err();
    let server = serve(fault(harness, given)).await;
    let checked = seen(harness.provider(&server.uri()).unwrap().check().await.unwrap_err());
    assert_eq!((error.kind(), checked.kind()), (kind, kind), "{given:?}: {error}");
    error
}

/// The request is as the API documents it, for documents and for questions.
pub async fn sends_the_documented_request(harness: &impl EmbeddingHarness) {
    for purpose in [Purpose::Document, Purpose::Query] {
        let server = serve(answered(harness, &vectors(harness))).await;
        let provider = harness.provider(&server.uri()).unwrap();
        let texts = texts(&*provider);
        provider.embed(&texts, purpose, TIMEOUT).await.unwrap();
        let received = server.received_requests().await.unwrap();
        let [call] = &received[..] else { panic!("{} calls for one", received.len()) };
        let query = call.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        assert_eq!(format!("{}{query}", call.url.path()), harness.path());
        let (name, value) = harness.authorization();
        assert_eq!(call.headers.get(name).unwrap().to_str().unwrap(), value);
        assert_eq!(call.headers["content-type"], "application/json");
        assert_eq!(call.body_json::<Value>().unwrap(), harness.request_body(&texts, purpose));
    }
}

/// A vector for each text, in their order; no text is no call.
pub async fn gives_a_vector_for_each_text(harness: &impl EmbeddingHarness) {
    let found = embed(harness, answered(harness, &vectors(harness))).await.unwrap();
    let axes = [Embedding::new(&[1.0, 0.0, 0.0]).unwrap(), Embedding::new(&[0.0, -1.0, 0.0]).unwrap()];
    assert_eq!(found, axes[..found.len()]);
    assert_eq!(found.len(), vectors(harness).len());
    let nowhere = harness.provider("http://127.0.0.1:1").unwrap();
    assert_eq!(nowhere.embed(&[], Purpose::Query, TIMEOUT).await.unwrap(), []);
}

/// `check` embeds something.
pub async fn check_passes_where_all_is_right(harness: &impl EmbeddingHarness) {
    let server = serve(answered(harness, &[json!([1.0])])).await;
    harness.provider(&server.uri()).unwrap().check().await.unwrap();
}

/// Each fault has its kind, and the message names what to look at.
pub async fn faults_have_their_kinds(harness: &impl EmbeddingHarness) {
    let error = fails(harness, ApiFault::WrongKey, ErrorKind::Unauthorized).await;
    assert!(error.message().contains("key") || error.message().contains("login"), "{error}");
    fails(harness, ApiFault::Forbidden, ErrorKind::Unauthorized).await;
    let model = harness.provider("http://127.0.0.1:1").unwrap().info().model;
    let error = fails(harness, ApiFault::UnknownModel, ErrorKind::NotFound).await;
    assert!(error.message().contains(&model), "{error}");
    let error = fails(harness, ApiFault::WrongAddress, ErrorKind::NotFound).await;
    assert!(error.message().contains("base_url") && !error.message().contains("completions"), "{error}");
    let error = fails(harness, ApiFault::RateLimited(600), ErrorKind::RateLimited).await;
    assert_eq!(error.retry_after(), Some(Duration::from_secs(600)));
    fails(harness, ApiFault::NoCredit, ErrorKind::RateLimited).await;
    let error = fails(harness, ApiFault::TooLarge, ErrorKind::Rejected).await;
    assert!(error.message().contains("texts are too long"), "{error}");
    fails(harness, ApiFault::BadRequest, ErrorKind::Rejected).await;
    fails(harness, ApiFault::Internal, ErrorKind::Unavailable).await;
}

/// An overload that passes is not seen.
pub async fn passing_failures_are_tried_again(harness: &impl EmbeddingHarness) {
    let server = MockServer::start().await;
    let overloaded = template(&fault(harness, ApiFault::Overloaded));
    Mock::given(method("POST")).respond_with(overloaded).up_to_n_times(1).mount(&server).await;
    let answer = template(&answered(harness, &vectors(harness)));
    Mock::given(method("POST")).respond_with(answer).mount(&server).await;
    let provider = harness.provider(&server.uri()).unwrap();
    provider.embed(&texts(&*provider), Purpose::Document, TIMEOUT).await.unwrap();
    assert_eq!(server.received_requests().await.unwrap().len(), 2);
}

/// Vectors that cannot be are `Unexpected`, and so is an answer that is none.
pub async fn wrong_vectors_are_unexpected(harness: &impl EmbeddingHarness) {
    let one = json!([1.0, 0.0]);
    let wanted = vectors(harness).len();
    let mut wrong: Vec<Vec<Value>> = vec![vec![one.clone(); wanted - 1], vec![one.clone(); wanted + 1]];
    if wanted > 1 {
        wrong.push(vec![one.clone(), json!([1.0])]);
    }
    for value in [json!([]), json!([0.0, 0.0]), json!([1e39, 0.0]), json!(["NaN", 0.0]), json!([null, 1.0])] {
        wrong.push([vec![one.clone(); wanted - 1], vec![value]].concat());
    }
    for vectors in wrong {
        let error = embed(harness, answered(harness, &vectors)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unexpected, "{vectors:?}: {error}");
    }
    let bodies = ["", "{}", "[]", "null", "{\"data\": 1}", "not JSON", "<html><p>Please log in.</p></html>"];
    let right = harness.format().answer(&vec![json!([0.125]); wanted]).to_string();
    let no_numbers = ["NaN", "Infinity", "1e999", "true"].map(|number| right.replace("0.125", number));
    for body in
        bodies.into_iter().map(str::to_owned).chain(no_numbers).chain([right[..right.len() / 2].to_owned()])
    {
        let error = embed(harness, Recorded { body: body.clone(), ..Recorded::json(&Value::Null) }).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unexpected, "{body}: {error}");
    }
}

/// Silence is a `Timeout`, in the time of the call.
pub async fn silence_is_a_timeout(harness: &impl EmbeddingHarness) {
    let server = MockServer::start().await;
    let late = ResponseTemplate::new(200).set_delay(Duration::from_secs(20));
    Mock::given(method("POST")).respond_with(late).mount(&server).await;
    let provider = harness.provider(&server.uri()).unwrap();
    let limit = Duration::from_millis(300);
    let begun = std::time::Instant::now();
    let error = seen(provider.embed(&texts(&*provider), Purpose::Query, limit).await.unwrap_err());
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

/// A server that is not there is `Unavailable`, and nothing shows the key.
pub async fn an_unreachable_server_is_unavailable(harness: &impl EmbeddingHarness) {
    let provider = harness.provider("http://127.0.0.1:1").unwrap();
    let error = seen(provider.embed(&texts(&*provider), Purpose::Query, TIMEOUT).await.unwrap_err());
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    let shown = format!("{provider:?} {:?}", provider.info());
    assert!(!shown.contains(KEY), "{shown}");
}

/// Makes the contract's tests for a harness: an expression of a type that implements
/// [`EmbeddingHarness`](crate::llm::EmbeddingHarness).
#[macro_export]
macro_rules! embedding_contract {
    ($harness:expr) => {
        $crate::embedding_contract!(@clauses $harness;
            sends_the_documented_request,
            gives_a_vector_for_each_text,
            check_passes_where_all_is_right,
            faults_have_their_kinds,
            passing_failures_are_tried_again,
            wrong_vectors_are_unexpected,
            silence_is_a_timeout,
            an_unreachable_server_is_unavailable,
        );
    };
    (@clauses $harness:expr; $($clause:ident),* $(,)?) => {
        $(
            #[tokio::test]
            async fn $clause() {
                $crate::llm::embedding_contract::$clause(&$harness).await;
            }
        )*
    };
}
