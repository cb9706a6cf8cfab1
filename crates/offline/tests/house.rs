//! Questions that only a house's own words make readable, with their rows compared to statements known to be
//! right.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::{fs, sync::Arc};

use chrono::{NaiveDate, Utc};
use futures::StreamExt;
use sqlatte_core::{
    Catalog, Context, ConversationMessage, Draft, Interpretation, Interpreter, QueryId, Schema, Speaker,
    glossary::{ContextFile, Glossary},
};
use sqlatte_db_sqlite::{Sqlite, SqliteConfig, demo};
use sqlatte_guard::Dialect;
use sqlatte_offline::Offline;
use sqlatte_providers::{Query, Value};

struct Demo {
    folder: tempfile::TempDir,
    catalog: Catalog,
    schema: Arc<Schema>,
    engine: Offline,
    today: NaiveDate,
}

impl Demo {
    async fn new(glossary: Glossary) -> Self {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let folder = tempfile::tempdir().unwrap();
        demo::create(&folder.path().join("demo.db"), today).unwrap();
        Demo::over(folder, glossary, today).await
    }

    async fn over(folder: tempfile::TempDir, glossary: Glossary, today: NaiveDate) -> Self {
        let database = Arc::new(Sqlite::open(SqliteConfig::new(folder.path().join("demo.db"))).unwrap());
        let catalog = Catalog::new(database).with_glossary(glossary);
        let tables = catalog.tables().await.unwrap();
        let schema = catalog.describe(&tables).await.unwrap();
        Demo { folder, catalog, schema, engine: Offline::new(), today }
    }

    async fn read(&self, question: &str) -> Interpretation {
        self.read_after(None, question).await
    }

    async fn read_after(&self, before: Option<&str>, question: &str) -> Interpretation {
        let said = |text: &str| ConversationMessage {
            speaker: Speaker::User,
            text: text.to_owned(),
            sql: None,
            query_id: QueryId::new(Utc::now()),
            created_at: Utc::now(),
        };
        let conversation: Vec<ConversationMessage> = before.map(said).into_iter().collect();
        let context = Context {
            catalog: &self.catalog,
            schema: Arc::clone(&self.schema),
            conversation: &conversation,
            today: self.today,
            watcher: None,
        };
        self.engine.interpret(question, &context).await.unwrap().interpretation
    }

    async fn draft(&self, question: &str) -> Draft {
        match self.read(question).await {
            Interpretation::Sql(draft) => draft,
            other => panic!("{question}: {other:?}"),
        }
    }

    async fn rows(&self, sql: &str) -> Vec<Vec<Value>> {
        let sql = self.catalog.check(sql).await.unwrap().unwrap_or_else(|refusal| panic!("{refusal}: {sql}"));
        let query = Query { sql, max_rows: 10_000, timeout: std::time::Duration::from_secs(30) };
        let mut batches = self.catalog.database().query(query).await.unwrap().batches;
        let mut rows = Vec::new();
        while let Some(batch) = batches.next().await {
            rows.extend(batch.unwrap().rows);
        }
        rows
    }
}

/// The example that the project ships.
fn example() -> Glossary {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/examples/context");
    let mut files: Vec<ContextFile> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            ContextFile { name, text: fs::read_to_string(path).unwrap() }
        })
        .collect();
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Glossary::read(&files, Dialect::Sqlite).unwrap()
}

/// Questions with what they come to.
const QUESTIONS: &[(&str, &str)] = &[
    ("How many guests are there?", "SELECT COUNT(*) FROM customers"),
    ("How many visitors live in Berlin?", "SELECT COUNT(*) FROM customers WHERE city = 'Berlin'"),
    (
        "How many tickets were there in 2025?",
        "SELECT COUNT(*) FROM orders WHERE status <> 'cancelled' \
      AND ordered_at >= '2025-01-01' AND ordered_at < '2026-01-01'",
    ),
    (
        "Number of products by provenance",
        "SELECT origin_country, COUNT(*) FROM products GROUP BY 1 ORDER BY 1",
    ),
    (
        "Number of products by growing country",
        "SELECT origin_country, COUNT(*) FROM products GROUP BY 1 ORDER BY 1",
    ),
    (
        "net revenue by month",
        "SELECT strftime('%Y-%m', ordered_at), \
      SUM(CASE WHEN status = 'returned' THEN 0 ELSE total_amount END) FROM orders WHERE status <> 'cancelled' \
      GROUP BY 1 ORDER BY 1",
    ),
    (
        "What was the net revenue in 2025?",
        "SELECT SUM(total_amount) FROM orders \
      WHERE status NOT IN ('cancelled', 'returned') AND ordered_at >= '2025-01-01' AND ordered_at < '2026-01-01'",
    ),
    (
        "Top 3 stores by net sales",
        "SELECT stores.name, SUM(CASE WHEN status = 'returned' THEN 0 ELSE total_amount END) \
      AS net FROM orders JOIN stores ON stores.id = orders.store_id WHERE status <> 'cancelled' GROUP BY stores.id, \
      stores.name ORDER BY net DESC LIMIT 3",
    ),
    (
        "Average basket by channel",
        "SELECT channel, SUM(total_amount) / COUNT(*) FROM orders \
      WHERE status <> 'cancelled' GROUP BY 1 ORDER BY 1",
    ),
    (
        "AOV by channel",
        "SELECT channel, SUM(total_amount) / COUNT(*) FROM orders \
      WHERE status <> 'cancelled' GROUP BY 1 ORDER BY 1",
    ),
    (
        "return rate by payment method",
        "SELECT payment_method, \
      100.0 * SUM(CASE WHEN status = 'returned' THEN 1 ELSE 0 END) / COUNT(*) FROM orders \
      WHERE status <> 'cancelled' GROUP BY 1 ORDER BY 1",
    ),
    (
        "days in transit per carrier",
        "SELECT carrier, AVG(julianday(delivered_on) - julianday(shipped_on)) \
      FROM shipments GROUP BY 1 ORDER BY 1",
    ),
    // default conditions
    ("How many orders are there?", "SELECT COUNT(*) FROM orders WHERE status <> 'cancelled'"),
    ("How many orders including cancelled are there?", "SELECT COUNT(*) FROM orders"),
    ("How many orders were placed?", "SELECT COUNT(*) FROM orders"),
    ("How many cancelled orders are there?", "SELECT COUNT(*) FROM orders WHERE status = 'cancelled'"),
    ("Number of orders by status", "SELECT status, COUNT(*) FROM orders GROUP BY 1 ORDER BY 1"),
    ("How many employees are there?", "SELECT COUNT(*) FROM employees WHERE left_on IS NULL"),
    (
        "How many customers have no orders?",
        "SELECT COUNT(*) FROM customers WHERE NOT EXISTS (SELECT 1 FROM orders \
      WHERE orders.customer_id = customers.id AND orders.status <> 'cancelled')",
    ),
    (
        "Revenue by category",
        "SELECT categories.name, SUM(quantity * unit_price) FROM order_items \
      JOIN orders ON orders.id = order_id JOIN products ON products.id = product_id \
      JOIN categories ON categories.id = category_id WHERE orders.status <> 'cancelled' \
      GROUP BY categories.id, categories.name ORDER BY categories.name",
    ),
    (
        "Units sold in 2025",
        "SELECT SUM(quantity) FROM order_items JOIN orders ON orders.id = order_id \
      WHERE orders.status <> 'cancelled' AND ordered_at >= '2025-01-01' AND ordered_at < '2026-01-01'",
    ),
    (
        "How many products were never sold?",
        "SELECT COUNT(*) FROM products WHERE id NOT IN (SELECT product_id FROM order_items \
      WHERE order_id IN (SELECT id FROM orders WHERE status <> 'cancelled'))",
    ),
];

#[tokio::test]
async fn the_words_of_a_house_are_read_and_their_rows_are_right() {
    let with = Demo::new(example()).await;
    let folder = tempfile::tempdir().unwrap();
    fs::copy(with.folder.path().join("demo.db"), folder.path().join("demo.db")).unwrap();
    let without = Demo::over(folder, Glossary::default(), with.today).await;
    let mut wrong = Vec::new();
    for (question, right) in QUESTIONS {
        let sql = match with.read(question).await {
            Interpretation::Sql(draft) => draft.sql,
            other => {
                wrong.push(format!("{question}: {other:?}"));
                continue;
            }
        };
        let (rows, expected) = (with.rows(&sql).await, with.rows(right).await);
        if rows != expected || rows.is_empty() {
            wrong.push(format!("{question}\n{sql}\n{rows:?}\n{expected:?}"));
        }
        // without the house's words it is not read, or comes to something else
        if let Interpretation::Sql(draft) = without.read(question).await {
            let same = without.rows(&draft.sql).await == expected;
            let needs_none = ["by status", "cancelled", "placed", "never"];
            if same && !needs_none.iter().any(|word| question.contains(word)) {
                wrong.push(format!("{question} needs no context: {}", draft.sql));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Orders that came in online belong to no store.
#[tokio::test]
async fn what_belongs_to_nobody_falls_with_nobody() {
    let text = "filters:\n  - {table: stores, condition: \"city <> 'Berlin'\", also: [orders]}\n".to_owned();
    let file = ContextFile { name: "house.yaml".to_owned(), text };
    let demo = Demo::new(Glossary::read(&[file], Dialect::Sqlite).unwrap()).await;
    for (question, right) in [
        (
            "How many orders are there?",
            "SELECT COUNT(*) FROM orders LEFT JOIN stores ON stores.id = store_id \
             WHERE store_id IS NULL OR city <> 'Berlin'",
        ),
        (
            "Number of orders by store",
            "SELECT stores.name, COUNT(*) FROM orders JOIN stores ON stores.id = store_id \
             WHERE city <> 'Berlin' GROUP BY stores.id, stores.name ORDER BY stores.name",
        ),
        ("How many stores are there in Berlin?", "SELECT COUNT(*) FROM stores WHERE city = 'Berlin'"),
    ] {
        let draft = demo.draft(question).await;
        let all = demo.rows("SELECT COUNT(*) FROM orders").await;
        let rows = demo.rows(&draft.sql).await;
        assert_eq!(rows, demo.rows(right).await, "{}", draft.sql);
        assert_ne!(rows, all, "{}", draft.sql);
    }
}

#[tokio::test]
async fn a_default_condition_that_cannot_be_kept_is_not_passed_over() {
    let text = "filters:\n  - {table: suppliers, condition: \"id > 1\", also: [stores]}\n".to_owned();
    let file = ContextFile { name: "house.yaml".to_owned(), text };
    let demo = Demo::new(Glossary::read(&[file], Dialect::Sqlite).unwrap()).await;
    match demo.read("How many stores are there?").await {
        Interpretation::Unanswerable { reason, .. } => {
            assert!(reason.contains("suppliers holds for stores too, and it is not known"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(demo.draft("How many customers are there?").await.readings.len(), 1);
}

#[tokio::test]
async fn default_conditions_are_told() {
    let demo = Demo::new(example()).await;
    let draft = demo.draft("How many orders are there?").await;
    let meaning = "only those where status <> 'cancelled', as usual here";
    assert!(draft.readings.iter().any(|reading| reading.meaning == meaning), "{:?}", draft.readings);
    assert!(draft.explanation.ends_with(&format!("Of orders, {meaning}.")), "{}", draft.explanation);
    let draft = demo.draft("How many orders including cancelled are there?").await;
    assert!(!draft.explanation.contains("usual"), "{}", draft.explanation);
}

#[tokio::test]
async fn what_a_figure_does_not_define_is_declined() {
    let demo = Demo::new(example()).await;
    for question in [
        "What is the highest return rate?",
        "net revenue by category",
        "What share of net revenue is online?",
        "How many regulars are there?",
        // to lift the condition is not all that the word says
        "How many former employees are there?",
    ] {
        let read = demo.read(question).await;
        assert!(!matches!(read, Interpretation::Sql(_)), "{question}: {read:?}");
    }
}

#[tokio::test]
async fn a_conversation_goes_on_with_the_words_of_a_house() {
    let demo = Demo::new(example()).await;
    for (before, question, right) in [
        (
            "net revenue by channel",
            "and by payment method?",
            "SELECT payment_method, SUM(CASE WHEN status = 'returned' THEN 0 ELSE total_amount END) FROM orders \
             WHERE status <> 'cancelled' GROUP BY 1 ORDER BY 1",
        ),
        (
            "How many orders including cancelled are there?",
            "and by channel?",
            "SELECT channel, COUNT(*) FROM orders GROUP BY 1 ORDER BY 1",
        ),
    ] {
        match demo.read_after(Some(before), question).await {
            Interpretation::Sql(draft) => {
                assert_eq!(demo.rows(&draft.sql).await, demo.rows(right).await, "{}", draft.sql);
            }
            other => panic!("{question}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn the_example_is_true_of_the_demo_database() {
    let demo = Demo::new(example()).await;
    let faults = demo.catalog.glossary().check(&demo.catalog).await.unwrap();
    assert_eq!(faults, []);
}
