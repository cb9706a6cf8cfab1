//! What a failure of BigQuery means to the caller.

use std::{error::Error as _, time::Duration};

use google_cloud_bigquery_v2::Error;
use sqlatte_http::google::minutes_off;
use sqlatte_providers::{ErrorKind, ProviderError};

use crate::{config::Setup, fault::Fault, position};

/// How long to wait where BigQuery does not say.
const RATE_WAIT: Duration = Duration::from_secs(10);

/// A call that failed; `sql` is the statement it was about, if it was about one.
pub(crate) fn of_call(error: Error, setup: &Setup, sql: Option<&str>) -> ProviderError {
    let fault = Fault::of_call(&error);
    let translated = match fault.status {
        Some(401) => refused_login(&error, &fault, setup),
        Some(_) => {
            let translated = of_fault(&fault, setup, sql);
            match translated.kind() {
                ErrorKind::RateLimited => translated.with_retry_after(wait(&error)),
                _ => translated,
            }
        }
        None => of_transport(&error, setup),
    };
    if error.is_authentication() {
        // What signs the request may quote its key.
        return translated;
    }
    translated.with_source(error)
}

/// What BigQuery says about a call or a job.
pub(crate) fn of_fault(fault: &Fault, setup: &Setup, sql: Option<&str>) -> ProviderError {
    use ErrorKind::{Cancelled, InvalidSettings, NotFound, RateLimited, Rejected, Timeout, Unauthorized};

    let words = fault.message.trim();
    let error = |kind, advice: &str| ProviderError::new(kind, with_advice(words, advice));
    match (fault.reason.as_str(), fault.status) {
        ("bytesBilledLimitExceeded", _) => {
            error(Rejected, "ask for fewer columns or a shorter time, or raise `maximum_bytes_billed`")
        }
        ("billingNotEnabled", _) => error(
            InvalidSettings,
            "link a billing account to the project, or use the project of one that has it",
        ),
        ("accessNotConfigured" | "SERVICE_DISABLED", _) => {
            error(InvalidSettings, "enable the BigQuery API of the project")
        }
        ("quotaExceeded" | "billingTierLimitExceeded", _) => {
            error(RateLimited, "a quota of the project is used up: wait, or have it raised")
        }
        ("rateLimitExceeded" | "jobRateLimitExceeded", _) | (_, Some(429)) => {
            error(RateLimited, "try again in a moment")
        }
        ("stopped", _) if words.contains("timed out") => {
            error(Timeout, "raise `job_timeout`, or ask for less")
        }
        ("timeout", _) => error(Timeout, "ask for less"),
        ("stopped", _) => error(Cancelled, "the query was stopped in BigQuery"),
        ("accessDenied" | "blocked" | "IAM_PERMISSION_DENIED", _) | (_, Some(403)) => {
            error(Unauthorized, &missing_role(words, setup))
        }
        // BigQuery gives reasons for everything.
        ("", Some(404)) if words.is_empty() => ProviderError::new(
            InvalidSettings,
            format!("what answers at {} is not BigQuery: check `endpoint`", host(setup)),
        ),
        ("notFound", _) | (_, Some(404)) => match words {
            words if words.contains("Not found: Project") => {
                error(InvalidSettings, "check `project`: it is the project's id, not its name")
            }
            words if words.contains("location") => {
                error(NotFound, "check the name, and that `location` is where the dataset is")
            }
            _ => error(NotFound, "check the name"),
        },
        _ if fault.is_passing() => error(ErrorKind::Unavailable, "try again in a moment"),
        ("responseTooLarge" | "resourcesExceeded", _) => error(Rejected, "ask for less"),
        ("invalidQuery" | "invalid" | "INVALID_ARGUMENT", _) | (_, Some(400)) | (_, None) => {
            let rejected = error(Rejected, "");
            match sql.and_then(|sql| position::of(words, sql)) {
                Some(offset) => rejected.with_position(offset),
                None => rejected,
            }
        }
        (_, Some(status)) => error(ErrorKind::Unexpected, &format!("it answered with status {status}")),
    }
}

fn with_advice(words: &str, advice: &str) -> String {
    let words = words.trim_end_matches('.');
    match (words, advice) {
        ("", "") => "BigQuery refuses without a reason".to_owned(),
        ("", advice) => format!("BigQuery refuses: {advice}"),
        (words, "") => format!("BigQuery: {words}"),
        (words, advice) => format!("BigQuery: {words}; {advice}"),
    }
}

/// Which role is missing, as far as the message tells.
fn missing_role(words: &str, setup: &Setup) -> String {
    let who = setup.login.who();
    let lower = words.to_lowercase();
    if lower.contains("drive") {
        return "the table is a file in Google Drive, which is not supported: load it into a table"
            .to_owned();
    }
    let project = &setup.scope.project;
    if lower.contains("bigquery.jobs") || lower.contains("jobs.create") {
        return format!("give {who} the role `bigquery.jobUser` on the project `{project}`");
    }
    if lower.contains("serviceusage.services.use") {
        return format!("give {who} the role `serviceusage.serviceUsageConsumer` on the project `{project}`");
    }
    format!(
        "give {who} the role `bigquery.dataViewer` on the dataset, and `bigquery.jobUser` on the project `{project}`"
    )
}

fn refused_login(error: &Error, fault: &Fault, setup: &Setup) -> ProviderError {
    let advice = match clock_difference(error) {
        Some(minutes) if setup.login.signs_itself() => {
            format!(
                "this machine's clock is {minutes} minutes off: set it right, for the key's signature carries the time"
            )
        }
        _ => format!(
            "check that the key of {} was not deleted or disabled, or make a new one",
            setup.login.who()
        ),
    };
    ProviderError::new(ErrorKind::Unauthorized, with_advice(fault.message.trim(), &advice))
}

/// By how many minutes the clocks differ, where that is too many.
fn clock_difference(error: &Error) -> Option<u64> {
    minutes_off(error.http_headers()?.get("date")?.to_str().ok()?)
}

/// The wait that the answer asks for.
fn wait(error: &Error) -> Duration {
    let header = error.http_headers().and_then(|headers| headers.get("retry-after"));
    let seconds = header.and_then(|value| value.to_str().ok()?.trim().parse().ok());
    seconds.map_or(RATE_WAIT, Duration::from_secs)
}

/// Where the API is looked for.
fn host(setup: &Setup) -> &str {
    setup.endpoint.as_deref().unwrap_or("bigquery.googleapis.com")
}

/// A call without an answer of BigQuery's.
fn of_transport(error: &Error, setup: &Setup) -> ProviderError {
    let target = host(setup);
    let new = ProviderError::new;
    if error.is_authentication() {
        return setup.login.without_token(error);
    }
    if error.is_deserialization() {
        return new(
            ErrorKind::Unexpected,
            format!(
                "{target} answered with something that is not BigQuery's: check `endpoint`, and what stands in between"
            ),
        );
    }
    if error.is_serialization() || error.is_binding() {
        return new(ErrorKind::Unexpected, "the request to BigQuery could not be made".to_owned());
    }
    let causes = causes(error);
    if causes.contains("certificate") {
        return new(
            ErrorKind::InvalidSettings,
            format!(
                "{target} shows a certificate that cannot be trusted: check `endpoint`, the proxy, and this machine's root certificates"
            ),
        );
    }
    let reason = if causes.contains("dns error") || causes.contains("failed to lookup") {
        "its name cannot be resolved: check this machine's network and DNS"
    } else if causes.contains("Connection refused") || causes.contains("connection refused") {
        "it refuses the connection: check `endpoint` and the proxy"
    } else if error.is_timeout() {
        "it does not answer in time: check `endpoint`, the network, firewall and proxy, or raise `request_timeout`"
    } else {
        "the connection failed: check `endpoint`, the network, firewall and proxy, and try again"
    };
    new(ErrorKind::Unavailable, format!("{target} cannot be reached: {reason}"))
}

fn causes(error: &Error) -> String {
    let mut text = String::new();
    let mut cause = error.source();
    while let Some(source) = cause {
        text.push_str(&source.to_string());
        text.push('\n');
        cause = source.source();
    }
    text
}

#[cfg(test)]
mod tests;
