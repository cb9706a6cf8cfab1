//! Databases with more tables than an interpreter is shown.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use sqlatte_core::{
    Context, Intent, Interpretation, Interpreted, Interpreter, Limits, Outcome, Runtime,
    ask::{self, Input},
};
use sqlatte_db_sqlite::{Sqlite, SqliteConfig};
use sqlatte_guard::Guarded;
use sqlatte_providers::{
    DatabaseInfo, DatabaseProvider, ErrorKind, Estimate, ProviderError, Query, Result, RowStream, TableRef,
    TableSchema, Usage,
};
use tempfile::TempDir;

use crate::fixture::{SHOP, Scripted, Shop, asked_of, draft, noon};

/// One table is seen whole; of more, what has room.
fn limits(max_context_tokens: usize) -> Limits {
    Limits { max_context_tables: 1, max_context_tokens, ..Limits::default() }
}

async fn shown(shop: &Shop, interpreter: &Scripted, question: &str) -> String {
    let _ = shop.answer(shop.question(question)).await.unwrap();
    let seen = interpreter.seen.lock().unwrap().last().cloned().unwrap();
    seen.split(" | ").nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn the_nearest_tables_are_shown_as_far_as_there_is_room() {
    let interpreter = Scripted::new(Interpretation::Chat { message: "fine".to_owned() });
    let shop = Shop::with_limits(interpreter.clone(), limits(20));
    assert_eq!(shown(&shop, &interpreter, "how many orders were placed?").await, "tables orders");
    assert_eq!(shown(&shop, &interpreter, "the city of every client").await, "tables customers");

    let shop = Shop::with_limits(interpreter.clone(), limits(4_000));
    assert_eq!(shown(&shop, &interpreter, "orders").await, "tables customers,endless,orders");
    // nothing speaks for any of them
    assert_eq!(shown(&shop, &interpreter, "hello!").await, "tables customers,endless,orders");
}

#[tokio::test]
async fn named_tables_win_over_the_words() {
    let interpreter = Scripted::new(Interpretation::Chat { message: "fine".to_owned() });
    let shop = Shop::with_limits(interpreter.clone(), limits(20));
    let mut ask = shop.question("how many orders?");
    ask.tables = vec!["endless".to_owned()];
    let _ = shop.answer(ask).await.unwrap();
    assert!(interpreter.seen.lock().unwrap()[0].contains("tables endless"));
}

#[tokio::test]
async fn a_question_that_goes_on_keeps_its_tables() {
    let interpreter = Scripted::new(Interpretation::Sql(draft("SELECT city FROM customers")));
    let shop = Shop::with_limits(interpreter.clone(), limits(20));
    assert_eq!(shown(&shop, &interpreter, "which towns?").await, "tables customers");
    assert_eq!(shown(&shop, &interpreter, "and how many of these?").await, "tables customers");
}

/// Keeps the schemas it was shown as text.
#[derive(Debug, Default)]
pub(crate) struct Reader(pub(crate) Mutex<Vec<String>>);

#[async_trait]
impl Interpreter for Reader {
    fn name(&self) -> String {
        "reader".to_owned()
    }

    async fn interpret(&self, _: &str, context: &Context<'_>) -> Result<Interpreted> {
        self.0.lock().unwrap().push(context.schema.text().to_owned());
        Ok(Interpreted {
            interpretation: Interpretation::Chat { message: "read".to_owned() },
            intent: Intent { intent: "chat", confidence: 1.0, reasoning: String::new() },
            usage: Usage::default(),
        })
    }

    async fn starters(&self, _: &Context<'_>, _: usize) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    async fn check(&self) -> Result<()> {
        Ok(())
    }
}

/// Describes a few tables at a time and never very many.
#[derive(Debug)]
struct Slow(Sqlite);

#[async_trait]
impl DatabaseProvider for Slow {
    fn info(&self) -> DatabaseInfo {
        self.0.info()
    }

    async fn tables(&self) -> Result<Vec<TableRef>> {
        self.0.tables().await
    }

    async fn describe(&self, tables: &[TableRef]) -> Result<Vec<TableSchema>> {
        if tables.len() > 50 {
            return Err(ProviderError::new(ErrorKind::Timeout, "too much at once"));
        }
        self.0.describe(tables).await
    }

    async fn query(&self, query: Query) -> Result<RowStream> {
        self.0.query(query).await
    }

    async fn estimate(&self, sql: &Guarded) -> Result<Option<Estimate>> {
        self.0.estimate(sql).await
    }

    async fn check(&self) -> Result<()> {
        self.0.check().await
    }
}

/// Two hundred tables, one of which holds what its name does not say.
fn many() -> (TempDir, Sqlite) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("many.db");
    let tables = (0..199).map(|number| format!("CREATE TABLE part_{number} (id INTEGER, note TEXT);"));
    let tables: String = tables.chain(["CREATE TABLE t (warranty_months INTEGER);".to_owned()]).collect();
    rusqlite::Connection::open(&path).unwrap().execute_batch(&tables).unwrap();
    let database = Sqlite::open(SqliteConfig::new(path)).unwrap();
    (folder, database)
}

async fn text_for(database: Arc<dyn DatabaseProvider>, question: &str) -> String {
    let reader = Arc::new(Reader::default());
    let runtime = Arc::new(Runtime::builder(database, reader.clone(), noon).build());
    let ask = asked_of(&runtime, question);
    ask::answer(runtime, ask).await.unwrap();
    let texts = reader.0.lock().unwrap();
    texts[0].clone()
}

#[tokio::test]
async fn columns_are_searched_and_the_text_says_what_was_left_out() {
    let (_folder, database) = many();
    let text = text_for(Arc::new(database), "how long is the warranty?").await;
    assert!(text.contains("Table: t\n"), "{text}");
    let tables = text.matches("Table: ").count();
    assert!(text.starts_with(&format!("Shown are {tables} of 200 tables")), "{text}");
}

#[tokio::test]
async fn names_are_searched_where_columns_cannot_be_read() {
    let (_folder, database) = many();
    let text = text_for(Arc::new(Slow(database)), "notes of part 117").await;
    assert!(text.starts_with("Shown are "), "{text}");
    assert!(text.contains("Table: part_"), "{text}");
}

#[tokio::test]
async fn questions_about_the_tables_are_answered_from_the_catalogue() {
    let interpreter = Scripted::sql("SELECT 1");
    let shop = Shop::new(interpreter.clone());
    for (question, reply) in [
        ("How many tables are there?", "This database has 2 tables and 1 view."),
        ("How many views are there?", "This database has 1 view."),
        ("Which views do we have?", "This database has 1 view: endless."),
        ("Which tables do we have?", "This database has 2 tables and 1 view: customers, endless, orders."),
        ("what data do you have?", "This database has 2 tables and 1 view: customers, endless, orders."),
        ("Which tables are there about cities?", "About cities, nearest first: customers."),
        (
            "Which tables do we have about shipping?",
            "No table's name, comment, column or sample value speaks of shipping. This database has 2 tables and 1 view.",
        ),
        ("Is there a table called order?", "Yes: orders."),
        (
            "Is there a table named shipments?",
            "There is no table called shipments. No table's name, comment, column or sample value speaks of shipments. \
             This database has 2 tables and 1 view.",
        ),
        ("Which tables have a column called city?", "A column city is in 1 table: customers.city."),
        (
            "tables with a placed column",
            "No column is called placed alone; these hold the word: orders.placed_on.",
        ),
        (
            "is there a column called vat?",
            "No table has a column called vat. This database has 2 tables and 1 view.",
        ),
        (
            "describe the ordres table",
            "orders has 4 columns: id (integer, primary key), customer_id (integer, references customers), \
             placed_on (date), total (real).",
        ),
    ] {
        let answer = shop.answer(shop.question(question)).await.unwrap();
        assert_eq!(answer.usage.llm_calls, 0);
        match answer.outcome {
            Outcome::Chat(chat) => assert_eq!(chat.message, reply, "{question}"),
            Outcome::Sql(sql) => panic!("{question}: {}", sql.sql),
        }
    }
    assert!(interpreter.seen.lock().unwrap().is_empty());
}

/// A runtime over one table of 400 columns beside the shop's, whose interpreter keeps what it is shown.
fn wide(max_context_tables: usize) -> (Arc<Reader>, Arc<Runtime>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wide.db");
    let columns: Vec<String> = (0..400).map(|at| format!("measure_number_{at:03} REAL")).collect();
    let wide = format!(
        "CREATE TABLE readings (id INTEGER PRIMARY KEY, {}, roasting_temperature REAL,
             customer_id INTEGER REFERENCES customers(id));",
        columns.join(", ")
    );
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute_batch(&format!("{}{wide}", SHOP)).unwrap();
    let reader = Arc::new(Reader::default());
    let database = Arc::new(Sqlite::open(SqliteConfig::new(path)).unwrap());
    let limits = Limits { max_context_tables, max_context_tokens: 1_000, ..Limits::default() };
    let runtime = Runtime::builder(database, reader.clone(), noon).limits(limits).build();
    (reader, Arc::new(runtime), folder)
}

#[tokio::test]
async fn of_a_table_too_wide_the_columns_that_matter_are_shown() {
    for max_context_tables in [60, 1] {
        let (reader, runtime, _folder) = wide(max_context_tables);
        let ask = asked_of(&runtime, "the roasting temperatures in the readings");
        let answer = ask::answer(Arc::clone(&runtime), ask).await.unwrap();
        let text = reader.0.lock().unwrap().pop().unwrap();
        for shown in ["  id INTEGER primary key", "roasting_temperature", "customer_id", "measure_number_000"]
        {
            assert!(text.contains(shown), "{shown} in {text}");
        }
        assert!(!text.contains("measure_number_399"), "{text}");
        assert!(text.len() < 3_000 + 500, "{} bytes", text.len());
        let shown = text.matches("measure_number_").count();
        assert!(text.contains(&format!("  … and {} more columns\n", 400 - shown)), "{text}");
        assert!(answer.tables_considered.iter().any(|table| table == "readings"), "{answer:?}");
        assert_eq!(answer.tables_considered.len() + answer.tables_left_out, 4, "{answer:?}");
    }
}

#[tokio::test]
async fn an_answer_says_which_tables_were_looked_at() {
    let interpreter = Scripted::sql("SELECT count(*) FROM orders");
    let shop = Shop::with_limits(interpreter.clone(), limits(20));
    let answer = shop.answer(shop.question("how many orders were placed?")).await.unwrap();
    assert_eq!((answer.tables_considered, answer.tables_left_out), (vec!["orders".to_owned()], 2));
    let answer = shop.answer(shop.asked(Input::Sql("SELECT 1".to_owned()))).await.unwrap();
    assert_eq!((answer.tables_considered, answer.tables_left_out), (Vec::new(), 0));

    let shop = Shop::new(interpreter);
    let answer = shop.answer(shop.question("how many orders were placed?")).await.unwrap();
    assert_eq!(
        (answer.tables_considered, answer.tables_left_out),
        (["customers", "endless", "orders"].map(str::to_owned).to_vec(), 0)
    );
}
