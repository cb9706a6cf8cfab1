use std::{
    error::Error,
    time::{Duration, SystemTime},
};

use serde_json::json;
use sqlatte_db_bigquery::Bigquery;
use sqlatte_providers::{DatabaseProvider, ErrorKind, ProviderError, Secret};
use wiremock::ResponseTemplate;

use crate::service::{
    KEY, Service, dry_run, failure, fetch, insert, key, numbers, page, plan, query, results, run,
};

/// What may not be seen: the key, and the signature made with it.
fn assert_hides_the_key(error: &ProviderError, provider: &Bigquery) {
    let mut texts = vec![format!("{error} {error:?} {provider:?} {:?}", provider.info())];
    let mut cause = error.source();
    while let Some(source) = cause {
        texts.push(format!("{source} {source:?}"));
        cause = source.source();
    }
    let line = KEY.lines().nth(1).unwrap();
    for text in texts {
        assert!(!text.contains(line) && !text.contains("eyJ"), "{text}");
    }
}

#[tokio::test]
async fn a_refused_key_is_named_and_not_shown() {
    let service = Service::start().await;
    let message = "Request had invalid authentication credentials.";
    dry_run().respond_with(failure(401, "authError", message)).mount(&service.0).await;
    let provider = service.signing();
    let error = run(&provider, "SELECT 1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(error.message().contains("the key of `asker@shop.iam.gserviceaccount.com`"), "{error}");
    assert_hides_the_key(&error, &provider);
    let requests = service.requests().await;
    let token = requests[0].headers["authorization"].to_str().unwrap();
    assert!(token.starts_with("Bearer eyJ"), "the key signed the request");
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_told() {
    let service = Service::start().await;
    let then = SystemTime::now() - Duration::from_secs(3 * 60 * 60);
    let refused =
        failure(401, "authError", "Invalid JWT").insert_header("date", httpdate::fmt_http_date(then));
    dry_run().respond_with(refused).mount(&service.0).await;
    let error = service.signing().check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(error.message().contains("clock is 180 minutes off"), "{error}");
}

#[tokio::test]
async fn a_key_that_is_none_is_told_at_the_first_call() {
    let service = Service::start().await;
    let mut config = service.config();
    let broken = format!("{}\nhunter2\n-----END PRIVATE KEY-----\n", KEY.lines().next().unwrap());
    config.credentials_json = Secret::new(key(&broken).to_string());
    let provider = Bigquery::new(config).unwrap();
    let error = provider.check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidSettings, "{error}");
    assert!(error.message().contains("`private_key` of the service account cannot be used"), "{error}");
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
}

#[tokio::test]
async fn missing_rights_are_named() {
    for (reason, message, role) in [
        (
            "accessDenied",
            "Access Denied: Project shop: User does not have bigquery.jobs.create permission in project shop.",
            "role `bigquery.jobUser` on the project `shop`",
        ),
        (
            "accessDenied",
            "Access Denied: Table shop:sales.orders: User does not have permission to query table shop:sales.orders, \
             or perhaps it does not exist.",
            "role `bigquery.dataViewer` on the dataset",
        ),
    ] {
        let service = Service::start().await;
        dry_run().respond_with(failure(403, reason, message)).mount(&service.0).await;
        let provider = service.signing();
        let error = run(&provider, "SELECT 1").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
        assert!(error.message().contains(role), "{error}");
        assert_hides_the_key(&error, &provider);
        assert_eq!(service.asked().await, ["dry run"], "there is nothing to try again or to cancel");
    }
}

#[tokio::test]
async fn bad_sql_has_bigquerys_words_and_its_place() {
    let service = Service::start().await;
    let message = "Unrecognized name: nmae; Did you mean name? at [2:8]";
    dry_run().respond_with(failure(400, "invalidQuery", message)).mount(&service.0).await;
    let error = run(&service.provider(), "-- who\nSELECT nmae FROM clients").await.unwrap_err();
    assert_eq!((error.kind(), error.position()), (ErrorKind::Rejected, Some(14)));
    assert_eq!(error.message(), format!("BigQuery: {message}"));
}

#[tokio::test]
async fn the_limit_of_bytes_is_bigquerys_too() {
    let service = Service::ready(&numbers()).await;
    let message = "Query exceeded limit for bytes billed: 1073741824. 2147483648 or higher required.";
    results().respond_with(failure(400, "bytesBilledLimitExceeded", message)).mount(&service.0).await;
    let error = run(&service.provider(), "SELECT n FROM orders").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(
        error.message().contains("2147483648") && error.message().contains("raise `maximum_bytes_billed`"),
        "{error}"
    );
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    for (status, reason) in
        [(503, "backendError"), (403, "rateLimitExceeded"), (500, "internalError"), (429, "")]
    {
        let service = Service::start().await;
        for call in [dry_run(), insert(), results()] {
            call.respond_with(failure(status, reason, "later")).up_to_n_times(1).mount(&service.0).await;
        }
        service.dry_run(&plan("SELECT", "1", &numbers())).await;
        service.takes_jobs().await;
        service.results(&page(1, 0..1, None)).await;
        fetch(&service.provider(), query("SELECT n FROM orders")).await.unwrap();
        let asked = ["dry run", "dry run", "insert", "insert", "results", "results"];
        assert_eq!(service.asked().await, asked, "{reason}");
    }
}

#[tokio::test]
async fn what_does_not_pass_is_told_with_the_wait() {
    let service = Service::start().await;
    let busy = failure(429, "rateLimitExceeded", "Exceeded rate limits").insert_header("retry-after", "7");
    dry_run().respond_with(busy).mount(&service.0).await;
    let error = run(&service.provider(), "SELECT 1").await.unwrap_err();
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimited, Some(Duration::from_secs(7))));
    assert_eq!(service.asked().await, ["dry run"; 3]);

    let service = Service::start().await;
    dry_run().respond_with(failure(403, "quotaExceeded", "Custom quota exceeded")).mount(&service.0).await;
    let error = run(&service.provider(), "SELECT 1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(service.asked().await, ["dry run"], "a quota does not come back in a second");
}

#[tokio::test]
async fn something_else_at_the_address_is_told() {
    let service = Service::start().await;
    let page = ResponseTemplate::new(200).set_body_raw("<html>Sign in</html>", "text/html");
    dry_run().respond_with(page).mount(&service.0).await;
    let error = service.provider().check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unexpected);
    assert!(error.message().contains("is not BigQuery's: check `endpoint`"), "{error}");

    let mut config = service.config();
    config.endpoint = Some("http://127.0.0.1:9".to_owned());
    let error = Bigquery::new(config).unwrap().check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.message().contains("refuses the connection"), "{error}");
}

#[tokio::test]
async fn a_server_that_says_nothing_is_told_in_time() {
    let service = Service::start().await;
    let silent = ResponseTemplate::new(200).set_body_json(json!({})).set_delay(Duration::from_secs(30));
    dry_run().respond_with(silent).mount(&service.0).await;
    let mut config = service.config();
    config.request_timeout = 1;
    let error = Bigquery::new(config).unwrap().check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(error.message().contains("does not answer in time"), "{error}");
    assert_eq!(service.asked().await, ["dry run"]);
}
