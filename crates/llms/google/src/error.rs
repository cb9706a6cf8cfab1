mod advice;

use std::time::Duration;

use sqlatte_http::Failure;
use sqlatte_providers::{
    ErrorKind::{
        self, InvalidSettings, NotFound, RateLimited, Rejected, Unauthorized, Unavailable, Unexpected,
    },
    ProviderError,
};

use crate::{
    access::{Access, Pass},
    wire::Fault,
};

/// The most characters of the API's own words that people are shown.
const LONGEST_QUOTE: usize = 300;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    Completions,
    Embeddings,
}

/// Turns failures into errors that name the host, what to do and, where it helps, the API's words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Translator<'t> {
    pub(crate) model: &'t str,
    pub(crate) target: &'t str,
    pub(crate) access: &'t Access,
    pub(crate) pass: &'t Pass<'t>,
    pub(crate) work: Work,
}

impl Translator<'_> {
    /// A call without an answer.
    pub(crate) fn transport(self, error: ProviderError) -> ProviderError {
        match self.unknown_location(&error) {
            Some(message) => ProviderError::new(error.kind(), message).with_source(error),
            None => error,
        }
    }

    /// A status of 400 or more; `date` is the server's own.
    pub(crate) fn failure(self, failure: &Failure, date: Option<&str>) -> ProviderError {
        let fault = Fault::read(&failure.body).filter(|fault| *fault != Fault::default());
        let wait = failure.retry_after.or_else(|| fault.as_ref()?.wait());
        let error = match fault {
            Some(mut fault) => {
                // Proxies have been seen to change one and not the other.
                fault.code = failure.status.as_u16();
                self.fault(&fault, date)
            }
            None => self.silent(failure),
        };
        with_wait(error, wait)
    }

    /// A failure that the API reports where an answer should be: the status was 200 when it began.
    pub(crate) fn event(self, fault: &Fault) -> ProviderError {
        with_wait(self.fault(fault, None), fault.wait())
    }

    /// The API's own account: by its reason, or where it gives none, by its words, or else by the status.
    fn fault(self, fault: &Fault, date: Option<&str>) -> ProviderError {
        let Translator { target, model, .. } = self;
        let words = self.quote(&fault.message);
        let said = fault.message.to_lowercase();
        let (kind, message) = match (fault.reason(), fault.code) {
            ("API_KEY_INVALID", _) => (Unauthorized, self.wrong_key(&words)),
            ("SERVICE_DISABLED", _) => (Unauthorized, self.api_disabled(&words)),
            (reason, _) if reason.starts_with("API_KEY_") => (Unauthorized, self.restricted_key(&words)),
            ("BILLING_DISABLED", _) => (RateLimited, self.no_credit(&words)),
            ("CONSUMER_INVALID", _) => (InvalidSettings, self.wrong_project(&words)),
            (_, 401) => (Unauthorized, self.refused(&words, date)),
            (_, 403) if said.contains("leaked") => (Unauthorized, self.wrong_key(&words)),
            (_, 403) if said.contains("denied on resource project") => {
                (InvalidSettings, self.wrong_project(&words))
            }
            (_, 403) => (Unauthorized, self.not_allowed(&words)),
            (_, 400 | 412) if said.contains("location is not supported") => {
                (Unauthorized, self.not_offered_here())
            }
            (_, 400) if is_about_location(&said) => (InvalidSettings, self.wrong_location(&words)),
            (_, 404) if said.contains("method not found") => (NotFound, self.wrong_address()),
            (_, 404) => (NotFound, self.unknown_model(&words)),
            (_, 413) => (Rejected, self.too_long()),
            (_, 400) if is_about_length(&said) => (Rejected, self.too_long()),
            (_, 400) if said.contains("thinking") => (
                Rejected,
                format!(
                    "the model `{model}` does not think as it is set to; check thinking_level and thinking_budget: \
                     {words}"
                ),
            ),
            (_, 400) if is_about_form(&said) => (
                Rejected,
                format!(
                    "the model `{model}` gives no structured output in the way it is asked for; set structured_output \
                     to another way, or choose another model: {words}"
                ),
            ),
            (_, 429) => return self.exhausted(fault, &words),
            (_, 503) => {
                (Unavailable, format!("{target} is overloaded; this passes by itself, try again in a moment"))
            }
            (_, 500..) => {
                (Unavailable, format!("{target} has a fault of its own; try again in a moment: {words}"))
            }
            _ => (Rejected, format!("{target} refused the request: {words}")),
        };
        ProviderError::new(kind, message)
    }

    /// Too much was asked: of a minute, of a day, of the account, or of a model that the account may not ask at all.
    fn exhausted(self, fault: &Fault, words: &str) -> ProviderError {
        let Translator { target, model, .. } = self;
        let message = if fault.is_about_money() {
            self.no_credit(words)
        } else if fault.has_no_quota() {
            format!(
                "the plan of this key has no quota at all for the model `{model}`; choose another model, or enable \
                 billing: {words}"
            )
        } else if fault.is_daily() {
            format!(
                "the quota of a day for the model `{model}` is used up; wait until tomorrow, choose another model, or \
                 have the quota raised: {words}"
            )
        } else {
            format!("the limit of requests or tokens at {target} is reached; try again later: {words}")
        };
        ProviderError::new(RateLimited, message)
    }

    /// A failure whose body is not the API's: something else has answered.
    fn silent(self, failure: &Failure) -> ProviderError {
        let Translator { target, .. } = self;
        let status = failure.status.as_u16();
        let who = if failure.is_page { "with a web page, probably a proxy's" } else { "without a reason" };
        let (kind, message) = match status {
            404 | 405 => (NotFound, self.wrong_address()),
            413 => (Rejected, self.too_long()),
            401 | 403 | 407 => (
                Unauthorized,
                format!(
                    "{target} refused the request ({status}) {who}; check {}, base_url and the proxy",
                    self.opener()
                ),
            ),
            429 => (RateLimited, format!("the limit of requests at {target} is reached; try again later")),
            500.. => (Unavailable, format!("{target} failed ({status}) {who}; try again in a moment")),
            _ => (Unexpected, format!("{target} refused the request ({status}) {who}; check base_url")),
        };
        ProviderError::new(kind, message)
    }

    fn too_long(self) -> String {
        let model = self.model;
        match self.work {
            Work::Completions => format!(
                "the question with its schema is too long for the model `{model}`; ask about fewer tables, or choose \
                 a model with a larger context"
            ),
            Work::Embeddings => {
                format!(
                    "the texts are too long for the model `{model}`; choose a model with a larger context"
                )
            }
        }
    }

    fn no_credit(self, words: &str) -> String {
        format!(
            "the account at {} has no billing, no credit left, or is over its spending limit: {words}",
            self.target
        )
    }

    /// The API's words on one line, of bearable length, and without what opens it should they repeat it.
    fn quote(self, message: &str) -> String {
        let message = self.pass.conceal(message);
        let words = message.split_whitespace().collect::<Vec<_>>().join(" ");
        let words: String = words.chars().filter(|char| !char.is_control()).take(LONGEST_QUOTE).collect();
        if words.is_empty() { "no reason given".to_owned() } else { words }
    }
}

fn with_wait(error: ProviderError, wait: Option<Duration>) -> ProviderError {
    match wait {
        Some(wait) if matches!(error.kind(), ErrorKind::RateLimited | ErrorKind::Unavailable) => {
            error.with_retry_after(wait)
        }
        _ => error,
    }
}

/// "The input token count (1200293) exceeds the maximum number of tokens allowed (1048576)." and "Request payload size
/// exceeds the limit: 20971520 bytes."
fn is_about_length(said: &str) -> bool {
    said.contains("exceeds the maximum number of tokens") || said.contains("payload size exceeds")
}

/// "Json mode is not enabled for models/…", "Function calling is not enabled for models/…", "Invalid JSON payload
/// received. Unknown name "responseJsonSchema" …", "… controlled generation is not supported …".
fn is_about_form(said: &str) -> bool {
    let forms = [
        "json mode",
        "function calling",
        "controlled generation",
        "jsonschema",
        "json_schema",
        "response_schema",
    ];
    forms.iter().any(|form| said.contains(form)) || said.contains("responseschema")
}

/// "Unsupported region for Vertex AI, please refer to …", "Invalid location …", "Invalid hostname for …".
fn is_about_location(said: &str) -> bool {
    said.contains("unsupported region")
        || said.contains("invalid location")
        || said.contains("invalid hostname")
}

#[cfg(test)]
mod tests;
