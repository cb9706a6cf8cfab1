#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clauses are tests"
)]

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
