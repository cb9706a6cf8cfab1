//! What is told of tables, and what statements cost.

use std::time::{Duration, Instant};

use sqlatte_db_mysql::{MySql, MySqlConfig};
use sqlatte_guard::{Dialect, Guarded};
use sqlatte_providers::{DatabaseProvider, ErrorKind, TableKind, TableRef};
use sqlatte_testkit::database::DatabaseHarness;

use super::fetch;
use crate::harness::{Harness, Server};

on_both!(
    estimates_rows,
    lists_several_databases,
    describes_composite_keys_views_and_defaults,
    describes_partitions,
    samples_survive_a_broken_view,
);

async fn estimates_rows<S: Server>(harness: &Harness<S>) {
    harness
        .set_up(
            "CREATE TABLE many (id INT PRIMARY KEY AUTO_INCREMENT, k INT);
             INSERT INTO many (k) WITH RECURSIVE n AS (
                 SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
             SELECT i FROM n;
             CREATE VIEW seen AS SELECT * FROM many;
             ANALYZE TABLE many",
        )
        .await;
    let provider = harness.provider(1).await;
    let estimate = async |sql: &str| {
        let sql = Guarded::unguarded(sql, Dialect::Mysql);
        provider.estimate(&sql).await.map(|estimate| estimate.and_then(|estimate| estimate.rows))
    };
    let all = estimate("SELECT * FROM many").await.unwrap().unwrap();
    assert!((900..=1100).contains(&all), "{all}");
    assert_eq!(estimate("SELECT * FROM many WHERE id = 7").await.unwrap(), Some(1));
    let product = estimate("SELECT COUNT(*) FROM many a JOIN many b ON a.k < b.k").await.unwrap().unwrap();
    assert!((1800..=2_000_000).contains(&product), "{product}");
    let viewed = estimate("SELECT * FROM seen").await.unwrap().unwrap();
    assert!((900..=1100).contains(&viewed), "{viewed}");
    assert_eq!(estimate("EXPLAIN SELECT 1").await.unwrap(), None);
    let error = estimate("SELECT nmae FROM many").await.unwrap_err();
    assert_eq!((error.kind(), error.position()), (ErrorKind::Rejected, Some(7)), "{error}");
}

async fn lists_several_databases<S: Server>(harness: &Harness<S>) {
    let other = format!("{}-2", harness.name);
    harness
        .set_up(&format!(
            "CREATE DATABASE `{other}`; CREATE TABLE `{other}`.more (id INT PRIMARY KEY);
             GRANT SELECT ON `{other}`.* TO `{}`@'%'",
            harness.name
        ))
        .await;
    let listed = async |config: MySqlConfig| {
        let provider = MySql::new(config).unwrap();
        provider.check().await.unwrap();
        let tables = provider.tables().await.unwrap();
        let mut names: Vec<_> = tables.into_iter().filter_map(|table| table.schema).collect();
        names.sort();
        names.dedup();
        names
    };
    let (mut all, mut both) = (harness.config(), harness.config());
    all.database.clear();
    both.databases = vec![other.clone()];
    assert_eq!(listed(harness.config()).await, std::slice::from_ref(&harness.name));
    assert_eq!(listed(all.clone()).await, [harness.name.clone(), other.clone()]);
    assert_eq!(listed(both).await, [harness.name.clone(), other.clone()]);
    // Keys can point from one database to another, and a name alone needs a database.
    let provider = MySql::new(all).unwrap();
    let sql = format!("SELECT id FROM `{other}`.more");
    assert!(fetch(&provider, &sql).await.unwrap().1.is_empty());
    assert!(provider.info().home.is_empty());
    harness.set_up(&format!("DROP DATABASE `{other}`")).await;
}

async fn describes_composite_keys_views_and_defaults<S: Server>(harness: &Harness<S>) {
    harness
        .set_up(
            "CREATE TABLE parents (b INT, a INT, c INT, PRIMARY KEY (c, a));
             CREATE TABLE children (
                 x INT DEFAULT 5, y INT, z INT, w VARCHAR(9) DEFAULT 'it''s',
                 d DATETIME DEFAULT CURRENT_TIMESTAMP,
                 FOREIGN KEY (z, y) REFERENCES parents (c, a), FOREIGN KEY (y, x) REFERENCES parents (c, a)
             );
             CREATE VIEW seen AS SELECT a AS `An a`, 'x' AS t FROM parents",
        )
        .await;
    let provider = harness.provider(1).await;
    let wanted = ["parents", "children", "seen"].map(TableRef::new);
    let found = provider.describe(&wanted).await.unwrap();
    assert_eq!(found[0].primary_key, ["c", "a"]);
    let keys: Vec<_> =
        found[1].foreign_keys.iter().map(|key| (&key.columns, &key.referenced_columns)).collect();
    let columns = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
    assert_eq!(keys.len(), 2);
    assert!(keys.contains(&(&columns("z", "y"), &columns("c", "a"))), "{keys:?}");
    assert!(keys.contains(&(&columns("y", "x"), &columns("c", "a"))), "{keys:?}");
    assert_eq!(found[1].foreign_keys[0].references, format!("{}.parents", harness.name));
    let defaults: Vec<_> = found[1].columns.iter().map(|column| column.default.as_deref()).collect();
    assert_eq!((defaults[0], defaults[1]), (Some("5"), None));
    assert_eq!(defaults[3].map(|text| text.replace("\\'", "''")).as_deref(), Some("'it''s'"));
    assert!(defaults[4].unwrap().to_lowercase().starts_with("current_timestamp"), "{defaults:?}");
    assert_eq!((found[2].table.kind, found[2].table.comment.as_deref()), (TableKind::View, None));
    assert_eq!(found[2].columns[0].name, "An a");
    let listed = provider.tables().await.unwrap();
    assert!(listed.contains(&found[2].table), "{listed:?}");
}

async fn describes_partitions<S: Server>(harness: &Harness<S>) {
    harness
        .set_up(
            "CREATE TABLE by_range (id INT, `At` DATE, year INT) PARTITION BY RANGE (YEAR(`At`)) (
                 PARTITION p0 VALUES LESS THAN (2026), PARTITION p1 VALUES LESS THAN MAXVALUE);
             CREATE TABLE by_columns (a INT, `b c` VARCHAR(9), d DATE)
                 PARTITION BY RANGE COLUMNS (d, a) (PARTITION p0 VALUES LESS THAN (MAXVALUE, MAXVALUE));
             CREATE TABLE by_key (a INT, b INT, PRIMARY KEY (b, a)) PARTITION BY KEY () PARTITIONS 3;
             CREATE TABLE by_both (id INT, at DATE) PARTITION BY RANGE (YEAR(at))
                 SUBPARTITION BY HASH (id) SUBPARTITIONS 2 (PARTITION p0 VALUES LESS THAN MAXVALUE)",
        )
        .await;
    let provider = harness.provider(1).await;
    let wanted = ["by_range", "by_columns", "by_key", "by_both", "clients"].map(TableRef::new);
    let found = provider.describe(&wanted).await.unwrap();
    let layouts: Vec<_> = found.iter().map(|schema| schema.layout.partitioned_by.join(" ")).collect();
    assert_eq!(layouts, ["At", "d a", "b a", "at id", ""]);
    // Partitions are no tables of their own.
    let listed = provider.tables().await.unwrap();
    assert_eq!(listed.iter().filter(|table| table.name.starts_with("by_")).count(), 4);
}

async fn samples_survive_a_broken_view<S: Server>(harness: &Harness<S>) {
    harness
        .set_up(
            "CREATE TABLE gone (status VARCHAR(9));
             CREATE VIEW a_broken AS SELECT status FROM gone; DROP TABLE gone;
             CREATE VIEW slow AS SELECT s.status, SLEEP(3) AS n FROM sales s",
        )
        .await;
    let mut config = harness.config();
    let provider = MySql::new(config.clone()).unwrap();
    let tables = provider.tables().await.unwrap();
    assert!(tables.iter().any(|table| table.name == "a_broken"));
    let wanted = ["slow", "sales"].map(TableRef::new);
    let started = Instant::now();
    let found = provider.describe(&wanted).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(6), "{:?}", started.elapsed());
    assert_eq!(found[1].columns[3].samples, ["paid", "open"]);
    config.samples = false;
    let found = MySql::new(config).unwrap().describe(&wanted).await.unwrap();
    assert!(found[1].columns[3].samples.is_empty());
}
