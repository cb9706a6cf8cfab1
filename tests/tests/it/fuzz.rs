//! Ten thousand random requests on every route: whatever comes, nobody gets a fault of the server's.

mod random;

use std::collections::HashSet;

use bytes::Bytes;
use hyper::Method;
use serde_json::{Value, json};
use sqlatte_e2e::{Client, Response, Start, database};

use self::random::Random;
use crate::support::{Api, Setup};

const REQUESTS: u64 = 10_000;
const AT_ONCE: u64 = 8;
/// The same requests in every run.
const SEED: u64 = 0x5EED_0F5A_1A77;

/// What stands in for the holes of paths: names of things that are there, as long as no request removes them.
#[derive(Debug, Default)]
struct Known {
    session: String,
    query: String,
    favorite: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_is_answered_with_a_fault_of_the_servers() {
    // Short, so that a random statement that is slow by chance does not hold the others up.
    let mut setup = Setup::with(database::shop, |start| start.config("query: {timeout: 5}")).await;
    let routes = setup.api.contract().routes();
    let workers = (0..AT_ONCE).map(|worker| {
        let (api, routes) = (setup.api.clone(), routes.clone());
        tokio::spawn(async move {
            let mut random = Random::new(SEED + worker);
            let (mut known, mut worked) = (Known::default(), HashSet::new());
            for _ in 0..REQUESTS / AT_ONCE {
                if random.one_in(10) {
                    // Others forget and clear.
                    known.learn(&api.sql("SELECT name FROM customers").await.expect(200));
                }
                let route = random.of(&routes).clone();
                let response = send(&mut random, api.client(), &route, &known).await;
                judge(&api, &response);
                if response.status < 300 {
                    worked.insert(route);
                    serde_json::from_slice(&response.body)
                        .map(|answer| known.learn(&answer))
                        .unwrap_or_default();
                }
            }
            worked
        })
    });
    let mut worked = HashSet::new();
    for worker in workers.collect::<Vec<_>>() {
        worked.extend(worker.await.unwrap());
    }
    // A question is over before its name is known, so there is none to cancel.
    let idle: Vec<_> =
        routes.iter().filter(|route| !worked.contains(*route) && !route.1.ends_with("/cancel")).collect();
    assert!(idle.is_empty(), "no request was good enough for {idle:?}");
    assert!(setup.server.lives());
    assert!(!setup.server.log().contains("panicked"), "a handler panicked");
    assert_eq!(setup.api.sql("SELECT count(*) FROM customers").await.expect(200)["data"], json!([[4]]));
    assert_eq!(setup.metric("sqlatte_running_queries").await, Some(0.0));
}

/// The interpreter without a model reads whatever people type.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_question_is_a_fault_of_the_interpreter_without_a_model() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("shop.db");
    database::shop(&file);
    let server = Start::new().database(&file).serve();
    let api = Api::of(&server).await;
    let mut random = Random::new(SEED);
    for _ in 0..1_000 {
        let question = match random.below(4) {
            0 => random.text(200),
            _ => random.question(),
        };
        let response = api.ask(&question).await;
        // Blank ones are no questions; a statement of the interpreter's own is never refused or rejected.
        let blank = question.trim().is_empty();
        assert_eq!(response.status, if blank { 422 } else { 200 }, "{question:?}: {}", response.text());
    }
}

impl Known {
    /// Takes the newest names from an answer.
    fn learn(&mut self, answer: &Value) {
        let texts = ["session_id", "query_id", "id"].map(|key| answer[key].as_str().map(str::to_owned));
        match texts {
            [Some(session), Some(query), _] => (self.session, self.query) = (session, query),
            [_, _, Some(favorite)] => self.favorite = favorite,
            _ => {}
        }
    }
}

fn judge(api: &Api, response: &Response) {
    let what = || format!("{} answered {}: {}", response.request, response.status, response.text());
    assert!(response.status < 500, "{}", what());
    if response.status >= 400 {
        api.contract().check(response);
    }
    if response.header("content-type") == "text/event-stream" {
        // A failure in a stream has its status in the event.
        assert!(!response.text().contains("\"status\":5"), "{}", what());
    }
}

async fn send(random: &mut Random, client: &Client, route: &(String, String), known: &Known) -> Response {
    let (method, template) = route;
    let mut client = client.clone();
    if !random.one_in(4) {
        client = client.session(&known.session);
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
        _ => fitting(random, template).to_string().into(),
    };
    if random.one_in(12) {
        client = client.with("content-type", &random.header());
    } else {
        client = client.with("content-type", "application/json");
    }
    let path = path(random, template, known);
    client.send(Method::from_bytes(method.as_bytes()).unwrap(), &path, body).await
}

/// The path with something for its holes, and often a query string.
fn path(random: &mut Random, template: &str, known: &Known) -> String {
    let hole = match random.below(4) {
        0 | 1 if template.starts_with("/api/favorites") => known.favorite.clone(),
        0 | 1 => known.query.clone(),
        2 => uuid::Uuid::from_u128(random.wide()).to_string(),
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
        "/api/favorites" => &["sql", "name", "question", "query_id"],
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
