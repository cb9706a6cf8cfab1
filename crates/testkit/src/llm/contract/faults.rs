//! The clauses about what goes wrong.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use futures::StreamExt;
use sqlatte_providers::{CompletionRequest, ErrorKind, Piece, ProviderError};
use wiremock::{Mock, MockServer, matchers::method};

use super::{
    LlmHarness, Recorded,
    clauses::{complete, serve, stream, template},
    request, seen,
    server::{Misbehaving, Then},
};
use crate::llm::{ApiFault, Ending};

/// The error of a fault, the same for a whole completion, a stream and a check.
async fn fault(harness: &impl LlmHarness, fault: ApiFault) -> ProviderError {
    let answer = || harness.fault(fault);
    let error = complete(harness, answer(), &request(false)).await.unwrap_err();
    let streamed = stream(harness, answer(), &request(true)).await.unwrap_err();
    let server = serve(answer()).await;
    let checked = seen(harness.provider(&server.uri()).unwrap().check().await.unwrap_err());
    assert_eq!((streamed.kind(), checked.kind()), (error.kind(), error.kind()), "{fault:?}");
    error
}

async fn expect(harness: &impl LlmHarness, given: ApiFault, kind: ErrorKind) -> ProviderError {
    let error = fault(harness, given).await;
    assert_eq!(error.kind(), kind, "{given:?}: {error}");
    error
}

/// A wrong key is `Unauthorized`, and the message names the setting.
pub async fn wrong_key_is_unauthorized(harness: &impl LlmHarness) {
    let error = expect(harness, ApiFault::WrongKey, ErrorKind::Unauthorized).await;
    assert!(error.message().contains("key"), "{error}");
}

/// So is a key that may not do this.
pub async fn forbidden_is_unauthorized(harness: &impl LlmHarness) {
    expect(harness, ApiFault::Forbidden, ErrorKind::Unauthorized).await;
}

/// An unknown model is `NotFound`, and the message names it.
pub async fn unknown_model_is_not_found_and_named(harness: &impl LlmHarness) {
    let error = expect(harness, ApiFault::UnknownModel, ErrorKind::NotFound).await;
    let model = harness.provider("http://127.0.0.1:1").unwrap().info().model;
    assert!(error.message().contains(&model), "{error}");
}

/// A wrong address is `NotFound` too, but says that it is the address.
pub async fn wrong_address_is_told_from_unknown_model(harness: &impl LlmHarness) {
    let error = expect(harness, ApiFault::WrongAddress, ErrorKind::NotFound).await;
    assert!(error.message().contains("address") || error.message().contains("base_url"), "{error}");
    let page = Recorded {
        content_type: "text/html",
        body: "<h1>404</h1>".to_owned(),
        ..harness.fault(ApiFault::WrongAddress)
    };
    assert_eq!(complete(harness, page, &request(false)).await.unwrap_err().message(), error.message());
}

/// A rate limit is `RateLimited` with the time to wait, and is not waited for beyond the call's own limit.
pub async fn rate_limit_says_how_long_to_wait(harness: &impl LlmHarness) {
    let begun = Instant::now();
    let error = expect(harness, ApiFault::RateLimited(600), ErrorKind::RateLimited).await;
    assert_eq!(error.retry_after(), Some(Duration::from_secs(600)));
    assert!(begun.elapsed() < Duration::from_secs(5), "nobody waits ten minutes in vain");
}

/// An account without credit is `RateLimited`, with a message of its own.
pub async fn no_credit_is_rate_limited(harness: &impl LlmHarness) {
    expect(harness, ApiFault::NoCredit, ErrorKind::RateLimited).await;
}

/// What the API understands and refuses is `Rejected`.
pub async fn too_large_and_bad_requests_are_rejected(harness: &impl LlmHarness) {
    expect(harness, ApiFault::TooLarge, ErrorKind::Rejected).await;
    expect(harness, ApiFault::BadRequest, ErrorKind::Rejected).await;
}

/// An overload and a rate limit that pass are not seen, also when streaming.
pub async fn passing_failures_are_tried_again(harness: &impl LlmHarness) {
    for (fault, streamed) in [(ApiFault::Overloaded, false), (ApiFault::RateLimited(0), true)] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .respond_with(template(&harness.fault(fault)))
            .up_to_n_times(1)
            .mount(&server)
            .await;
        let answer = match streamed {
            false => harness.answer("fine", false, Ending::EndOfTurn),
            true => harness.stream(&["fine"], false, Ending::EndOfTurn),
        };
        Mock::given(method("POST")).respond_with(template(&answer)).mount(&server).await;
        let provider = harness.provider(&server.uri()).unwrap();
        let text = match streamed {
            false => provider.complete(&request(false)).await.unwrap().text,
            true => last(&*provider, &request(false)).await.unwrap(),
        };
        assert_eq!(text, "fine");
        assert_eq!(server.received_requests().await.unwrap().len(), 2);
    }
}

/// An overload and a fault of the API's own that do not pass are `Unavailable`.
pub async fn lasting_failures_are_unavailable(harness: &impl LlmHarness) {
    for fault in [ApiFault::Overloaded, ApiFault::Internal] {
        let error = complete(harness, harness.fault(fault), &request(false)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{fault:?}: {error}");
    }
}

/// A server that says nothing, or stops in the middle, is a `Timeout` at the request's limit.
pub async fn silence_is_a_timeout(harness: &impl LlmHarness) {
    let request = CompletionRequest { timeout: Duration::from_millis(400), ..request(false) };

    let server = MockServer::start().await;
    let slow = template(&harness.answer("late", false, Ending::EndOfTurn)).set_delay(Duration::from_secs(60));
    Mock::given(method("POST")).respond_with(slow).mount(&server).await;
    let begun = Instant::now();
    let error = seen(harness.provider(&server.uri()).unwrap().complete(&request).await.unwrap_err());
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");

    let mut half = harness.stream(&["one", "two"], false, Ending::EndOfTurn);
    half.body.truncate(half.body.find("two").expect("the second piece is in the stream"));
    let server = Misbehaving::start(half, Then::Hang).await;
    let error = last(&*harness.provider(&server.url).unwrap(), &request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

/// What is not of the API is `Unexpected`: other JSON, no JSON, a page, nothing.
pub async fn malformed_answers_are_unexpected(harness: &impl LlmHarness) {
    for (content_type, body) in [
        ("application/json", "{\"green\": \"ideas\"}"),
        ("application/json", "{\"content\": ["),
        ("application/json", ""),
        ("text/plain", "OK"),
        ("text/html", "<!doctype html><title>Log in</title>"),
    ] {
        let answer = Recorded { content_type, body: body.to_owned(), ..Recorded::events(String::new()) };
        let error = complete(harness, answer.clone(), &request(false)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unexpected, "{body}: {error}");
        let error = stream(harness, answer.clone(), &request(false)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unexpected, "streaming {body}: {error}");
        let server = serve(answer).await;
        let error = seen(harness.provider(&server.uri()).unwrap().check().await.unwrap_err());
        assert_eq!(error.kind(), ErrorKind::Unexpected, "checking {body}: {error}");
    }
    let broken = Recorded::events("data: {\"green\": \"ideas\"}\n\n".to_owned());
    assert_eq!(stream(harness, broken, &request(false)).await.unwrap_err().kind(), ErrorKind::Unexpected);
}

/// A connection that breaks, or a stream that just ends, in the middle of an answer is `Unavailable`.
pub async fn a_cut_stream_is_unavailable(harness: &impl LlmHarness) {
    let whole = harness.stream(&["one", "two"], false, Ending::EndOfTurn);
    let middle = whole.body.find("two").expect("the second piece is in the stream");
    let half = Recorded { body: whole.body[..middle].to_owned(), ..whole };

    let server = Misbehaving::start(half.clone(), Then::Break).await;
    let provider = harness.provider(&server.url).unwrap();
    let request = request(false);
    let mut pieces = provider.stream(&request);
    assert_eq!(pieces.next().await.unwrap().unwrap(), Piece::Text("one".to_owned()));
    let error = seen(pieces.next().await.unwrap().unwrap_err());
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(pieces.next().await.is_none(), "nothing follows an error");

    let error = stream(harness, half, &request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");

    let answer = harness.answer("one", false, Ending::EndOfTurn);
    let half = Recorded { body: answer.body[..answer.body.len() / 2].to_owned(), ..answer };
    let server = Misbehaving::start(half, Then::Break).await;
    let error = seen(harness.provider(&server.url).unwrap().complete(&request).await.unwrap_err());
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
}

/// An API that gives up in the middle of a stream and says so is heard.
pub async fn a_failure_in_mid_stream_is_told(harness: &impl LlmHarness) {
    if let Some(answer) = harness.overloaded_stream(&["one"]) {
        let error = stream(harness, answer, &request(false)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
        assert!(error.message().contains("overloaded"), "{error}");
    }
}

/// Where nothing listens, the error names the host.
pub async fn an_unreachable_server_is_unavailable(harness: &impl LlmHarness) {
    let provider = harness.provider("http://127.0.0.1:1").unwrap();
    let request = request(false);
    for error in [
        provider.complete(&request).await.unwrap_err(),
        last(&*provider, &request).await.unwrap_err(),
        provider.check().await.unwrap_err(),
    ] {
        let error = seen(error);
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.message().contains("127.0.0.1:1"), "{error}");
    }
}

/// A model without structured output is `Rejected`, in a question as in a check, and the message says which setting may
/// help.
pub async fn a_model_without_structured_output_is_told(harness: &impl LlmHarness) {
    let error = expect(harness, ApiFault::NoStructuredOutput, ErrorKind::Rejected).await;
    assert!(error.message().contains("structured_output"), "{error}");
}

/// People can tell the faults apart, for a check has no other account of them: no two have the same message.
pub async fn each_fault_has_its_own_message(harness: &impl LlmHarness) {
    let mut checks = Vec::new();
    let mut servers = Vec::new();
    for given in [
        ApiFault::WrongKey,
        ApiFault::Forbidden,
        ApiFault::UnknownModel,
        ApiFault::WrongAddress,
        ApiFault::RateLimited(600),
        ApiFault::NoCredit,
        ApiFault::TooLarge,
        ApiFault::NoStructuredOutput,
        ApiFault::BadRequest,
        ApiFault::Overloaded,
        ApiFault::Internal,
    ] {
        let server = serve(harness.fault(given)).await;
        checks.push((format!("{given:?}"), harness.provider(&server.uri()).unwrap()));
        servers.push(server);
    }
    checks.push(("no server".to_owned(), harness.provider("http://127.0.0.1:1").unwrap()));
    let in_clear = servers[0].uri().replacen("http:", "https:", 1);
    checks.push(("no TLS".to_owned(), harness.provider(&in_clear).unwrap()));
    checks.extend(harness.own_faults().into_iter().map(|(name, provider)| (name.to_owned(), provider)));

    let mut messages = HashSet::new();
    for (name, provider) in checks {
        let error = seen(provider.check().await.unwrap_err());
        // Ports differ from server to server, and are no difference.
        let message: String = error.message().chars().filter(|char| !char.is_ascii_digit()).collect();
        assert!(messages.insert(message.clone()), "{name} reads like another fault: {message}");
    }
}

/// The text of a stream's completion, or its error.
async fn last(
    provider: &dyn sqlatte_providers::LlmProvider,
    request: &CompletionRequest,
) -> Result<String, ProviderError> {
    let mut pieces = provider.stream(request);
    let mut done = None;
    while let Some(piece) = pieces.next().await {
        if let Piece::Done(completion) = piece.map_err(seen)? {
            done = Some(completion.text);
        }
    }
    Ok(done.unwrap_or_else(|| panic!("a stream without an error ends with Done")))
}
