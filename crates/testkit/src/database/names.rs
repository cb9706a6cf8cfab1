#![expect(clippy::missing_panics_doc, clippy::unwrap_used, clippy::panic, reason = "clauses are tests")]

use sqlatte_guard::Dialect;
use sqlatte_providers::{TableRef, Value};

use super::{DatabaseHarness, OddName, harness};

/// Tables and columns whose names try to break out of their quotes are listed, described, and can be asked.
pub async fn names_cannot_break_out_of_their_quotes<H: DatabaseHarness>(harness: &H) {
    let odd = harness.odd_names();
    assert!(odd.len() >= 5, "only {} odd names", odd.len());
    let provider = harness.provider(2).await;
    let listed = provider.tables().await.unwrap();
    let find = |odd: &OddName| listed.iter().find(|table| table.name == odd.table).cloned();
    let tables: Vec<_> = odd
        .iter()
        .map(|odd| find(odd).unwrap_or_else(|| panic!("`{}` is not listed: {listed:?}", odd.table)))
        .collect();
    let schemas = provider.describe(&tables).await.unwrap();
    assert_eq!(schemas.len(), odd.len());
    for (OddName { table, column }, schema) in odd.iter().zip(&schemas) {
        assert_eq!(&schema.table.name, table);
        let names: Vec<_> = schema.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, [column], "{table}");
        let dialect = harness.dialect();
        let sql = format!("SELECT {} FROM {}", quoted(dialect, column), named(dialect, &schema.table));
        let answer = harness::fetch(&*provider, harness::query(harness, &sql)).await;
        let answer = answer.unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert_eq!(answer.rows, [[Value::Text("x".to_owned())]], "{sql}");
        assert_eq!(&answer.columns[0].name, column);
    }
    if harness.samples().or_print("names_cannot_break_out_of_their_quotes, samples").is_some() {
        for schema in &schemas {
            assert_eq!(schema.columns[0].samples, ["x"], "{}", schema.table.name);
        }
    }
}

/// A table as SQL names it.
fn named(dialect: Dialect, table: &TableRef) -> String {
    let parts = [table.catalog.as_ref(), table.schema.as_ref(), Some(&table.name)];
    parts.into_iter().flatten().map(|part| quoted(dialect, part)).collect::<Vec<_>>().join(".")
}

/// A name in the dialect's quotes.
fn quoted(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::Mysql => format!("`{}`", name.replace('`', "``")),
        Dialect::Bigquery => format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`")),
        Dialect::Postgresql | Dialect::Sqlite | Dialect::Trino => {
            format!("\"{}\"", name.replace('"', "\"\""))
        }
    }
}
