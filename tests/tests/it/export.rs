//! `GET /api/query/{query_id}/export`: whole results as files.

use std::time::Duration;

use bytes::Bytes;
use hyper::Method;
use serde_json::{Value, json};
use sqlatte_e2e::{Response, database};
use tokio::time::sleep;

use crate::support::{Api, Setup};

async fn asked(setup: &Setup, sql: &str) -> (Api, String) {
    let api = setup.api.new_session().await;
    let asked = api.sql(sql).await.expect(200);
    let path = format!("/api/query/{}/export", asked["query_id"].as_str().unwrap());
    (api, path)
}

fn is_a_file(response: &Response, content_type: &str, extension: &str) {
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(response.header("content-type"), content_type);
    let disposition = response.header("content-disposition");
    assert!(disposition.starts_with("attachment; filename=\"sqlatte-"), "{disposition}");
    assert!(disposition.ends_with(&format!(".{extension}\"")), "{disposition}");
    assert_eq!(response.header("cache-control"), "no-store");
}

#[tokio::test]
async fn csv_is_the_usual_format_and_harmless() {
    let setup = Setup::shop().await;
    let (api, path) = asked(&setup, "SELECT kind, value FROM oddities ORDER BY id").await;
    let file = api.get(&path).await;
    is_a_file(&file, "text/csv; charset=utf-8", "csv");
    let text = file.text();
    assert!(text.starts_with("kind,value\r\nnull,\r\nbig,9007199254740993\r\n"), "{text}");
    assert!(text.contains("text,\"çay ☕ \"\"quoted\"\", a\nline\"\r\n"), "{text}");
    assert!(text.ends_with("formula,'=1+1\r\n"), "spreadsheets would run it: {text}");
    assert_eq!(api.get(&format!("{path}?format=csv")).await.text(), text);
}

#[tokio::test]
async fn json_keeps_types() {
    let setup = Setup::shop().await;
    let (api, path) = asked(&setup, "SELECT id, name, price * 1.0 AS price FROM products ORDER BY id").await;
    let file = api.client().get(&format!("{path}?format=json")).await;
    is_a_file(&file, "application/json", "json");
    assert_eq!(
        file.json(),
        json!({
            "columns": ["id", "name", "price"],
            "column_types": ["integer", "text", "float"],
            "rows": [[1, "Espresso", 2.5], [2, "Latte", 3.75], [3, "Beans", 12.0]],
            "truncated": false,
        })
    );
}

#[tokio::test]
async fn html_is_escaped_and_sandboxed() {
    let setup = Setup::shop().await;
    let (api, path) = asked(&setup, "SELECT '<script>alert(1)</script>' AS \"<b>\"").await;
    let file = api.client().get(&format!("{path}?format=html")).await;
    is_a_file(&file, "text/html; charset=utf-8", "html");
    let text = file.text();
    assert!(text.contains("<th>&lt;b&gt;</th>") && text.contains("&lt;script&gt;"), "{text}");
    assert!(!text.contains("<script"), "{text}");
    assert_eq!(file.header("content-security-policy"), "default-src 'none'; sandbox");
}

#[tokio::test]
async fn xlsx_is_a_workbook() {
    let setup = Setup::shop().await;
    let (api, path) = asked(&setup, "SELECT name, city FROM customers").await;
    let file = api.client().get(&format!("{path}?format=xlsx")).await;
    is_a_file(&file, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx");
    assert!(file.body.starts_with(b"PK\x03\x04"), "a workbook is a zip archive");
    let holds = |name: &[u8]| file.body.windows(name.len()).any(|part| part == name);
    assert!(holds(b"xl/worksheets/sheet1.xml") && holds(b"[Content_Types].xml"));
}

#[tokio::test]
async fn an_export_has_all_rows_under_a_limit_of_its_own() {
    let setup = Setup::with(
        |file| database::numbers(file, 30_000),
        |start| start.config("query: {default_limit: 10, max_limit: 20, max_export_rows: 25000}"),
    )
    .await;
    let (api, path) = asked(&setup, "SELECT id, label FROM numbers ORDER BY id").await;
    let csv = api.get(&path).await.text();
    assert_eq!(csv.lines().nth(25_000), Some("25000,\"Number 25000, a text of usual length\""));
    assert!(!csv.contains("\n25001,"), "the limit of an export");
    let json: Value = api.client().get(&format!("{path}?format=json")).await.json();
    assert_eq!((json["rows"].as_array().unwrap().len(), &json["truncated"]), (25_000, &json!(true)));
    assert!(
        api.client().get(&format!("{path}?format=html")).await.text().contains("more rows than the limit")
    );
}

#[tokio::test]
async fn what_has_no_result_cannot_be_exported() {
    let setup = Setup::shop().await;
    let api = setup.api.new_session().await;
    let chat = api.ask("hello").await.expect(200);
    let path = format!("/api/query/{}/export", chat["query_id"].as_str().unwrap());
    api.get(&path).await.problem(404, "not_found");
    let (api, path) = asked(&setup, "SELECT 1").await;
    let problem = api.get(&format!("{path}?format=docx")).await.problem(422, "invalid_request");
    assert!(problem["detail"].as_str().unwrap().contains("docx"), "{problem}");
    api.get("/api/query/0198f000-0000-7000-8000-000000000000/export").await.problem(404, "not_found");
    api.sql("DROP TABLE customers").await.problem(422, "sql_refused");
    let history = api.get("/api/history").await.expect(200);
    let refused = history["items"][0]["query_id"].as_str().unwrap();
    let problem = api.get(&format!("/api/query/{refused}/export")).await;
    problem.problem(422, "sql_refused");
}

/// Whoever has a slow line gets the whole file too: the time limit of answers is none of an export's.
#[tokio::test]
async fn an_export_may_take_longer_than_an_answer() {
    let setup =
        Setup::with(|file| database::numbers(file, 50_000), |start| start.config("query: {timeout: 1}"))
            .await;
    // More than the buffers between the server and its reader hold.
    let wide = vec!["label"; 40].join(" || ");
    let (api, path) = asked(&setup, &format!("SELECT id, {wide} AS wide FROM numbers")).await;
    let mut file = api.client().open(Method::GET, &path, Bytes::new()).await;
    let first = file.part().await.unwrap();
    sleep(Duration::from_secs(2)).await;
    let rest = file.rest().await.expect("the whole file");
    let lines = [first, rest].concat().split(|byte| *byte == b'\n').count();
    assert_eq!(lines, 50_002, "a header, the rows, and nothing after the last line");
}
