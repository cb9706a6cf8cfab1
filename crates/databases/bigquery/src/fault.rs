//! What BigQuery says when something is wrong, in one form for calls and for jobs.

use google_cloud_bigquery_v2::{Error, model::ErrorProto};
use google_cloud_gax::error::rpc::StatusDetails;

/// A failure as BigQuery words it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The HTTP status; `None` for a job's failure and where no answer came.
    pub(crate) status: Option<u16>,
    /// The short name of the failure, such as `accessDenied`; empty where there is none.
    pub(crate) reason: String,
    /// BigQuery's own words.
    pub(crate) message: String,
}

impl Fault {
    /// The answer to a call that failed; empty where none came.
    pub(crate) fn of_call(error: &Error) -> Self {
        let status = error.http_status_code();
        let Some(said) = error.status() else { return Fault { status, ..Fault::default() } };
        let reasons = said.details.iter().filter_map(|detail| match detail {
            StatusDetails::ErrorInfo(info) => Some(info.reason.as_str()),
            _ => None,
        });
        // Where several are given, one in capitals is of Google's gateway and says more.
        let reason = reasons.max_by_key(|reason| reason.contains('_')).unwrap_or_default().to_owned();
        Fault { status, reason, message: said.message.clone() }
    }

    /// The failure of a job.
    pub(crate) fn of_job(error: &ErrorProto) -> Self {
        Fault { status: None, reason: error.reason.clone(), message: error.message.clone() }
    }

    /// Whether the same may succeed in a moment.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(
            self.reason.as_str(),
            "rateLimitExceeded"
                | "jobRateLimitExceeded"
                | "backendError"
                | "internalError"
                | "jobBackendError"
                | "jobInternalError"
                | "tableUnavailable"
        ) || matches!(self.status, Some(429 | 500 | 502 | 503 | 504)) && self.reason != "quotaExceeded"
    }
}
