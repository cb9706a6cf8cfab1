#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clauses are tests"
)]

use sqlatte_guard::Dialect;
use sqlatte_providers::{ColumnType, ErrorKind, TableRef, TableSchema};

use super::{DatabaseHarness, harness};

async fn described<H: DatabaseHarness>(harness: &H, name: &str) -> TableSchema {
    let provider = harness.provider(2).await;
    let table = find(&provider.tables().await.expect("the tables"), name);
    provider.describe(&[table]).await.expect("the description").remove(0)
}

fn find(tables: &[TableRef], name: &str) -> TableRef {
    tables.iter().find(|table| table.name.eq_ignore_ascii_case(name)).expect("the table is listed").clone()
}

/// A database that is there passes its check.
pub async fn answers_a_check<H: DatabaseHarness>(harness: &H) {
    harness.provider(2).await.check().await.expect("the check passes");
}

/// The provider names its dialect and its target.
pub async fn says_what_it_is<H: DatabaseHarness>(harness: &H) {
    let info = harness.provider(2).await.info();
    assert_eq!(info.dialect, harness.dialect());
    assert!(!info.kind.is_empty() && !info.target.is_empty());
}

/// Both tables are listed, once, in the order of their names.
pub async fn lists_tables<H: DatabaseHarness>(harness: &H) {
    let tables = harness.provider(2).await.tables().await.unwrap();
    let mut sorted = tables.clone();
    sorted.sort_by_key(ToString::to_string);
    sorted.dedup();
    assert_eq!(tables, sorted);
    find(&tables, "clients");
    find(&tables, "sales");
}

/// Columns come in the table's order, with types and whether they may be NULL.
pub async fn describes_columns_in_order<H: DatabaseHarness>(harness: &H) {
    let clients = described(harness, "clients").await;
    let names: Vec<_> = clients.columns.iter().map(|column| column.name.to_lowercase()).collect();
    assert_eq!(names, ["id", "name", "city"]);
    let kinds: Vec<_> = clients.columns.iter().map(|column| column.kind).collect();
    assert_eq!(kinds, [ColumnType::Integer, ColumnType::Text, ColumnType::Text]);
    assert!(clients.columns[2].nullable);
    assert!(clients.columns.iter().all(|column| !column.database_type.is_empty()));
    if harness.keys().or_print("describes_columns_in_order, not null").is_some() {
        assert!(!clients.columns[1].nullable);
    }
    let sales = described(harness, "sales").await;
    assert_eq!(sales.columns[2].kind, ColumnType::Decimal);
}

/// Primary and foreign keys are described.
pub async fn describes_keys<H: DatabaseHarness>(harness: &H) {
    if harness.keys().or_print("describes_keys").is_none() {
        return;
    }
    let clients = described(harness, "clients").await;
    assert_eq!(clients.primary_key, ["id"]);
    assert!(clients.foreign_keys.is_empty());
    let sales = described(harness, "sales").await;
    let [key] = sales.foreign_keys.as_slice() else { panic!("one foreign key: {:?}", sales.foreign_keys) };
    assert_eq!(key.columns, ["client_id"]);
    assert_eq!(key.references, clients.table.to_string());
    assert_eq!(key.referenced_columns, ["id"]);
}

/// Comments of tables and columns are described.
pub async fn describes_comments<H: DatabaseHarness>(harness: &H) {
    if harness.comments().or_print("describes_comments").is_none() {
        return;
    }
    let clients = described(harness, "clients").await;
    assert_eq!(clients.table.comment.as_deref(), Some("People who buy"));
    let comments: Vec<_> = clients.columns.iter().map(|column| column.comment.as_deref()).collect();
    assert_eq!(comments, [None, Some("Full name"), None]);
    assert_eq!(described(harness, "sales").await.columns[1].comment.as_deref(), Some("Who bought"));
}

/// Distinct values of a text column are described, the most frequent first.
pub async fn describes_samples<H: DatabaseHarness>(harness: &H) {
    if harness.samples().or_print("describes_samples").is_none() {
        return;
    }
    let sales = described(harness, "sales").await;
    assert_eq!(sales.columns[3].samples, ["paid", "open"]);
    assert!(sales.columns[0].samples.is_empty());
}

/// Descriptions come in the order of the tables asked for.
pub async fn describes_in_the_order_asked<H: DatabaseHarness>(harness: &H) {
    let provider = harness.provider(2).await;
    let tables = provider.tables().await.unwrap();
    let wanted = [find(&tables, "sales"), find(&tables, "clients"), find(&tables, "sales")];
    let found = provider.describe(&wanted).await.unwrap();
    let names: Vec<_> = found.iter().map(|schema| schema.table.name.clone()).collect();
    assert_eq!(names, wanted.map(|table| table.name));
    assert!(provider.describe(&[]).await.unwrap().is_empty());
}

/// A user who may only read sees the same columns, keys and comments.
pub async fn describes_for_a_role_that_owns_nothing<H: DatabaseHarness>(harness: &H) {
    let clause = "describes_for_a_role_that_owns_nothing";
    let Some(restricted) = harness.restricted().await.or_print(clause) else { return };
    let tables = restricted.tables().await.unwrap();
    let wanted = [find(&tables, "clients"), find(&tables, "sales")];
    let owner = harness.provider(2).await;
    let seen = restricted.describe(&wanted).await.unwrap();
    let owned = owner.describe(&wanted).await.unwrap();
    for (seen, owned) in seen.iter().zip(&owned) {
        assert_eq!(seen.columns, owned.columns);
        assert_eq!((&seen.primary_key, &seen.foreign_keys), (&owned.primary_key, &owned.foreign_keys));
    }
}

/// Describing a table that is not there is `NotFound` and names it.
pub async fn missing_table_is_not_found<H: DatabaseHarness>(harness: &H) {
    let provider = harness.provider(2).await;
    let clients = find(&provider.tables().await.unwrap(), "clients");
    let missing = TableRef { name: "no_such_table".to_owned(), ..clients.clone() };
    let error = provider.describe(&[clients, missing]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.message().contains("no_such_table"), "{error}");
    let sql = harness::query(harness, "SELECT * FROM no_such_table");
    let error = harness::fetch(&*provider, sql).await.map(|_| ()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Rejected), "{error:?}");
    assert!(error.message().contains("no_such_table"), "{error}");
}

/// A table that was described and asked, then dropped, is told by its name; made anew in another shape it is read
/// as it is now, and not as it was.
pub async fn tables_that_go_and_come_back_are_told_apart<H: DatabaseHarness>(harness: &H) {
    let provider = harness.provider(1).await;
    let at = if harness.dialect() == Dialect::Bigquery { "DS.passing" } else { "passing" };
    let (integer, sql) = (integer(harness), "SELECT * FROM passing");
    for statement in [format!("CREATE TABLE {at} (n {integer})"), format!("INSERT INTO {at} VALUES (1)")] {
        harness.administer(&statement).await;
    }
    let passing = find(&provider.tables().await.unwrap(), "passing");
    // Twice: what a connection remembers of a statement is used by the second.
    for _ in 0..2 {
        assert_eq!(provider.describe(std::slice::from_ref(&passing)).await.unwrap()[0].columns.len(), 1);
        let answer = harness::fetch(&*provider, harness::query(harness, sql)).await.unwrap();
        assert_eq!((answer.columns.len(), answer.rows.len()), (1, 1));
    }

    harness.administer(&format!("DROP TABLE {at}")).await;
    let error = harness::fetch(&*provider, harness::query(harness, sql)).await.map(|_| ()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Rejected), "{error:?}");
    assert!(error.message().contains("passing"), "{error}");
    let error = provider.describe(std::slice::from_ref(&passing)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    assert!(error.message().contains("passing"), "{error}");

    let anew = [
        format!("CREATE TABLE {at} (m {integer}, n {integer})"),
        format!("INSERT INTO {at} VALUES (1, 2), (3, 4)"),
    ];
    harness.administer_all(&anew).await;
    let found = provider.describe(&[passing]).await.unwrap();
    let names: Vec<_> = found[0].columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["m", "n"]);
    let answer = harness::fetch(&*provider, harness::query(harness, sql)).await.unwrap();
    assert_eq!((answer.columns.len(), answer.rows.len()), (2, 2));
}

/// A schema of very many tables is listed whole, and those that are wanted are described, and no others.
pub async fn many_tables_are_listed_and_described_on_demand<H: DatabaseHarness>(harness: &H) {
    let clause = "many_tables_are_listed_and_described_on_demand";
    let Some(count) = harness.many_tables().or_print(clause) else { return };
    let integer = integer(harness);
    let tables: Vec<_> = (0..count)
        .map(|number| format!("CREATE TABLE one_of_many_{number:05} (id {integer}, value {integer})"))
        .collect();
    for some in tables.chunks(250) {
        harness.administer_all(some).await;
    }
    let provider = harness.provider(2).await;
    let listed = provider.tables().await.unwrap();
    let made = listed.iter().filter(|table| table.name.starts_with("one_of_many_")).count();
    assert_eq!(made, count, "of {} tables listed", listed.len());
    let wanted: Vec<_> = listed.iter().filter(|table| table.name.ends_with("77")).take(20).cloned().collect();
    assert!(!wanted.is_empty());
    let described = provider.describe(&wanted).await.unwrap();
    let names: Vec<_> = described.iter().map(|table| &table.table.name).collect();
    assert_eq!(names, wanted.iter().map(|table| &table.name).collect::<Vec<_>>());
    assert!(described.iter().all(|table| table.columns.len() == 2));
}

fn integer<H: DatabaseHarness>(harness: &H) -> &'static str {
    if harness.dialect() == Dialect::Bigquery { "INT64" } else { "integer" }
}
