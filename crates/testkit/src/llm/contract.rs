#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a clause fails by panicking")]
//! What every language-model provider has to do, clause by clause.
//!
//! An adapter says in an [`LlmHarness`] which format its API speaks and what its requests look like, as the API
//! documents them, and [`llm_contract!`](crate::llm_contract) makes one test per clause:
//!
//! ```ignore
//! sqlatte_testkit::llm_contract!(MyHarness);
//! ```

mod clauses;
mod faults;
mod server;

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use sqlatte_providers::{
    CompletionRequest, LlmProvider, Message, Output, ProviderError, Result, Role, SystemBlock, Usage,
};

pub use self::{clauses::*, faults::*};
use super::wire::{ApiError, ApiFault, Carrier, Ending, Turn, WireFormat};

/// The key every provider under test is given; it must not appear anywhere but in its header.
pub const KEY: &str = "sk-contract-6b1f0c";

/// The model that providers under test are given, unless a model's name matters to them.
pub const MODEL: &str = "contract-model";

/// The usage that every documented answer of a harness reports: 30 of the 42 tokens read came from a cache.
pub const USAGE: Usage =
    Usage { input_tokens: 42, output_tokens: 7, cached_tokens: 30, ..Usage::FAILED_CALL };

/// An API's side of the contract.
pub trait LlmHarness: Send + Sync {
    /// The provider, asking at `base_url` with [`KEY`], retrying at least once and at most twice.
    ///
    /// # Errors
    /// Those of the provider's constructor.
    fn provider(&self, base_url: &str) -> Result<Arc<dyn LlmProvider>>;

    /// The format that the API speaks.
    fn format(&self) -> &dyn WireFormat;

    /// What structured output is carried in: [`Carrier::Text`] unless the provider asks for something else.
    fn carrier(&self) -> Carrier {
        Carrier::Text
    }

    /// The path that is called for a completion.
    fn path(&self, stream: bool) -> String;

    /// The name and value of the header that carries [`KEY`].
    fn authorization(&self) -> (&'static str, String);

    /// The body the API documents for `request`.
    fn request_body(&self, request: &CompletionRequest, stream: bool) -> Value;

    /// A completion that says `text` (JSON text if `structured`) and ends as `ending` says, with [`USAGE`].
    fn answer(&self, text: &str, structured: bool, ending: Ending) -> Recorded {
        Recorded::json(&self.format().whole(text, &turn(self, structured, ending)))
    }

    /// The same completion as a stream that says it in `pieces`.
    fn stream(&self, pieces: &[&str], structured: bool, ending: Ending) -> Recorded {
        let events = self.format().events(pieces, &turn(self, structured, ending));
        Recorded::events(events.opening + &events.pieces.concat() + &events.end)
    }

    /// The failure the API documents.
    fn fault(&self, fault: ApiFault) -> Recorded {
        Recorded::error(self.format(), &self.format().fault(fault, &model(self)))
    }

    /// Providers that cannot ask for a reason that no other API has, by what it is.
    fn own_faults(&self) -> Vec<(&'static str, Arc<dyn LlmProvider>)> {
        Vec::new()
    }

    /// A stream that says `pieces` and then fails as overloaded, for APIs that document such a thing.
    fn overloaded_stream(&self, pieces: &[&str]) -> Option<Recorded> {
        let format = self.format();
        let events = format.events(pieces, &turn(self, false, Ending::EndOfTurn));
        let error = format.error_event(&format.fault(ApiFault::Overloaded, &model(self)));
        Some(Recorded::events(events.opening + &events.pieces.concat() + &error))
    }
}

fn turn<H: LlmHarness + ?Sized>(harness: &H, structured: bool, ending: Ending) -> Turn {
    let carrier = if structured { harness.carrier() } else { Carrier::Text };
    Turn { carrier, ending, usage: Some(USAGE) }
}

/// The model that the provider asks.
fn model<H: LlmHarness + ?Sized>(harness: &H) -> String {
    harness.provider("http://127.0.0.1:1").unwrap().info().model
}

/// An answer as the API documents it.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The status.
    pub status: u16,
    /// Headers beside the content type.
    pub headers: Vec<(&'static str, String)>,
    /// The content type.
    pub content_type: &'static str,
    /// The body.
    pub body: String,
}

impl Recorded {
    /// Status 200 with JSON.
    pub fn json(body: &Value) -> Self {
        Recorded {
            status: 200,
            headers: Vec::new(),
            content_type: "application/json",
            body: body.to_string(),
        }
    }

    /// Status 200 with server-sent events.
    pub fn events(body: String) -> Self {
        Recorded { content_type: "text/event-stream; charset=utf-8", body, ..Recorded::json(&Value::Null) }
    }

    /// A failure, as `format` writes it.
    pub fn error(format: &dyn WireFormat, error: &ApiError) -> Self {
        let recorded = Recorded::json(&format.error(error)).with_status(error.status);
        match error.retry_after {
            Some(seconds) => recorded.with_header("retry-after", seconds.to_string()),
            None => recorded,
        }
    }

    /// Another status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// One more header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// A request that uses all there is.
pub fn request(structured: bool) -> CompletionRequest {
    let schema = json!({
        "type": "object",
        "properties": {"sql": {"type": "string"}, "tables": {"type": "array", "items": {"type": "string"}}},
        "required": ["sql"],
        "additionalProperties": false,
    });
    CompletionRequest {
        system: vec![
            SystemBlock { text: "You answer with SQL.".to_owned(), cache: false },
            SystemBlock {
                text: "orders(id, total) -- ünïcödé, 100 % \"quoted\"".to_owned(), cache: true
            },
        ],
        messages: vec![
            Message { role: Role::User, text: "How many orders?".to_owned() },
            Message { role: Role::Assistant, text: "SELECT count(*) FROM orders".to_owned() },
            Message { role: Role::User, text: "And in Köln?\nOnly 2026.".to_owned() },
        ],
        output: if structured { Output::Json { name: "plan".to_owned(), schema } } else { Output::Text },
        max_tokens: Some(512),
        temperature: Some(0.0),
        timeout: Duration::from_secs(10),
    }
}

/// The error as it is, after a look whether it shows the key.
pub(crate) fn seen(error: ProviderError) -> ProviderError {
    let mut texts = vec![error.to_string(), format!("{error:?}")];
    let mut cause = std::error::Error::source(&error);
    while let Some(next) = cause {
        texts.push(next.to_string());
        cause = next.source();
    }
    assert!(!texts.iter().any(|text| text.contains(KEY)), "the key shows in {texts:?}");
    assert!(!error.message().trim().is_empty(), "an error says nothing");
    error
}

/// Makes the contract's tests for a harness: an expression of a type that implements
/// [`LlmHarness`](crate::llm::LlmHarness).
#[macro_export]
macro_rules! llm_contract {
    ($harness:expr) => {
        $crate::llm_contract!(@clauses $harness;
            sends_the_documented_request,
            sends_the_documented_structured_request,
            answers_with_text_and_counts_usage,
            answers_with_structured_output,
            pieces_of_a_stream_join_to_the_whole,
            pieces_of_a_structured_stream_join_to_the_whole,
            a_whole_answer_in_place_of_a_stream_is_read,
            truncation_is_an_error,
            refusal_is_a_reason_to_stop,
            dropping_a_stream_closes_the_connection,
            check_passes_where_all_is_right,
            wrong_key_is_unauthorized,
            forbidden_is_unauthorized,
            unknown_model_is_not_found_and_named,
            wrong_address_is_told_from_unknown_model,
            rate_limit_says_how_long_to_wait,
            no_credit_is_rate_limited,
            too_large_and_bad_requests_are_rejected,
            passing_failures_are_tried_again,
            lasting_failures_are_unavailable,
            silence_is_a_timeout,
            malformed_answers_are_unexpected,
            a_cut_stream_is_unavailable,
            a_failure_in_mid_stream_is_told,
            an_unreachable_server_is_unavailable,
            a_model_without_structured_output_is_told,
            each_fault_has_its_own_message,
            the_key_appears_nowhere,
        );
    };
    (@clauses $harness:expr; $($clause:ident),* $(,)?) => {
        $(
            #[tokio::test]
            async fn $clause() {
                $crate::llm::contract::$clause(&$harness).await;
            }
        )*
    };
}
