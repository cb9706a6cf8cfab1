//! Words that change what a question means: "only", "both", "but not", "no". They are read, or the question is
//! declined. On the demo database, with a view of some of the orders beside it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::{sync::Arc, time::Duration};

use chrono::NaiveDate;
use futures::StreamExt;
use sqlatte_core::{Catalog, Context, Interpretation, Interpreter, Schema};
use sqlatte_db_sqlite::{Sqlite, SqliteConfig, demo};
use sqlatte_guard::{Dialect, Guard};
use sqlatte_offline::Offline;
use sqlatte_providers::{DatabaseProvider, Query, TableKind, TableRef};

struct Demo {
    _folder: tempfile::TempDir,
    database: Arc<Sqlite>,
    catalog: Catalog,
    schema: Arc<Schema>,
    today: NaiveDate,
}

impl Demo {
    async fn new() -> Self {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("demo.db");
        demo::create(&path, today).unwrap();
        let database = Arc::new(Sqlite::open(SqliteConfig::new(&path)).unwrap());
        let catalog = Catalog::new(Arc::clone(&database) as Arc<dyn DatabaseProvider>);
        let schema = catalog.describe(&catalog.tables().await.unwrap()).await.unwrap();
        Demo { _folder: folder, database, catalog, schema, today }
    }

    /// The same database, as if there were a view of some orders beside the table, first by its name.
    fn with_view(self) -> Self {
        let mut tables = self.schema.tables.clone();
        let mut view = tables.iter().find(|table| table.table.name == "orders").unwrap().clone();
        view.table = TableRef { name: "big_orders".to_owned(), kind: TableKind::View, ..view.table };
        view.primary_key.clear();
        view.foreign_keys.clear();
        tables.insert(0, view);
        Demo { schema: Arc::new(Schema::new(tables)), ..self }
    }

    async fn ask(&self, question: &str) -> Interpretation {
        let context = Context {
            catalog: &self.catalog,
            schema: Arc::clone(&self.schema),
            conversation: &[],
            today: self.today,
            watcher: None,
        };
        Offline::new().interpret(question, &context).await.unwrap().interpretation
    }

    /// The rows of a statement, each as text, in order.
    async fn rows(&self, sql: &str) -> Vec<String> {
        let sql = Guard::new(Dialect::Sqlite).check(sql).unwrap();
        let query = Query { sql, max_rows: 100_000, timeout: Duration::from_secs(60) };
        let mut batches = self.database.query(query).await.unwrap().batches;
        let mut rows = Vec::new();
        while let Some(batch) = batches.next().await {
            rows.extend(batch.unwrap().rows.iter().map(|row| format!("{row:?}")));
        }
        rows.sort();
        rows
    }

    async fn answers(&self, question: &str, expected: &str) {
        let Interpretation::Sql(draft) = self.ask(question).await else {
            panic!("{question} was not answered: {:?}", self.ask(question).await)
        };
        let (answered, expected) = (self.rows(&draft.sql).await, self.rows(expected).await);
        assert!(!expected.is_empty(), "{question} has no rows");
        assert_eq!(answered, expected, "{question}\n{}", draft.sql);
    }

    async fn declines(&self, question: &str) {
        match self.ask(question).await {
            Interpretation::Unanswerable { nearest, .. } => assert_eq!(nearest.len(), 3, "{question}"),
            Interpretation::Clarify { options, .. } => assert!(options.len() > 1, "{question}"),
            other => panic!("{question} was answered: {other:?}"),
        }
    }
}

const ORDERED_2024: &str = "SELECT customer_id FROM orders WHERE ordered_at LIKE '2024%'";
const ORDERED_2025: &str = "SELECT customer_id FROM orders WHERE ordered_at LIKE '2025%'";
/// The categories of what was sold in each order.
const SOLD: &str = "SELECT o.customer_id, o.store_id, o.ordered_at, c.name AS category FROM orders o \
    JOIN order_items i ON i.order_id = o.id JOIN products p ON p.id = i.product_id \
    JOIN categories c ON c.id = p.category_id";

#[tokio::test]
async fn reads_words_that_change_the_meaning() {
    let demo = Demo::new().await;
    let of_both = format!("id IN ({ORDERED_2024}) AND id IN ({ORDERED_2025})");
    let not_again = format!("id IN ({ORDERED_2024}) AND id NOT IN ({ORDERED_2025})");
    let only_tea = format!(
        "id IN (SELECT customer_id FROM ({SOLD}) WHERE category = 'Tea') \
         AND id NOT IN (SELECT customer_id FROM ({SOLD}) WHERE category <> 'Tea')"
    );
    let only_online = "id IN (SELECT customer_id FROM orders WHERE channel = 'online') \
        AND id NOT IN (SELECT customer_id FROM orders WHERE channel <> 'online')";
    let no_tea = format!(
        "id NOT IN (SELECT store_id FROM ({SOLD}) WHERE category = 'Tea' AND ordered_at LIKE '2025%' \
         AND store_id IS NOT NULL)"
    );
    let discounted = "id IN (SELECT order_id FROM order_items WHERE discount_percent > 0)";
    let count = |table: &str, which: &str| format!("SELECT count(*) FROM {table} WHERE {which}");
    let names = |table: &str, which: &str| format!("SELECT name FROM {table} WHERE {which}");
    for (question, expected) in [
        ("customers who ordered in 2024 but not in 2025", names("customers", &not_again)),
        ("how many customers ordered in 2024 but not in 2025?", count("customers", &not_again)),
        ("how many customers ordered in both 2024 and 2025", count("customers", &of_both)),
        ("customers who ordered in both 2024 and 2025", names("customers", &of_both)),
        ("stores that sold no tea in 2025", names("stores", &no_tea)),
        ("customers who only order online", names("customers", only_online)),
        ("customers who ordered only online", names("customers", only_online)),
        ("number of customers who bought only tea", count("customers", &only_tea)),
        ("how many orders have a discount", count("orders", discounted)),
        ("how many orders without a discount", count("orders", &format!("NOT {discounted}"))),
        (
            "How many dark roast or medium roast products are there?",
            count("products", "roast_level IN ('dark', 'medium')"),
        ),
        ("how many dark roast products are there", count("products", "roast_level = 'dark'")),
        ("show only cancelled orders from 2025", {
            "SELECT id, ordered_at, status, channel, payment_method, shipping_cost, total_amount FROM orders \
             WHERE status = 'cancelled' AND ordered_at LIKE '2025%'"
                .to_owned()
        }),
        (
            "countries where we have suppliers but no customers",
            "SELECT DISTINCT country FROM suppliers WHERE country NOT IN (SELECT country FROM customers)"
                .to_owned(),
        ),
        (
            "Which cities have stores and customers?",
            "SELECT DISTINCT city FROM stores WHERE city IN (SELECT city FROM customers)".to_owned(),
        ),
        (
            "how many cities have customers but no stores",
            "SELECT count(DISTINCT city) FROM customers WHERE city NOT IN (SELECT city FROM stores)"
                .to_owned(),
        ),
        (
            "revenue in January and February 2025",
            "SELECT substr(ordered_at, 1, 7), sum(total_amount) FROM orders \
             WHERE ordered_at LIKE '2025-01%' OR ordered_at LIKE '2025-02%' GROUP BY 1"
                .to_owned(),
        ),
        (
            "revenue in 2025 only",
            "SELECT sum(total_amount) FROM orders WHERE ordered_at LIKE '2025%'".to_owned(),
        ),
    ] {
        demo.answers(question, &expected).await;
    }
}

#[tokio::test]
async fn finds_nothing_where_nothing_is_shared() {
    let demo = Demo::new().await;
    let Interpretation::Sql(draft) = demo.ask("Cities with both a store and a supplier").await else {
        panic!()
    };
    let expected = "SELECT city FROM stores WHERE city IN (SELECT city FROM suppliers)";
    assert_eq!(demo.rows(&draft.sql).await, demo.rows(expected).await, "{}", draft.sql);
}

#[tokio::test]
async fn says_who_it_was() {
    let demo = Demo::new().await;
    demo.answers(
        "Who placed the largest order in 2025?",
        "SELECT o.id, c.name, o.total_amount FROM orders o JOIN customers c ON c.id = o.customer_id \
         WHERE o.ordered_at LIKE '2025%' ORDER BY o.total_amount DESC LIMIT 1",
    )
    .await;
}

#[tokio::test]
async fn declines_what_it_would_read_wrongly() {
    let demo = Demo::new().await;
    for question in [
        "customers who ordered in 2024 and 2025",
        "revenue from customers who only order online",
        "total discount given in 2025",
        "cumulative revenue by month 2025",
        "running total of revenue by month",
        "orders with a rating",
        "average salary of baristas in Istanbul",
        "total shipping cost vs in 2025",
        "customers who ordered in every month of 2025",
        "customers who ordered in 2025 but not tea",
        "who handled the largest order in 2025?",
    ] {
        demo.declines(question).await;
    }
}

#[tokio::test]
async fn says_who_is_left_out_of_an_average() {
    let demo = Demo::new().await;
    let Interpretation::Sql(draft) = demo.ask("average number of orders per customer").await else {
        panic!()
    };
    assert!(draft.explanation.contains("Those customers that have no orders are left out."), "{draft:?}");
}

#[tokio::test]
async fn a_view_takes_nothing_from_its_table() {
    let (demo, viewed) = (Demo::new().await, Demo::new().await.with_view());
    for question in [
        "total revenue",
        "total shipping cost in 2024",
        "employees who never sold anything",
        "revenue by country",
        "revenue by month in 2025",
        "customers with more than 20 orders",
        "customers who ordered online",
        "top 5 customers by revenue",
        "orders over 500 euros",
        "cancelled orders",
        "number of orders per customer",
    ] {
        let (Interpretation::Sql(plain), Interpretation::Sql(beside)) =
            (demo.ask(question).await, viewed.ask(question).await)
        else {
            panic!("{question} was not answered")
        };
        assert_eq!(plain.sql, beside.sql, "{question}");
    }
    let Interpretation::Sql(named) = viewed.ask("how many big orders are there?").await else { panic!() };
    assert!(named.sql.contains("FROM big_orders"), "{}", named.sql);
}
