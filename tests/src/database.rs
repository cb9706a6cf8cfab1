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

/// A thousand tables of a large house: twenty-five areas with forty kinds of thing each, every table with
/// twelve to twenty columns and three rows.
pub fn many(path: &Path) {
    let tables = AREAS.iter().flat_map(|area| THINGS.iter().map(move |thing| (area, thing)));
    let tables: String =
        tables.enumerate().map(|(place, (area, thing))| table_of_many(place, area, thing)).collect();
    write(path, &format!("BEGIN; {tables} COMMIT;"));
}

const AREAS: [&str; 25] = [
    "sales", "hr", "fleet", "claims", "energy", "clinic", "retail", "campus", "audit", "billing", "broker",
    "cargo", "catering", "hotel", "legal", "library", "lab", "loan", "market", "mine", "port", "rail",
    "sport", "stock", "tax",
];
const THINGS: [&str; 40] = [
    "invoices",
    "contracts",
    "trips",
    "payments",
    "meters",
    "visits",
    "returns",
    "exams",
    "accounts",
    "addresses",
    "agents",
    "alerts",
    "approvals",
    "assets",
    "batches",
    "budgets",
    "cases",
    "contacts",
    "courses",
    "deliveries",
    "devices",
    "documents",
    "events",
    "forecasts",
    "inspections",
    "issues",
    "items",
    "ledgers",
    "locations",
    "messages",
    "notes",
    "offers",
    "orders",
    "partners",
    "permits",
    "projects",
    "quotas",
    "readings",
    "requests",
    "shifts",
];
/// Columns that only some tables have.
const FURTHER: [&str; 8] = [
    "external_system_id INTEGER",
    "priority_level TEXT",
    "cost_center_code TEXT",
    "region_name TEXT",
    "tax_amount NUMERIC(12, 2)",
    "discount_percent REAL",
    "source_channel TEXT",
    "last_synchronised_at TIMESTAMP",
];

fn table_of_many(place: usize, area: &str, thing: &str) -> String {
    let before = THINGS[place % THINGS.len() / 2];
    let further: String =
        FURTHER.iter().take(place % (FURTHER.len() + 1)).map(|column| format!(", {column}")).collect();
    format!(
        "CREATE TABLE {area}_{thing} (
             id INTEGER PRIMARY KEY, reference_number TEXT NOT NULL, status TEXT NOT NULL, owner_name TEXT,
             {area}_{before}_id INTEGER REFERENCES {area}_{before}(id), total_amount NUMERIC(12, 2), currency TEXT,
             quantity INTEGER, created_at TIMESTAMP NOT NULL, updated_at TIMESTAMP, approved_at TIMESTAMP,
             description TEXT{further});
         INSERT INTO {area}_{thing} (id, reference_number, status, currency, total_amount, created_at) VALUES
             (1, '{area}-1', 'open', 'EUR', 10, '2026-01-05'), (2, '{area}-2', 'approved', 'USD', 20, '2026-02-05'),
             (3, '{area}-3', 'closed', 'EUR', 30, '2026-03-05');\n"
    )
}

fn write(path: &Path, sql: &str) {
    let connection = Connection::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    connection.execute_batch(sql).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
