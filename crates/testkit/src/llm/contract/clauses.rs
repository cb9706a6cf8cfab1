//! The clauses about what is asked and answered.

use std::time::Duration;

use futures::{StreamExt, TryStreamExt};
use serde_json::Value;
use sqlatte_providers::{Completion, CompletionRequest, ErrorKind, Piece, Result, StopReason};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

use super::{
    KEY, LlmHarness, Recorded, USAGE, request, seen,
    server::{Misbehaving, Then},
};
use crate::llm::{ApiFault, Ending};

const TEXT: &str = "SELECT count(*) FROM orders WHERE city = 'Köln' -- ☕";
const PIECES: [&str; 4] = ["SELECT count(*)", " FROM orders WHERE", " city = 'Kö", "ln' -- ☕"];
const JSON: &str = r#"{"sql":"SELECT 1","tables":["orders"]}"#;
const JSON_PIECES: [&str; 4] = [r#"{"sql":"SEL"#, r#"ECT 1","#, r#""tables":["ord"#, r#"ers"]}"#];

/// A server that always gives the same answer.
pub(crate) async fn serve(answer: Recorded) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(template(&answer)).mount(&server).await;
    server
}

pub(crate) fn template(answer: &Recorded) -> ResponseTemplate {
    let template =
        ResponseTemplate::new(answer.status).set_body_raw(answer.body.clone(), answer.content_type);
    answer
        .headers
        .iter()
        .fold(template, |template, (name, value)| template.insert_header(*name, value.as_str()))
}

/// One whole completion from a server that always gives the same answer.
pub(crate) async fn complete(
    harness: &impl LlmHarness,
    answer: Recorded,
    request: &CompletionRequest,
) -> Result<Completion> {
    let server = serve(answer).await;
    harness.provider(&server.uri())?.complete(request).await.map_err(seen)
}

/// The texts of a stream and its completion.
pub(crate) async fn stream(
    harness: &impl LlmHarness,
    answer: Recorded,
    request: &CompletionRequest,
) -> Result<(Vec<String>, Completion)> {
    let server = serve(answer).await;
    let provider = harness.provider(&server.uri())?;
    let pieces: Vec<Piece> = provider.stream(request).try_collect().await.map_err(seen)?;
    let mut texts = Vec::new();
    let mut completion = None;
    for piece in pieces {
        assert!(completion.is_none(), "a piece comes after the end");
        match piece {
            Piece::Text(text) => texts.push(text),
            Piece::Restart => panic!("an adapter asks one model and never begins anew"),
            Piece::Done(done) => completion = Some(done),
        }
    }
    Ok((texts, completion.expect("a stream without an error ends with Done")))
}

async fn sends(harness: &impl LlmHarness, structured: bool) {
    let request = request(structured);
    let text = if structured { JSON } else { TEXT };
    for streamed in [false, true] {
        let answer = match streamed {
            false => harness.answer(text, structured, Ending::EndOfTurn),
            true => harness.stream(&[text], structured, Ending::EndOfTurn),
        };
        let server = serve(answer).await;
        let provider = harness.provider(&server.uri()).unwrap();
        match streamed {
            false => drop(provider.complete(&request).await.unwrap()),
            true => drop(provider.stream(&request).try_collect::<Vec<_>>().await.unwrap()),
        }
        let received = server.received_requests().await.unwrap();
        let [call] = &received[..] else { panic!("{} calls for one completion", received.len()) };
        let url = call
            .url
            .query()
            .map_or(call.url.path().to_owned(), |query| format!("{}?{query}", call.url.path()));
        assert_eq!(url, harness.path(streamed));
        let (name, value) = harness.authorization();
        assert_eq!(call.headers.get(name).unwrap().to_str().unwrap(), value);
        assert!(value.contains(KEY), "the harness names the header with the key");
        assert_eq!(call.headers["content-type"], "application/json");
        let body: Value = serde_json::from_slice(&call.body).unwrap();
        assert_eq!(body, harness.request_body(&request, streamed));
    }
}

/// The request is as the API documents it, whole and streaming.
pub async fn sends_the_documented_request(harness: &impl LlmHarness) {
    sends(harness, false).await;
}

/// So is a request for structured output.
pub async fn sends_the_documented_structured_request(harness: &impl LlmHarness) {
    sends(harness, true).await;
}

/// The text arrives unchanged, and the usage is counted, cached tokens within those read.
pub async fn answers_with_text_and_counts_usage(harness: &impl LlmHarness) {
    let completion =
        complete(harness, harness.answer(TEXT, false, Ending::EndOfTurn), &request(false)).await.unwrap();
    let expected = Completion { text: TEXT.to_owned(), stop_reason: StopReason::EndOfTurn, usage: USAGE };
    assert_eq!(completion, expected);
}

/// A server that knows no streams sends the whole answer in place of one.
pub async fn a_whole_answer_in_place_of_a_stream_is_read(harness: &impl LlmHarness) {
    for (structured, text) in [(false, TEXT), (true, JSON)] {
        let answer = harness.answer(text, structured, Ending::EndOfTurn);
        let (texts, completion) = stream(harness, answer, &request(structured)).await.unwrap();
        assert_eq!(texts.concat(), completion.text);
        match structured {
            false => assert_eq!(completion.text, TEXT),
            true => assert_eq!(value(&completion.text), value(JSON)),
        }
        assert_eq!((completion.stop_reason, completion.usage), (StopReason::EndOfTurn, USAGE));
    }
    let answer = harness.answer("SELECT", false, Ending::MaxTokens);
    let error = stream(harness, answer, &request(false)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unexpected, "{error}");
}

/// Structured output arrives as JSON text.
pub async fn answers_with_structured_output(harness: &impl LlmHarness) {
    let completion =
        complete(harness, harness.answer(JSON, true, Ending::EndOfTurn), &request(true)).await.unwrap();
    assert_eq!(value(&completion.text), value(JSON));
    assert_eq!((completion.stop_reason, completion.usage), (StopReason::EndOfTurn, USAGE));
}

/// The pieces of a stream arrive one by one, join to the completion's text, and the usage is the same.
pub async fn pieces_of_a_stream_join_to_the_whole(harness: &impl LlmHarness) {
    let answer = harness.stream(&PIECES, false, Ending::EndOfTurn);
    let (texts, completion) = stream(harness, answer, &request(false)).await.unwrap();
    assert_eq!(texts, PIECES);
    let expected = Completion { text: TEXT.to_owned(), stop_reason: StopReason::EndOfTurn, usage: USAGE };
    assert_eq!(completion, expected);
}

/// So do those of structured output.
pub async fn pieces_of_a_structured_stream_join_to_the_whole(harness: &impl LlmHarness) {
    let answer = harness.stream(&JSON_PIECES, true, Ending::EndOfTurn);
    let (texts, completion) = stream(harness, answer, &request(true)).await.unwrap();
    assert_eq!(texts.concat(), completion.text);
    assert_eq!(value(&completion.text), value(JSON));
    assert_eq!((completion.stop_reason, completion.usage), (StopReason::EndOfTurn, USAGE));
}

/// An answer that reached its limit of tokens is an error, not half an answer.
pub async fn truncation_is_an_error(harness: &impl LlmHarness) {
    for structured in [false, true] {
        let request = request(structured);
        let answer = harness.answer("{}", structured, Ending::MaxTokens);
        let error = complete(harness, answer, &request).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unexpected);
        assert!(error.message().contains("512 tokens"), "{error}");
        assert_eq!(error.usage(), USAGE, "it has to be paid for");

        let answer = harness.stream(&["{", "}"], structured, Ending::MaxTokens);
        let error = stream(harness, answer, &request).await.unwrap_err();
        assert_eq!((error.kind(), error.usage()), (ErrorKind::Unexpected, USAGE));
    }
}

/// A model that declines has answered.
pub async fn refusal_is_a_reason_to_stop(harness: &impl LlmHarness) {
    for text in ["", "I can't help with that."] {
        let answer = harness.answer(text, false, Ending::Refusal);
        let completion = complete(harness, answer, &request(false)).await.unwrap();
        assert_eq!((completion.stop_reason, completion.text.as_str()), (StopReason::Refusal, text));
    }
    let answer = harness.stream(&["I can't"], true, Ending::Refusal);
    let (_, completion) = stream(harness, answer, &request(true)).await.unwrap();
    assert_eq!(completion.stop_reason, StopReason::Refusal);
}

/// Dropping a stream stops the model within a second.
pub async fn dropping_a_stream_closes_the_connection(harness: &impl LlmHarness) {
    let mut answer = harness.stream(&PIECES, false, Ending::EndOfTurn);
    let cut = answer.body.find("FROM orders").expect("the second piece is in the stream");
    let event_end = answer.body[cut..].find("\n\n").expect("events end with an empty line");
    answer.body.truncate(cut + event_end + 2);
    let server = Misbehaving::start(answer, Then::Hang).await;
    let provider = harness.provider(&server.url).unwrap();
    let request = request(false);
    let mut pieces = provider.stream(&request);
    let first = pieces.next().await.unwrap().unwrap();
    assert_eq!(first, Piece::Text(PIECES[0].to_owned()), "pieces come before the end");
    drop(pieces);
    tokio::time::timeout(Duration::from_secs(1), server.hung_up()).await.expect("the connection is closed");
}

/// `check` makes one small call.
pub async fn check_passes_where_all_is_right(harness: &impl LlmHarness) {
    let server = serve(harness.answer("Hi", false, Ending::MaxTokens)).await;
    harness.provider(&server.uri()).unwrap().check().await.unwrap();
    let received = server.received_requests().await.unwrap();
    assert_eq!(received.len(), 1);
    assert!(received[0].body.len() < 1_000, "a check is cheap");
}

/// Nothing that can be printed shows the key: the provider, its info, and what a server repeats of it.
pub async fn the_key_appears_nowhere(harness: &impl LlmHarness) {
    let mut answer = harness.fault(ApiFault::BadRequest);
    let words = harness.fault(ApiFault::BadRequest).body;
    answer.body = words.replacen(": \"", &format!(": \"{KEY} "), 8).replacen(":\"", &format!(":\"{KEY} "), 8);
    assert!(answer.body.contains(KEY), "{}", answer.body);
    let server = serve(answer).await;
    let provider = harness.provider(&server.uri()).unwrap();
    let shown = format!("{provider:?} {:?}", provider.info());
    assert!(!shown.contains(KEY), "{shown}");
    for structured in [false, true] {
        seen(provider.complete(&request(structured)).await.unwrap_err());
    }
    seen(provider.check().await.unwrap_err());
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{text:?} is not JSON: {error}"))
}
