//! Values on the wire: nothing is lost.

use serde_json::json;

use crate::support::Setup;

#[tokio::test]
async fn odd_values_arrive_whole() {
    let setup = Setup::shop().await;
    let answer = setup.api.sql("SELECT kind, value FROM oddities ORDER BY id").await.expect(200);
    assert_eq!(
        answer["data"],
        json!([
            ["null", null],
            ["big", "9007199254740993"],
            ["small", "-9223372036854775808"],
            ["float", 0.1],
            ["infinity", null],
            ["bytes", "AP8Q"],
            ["text", "çay ☕ \"quoted\", a\nline"],
            ["formula", "=1+1"],
        ])
    );
}

#[tokio::test]
async fn types_are_said() {
    let setup = Setup::shop().await;
    let sql = "SELECT id, name, price * 1.0 AS price FROM products ORDER BY id";
    let answer = setup.api.sql(sql).await.expect(200);
    assert_eq!(answer["column_types"], json!(["integer", "text", "float"]));
    assert_eq!(answer["data"][1], json!([2, "Latte", 3.75]));
    let dates = setup.api.sql("SELECT ordered_on FROM orders ORDER BY id LIMIT 1").await.expect(200);
    assert_eq!((&dates["column_types"], &dates["data"]), (&json!(["date"]), &json!([["2026-01-05"]])));
}

#[tokio::test]
async fn names_of_every_script_are_kept() {
    let setup = Setup::shop().await;
    let sql = "SELECT name, city AS \"Şehir\" FROM customers WHERE city = 'İstanbul'";
    let answer = setup.api.sql(sql).await.expect(200);
    assert_eq!(answer["columns"], json!(["name", "Şehir"]));
    assert_eq!(answer["data"], json!([["İpek Şahin", "İstanbul"]]));
}

#[tokio::test]
async fn no_rows_are_an_answer_too() {
    let setup = Setup::shop().await;
    let answer = setup.api.sql("SELECT name FROM customers WHERE id < 0").await.expect(200);
    assert_eq!((&answer["data"], &answer["row_count"]), (&json!([]), &json!(0)));
    assert_eq!(answer["columns"], json!(["name"]));
}

#[tokio::test]
async fn decimals_travel_as_text() {
    let setup = Setup::shop().await;
    let answer = setup.api.sql("SELECT id, name, price FROM products ORDER BY id").await.expect(200);
    assert_eq!(answer["column_types"], json!(["integer", "text", "decimal"]));
    assert_eq!(answer["data"][1], json!([2, "Latte", "3.75"]));
}
