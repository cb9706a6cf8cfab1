use serde_json::{Value, json};
use sqlatte_http::StatusCode;
use sqlatte_providers::Secret;

use super::*;

const KEY: &str = "AIza-very-secret";
const TARGET: &str = "generativelanguage.googleapis.com";

/// The texts of an API that is opened by `access`.
fn translate(access: &Access, status: u16, body: impl Into<Vec<u8>>, is_page: bool) -> ProviderError {
    let key = Secret::new(KEY);
    let (model, pass, work) = ("gemini-3.8-flash", &Pass::Key(&key), Work::Completions);
    let translator = Translator { model, target: TARGET, access, pass, work };
    let status = StatusCode::from_u16(status).unwrap();
    let failure = Failure { status, retry_after: None, body: body.into().into(), is_page };
    let error = translator.failure(&failure, None);
    assert!(!format!("{error:?}").contains(KEY), "{error:?}");
    error
}

fn said(access: &Access, faults: &[(u16, &str, &str)]) -> String {
    let texts = faults.iter().map(|(status, reason, message)| {
        let mut body = json!({"error": {"code": status, "message": message, "status": "X"}});
        if !reason.is_empty() {
            body["error"]["details"] =
                json!([{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]);
        }
        let error = translate(access, *status, body.to_string(), false);
        format!("{status} {}: {error}", error.kind().name())
    });
    texts.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_the_gemini_api_says() {
    insta::assert_snapshot!(said(
        &Access::Key(Secret::new(KEY)),
        &[
            (400, "API_KEY_INVALID", "API key not valid. Please pass a valid API key."),
            (400, "API_KEY_INVALID", "API key expired. Please renew the API key."),
            (400, "API_KEY_INVALID", "API key AIza-very-secret not valid."),
            (403, "", "Your API key was reported as leaked. Please use another API key."),
            (
                403,
                "SERVICE_DISABLED",
                "Generative Language API has not been used in project 4 before or it is disabled."
            ),
            (
                403,
                "API_KEY_SERVICE_BLOCKED",
                "Requests to this API generativelanguage.googleapis.com method X are blocked."
            ),
            (403, "API_KEY_IP_ADDRESS_BLOCKED", "The provided API key has an IP address restriction."),
            (403, "", "The caller does not have permission"),
            (401, "", "Request had invalid authentication credentials."),
            (400, "", "User location is not supported for the API use."),
            (
                404,
                "",
                "models/gemini-99 is not found for API version v1beta, or is not supported for generateContent."
            ),
            (404, "", "Method not found."),
            (
                400,
                "",
                "The input token count (1200293) exceeds the maximum number of tokens allowed (1048576)."
            ),
            (400, "", "Request payload size exceeds the limit: 20971520 bytes."),
            (
                400,
                "",
                "'minimal' is not a supported thinking level for this model. Allowed values are: medium, low, high."
            ),
            (400, "", "Json mode is not enabled for models/gemma-3-27b-it"),
            (
                400,
                "",
                "Invalid JSON payload received. Unknown name \"responseJsonSchema\" at 'generation_config': Cannot find field."
            ),
            (400, "", "Request contains an invalid argument."),
            (429, "", "Your prepayment credits are depleted."),
            (
                429,
                "",
                "You exceeded your current quota, please check your plan and billing details.\n* Quota exceeded for metric: x, limit: 0, model: gemini-2.5-pro"
            ),
            (429, "", "Resource has been exhausted (e.g. check quota)."),
            (500, "", "Internal error encountered."),
            (503, "", "The model is overloaded. Please try again later."),
            (418, "", "a\nteapot\u{7}"),
            (418, "", ""),
        ],
    ));
}

#[test]
fn what_others_say() {
    let access = Access::Key(Secret::new(KEY));
    let mut texts = Vec::new();
    for status in [400, 401, 403, 404, 405, 407, 413, 429, 500, 502, 503] {
        for (body, is_page) in [("<html>", true), ("", false), ("{}", false)] {
            let error = translate(&access, status, body, is_page);
            texts.push(format!("{status} {}: {error}", error.kind().name()));
        }
    }
    texts.dedup();
    insta::assert_snapshot!(texts.join("\n"));
}

#[test]
fn a_quota_of_a_day_is_told_from_one_of_a_minute() {
    let exhausted = |quota: &str| -> Value {
        json!({"error": {"code": 429, "message": "Quota exceeded.", "status": "RESOURCE_EXHAUSTED", "details": [
            {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": quota}]},
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "9s"},
        ]}})
    };
    let access = Access::Key(Secret::new(KEY));
    let day = translate(&access, 429, exhausted("GenerateRequestsPerDayPerProject").to_string(), false);
    assert!(day.message().contains("quota of a day"), "{day}");
    assert_eq!(day.retry_after(), None);
    let minute = translate(&access, 429, json!([exhausted("PerMinute")]).to_string(), false);
    assert!(minute.message().contains("try again later"), "{minute}");
    assert_eq!(minute.retry_after(), Some(Duration::from_secs(9)));
}

#[test]
fn long_words_are_cut() {
    let body = json!({"error": {"code": 400, "message": "x".repeat(10_000)}});
    let access = Access::Key(Secret::new(KEY));
    assert!(translate(&access, 400, body.to_string(), false).message().len() < 400);
}

#[cfg(feature = "vertex")]
mod vertex {
    use sqlatte_http::google::{Login, Tokens};

    use super::*;

    fn access() -> Access {
        let key = json!({
            "type": "service_account", "project_id": "shop", "private_key_id": "1",
            "client_email": "asker@shop.iam.gserviceaccount.com",
            "private_key": "-----BEGIN PRIVATE KEY-----\n",
        });
        let login = Login::with_key(None, &Secret::new(key.to_string())).unwrap().unwrap();
        Access::Login {
            tokens: Tokens::new(login, "scope"),
            project: "shop".to_owned(),
            location: "europe-west4".to_owned(),
        }
    }

    #[test]
    fn what_vertex_ai_says() {
        insta::assert_snapshot!(said(
            &access(),
            &[
                (401, "ACCESS_TOKEN_TYPE_UNSUPPORTED", "Request had invalid authentication credentials."),
                (
                    403,
                    "SERVICE_DISABLED",
                    "Vertex AI API has not been used in project shop before or it is disabled."
                ),
                (
                    403,
                    "IAM_PERMISSION_DENIED",
                    "Permission 'aiplatform.endpoints.predict' denied on resource '//aiplatform.googleapis.com/projects/shop/locations/europe-west4/publishers/google/models/m' (or it may not exist)."
                ),
                (403, "CONSUMER_INVALID", "Permission denied on resource project shopp."),
                (403, "", "Permission denied on resource project My Shop."),
                (403, "BILLING_DISABLED", "This API method requires billing to be enabled."),
                (400, "", "Unsupported region for Vertex AI, please refer to the list of regions."),
                (
                    404,
                    "",
                    "Publisher Model `projects/shop/locations/europe-west4/publishers/google/models/m` was not found or your project does not have access to it."
                ),
                (404, "", "Method not found."),
                (
                    400,
                    "",
                    "The input token count (81881) exceeds the maximum number of tokens allowed (65536)."
                ),
                (429, "", "Resource exhausted. Please try again later."),
            ],
        ));
    }

    #[test]
    fn a_location_that_is_none_is_named_when_its_host_is_none() {
        let access = access();
        let key = Secret::new(KEY);
        let translator = |target: &'static str| {
            let error =
                ProviderError::new(Unavailable, format!("the name {target} cannot be resolved; check"));
            let (pass, work) = (&Pass::Key(&key), Work::Completions);
            Translator { model: "m", target, access: &access, pass, work }.transport(error)
        };
        let regional = translator("europe-west4-aiplatform.googleapis.com");
        assert!(regional.message().contains("check the setting location"), "{regional}");
        let own = translator("proxy.example");
        assert!(!own.message().contains("location"), "{own}");
    }
}
