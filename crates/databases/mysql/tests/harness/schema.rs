use sqlatte_testkit::database::OddName;

use super::quote;

pub(crate) const TABLES: &str = "
CREATE TABLE clients (
    id   INT PRIMARY KEY,
    name VARCHAR(100) NOT NULL COMMENT 'Full name',
    city VARCHAR(100)
) COMMENT 'People who buy';
CREATE TABLE sales (
    id        INT PRIMARY KEY,
    client_id INT NOT NULL COMMENT 'Who bought',
    amount    DECIMAL(10, 2),
    status    VARCHAR(20),
    FOREIGN KEY (client_id) REFERENCES clients (id)
);
INSERT INTO clients VALUES (1, 'Ayşe Yılmaz', 'Istanbul'), (2, 'Jürgen Groß', 'München'), (3, '李小龍', NULL);
INSERT INTO sales VALUES (1, 1, 12.5, 'paid'), (2, 1, 99.9, 'open'), (3, 2, 7, 'paid');
CREATE TABLE sorts (
    d DECIMAL(38, 9), b BIGINT, ub BIGINT UNSIGNED, f DOUBLE, ts DATETIME(6), dt DATE, tm TIME, bo BOOLEAN,
    j JSON, `by` VARBINARY(10), e ENUM('small', 'large'), t VARCHAR(100)
);
INSERT INTO sorts VALUES (
    12345678901234567890.123456789, -9223372036854775808, 18446744073709551615, 0.1,
    '2026-11-22 13:14:15.123456',
    '2024-02-29', '23:59:59', TRUE, '{\"a\": [1, null, \"ü\"]}', x'00ff10', 'small', 'ağ 漢字 😊 ''quoted\"'
);
CREATE VIEW broken AS SELECT id FROM sorts AS s JOIN clients ON TRUE;
ALTER TABLE sorts RENAME TO moved;
ALTER TABLE moved RENAME TO sorts;
";

/// Statements that make the tables with odd names.
pub(crate) fn odd_tables(names: &[OddName]) -> String {
    let make = |name: &OddName| {
        let (table, column) = (quote(&name.table), quote(&name.column));
        format!("CREATE TABLE {table} ({column} VARCHAR(10)); INSERT INTO {table} VALUES ('x')")
    };
    names.iter().map(make).collect::<Vec<_>>().join("; ")
}

/// The digits as a table, and what counts with `places` of them, without `SELECT 1 +`.
pub(crate) fn digits(places: u32) -> (String, String) {
    let digits: Vec<_> = (1..10).map(|digit| format!("UNION ALL SELECT {digit}")).collect();
    let sum: Vec<_> = (0..places).map(|place| format!("{} * d{place}.d", 10_u64.pow(place))).collect();
    let tables: Vec<_> = (0..places).map(|place| format!("d AS d{place}")).collect();
    (
        format!("WITH d AS (SELECT 0 AS d {})", digits.join(" ")),
        format!("{} AS i FROM {}", sum.join(" + "), tables.join(" CROSS JOIN ")),
    )
}
