use std::time::Duration;

use serde_json::json;
use sqlatte_http::StatusCode;
use sqlatte_providers::Secret;

use super::*;

const KEY: &str = "sk-ant-very-secret";

fn translate(status: u16, body: impl Into<Vec<u8>>, is_page: bool) -> String {
    let config = Config { api_key: Secret::new(format!(" {KEY}\n")), ..Config::default() };
    let failure = Failure {
        status: StatusCode::from_u16(status).unwrap(),
        retry_after: Some(Duration::from_secs(9)),
        body: body.into().into(),
        is_page,
    };
    let error = Translator { config: &config, target: "api.anthropic.com" }.failure(&failure);
    assert!(!format!("{error:?}").contains(KEY), "{error:?}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(9)));
    format!("{status} {}: {error}", error.kind().name())
}

#[test]
fn what_the_api_says() {
    let texts: Vec<_> = [
        (400, "invalid_request_error", "max_tokens: 1000000 > 128000, which is the maximum"),
        (400, "invalid_request_error", "prompt is too long: 1200000 tokens > 1000000 maximum"),
        (400, "invalid_request_error", "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input length or `max_tokens` and try again"),
        (400, "invalid_request_error", "Input is too long for requested model."),
        (400, "invalid_request_error", "output_config: Extra inputs are not permitted"),
        (400, "invalid_request_error", "'claude-3-5-haiku-20241022' does not support output format."),
        (400, "invalid_request_error", "tool_choice: forced tool use is not supported by this model"),
        (400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."),
        (400, "invalid_request_error", "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."),
        (401, "authentication_error", "invalid x-api-key"),
        (401, "authentication_error", "invalid x-api-key: sk-ant-very-secret"),
        (402, "billing_error", "payment required"),
        (403, "permission_error", "Your API key does not have permission to use the specified resource."),
        (404, "not_found_error", "model: claude-sonnet-55"),
        (404, "not_found_error", "Not found"),
        (413, "request_too_large", "Request exceeds the maximum size"),
        (429, "rate_limit_error", "This request would exceed your organization's rate limit"),
        (429, "overloaded_error", "Overloaded"),
        (500, "api_error", "Internal server error"),
        (504, "timeout_error", "Request timed out"),
        (529, "overloaded_error", "Overloaded"),
        (418, "of_the_future", "a\nteapot\u{7}"),
        (418, "of_the_future", ""),
    ]
    .into_iter()
    .map(|(status, kind, message)| {
        let body = json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"});
        translate(status, body.to_string(), false)
    })
    .collect();
    insta::assert_snapshot!(texts.join("\n"));
}

#[test]
fn what_others_say() {
    let mut texts = Vec::new();
    for status in [400, 401, 403, 404, 405, 407, 413, 429, 500, 502, 503] {
        texts.push(translate(status, "<html>", true));
        texts.push(translate(status, "", false));
    }
    insta::assert_snapshot!(texts.join("\n"));
}

#[test]
fn a_stream_fails_by_type() {
    let config = Config::default();
    let translator = Translator { config: &config, target: "api.anthropic.com" };
    for (kind, expected) in [
        ("overloaded_error", ErrorKind::Unavailable),
        ("api_error", ErrorKind::Unavailable),
        ("rate_limit_error", ErrorKind::RateLimited),
        ("authentication_error", ErrorKind::Unauthorized),
        ("invalid_request_error", ErrorKind::Rejected),
    ] {
        let fault = Fault { r#type: kind.to_owned(), message: String::new() };
        assert_eq!(translator.event(&fault).kind(), expected, "{kind}");
    }
}

#[test]
fn long_words_are_cut() {
    let body = json!({"error": {"type": "invalid_request_error", "message": "x".repeat(10_000)}});
    assert!(translate(400, body.to_string(), false).len() < 400);
}
