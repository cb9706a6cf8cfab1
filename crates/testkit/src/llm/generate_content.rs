//! Bodies of Google's `generateContent`, as <https://ai.google.dev/api/generate-content> documents them, and its
//! failures, as the Gemini API and Vertex AI send them.

use serde_json::{Value, json};
use sqlatte_providers::Usage;

use super::wire::{ApiError, ApiFault, Call, Carrier, Ending, Events, Turn, WireFormat};

/// The project of every failure that names one.
const PROJECT: &str = "contract-project";

/// `generateContent`, which two APIs speak; they differ in their paths and failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GenerateContent {
    /// The Gemini API. A call without `x-goog-api-key` is a 403, as there.
    Gemini,
    /// Vertex AI. No login is asked for, as by a proxy that logs in itself.
    Vertex,
}

impl WireFormat for GenerateContent {
    fn serves(&self, path: &str) -> bool {
        let vertex = path.contains("/publishers/google/models/");
        (path.ends_with(":generateContent") || path.ends_with(":streamGenerateContent"))
            && vertex == (*self == GenerateContent::Vertex)
    }

    fn objection(&self, call: &Call<'_>) -> Option<ApiError> {
        if *self == GenerateContent::Gemini && !call.has("x-goog-api-key") {
            let message = "Method doesn't allow unregistered callers (callers without established identity). Please use \
                           API Key or other form of API consumer identity to call this API.";
            return Some(ApiError::new(403, "PERMISSION_DENIED", message));
        }
        if self.is_streaming(call) && !call.query.split('&').any(|part| part == "alt=sse") {
            return Some(invalid("without alt=sse the stream is one long list, which is not imitated here"));
        }
        let missing = call.lacks(&["contents"])?;
        Some(invalid(&format!("* GenerateContentRequest.{missing}: {missing} is not specified")))
    }

    fn is_streaming(&self, call: &Call<'_>) -> bool {
        call.path.ends_with(":streamGenerateContent")
    }

    fn question(&self, body: &Value) -> String {
        let contents = body["contents"].as_array().map(Vec::as_slice).unwrap_or_default();
        let Some(last) = contents.iter().rfind(|content| content["role"] == "user") else {
            return String::new();
        };
        last["parts"].as_array().into_iter().flatten().filter_map(|part| part["text"].as_str()).collect()
    }

    fn carrier(&self, body: &Value) -> Carrier {
        let calling = &body["toolConfig"]["functionCallingConfig"];
        match (&calling["mode"], &calling["allowedFunctionNames"][0]) {
            (Value::String(mode), Value::String(name)) if mode == "ANY" => Carrier::Tool(name.clone()),
            _ => Carrier::Text,
        }
    }

    fn whole(&self, text: &str, turn: &Turn) -> Value {
        answer(&[part(text, turn)], Some(finish_reason(turn)), turn)
    }

    /// The call of a function is not sent in pieces.
    fn events(&self, pieces: &[&str], turn: &Turn) -> Events {
        let whole = pieces.concat();
        let pieces = match turn.carrier {
            Carrier::Text => pieces,
            Carrier::Tool(_) => &[whole.as_str()][..],
        };
        Events {
            opening: String::new(),
            pieces: pieces.iter().map(|piece| event(&answer(&[part(piece, turn)], None, turn))).collect(),
            end: event(&answer(&[], Some(finish_reason(turn)), turn)),
        }
    }

    fn error(&self, error: &ApiError) -> Value {
        let mut body =
            json!({"error": {"code": error.status, "message": error.message, "status": error.kind}});
        if !error.details.is_null() {
            body["error"]["details"] = error.details.clone();
        }
        body
    }

    fn error_event(&self, error: &ApiError) -> String {
        event(&self.error(error))
    }

    /// As of <https://ai.google.dev/gemini-api/docs/troubleshooting> and
    /// <https://docs.cloud.google.com/apis/design/errors>.
    fn fault(&self, fault: ApiFault, model: &str) -> ApiError {
        let vertex = *self == GenerateContent::Vertex;
        match fault {
            ApiFault::WrongKey if vertex => ApiError::new(
                401,
                "UNAUTHENTICATED",
                "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other \
                 valid authentication credential. See \
                 https://developers.google.com/identity/sign-in/web/devconsole-project.",
            )
            .with_details(reason("ACCESS_TOKEN_TYPE_UNSUPPORTED")),
            ApiFault::WrongKey => invalid("API key not valid. Please pass a valid API key.")
                .with_details(reason("API_KEY_INVALID")),
            ApiFault::Forbidden if vertex => ApiError::new(
                403,
                "PERMISSION_DENIED",
                format!(
                    "Permission 'aiplatform.endpoints.predict' denied on resource \
                     '//aiplatform.googleapis.com/projects/{PROJECT}/locations/global/publishers/google/models/{model}' \
                     (or it may not exist)."
                ),
            )
            .with_details(reason("IAM_PERMISSION_DENIED")),
            ApiFault::Forbidden => ApiError::new(
                403,
                "PERMISSION_DENIED",
                "Generative Language API has not been used in project 411082643095 before or it is disabled. Enable it \
                 by visiting \
                 https://console.developers.google.com/apis/api/generativelanguage.googleapis.com/overview?project=411082643095 \
                 then retry.",
            )
            .with_details(reason("SERVICE_DISABLED")),
            ApiFault::UnknownModel if vertex => ApiError::new(
                404,
                "NOT_FOUND",
                format!(
                    "Publisher Model `projects/{PROJECT}/locations/global/publishers/google/models/{model}` was not \
                     found or your project does not have access to it. Please ensure you are using a valid model \
                     version."
                ),
            ),
            ApiFault::UnknownModel => ApiError::new(
                404,
                "NOT_FOUND",
                format!(
                    "models/{model} is not found for API version v1beta, or is not supported for generateContent. Call \
                     ListModels to see the list of available models and their supported methods."
                ),
            ),
            ApiFault::WrongAddress => ApiError::new(404, "NOT_FOUND", "Method not found."),
            ApiFault::RateLimited(seconds) => exhausted(
                "Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_requests, limit: 15. \
                 Please retry later.",
            )
            .with_details(json!([
                {
                    "@type": "type.googleapis.com/google.rpc.QuotaFailure",
                    "violations": [{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel"}],
                },
                {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": format!("{seconds}s")},
            ])),
            ApiFault::NoCredit if vertex => ApiError::new(
                403,
                "PERMISSION_DENIED",
                format!(
                    "This API method requires billing to be enabled. Please enable billing on project #{PROJECT} by \
                     visiting https://console.developers.google.com/billing/enable?project={PROJECT} then retry."
                ),
            )
            .with_details(reason("BILLING_DISABLED")),
            ApiFault::NoCredit => exhausted(
                "Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage \
                 your project and billing.",
            ),
            ApiFault::TooLarge => invalid(
                "The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).",
            ),
            ApiFault::NoStructuredOutput => {
                invalid(&format!("Json mode and function calling are not enabled for models/{model}"))
            }
            ApiFault::BadRequest => invalid(
                "Unable to submit request because it has a maxOutputTokens value of 512 but the supported range is from \
                 1 (inclusive) to 2 (exclusive). Update the value and try again.",
            ),
            ApiFault::Internal => ApiError::new(500, "INTERNAL", "Internal error encountered."),
            ApiFault::Overloaded => {
                ApiError::new(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")
            }
        }
    }
}

fn invalid(message: &str) -> ApiError {
    ApiError::new(400, "INVALID_ARGUMENT", message)
}

fn exhausted(message: &str) -> ApiError {
    ApiError::new(429, "RESOURCE_EXHAUSTED", message)
}

fn reason(reason: &str) -> Value {
    json!([{
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": {"consumer": format!("projects/{PROJECT}")},
    }])
}

/// One server-sent event; they have no types.
fn event(data: &Value) -> String {
    format!("data: {data}\n\n")
}

/// A whole answer, or one of those that a stream is made of.
fn answer(parts: &[Value], finish_reason: Option<&str>, turn: &Turn) -> Value {
    let parts: Vec<_> = parts.iter().filter(|part| part["text"] != "").collect();
    let mut candidate = json!({"content": {"role": "model"}, "index": 0});
    if !parts.is_empty() {
        candidate["content"]["parts"] = json!(parts);
    }
    if let Some(reason) = finish_reason {
        candidate["finishReason"] = reason.into();
    }
    let mut answer = json!({
        "candidates": [candidate],
        "modelVersion": "gemini-3.8-flash",
        "responseId": "rU4gaePXMJ-Nvr0P2Kz1oQk",
    });
    if let Some(usage) = turn.usage {
        answer["usageMetadata"] = usage_metadata(usage, finish_reason.is_some());
    }
    answer
}

fn part(text: &str, turn: &Turn) -> Value {
    match &turn.carrier {
        Carrier::Text => json!({"text": text}),
        Carrier::Tool(name) => {
            // Arguments are always an object; what is none is wrapped as models do that get it wrong.
            let args = serde_json::from_str(text).unwrap_or_else(|_| json!({"answer": text}));
            json!({"functionCall": {"name": name, "args": args}, "thoughtSignature": "EqQBCqEB"})
        }
    }
}

/// What came from the cache is within the prompt; thinking is written beside the answer. What is 0 is left out.
fn usage_metadata(usage: Usage, ended: bool) -> Value {
    let Usage { input_tokens, output_tokens, cached_tokens, .. } = usage;
    let thoughts = output_tokens.min(2);
    let mut metadata =
        json!({"promptTokenCount": input_tokens, "totalTokenCount": input_tokens + output_tokens});
    if cached_tokens > 0 {
        metadata["cachedContentTokenCount"] = cached_tokens.into();
    }
    if ended {
        metadata["candidatesTokenCount"] = (output_tokens - thoughts).into();
        metadata["thoughtsTokenCount"] = thoughts.into();
    }
    metadata
}

fn finish_reason(turn: &Turn) -> &'static str {
    match turn.ending {
        Ending::EndOfTurn => "STOP",
        Ending::MaxTokens => "MAX_TOKENS",
        Ending::Refusal => "SAFETY",
    }
}
