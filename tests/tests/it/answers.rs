//! `POST /api/query` and `POST /api/sql`: whole answers.

use serde_json::json;

use crate::support::{Setup, answers};

const SALES: &str = "SELECT product, revenue FROM sales ORDER BY revenue DESC";

#[tokio::test]
async fn a_question_is_answered_with_sql_and_rows() {
    let setup = Setup::shop().await;
    let answer = setup.api.ask(&format!("run {SALES}")).await.expect(200);
    assert_eq!(answer["response_type"], "sql");
    assert_eq!(answer["sql"], SALES);
    assert_eq!(answer["dialect"], "sqlite");
    assert_eq!(answer["explanation"], "What was asked for");
    let reading = json!({"phrase": "what", "meaning": "everything", "kind": "column", "assumed": true});
    assert_eq!(answer["readings"], json!([reading]));
    assert_eq!(answer["confidence"], 0.9);
    assert_eq!(answer["tables"], json!(["sales"]));
    assert_eq!(answer["columns"], json!(["product", "revenue"]));
    assert_eq!(answer["data"][0][0], "Beans");
    assert_eq!((&answer["row_count"], &answer["truncated"]), (&json!(3), &json!(false)));
    assert_eq!(answer["data"].as_array().unwrap().len(), 3);
    assert_eq!(answer["chart"]["x"], "product");
    assert_eq!(answer["suggestions"], json!(["And what else?"]));
    assert_eq!((&answer["attempts"], &answer["cached"]), (&json!(1), &json!(false)));
    assert_eq!(answer["usage"]["llm_calls"], 1);
    assert!(answer["usage"]["input_tokens"].as_u64() > Some(0));
    let timing = &answer["timing_ms"];
    let spent = timing["llm"].as_f64().unwrap() + timing["database"].as_f64().unwrap();
    assert!(spent > 0.0 && timing["total"].as_f64().unwrap() >= spent, "{timing}");
    assert_eq!(setup.model.calls(), 1, "one question is one call");
}

#[tokio::test]
async fn words_are_answered_with_words() {
    let setup = Setup::shop().await;
    let hello = setup.api.ask("hello").await.expect(200);
    assert_eq!((&hello["response_type"], &hello["message"]), (&json!("chat"), &json!("You said: hello")));
    assert_eq!(hello["intent"]["intent"], "chat");
    assert!(hello.get("clarification").is_none() && hello.get("unanswerable").is_none(), "{hello}");

    let which = setup.api.ask("which top sellers or top earners").await.expect(200);
    assert_eq!(which["clarification"], json!({"options": ["top sellers", "top earners"]}));

    let never = setup.api.ask("never the weather is not in the data").await.expect(200);
    assert_eq!(never["unanswerable"], json!({"reason": "the weather is not in the data"}));
    assert_eq!(never["suggestions"], json!(["How many orders?"]));
}

#[tokio::test]
async fn own_sql_needs_no_model() {
    let setup = Setup::shop().await;
    let answer = setup.api.sql(SALES).await.expect(200);
    assert_eq!(answer["data"][0][0], "Beans");
    assert!(answer["confidence"].is_null());
    assert_eq!(answer["usage"]["llm_calls"], 0);
    assert_eq!(setup.model.calls(), 0);
}

#[tokio::test]
async fn limits_cut_and_say_so() {
    let setup = Setup::with(
        |file| sqlatte_e2e::database::numbers(file, 3000),
        |start| start.config("query: {max_limit: 2000}"),
    )
    .await;
    let all = "SELECT id FROM numbers ORDER BY id";
    for (limit, rows) in [(json!(null), 1000), (json!(7), 7), (json!(2000), 2000)] {
        let body = json!({"sql": all, "limit": limit});
        let answer = setup.api.post("/api/sql", &body).await.expect(200);
        assert_eq!((&answer["row_count"], &answer["truncated"]), (&json!(rows), &json!(true)), "{limit}");
        assert_eq!(answer["data"].as_array().unwrap().len(), rows);
        let body = json!({"question": format!("run {all}"), "limit": limit});
        assert_eq!(setup.api.post("/api/query", &body).await.expect(200)["row_count"], rows);
    }
    let exact =
        setup.api.post("/api/sql", &json!({"sql": format!("{all} LIMIT 5"), "limit": 5})).await.expect(200);
    assert_eq!((&exact["row_count"], &exact["truncated"]), (&json!(5), &json!(false)));
}

#[tokio::test]
async fn insights_only_when_wanted() {
    let setup = Setup::shop().await;
    let body = |insights: bool| json!({"sql": SALES, "insights": insights});
    assert_eq!(setup.api.post("/api/sql", &body(false)).await.expect(200)["insights"], json!([]));
    let found = setup.api.post("/api/sql", &body(true)).await.expect(200);
    for insight in found["insights"].as_array().unwrap() {
        assert!(["info", "warning"].contains(&insight["severity"].as_str().unwrap()), "{insight}");
        assert!(!insight["message"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn tables_can_be_named_in_two_ways() {
    let setup = Setup::shop().await;
    let prompt = |setup: &Setup| setup.model.requests().last().unwrap()["system"].to_string();
    setup.api.post("/api/query", &json!({"question": "hello", "tables": ["customers"]})).await.expect(200);
    assert!(prompt(&setup).contains("customers") && !prompt(&setup).contains("ordered_on"));

    // What a client says of columns is never believed.
    let schema = "Table: orders\nColumns: invented_by_client INTEGER\n";
    for field in ["schema", "table_schema"] {
        setup.api.post("/api/query", &json!({"question": "hello", field: schema})).await.expect(200);
        let prompt = prompt(&setup);
        assert!(prompt.contains("ordered_on") && !prompt.contains("invented_by_client"), "{prompt}");
    }
}

#[tokio::test]
async fn the_model_sees_rows_only_as_samples_and_today() {
    let setup = Setup::shop().await;
    setup.api.ask("hello").await.expect(200);
    let request = &setup.model.requests()[0];
    let message = request["messages"].to_string();
    assert!(message.contains("Today is "), "{message}");
    let system = request["system"].to_string();
    for fact in ["In euros", "Full name", "customer_id", "References", "sqlite"] {
        assert!(system.to_lowercase().contains(&fact.to_lowercase()), "no `{fact}` in {system}");
    }
}

#[tokio::test]
async fn a_limit_beyond_the_greatest_is_refused() {
    let setup =
        Setup::with(sqlatte_e2e::database::shop, |start| start.config("query: {max_limit: 2000}")).await;
    let body = json!({"sql": "SELECT 1", "limit": 2001});
    let problem = setup.api.post("/api/sql", &body).await.problem(422, "invalid_request");
    assert!(problem["detail"].as_str().unwrap().contains("limit"), "{problem}");
}

/// A statement with a name that does not exist never reaches the database: the model is asked to mend it.
#[tokio::test]
async fn a_slip_is_mended() {
    let setup = Setup::shop().await;
    setup.model.on("<data kind=\"statement\">", answers("SELECT name FROM customers ORDER BY id"));
    setup.model.on("mend it", answers("SELECT nam FROM customers ORDER BY id"));
    let answer = setup.api.ask("mend it").await.expect(200);
    assert_eq!(answer["sql"], "SELECT name FROM customers ORDER BY id", "{answer}");
    assert_eq!((&answer["attempts"], &answer["usage"]["llm_calls"]), (&json!(2), &json!(2)), "{answer}");
    let problem = setup.api.sql("SELECT nam FROM customers").await.problem(422, "sql_rejected");
    assert!(problem["detail"].as_str().unwrap().contains("`name`"), "{problem}");
}
