//! What is special about MySQL and MariaDB: their types, their settings, their faults.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod harness;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::TryStreamExt;
use harness::{Harness, MariaDbServer, MySqlServer, Server};
use sqlatte_db_mysql::{MySql, MySqlConfig, SslMode};
use sqlatte_guard::{Dialect, Guarded};
use sqlatte_providers::{
    ColumnType, DatabaseProvider, ErrorKind, ProviderError, Query, Result, Row, Secret, TableKind, TableRef,
    Value,
};
use sqlatte_testkit::database::{DatabaseHarness, started};
use tokio::net::TcpListener;

/// Makes a test on each of the two servers.
macro_rules! on_both {
    ($($test:ident),* $(,)?) => {
        mod mysql {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                let Some(harness) = super::started::<super::Harness<super::MySqlServer>>(stringify!($test)).await else { return };
                super::$test(&harness).await;
            })*
        }
        mod mariadb {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                let Some(harness) = super::started::<super::Harness<super::MariaDbServer>>(stringify!($test)).await else { return };
                super::$test(&harness).await;
            })*
        }
    };
}

on_both!(
    own_types_arrive,
    own_types_are_described,
    sessions_start_clean,
    session_settings_are_safe,
    modes_of_the_server_do_not_reach_statements,
    sends_every_byte_of_a_statement,
    estimates_rows,
    lists_several_databases,
    describes_composite_keys_views_and_defaults,
    samples_survive_a_broken_view,
    says_where_a_fault_is,
    names_what_is_wrong,
    encrypts_as_it_is_told,
    killed_statements_say_so,
    a_slow_statement_shows_what_it_has,
);

fn query(sql: &str) -> Query {
    Query { sql: Guarded::unguarded(sql, Dialect::Mysql), max_rows: 1000, timeout: Duration::from_secs(20) }
}

async fn fetch(provider: &dyn DatabaseProvider, sql: &str) -> Result<(Vec<(String, ColumnType)>, Vec<Row>)> {
    let stream = provider.query(query(sql)).await?;
    let columns = stream.columns.into_iter().map(|column| (column.name, column.kind)).collect();
    let batches: Vec<_> = stream.batches.try_collect().await?;
    Ok((columns, batches.into_iter().flat_map(|batch| batch.rows).collect()))
}

async fn fetch_value(provider: &dyn DatabaseProvider, sql: &str) -> Value {
    fetch(provider, sql).await.unwrap_or_else(|error| panic!("{sql}: {error}")).1.remove(0).remove(0)
}

async fn fails(provider: &dyn DatabaseProvider, sql: &str) -> ProviderError {
    fetch(provider, sql).await.map(|_| ()).unwrap_err()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

const OWN_TYPES: &str = "
SET SESSION sql_mode = '';
CREATE TABLE own (
    flag TINYINT(1), tiny TINYINT(1), b1 BIT(1), b10 BIT(10), b64 BIT(64), y YEAR, zero DATE, zero_at DATETIME,
    half DATE, long_time TIME(2), choice SET('x','y','z'), f FLOAT, c CHAR(5), bin BINARY(3), long_text LONGTEXT,
    b LONGBLOB, place POINT, shape GEOMETRY, j JSON, i TIMESTAMP(3) NULL, big DECIMAL(65,0), latin VARCHAR(9)
    CHARACTER SET latin1
);
INSERT INTO own VALUES (
    1, 7, b'1', b'1000000001', 0xffffffffffffffff, 2026, '0000-00-00', '0000-00-00 00:00:00', '2026-02-00',
    '-838:59:58.50', 'x,z', 0.1, 'ab', 'ab', '{}', x'00ff', ST_GeomFromText('POINT(1 2.5)'),
    ST_GeomFromText('POLYGON((0 0,4 0,4 4,0 0),(1 1,2 1,1 2,1 1))'), '[1, {\"a\": 1.5}]',
    '2026-11-22 13:14:15.125', 99999999999999999999999999999999999999999999999999999999999999999, 'größe'
), (0, 0, b'0', 0, 0, 1901, NULL, NULL, NULL, '00:00:00', '', -2.5e10, '', 'xyz', NULL, '', NULL,
    ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))'), 'null', NULL, 0, '');
";

async fn own_types_arrive<S: Server>(harness: &Harness<S>) {
    harness.set_up(OWN_TYPES).await;
    let mut config = harness.config();
    config.time_zone = "+00:00".to_owned();
    let provider = MySql::new(config).unwrap();
    let (columns, rows) = fetch(&provider, "SELECT * FROM own").await.unwrap();
    let kinds: Vec<_> = columns.iter().map(|(name, kind)| format!("{name} {}", kind.name())).collect();
    assert_eq!(
        kinds.join(", "),
        "flag boolean, tiny integer, b1 boolean, b10 integer, b64 integer, y integer, zero date, zero_at timestamp, \
         half date, long_time time, choice text, f float, c text, bin bytes, long_text text, b bytes, place text, \
         shape text, j json, i timestamp, big decimal, latin text"
    );
    let json = Value::Json(serde_json::json!([1, { "a": 1.5 }]));
    let expected = [
        Value::Bool(true),
        Value::Integer(7),
        Value::Bool(true),
        Value::Integer(513),
        Value::Unsigned(u64::MAX),
        Value::Integer(2026),
        text("0000-00-00"),
        text("0000-00-00 00:00:00"),
        text("2026-02-00"),
        text("-838:59:58.50"),
        text("x,z"),
        Value::Float(0.1),
        text("ab"),
        Value::Bytes(b"ab\0".to_vec()),
        text("{}"),
        Value::Bytes(vec![0, 255]),
        text("POINT(1 2.5)"),
        text("POLYGON((0 0,4 0,4 4,0 0),(1 1,2 1,1 2,1 1))"),
        json,
    ];
    for ((value, expected), (name, _)) in rows[0].iter().zip(expected).zip(&columns) {
        assert_eq!(*value, expected, "{name}");
    }
    assert_eq!(rows[0][20], Value::Decimal("9".repeat(65)));
    assert_eq!(rows[0][21], text("größe"));
    assert_eq!(rows[1][17], text("GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))"));
    assert_eq!((&rows[1][6], &rows[1][9], &rows[1][10]), (&Value::Null, &text("00:00:00.00"), &text("")));

    for (sql, value) in [
        ("SELECT SUM(tiny) FROM own", Value::Decimal("7".to_owned())),
        ("SELECT COUNT(*) FROM own", Value::Integer(2)),
        ("SELECT AVG(tiny) FROM own", Value::Decimal("3.5000".to_owned())),
        ("SELECT MAX(zero_at) FROM own WHERE zero_at = '0000-00-00'", text("0000-00-00 00:00:00")),
        ("SELECT DATE_FORMAT(i, '%Y-%m') FROM own LIMIT 1", text("2026-11")),
        ("SELECT i FROM own LIMIT 1", text("2026-11-22 13:14:15.125")),
        ("SELECT CONCAT(y, c) FROM own LIMIT 1", text("2026ab")),
        ("SELECT 1e0 / 3", Value::Float(1.0 / 3.0)),
        ("SELECT HEX(b) FROM own LIMIT 1", text("00FF")),
        ("SELECT '😊'", text("😊")),
        ("SELECT ''", text("")),
        ("SELECT INET6_ATON('::1') = INET6_ATON('::1')", Value::Integer(1)),
    ] {
        assert_eq!(fetch_value(&provider, sql).await, value, "{sql}");
    }
    if S::IS_MARIADB {
        assert_eq!(
            fetch_value(&provider, "SELECT CAST('::ffff:1.2.3.4' AS INET6)").await,
            text("::ffff:1.2.3.4")
        );
    } else {
        let vector = fetch_value(&provider, "SELECT STRING_TO_VECTOR('[1]')").await;
        assert_eq!(vector, Value::Bytes(1_f32.to_le_bytes().to_vec()));
    }
}

async fn own_types_are_described<S: Server>(harness: &Harness<S>) {
    harness.set_up(OWN_TYPES).await;
    let provider = harness.provider(1).await;
    let own = provider.describe(&[TableRef::new("own")]).await.unwrap().remove(0);
    let shown = |name: &str| {
        let column = own.columns.iter().find(|column| column.name == name).unwrap();
        (column.database_type.to_ascii_lowercase(), column.kind, column.samples.clone())
    };
    let labels = ["x", "y", "z"].map(str::to_owned).to_vec();
    assert_eq!(shown("choice"), ("set('x','y','z')".to_owned(), ColumnType::Text, labels));
    assert_eq!(shown("flag"), ("tinyint(1)".to_owned(), ColumnType::Boolean, vec![]));
    assert_eq!(shown("b10"), ("bit(10)".to_owned(), ColumnType::Integer, vec![]));
    assert_eq!(shown("big").0, "decimal(65,0)");
    assert_eq!(shown("shape").1, ColumnType::Text);
    let json = if S::IS_MARIADB { ("longtext", ColumnType::Text) } else { ("json", ColumnType::Json) };
    assert_eq!((shown("j").0.as_str(), shown("j").1), json);
}

async fn sessions_start_clean<S: Server>(harness: &Harness<S>) {
    let provider = harness.provider(1).await;
    let first = fetch_value(&*provider, "SELECT CONNECTION_ID()").await;
    let (lock, variable) = (format!("SELECT GET_LOCK('{}', 0)", harness.name), "SELECT @left := 1");
    fetch_value(&*provider, &lock).await;
    fetch_value(&*provider, variable).await;
    assert_eq!(fetch_value(&*provider, "SELECT @left").await, Value::Null);
    let free = format!("SELECT IS_FREE_LOCK('{}')", harness.name);
    assert_eq!(fetch_value(&*provider, &free).await, Value::Integer(1));
    assert_eq!(fetch_value(&*provider, "SELECT CONNECTION_ID()").await, first, "the connection is the same");
}

async fn session_settings_are_safe<S: Server>(harness: &Harness<S>) {
    let mut config = harness.config();
    config.time_zone = "+05:30".to_owned();
    let provider = MySql::new(config).unwrap();
    let (limit, read_only) = if S::IS_MARIADB {
        ("@@max_statement_time * 1000", "@@tx_read_only")
    } else {
        ("@@max_execution_time", "@@transaction_read_only")
    };
    // Twice: the second time on the connection that was reset.
    for _ in 0..2 {
        let sql = format!(
            "SELECT @@character_set_client, @@character_set_results, @@time_zone, {read_only}, {limit} BETWEEN 19000 AND \
             20500, @@sql_mode LIKE '%ANSI_QUOTES%' OR @@sql_mode LIKE '%BACKSLASH%'"
        );
        let (_, rows) = fetch(&provider, &sql).await.unwrap();
        let shown: Vec<_> = rows[0].iter().map(|value| format!("{value:?}")).collect();
        assert_eq!(
            shown.join(", "),
            r#"Text("utf8mb4"), Text("utf8mb4"), Text("+05:30"), Integer(1), Integer(1), Integer(0)"#
        );
    }
}

async fn modes_of_the_server_do_not_reach_statements<S: Server>(harness: &Harness<S>) {
    // With its own settings a server may read quotes and backslashes in another way than the guard does.
    let provider = harness.provider(1).await;
    let sql = r#"SELECT "double", 'back\\slash', 'a' || 'b'"#;
    let (_, rows) = fetch(&*provider, sql).await.unwrap();
    assert_eq!(rows[0][..2], [text("double"), text("back\\slash")]);
    assert_eq!(rows[0][2], Value::Integer(0), "`||` is OR");
}

async fn sends_every_byte_of_a_statement<S: Server>(harness: &Harness<S>) {
    let provider = harness.provider(1).await;
    for (sql, value) in [
        ("SELECT '12:ab'", text("12:ab")),
        ("SELECT CONCAT(5-'3:ab', 'x')", text("2x")),
        ("SELECT 'a' -- :name\n", text("a")),
        ("SELECT JSON_EXTRACT('{\"a\":true}', '$.a') = TRUE /* :name */", Value::Integer(1)),
        ("/* it's */ SELECT 'x:y' # :name", text("x:y")),
    ] {
        assert_eq!(fetch_value(&*provider, sql).await, value, "{sql}");
    }
    let error = fails(&*provider, "SELECT * FROM clients WHERE name = :name").await;
    assert_eq!(error.kind(), ErrorKind::Rejected);
}

async fn estimates_rows<S: Server>(harness: &Harness<S>) {
    harness
        .set_up(
            "CREATE TABLE many (id INT PRIMARY KEY AUTO_INCREMENT, k INT);
             INSERT INTO many (k) WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
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
                 x INT DEFAULT 5, y INT, z INT, w VARCHAR(9) DEFAULT 'it''s', d DATETIME DEFAULT CURRENT_TIMESTAMP,
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

async fn samples_survive_a_broken_view<S: Server>(harness: &Harness<S>) {
    harness
        .set_up(
            "CREATE TABLE gone (status VARCHAR(9)); CREATE VIEW a_broken AS SELECT status FROM gone; DROP TABLE gone;
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

async fn says_where_a_fault_is<S: Server>(harness: &Harness<S>) {
    let provider = harness.provider(1).await;
    for (sql, place) in [
        ("SELECT id\nFROM clients\nWHERE WHERE id = 1 ; ", 29),
        ("SELECT id, FROM clients", 11),
        ("SELECT (id FROM clients", 11),
        ("SELECT id FROM clients ORDER", 28),
        ("SELECT no_such_function(id) FROM clients", 7),
        ("SELECT id FROM clients c JOIN missing m ON m.id = c.id", 30),
    ] {
        let error = fails(&*provider, sql).await;
        assert_eq!(error.kind(), ErrorKind::Rejected, "{sql}: {error}");
        assert_eq!(error.position(), Some(place), "{sql}: {error}");
        assert!(error.message().starts_with(S::NAME), "{error}");
    }
}

async fn names_what_is_wrong<S: Server>(harness: &Harness<S>) {
    let wrong = async |change: &dyn Fn(&mut MySqlConfig)| {
        let mut config = harness.config();
        config.connect_timeout = 1;
        change(&mut config);
        MySql::new(config).unwrap().check().await.unwrap_err()
    };
    let is = |error: ProviderError, kind, words: &str| {
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.message().contains(words), "{error}");
    };
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    is(wrong(&|config| config.port = Some(closed)).await, ErrorKind::Unavailable, "nothing listens at");
    let error = wrong(&|config| config.host = "no-such-host.invalid".to_owned()).await;
    is(error, ErrorKind::Unavailable, "no-such-host.invalid");
    // A database the user may not know of looks the same whether it exists or not.
    let error = wrong(&|config| config.database = "no_such_database".to_owned()).await;
    is(error, ErrorKind::Unauthorized, "no_such_database");
    let error = wrong(&|config| config.databases = vec!["no_such_database".to_owned()]).await;
    is(error, ErrorKind::InvalidSettings, "grant the user SELECT on `no_such_database`.*");
    is(wrong(&|config| config.user = "nobody".to_owned()).await, ErrorKind::Unauthorized, "user");
    let error = wrong(&|config| config.time_zone = "Nowhere/At_All".to_owned()).await;
    is(error, ErrorKind::InvalidSettings, "Nowhere/At_All");

    // Something that waits for us to speak first, as PostgreSQL and web servers do, and something that speaks.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    is(
        wrong(&|config| config.port = Some(port)).await,
        ErrorKind::InvalidSettings,
        "as a MySQL server would",
    );
    let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = other.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = other.accept().await {
            let _ =
                tokio::io::AsyncWriteExt::write_all(&mut stream, b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n").await;
        }
    });
    is(
        wrong(&|config| config.port = Some(port)).await,
        ErrorKind::InvalidSettings,
        "does not speak as a MySQL",
    );

    let provider = harness.provider(1).await;
    let error = fails(&*provider, "SELECT * FROM mysql.user").await;
    is(error, ErrorKind::Unauthorized, "SELECT command denied");
    is(fails(&*provider, "SET @x = 1").await, ErrorKind::Rejected, "only statements that give rows may run");
}

async fn encrypts_as_it_is_told<S: Server>(harness: &Harness<S>) {
    let offered = harness.rows("SHOW GLOBAL VARIABLES LIKE 'ssl_ca'").await;
    let cipher = async |ssl_mode: SslMode, authority: Option<&str>| {
        let mut config = harness.config();
        config.ssl_mode = ssl_mode;
        config.ssl_ca = authority.unwrap_or_default().into();
        let provider = MySql::new(config).unwrap();
        let (_, rows) = fetch(&provider, "SHOW STATUS LIKE 'Ssl_cipher'").await?;
        Ok::<_, ProviderError>(rows[0][1] != text(""))
    };
    assert!(!cipher(SslMode::Disabled, None).await.unwrap());
    if !offered.contains(".pem") {
        assert!(!cipher(SslMode::Preferred, None).await.unwrap());
        let error = cipher(SslMode::Required, None).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidSettings);
        assert!(error.message().contains("does not offer TLS"), "{error}");
        return;
    }
    assert!(cipher(SslMode::Preferred, None).await.unwrap());
    assert!(cipher(SslMode::Required, None).await.unwrap());
    for mode in [SslMode::VerifyCa, SslMode::VerifyIdentity] {
        let error = cipher(mode, None).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidSettings, "{error}");
        assert!(error.message().contains("ssl_ca"), "{error}");
    }
    // What MySQL makes for itself is beside its data: the authority, and a certificate that names no host.
    let directory = harness.rows("SELECT @@datadir").await;
    let directory = directory.split('\'').nth(1).unwrap();
    let authority = std::path::Path::new(directory).join("ca.pem").display().to_string();
    if !std::path::Path::new(&authority).is_file() {
        eprintln!(
            "not applicable: encrypts_as_it_is_told, with its authority: the server is on another machine"
        );
        return;
    }
    assert!(cipher(SslMode::VerifyCa, Some(&authority)).await.unwrap());
    let error = cipher(SslMode::VerifyIdentity, Some(&authority)).await.unwrap_err();
    assert!(error.message().contains("not valid for"), "{error}");
}

async fn killed_statements_say_so<S: Server>(harness: &Harness<S>) {
    let provider = harness.provider(1).await;
    let endless = harness.endless();
    let asking = Arc::clone(&provider);
    let running = tokio::spawn(async move { fails(&*asking, &endless).await });
    let own = format!(
        "SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '{}' AND COMMAND = 'Execute'",
        harness.name
    );
    let id = loop {
        let list = harness.rows(&own).await;
        let digits: String = list.chars().filter(char::is_ascii_digit).collect();
        if !digits.is_empty() {
            break digits;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    harness.set_up(&format!("KILL QUERY {id}")).await;
    let error = running.await.unwrap();
    assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
    assert_eq!(fetch_value(&*provider, "SELECT 1").await, Value::Integer(1));
}

async fn a_slow_statement_shows_what_it_has<S: Server>(harness: &Harness<S>) {
    let provider = harness.provider(1).await;
    // The server sends a row when its buffer is full, so the first ones are long.
    let sql = "SELECT REPEAT('x', 20000), IF(id = 3, SLEEP(2), 0) FROM clients ORDER BY id";
    let started = Instant::now();
    let stream = provider.query(query(sql)).await.unwrap();
    assert!(started.elapsed() < Duration::from_millis(1500), "{:?}", started.elapsed());
    let batches: Vec<_> = stream.batches.try_collect().await.unwrap();
    assert_eq!(batches.iter().map(|batch| batch.rows.len()).sum::<usize>(), 3);
    assert!(started.elapsed() > Duration::from_millis(1900), "{:?}", started.elapsed());
}

/// Where MariaDB has no hint that a statement could carry.
#[tokio::test(flavor = "multi_thread")]
async fn a_limit_of_the_statement_is_a_timeout() {
    let Some(harness) = started::<Harness<MySqlServer>>("a_limit_of_the_statement_is_a_timeout").await else {
        return;
    };
    let provider = harness.provider(1).await;
    let sql = harness.endless().replace("SELECT COUNT(*)", "SELECT /*+ MAX_EXECUTION_TIME(300) */ COUNT(*)");
    let error = tokio::time::timeout(Duration::from_secs(5), fails(&*provider, &sql)).await.unwrap();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert_eq!(fetch_value(&*provider, "SELECT 1").await, Value::Integer(1));
}

/// Every way of logging in that the guide names.
#[tokio::test(flavor = "multi_thread")]
async fn logs_in_by_ed25519() {
    let Some(harness) = started::<Harness<MariaDbServer>>("logs_in_by_ed25519").await else { return };
    let installed = harness.rows("INSTALL SONAME 'auth_ed25519'").await;
    if !installed.is_empty() && !installed.contains("already") {
        eprintln!("not applicable: logs_in_by_ed25519: the server has no such plugin: {installed}");
        return;
    }
    let user = format!("few_e{}", &harness.name[13..]);
    harness
        .set_up(&format!(
            "CREATE USER `{user}`@'%' IDENTIFIED VIA ed25519 USING PASSWORD('a password');
             GRANT SELECT ON `{}`.* TO `{user}`@'%'",
            harness.name
        ))
        .await;
    let mut config = harness.config();
    config.user.clone_from(&user);
    config.password = Secret::new("a password");
    let provider = MySql::new(config.clone()).unwrap();
    assert_eq!(fetch_value(&provider, "SELECT COUNT(*) FROM clients").await, Value::Integer(3));
    config.password = Secret::new("another password");
    let error = MySql::new(config).unwrap().check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized, "{error}");
    harness.set_up(&format!("DROP USER `{user}`@'%'")).await;
}
