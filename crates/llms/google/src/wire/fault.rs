use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

/// Beyond any call's time limit: what has to be waited for until tomorrow is not tried again today.
const TOMORROW: Duration = Duration::from_secs(24 * 60 * 60);

/// What the API says is wrong, in a failure's body or in the middle of a stream:
/// <https://docs.cloud.google.com/apis/design/errors#error_model>.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Fault {
    /// The HTTP status.
    pub(crate) code: u16,
    /// The API's words.
    pub(crate) message: String,
    /// The status by its name, such as `RESOURCE_EXHAUSTED`.
    pub(crate) status: String,
    details: Vec<Value>,
}

#[derive(Debug, Deserialize)]
struct FailureBody {
    error: Fault,
}

impl Fault {
    /// Reads the body of a failure; a stream's failure may come as a list of one.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let body = match serde_json::from_slice::<Value>(body).ok()? {
            Value::Array(list) => list.into_iter().next()?,
            one => one,
        };
        Some(serde_json::from_value::<FailureBody>(body).ok()?.error)
    }

    /// The reason by its short name, such as `API_KEY_INVALID`; empty where there is none.
    pub(crate) fn reason(&self) -> &str {
        self.detail("ErrorInfo").and_then(|info| info["reason"].as_str()).unwrap_or_default()
    }

    /// How long to wait before another try is welcome. The API names seconds also where a day's quota is used up.
    pub(crate) fn wait(&self) -> Option<Duration> {
        self.retry_delay().filter(|_| !self.is_daily())
    }

    /// How long the API asks to wait.
    fn retry_delay(&self) -> Option<Duration> {
        let delay = self.detail("RetryInfo")?["retryDelay"].as_str()?;
        Duration::try_from_secs_f64(delay.strip_suffix('s')?.parse().ok()?).ok()
    }

    /// Whether a quota of the whole day is used up, which no wait that is asked for brings back.
    pub(crate) fn is_daily(&self) -> bool {
        let violations = self.detail("QuotaFailure").and_then(|failure| failure["violations"].as_array());
        violations
            .into_iter()
            .flatten()
            .any(|violation| violation["quotaId"].as_str().is_some_and(|quota| quota.contains("PerDay")))
    }

    /// Whether the account has no money left, or may not ask the model at all.
    pub(crate) fn is_about_money(&self) -> bool {
        let said = self.message.to_lowercase();
        ["credits are depleted", "prepayment", "spending cap", "spend cap", "spending limit"]
            .iter()
            .any(|part| said.contains(part))
    }

    /// Whether the plan has nothing at all of what is asked for.
    pub(crate) fn has_no_quota(&self) -> bool {
        self.message.to_lowercase().contains("limit: 0,")
    }

    fn detail(&self, kind: &str) -> Option<&Value> {
        self.details.iter().find(|detail| detail["@type"].as_str().is_some_and(|it| it.ends_with(kind)))
    }
}

/// How long a failure's body asks to wait before the call is made again: Google has no `Retry-After`.
pub(crate) fn wait_in_body(body: &[u8]) -> Option<Duration> {
    let fault = Fault::read(body)?;
    let lasts = fault.is_daily() || fault.is_about_money() || fault.has_no_quota();
    if lasts { Some(TOMORROW) } else { fault.retry_delay() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn exhausted(quota: &str, delay: &str) -> Value {
        json!({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "Quota exceeded", "details": [
            {"@type": "type.googleapis.com/google.rpc.Help", "links": []},
            {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": quota}]},
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay},
        ]}})
    }

    #[test]
    fn waits_as_long_as_is_asked() {
        let wait = |body: Value| wait_in_body(body.to_string().as_bytes());
        let minute = "GenerateRequestsPerMinutePerProjectPerModel-FreeTier";
        assert_eq!(wait(exhausted(minute, "20.5s")), Some(Duration::from_millis(20_500)));
        assert_eq!(wait(json!([exhausted(minute, "0s")])), Some(Duration::ZERO));
        assert_eq!(wait(exhausted("GenerateRequestsPerDayPerProjectPerModel", "20s")), Some(TOMORROW));
        for delay in ["", "20", "-1s", "NaNs", "soon", "1e300s"] {
            assert_eq!(wait(exhausted(minute, delay)), None, "{delay}");
        }
        let depleted = "Your prepayment credits are depleted. Please go to AI Studio to manage your project.";
        assert_eq!(wait(json!({"error": {"code": 429, "message": depleted}})), Some(TOMORROW));
        assert_eq!(wait(json!({"error": {"code": 503}})), None);
        assert_eq!(wait_in_body(b"<html>"), None);
    }
}
