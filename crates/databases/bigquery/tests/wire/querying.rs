use futures::StreamExt;
use serde_json::{Value as Json, json};
use sqlatte_guard::{Dialect, Guarded};
use sqlatte_providers::{ColumnType, DatabaseProvider, ErrorKind, Estimate, Query, Value};
use wiremock::{ResponseTemplate, matchers::query_param};

use crate::service::{Service, failure, fetch, insert, numbers, page, plan, query, results, run};

#[tokio::test]
async fn a_statement_runs_under_our_limits_alone() {
    let service = Service::ready(&numbers()).await;
    service.results(&page(1, 0..1, None)).await;
    let sql = "SELECT n FROM orders";
    let batches = fetch(&service.provider(), query(sql)).await.unwrap();
    assert_eq!(batches[0].rows, [[Value::Integer(0)]]);

    assert_eq!(service.asked().await, ["dry run", "insert", "results"]);
    let requests = service.requests().await;
    let dry: Json = requests[0].body_json().unwrap();
    let mut job: Json = requests[1].body_json().unwrap();
    let id = job["jobReference"]["jobId"].take();
    assert!(id.as_str().unwrap().starts_with("sqlatte_"), "{id}");
    let timeout: u64 = job["configuration"]["jobTimeoutMs"].take().as_str().unwrap().parse().unwrap();
    assert!((1..=20_000).contains(&timeout), "{timeout}");
    let home = json!({ "projectId": "shop", "datasetId": "sales" });
    let common = json!({
        "query": sql, "useLegacySql": false, "useQueryCache": true, "createSession": false, "defaultDataset": home,
    });
    let mut limited = common.clone();
    limited["maximumBytesBilled"] = json!("1073741824");
    let labels = json!({ "application": "sqlatte" });
    assert_eq!(
        dry,
        json!({
            "configuration": { "dryRun": true, "query": common, "labels": labels },
            "jobReference": { "projectId": "shop", "location": "EU" },
        })
    );
    assert_eq!(
        job,
        json!({
            "configuration": { "query": limited, "labels": labels, "jobTimeoutMs": null },
            "jobReference": { "projectId": "shop", "jobId": null, "location": "EU" },
        })
    );
    let address = requests[2].url.as_str();
    assert!(
        address.contains("location=EU") && address.contains("formatOptions.useInt64Timestamp=true"),
        "{address}"
    );
}

#[tokio::test]
async fn what_the_dry_run_does_not_call_a_select_never_runs() {
    for (kind, bytes, words) in [
        ("DELETE", "1", "the statement is DELETE: only a single SELECT may run"),
        ("SCRIPT", "1", "the statement is SCRIPT"),
        ("", "1", "does not say what kind"),
        ("SELECT", "1073741825", "would read 1.0 GiB, and `maximum_bytes_billed` allows 1.0 GiB"),
    ] {
        let service = Service::start().await;
        service.dry_run(&plan(kind, bytes, &numbers())).await;
        let error = run(&service.provider(), "…").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rejected);
        assert!(error.message().contains(words), "{error}");
        assert_eq!(service.asked().await, ["dry run"], "{kind}");
    }
}

#[tokio::test]
async fn a_table_outside_the_datasets_is_not_read() {
    let service = Service::start().await;
    let mut answer = plan("SELECT", "1", &numbers());
    let tables = answer["statistics"]["query"]["referencedTables"].as_array_mut().unwrap();
    tables.push(json!({ "projectId": "shop", "datasetId": "hr", "tableId": "pay" }));
    service.dry_run(&answer).await;
    let error = run(&service.provider(), "SELECT * FROM hr.pay").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(error.message().starts_with("the table `shop.hr.pay` is in none of the datasets"), "{error}");
    assert_eq!(service.asked().await, ["dry run"]);
}

#[tokio::test]
async fn an_estimate_is_a_dry_run() {
    let service = Service::start().await;
    service.dry_run(&plan("SELECT", "123456789", &numbers())).await;
    let sql = Guarded::unguarded("SELECT n FROM orders", Dialect::Bigquery);
    let estimate = service.provider().estimate(&sql).await.unwrap();
    assert_eq!(estimate, Some(Estimate { rows: None, bytes: Some(123_456_789) }));
    assert_eq!(service.asked().await, ["dry run"]);
}

#[tokio::test]
async fn pages_are_fetched_one_ahead_at_most() {
    let service = Service::ready(&numbers()).await;
    for (token, from, next) in [("a", 1000, Some("b")), ("b", 2000, Some("c")), ("c", 3000, None)] {
        let page = ResponseTemplate::new(200).set_body_json(page(3500, from..(from + 1000).min(3500), next));
        results().and(query_param("pageToken", token)).respond_with(page).mount(&service.0).await;
    }
    let first = results().and(query_param("maxResults", "1000"));
    first
        .respond_with(ResponseTemplate::new(200).set_body_json(page(3500, 0..1000, Some("a"))))
        .mount(&service.0)
        .await;

    let provider = service.provider();
    let mut stream = run(&provider, "SELECT n FROM orders").await.unwrap();
    let mut rows = stream.batches.next().await.unwrap().unwrap().rows;
    service.until_asked("results", 2).await;
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert_eq!(service.asked().await, ["dry run", "insert", "results", "results"]);
    while let Some(batch) = stream.batches.next().await {
        let batch = batch.unwrap();
        assert!(batch.rows.len() <= 500 && !batch.truncated);
        rows.extend(batch.rows);
    }
    let expected: Vec<_> = (0..3500).map(|n| vec![Value::Integer(n)]).collect();
    assert_eq!(rows, expected);
}

#[tokio::test]
async fn a_statement_is_waited_for() {
    let service = Service::ready(&numbers()).await;
    let waiting = ResponseTemplate::new(200).set_body_json(json!({ "jobComplete": false }));
    results().respond_with(waiting).up_to_n_times(2).mount(&service.0).await;
    service.results(&page(5, 0..3, Some("more"))).await;
    let few = Query { max_rows: 3, ..query("SELECT n FROM orders") };
    let batches = fetch(&service.provider(), few).await.unwrap();
    assert_eq!(batches.iter().map(|batch| batch.rows.len()).sum::<usize>(), 3);
    assert!(batches.last().unwrap().truncated);
    assert_eq!(service.asked().await, ["dry run", "insert", "results", "results", "results"]);
}

#[tokio::test]
async fn nested_rows_arrive_with_their_names() {
    let fields = json!([
        { "name": "place", "type": "GEOGRAPHY" },
        { "name": "open", "type": "RANGE", "rangeElementType": { "type": "TIMESTAMP" } },
        { "name": "exact", "type": "BIGNUMERIC" },
        { "name": "nan", "type": "FLOAT" },
        { "name": "items", "type": "RECORD", "mode": "REPEATED", "fields": [
            { "name": "sku", "type": "STRING" },
            { "name": "sizes", "type": "INTEGER", "mode": "REPEATED" },
            { "name": "at", "type": "RECORD", "fields": [{ "name": "day", "type": "DATE" }] },
        ] },
        { "name": "both", "type": "RECORD", "fields": [{ "name": "", "type": "BOOLEAN" }] },
    ]);
    let service = Service::ready(&fields).await;
    let item = json!({ "f": [{ "v": "a-1" }, { "v": [{ "v": "1" }, { "v": "2" }] }, { "v": { "f": [{ "v": "2026-11-22" }] } }] });
    let row = json!({ "f": [
        { "v": "POINT(28.97 41)" },
        { "v": "[1577836800000000, UNBOUNDED)" },
        { "v": "578960446186580977117854925043439539266.34992332820282019728792003956564819967" },
        { "v": "NaN" },
        { "v": [{ "v": item }] },
        { "v": { "f": [{ "v": "true" }] } },
    ] });
    service.results(&json!({ "jobComplete": true, "totalRows": "1", "rows": [row] })).await;
    let provider = service.provider();
    let stream = run(&provider, "SELECT * FROM orders").await.unwrap();
    let kinds: Vec<_> = stream.columns.iter().map(|column| column.kind).collect();
    use ColumnType::{Array, Decimal, Float, Json, Text};
    assert_eq!(kinds, [Text, Text, Decimal, Float, Array, Json]);
    let row = stream.batches.collect::<Vec<_>>().await.remove(0).unwrap().rows.remove(0);
    assert_eq!(row[0], Value::Text("POINT(28.97 41)".to_owned()));
    assert_eq!(row[1], Value::Text("[2020-01-01T00:00:00Z, UNBOUNDED)".to_owned()));
    assert_eq!(
        row[2],
        Value::Decimal(
            "578960446186580977117854925043439539266.34992332820282019728792003956564819967".to_owned()
        )
    );
    assert!(matches!(row[3], Value::Float(number) if number.is_nan()));
    let item = json!({ "sku": "a-1", "sizes": [1, 2], "at": { "day": "2026-11-22" } });
    assert_eq!(row[4], Value::Array(vec![Value::Json(item)]));
    assert_eq!(row[5], Value::Json(json!({ "_field_1": true })));
}

#[tokio::test]
async fn a_job_that_was_made_by_the_first_of_two_requests_is_read() {
    let service = Service::start().await;
    service.dry_run(&plan("SELECT", "1", &numbers())).await;
    insert().respond_with(failure(503, "backendError", "try again")).up_to_n_times(1).mount(&service.0).await;
    let duplicate = failure(409, "duplicate", "Already Exists: Job shop:EU.sqlatte_x");
    insert().respond_with(duplicate).mount(&service.0).await;
    service.results(&page(1, 0..1, None)).await;
    assert_eq!(fetch(&service.provider(), query("SELECT n FROM orders")).await.unwrap()[0].rows.len(), 1);
    assert_eq!(service.asked().await, ["dry run", "insert", "insert", "results"]);
    let requests = service.requests().await;
    assert_eq!(requests[1].body, requests[2].body, "the second request names the same job");
}
