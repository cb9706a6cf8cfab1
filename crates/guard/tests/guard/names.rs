//! Names that do not exist are found, with what was meant; of valid SQL nothing is said.

use std::{collections::HashSet, fs, path::PathBuf};

use sqlatte_guard::{Dialect, Findings, Guard, KnownKey, KnownTable, KnownTables, Reason};

use crate::{
    corpora::{own, shared_cases},
    schema::table,
};

fn known(name: &str, columns: &[&str], keys: &[(&str, &str, &str)]) -> KnownTable {
    KnownTable {
        name: table(name),
        columns: columns.iter().map(|column| (*column).to_owned()).collect(),
        primary_key: columns.iter().filter(|column| **column == "id").map(|id| (*id).to_owned()).collect(),
        keys: keys
            .iter()
            .map(|(column, to, referenced)| KnownKey {
                columns: vec![(*column).to_owned()],
                table: table(to),
                referenced: vec![(*referenced).to_owned()],
            })
            .collect(),
    }
}

pub(crate) fn shop(dialect: Dialect) -> KnownTables {
    let tables = [
        known("customers", &["id", "name", "city", "registered_on"], &[]),
        known(
            "orders",
            &["id", "customer_id", "ordered_at", "status", "total", "address", "items", "tags"],
            &[("customer_id", "customers", "id")],
        ),
        known(
            "order_items",
            &["order_id", "product_id", "quantity", "unit_price"],
            &[("order_id", "orders", "id"), ("product_id", "products", "id")],
        ),
        known("products", &["id", "name", "category_id", "price", "OddName"], &[]),
    ];
    KnownTables::new(dialect, Vec::new(), tables)
}

fn read(known: &KnownTables, dialect: Dialect, sql: &str) -> Findings {
    let guarded =
        Guard::new(dialect).check(sql).unwrap_or_else(|refusal| panic!("{dialect}: {refusal}: {sql}"));
    known.read(&guarded)
}

#[test]
fn unknown_names_are_told_with_what_was_meant() {
    let statements = [
        (Dialect::Sqlite, "SELECT nme FROM customers"),
        (Dialect::Sqlite, "SELECT name\nFROM orders"),
        (Dialect::Sqlite, "SELECT o.id, o.city FROM orders o"),
        (Dialect::Sqlite, "SELECT o.id, c.name FROM orders o"),
        (Dialect::Sqlite, "SELECT orders.id FROM orders AS o"),
        (Dialect::Sqlite, "SELECT customers.name FROM orders"),
        (Dialect::Sqlite, "SELECT category_id, count(*) FROM orders GROUP BY 1"),
        (Dialect::Sqlite, "SELECT customer_name FROM orders JOIN customers ON customer_id = customers.id"),
        (Dialect::Sqlite, "SELECT o.name FROM orders o JOIN customers c ON c.id = o.customer_id"),
        (Dialect::Sqlite, "SELECT total AS t, t * 2 FROM orders"),
        (Dialect::Sqlite, "SELECT zebra FROM customers"),
        (Dialect::Sqlite, "SELECT zebra"),
        (Dialect::Sqlite, "SELECT x.* FROM customers"),
        (Dialect::Sqlite, "WITH big AS (SELECT id, total AS amount FROM orders) SELECT id, total FROM big"),
        (
            Dialect::Sqlite,
            "SELECT (SELECT max(o.totl) FROM orders o WHERE o.customer_id = c.id) FROM customers c",
        ),
        (Dialect::Sqlite, "SELECT d.name FROM (SELECT id, city FROM customers) AS d"),
        (Dialect::Sqlite, "SELECT id FROM orders JOIN customers USING (customer_id)"),
        (Dialect::Sqlite, "SELECT city, count(*) AS n FROM customers GROUP BY city ORDER BY number DESC"),
        (Dialect::Sqlite, "SELECT id FROM orders UNION SELECT id FROM customers ORDER BY nam"),
        (Dialect::Sqlite, "SELECT \"nme\" FROM customers"),
        (Dialect::Sqlite, "SELECT id FROM orders WHERE \"statsu\" = 'completed'"),
        (
            Dialect::Sqlite,
            "SELECT status, count(*) AS \"n\" FROM orders GROUP BY \"status\" ORDER BY \"cnt\"",
        ),
        (Dialect::Sqlite, "SELECT id FROM orders WHERE status = \"completed\""),
        (Dialect::Sqlite, "SELECT \"current_date\" FROM orders"),
        (Dialect::Sqlite, "SELECT `nme`, [cty], c.\"nam\" FROM customers c"),
        (Dialect::Postgresql, "SELECT \"nme\" FROM customers WHERE \"user\" = 'x'"),
        (Dialect::Postgresql, "SELECT id FROM orders WHERE status = \"completed\""),
        (Dialect::Trino, "SELECT \"nme\" FROM customers"),
        (Dialect::Mysql, "SELECT `nme` FROM customers"),
        (Dialect::Bigquery, "SELECT `nme` FROM customers"),
        (Dialect::Postgresql, "SELECT oddname FROM products"),
        (Dialect::Postgresql, "SELECT city, count(*) AS n FROM customers GROUP BY city HAVING n > 1"),
        (Dialect::Mysql, "SELECT total AS t FROM orders WHERE t > 1"),
        (Dialect::Trino, "SELECT substr(city, 1) AS c FROM customers GROUP BY c"),
        (Dialect::Bigquery, "SELECT DATE_TRUNC(orderd_at, MONTH) FROM orders"),
    ];
    let told: Vec<String> = statements
        .iter()
        .map(|(dialect, sql)| {
            let found = read(&shop(*dialect), *dialect, sql);
            assert!(!found.unknown.is_empty(), "{dialect}: nothing found: {sql}");
            let lines = found.unknown.iter().map(|name| {
                let place = name.position.map_or("-".to_owned(), |at| format!("{}:{}", at.line, at.column));
                format!("    {:?} {place} {}", name.kind, name.message)
            });
            format!("{dialect}: {}\n{}", sql.replace('\n', "\\n"), lines.collect::<Vec<_>>().join("\n"))
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn advice_helps_where_the_database_complains_itself() {
    let statements = [
        (Dialect::Sqlite, "SELECT id FROM orders JOIN customers ON customer_id = customers.id"),
        (Dialect::Sqlite, "SELECT city FROM customers WHERE count(*) > 1 GROUP BY city"),
        (Dialect::Sqlite, "SELECT sum(count(*)) FROM orders"),
        (Dialect::Sqlite, "SELECT count(*) FROM orders GROUP BY count(*)"),
        (Dialect::Sqlite, "SELECT EXTRACT(YEAR FROM ordered_at) FROM orders"),
        (Dialect::Sqlite, "SELECT * FROM orders WHERE ordered_at > date('now') - INTERVAL '7 days'"),
        (Dialect::Mysql, "SELECT * FROM customers WHERE city ILIKE 'a%'"),
    ];
    let told: Vec<String> = statements
        .iter()
        .map(|(dialect, sql)| {
            let found = read(&shop(*dialect), *dialect, sql);
            assert_eq!(found.unknown, [], "{dialect}: {sql}");
            format!("{dialect}: {sql}\n    {}", found.advice.join("\n    "))
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn what_runs_and_is_hardly_meant_is_told() {
    let statements = [
        (
            Dialect::Sqlite,
            "SELECT id FROM orders WHERE ordered_at BETWEEN CURRENT_DATE - 30 AND CURRENT_DATE",
        ),
        (Dialect::Sqlite, "SELECT id FROM orders WHERE ordered_at >= date('now') - 7 AND total > 1"),
        (Dialect::Sqlite, "SELECT avg(CURRENT_DATE - ordered_at) FROM orders"),
        (Dialect::Sqlite, "SELECT FORMAT(total, 2) FROM orders"),
        (Dialect::Sqlite, "SELECT FORMAT(sum(total), 2) FROM orders"),
        (Dialect::Sqlite, "SELECT strftime('YYYY-MM', ordered_at) FROM orders"),
        (Dialect::Sqlite, "SELECT name + ' of ' + city FROM customers"),
        (Dialect::Sqlite, "SELECT status, total, count(*) FROM orders GROUP BY status"),
        (Dialect::Sqlite, "SELECT status, round(total, 2) FROM orders GROUP BY 1"),
        (Dialect::Sqlite, "SELECT status, count(*) FROM orders"),
        (
            Dialect::Sqlite,
            "SELECT o.status, c.name, sum(o.total) FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY o.status",
        ),
        (Dialect::Sqlite, "SELECT ordered_at, count(*) FROM orders GROUP BY strftime('%Y-%m', ordered_at)"),
        (Dialect::Sqlite, "SELECT status, count(*) AS n FROM orders GROUP BY status ORDER BY 'n'"),
        (Dialect::Mysql, "SELECT id FROM orders WHERE ordered_at > CURRENT_DATE - 30"),
        (Dialect::Mysql, "SELECT name || ' of ' || city FROM customers"),
        (Dialect::Mysql, "SELECT \"name\" FROM customers WHERE \"city\" = 'x'"),
        (Dialect::Mysql, "SELECT status, total FROM orders GROUP BY status"),
        (Dialect::Mysql, "SELECT DATE_FORMAT(ordered_at, 'YYYY-MM') FROM orders"),
        (Dialect::Postgresql, "SELECT to_char(ordered_at, '%Y-%m') FROM orders"),
        (Dialect::Bigquery, "SELECT \"name\" FROM customers"),
    ];
    let told: Vec<String> = statements
        .iter()
        .map(|(dialect, sql)| {
            let found = read(&shop(*dialect), *dialect, sql);
            assert_eq!(found.unknown, [], "{dialect}: {sql}");
            assert!(!found.doubtful.is_empty(), "{dialect}: nothing found: {sql}");
            format!("{dialect}: {sql}\n    {}", found.doubtful.join("\n    "))
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn nothing_is_said_of_valid_statements() {
    let text = include_str!("../names/valid.tsv");
    let mut wrong = Vec::new();
    for line in text.lines() {
        let (dialects, sql) = line.split_once('\t').unwrap_or_else(|| panic!("no tab: {line}"));
        let all = Dialect::ALL
            .into_iter()
            .filter(|one| dialects == "all" || dialects.split(' ').any(|d| d == one.name()));
        for dialect in all {
            let found = read(&shop(dialect), dialect, sql);
            for message in found.unknown.into_iter().map(|name| name.message).chain(found.doubtful) {
                wrong.push(format!("{dialect}: {message}: {sql}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Every word of a statement, and everything in quotes.
fn words_of(sql: &str) -> Vec<String> {
    let mut words: HashSet<String> = HashSet::new();
    for quote in ['"', '`'] {
        let apart = sql.replace(&format!("{quote}{quote}"), "\u{1}");
        words.extend(apart.split(quote).map(|part| part.replace('\u{1}', &quote.to_string())));
    }
    words.extend(sql.split(['[', ']']).map(str::to_owned));
    words.extend(sql.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').map(str::to_owned));
    words.into_iter().filter(|word| !word.is_empty()).collect()
}

/// Statements that the guard may pass and no engine answers: they name what is not in their own `FROM`.
const NOT_VALID: [&str; 5] = [
    "SELECT onek.* WHERE onek.unique1 < 10",
    "select x.y.z, (x.y).z, (f).*, t.* from t",
    "SELECT year(o_orderdate) AS o_year",
    "SELECT main.t.a FROM main.t AS q",
    "SELECT a.*, row_number() over () as rn FROM (SELECT *, md5(random()::text) FROM t) AS a(x, y, z) WHERE rn",
];

/// The corpora name tables nobody described: they are given every word of their statement as a column, so that what
/// remains are the names before columns, and the columns of subqueries and common table expressions.
#[test]
fn nothing_is_said_of_the_corpora() {
    let cases = Dialect::ALL
        .into_iter()
        .flat_map(own)
        .chain(["guard/readonly_corpus.tsv", "guard/extra.tsv"].into_iter().flat_map(shared_cases));
    let (mut wrong, mut read, mut with_tables) = (Vec::new(), 0, 0);
    for case in cases.filter(|case| case.allow) {
        let Ok(guarded) = Guard::new(case.dialect).check(&case.sql) else { continue };
        let columns = words_of(&case.sql);
        let tables = guarded.tables().iter().map(|name| KnownTable {
            name: name.clone(),
            columns: columns.iter().flat_map(|word| [word.clone(), word.to_lowercase()]).collect(),
            primary_key: Vec::new(),
            keys: Vec::new(),
        });
        let known = KnownTables::new(case.dialect, Vec::new(), tables);
        read += 1;
        with_tables += usize::from(!guarded.tables().is_empty());
        if NOT_VALID.iter().any(|part| case.sql.contains(part)) {
            continue;
        }
        for name in known.read(&guarded).unknown {
            // `SELECT a + b` tries the guard's grammar; no engine has these columns.
            let made_up = name.message.contains("no FROM") || guarded.tables().is_empty();
            if !made_up || name.name.chars().any(char::is_uppercase) {
                wrong.push(format!("{} {}: {}: {}", case.dialect, case.class, name.message, case.sql));
            }
        }
    }
    println!("{read} statements read, {with_tables} of them with tables");
    assert!(wrong.is_empty(), "{} of {read} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn project(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn nothing_is_said_of_tpc_h() {
    let schema = project("tests/tests/databases/tpch/schema.sql");
    let tables: Vec<KnownTable> = schema
        .split("CREATE TABLE ")
        .skip(1)
        .map(|text| {
            let (name, columns) = text.split_once(" (").unwrap_or_default();
            let prefixed = words_of(columns).into_iter().filter(|word| word.contains('_'));
            KnownTable {
                name: table(name),
                columns: prefixed.collect(),
                primary_key: Vec::new(),
                keys: Vec::new(),
            }
        })
        .collect();
    assert_eq!(tables.len(), 8);
    let queries = project("tests/tests/databases/tpch/queries.sql");
    let queries: Vec<&str> = queries
        .split("-- Q")
        .skip(1)
        .map(|text| text.split_once('\n').unwrap_or_default().1.trim())
        .collect();
    assert_eq!(queries.len(), 22);
    for dialect in [Dialect::Postgresql, Dialect::Mysql, Dialect::Trino] {
        let known = KnownTables::new(dialect, Vec::new(), tables.clone());
        for sql in &queries {
            assert_eq!(read(&known, dialect, sql).unknown, [], "{dialect}: {sql}");
        }
    }
}

/// What a statement must not do is never taken for a slip, to be tried again in other words.
#[test]
fn deeds_are_no_mistakes() {
    let (mut slips, mut refused) = (Vec::new(), 0);
    for case in Dialect::ALL.into_iter().flat_map(own).filter(|case| !case.allow) {
        let Err(refusal) = Guard::new(case.dialect).check(&case.sql) else { continue };
        refused += 1;
        if refusal.is_mistake() && refusal.reason != Reason::Syntax {
            slips.push(format!("{} {}: {refusal}: {}", case.dialect, case.class, case.sql));
        }
    }
    assert!(refused > 1000, "{refused}");
    assert!(slips.is_empty(), "{}", slips.join("\n"));
}
