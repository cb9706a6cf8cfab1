//! SQLite files to ask.

use std::path::Path;

use rusqlite::Connection;

/// A little shop: customers, products, orders, with text that is not ASCII and values that are odd.
pub fn shop(path: &Path) {
    write(path, include_str!("database/shop.sql"));
}

/// A table of things, a view that counts for minutes, and a view over a table that is not there.
pub fn slow(path: &Path) {
    write(path, include_str!("database/slow.sql"));
}

/// A table `numbers` with this many rows of a number, a text and a price.
pub fn numbers(path: &Path, rows: u64) {
    write(
        path,
        &format!(
            "CREATE TABLE numbers (id INTEGER PRIMARY KEY, label TEXT NOT NULL, price REAL NOT NULL);
             INSERT INTO numbers
             WITH RECURSIVE counted(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM counted WHERE id < {rows})
             SELECT id, 'Number ' || id || ', a text of usual length', id * 1.25 FROM counted;"
        ),
    );
}

fn write(path: &Path, sql: &str) {
    let connection = Connection::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    connection.execute_batch(sql).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
