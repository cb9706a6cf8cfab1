//! `sqlatte guard`: JSON lines in, verdicts out.

use serde_json::{Value, json};
use sqlatte_e2e::Start;

fn verdicts(dialect: &str, input: &[u8]) -> Vec<Value> {
    let guarded = Start::new().plain(&["guard", "--dialect", dialect], input);
    assert!(guarded.status.success(), "{}", String::from_utf8_lossy(&guarded.stderr));
    let text = String::from_utf8(guarded.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn lines<'s>(statements: impl IntoIterator<Item = &'s str>) -> Vec<u8> {
    let line = |(id, sql)| format!("{}\n", json!({"id": id, "sql": sql}));
    statements.into_iter().enumerate().map(line).collect::<String>().into_bytes()
}

const HARMLESS: [&str; 6] = [
    "SELECT 1",
    "select name, count(*) from customers group by name having count(*) > 2 order by 2 desc limit 10",
    "WITH recent AS (SELECT * FROM orders WHERE total > 5) SELECT avg(total) FROM recent",
    "SELECT a.x FROM a JOIN b ON a.id = b.id WHERE b.y IN (SELECT y FROM c)",
    "SELECT 'DROP TABLE x; --' AS text",
    "SELECT 1 -- a comment",
];

const HOSTILE: [&str; 8] = [
    "DELETE FROM customers",
    "SELECT 1; DROP TABLE customers",
    "UPDATE customers SET name = 'x'",
    "INSERT INTO customers VALUES (1)",
    "CREATE TABLE x (id INTEGER)",
    "GRANT ALL ON customers TO public",
    "SELEC name",
    "",
];

#[test]
fn harmless_lines_pass_and_hostile_ones_do_not() {
    for dialect in ["postgresql", "mysql", "trino", "bigquery", "sqlite"] {
        for (number, verdict) in verdicts(dialect, &lines(HARMLESS)).into_iter().enumerate() {
            assert_eq!(
                verdict,
                json!({"id": number, "verdict": "allow", "reason": null}),
                "{dialect}: {}",
                HARMLESS[number]
            );
        }
        let refused = verdicts(dialect, &lines(HOSTILE));
        assert_eq!(refused.len(), HOSTILE.len(), "{dialect}");
        for (number, verdict) in refused.into_iter().enumerate() {
            assert_eq!(
                (&verdict["id"], &verdict["verdict"]),
                (&json!(number), &json!("refuse")),
                "{dialect}: {}",
                HOSTILE[number]
            );
            assert!(!verdict["reason"].as_str().unwrap().is_empty());
        }
    }
}

#[test]
fn each_dialect_has_traps_of_its_own() {
    for (dialect, sql) in [
        ("postgresql", "SELECT pg_read_file('/etc/passwd')"),
        ("postgresql", "COPY customers TO PROGRAM 'sh'"),
        ("postgresql", "SELECT * INTO stolen FROM customers"),
        ("mysql", "SELECT * FROM customers INTO OUTFILE '/tmp/x'"),
        ("mysql", "SELECT /*! 1; DROP TABLE customers */ 2"),
        ("mysql", "SELECT LOAD_FILE('/etc/passwd')"),
        ("trino", "CALL system.runtime.kill_query('x', 'y')"),
        ("bigquery", "EXPORT DATA OPTIONS(uri='gs://x/*') AS SELECT 1"),
        ("sqlite", "ATTACH DATABASE '/tmp/x.db' AS x"),
        ("sqlite", "SELECT load_extension('/tmp/x.so')"),
    ] {
        assert_eq!(verdicts(dialect, &lines([sql]))[0]["verdict"], "refuse", "{dialect}: {sql}");
    }
}

/// No line goes unanswered, each under its own id where it has one, and order is kept.
#[test]
fn malformed_lines_are_refused_where_they_stand() {
    let input = b"{\"id\": \"a\", \"sql\": \"SELECT 1\"}\nnot JSON\n\n{\"id\": 7}\n[]\n\xff\xfe\n{\"id\": {\"x\": [1]}, \"sql\": \"SELECT 2\"}\n{\"sql\": \"SELECT 3\"}\r\n{\"id\":\"z\",\"sql\":5}\n{\"id\": \"last\", \"sql\": \"SELECT 4\"}";
    let verdicts = verdicts("sqlite", input);
    let short: Vec<_> =
        verdicts.iter().map(|one| (one["id"].clone(), one["verdict"].as_str().unwrap())).collect();
    assert_eq!(
        short,
        [
            (json!("a"), "allow"),
            (json!(null), "refuse"),
            (json!(7), "refuse"),
            (json!(null), "refuse"),
            (json!(null), "refuse"),
            (json!({"x": [1]}), "allow"),
            (json!(null), "allow"),
            (json!("z"), "refuse"),
            (json!("last"), "allow"),
        ]
    );
}

#[test]
fn nothing_in_is_nothing_out() {
    assert_eq!(verdicts("sqlite", b""), Vec::<Value>::new());
}

#[test]
fn deep_and_long_statements_do_not_end_it() {
    let deep = format!("SELECT {}1{}", "(".repeat(100_000), ")".repeat(100_000));
    let long = format!("SELECT 1{}", " + 1".repeat(200_000));
    let verdicts = verdicts("postgresql", &lines([deep.as_str(), long.as_str(), "SELECT 1"]));
    assert_eq!(verdicts.len(), 3);
    assert_eq!(verdicts[2]["verdict"], "allow");
}
