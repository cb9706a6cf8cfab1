use std::time::Duration;

use serde_json::json;
use sqlatte_http::StatusCode;
use sqlatte_providers::Secret;

use super::*;

const KEY: &str = "sk-very-secret";
const HEADER: &str = "pw-of-the-gateway";

fn config(base_url: &str) -> Config {
    Config {
        api_key: Secret::new(format!(" {KEY}\n")),
        headers: [("X-Gateway".to_owned(), Secret::new(HEADER))].into(),
        model: "gpt-6".to_owned(),
        base_url: base_url.to_owned(),
        ..Config::default()
    }
}

fn translate_at(base_url: &str, status: u16, body: impl Into<Vec<u8>>, is_page: bool) -> String {
    let config = config(base_url);
    let endpoint = Endpoint::new(&config).unwrap();
    let failure = Failure {
        status: StatusCode::from_u16(status).unwrap(),
        retry_after: Some(Duration::from_secs(9)),
        body: body.into().into(),
        is_page,
    };
    let fault = failure.json::<Value>().as_ref().and_then(Fault::read);
    let target = base_url.split('/').nth(2).unwrap();
    let translator = Translator { config: &config, endpoint: &endpoint, target, work: Work::Completions };
    let error = translator.failure(&failure, fault.as_ref());
    let shown = format!("{error:?}");
    assert!(!shown.contains(KEY) && !shown.contains(HEADER), "{shown}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(9)));
    format!("{status} {}: {error}", error.kind().name())
}

fn translate(status: u16, body: impl Into<Vec<u8>>, is_page: bool) -> String {
    translate_at("https://api.openai.com/v1", status, body, is_page)
}

#[test]
fn what_openai_says() {
    let texts: Vec<_> = [
        (400, "invalid_value", "Invalid value: 'x'. Supported values are: 'a'."),
        (400, "context_length_exceeded", "This model's maximum context length is 128000 tokens."),
        (400, "", "Could not finish the message because max_tokens or model output limit was reached. Please try again with higher max_tokens."),
        (400, "content_policy_violation", "Your request was rejected as a result of our safety system."),
        (401, "invalid_api_key", "Incorrect API key provided: sk-very-secret."),
        (401, "", "You have insufficient permissions for this operation. Missing scopes: model.request."),
        (403, "unsupported_country_region_territory", "Country, region, or territory not supported"),
        (403, "model_not_found", "Project `proj_1` does not have access to model `gpt-6`"),
        (404, "model_not_found", "The model `gpt-6` does not exist or you do not have access to it."),
        (404, "", "Invalid URL (POST /v1/chat/completion)"),
        (413, "", "Request Entity Too Large"),
        (429, "rate_limit_exceeded", "Rate limit reached for gpt-6 on requests per min (RPM): Limit 3, Used 3."),
        (429, "rate_limit_exceeded", "Request too large for gpt-6 on tokens per min (TPM): Limit 30000, Requested 40000."),
        (429, "insufficient_quota", "You exceeded your current quota, please check your plan and billing details."),
        (500, "", "The server had an error while processing your request. Sorry about that!"),
        (503, "", "The engine is currently overloaded, please try again later"),
        (418, "of_the_future", "a\nteapot\u{7} pw-of-the-gateway"),
        (418, "of_the_future", ""),
    ]
    .into_iter()
    .map(|(status, code, message)| {
        let error = json!({"message": message, "type": "invalid_request_error", "param": null, "code": code});
        translate(status, json!({ "error": error }).to_string(), false)
    })
    .collect();
    insta::assert_snapshot!(texts.join("\n"));
}

/// Their forms, as they document them or as people have reported them.
#[test]
fn what_other_servers_say() {
    let mut texts = Vec::new();
    for (who, status, body) in [
        ("Ollama", 404, json!({"error": {"message": "model 'gpt-6' not found", "type": "not_found_error"}})),
        ("Ollama", 404, json!({"error": "model \"gpt-6\" not found, try pulling it first"})),
        (
            "Ollama",
            500,
            json!({"error": "model requires more system memory (5.6 GiB) than is available (3.1 GiB)"}),
        ),
        (
            "vLLM",
            404,
            json!({"object": "error", "message": "The model `gpt-6` does not exist.", "type": "NotFoundError", "param": null, "code": 404}),
        ),
        (
            "vLLM",
            400,
            json!({"object": "error", "message": "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens.", "type": "BadRequestError", "code": 400}),
        ),
        (
            "vLLM",
            400,
            json!({"error": {"message": "The decoder prompt (length 21535) is longer than the maximum model length of 16384. Make sure that `max_model_len` is no smaller than the number of text tokens.", "type": "BadRequestError", "param": null, "code": 400}}),
        ),
        (
            "Ollama",
            400,
            json!({"error": {"message": "the input length exceeds the context length", "type": "invalid_request_error"}}),
        ),
        (
            "LM Studio",
            400,
            json!({"error": "Trying to keep the first 15857 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough."}),
        ),
        ("LM Studio", 400, json!({"error": "Context size has been exceeded."})),
        (
            "llama.cpp",
            400,
            json!({"error": {"code": 400, "message": "request (14429 tokens) exceeds the available context size (8192 tokens), try increasing it", "type": "exceed_context_size_error", "n_prompt_tokens": 14429, "n_ctx": 8192}}),
        ),
        ("vLLM", 404, json!({"detail": "Not Found"})),
        ("vLLM", 401, json!({"error": "Unauthorized"})),
        (
            "llama.cpp",
            503,
            json!({"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}),
        ),
        (
            "llama.cpp",
            400,
            json!({"error": {"code": 400, "message": "the request exceeds the available context size, try increasing it", "type": "exceed_context_size_error"}}),
        ),
        (
            "LM Studio",
            404,
            json!({"error": {"message": "Invalid model identifier \"gpt-6\".", "type": "invalid_request_error", "param": "model", "code": "model_not_found"}}),
        ),
        (
            "OpenRouter",
            400,
            json!({"error": {"message": "gpt-6 is not a valid model ID", "code": 400}, "user_id": "u"}),
        ),
        ("OpenRouter", 404, json!({"error": {"message": "No endpoints found for gpt-6.", "code": 404}})),
        ("OpenRouter", 402, json!({"error": {"message": "Insufficient credits. Add more.", "code": 402}})),
        (
            "OpenRouter",
            502,
            json!({"error": {"message": "Provider returned error", "code": 502, "metadata": {"raw": "upstream is down", "provider_name": "P"}}}),
        ),
        (
            "DeepSeek",
            402,
            json!({"error": {"message": "Insufficient Balance", "type": "unknown_error", "code": "invalid_request_error"}}),
        ),
        (
            "DeepSeek",
            400,
            json!({"error": {"message": "Model Not Exist", "type": "invalid_request_error", "code": "invalid_request_error"}}),
        ),
        (
            "Google",
            400,
            json!([{"error": {"code": 400, "message": "Please pass a valid API key.", "status": "INVALID_ARGUMENT"}}]),
        ),
        ("FastAPI", 422, json!({"detail": [{"loc": ["body", "messages"], "msg": "field required"}]})),
        ("nobody", 400, json!({"colourless": "green ideas"})),
    ] {
        let text = translate_at("http://127.0.0.1:8000/v1", status, body.to_string(), false);
        texts.push(format!("{who}: {text}"));
    }
    for (status, code, message) in [
        (401, "401", "Access denied due to invalid subscription key or wrong API endpoint."),
        (404, "DeploymentNotFound", "The API deployment for this resource does not exist."),
        (404, "404", "Resource not found"),
        (
            400,
            "content_filter",
            "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        ),
    ] {
        let body = json!({"error": {"code": code, "message": message}}).to_string();
        texts.push(format!("Azure: {}", translate_at("https://own.openai.azure.com", status, body, false)));
    }
    insta::assert_snapshot!(texts.join("\n"));
}

#[test]
fn what_something_else_says() {
    let mut texts = Vec::new();
    for status in [400, 401, 403, 404, 405, 407, 413, 429, 500, 502, 503] {
        texts.push(translate(status, "<html>", true));
        texts.push(translate(status, "", false));
    }
    insta::assert_snapshot!(texts.join("\n"));
}

#[test]
fn without_a_key_it_is_a_key_that_is_missing() {
    let config =
        Config { api_key: Secret::default(), headers: Default::default(), ..config("http://127.0.0.1:1/v1") };
    let endpoint = Endpoint::new(&config).unwrap();
    let translator =
        Translator { config: &config, endpoint: &endpoint, target: "127.0.0.1:1", work: Work::Completions };
    let error = translator.event(&Fault { code: "401".to_owned(), ..Fault::default() });
    assert_eq!(
        error.message(),
        "127.0.0.1:1 wants an API key; set api_key (SQLATTE_LLM_API_KEY): no reason given"
    );
}

#[test]
fn a_stream_fails_by_code() {
    let config = config("https://openrouter.ai/api/v1");
    let endpoint = Endpoint::new(&config).unwrap();
    let translator =
        Translator { config: &config, endpoint: &endpoint, target: "openrouter.ai", work: Work::Completions };
    for (code, expected) in [
        ("429", ErrorKind::RateLimited),
        ("503", ErrorKind::Unavailable),
        ("server_error", ErrorKind::Unavailable),
        ("", ErrorKind::Unavailable),
        ("400", ErrorKind::Rejected),
        ("insufficient_quota", ErrorKind::RateLimited),
        ("99999", ErrorKind::Unavailable),
    ] {
        let fault = Fault { code: code.to_owned(), ..Fault::default() };
        assert_eq!(translator.event(&fault).kind(), expected, "{code}");
    }
}

#[test]
fn long_words_are_cut() {
    let body = json!({"error": {"message": "x".repeat(10_000)}});
    assert!(translate(400, body.to_string(), false).len() < 400);
}
