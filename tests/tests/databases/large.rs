//! A million rows through the real server: they pass on as they come, whatever there are of them.

use hyper::Method;
use sqlatte_e2e::Start;

use crate::engine::Engine;

const ROWS: usize = 1_000_000;
/// How much the server may grow by, in bytes.
const GROWTH: u64 = 50_000_000;
/// Eight columns, made as they are read.
const QUERY: &str = "
SELECT id, concat('customer ', CAST(id AS varchar)) AS name, concat('city ', CAST(id % 1000 AS varchar)) AS city,
       CAST(id % 100000 / 100.0 AS decimal(12, 2)) AS price, id % 17 AS quantity,
       date_add('minute', id, TIMESTAMP '2024-01-01 00:00:00') AS placed_at, id % 3 = 0 AS paid,
       'a note of Zero to forty letters or so' AS note
FROM (
  SELECT (a.n - 1) * 1000 + b.n AS id
  FROM UNNEST(sequence(1, 1000)) AS a (n) CROSS JOIN UNNEST(sequence(1, 1000)) AS b (n)) AS numbers";

#[tokio::test]
async fn a_million_rows_of_trino_are_exported_in_little_memory() {
    let Some(fresh) = Engine::Trino.fresh().await else { return };
    let start = Start::new().config("query: { timeout: 300 }");
    let server = start.argument("--database").argument(fresh.reader().await).serve();
    let answer = server.client().sql(QUERY).await.expect(200);
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    let api = server.client().session(&text("session_id"));
    let load = server.load();
    for format in ["csv", "json"] {
        load.reset_peak();
        let before = load.memory();
        let path = format!("/api/query/{}/export?format={format}", text("query_id"));
        let mut answering = api.open(Method::GET, &path, bytes::Bytes::new()).await;
        assert_eq!(answering.head.status, 200, "{path}");
        let mut seen = 0;
        while let Some(part) = answering.part().await {
            // It stands once in each row, and nowhere else.
            seen += part.iter().filter(|byte| **byte == b'Z').count();
        }
        assert_eq!(seen, ROWS, "{format}");
        let growth = load.peak_memory().saturating_sub(before);
        assert!(growth < GROWTH, "{format}: grew by {growth} bytes");
    }
    fresh.remove().await;
}
