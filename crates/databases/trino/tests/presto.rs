//! The whole way to a Presto server, against a stand-in that answers as Presto's documentation and its source say:
//! its own headers, no table of comments, plans without numbers, nested values as texts.

#![expect(clippy::unwrap_used, reason = "tests and their helpers fail by panicking")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::{StreamExt, TryStreamExt};
use serde_json::{Value as Json, json};
use sqlatte_db_trino::PrestoFactory;
use sqlatte_guard::{Dialect, Guarded};
use sqlatte_providers::{Batch, ColumnType, DatabaseProvider, ErrorKind, Query, Registry, Settings, Value};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{method, path, path_regex},
};

/// Columns, as names and types with their signatures, and rows.
type Answer = (Json, Json);

fn text(name: &str) -> Json {
    let length = json!([{ "kind": "LONG_LITERAL", "value": 2_147_483_647 }]);
    let signature =
        json!({ "rawType": "varchar", "typeArguments": [], "literalArguments": [], "arguments": length });
    json!({ "name": name, "type": "varchar", "typeSignature": signature })
}

fn plain(name: &str, kind: &str) -> Json {
    let signature = json!({ "rawType": kind, "typeArguments": [], "literalArguments": [], "arguments": [] });
    json!({ "name": name, "type": kind, "typeSignature": signature })
}

fn nested() -> Answer {
    let part = |kind: &str| plain("", kind)["typeSignature"].clone();
    let whole = |kind: &str, types: Json, arguments: Json| json!({ "rawType": kind, "typeArguments": types, "literalArguments": [], "arguments": arguments });
    let list = |of: &Json| whole("array", json!([of]), json!([{ "kind": "TYPE_SIGNATURE", "value": of }]));
    let dates = list(&part("date"));
    let field = |name: &str, kind: &str| {
        let name = json!({ "name": name, "delimited": false });
        json!({ "kind": "NAMED_TYPE_SIGNATURE", "value": { "fieldName": name, "typeSignature": kind } })
    };
    let fields = json!([field("x", "varbinary"), field("y", "array(date)")]);
    let row = whole("row", json!([part("varbinary"), dates]), fields);
    let map_of = [
        json!({ "kind": "TYPE_SIGNATURE", "value": part("bigint") }),
        json!({ "kind": "TYPE_SIGNATURE", "value": row }),
    ];
    let map = whole("map", json!([part("bigint"), row]), json!(map_of));
    let columns = json!([
        { "name": "days", "type": "array(array(date))", "typeSignature": list(&dates) },
        { "name": "rows", "type": "map(bigint,row(x varbinary,y array(date)))", "typeSignature": map },
        plain("at", "timestamp with time zone"),
        plain("much", "decimal"),
        plain("share", "double"),
    ]);
    let cells = json!([
        r#"[ "[ \"2024-02-29\" ]", null ]"#,
        "{\n  \"7\" : \"[ \\\"AP8=\\\", \\\"[ ]\\\" ]\"\n}",
        "2026-11-22 13:14:15.123 Europe/Istanbul",
        "12345678901234567890.50",
        "NaN",
    ]);
    (columns, json!([cells]))
}

/// What Presto says to a statement; a failure is its name and message.
fn answer(sql: &str) -> Result<Answer, (&'static str, String)> {
    let one = |sql: &str, part: &str| sql.contains(part);
    Ok(match sql {
        "SHOW CATALOGS" => (json!([text("Catalog")]), json!([["hive"], ["system"]])),
        "SELECT days" => nested(),
        "SELECT count(*) FROM orders" => (json!([plain("_col0", "bigint")]), json!([[3]])),
        sql if one(sql, "system.metadata.") => {
            return Err(("SYNTAX_ERROR", "line 1:44: Schema metadata does not exist".to_owned()));
        }
        sql if one(sql, "EXPLAIN (TYPE IO") => {
            let table = json!({ "catalog": "hive", "schemaTable": { "schema": "web", "table": "orders" } });
            let plan = json!({ "inputTableColumnInfos": [{ "table": table, "columnConstraints": [] }] });
            (json!([text("Query Plan")]), json!([[plan.to_string()]]))
        }
        sql if one(sql, "information_schema.schemata") => (json!([text("schema_name")]), json!([["web"]])),
        sql if one(sql, "information_schema.tables") => {
            let columns = ["table_schema", "table_name", "table_type"].map(text);
            (json!(columns), json!([["web", "orders", "BASE TABLE"]]))
        }
        sql if one(sql, "information_schema.columns") => {
            let names = [
                "table_schema",
                "table_name",
                "column_name",
                "data_type",
                "is_nullable",
                "column_default",
                "comment",
                "extra_info",
            ];
            let rows = json!([
                ["web", "orders", "id", "bigint", "YES", null, null, null],
                ["web", "orders", "tags", "array(varchar)", "YES", null, "What it is about", null],
                ["web", "orders", "day", "date", "YES", null, null, "partition key"],
            ]);
            (json!(names.map(text)), rows)
        }
        other => return Err(("SYNTAX_ERROR", format!("line 1:1: mismatched input in {other}"))),
    })
}

/// A server that takes statements under Presto's headers alone, and gives columns and rows with the page after the
/// first.
async fn presto() -> MockServer {
    let server = MockServer::start().await;
    let (uri, statements) = (server.uri(), Arc::new(Mutex::new(Vec::<String>::new())));
    let known = Arc::clone(&statements);
    let submit = move |request: &Request| {
        let user = request.headers.get("x-presto-user");
        if user.is_none_or(|user| user != "ann") {
            return ResponseTemplate::new(400).set_body_string("User must be set");
        }
        let mut statements = known.lock().unwrap();
        statements.push(String::from_utf8(request.body.clone()).unwrap());
        let id = statements.len() - 1;
        let next = format!("{uri}/v1/statement/queued/{id}/1?slug=x");
        ResponseTemplate::new(200)
            .set_body_json(json!({ "id": id.to_string(), "infoUri": uri, "nextUri": next, "warnings": [] }))
    };
    let page = move |request: &Request| {
        let id: usize = request.url.path().split('/').nth(4).unwrap().parse().unwrap();
        let stats = json!({ "state": "FINISHED" });
        let page = match answer(&statements.lock().unwrap()[id]) {
            Ok((columns, data)) => json!({ "id": "q", "columns": columns, "data": data, "stats": stats }),
            Err((name, message)) => {
                let error = json!({
                    "message": message, "errorCode": 1, "errorName": name, "errorType": "USER_ERROR",
                    "errorLocation": { "lineNumber": 1, "columnNumber": 1 },
                });
                json!({ "id": "q", "error": error, "stats": stats })
            }
        };
        ResponseTemplate::new(200).set_body_json(page)
    };
    Mock::given(method("POST")).and(path("/v1/statement")).respond_with(submit).mount(&server).await;
    Mock::given(method("GET"))
        .and(path_regex("^/v1/statement/queued/"))
        .respond_with(page)
        .mount(&server)
        .await;
    Mock::given(method("DELETE")).respond_with(ResponseTemplate::new(204)).mount(&server).await;
    server
}

async fn provider(server: &MockServer) -> Arc<dyn DatabaseProvider> {
    let settings = json!({
        "host": "127.0.0.1", "port": server.address().port(), "user": "ann", "catalog": "hive", "schema": "web",
    });
    let registry = Registry::new().with_database(PrestoFactory);
    registry.database("presto", &Settings::new(settings).unwrap()).await.unwrap()
}

fn query(sql: &str) -> Query {
    let sql = Guarded::unguarded(sql, Dialect::Trino);
    Query { sql, max_rows: 100, timeout: Duration::from_secs(60) }
}

#[tokio::test]
async fn the_whole_way_under_prestos_headers() {
    let server = presto().await;
    let presto = provider(&server).await;
    assert_eq!((presto.info().kind, presto.info().dialect), ("presto", Dialect::Trino));
    presto.check().await.unwrap();

    let tables = presto.tables().await.unwrap();
    assert_eq!(tables.iter().map(ToString::to_string).collect::<Vec<_>>(), ["hive.web.orders"]);
    let orders = presto.describe(&tables).await.unwrap().remove(0);
    let columns: Vec<_> = orders.columns.iter().map(|column| (column.name.as_str(), column.kind)).collect();
    assert_eq!(
        columns,
        [("id", ColumnType::Integer), ("tags", ColumnType::Array), ("day", ColumnType::Date)]
    );
    assert_eq!(orders.columns[1].comment.as_deref(), Some("What it is about"));
    assert_eq!(orders.layout.partitioned_by, ["day"]);
    // Its plans have no numbers, which is not the same as none.
    assert_eq!(orders.table.rows_estimate, None);
    let count = query("SELECT count(*) FROM orders");
    assert_eq!(presto.estimate(&count.sql).await.unwrap(), None);
    let batches: Vec<Batch> = presto.query(count).await.unwrap().batches.try_collect().await.unwrap();
    assert_eq!(batches[0].rows, [[Value::Integer(3)]]);

    let error = presto.query(query("SELECT nothing")).await.map(|_| ()).unwrap_err();
    assert_eq!((error.kind(), error.position()), (ErrorKind::Rejected, Some(0)));
    assert_eq!(error.message(), "mismatched input in SELECT nothing");

    for request in server.received_requests().await.unwrap() {
        let names: Vec<&str> = request.headers.keys().map(|name| name.as_str()).collect();
        assert!(names.contains(&"x-presto-user") && names.contains(&"x-presto-catalog"), "{names:?}");
        assert!(!names.iter().any(|name| name.starts_with("x-trino")), "{names:?}");
    }
}

#[tokio::test]
async fn what_comes_as_text_is_read_by_its_type() {
    let server = presto().await;
    let mut stream = provider(&server).await.query(query("SELECT days")).await.unwrap();
    let kinds: Vec<ColumnType> = stream.columns.iter().map(|column| column.kind).collect();
    let (json, array) = (ColumnType::Json, ColumnType::Array);
    assert_eq!(kinds, [array, json, ColumnType::TimestampTz, ColumnType::Decimal, ColumnType::Float]);
    let row = stream.batches.next().await.unwrap().unwrap().rows.remove(0);
    let day = Value::Array(vec![Value::Text("2024-02-29".to_owned())]);
    assert_eq!(
        row[..4],
        [
            Value::Array(vec![day, Value::Null]),
            Value::Json(json!({ "7": { "x": "AP8=", "y": [] } })),
            Value::Text("2026-11-22T13:14:15.123+03:00".to_owned()),
            Value::Decimal("12345678901234567890.50".to_owned()),
        ]
    );
    assert!(matches!(row[4], Value::Float(number) if number.is_nan()));
}
