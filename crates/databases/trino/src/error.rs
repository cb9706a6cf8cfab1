//! What goes wrong, told to people.

use std::time::Duration;

use sqlatte_http::{Failure, StatusCode, is_tls_fault};
use sqlatte_providers::{ErrorKind, ProviderError};

use crate::{
    server::{Login, Scope, Server},
    wire::QueryError,
};

/// The most of a server's own words that is passed on, in characters.
const MAX_WORDS: usize = 2000;

/// Where a call stands: what fails at the first of a statement is rather a fault of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Submit,
    Follow,
}

/// The text that runs, and how much of it stands before the statement as given.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) sql: String,
    pub(crate) before: usize,
}

/// A call that did not come to an answer.
pub(crate) fn transport(error: ProviderError, call: Call) -> ProviderError {
    let kind = match error.kind() {
        // Neither a certificate nor the wrong address gets better by waiting.
        _ if is_tls_fault(&error) => ErrorKind::InvalidSettings,
        ErrorKind::Unexpected if call == Call::Submit => ErrorKind::InvalidSettings,
        // The limit of one call, not that of the statement.
        ErrorKind::Timeout => ErrorKind::Unavailable,
        kind => kind,
    };
    let mut message = error.message().to_owned();
    if is_tls_fault(&error) {
        message.push_str("; the settings for it are `http_scheme`, `ca_file` and `ssl_verify`");
    }
    ProviderError::new(kind, message).with_source(error)
}

/// An answer with a status that is no answer to a statement.
pub(crate) fn status(failure: &Failure, target: &str, call: Call, scope: &Scope) -> ProviderError {
    let (kind, message) = describe_status(failure, target, call, scope);
    let error = ProviderError::new(kind, message);
    match failure.retry_after {
        Some(wait) => error.with_retry_after(wait),
        None => error,
    }
}

fn describe_status(failure: &Failure, target: &str, call: Call, scope: &Scope) -> (ErrorKind, String) {
    let words = server_words(failure);
    match failure.status {
        StatusCode::UNAUTHORIZED => {
            let remedy = match scope.login {
                Login::Nothing => "it wants the user to be proven: set `password` or `token`".to_owned(),
                Login::Password => format!("check `user` (now `{}`) and `password`", scope.user),
                Login::Token => "check `token`, and whether it has expired".to_owned(),
                Login::Certificate => {
                    "check `client_certificate`, and which user the server takes it for".to_owned()
                }
            };
            (ErrorKind::Unauthorized, format!("{target} refuses the login: {remedy}{words}"))
        }
        StatusCode::FORBIDDEN => (
            ErrorKind::Unauthorized,
            format!(
                "{target} does not let {} in; ask its administrator for the right to run queries, and \
                 to act for the user in `impersonate` if that is set{words}",
                scope.login_user()
            ),
        ),
        StatusCode::TOO_MANY_REQUESTS => {
            (ErrorKind::RateLimited, format!("{target} has too many requests at the moment; try again later"))
        }
        _ if failure.is_page && call == Call::Submit => (
            ErrorKind::InvalidSettings,
            format!(
                "{target} answered with a web page ({}) where Trino should be; check the address, and whether a \
                 proxy or login page stands in between",
                failure.status.as_u16()
            ),
        ),
        StatusCode::NOT_FOUND | StatusCode::GONE if call == Call::Follow => (
            ErrorKind::Unavailable,
            format!("{target} no longer knows the statement; it was probably restarted: try again"),
        ),
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => (
            ErrorKind::Unavailable,
            format!(
                "the server behind {target} does not answer ({}); try again later",
                failure.status.as_u16()
            ),
        ),
        status if status.is_server_error() => (
            ErrorKind::Unavailable,
            format!("{target} failed ({}); its log says why{words}", status.as_u16()),
        ),
        status if call == Call::Submit => (
            ErrorKind::InvalidSettings,
            format!(
                "{target} does not answer as Trino does ({}): check the address and `protocol`{words}",
                status.as_u16()
            ),
        ),
        status => (
            ErrorKind::Unexpected,
            format!("{target} broke off the statement with status {}{words}", status.as_u16()),
        ),
    }
}

/// The server's own short explanation, if it gives one as plain text.
fn server_words(failure: &Failure) -> String {
    let text = std::str::from_utf8(&failure.body).unwrap_or_default().trim();
    let plain = !failure.is_page && text.len() <= 300 && !text.starts_with('{') && !text.contains('\n');
    if plain && !text.is_empty() { format!(" (it says: {text})") } else { String::new() }
}

/// The statement failed, and the server says why.
pub(crate) fn query(error: QueryError, text: &Text, target: &str, scope: &Scope) -> ProviderError {
    let words = words(&error.message);
    let (kind, message) = describe_query(&error, words, target, scope);
    let problem = ProviderError::new(kind, message).with_source(format!("{} ({})", error.name, error.kind));
    match error.location.map(|location| location.offset(&text.sql)) {
        Some(offset) if offset >= text.before => problem.with_position(offset - text.before),
        _ => problem,
    }
}

fn describe_query(error: &QueryError, words: String, target: &str, scope: &Scope) -> (ErrorKind, String) {
    match error.name.as_str() {
        "PERMISSION_DENIED" => {
            // What else is denied is a matter of settings: another user, a session property, any query at all.
            let kind = if words.contains("Cannot select from") {
                ErrorKind::Forbidden
            } else {
                ErrorKind::Unauthorized
            };
            let who = if words.contains("impersonate") { scope.login_user() } else { scope.asking_user() };
            (kind, format!("{words}; the administrator of {target} can grant {who} that right"))
        }
        "CATALOG_NOT_FOUND"
            if scope.catalogs.iter().chain([&scope.catalog]).any(|name| names(&words, "Catalog", name)) =>
        {
            (
                ErrorKind::InvalidSettings,
                format!("{target}: {words}; check `catalog` and `catalogs` in the settings"),
            )
        }
        "SCHEMA_NOT_FOUND" if names(&words, "Schema", &scope.schema) => (
            ErrorKind::InvalidSettings,
            format!(
                "{target} has no schema `{}` in the catalog `{}`: check `schema` in the settings",
                scope.schema, scope.catalog
            ),
        ),
        "EXCEEDED_TIME_LIMIT" | "ABANDONED_QUERY" => (ErrorKind::Timeout, words),
        "USER_CANCELED" => (ErrorKind::Cancelled, words),
        "QUERY_QUEUE_FULL" => (ErrorKind::RateLimited, format!("{words}; try again later")),
        "CLUSTER_OUT_OF_MEMORY"
        | "SERVER_STARTING_UP"
        | "SERVER_SHUTTING_DOWN"
        | "NO_NODES_AVAILABLE"
        | "REMOTE_HOST_GONE"
        | "REMOTE_TASK_ERROR"
        | "PAGE_TRANSPORT_ERROR"
        | "PAGE_TRANSPORT_TIMEOUT"
        | "REMOTE_TASK_MISMATCH"
        | "TOO_MANY_REQUESTS_FAILED" => {
            (ErrorKind::Unavailable, format!("{target} cannot work at the moment: {words}; try again later"))
        }
        _ => match error.kind.as_str() {
            "USER_ERROR" | "INSUFFICIENT_RESOURCES" => (ErrorKind::Rejected, words),
            // The connector's own server: a metastore, an object store, another database.
            "EXTERNAL" => (ErrorKind::Unavailable, format!("what {target} reads from failed: {words}")),
            _ => (
                ErrorKind::Unexpected,
                format!("{target} failed: {words} ({}); its log says more", error.name),
            ),
        },
    }
}

/// Whether the words are about this catalog or schema.
fn names(words: &str, what: &str, name: &str) -> bool {
    !name.is_empty() && words.starts_with(&format!("{what} '{name}'"))
}

/// The server's words without the place, which is told apart, and without what fills pages.
fn words(message: &str) -> String {
    let mut words = message.trim();
    if let Some((place, rest)) = words.strip_prefix("line ").and_then(|rest| rest.split_once(": "))
        && place.chars().all(|c| c.is_ascii_digit() || c == ':')
    {
        words = rest;
    }
    match words.char_indices().nth(MAX_WORDS) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None if words.is_empty() => "the server gives no reason".to_owned(),
        None => words.to_owned(),
    }
}

/// The connection stands, and a submitted statement is not even acknowledged.
pub(crate) fn unanswered(server: &Server) -> ProviderError {
    let (target, seconds) = (server.client.target(), server.patience.as_secs());
    ProviderError::new(
        ErrorKind::Unavailable,
        format!(
            "{target} takes connections, but answered nothing within {seconds} s, as a Trino server would: check \
             the address and `http_scheme`, and whether the server is overloaded, or raise `connect_timeout`"
        ),
    )
}

/// The statement's own time limit passed.
pub(crate) fn timed_out(limit: Duration) -> ProviderError {
    let limit = match limit.as_millis() {
        millis if millis < 1000 => format!("{millis} ms"),
        _ => format!("{} s", limit.as_secs_f64().round()),
    };
    ProviderError::new(
        ErrorKind::Timeout,
        format!("the statement was stopped after {limit}, its time limit; ask for less, or raise the limit"),
    )
}
