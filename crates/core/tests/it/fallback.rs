//! Several models in a row, without a network.

use std::{sync::Arc, time::Duration};

use futures::TryStreamExt;
use sqlatte_core::llm::{BreakerLimits, Circuit, Fallback, Price, Priced};
use sqlatte_providers::{
    CompletionRequest, ErrorKind, LlmProvider, Message, Output, Piece, Role, StopReason, Usage, Usd,
};
use sqlatte_testkit::llm::{FakeAnswer, FakeLlm};
use tokio::time::{Instant, advance};

const PAUSE: Duration = Duration::from_secs(30);

fn request() -> CompletionRequest {
    CompletionRequest {
        system: Vec::new(),
        messages: vec![Message { role: Role::User, text: "how many?".to_owned() }],
        output: Output::Text,
        max_tokens: None,
        temperature: None,
        timeout: Duration::from_secs(120),
    }
}

fn circuit(llm: &FakeLlm) -> Arc<Circuit> {
    Arc::new(Circuit::new(Arc::new(llm.clone()), BreakerLimits { failures: 3, pause: PAUSE }))
}

fn fallback(llms: &[&FakeLlm]) -> Fallback {
    let (first, others) = llms.split_first().unwrap();
    Fallback::new(circuit(first), others.iter().map(|llm| circuit(llm)).collect())
}

fn failing(kind: ErrorKind) -> FakeLlm {
    FakeLlm::always(FakeAnswer::error(kind, "not today")).named("first")
}

fn well() -> FakeLlm {
    FakeLlm::always(FakeAnswer::text("42").in_pieces(2)).named("second")
}

#[tokio::test]
async fn the_next_one_is_asked_where_it_may_do_better() {
    for (kind, asked) in [
        (ErrorKind::Unavailable, true),
        (ErrorKind::Timeout, true),
        (ErrorKind::RateLimited, true),
        (ErrorKind::Unauthorized, true),
        (ErrorKind::NotFound, true),
        (ErrorKind::Unexpected, true),
        (ErrorKind::Rejected, true),
        (ErrorKind::InvalidSettings, true),
        (ErrorKind::Unsupported, true),
        (ErrorKind::Cancelled, false),
    ] {
        let (first, second) = (failing(kind), well());
        let fallback = fallback(&[&first, &second]);
        let whole = fallback.complete(&request()).await;
        let streamed: Result<Vec<Piece>, _> = fallback.stream(&request()).try_collect().await;
        if asked {
            assert_eq!(whole.unwrap().text, "42", "{kind:?}");
            let pieces = streamed.unwrap();
            assert_eq!(pieces[..2], [Piece::Text("4".to_owned()), Piece::Text("2".to_owned())], "{kind:?}");
        } else {
            for error in [whole.unwrap_err(), streamed.unwrap_err()] {
                assert_eq!((error.kind(), error.message()), (kind, "not today"));
            }
        }
        assert_eq!(second.calls(), if asked { 2 } else { 0 }, "{kind:?}");
    }
}

#[tokio::test]
async fn a_refusal_is_an_answer() {
    let (first, second) = (FakeLlm::always(FakeAnswer::refusal("no")), well());
    let completion = fallback(&[&first, &second]).complete(&request()).await.unwrap();
    assert_eq!((completion.stop_reason, second.calls()), (StopReason::Refusal, 0));
}

#[tokio::test]
async fn a_stream_that_breaks_off_begins_anew() {
    let broken = FakeAnswer::broken_off("SELECT", ErrorKind::Unavailable, "gone").in_pieces(2);
    let (first, second) = (FakeLlm::always(broken), well());
    let fallback = fallback(&[&first, &second]);
    let request = request();
    let mut pieces: Vec<Piece> = fallback.stream(&request).try_collect().await.unwrap();
    let Some(Piece::Done(done)) = pieces.pop() else { panic!("no end: {pieces:?}") };
    let text = |text: &str| Piece::Text(text.to_owned());
    assert_eq!(pieces, [text("SEL"), text("ECT"), Piece::Restart, text("4"), text("2")]);
    let usage = Usage {
        llm_calls: 2,
        unanswered_calls: 1,
        stand_in_calls: 1,
        input_tokens: 100,
        output_tokens: 1,
        ..Usage::default()
    };
    assert_eq!((done.text.as_str(), done.usage), ("42", usage), "failed calls count, too");
}

#[tokio::test(start_paused = true)]
async fn each_has_its_part_of_the_time() {
    let slow = FakeLlm::always(FakeAnswer::text("late").after(Duration::from_secs(3600)));
    let (second, third) = (slow.clone().named("second"), well());
    let began = Instant::now();
    let llms = [&slow, &second, &third];
    fallback(&llms).complete(&request()).await.unwrap();
    assert_eq!(began.elapsed(), Duration::from_secs(80), "a third for each");
    let limits: Vec<u64> = llms.map(|llm| llm.requests()[0].timeout.as_secs()).to_vec();
    assert_eq!(limits, [40, 40, 40]);

    let (first, second) = (failing(ErrorKind::Unavailable), slow);
    let began = Instant::now();
    let error = fallback(&[&first, &second]).complete(&request()).await.unwrap_err();
    assert_eq!(
        (began.elapsed().as_secs(), error.kind()),
        (120, ErrorKind::Unavailable),
        "the rest is for the last"
    );
}

#[tokio::test]
async fn when_nobody_answers_each_is_named() {
    let limited = |seconds| FakeAnswer::error(ErrorKind::RateLimited, format!("come back in {seconds} s"));
    let first = FakeLlm::always(limited(600)).named("first");
    let second = FakeLlm::always(FakeAnswer::error(ErrorKind::Unauthorized, "wrong key: set ANOTHER_KEY"))
        .named("second");
    let error = fallback(&[&first, &second]).complete(&request()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (
            ErrorKind::Unavailable,
            "none of the 2 models that were set up answered: first (fake): come back in 600 s; second (fake): wrong key: \
             set ANOTHER_KEY"
        )
    );
    assert_eq!(error.usage().llm_calls, 2);

    let error = fallback(&[&first, &first]).complete(&request()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited, "what all agree on");
}

#[tokio::test(start_paused = true)]
async fn one_that_fails_again_and_again_is_left_alone_for_a_while() {
    let first = FakeLlm::new().named("first");
    for _ in 0..4 {
        let _ = first.clone().then(FakeAnswer::error(ErrorKind::Unavailable, "down"));
    }
    let _ = first.clone().otherwise(FakeAnswer::text("back"));
    let second = well();
    let fallback = fallback(&[&first, &second]);
    let ask = async || fallback.complete(&request()).await.unwrap();
    for calls in [1, 2, 3, 3, 3] {
        assert_eq!((ask().await.text.as_str(), first.calls()), ("42", calls));
    }
    advance(PAUSE).await;
    assert_eq!((ask().await.usage.llm_calls, first.calls()), (2, 4), "one call finds out, and fails");
    assert_eq!((ask().await.usage.llm_calls, first.calls()), (1, 4));
    advance(PAUSE).await;
    assert_eq!((ask().await.text.as_str(), first.calls(), second.calls()), ("back", 5, 7));
    assert_eq!(ask().await.text, "back");
}

#[tokio::test(start_paused = true)]
async fn one_that_is_left_alone_is_asked_after_all_when_nobody_else_answers() {
    let first = FakeLlm::new().named("first");
    for _ in 0..3 {
        let _ = first.clone().then(FakeAnswer::error(ErrorKind::Unavailable, "down"));
    }
    let _ = first.clone().otherwise(FakeAnswer::text("back"));
    let second = FakeLlm::new();
    for _ in 0..3 {
        let _ = second.clone().then(FakeAnswer::text("42"));
    }
    let _ = second.clone().otherwise(FakeAnswer::error(ErrorKind::Timeout, "slow"));
    let fallback = fallback(&[&first, &second]);
    for _ in 0..3 {
        assert_eq!(fallback.complete(&request()).await.unwrap().text, "42");
    }
    let completion = fallback.complete(&request()).await.unwrap();
    assert_eq!((completion.text.as_str(), completion.usage.llm_calls), ("back", 2));
    assert_eq!(
        second.requests()[3].timeout,
        request().timeout,
        "it has no part of the time before it is needed"
    );
    assert_eq!(fallback.complete(&request()).await.unwrap().usage.llm_calls, 1, "and stays the first then");
}

#[tokio::test(start_paused = true)]
async fn one_without_another_is_left_alone_too_and_says_for_how_long() {
    let limited = FakeAnswer::error(ErrorKind::RateLimited, "come back later");
    let llm = FakeLlm::new().named("only").then(limited.retry_after(Duration::from_secs(600)));
    let llm = llm.otherwise(FakeAnswer::text("back"));
    let alone = circuit(&llm);
    alone.complete(&request()).await.unwrap_err();
    advance(Duration::from_millis(200_500)).await;
    let streamed: Result<Vec<Piece>, _> = alone.stream(&request()).try_collect().await;
    for error in [alone.complete(&request()).await.unwrap_err(), streamed.unwrap_err()] {
        assert_eq!(
            (error.kind(), error.message()),
            (
                ErrorKind::RateLimited,
                "only (fake) is left alone for another 400 s because it failed, and is asked again then; it failed \
                 with: come back later"
            )
        );
        assert_eq!((error.retry_after(), error.usage()), (Some(Duration::from_secs(400)), Usage::default()));
    }
    assert_eq!(llm.calls(), 1, "nobody was asked");
    advance(Duration::from_secs(400)).await;
    let pieces: Vec<Piece> = alone.stream(&request()).try_collect().await.unwrap();
    assert!(matches!(pieces.last(), Some(Piece::Done(done)) if done.text == "back"), "{pieces:?}");
    assert_eq!(alone.complete(&request()).await.unwrap().text, "back");
    assert_eq!(llm.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn of_many_questions_at_once_one_tries_the_only_one_again() {
    let down = FakeAnswer::error(ErrorKind::Unavailable, "down");
    let llm = FakeLlm::new().then(down.clone()).then(down.clone()).then(down);
    let llm = llm.otherwise(FakeAnswer::text("back").after(Duration::from_secs(2)));
    let alone = circuit(&llm);
    for _ in 0..3 {
        alone.complete(&request()).await.unwrap_err();
    }
    advance(PAUSE).await;
    let request = request();
    let (first, second) = tokio::join!(alone.complete(&request), alone.complete(&request));
    assert_eq!((first.unwrap().text.as_str(), llm.calls()), ("back", 4));
    assert_eq!(second.unwrap_err().retry_after(), Some(Duration::from_secs(1)));
}

#[tokio::test]
async fn a_check_says_of_each_how_it_is() {
    let (first, second) = (well().named("first"), well());
    fallback(&[&first, &second]).check().await.unwrap();
    let second = second.failing_check(ErrorKind::Unauthorized, "wrong key");
    let error = fallback(&[&first, &second]).check().await.unwrap_err();
    let said = "first (fake) answers; second (fake): wrong key";
    assert_eq!((error.kind(), error.message()), (ErrorKind::Unauthorized, said));
}

#[tokio::test]
async fn an_answer_says_what_it_cost() {
    let per_token = Usd::from_picos(1_000_000);
    let price =
        Price { input: per_token, cached_input: per_token, cache_write: per_token, output: per_token };
    let priced = Priced::new(Arc::new(well()), price);
    let circuits = vec![Arc::new(Circuit::new(Arc::new(priced), BreakerLimits::default()))];
    let fallback = Fallback::new(circuit(&failing(ErrorKind::Timeout)), circuits);
    let whole = fallback.complete(&request()).await.unwrap();
    let request = request();
    let pieces: Vec<Piece> = fallback.stream(&request).try_collect().await.unwrap();
    let Some(Piece::Done(streamed)) = pieces.into_iter().last() else { panic!("no end") };
    for usage in [whole.usage, streamed.usage] {
        assert_eq!(usage.cost.unwrap().to_string(), "0.000101", "100 tokens read and one written");
    }
}
