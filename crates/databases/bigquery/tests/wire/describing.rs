use serde_json::{Value as Json, json};
use sqlatte_db_bigquery::{Bigquery, BigqueryConfig};
use sqlatte_providers::{ColumnType, DatabaseProvider, ErrorKind, TableKind, TableRef};
use wiremock::{
    Mock, ResponseTemplate,
    matchers::{method, path, query_param, query_param_is_missing},
};

use crate::service::{Service, failure, plan};

impl Service {
    async fn answers(&self, to: &str, answer: &Json) {
        let answer = ResponseTemplate::new(200).set_body_json(answer);
        let to = format!("/bigquery/v2/projects/{to}");
        Mock::given(method("GET")).and(path(to)).respond_with(answer).mount(&self.0).await;
    }
}

fn listed(project: &str, dataset: &str, table: &str, kind: &str) -> Json {
    json!({ "tableReference": { "projectId": project, "datasetId": dataset, "tableId": table }, "type": kind })
}

#[tokio::test]
async fn all_datasets_are_listed_page_by_page() {
    let service = Service::start().await;
    let dataset = |name: &str| json!({ "datasetReference": { "projectId": "shop", "datasetId": name } });
    service.answers("shop/datasets", &json!({ "datasets": [dataset("sales"), dataset("secret")] })).await;
    let sales = "/bigquery/v2/projects/shop/datasets/sales/tables";
    let kinds = ["TABLE", "VIEW", "MATERIALIZED_VIEW", "EXTERNAL", "SNAPSHOT"];
    let tables: Vec<Json> =
        kinds.iter().map(|kind| listed("shop", "sales", &kind.to_lowercase(), kind)).collect();
    let first =
        ResponseTemplate::new(200).set_body_json(json!({ "tables": tables[..3], "nextPageToken": "2" }));
    Mock::given(method("GET"))
        .and(path(sales))
        .and(query_param("pageToken", ""))
        .respond_with(first.clone())
        .mount(&service.0)
        .await;
    Mock::given(method("GET"))
        .and(path(sales))
        .and(query_param_is_missing("pageToken"))
        .respond_with(first)
        .mount(&service.0)
        .await;
    let second = ResponseTemplate::new(200).set_body_json(json!({ "tables": tables[3..] }));
    Mock::given(method("GET"))
        .and(path(sales))
        .and(query_param("pageToken", "2"))
        .respond_with(second)
        .mount(&service.0)
        .await;
    let secret = "/bigquery/v2/projects/shop/datasets/secret/tables";
    let denied = failure(403, "accessDenied", "Access Denied: Dataset shop:secret");
    Mock::given(method("GET")).and(path(secret)).respond_with(denied).mount(&service.0).await;

    let mut config = BigqueryConfig::new("shop");
    config.endpoint = Some(service.0.uri());
    let provider = Bigquery::new(config).unwrap();
    let found: Vec<_> =
        provider.tables().await.unwrap().into_iter().map(|table| (table.to_string(), table.kind)).collect();
    let expected = [
        ("external", TableKind::ForeignTable),
        ("materialized_view", TableKind::MaterializedView),
        ("snapshot", TableKind::Table),
        ("table", TableKind::Table),
        ("view", TableKind::View),
    ];
    assert_eq!(found, expected.map(|(name, kind)| (format!("shop.sales.{name}"), kind)));
    assert!(provider.info().home.is_empty());
}

#[tokio::test]
async fn a_table_is_described_with_all_that_writing_sql_needs() {
    let service = Service::start().await;
    let reference = |table: &str| json!({ "projectId": "shop", "datasetId": "sales", "tableId": table });
    service
        .answers(
            "shop/datasets/sales/tables/orders",
            &json!({
                "tableReference": reference("orders"),
                "type": "TABLE",
                "description": "What was bought",
                "numRows": "123456",
                "numBytes": "99",
                "timePartitioning": { "type": "DAY", "field": "day" },
                "clustering": { "fields": ["client_id", "status"] },
                "requirePartitionFilter": true,
                "schema": { "fields": [
                    { "name": "id", "type": "INTEGER", "mode": "REQUIRED" },
                    { "name": "client_id", "type": "INTEGER", "mode": "NULLABLE", "description": "Who bought" },
                    { "name": "day", "type": "DATE", "defaultValueExpression": "CURRENT_DATE()" },
                    { "name": "status", "type": "STRING", "maxLength": "10" },
                    { "name": "items", "type": "RECORD", "mode": "REPEATED", "fields": [
                        { "name": "sku", "type": "STRING" }, { "name": "qty", "type": "INTEGER" },
                    ] },
                ] },
                "tableConstraints": {
                    "primaryKey": { "columns": ["id"] },
                    "foreignKeys": [{
                        "name": "fk",
                        "referencedTable": reference("clients"),
                        "columnReferences": [{ "referencingColumn": "client_id", "referencedColumn": "id" }],
                    }],
                },
            }),
        )
        .await;
    let mut rows: Vec<Json> = vec![json!({ "f": [{ "v": "paid" }] }); 3];
    rows.extend([json!({ "f": [{ "v": "open" }] }), json!({ "f": [{ "v": null }] })]);
    Mock::given(method("GET"))
        .and(path("/bigquery/v2/projects/shop/datasets/sales/tables/orders/data"))
        .and(query_param("selectedFields", "status"))
        .and(query_param("maxResults", "2000"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "totalRows": "5", "rows": rows })))
        .mount(&service.0)
        .await;
    let mut config = service.config();
    config.samples = true;
    let provider = Bigquery::new(config).unwrap();
    let orders = TableRef { schema: Some("sales".to_owned()), ..TableRef::new("orders") };
    let schema = provider.describe(std::slice::from_ref(&orders)).await.unwrap().remove(0);

    assert_eq!(schema.table.comment.as_deref(), Some("What was bought"));
    assert_eq!(schema.table.rows_estimate, Some(123_456));
    assert_eq!((schema.layout.partitioned_by, schema.layout.filter_required), (vec!["day".to_owned()], true));
    assert_eq!(schema.layout.clustered_by, ["client_id", "status"]);
    assert_eq!(schema.primary_key, ["id"]);
    assert_eq!(schema.foreign_keys[0].references, "sales.clients");
    assert_eq!(schema.foreign_keys[0].columns, ["client_id"]);
    assert_eq!(schema.foreign_keys[0].referenced_columns, ["id"]);
    let columns: Vec<_> = schema
        .columns
        .iter()
        .map(|it| (it.name.as_str(), it.database_type.as_str(), it.kind, it.nullable))
        .collect();
    assert_eq!(
        columns,
        [
            ("id", "INT64", ColumnType::Integer, false),
            ("client_id", "INT64", ColumnType::Integer, true),
            ("day", "DATE", ColumnType::Date, true),
            ("status", "STRING(10)", ColumnType::Text, true),
            ("items", "ARRAY<STRUCT<sku STRING, qty INT64>>", ColumnType::Array, false),
        ]
    );
    assert_eq!(schema.columns[1].comment.as_deref(), Some("Who bought"));
    assert_eq!(schema.columns[2].default.as_deref(), Some("CURRENT_DATE()"));
    assert_eq!(schema.columns[3].samples, ["paid", "open"]);
}

#[tokio::test]
async fn samples_that_fail_fail_nothing() {
    let service = Service::start().await;
    let table = json!({
        "tableReference": { "projectId": "shop", "datasetId": "sales", "tableId": "orders" },
        "type": "TABLE",
        "timePartitioning": { "type": "DAY" },
        "schema": { "fields": [{ "name": "status", "type": "STRING" }] },
    });
    service.answers("shop/datasets/sales/tables/orders", &table).await;
    let mut config = service.config();
    config.samples = true;
    let orders = TableRef { schema: Some("sales".to_owned()), ..TableRef::new("orders") };
    let schema = Bigquery::new(config).unwrap().describe(&[orders]).await.unwrap().remove(0);
    assert!(schema.columns[0].samples.is_empty());
    assert_eq!(schema.layout.partitioned_by, ["_PARTITIONTIME"]);
}

#[tokio::test]
async fn a_check_names_what_is_wrong_with_a_dataset() {
    let service = Service::start().await;
    service.dry_run(&plan("SELECT", "0", &json!([]))).await;
    let missing = failure(404, "notFound", "Not found: Dataset shop:sales");
    let dataset = "/bigquery/v2/projects/shop/datasets/sales";
    Mock::given(method("GET"))
        .and(path(dataset))
        .respond_with(missing)
        .up_to_n_times(1)
        .mount(&service.0)
        .await;
    service.answers("shop/datasets/sales", &json!({ "location": "US" })).await;
    let provider = service.provider();
    let error = provider.check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidSettings);
    assert_eq!(error.message(), "there is no dataset `shop.sales`: check `datasets`");
    let error = provider.check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidSettings);
    assert!(error.message().contains("is in US, and `location` says EU"), "{error}");
}
