use rusqlite::{Connection, types::Value};

fn connection() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    super::install(&connection).unwrap();
    connection
}

/// The values an expression has in each row, written as SQLite's command line writes them.
fn values(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get::<_, Value>(0)).unwrap();
    let written = |value: Value| match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => format!("{number:.6}"),
        other => panic!("{other:?}"),
    };
    rows.map(|value| written(value.unwrap())).collect()
}

#[test]
fn numbers_have_the_values_sqlite_documents() {
    let connection = connection();
    for (expression, value) in [
        ("sqrt(2)", "1.414214"),
        ("sqrt(-1)", "NULL"),
        ("sqrt(NULL)", "NULL"),
        ("sqrt(' 9 ')", "3.000000"),
        ("sqrt('nine')", "NULL"),
        ("sqrt('inf')", "NULL"),
        ("log(100)", "2.000000"),
        ("log(2, 8)", "3.000000"),
        ("log(0)", "NULL"),
        ("ln(exp(1))", "1.000000"),
        ("pow(2, 10)", "1024.000000"),
        ("mod(10, 3)", "1.000000"),
        ("mod(10, 0)", "NULL"),
        ("ceil(7)", "7"),
        ("ceiling(7.2)", "8.000000"),
        ("floor(-7.2)", "-8.000000"),
        ("trunc(-7.8)", "-7.000000"),
        ("degrees(pi())", "180.000000"),
    ] {
        assert_eq!(values(&connection, &format!("SELECT {expression}")), [value], "{expression}");
    }
}

#[test]
fn spread_and_percentiles_are_those_of_the_numbers() {
    let connection = connection();
    connection
        .execute_batch(
            "CREATE TABLE t (x); INSERT INTO t VALUES (2), (4), (4), (4), (5), (5), (7), (9), (NULL), ('x')",
        )
        .unwrap();
    for (expression, value) in [
        ("stddev_pop(x)", "2.000000"),
        ("var_pop(x)", "4.000000"),
        ("stddev(x)", "2.138090"),
        ("variance(x)", "4.571429"),
        ("median(x)", "4.500000"),
        ("percentile(x, 25)", "4.000000"),
        ("percentile_cont(x, 0.9)", "7.600000"),
        ("percentile_disc(x, 0.9)", "7.000000"),
    ] {
        assert_eq!(values(&connection, &format!("SELECT {expression} FROM t")), [value], "{expression}");
        let none = format!("SELECT {expression} FROM t WHERE x IS NULL");
        assert_eq!(values(&connection, &none), ["NULL"], "{none}");
    }
    assert_eq!(values(&connection, "SELECT stddev(x) FROM t WHERE x = 9"), ["NULL"]);
    let window = "OVER (ORDER BY value ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) FROM generate_series(1, 5)";
    assert_eq!(
        values(&connection, &format!("SELECT median(value) {window}")),
        ["1.000000", "1.500000", "2.000000", "3.000000", "4.000000"]
    );
    assert_eq!(
        values(&connection, &format!("SELECT stddev(value) {window}")),
        ["NULL", "0.707107", "1.000000", "1.000000", "1.000000"]
    );
}

#[test]
fn a_share_that_is_none_is_told() {
    let connection = connection();
    for sql in [
        "SELECT percentile(1, 101)",
        "SELECT percentile_cont(1, 'half')",
        "SELECT percentile(value, value) FROM generate_series(1, 3)",
    ] {
        let error = connection.query_row(sql, [], |row| row.get::<_, Value>(0)).unwrap_err();
        assert!(error.to_string().contains("second argument"), "{error}");
    }
}

/// The guard lets these through, so a statement with one of them must run.
#[test]
fn every_function_the_guard_knows_is_there() {
    let connection = connection();
    let mut statement = connection.prepare("SELECT DISTINCT name FROM pragma_function_list").unwrap();
    let known: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let listed = include_str!("../../../../guard/src/functions/sqlite.txt");
    let missing: Vec<&str> = listed
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .filter(|name| !known.iter().any(|known| known == name))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}
