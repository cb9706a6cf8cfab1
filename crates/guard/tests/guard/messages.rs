//! The words people read.

use sqlatte_guard::{Dialect, Guard};

#[test]
fn refusals() {
    use Dialect::{Bigquery, Mysql, Postgresql, Sqlite, Trino};
    let long = format!("SELECT {}", "1,".repeat(20_000));
    let cases: &[(Dialect, &str)] = &[
        (Postgresql, " "),
        (Postgresql, &long),
        (Postgresql, "SELECT 1\0"),
        (Mysql, "SELECT 1 /*!50000 , 2 */"),
        (Postgresql, "SELECT U&\"a\""),
        (Postgresql, "SELECT a,\n  FROM\n t GROUP"),
        (Postgresql, "SELECT 'open"),
        (Postgresql, "SELECT 1 SELECT 2"),
        (Postgresql, "SELECT 1; DROP TABLE t"),
        (Sqlite, "DELETE FROM t"),
        (Trino, "CREATE TABLE a AS SELECT 1"),
        (Postgresql, "WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d"),
        (Postgresql, "SELECT * INTO a FROM b"),
        (Postgresql, "SELECT * FROM t FOR UPDATE"),
        (Postgresql, "EXPLAIN ANALYZE SELECT 1"),
        (Mysql, "SHOW PROCESSLIST"),
        (Mysql, "SELECT @a"),
        (Bigquery, "SELECT @@project_id"),
        (Mysql, "SELECT /*+ SET_VAR(a=1) */ 1"),
        (Postgresql, "SELECT pg_read_file('/etc/passwd')"),
        (Trino, "SELECT * FROM TABLE(pg.system.query(query => 'x'))"),
        (Bigquery, "SELECT * FROM EXTERNAL_QUERY('c', 'q')"),
        (Postgresql, "SELECT * FROM pg_authid"),
        (Sqlite, "SELECT * FROM pragma_database_list"),
        (Postgresql, "SELECT repeat('x', 1000000000)"),
        (Postgresql, "SELECT * FROM generate_series(1, 1000000000000)"),
        (Sqlite, "WITH c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"),
        (Trino, "SELECT count(*) FROM a CROSS JOIN b CROSS JOIN c"),
        (Bigquery, "SELECT * FROM `d.events_*`"),
        (Mysql, "SELECT 'a\\'; DROP TABLE t; -- '"),
    ];
    let lines: Vec<String> = cases
        .iter()
        .map(|(dialect, sql)| {
            let refusal = Guard::new(*dialect).check(sql).expect_err(sql);
            let place = refusal.position.map_or("-".to_owned(), |p| format!("{}:{}", p.line, p.column));
            let sql: String = sql.escape_debug().take(60).collect();
            format!("{dialect}: {sql}\n    {:?} {place} {refusal}", refusal.reason)
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
