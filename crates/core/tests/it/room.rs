//! What a model is told stays within its room.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use sqlatte_core::{
    Runtime,
    ask::{self, PromptedInterpreter, Prompts},
};
use sqlatte_db_sqlite::{Sqlite, SqliteConfig};
use sqlatte_testkit::llm::{FakeAnswer, FakeLlm};
use tempfile::TempDir;

use crate::{
    fixture::{Shop, asked_of, noon, rows_of},
    large::Reader,
};

fn database(statements: &str) -> (TempDir, Arc<Sqlite>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("room.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch(statements).unwrap();
    (folder, Arc::new(Sqlite::open(SqliteConfig::new(path)).unwrap()))
}

/// Sixty tables of 120 columns, one of which is about volcanoes.
fn sixty_wide() -> (TempDir, Arc<Sqlite>) {
    let columns: Vec<String> = (0..118).map(|at| format!("measured_quantity_{at:03} REAL")).collect();
    let columns = columns.join(", ");
    let tables: String = (0..60)
        .map(|at| {
            let last = if at == 47 { "volcano_height" } else { "remark" };
            format!("CREATE TABLE station_{at:02} (id INTEGER PRIMARY KEY, {columns}, {last} TEXT);")
        })
        .collect();
    database(&tables)
}

/// How many columns a text shows.
fn columns_of(text: &str) -> usize {
    let lines = text.lines().filter_map(|line| line.strip_prefix("  "));
    lines.filter(|line| !line.starts_with("--") && !line.starts_with('…')).count()
}

/// Bytes of the text of tables at most, where nothing else is told: three for each token.
const ROOM: usize = 12_000;
/// Bytes of the sentences that say what is not shown.
const SENTENCES: usize = 300;

#[tokio::test]
async fn few_tables_with_very_many_columns_have_no_more_room_than_many() {
    let (_folder, database) = sixty_wide();
    let reader = Arc::new(Reader::default());
    let runtime = Arc::new(Runtime::builder(database, reader.clone(), noon).build());
    let ask = asked_of(&runtime, "the heights of all volcanoes");
    let answer = ask::answer(Arc::clone(&runtime), ask).await.unwrap();
    let text = reader.0.lock().unwrap().pop().unwrap();
    assert!(text.len() <= ROOM + SENTENCES && text.len() > ROOM / 2, "{} bytes", text.len());
    assert!(text.contains("\nNot all their columns are shown."), "{text}");
    assert!(text.contains("Table: station_47\n") && text.contains("  volcano_height TEXT"), "{text}");
    let shown = answer.tables_considered.len();
    assert!(shown >= 8 && shown + answer.tables_left_out == 60, "{shown} tables");
    assert!(text.starts_with(&format!("Shown are {shown} of 60 tables")), "{text}");
    let columns = columns_of(&text);
    assert_eq!(answer.columns_left_out, shown * 120 - columns);
}

#[tokio::test]
async fn named_tables_are_all_shown_with_the_columns_there_is_room_for() {
    let (_folder, database) = sixty_wide();
    let reader = Arc::new(Reader::default());
    let runtime = Arc::new(Runtime::builder(database, reader.clone(), noon).build());
    let mut ask = asked_of(&runtime, "which volcano_height goes with the most of quantity_077?");
    ask.tables = (20..60).map(|at| format!("station_{at}")).collect();
    let answer = ask::answer(Arc::clone(&runtime), ask).await.unwrap();
    let text = reader.0.lock().unwrap().pop().unwrap();
    assert!(text.len() <= ROOM + SENTENCES, "{} bytes", text.len());
    assert_eq!((answer.tables_considered.len(), answer.tables_left_out), (40, 0));
    for shown in ["  id INTEGER primary key\n", "  measured_quantity_077 REAL\n"] {
        assert_eq!(text.matches(shown).count(), 40, "{shown} in {text}");
    }
    assert!(text.contains("  volcano_height TEXT\n"), "{text}");
    let columns = columns_of(&text);
    assert_eq!(answer.columns_left_out, 40 * 120 - columns);
}

/// A model's answer of this statement.
fn sql(sql: &str, explanation: &str) -> FakeAnswer {
    FakeAnswer::json(json!({"kind": "sql", "sql": sql, "explanation": explanation}))
}

fn prompted(llm: &FakeLlm) -> Arc<PromptedInterpreter> {
    let llm = Arc::new(llm.clone());
    Arc::new(PromptedInterpreter::new(llm, Prompts::default(), Duration::from_secs(5)).unwrap())
}

#[tokio::test]
async fn a_long_conversation_is_told_from_its_newest_statement_on() {
    let long = |number: usize| format!("SELECT {number} AS n, '{}' AS words FROM orders", "x".repeat(1_300));
    let llm = (0..6).fold(FakeLlm::new(), |llm, at| llm.then(sql(&long(at), &"It says a lot. ".repeat(60))));
    let llm = llm.otherwise(sql("SELECT 1", "one"));
    let shop = Shop::new(prompted(&llm));
    for at in 0..6 {
        let question = format!("question {at}, {}", "with many words ".repeat(200));
        shop.answer(shop.question(&question)).await.unwrap();
    }
    shop.answer(shop.question("and by month?")).await.unwrap();

    let requests = llm.requests();
    let told = requests.iter().map(|request| &request.messages[0].text);
    let conversations: Vec<&str> =
        told.map(|text| text.split_once("<data kind=\"question\">").unwrap().0).collect();
    let longest = conversations.iter().map(|told| told.len()).max().unwrap();
    assert!((2_000..=2_600).contains(&longest), "{longest} bytes");
    let last = conversations[6];
    assert!(last.contains(&format!("sql: {}\n", long(5))), "the newest statement is whole: {last}");
    assert!(last.contains("question: question 5, with many"), "{last}");
    assert!(last.contains(" … "), "what is shortened is seen: {last}");
    assert!(last.contains("(8 earlier messages are left out)\n"), "{last}");
    assert!(last.ends_with("</data>\n"), "{last}");
}

#[tokio::test]
async fn a_short_conversation_is_told_whole() {
    let llm =
        FakeLlm::always(sql("SELECT count(*) AS orders FROM orders WHERE total > 5", "counts the orders"));
    let shop = Shop::new(prompted(&llm));
    for at in 0..6 {
        shop.answer(shop.question(&format!("how many orders are above five, try {at}?"))).await.unwrap();
    }
    let requests = llm.requests();
    let told = &requests.last().unwrap().messages[0].text;
    assert_eq!(
        (told.matches("\nsql: SELECT count(*)").count(), told.matches("question: how").count()),
        (5, 5)
    );
    assert!(!told.contains('…') && !told.contains("left out"), "{told}");
}

/// Two hundred tables of parts, and one of what is in stock, whose words nobody says.
fn parts_and_stock() -> (TempDir, Arc<Sqlite>) {
    let parts: String = (0..200)
        .map(|at| format!("CREATE TABLE part_{at} (id INTEGER PRIMARY KEY, part_note TEXT);"))
        .collect();
    database(&format!("{parts} CREATE TABLE depot_contents (sku TEXT PRIMARY KEY, amount_held INTEGER);"))
}

#[tokio::test]
async fn a_repair_is_shown_the_tables_that_its_hints_name() {
    let (_folder, database) = parts_and_stock();
    for failed in
        ["SELECT sum(amount_held) AS n FROM depot_content", "SELECT sum(amount) AS n FROM depot_contents"]
    {
        let right = "SELECT sum(amount_held) AS n FROM depot_contents";
        let llm = FakeLlm::new().then(sql(failed, "")).otherwise(sql(right, ""));
        let runtime = Arc::new(Runtime::builder(database.clone(), prompted(&llm), noon).build());
        let ask = asked_of(&runtime, "notes of part 117");
        let answer = ask::answer(Arc::clone(&runtime), ask).await.unwrap();
        let requests = llm.requests();
        let [first, repair] = [0, 1].map(|at: usize| &requests[at].system[1].text);
        assert!(!first.contains("depot_contents"), "{first}");
        let table =
            "Table: depot_contents\n  -- about 0 rows\n  sku TEXT primary key\n  amount_held INTEGER\n";
        assert!(repair.contains(table) && repair.contains("Table: part_117\n"), "{repair}");
        let considered = answer.tables_considered.len();
        assert!(answer.tables_considered.contains(&"depot_contents".to_owned()), "{answer:?}");
        assert_eq!(considered + answer.tables_left_out, 201);
        assert_eq!(rows_of(answer).attempts, 2);
    }
}

#[tokio::test]
async fn a_repair_is_shown_the_columns_that_its_hints_name() {
    let columns: Vec<String> = (0..700).map(|at| format!("measured_quantity_{at:03} REAL")).collect();
    let (_folder, database) = database(&format!(
        "CREATE TABLE stations (id INTEGER PRIMARY KEY, {}, volcano_height_over_sea_level REAL);",
        columns.join(", ")
    ));
    let right = "SELECT max(volcano_height_over_sea_level) AS n FROM stations";
    let llm = FakeLlm::new()
        .then(sql("SELECT max(volcano_heigth_over_sea_level) AS n FROM stations", ""))
        .otherwise(sql(right, ""));
    let runtime = Arc::new(Runtime::builder(database, prompted(&llm), noon).build());
    let answer = ask::answer(Arc::clone(&runtime), asked_of(&runtime, "the tallest one")).await.unwrap();
    let requests = llm.requests();
    let shown = |at: usize| requests[at].system[1].text.contains("  volcano_height_over_sea_level REAL\n");
    assert_eq!((shown(0), shown(1)), (false, true));
    assert!(answer.columns_left_out > 100 && answer.tables_left_out == 0, "{answer:?}");
}

#[tokio::test]
async fn a_repair_of_what_was_shown_keeps_the_same_text() {
    let llm = FakeLlm::new()
        .then(sql("SELECT totl FROM orders", ""))
        .otherwise(sql("SELECT total FROM orders", ""));
    let shop = Shop::new(prompted(&llm));
    shop.answer(shop.question("totals of orders")).await.unwrap();
    let requests = llm.requests();
    assert_eq!(requests[0].system[1], requests[1].system[1]);
}
