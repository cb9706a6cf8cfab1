//! `/health`, `/ready`, `/metrics`.

use std::fs;

use sqlatte_testkit::llm::Reply;

use crate::support::Setup;

#[tokio::test]
async fn health_is_told_from_memory() {
    let setup = Setup::shop().await;
    let calls = setup.model.calls();
    let health = setup.client().get("/health").await.expect(200);
    assert_eq!((health["status"].as_str(), health["name"].as_str()), (Some("ok"), Some("SQLatte")));
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(health["components"]["database"]["kind"], "sqlite");
    assert_eq!(health["components"]["llm"]["kind"], "anthropic");
    assert_eq!(setup.model.calls(), calls, "health never waits for a model");
    assert!(!health.to_string().contains("sk-test-key"), "no secret leaves");
}

#[tokio::test]
async fn readiness_follows_the_database() {
    let setup = Setup::shop().await;
    assert_eq!(setup.client().get("/ready").await.expect(200)["ready"], true);
    fs::rename(setup.database(), setup.database().with_extension("away")).unwrap();
    setup.is_ready(503).await;
    let down = setup.client().get("/ready").await;
    assert_eq!((down.status, &down.json()["ready"]), (503, &false.into()));
    assert_eq!(setup.client().get("/health").await.status, 200, "the server itself is well");
    fs::rename(setup.database().with_extension("away"), setup.database()).unwrap();
    setup.is_ready(200).await;
}

#[tokio::test]
async fn metrics_count_what_is_done() {
    let setup = Setup::shop().await;
    setup.api.ask("run SELECT 1").await.expect(200);
    setup.api.ask("hello").await.expect(200);
    setup.api.sql("DELETE FROM customers").await.problem(422, "sql_refused");
    setup.model.on("unreadable", Reply::text("I'd rather not."));
    setup.api.ask("something unreadable").await.problem(502, "llm_bad_answer");
    setup.client().get("/no/such/page/at-all").await.problem(404, "not_found");
    let metrics = setup.client().get("/metrics").await;
    assert!(metrics.header("content-type").starts_with("text/plain; version=0.0.4"));
    let text = metrics.text();
    for line in [
        "sqlatte_questions_total{outcome=\"answered\"} 1",
        "sqlatte_questions_total{outcome=\"replied\"} 1",
        "sqlatte_questions_total{outcome=\"sql_refused\"} 1",
        "sqlatte_questions_total{outcome=\"llm_bad_answer\"} 1",
        "sqlatte_llm_calls_total 4",
        "sqlatte_running_queries 0",
    ] {
        assert!(text.lines().any(|one| one == line), "no `{line}` in\n{text}");
    }
    assert!(!text.contains("at-all"), "paths of a client's own would fill the memory:\n{text}");
    for part in ["route=\"/api/query\"", "route=\"unmatched\"", "sqlatte_question_seconds_bucket"] {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
}
