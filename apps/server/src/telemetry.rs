//! Log lines and metrics.

use std::{
    io::IsTerminal,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use metrics::{Label, counter, histogram, with_local_recorder};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};
use sqlatte_core::{Answer, Outcome, Timing, ask::Failure};
use sqlatte_providers::{Usage, Usd};
use tracing_subscriber::{EnvFilter, fmt};

use crate::{
    config::{ConfigError, Log, LogFormat},
    state::AppState,
};

/// The type of Prometheus' text format.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Upper bounds of the duration buckets, in seconds.
const BUCKETS: [f64; 12] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0];

/// Sends log lines to standard error; `RUST_LOG` is stronger than the configuration.
///
/// # Errors
/// A filter that cannot be read.
pub(crate) fn start_logging(log: &Log) -> Result<(), ConfigError> {
    let text = std::env::var("RUST_LOG").unwrap_or_else(|_| log.level.clone());
    let filter =
        EnvFilter::try_new(&text).map_err(|error| ConfigError(format!("log.level `{text}`: {error}")))?;
    let lines = fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Colours in a file or a collector are noise.
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    // A second server in one process (as in tests) keeps the first one's lines.
    let _ = match log.format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    Ok(())
}

/// Counters and durations, one set for each server.
pub(crate) struct Metrics {
    /// What models cost, in picodollars: a counter of the recorder would know whole dollars only.
    cost: AtomicU64,
    recorder: PrometheusRecorder,
}

impl Default for Metrics {
    fn default() -> Self {
        let builder = PrometheusBuilder::new();
        // The buckets are not empty, which is all that could fail.
        let builder = builder.set_buckets(&BUCKETS).unwrap_or_else(|_| PrometheusBuilder::new());
        Metrics { cost: AtomicU64::new(0), recorder: builder.build_recorder() }
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// Counts an answered question.
    pub(crate) fn answered(&self, answer: &Answer) {
        let outcome = match answer.outcome {
            Outcome::Sql(_) => "answered",
            Outcome::Chat(_) => "replied",
        };
        self.question(outcome, &answer.usage, Some(&answer.timing));
    }

    /// Counts a failed question, which has to be paid for like an answered one.
    pub(crate) fn failed(&self, failure: &Failure) {
        self.question(failure.error.code(), &failure.usage, None);
    }

    fn question(&self, outcome: &'static str, usage: &Usage, timing: Option<&Timing>) {
        with_local_recorder(&self.recorder, || {
            counter!("sqlatte_questions_total", "outcome" => outcome).increment(1);
            if let Some(timing) = timing {
                histogram!("sqlatte_question_seconds").record(timing.total.as_secs_f64());
                histogram!("sqlatte_database_seconds").record(timing.database.as_secs_f64());
                histogram!("sqlatte_llm_seconds").record(timing.llm.as_secs_f64());
            }
            counter!("sqlatte_llm_calls_total").increment(usage.llm_calls.into());
            counter!("sqlatte_llm_input_tokens_total").increment(usage.input_tokens);
            counter!("sqlatte_llm_output_tokens_total").increment(usage.output_tokens);
            self.cost.fetch_add(usage.cost.unwrap_or_default().picos(), Ordering::Relaxed);
        });
    }

    fn request(&self, labels: Vec<Label>, took: Duration) {
        with_local_recorder(&self.recorder, || {
            counter!("sqlatte_http_requests_total", labels).increment(1);
            histogram!("sqlatte_http_request_seconds").record(took.as_secs_f64());
        });
    }

    /// Sums up the durations recorded since the last time; until then every single one is kept.
    pub(crate) fn upkeep(&self) {
        self.recorder.handle().run_upkeep();
    }

    /// All of them in Prometheus' text format.
    pub(crate) fn render(&self, running: usize) -> String {
        let cost = Usd::from_picos(self.cost.load(Ordering::Relaxed));
        format!(
            "{}# TYPE sqlatte_llm_cost_usd_total counter\nsqlatte_llm_cost_usd_total {cost}\n\
             # TYPE sqlatte_running_queries gauge\nsqlatte_running_queries {running}\n",
            self.recorder.handle().render()
        )
    }
}

/// Counts a request and logs it; never its query string, which a client may have put a secret into.
pub(crate) async fn observe(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let route = match request.extensions().get::<MatchedPath>() {
        Some(path) => path.as_str().to_owned(),
        None => "unmatched".to_owned(),
    };
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), began.elapsed());
    tracing::debug!(status, took_us = took.as_micros() as u64, "answered");
    // Methods are free text on the wire; a label for each would fill the memory.
    let method = match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "OPTIONS") => known.to_owned(),
        _ => "other".to_owned(),
    };
    let labels = vec![
        Label::new("method", method),
        Label::new("route", route),
        Label::new("status", status.to_string()),
    ];
    state.metrics().request(labels, took);
    response
}
