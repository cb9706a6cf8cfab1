//! The database server dies under load, and comes back: what runs ends as `database_unavailable`, nothing hangs,
//! and what is asked after the return is answered, all by the same SQLatte process.

mod load;
mod own;
mod scene;

use std::{process::Command, time::Duration};

use mysql_async::prelude::Queryable;
use tokio::time::sleep;

pub(crate) use self::own::Own;
use self::{
    load::Load,
    scene::{Scene, Subject},
};

/// Ten digits, to make many rows of.
macro_rules! digits {
    ($query:literal) => {
        concat!(
            "WITH d(n) AS (SELECT 0 UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 ",
            "UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) ",
            $query
        )
    };
}

const CUPS: &str = "CREATE TABLE cups AS SELECT 'Espresso' AS name UNION ALL SELECT 'Latte'";
const ENDLESS: &str = digits!(
    "SELECT count(*) FROM d a CROSS JOIN d b CROSS JOIN d c CROSS JOIN d e CROSS JOIN d f CROSS JOIN d g \
     CROSS JOIN d h CROSS JOIN d i CROSS JOIN d j CROSS JOIN d k CROSS JOIN d l CROSS JOIN d m"
);
const MANY: &str = digits!(
    "SELECT a.n AS a, b.n AS b, 'a text of about a hundred letters, so that no buffer on the way to its reader \
     can hold all of the rows' AS t FROM d a CROSS JOIN d b CROSS JOIN d c CROSS JOIN d e CROSS JOIN d f \
     CROSS JOIN d g CROSS JOIN d h"
);

/// On tables of its own, which SQLatte asks as the server's superuser: rights are not what this is about.
const SQL: Subject = Subject { short: "SELECT count(*) FROM cups", endless: ENDLESS, many: MANY };
/// On what the catalog tpch makes up.
const TRINO: Subject = Subject {
    short: "SELECT count(*) FROM region",
    endless: "SELECT count(*) FROM lineitem a JOIN lineitem b ON a.linenumber = b.linenumber \
              JOIN lineitem c ON b.linenumber = c.linenumber",
    many: "SELECT a.comment, b.comment AS other, b.orderkey FROM lineitem a CROSS JOIN lineitem b",
};

#[tokio::test(flavor = "multi_thread")]
async fn postgresql() {
    let Some((mut server, url)) = Own::start("postgres", "SQLATTE_TEST_POSTGRES_URL") else { return };
    let (admin, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    admin.batch_execute(&format!("SET synchronous_commit = on; {CUPS}")).await.unwrap();
    let scene = Scene::on(SQL, &url).await;
    // The system kills one process of many, as when memory runs out: the server ends all others itself, and is back
    // at once.
    let running = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'WITH d%count%' AND state = 'active'";
    let mut load = Load::begin(&scene, 4).await;
    // All of them: one that came later would run on the server that is back.
    let victim: i32 = loop {
        let rows = admin.query(running, &[]).await.unwrap();
        if rows.len() == 4 {
            break rows[0].get(0);
        }
        sleep(Duration::from_millis(50)).await;
    };
    kill(victim);
    load.ended().await;
    scene.returns().await;
    load.went_well().await;
    drop(connection.await);

    scene.lives_through("kill", &mut server).await;
    scene.lives_through("stop", &mut server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mysql() {
    mysql_or_mariadb("mysql", "SQLATTE_TEST_MYSQL_URL").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mariadb() {
    mysql_or_mariadb("mariadb", "SQLATTE_TEST_MARIADB_URL").await;
}

async fn mysql_or_mariadb(name: &str, variable: &str) {
    let Some((mut server, url)) = Own::start(name, variable) else { return };
    let mut admin = mysql_async::Conn::from_url(&url).await.unwrap();
    // The services are careless with what they wrote last.
    admin.query_drop("SET GLOBAL innodb_flush_log_at_trx_commit = 1; CREATE DATABASE shop").await.unwrap();
    admin.query_drop(format!("USE shop; {CUPS}")).await.unwrap();
    admin.disconnect().await.unwrap();
    let scene = Scene::on(SQL, &url.replace("/mysql", "/shop")).await;
    scene.lives_through("kill", &mut server).await;
    scene.lives_through("stop", &mut server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn trino() {
    let Some((mut server, url)) = Own::start("trino", "SQLATTE_TEST_TRINO_URL") else { return };
    let scene = Scene::on(TRINO, &(url.replace("http://", "trino://sqlatte@") + "/tpch/tiny")).await;
    scene.lives_through("kill", &mut server).await;
}

fn kill(process: i32) {
    let killed = Command::new("kill").args(["-s", "KILL", &process.to_string()]).status();
    assert!(killed.unwrap().success());
}
