use sqlatte_providers::{ErrorKind::*, Secret};

use super::*;
use crate::config::BigqueryConfig;

fn setup() -> Setup {
    let mut config = BigqueryConfig::new("shop");
    config.credentials_json = Secret::new(
        serde_json::json!({
            "type": "service_account", "project_id": "shop", "private_key_id": "1",
            "client_email": "asker@shop.iam.gserviceaccount.com",
            "private_key": "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n",
        })
        .to_string(),
    );
    config.setup().unwrap()
}

fn fault(status: u16, reason: &str, message: &str) -> Fault {
    let status = (status > 0).then_some(status);
    Fault { status, reason: reason.to_owned(), message: message.to_owned() }
}

#[test]
fn each_failure_has_its_kind_and_says_what_to_do() {
    let who = "`asker@shop.iam.gserviceaccount.com`";
    let viewer = format!("give {who} the role `bigquery.dataViewer` on the dataset");
    let user = format!("give {who} the role `bigquery.jobUser` on the project `shop`");
    for (fault, kind, words) in [
        (
            fault(
                403,
                "accessDenied",
                "Access Denied: Project shop: User does not have bigquery.jobs.create permission in project shop.",
            ),
            Unauthorized,
            user.as_str(),
        ),
        (
            fault(
                403,
                "accessDenied",
                "Access Denied: Table shop:hr.pay: User does not have permission to query table shop:hr.pay, or perhaps it does not exist.",
            ),
            Unauthorized,
            viewer.as_str(),
        ),
        (
            fault(
                403,
                "accessDenied",
                "Access Denied: BigQuery BigQuery: Permission denied while getting Drive credentials.",
            ),
            Unauthorized,
            "a file in Google Drive, which is not supported",
        ),
        (
            fault(404, "notFound", "Not found: Dataset shop:sales was not found in location US"),
            NotFound,
            "that `location` is where the dataset is",
        ),
        (
            fault(404, "notFound", "Not found: Table shop:sales.x"),
            NotFound,
            "Table shop:sales.x; check the name",
        ),
        (fault(404, "notFound", "Not found: Project shopp"), InvalidSettings, "it is the project's id"),
        (
            fault(
                0,
                "bytesBilledLimitExceeded",
                "Query exceeded limit for bytes billed: 1000000. 10485760 or higher required.",
            ),
            Rejected,
            "raise `maximum_bytes_billed`",
        ),
        (
            fault(403, "billingNotEnabled", "Billing has not been enabled for this project."),
            InvalidSettings,
            "link a billing account",
        ),
        (
            fault(
                403,
                "accessNotConfigured",
                "BigQuery API has not been used in project 1 before or it is disabled.",
            ),
            InvalidSettings,
            "enable the BigQuery API",
        ),
        (
            fault(403, "quotaExceeded", "Custom quota exceeded"),
            RateLimited,
            "a quota of the project is used up",
        ),
        (
            fault(403, "rateLimitExceeded", "Exceeded rate limits: too many concurrent queries"),
            RateLimited,
            "try again in a moment",
        ),
        (fault(429, "", "slow down"), RateLimited, "try again in a moment"),
        (
            fault(503, "backendError", "Error encountered during execution. Retrying may solve the problem."),
            Unavailable,
            "try again in a moment",
        ),
        (fault(0, "jobInternalError", "x"), Unavailable, "try again in a moment"),
        (fault(0, "stopped", "Job timed out after 10s"), Timeout, "raise `job_timeout`"),
        (
            fault(0, "stopped", "Job execution was cancelled: User requested cancellation"),
            Cancelled,
            "was stopped in BigQuery",
        ),
        (
            fault(0, "resourcesExceeded", "Resources exceeded during query execution"),
            Rejected,
            "ask for less",
        ),
        (fault(0, "invalidQuery", "division by zero: 1 / 0"), Rejected, "BigQuery: division by zero: 1 / 0"),
        (fault(418, "teapot", ""), Unexpected, "BigQuery refuses: it answered with status 418"),
    ] {
        let error = of_fault(&fault, &setup(), Some("SELECT 1"));
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.message().contains(words), "{error}");
    }
}

#[test]
fn bad_sql_has_a_place() {
    let sql = "  SELECT nmae FROM clients";
    let error =
        of_fault(&fault(400, "invalidQuery", "Unrecognized name: nmae at [1:10]"), &setup(), Some(sql));
    assert_eq!((error.kind(), error.position()), (Rejected, Some(9)));
    assert_eq!(error.message(), "BigQuery: Unrecognized name: nmae at [1:10]");
    let error = of_fault(&fault(400, "invalid", "x"), &setup(), None);
    assert_eq!((error.kind(), error.position()), (Rejected, None));
}
