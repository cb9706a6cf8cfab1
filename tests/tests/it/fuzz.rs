//! Ten thousand random requests on every route: whatever comes, nobody gets a fault of the server's.

mod random;

use bytes::Bytes;
use hyper::Method;
use serde_json::{Value, json};
use sqlatte_e2e::{Client, Response, database};

use self::random::Random;
use crate::support::Setup;

const REQUESTS: u64 = 10_000;
const AT_ONCE: u64 = 8;
/// The same requests in every run.
const SEED: u64 = 0x5EED_0F5A_1A77;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_is_answered_with_a_fault_of_the_servers() {
    // Short, so that a random statement that is slow by chance does not hold the others up.
    let mut setup = Setup::with(database::shop, |start| start.config("query: {timeout: 5}")).await;
    let routes = setup.api.contract().routes();
    let session = setup.api.sql("SELECT 1").await.expect(200);
    let known = ["session_id", "query_id"].map(|key| session[key].as_str().unwrap().to_owned());
    let workers = (0..AT_ONCE).map(|worker| {
        let (routes, known, client, api) = (routes.clone(), known.clone(), setup.client(), setup.api.clone());
        tokio::spawn(async move {
            let mut random = Random::new(SEED + worker);
            for _ in 0..REQUESTS / AT_ONCE {
                let response = send(&mut random, &client, &routes, &known).await;
                assert!(
                    response.status < 500,
                    "{} answered {}: {}",
                    response.request,
                    response.status,
                    response.text()
                );
                if response.status >= 400 {
                    api.contract().check(&response);
                }
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.unwrap();
    }
    assert!(setup.server.lives());
    assert!(!setup.server.log().contains("panicked"), "a handler panicked");
    assert_eq!(setup.api.sql("SELECT count(*) FROM customers").await.expect(200)["data"], json!([[4]]));
    assert_eq!(setup.metric("sqlatte_running_queries").await, Some(0.0));
}

async fn send(
    random: &mut Random,
    client: &Client,
    routes: &[(String, String)],
    known: &[String; 2],
) -> Response {
    let (method, template) = random.of(routes).clone();
    let mut client = client.clone();
    if random.one_in(2) {
        client = client.session(&known[0]);
    }
    if random.one_in(8) {
        client = client.session(&random.header());
    }
    if random.one_in(6) {
        let name = *random.of(&[
            "accept-encoding",
            "accept",
            "origin",
            "x-request-id",
            "authorization",
            "if-none-match",
            "range",
            "last-event-id",
        ]);
        client = client.with(name, &random.header());
    }
    let body = match random.below(10) {
        0 => Bytes::from(random.bytes(300)),
        1 => Bytes::new(),
        2 => Bytes::from(random.json(4).to_string()),
        _ => fitting(random, &template).to_string().into(),
    };
    if random.one_in(12) {
        client = client.with("content-type", &random.header());
    } else {
        client = client.with("content-type", "application/json");
    }
    let path = path(random, &template, &known[1]);
    client.send(Method::from_bytes(method.as_bytes()).unwrap(), &path, body).await
}

/// The path with something for its holes, and often a query string.
fn path(random: &mut Random, template: &str, known: &str) -> String {
    let hole = match random.below(4) {
        0 => known.to_owned(),
        1 => uuid::Uuid::from_u128(random.wide()).to_string(),
        _ => random.escaped(20),
    };
    let mut path = template.replace("{query_id}", &hole).replace("{id}", &hole);
    if random.one_in(2) {
        path.push('?');
        for _ in 0..random.below(4) {
            let key = *random.of(&["limit", "offset", "search", "format", "limit", "x"]);
            let value = match random.below(4) {
                0 => random.of(&["csv", "xlsx", "json", "html", "CSV", "pdf"]).to_string(),
                1 => (random.next() as i64 % 300).to_string(),
                2 => random.next().to_string(),
                _ => random.escaped(30),
            };
            path.push_str(&format!("{key}={value}&"));
        }
    }
    path
}

/// A body with the right fields, and things in them that may be right.
fn fitting(random: &mut Random, template: &str) -> Value {
    let fields: &[&str] = match template {
        "/api/query" | "/api/query/stream" => {
            &["question", "session_id", "tables", "schema", "table_schema", "limit", "insights"]
        }
        "/api/sql" => &["sql", "session_id", "limit", "insights"],
        "/api/schema" => &["tables"],
        "/api/favorites" => &["query_id", "name", "question", "sql"],
        _ => &["rating", "comment", "corrected_sql"],
    };
    let mut body = json!({});
    for (number, field) in fields.iter().enumerate() {
        if number > 0 && random.one_in(2) {
            continue;
        }
        body[field] = match (random.below(5), *field) {
            (0, _) => random.json(3),
            (1, _) => json!(random.text(60)),
            (_, "tables") => json!([*random.of(&["orders", "customers", "nowhere", "sales"])]),
            (_, "limit") => json!(random.next() as i64 % 5_000),
            (_, "insights") => json!(random.one_in(2)),
            (_, "rating") => json!(*random.of(&["up", "down", "sideways"])),
            (_, "question") => json!(format!("run {}", random.sql())),
            (_, "sql" | "corrected_sql") => json!(random.sql()),
            (_, "schema" | "table_schema") => json!(format!("Table: {}\n", random.of(&["orders", "x", ""]))),
            _ => json!(random.text(40)),
        };
    }
    body
}
