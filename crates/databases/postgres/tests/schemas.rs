//! Schemas, partitions, keys and views are described as they are; costs are guessed before a statement runs.

#![expect(clippy::unwrap_used, reason = "these are tests")]

mod server;

use sqlatte_guard::{Dialect, Guarded};
use sqlatte_providers::{TableKind, Value};
use sqlatte_testkit::skip;

use self::server::{Database, fetch, query};

const SCHEMA: &str = r#"
CREATE SCHEMA sales;
CREATE SCHEMA "Odd.Schema%";
CREATE SCHEMA secret;
CREATE TABLE public.same (a int);
CREATE TABLE sales.same (b int);
CREATE TABLE "Odd.Schema%".same (c int);
CREATE TABLE secret.hidden (d int);
CREATE TABLE sales.lines (
    "order" int, "Line No" int, note text, kind varchar(10), long_text text,
    PRIMARY KEY ("Line No", "order")
);
CREATE TABLE sales.parts (
    id int PRIMARY KEY, o int, l int, other int REFERENCES sales.parts,
    FOREIGN KEY (l, o) REFERENCES sales.lines
);
CREATE TABLE sales.log (at date NOT NULL, level text, message text, PRIMARY KEY (at, message)) PARTITION BY RANGE (at);
CREATE TABLE sales.log_2025 PARTITION OF sales.log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE sales.log_2026 PARTITION OF sales.log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO sales.log SELECT '2025-01-01'::date + i % 700, (ARRAY['info', 'warn', 'info'])[1 + i % 3], i::text
    FROM generate_series(1, 3000) AS i;
INSERT INTO sales.lines SELECT i, i, NULL, 'k' || i % 4, repeat('x', 100) FROM generate_series(1, 5000) AS i;
CREATE VIEW sales.recent AS SELECT * FROM sales.log WHERE at > '2026-01-01';
COMMENT ON VIEW sales.recent IS 'This year';
CREATE MATERIALIZED VIEW sales.levels AS SELECT level, count(*) FROM sales.log GROUP BY level;
ANALYZE;
"#;

async fn start(test: &str) -> Option<Database> {
    let database = Database::start(SCHEMA).await.map_err(|reason| skip(test, &reason)).ok()?;
    for schema in ["sales", "\"Odd.Schema%\""] {
        let grant = format!(
            "GRANT USAGE ON SCHEMA {schema} TO {role}; GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}",
            role = database.name
        );
        database.admin.batch_execute(&grant).await.unwrap();
    }
    Some(database)
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_what_the_role_may_read_and_partitioned_tables_once() {
    let Some(database) = start("lists_what_the_role_may_read_and_partitioned_tables_once").await else {
        return;
    };
    let tables = database.provider(|_| {}).tables().await.unwrap();
    let list =
        |tables: &[sqlatte_providers::TableRef]| tables.iter().map(ToString::to_string).collect::<Vec<_>>();
    let all = [
        "Odd.Schema%.same",
        "public.same",
        "sales.levels",
        "sales.lines",
        "sales.log",
        "sales.parts",
        "sales.recent",
        "sales.same",
    ];
    assert_eq!(list(&tables), all);
    let named = |name: &str| tables.iter().find(|table| table.to_string() == name).unwrap();
    assert_eq!((named("sales.log").kind, named("sales.log").rows_estimate), (TableKind::Table, Some(3000)));
    assert_eq!((named("sales.recent").kind, named("sales.recent").rows_estimate), (TableKind::View, None));
    assert_eq!(named("sales.recent").comment.as_deref(), Some("This year"));
    assert_eq!(
        (named("sales.levels").kind, named("sales.levels").rows_estimate),
        (TableKind::MaterializedView, Some(2))
    );

    let some =
        database.provider(|config| config.schemas = vec!["Odd.Schema%".to_owned(), "public".to_owned()]);
    assert_eq!(list(&some.tables().await.unwrap()), ["Odd.Schema%.same", "public.same"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn short_names_are_looked_for_where_the_settings_say() {
    let Some(database) = start("short_names_are_looked_for_where_the_settings_say").await else { return };
    let column = async |schemas: &[&str], search_path: &[&str]| {
        let provider = database.provider(|config| {
            config.schemas = schemas.iter().map(|name| (*name).to_owned()).collect();
            config.search_path = search_path.iter().map(|name| (*name).to_owned()).collect();
        });
        let (columns, _) = fetch(&*provider, query("SELECT * FROM same")).await.unwrap();
        provider.tables().await.unwrap();
        (columns[0].name.clone(), provider.info().home)
    };
    // As the server is set up: the role's own schema if there is one, and `public`.
    assert_eq!(column(&[], &[]).await, ("a".to_owned(), vec!["public".to_owned()]));
    assert_eq!(column(&["sales"], &[]).await, ("b".to_owned(), vec!["sales".to_owned()]));
    assert_eq!(column(&["Odd.Schema%", "sales"], &[]).await, ("c".to_owned(), vec![]));
    assert_eq!(column(&["sales"], &["public"]).await, ("a".to_owned(), vec!["public".to_owned()]));
    let own = format!("CREATE SCHEMA {name} AUTHORIZATION {name}", name = database.name);
    database.admin.batch_execute(&own).await.unwrap();
    assert_eq!(column(&[], &[]).await, ("a".to_owned(), vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_layout_and_samples_are_described() {
    let Some(database) = start("keys_layout_and_samples_are_described").await else { return };
    let provider = database.provider(|_| {});
    let tables = provider.tables().await.unwrap();
    let described = provider.describe(&tables).await.unwrap();
    let named = |name: &str| described.iter().find(|schema| schema.table.to_string() == name).unwrap();
    assert_eq!(named("sales.lines").primary_key, ["Line No", "order"]);
    let keys = &named("sales.parts").foreign_keys;
    assert_eq!(keys.len(), 2);
    assert_eq!(
        (keys[0].columns.as_slice(), keys[0].references.as_str()),
        (&["l".to_owned(), "o".to_owned()][..], "sales.lines")
    );
    assert_eq!(keys[0].referenced_columns, ["Line No", "order"]);
    assert_eq!(
        (keys[1].columns.as_slice(), keys[1].references.as_str()),
        (&["other".to_owned()][..], "sales.parts")
    );
    assert_eq!(named("sales.log").layout.partitioned_by, ["at"]);
    assert_eq!(named("sales.log").columns[1].samples, ["info", "warn"]);
    assert!(named("sales.log").columns[2].samples.is_empty(), "{:?}", named("sales.log").columns[2]);
    let lines = &named("sales.lines").columns;
    assert_eq!((lines[3].database_type.as_str(), lines[3].samples.len()), ("character varying(10)", 4));
    assert!(lines[2].samples.is_empty() && lines[4].samples.is_empty());

    let without = database.provider(|config| config.samples = false);
    let described = without.describe(&tables).await.unwrap();
    assert!(described.iter().flat_map(|schema| &schema.columns).all(|column| column.samples.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_gone_or_slow_spoils_no_other() {
    let Some(database) = start("a_table_that_is_gone_or_slow_spoils_no_other").await else { return };
    let provider = database.provider(|_| {});
    let tables = provider.tables().await.unwrap();
    // Readable, and nobody may say how long it takes.
    let role = &database.name;
    let slow = format!(
        "CREATE TABLE public.slow (word text); INSERT INTO public.slow VALUES ('x');
         CREATE FUNCTION public.dawdle() RETURNS boolean LANGUAGE sql VOLATILE AS 'SELECT pg_sleep(60) IS NOT NULL';
         ALTER TABLE public.slow ENABLE ROW LEVEL SECURITY;
         CREATE POLICY slow ON public.slow USING (dawdle()); GRANT SELECT ON public.slow TO {role}"
    );
    database.admin.batch_execute(&slow).await.unwrap();
    database
        .admin
        .batch_execute("CREATE TABLE public.zoo (word text); INSERT INTO public.zoo VALUES ('ape')")
        .await
        .unwrap();
    let described = provider.describe(&provider.tables().await.unwrap()).await.unwrap();
    let samples = |name: &str| {
        described.iter().find(|schema| schema.table.name == name).unwrap().columns[0].samples.clone()
    };
    assert_eq!((samples("slow").len(), samples("zoo")), (0, vec!["ape".to_owned()]));

    database.admin.batch_execute("DROP TABLE sales.parts").await.unwrap();
    let error = provider.describe(&tables).await.unwrap_err();
    assert!(error.message().starts_with("there is no table `sales.parts`"), "{error}");
    let error = fetch(&*provider, query("SELECT * FROM sales.parts")).await.unwrap_err();
    assert_eq!(error.message(), "PostgreSQL: relation \"sales.parts\" does not exist");
}

#[tokio::test(flavor = "multi_thread")]
async fn costs_are_estimated_before_a_statement_runs() {
    let Some(database) = start("costs_are_estimated_before_a_statement_runs").await else { return };
    let provider = database.provider(|_| {});
    let rows = async |sql: &str| {
        let estimate = provider.estimate(&Guarded::unguarded(sql, Dialect::Postgresql)).await.unwrap();
        estimate.and_then(|estimate| estimate.rows)
    };
    assert_eq!(rows("SELECT 1").await, Some(1));
    assert_eq!(rows("SELECT * FROM sales.lines").await, Some(5000));
    // Few come out, and all are looked at.
    assert_eq!(rows("SELECT * FROM sales.lines WHERE note = 'x'").await, Some(5000));
    assert_eq!(rows("SELECT * FROM sales.lines LIMIT 10").await, Some(10));
    assert_eq!(rows("SELECT count(*) FROM sales.lines AS a, sales.lines AS b").await, Some(25_000_000));
    assert_eq!(rows("EXPLAIN SELECT 1").await, None);
    let sql = Guarded::unguarded("SELECT nmae FROM sales.lines", Dialect::Postgresql);
    assert_eq!(provider.estimate(&sql).await.unwrap_err().position(), Some(7));
}

#[tokio::test(flavor = "multi_thread")]
async fn time_zones_and_strings_are_the_servers_and_the_standards() {
    let Some(database) = start("time_zones_and_strings_are_the_servers_and_the_standards").await else {
        return;
    };
    let provider = database.provider(|config| config.options = "-c timezone=Asia/Tokyo".to_owned());
    let hour = "SELECT extract(hour FROM '2026-11-22 12:00Z'::timestamptz)::int";
    assert_eq!(fetch(&*provider, query(hour)).await.unwrap().1[0][0], Value::Integer(21));
    // A server set up otherwise reads a backslash as the guard does.
    let odd = format!("ALTER ROLE {} SET standard_conforming_strings = off", database.name);
    database.admin.batch_execute(&odd).await.unwrap();
    let provider = database.provider(|_| {});
    let (_, rows) = fetch(&*provider, query(r"SELECT 'a\'")).await.unwrap();
    assert_eq!(rows[0][0], Value::Text("a\\".to_owned()));
}
