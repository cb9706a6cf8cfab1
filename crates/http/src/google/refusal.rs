use std::{error::Error, time::SystemTime};

use google_cloud_auth::errors::CredentialsError;
use serde_json::Value;
use sqlatte_providers::{ErrorKind, ProviderError};

use super::{Login, Who};
use crate::error::find;

/// Minutes that clocks may differ before Google refuses what was signed by one of them.
const TOLERANCE: u64 = 5;

/// The most characters of a token server's own words that people are shown.
const LONGEST_QUOTE: usize = 300;

/// By how many minutes this machine's clock differs from that of a server, by the `Date` of its answer; `None` where
/// that is too little to be the reason of a refusal.
pub fn minutes_off(date: &str) -> Option<u64> {
    let theirs = httpdate::parse_http_date(date).ok()?;
    let ours = SystemTime::now();
    let difference = ours.duration_since(theirs).or_else(|_| theirs.duration_since(ours)).ok()?;
    let minutes = difference.as_secs() / 60;
    (minutes >= TOLERANCE).then_some(minutes)
}

impl Login {
    /// What it means that no token could be had.
    ///
    /// The cause is left out: what signs may quote its key, and what is sent for a token is itself a secret.
    pub fn without_token(&self, error: &(dyn Error + 'static)) -> ProviderError {
        let who = self.who();
        if self.signs_itself() {
            return ProviderError::new(
                ErrorKind::InvalidSettings,
                format!(
                    "the `private_key` of the service account cannot be used ({who}): download the JSON key again"
                ),
            );
        }
        let instead = "set `credentials_file` to the JSON key of a service account";
        let said = words(error);
        if let Some(said) = &said {
            let advice = if is_about_time(said) {
                "set this machine's clock right, for what is signed carries the time".to_owned()
            } else {
                format!("log in again (`gcloud auth application-default login`), or {instead}")
            };
            return ProviderError::new(
                ErrorKind::Unauthorized,
                format!("Google gives {who} no token: {said}; {advice}"),
            );
        }
        let passes = find::<CredentialsError>(error).is_some_and(CredentialsError::is_transient);
        let (kind, reason) = match (passes, &self.0) {
            (true, Who::Machine) => (
                ErrorKind::Unavailable,
                "this machine has none, or the server that gives it tokens cannot be reached",
            ),
            (true, _) => (ErrorKind::Unavailable, "the server that gives it cannot be reached"),
            (false, _) => (ErrorKind::Unauthorized, "they were refused, or there are none"),
        };
        ProviderError::new(
            kind,
            format!(
                "no token could be had for {who}: {reason}; check the network and the proxy, or {instead} or \
                 GOOGLE_APPLICATION_CREDENTIALS to its file"
            ),
        )
    }
}

/// What a token server said: its body is part of the error's text.
fn words(error: &(dyn Error + 'static)) -> Option<String> {
    let mut next = Some(error);
    while let Some(cause) = next {
        let text = cause.to_string();
        if let Some((_, body)) = text.split_once("body=<")
            && let Some((body, _)) = body.rsplit_once('>')
            && let Ok(body) = serde_json::from_str::<Value>(body)
        {
            let said = body["error_description"].as_str().or(body["error"]["message"].as_str());
            let said = said.or(body["error"].as_str())?;
            return Some(
                said.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_QUOTE).collect(),
            );
        }
        next = cause.source();
    }
    None
}

/// "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp
/// values in the JWT claim."
fn is_about_time(said: &str) -> bool {
    said.contains("iat and exp") || said.contains("reasonable timeframe")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn clocks_may_differ_a_little() {
        let date = |seconds| httpdate::fmt_http_date(SystemTime::now() - Duration::from_secs(seconds));
        assert_eq!(minutes_off(&date(60)), None);
        assert_eq!(minutes_off(&date(3 * 60 * 60 + 5)), Some(180));
        assert_eq!(
            minutes_off(&httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(605))),
            Some(10)
        );
        assert_eq!(minutes_off("soon"), None);
    }

    #[test]
    fn a_token_that_is_not_given_says_why() {
        let body = |error: &str, description: &str| {
            format!(
                "failed to fetch token, body=<{}>",
                serde_json::json!({"error": error, "error_description": description})
            )
        };
        let clock = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check \
                     your iat and exp values in the JWT claim.";
        for (passes, text, kind, words) in [
            (false, body("invalid_grant", clock), ErrorKind::Unauthorized, "clock right"),
            (
                false,
                body("invalid_grant", "Token has been expired or revoked."),
                ErrorKind::Unauthorized,
                "revoked.; log in again",
            ),
            (false, body("invalid_client", ""), ErrorKind::Unauthorized, "log in again"),
            (true, "no route".to_owned(), ErrorKind::Unavailable, "cannot be reached"),
            (false, "body=<oops>".to_owned(), ErrorKind::Unauthorized, "they were refused"),
        ] {
            let error = CredentialsError::from_msg(passes, text);
            let error = Login::of_machine().without_token(&error);
            assert_eq!(error.kind(), kind, "{error}");
            assert!(error.message().contains(words), "{error}");
        }
    }
}
