//! Questions that go on from the one before, and ordinary words for time, comparison and denial: on the demo
//! database, against hand-written SQL; what cannot be read well is declined or asked about.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::{sync::Arc, time::Duration};

use chrono::{NaiveDate, Utc};
use futures::StreamExt;
use sqlatte_core::{
    Catalog, Context, ConversationMessage, Interpretation, Interpreter, QueryId, Schema, Speaker,
};
use sqlatte_db_sqlite::{Sqlite, SqliteConfig, demo};
use sqlatte_guard::{Dialect, Guard};
use sqlatte_offline::Offline;
use sqlatte_providers::{DatabaseProvider, Query};

struct Demo {
    _folder: tempfile::TempDir,
    database: Arc<Sqlite>,
    catalog: Catalog,
    schema: Arc<Schema>,
    engine: Offline,
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
        Demo { _folder: folder, database, catalog, schema, engine: Offline::new(), today }
    }

    /// The same tables as most databases have them: nothing says what a column means.
    fn without_comments(self) -> Self {
        let mut tables = self.schema.tables.clone();
        for table in &mut tables {
            table.table.comment = None;
            table.columns.iter_mut().for_each(|column| column.comment = None);
        }
        Demo { schema: Arc::new(Schema::new(tables)), ..self }
    }

    async fn ask(&self, conversation: &[&str]) -> Interpretation {
        let (question, before) = conversation.split_last().unwrap();
        let before: Vec<ConversationMessage> = before
            .iter()
            .map(|text| ConversationMessage {
                speaker: Speaker::User,
                text: (*text).to_owned(),
                sql: None,
                query_id: QueryId::new(Utc::now()),
                created_at: Utc::now(),
            })
            .collect();
        let context = Context {
            catalog: &self.catalog,
            schema: Arc::clone(&self.schema),
            conversation: &before,
            today: self.today,
            watcher: None,
        };
        self.engine.interpret(question, &context).await.unwrap().interpretation
    }

    /// The rows of a statement as text, sorted.
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

    /// The last question is answered with the rows of this statement.
    async fn answers(&self, conversation: &[&str], expected: &str) {
        let draft = match self.ask(conversation).await {
            Interpretation::Sql(draft) => draft,
            other => panic!("{conversation:?} was not answered: {other:?}"),
        };
        let expected = self.rows(expected).await;
        assert!(!expected.is_empty(), "{conversation:?} has no rows");
        assert_eq!(self.rows(&draft.sql).await, expected, "{conversation:?}\n{}", draft.sql);
    }

    async fn declines(&self, conversation: &[&str]) {
        match self.ask(conversation).await {
            Interpretation::Unanswerable { nearest, .. } => assert_eq!(nearest.len(), 3, "{conversation:?}"),
            other => panic!("{conversation:?} was not declined: {other:?}"),
        }
    }
}

#[tokio::test]
async fn follow_ups_bound_the_groups() {
    let demo = Demo::new().await;
    let by_country = |condition: &str, bound: &str| {
        format!(
            "SELECT c.country, SUM(o.total_amount) FROM orders o JOIN customers c ON c.id = o.customer_id
             WHERE {condition} GROUP BY c.country HAVING {bound}"
        )
    };
    let above = ["revenue by country", "only those above 500000"];
    demo.answers(&above, &by_country("1 = 1", "SUM(o.total_amount) > 500000")).await;
    assert_eq!(demo.rows(&by_country("1 = 1", "SUM(o.total_amount) > 500000")).await.len(), 2);
    demo.answers(
        &["revenue by country", "only those above 500000", "only those below 500000"],
        &by_country("1 = 1", "SUM(o.total_amount) < 500000"),
    )
    .await;
    demo.answers(
        &["revenue by country", "only those above 200000", "in 2025"],
        &by_country("o.ordered_at LIKE '2025%'", "SUM(o.total_amount) > 200000"),
    )
    .await;
    demo.answers(
        &["revenue by country", "only those with more than 5000 orders"],
        &by_country("1 = 1", "COUNT(*) > 5000"),
    )
    .await;
    demo.answers(
        &["top 5 products by revenue", "only those above 300000"],
        "SELECT p.name, SUM(i.quantity * i.unit_price) FROM order_items i
         JOIN products p ON p.id = i.product_id
         GROUP BY p.id HAVING SUM(i.quantity * i.unit_price) > 300000 ORDER BY 2 DESC LIMIT 5",
    )
    .await;
    // a bound of countries is none of months, and one of revenue is none of pieces
    demo.declines(&["revenue by country", "only those above 500000", "and by month?"]).await;
    demo.declines(&["top 5 products by revenue", "only those above 1000", "by units instead"]).await;
    demo.declines(&["revenue and number of orders by country", "only those above 500000"]).await;
}

#[tokio::test]
async fn follow_ups_count_list_and_deny() {
    let demo = Demo::new().await;
    let cancelled = "FROM orders WHERE ordered_at LIKE '2025%' AND status = 'cancelled'";
    let counted = ["how many orders in 2025", "how many of them were cancelled?"];
    demo.answers(&counted, &format!("SELECT COUNT(*) {cancelled}")).await;
    demo.answers(
        &["orders in 2025", "how many of them were cancelled?"],
        &format!("SELECT COUNT(*) {cancelled}"),
    )
    .await;
    let listed = ["how many orders in 2025", "how many of them were cancelled?", "list them"];
    demo.answers(
        &listed,
        &format!(
            "SELECT id, ordered_at, status, channel, payment_method, shipping_cost, total_amount {cancelled}"
        ),
    )
    .await;
    demo.answers(
        &["how many customers in Berlin", "list them"],
        "SELECT name FROM customers WHERE city = 'Berlin'",
    )
    .await;
    demo.answers(
        &["revenue by country", "without cancelled orders"],
        "SELECT c.country, SUM(o.total_amount) FROM orders o JOIN customers c ON c.id = o.customer_id
         WHERE o.status <> 'cancelled' GROUP BY c.country",
    )
    .await;
    demo.answers(
        &["orders in 2025", "only online ones", "without cancelled orders", "how many is that?"],
        "SELECT COUNT(*) FROM orders
         WHERE ordered_at LIKE '2025%' AND channel = 'online' AND status <> 'cancelled'",
    )
    .await;
    demo.answers(
        &["top 5 products by revenue", "top 10 instead"],
        "SELECT p.name, SUM(i.quantity * i.unit_price) FROM order_items i
         JOIN products p ON p.id = i.product_id
         GROUP BY p.id ORDER BY 2 DESC LIMIT 10",
    )
    .await;
    demo.answers(
        &["products in Tea", "how many are organic?"],
        "SELECT COUNT(*) FROM products p JOIN categories c ON c.id = p.category_id
         WHERE c.name = 'Tea' AND p.is_organic = 1",
    )
    .await;
    let ranked =
        ["top 5 products by revenue", "last month?", "in Istanbul?", "show only tea", "by units instead"];
    demo.answers(
        &ranked,
        "SELECT p.name, SUM(i.quantity) FROM order_items i JOIN products p ON p.id = i.product_id
         JOIN categories g ON g.id = p.category_id JOIN orders o ON o.id = i.order_id
         JOIN customers c ON c.id = o.customer_id
         WHERE o.ordered_at >= '2026-10-01' AND o.ordered_at < '2026-11-01'
         AND c.city = 'Istanbul' AND g.name = 'Tea'
         GROUP BY p.id ORDER BY 2 DESC, 1 LIMIT 5",
    )
    .await;
    demo.declines(&[&ranked[..], &["how many are organic?"]].concat()).await;
    demo.declines(&["revenue by country", "how many of them were cancelled?"]).await;
    demo.declines(&["top 3 customers by revenue", "list them"]).await;
    demo.declines(&["list them"]).await;
}

#[tokio::test]
async fn follow_ups_take_the_place_of_conditions() {
    let demo = Demo::new().await;
    let under = ["products under 10 euros", "and over 20?"];
    demo.answers(&under, "SELECT name FROM products WHERE price > 20").await;
    demo.answers(
        &["products over 5 euros", "under 10"],
        "SELECT name FROM products WHERE price > 5 AND price < 10",
    )
    .await;
    demo.answers(
        &["revenue by country", "exclude Germany", "only Turkey"],
        "SELECT 'Turkey', SUM(o.total_amount) FROM orders o JOIN customers c ON c.id = o.customer_id
         WHERE c.country = 'Turkey'",
    )
    .await;
    demo.answers(
        &["revenue by country", "neither Germany nor Turkey"],
        "SELECT c.country, SUM(o.total_amount) FROM orders o JOIN customers c ON c.id = o.customer_id
         WHERE c.country NOT IN ('Germany', 'Turkey') GROUP BY c.country",
    )
    .await;
    demo.answers(
        &["how many customers have more than 20 orders", "more than 30"],
        "SELECT COUNT(*) FROM customers c WHERE (SELECT COUNT(*) FROM orders WHERE customer_id = c.id) > 30",
    )
    .await;
    demo.answers(
        &["customers who spent more than 1000", "more than 5000"],
        "SELECT c.name, SUM(o.total_amount) FROM orders o JOIN customers c ON c.id = o.customer_id
         GROUP BY c.id HAVING SUM(o.total_amount) > 5000",
    )
    .await;
    demo.answers(
        &["revenue this year", "before March"],
        "SELECT SUM(total_amount) FROM orders WHERE ordered_at >= '2026-01-01' AND ordered_at < '2026-03-01'",
    )
    .await;
    demo.answers(
        &["customers in Berlin", "how many orders do they have?"],
        "SELECT COUNT(*) FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.city = 'Berlin'",
    )
    .await;
    for (asked, from, to) in
        [("in March", "2024-03-01", "2024-04-01"), ("only Q2", "2024-04-01", "2024-07-01")]
    {
        demo.answers(
            &["revenue in 2024", asked],
            &format!(
                "SELECT SUM(total_amount) FROM orders WHERE ordered_at >= '{from}' AND ordered_at < '{to}'"
            ),
        )
        .await;
    }
    for question in ["total", "which customers?", "not only online"] {
        demo.declines(&["orders in 2025", question]).await;
    }
    demo.declines(&["customers in Berlin", "their orders"]).await;
    demo.declines(&["customers with more than 20 orders", "between 5 and 7"]).await;
    demo.declines(&["revenue by country", "exclude Germany", "and Turkey"]).await;
    demo.declines(&["revenue by month 2025", "compare with 2024"]).await;
    demo.declines(&["stores in Germany", "and employees?"]).await;
}

#[tokio::test]
async fn ordinary_words_are_read() {
    let demo = Demo::new().await;
    let revenue = |from: &str, to: &str| {
        format!("SELECT SUM(total_amount) FROM orders WHERE ordered_at >= '{from}' AND ordered_at < '{to}'")
    };
    demo.answers(&["revenue last 3 months"], &revenue("2026-08-22", "2026-11-23")).await;
    demo.answers(&["revenue two weeks ago"], &revenue("2026-11-02", "2026-11-09")).await;
    demo.answers(&["revenue 3 months ago"], &revenue("2026-08-01", "2026-09-01")).await;
    demo.answers(&["revenue a month ago"], &revenue("2026-10-01", "2026-11-01")).await;
    demo.answers(&["revenue since 3 months ago"], &revenue("2026-08-22", "2099-01-01")).await;
    demo.answers(&["revenue the day before yesterday"], &revenue("2026-11-20", "2026-11-21")).await;
    demo.answers(
        &["how many customers registered more than 2 years ago"],
        "SELECT COUNT(*) FROM customers WHERE registered_on < '2024-11-22'",
    )
    .await;
    demo.answers(
        &["customers with neither orders nor reviews"],
        "SELECT name FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders WHERE customer_id = c.id)
         AND NOT EXISTS (SELECT 1 FROM reviews WHERE customer_id = c.id)",
    )
    .await;
    demo.answers(
        &["how many customers have no more than 1 order"],
        "SELECT COUNT(*) FROM customers c WHERE (SELECT COUNT(*) FROM orders WHERE customer_id = c.id) <= 1",
    )
    .await;
    demo.answers(
        &["average orders per month"],
        "SELECT AVG(n) FROM (SELECT COUNT(*) AS n FROM orders GROUP BY substr(ordered_at, 1, 7))",
    )
    .await;
    demo.answers(
        &["products cheaper than House Espresso"],
        "SELECT name FROM products WHERE price < (SELECT price FROM products WHERE name = 'House Espresso')",
    )
    .await;
    demo.answers(
        &["How many customers did not order anything in 2025?"],
        "SELECT COUNT(*) FROM customers c WHERE NOT EXISTS
         (SELECT 1 FROM orders WHERE customer_id = c.id AND ordered_at LIKE '2025%')",
    )
    .await;
    demo.answers(&["email of Renate Bauer"], "SELECT email FROM customers WHERE name = 'Renate Bauer'").await;
    demo.answers(
        &["units sold by category"],
        "SELECT g.name, SUM(i.quantity) FROM order_items i JOIN products p ON p.id = i.product_id
         JOIN categories g ON g.id = p.category_id GROUP BY g.id",
    )
    .await;
    demo.answers(&["non organic products"], "SELECT name FROM products WHERE is_organic = 0").await;
    demo.answers(
        &["customers who did not review anything"],
        "SELECT name FROM customers c WHERE NOT EXISTS (SELECT 1 FROM reviews WHERE customer_id = c.id)",
    )
    .await;
    demo.declines(&["average orders per weekday"]).await;
    demo.declines(&["customers who did not order anything but tea"]).await;
    demo.declines(&["products cheaper than Unicorn"]).await;
    demo.declines(&["email Renate Bauer"]).await;
}

/// A stored total and an expression over lines that may add up to something else.
#[tokio::test]
async fn a_doubtful_discount_is_asked_about() {
    let demo = Demo::new().await.without_comments();
    demo.answers(
        &["revenue by country"],
        "SELECT c.country, SUM(o.total_amount) FROM orders o JOIN customers c ON c.id = o.customer_id
         GROUP BY c.country",
    )
    .await;
    for question in ["top 5 products by revenue", "profit by category", "revenue of Tea in 2025"] {
        let Interpretation::Clarify { message, options } = demo.ask(&[question]).await else {
            panic!("{question}: {:?}", demo.ask(&[question]).await)
        };
        assert!(message.contains("order_items.discount_percent"), "{message}");
        assert_eq!(options.len(), 2, "{options:?}");
        for option in &options {
            assert!(matches!(demo.ask(&[option]).await, Interpretation::Sql(_)), "{option}");
        }
    }
    let off = "top 5 products by revenue, discount already taken off the price";
    let top = |figure: &str, condition: &str| {
        format!(
            "SELECT p.name, SUM({figure}) FROM order_items i JOIN products p ON p.id = i.product_id
             JOIN orders o ON o.id = i.order_id WHERE {condition} GROUP BY p.id ORDER BY 2 DESC LIMIT 5"
        )
    };
    demo.answers(&[off], &top("i.quantity * i.unit_price", "1 = 1")).await;
    // what was said holds for what follows
    demo.answers(&[off, "only for 2025"], &top("i.quantity * i.unit_price", "o.ordered_at LIKE '2025%'"))
        .await;
    demo.answers(
        &["top 5 products by revenue, discount still to take off the price"],
        &top("i.quantity * (i.unit_price * (1 - (i.discount_percent / 100.0)))", "1 = 1"),
    )
    .await;
    // asked about in a follow-up too, with the total used up to there
    let follow_up = demo.ask(&["revenue by month this year", "and by product?"]).await;
    let Interpretation::Clarify { options, .. } = follow_up else { panic!("{follow_up:?}") };
    let chosen = demo.ask(&["revenue by month this year", &options[0]]).await;
    let Interpretation::Sql(draft) = chosen else { panic!("{chosen:?}") };
    assert!(!draft.sql.contains("discount"), "{}", draft.sql);
    let says = draft.readings.iter().any(|reading| reading.meaning.contains("orders.total_amount"));
    assert!(says, "{:?}", draft.readings);
}
