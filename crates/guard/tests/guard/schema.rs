//! Only the tables of a schema snapshot pass, whatever they are called in the statement.

use sqlatte_guard::{Dialect, Guard, Reason, TableName};

pub(crate) fn table(name: &str) -> TableName {
    TableName { parts: name.split('.').map(str::to_owned).collect() }
}

fn guard(dialect: Dialect, tables: &[&str]) -> Guard {
    Guard::new(dialect).with_tables(tables.iter().map(|name| table(name)))
}

#[track_caller]
fn reads(guard: &Guard, sql: &str, tables: &[&str]) {
    let guarded = guard.check(sql).unwrap_or_else(|refusal| panic!("{refusal}: {sql}"));
    let found: Vec<String> = guarded.tables().iter().map(ToString::to_string).collect();
    assert_eq!(found, tables, "{sql}");
}

#[track_caller]
fn refuses(guard: &Guard, sql: &str) {
    let refusal = guard.check(sql).expect_err(sql);
    assert_eq!(refusal.reason, Reason::Table, "{sql}: {refusal}");
}

#[test]
fn names_the_tables_in_order_of_first_use() {
    let guard = Guard::new(Dialect::Postgresql);
    reads(
        &guard,
        "SELECT * FROM Orders o JOIN \"Items\" i ON i.o = o.id WHERE o.c IN (SELECT id FROM sales.customers, orders)",
        &["orders", "Items", "sales.customers"],
    );
}

#[test]
fn a_cte_is_no_table_but_only_where_it_is_known() {
    let guard = guard(Dialect::Postgresql, &["public.orders"]);
    reads(&guard, "WITH c AS (SELECT * FROM orders) SELECT * FROM c", &["orders"]);
    refuses(&guard, "WITH c AS (SELECT * FROM secret) SELECT * FROM c");
    refuses(&guard, "WITH secret AS (SELECT * FROM secret) SELECT * FROM secret");
    refuses(&guard, "SELECT * FROM (WITH secret AS (SELECT 1) SELECT * FROM secret) x, secret");
    refuses(&guard, "WITH secret AS (SELECT 1) SELECT * FROM public.secret");
    refuses(&guard, "WITH \"SECRET\" AS (SELECT 1) SELECT * FROM SECRET");
}

#[test]
fn a_longer_name_is_someone_elses() {
    let trino = guard(Dialect::Trino, &["hive.sales.orders"]);
    reads(&trino, "SELECT * FROM HIVE.Sales.\"Orders\"", &["hive.sales.orders"]);
    reads(&trino, "SELECT * FROM orders", &["orders"]);
    refuses(&trino, "SELECT * FROM other.sales.orders");
    let two_parts = guard(Dialect::Trino, &["sales.orders"]);
    refuses(&two_parts, "SELECT * FROM other.sales.orders");
}

#[test]
fn a_home_completes_names() {
    let guard = guard(Dialect::Postgresql, &["shop.public.orders", "shop.sales.items"])
        .with_home(["shop".to_owned(), "public".to_owned()]);
    reads(&guard, "SELECT * FROM orders JOIN sales.items USING (id)", &["orders", "sales.items"]);
    reads(&guard, "SELECT * FROM shop.public.orders", &["shop.public.orders"]);
    refuses(&guard, "SELECT * FROM items");
    refuses(&guard, "SELECT * FROM other.public.orders");
}

#[test]
fn case_follows_the_engine() {
    refuses(&guard(Dialect::Postgresql, &["orders"]), "SELECT * FROM \"Orders\"");
    reads(&guard(Dialect::Postgresql, &["Orders"]), "SELECT * FROM \"Orders\"", &["Orders"]);
    refuses(&guard(Dialect::Postgresql, &["Orders"]), "SELECT * FROM Orders");
    refuses(&guard(Dialect::Mysql, &["orders"]), "SELECT * FROM ORDERS");
    reads(
        &guard(Dialect::Sqlite, &["Orders"]),
        "SELECT * FROM main.ORDERS, oRders".replace("main.ORDERS, ", "").as_str(),
        &["orders"],
    );
}

#[test]
fn arrays_of_a_row_are_no_tables() {
    let guard = guard(Dialect::Bigquery, &["p.d.orders"]);
    reads(&guard, "SELECT * FROM `p.d.orders` AS o, o.items AS i, UNNEST(i.tags) AS t", &["p.d.orders"]);
    reads(&guard, "SELECT * FROM d.orders, orders.items", &["d.orders"]);
    refuses(&guard, "SELECT * FROM d.orders AS o, x.items");
    refuses(&guard, "SELECT * FROM `other.d.orders`");
}

#[test]
fn catalogues_pass_only_if_listed() {
    refuses(&guard(Dialect::Sqlite, &["orders"]), "SELECT * FROM sqlite_schema");
    refuses(&guard(Dialect::Postgresql, &["orders"]), "SELECT * FROM information_schema.tables");
    refuses(&guard(Dialect::Mysql, &["orders"]), "TABLE secret");
    refuses(&guard(Dialect::Mysql, &["orders"]), "DESCRIBE secret");
    let listed = guard(Dialect::Postgresql, &["information_schema.columns"]);
    reads(&listed, "SELECT * FROM information_schema.columns", &["information_schema.columns"]);
    refuses(&guard(Dialect::Postgresql, &["pg_catalog.pg_authid"]), "SELECT * FROM pg_authid");
}

#[test]
fn an_administrator_lists_functions() {
    let guard =
        Guard::new(Dialect::Postgresql).with_functions(["shop.net_price".to_owned(), "Vat".to_owned()]);
    reads(&guard, "SELECT shop.net_price(p), VAT(p) FROM orders", &["orders"]);
    for sql in ["SELECT net_price(p) FROM orders", "SELECT other.vat(1)", "SELECT pg_sleep(1)"] {
        assert_eq!(guard.check(sql).expect_err(sql).reason, Reason::Function, "{sql}");
    }
}

#[test]
fn without_a_schema_a_foreign_catalog_stays_closed() {
    let trino = Guard::new(Dialect::Trino);
    reads(&trino, "SELECT * FROM hive_prod.sales.orders", &["hive_prod.sales.orders"]);
    reads(&trino, "SELECT * FROM sales.orders", &["sales.orders"]);
    refuses(&trino, "SELECT * FROM crm.public.customers");
    refuses(&trino, "SELECT 1 WHERE EXISTS (TABLE other_hive.sales.orders)");
    refuses(&trino, "SHOW TABLES FROM crm.public");
    refuses(&trino, "DESCRIBE crm.public.customers");
    let bigquery = Guard::new(Dialect::Bigquery);
    reads(&bigquery, "SELECT a FROM `bigquery-public-data.x.y`", &["bigquery-public-data.x.y"]);
    refuses(&bigquery, "SELECT a FROM `other-project.d.t`");
    reads(
        &guard(Dialect::Trino, &["crm.public.customers"]),
        "SELECT * FROM crm.public.customers",
        &["crm.public.customers"],
    );
    reads(
        &guard(Dialect::Bigquery, &["other-project.d.t"]),
        "SELECT * FROM `other-project.d.t`",
        &["other-project.d.t"],
    );
}

#[test]
fn a_whole_table_of_a_named_project_costs_too_much() {
    let whole = Guard::new(Dialect::Bigquery).check("SELECT * FROM `p.d.t`").expect_err("a copy");
    assert_eq!(whole.reason, Reason::Cost);
    let guard = Guard::new(Dialect::Bigquery);
    reads(&guard, "SELECT * FROM `p.d.t` LIMIT 10", &["p.d.t"]);
    reads(&guard, "WITH t AS (SELECT * FROM `p.d.t`) SELECT a FROM t", &["p.d.t"]);
}
