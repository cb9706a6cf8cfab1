use std::{fs, time::Instant};

use chrono::NaiveDate;
use rusqlite::{Connection, types::Value};

use super::{Found, create, look};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Every row of every table, as text.
fn dump(connection: &Connection) -> String {
    let tables: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut dump = String::new();
    for table in tables {
        let mut statement = connection.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
        let width = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..width {
                dump.push_str(&format!("{:?};", row.get::<_, Value>(column).unwrap()));
            }
            dump.push('\n');
        }
    }
    dump
}

fn number(connection: &Connection, sql: &str) -> f64 {
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn is_the_same_for_the_same_day() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("a.db"), folder.path().join("b.db"));
    let today = day("2026-11-22");
    create(&first, today).unwrap();
    create(&second, today).unwrap();
    assert!(dump(&Connection::open(&first).unwrap()) == dump(&Connection::open(&second).unwrap()));
    let mut names: Vec<_> =
        folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["a.db", "b.db"]);
}

#[test]
fn is_as_large_and_as_uneven_as_life() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.db");
    let started = Instant::now();
    let summary = create(&path, day("2026-11-22")).unwrap();
    let elapsed = started.elapsed();
    println!("{elapsed:?} {summary:?}");
    assert!(summary.rows("order_items") >= 100_000);
    assert_eq!(summary.tables.len(), 11);

    let connection = Connection::open(&path).unwrap();
    let number = |sql: &str| number(&connection, sql);
    assert_eq!(number("SELECT count(*) + 0.0 FROM pragma_foreign_key_check"), 0.0);
    assert_eq!(number("SELECT ((SELECT * FROM pragma_integrity_check) = 'ok') + 0.0"), 1.0);
    let extent: (String, String) = connection
        .query_row("SELECT min(date(ordered_at)), max(date(ordered_at)) FROM orders", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!(extent, ("2023-11-22".to_owned(), "2026-11-22".to_owned()));
    assert_eq!(
        number(
            "SELECT count(*) + 0.0 FROM orders o JOIN order_items i ON i.order_id = o.id GROUP BY o.id
                HAVING abs(sum(i.quantity * i.unit_price) - o.total_amount) > 0.001
                UNION ALL SELECT 0.0"
        ),
        0.0
    );
    let share = "SELECT (SELECT sum(n) FROM (SELECT count(*) n FROM orders GROUP BY customer_id ORDER BY n DESC LIMIT 320))
                 * 1.0 / (SELECT count(*) FROM orders)";
    assert!((0.25..0.7).contains(&number(share)), "{}", number(share));
    let idle = "SELECT count(*) + 0.0 FROM customers WHERE id NOT IN (SELECT customer_id FROM orders)";
    assert!((50.0..500.0).contains(&number(idle)), "{}", number(idle));
    let unsold = "SELECT count(*) + 0.0 FROM products WHERE id NOT IN (SELECT product_id FROM order_items)";
    assert_eq!(number(unsold), 3.0);
    let growth = "SELECT sum(total_amount) FILTER (WHERE ordered_at >= '2025-11-22')
                  / sum(total_amount) FILTER (WHERE ordered_at < '2024-11-22') FROM orders";
    assert!((1.3..2.5).contains(&number(growth)), "{}", number(growth));
}

#[test]
fn can_be_made_on_any_day() {
    let folder = tempfile::tempdir().unwrap();
    for today in ["2028-02-29", "2026-01-01"] {
        let path = folder.path().join(today);
        create(&path, day(today)).unwrap();
        let latest: String = Connection::open(&path)
            .unwrap()
            .query_row("SELECT max(date(ordered_at)) FROM orders", [], |row| row.get(0))
            .unwrap();
        assert_eq!(latest, today);
    }
}

#[test]
fn says_what_is_wrong_with_the_folder() {
    let error = create("/nowhere/at/all/demo.db".as_ref(), day("2026-11-22")).unwrap_err();
    assert!(
        error.message().starts_with("the demo database `/nowhere/at/all/demo.db` cannot be made"),
        "{error}"
    );
}

#[test]
fn knows_its_own_files_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.db");
    let look = || look(&path).unwrap();
    assert_eq!(look(), Found::Missing);
    create(&path, day("2026-11-22")).unwrap();
    assert_eq!(look(), Found::Demo(day("2026-11-22")));
    // A database of somebody who keeps versions as we do.
    fs::remove_file(&path).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE t (a); PRAGMA user_version = 20261122;").unwrap();
    drop(other);
    assert_eq!(look(), Found::Foreign);
    for text in ["", "half", &"no database".repeat(100)] {
        fs::write(&path, text).unwrap();
        assert_eq!(look(), Found::Foreign, "{text}");
    }
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let error = super::look(&path).unwrap_err();
    assert!(error.message().contains("demo.db` cannot be read"), "{error}");
}
