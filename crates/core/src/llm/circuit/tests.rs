use sqlatte_providers::ErrorKind;
use sqlatte_testkit::llm::FakeLlm;
use tokio::time::advance;

use super::*;

const PAUSE: Duration = Duration::from_secs(30);

fn circuit() -> Circuit {
    Circuit::new(Arc::new(FakeLlm::new()), BreakerLimits { failures: 3, pause: PAUSE })
}

fn error(kind: ErrorKind) -> ProviderError {
    ProviderError::new(kind, "no")
}

fn fail(circuit: &Circuit, times: usize) {
    for _ in 0..times {
        circuit.admit().unwrap().fail(&error(ErrorKind::Unavailable));
    }
}

#[tokio::test(start_paused = true)]
async fn opens_after_failures_in_a_row_and_closes_after_a_try_that_succeeds() {
    let circuit = circuit();
    fail(&circuit, 2);
    circuit.admit().unwrap().succeed();
    fail(&circuit, 2);
    assert!(circuit.is_ready(), "one that succeeds begins the count anew");
    fail(&circuit, 1);
    assert!(circuit.admit().is_none() && !circuit.is_ready());
    advance(PAUSE - Duration::from_millis(1)).await;
    assert!(circuit.admit().is_none());

    advance(Duration::from_millis(1)).await;
    let probe = circuit.admit().unwrap();
    assert!(circuit.admit().is_none(), "one call alone finds out");
    probe.succeed();
    fail(&circuit, 2);
    assert!(circuit.admit().is_some(), "all is forgiven");
}

#[tokio::test(start_paused = true)]
async fn a_try_that_fails_opens_it_again() {
    let circuit = circuit();
    fail(&circuit, 3);
    for _ in 0..2 {
        advance(PAUSE).await;
        circuit.admit().unwrap().fail(&error(ErrorKind::Timeout));
        advance(PAUSE - Duration::from_millis(1)).await;
        assert!(circuit.admit().is_none());
        advance(Duration::from_millis(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_try_that_is_given_up_leaves_the_next_one_a_chance() {
    let circuit = circuit();
    fail(&circuit, 3);
    advance(PAUSE).await;
    drop(circuit.admit().unwrap());
    circuit.admit().unwrap().fail(&error(ErrorKind::Cancelled));
    circuit.admit().unwrap().succeed();
    assert!(circuit.is_ready());
}

#[tokio::test(start_paused = true)]
async fn one_that_says_how_long_to_wait_is_left_alone_at_once() {
    for (wait, pause) in [(20, 20), (600, 600), (86_400, 600)] {
        let circuit = circuit();
        let limited = error(ErrorKind::RateLimited).with_retry_after(Duration::from_secs(wait));
        circuit.admit().unwrap().fail(&limited);
        advance(Duration::from_secs(pause) - Duration::from_millis(1)).await;
        assert!(circuit.admit().is_none(), "{wait}");
        advance(Duration::from_millis(1)).await;
        assert!(circuit.admit().is_some(), "{wait}");
    }
}

#[tokio::test(start_paused = true)]
async fn bad_answers_are_answers() {
    for kind in [ErrorKind::Unexpected, ErrorKind::Rejected, ErrorKind::Unsupported] {
        let circuit = circuit();
        fail(&circuit, 2);
        circuit.admit().unwrap().fail(&error(kind));
        fail(&circuit, 2);
        assert!(circuit.is_ready(), "{kind:?}");
    }
    for kind in
        [ErrorKind::RateLimited, ErrorKind::Unauthorized, ErrorKind::NotFound, ErrorKind::InvalidSettings]
    {
        let circuit = circuit();
        fail(&circuit, 2);
        circuit.admit().unwrap().fail(&error(kind));
        assert!(!circuit.is_ready(), "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_insisted_on_may_close_it_and_never_shortens_its_time() {
    let circuit = circuit();
    let limited = error(ErrorKind::RateLimited).with_retry_after(Duration::from_secs(300));
    circuit.admit().unwrap().fail(&limited);
    circuit.insist().fail(&error(ErrorKind::Unavailable));
    advance(Duration::from_secs(299)).await;
    assert!(circuit.admit().is_none());
    circuit.insist().succeed();
    assert!(circuit.admit().is_some());
}
