//! Connections as people have them: TLS in all its modes, and every fault with words that help.

#![expect(clippy::unwrap_used, reason = "these are tests")]

mod server;

use std::{net::SocketAddr, time::Duration};

use sqlatte_db_postgres::{Postgres, PostgresConfig, SslMode};
use sqlatte_providers::{DatabaseProvider, ErrorKind, ProviderError, Secret};
use sqlatte_testkit::skip;

use self::server::{Database, fetch, query, stand_in};

async fn start(test: &str) -> Option<Database> {
    Database::start("CREATE TABLE cups (id int); INSERT INTO cups VALUES (1)")
        .await
        .map_err(|reason| skip(test, &reason))
        .ok()
}

/// The settings for the database's role at another host and port.
fn at(database: &Database, host: &str, port: u16) -> PostgresConfig {
    let mut config = PostgresConfig::default();
    config.host = host.to_owned();
    config.port = Some(port);
    config.user = database.name.clone();
    config.database = database.name.clone();
    config.password = Secret::new(database.password.clone());
    config
}

async fn check(config: &PostgresConfig) -> Result<(), ProviderError> {
    Postgres::connect(config)?.check().await
}

/// The message without what differs from run to run.
fn message(error: &ProviderError, database: &Database, port: u16) -> String {
    error.message().replace(&database.name, "NAME").replace(&port.to_string(), "PORT")
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_checked_as_far_as_the_mode_says() {
    let Some(database) = start("certificates_are_checked_as_far_as_the_mode_says").await else { return };
    let port = stand_in::with_tls(database.place(), "server").await.port();
    for (mode, host, authority, works) in [
        (None, "127.0.0.1", "", true),
        (Some(SslMode::Prefer), "127.0.0.1", "", true),
        (Some(SslMode::Require), "127.0.0.1", "", true),
        // With an authority named, it is asked.
        (Some(SslMode::Require), "127.0.0.1", "ca.pem", true),
        (Some(SslMode::Require), "127.0.0.1", "other-ca.pem", false),
        (Some(SslMode::VerifyCa), "127.0.0.1", "ca.pem", true),
        (Some(SslMode::VerifyCa), "127.0.0.1", "server.pem", true),
        (Some(SslMode::VerifyCa), "127.0.0.1", "other-ca.pem", false),
        (Some(SslMode::VerifyFull), "localhost", "ca.pem", true),
        (Some(SslMode::VerifyFull), "localhost", "server.pem", true),
        (Some(SslMode::VerifyFull), "127.0.0.1", "ca.pem", false),
        (Some(SslMode::VerifyFull), "127.0.0.1", "server.pem", false),
        (Some(SslMode::VerifyFull), "localhost", "other-ca.pem", false),
    ] {
        let mut config = at(&database, host, port);
        config.sslmode = mode;
        if !authority.is_empty() {
            config.sslrootcert = stand_in::certificate(authority);
        }
        let result = check(&config).await;
        assert_eq!(result.is_ok(), works, "{mode:?} {host} {authority}: {result:?}");
        if let Err(error) = result {
            assert_eq!(error.kind(), ErrorKind::InvalidSettings, "{error}");
        }
    }
    // What signs itself is trusted where exactly it was named.
    let port = stand_in::with_tls(database.place(), "self-signed").await.port();
    for (host, works) in [("localhost", true), ("127.0.0.1", false)] {
        let mut config = at(&database, host, port);
        config.sslmode = Some(SslMode::VerifyFull);
        config.sslrootcert = stand_in::certificate("self-signed.pem");
        assert_eq!(check(&config).await.is_ok(), works, "{host}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_are_stopped_over_tls_too() {
    let Some(database) = start("statements_are_stopped_over_tls_too").await else { return };
    let mut config = at(&database, "localhost", stand_in::with_tls(database.place(), "server").await.port());
    config.sslmode = Some(SslMode::VerifyFull);
    config.sslrootcert = stand_in::certificate("ca.pem");
    config.pool_size = 1;
    let provider = Postgres::connect(&config).unwrap();
    let endless = query("SELECT count(*) FROM (SELECT generate_series(1, 1000000000000)) AS n");
    let running = format!(
        "SELECT pid FROM pg_stat_activity WHERE usename = '{}' AND query LIKE '%generate%'",
        database.name
    );
    // Seen while it runs: when the call was dropped, the statement may be gone at once.
    let seen = async {
        loop {
            let seen = database.texts(&running).await;
            if !seen.is_empty() {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let before = tokio::select! {
        _ = provider.query(endless) => panic!("the query is not endless"),
        seen = tokio::time::timeout(Duration::from_secs(20), seen) => seen.unwrap(),
    };
    tokio::time::sleep(Duration::from_secs(1)).await;
    let active = format!("{running} AND state = 'active'");
    assert_eq!((before.len(), database.texts(&active).await.len()), (1, 0));
    // The same connection serves the next call.
    let (_, rows) = fetch(&provider, query("SELECT pg_backend_pid()::text")).await.unwrap();
    assert_eq!(rows[0][0].as_str(), Some(before[0].as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_say_what_to_do() {
    let Some(database) = start("faults_say_what_to_do").await else { return };
    let (_, port) = split(&database.place());
    let fault = async |change: &dyn Fn(&mut PostgresConfig)| {
        let mut config = at(&database, "127.0.0.1", port);
        change(&mut config);
        let error = check(&config).await.unwrap_err();
        let text = format!("{:?}: {error:?}", error.kind());
        assert!(!text.contains(&database.password) || error.kind() == ErrorKind::InvalidSettings, "{text}");
        format!("{:?}: {}", error.kind(), message(&error, &database, config.port.unwrap()))
    };
    let wrong = |config: &mut PostgresConfig| config.password = Secret::new("wrong");
    insta::assert_snapshot!(fault(&wrong).await, @"Unauthorized: PostgreSQL at `127.0.0.1:PORT` refused the password of the role `NAME`: check `user` and `password`");
    let wrong = |config: &mut PostgresConfig| config.password = Secret::default();
    insta::assert_snapshot!(fault(&wrong).await, @"Unauthorized: PostgreSQL at `127.0.0.1:PORT` asks for a password: set `password`");
    let wrong = |config: &mut PostgresConfig| config.database = "no_such_database".to_owned();
    insta::assert_snapshot!(fault(&wrong).await, @"InvalidSettings: there is no database `no_such_database` at `127.0.0.1:PORT`: check `database`");
    let wrong = |config: &mut PostgresConfig| config.host = "no-such-host.invalid".to_owned();
    insta::assert_snapshot!(fault(&wrong).await.split(" (").next().unwrap(), @"Unavailable: the host `no-such-host.invalid` of PostgreSQL is not known");
    let wrong = |config: &mut PostgresConfig| config.schemas = vec!["public".to_owned(), "sales".to_owned()];
    insta::assert_snapshot!(fault(&wrong).await, @"InvalidSettings: there is no schema `sales` in the database `NAME`: check `schemas`");
    let wrong = |config: &mut PostgresConfig| config.host = "/no/such/folder".to_owned();
    insta::assert_snapshot!(fault(&wrong).await, @"Unavailable: there is no PostgreSQL socket `/no/such/folder/.s.PGSQL.PORT`: check `host` and `port`, and that PostgreSQL runs");
    let wrong = |config: &mut PostgresConfig| {
        config.sslmode = Some(SslMode::VerifyFull);
        config.sslrootcert = "/no/such.pem".to_owned();
    };
    insta::assert_snapshot!(fault(&wrong).await.split(" (").next().unwrap(), @"InvalidSettings: `sslrootcert`: the file `/no/such.pem` cannot be read as PEM");
    let wrong = |config: &mut PostgresConfig| config.options = "-c no_such_setting=1".to_owned();
    insta::assert_snapshot!(fault(&wrong).await, @r#"InvalidSettings: PostgreSQL at `127.0.0.1:PORT` refused the connection: unrecognized configuration parameter "no_such_setting": check `options` and `application_name`, and the server's log"#);

    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    insta::assert_snapshot!(fault(&to(closed)).await, @"Unavailable: nothing listens at `127.0.0.1:PORT`: check `host` and `port`, and that PostgreSQL runs there");
    let silent = stand_in::that_answers(b"").await;
    insta::assert_snapshot!(fault(&to(silent)).await, @"Unavailable: PostgreSQL at `127.0.0.1:PORT` did not answer within 1 s: check `host`, `port` and the network, or raise `connect_timeout`");
    let plain = stand_in::that_answers(b"N").await;
    let require = |config: &mut PostgresConfig| {
        to(plain)(config);
        config.sslmode = Some(SslMode::Require);
    };
    insta::assert_snapshot!(fault(&require).await, @"InvalidSettings: PostgreSQL at `127.0.0.1:PORT` offers no TLS: turn it on there (`ssl = on`), or set `sslmode: disable` if nobody can listen on the way");
    let web = stand_in::that_answers(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await;
    insta::assert_snapshot!(fault(&to(web)).await, @"InvalidSettings: what answers at `127.0.0.1:PORT` does not speak PostgreSQL's protocol: check `host` and `port`");
    let redis = stand_in::that_answers(b"-ERR unknown command\r\n").await;
    insta::assert_snapshot!(fault(&to(redis)).await, @"InvalidSettings: what answers at `127.0.0.1:PORT` does not speak PostgreSQL's protocol: check `host` and `port`");
    let tls = stand_in::with_tls(database.place(), "server").await;
    let untrusted = |config: &mut PostgresConfig| {
        to(tls)(config);
        config.sslmode = Some(SslMode::VerifyFull);
        config.sslrootcert = stand_in::certificate("other-ca.pem");
    };
    insta::assert_snapshot!(fault(&untrusted).await, @"InvalidSettings: no safe connection to PostgreSQL at `127.0.0.1:PORT` (invalid peer certificate: UnknownIssuer): its certificate is signed by nobody this machine trusts: set `sslrootcert` to the file of the authority that signed it");
    let misnamed = |config: &mut PostgresConfig| {
        to(tls)(config);
        config.sslmode = Some(SslMode::VerifyFull);
        config.sslrootcert = stand_in::certificate("ca.pem");
    };
    insta::assert_snapshot!(fault(&misnamed).await, @r#"InvalidSettings: no safe connection to PostgreSQL at `127.0.0.1:PORT` (invalid peer certificate: certificate not valid for name "127.0.0.1"; certificate is only valid for DnsName("localhost")): its certificate was made for another name: use that name as `host`, or set `sslmode: verify-ca`"#);
}

fn to(address: SocketAddr) -> impl Fn(&mut PostgresConfig) {
    move |config| {
        config.port = Some(address.port());
        config.connect_timeout = 1;
    }
}

fn split(place: &str) -> (String, u16) {
    let (host, port) = place.rsplit_once(':').unwrap();
    (host.to_owned(), port.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_without_rights_is_told_which() {
    let Some(database) = start("a_role_without_rights_is_told_which").await else { return };
    let name = &database.name;
    let (_, port) = split(&database.place());
    let provider = database.provider(|_| {});
    let none = "REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM";
    database.admin.batch_execute(&format!("{none} {name}")).await.unwrap();
    let errors = [
        provider.check().await.unwrap_err(),
        fetch(&*provider, query("SELECT * FROM cups")).await.unwrap_err(),
    ];
    let texts = errors.map(|error| format!("{:?}: {}", error.kind(), message(&error, &database, port)));
    insta::assert_snapshot!(texts.join("\n"), @r"
    Unauthorized: the role `NAME` may not read any of the 1 tables of the database `NAME`: give it rights with GRANT USAGE ON SCHEMA … TO NAME and GRANT SELECT ON ALL TABLES IN SCHEMA … TO NAME
    Forbidden: PostgreSQL: permission denied for table cups: the role `NAME` lacks a right; give it with GRANT USAGE ON SCHEMA … and GRANT SELECT ON …
    ");
    assert!(provider.tables().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_beyond_reading_are_told() {
    let Some(database) = start("rights_beyond_reading_are_told").await else { return };
    let name = &database.name;
    let provider = database.provider(|_| {});
    assert_eq!(provider.excess_rights().await.unwrap(), [""; 0]);
    database.admin.batch_execute(&format!("GRANT INSERT ON cups TO {name}")).await.unwrap();
    let change = format!("the role `{name}` may change 1 table: docs/guides/postgresql.md");
    assert!(provider.excess_rights().await.unwrap()[0].starts_with(&change));
    database.admin.batch_execute(&format!("GRANT pg_read_server_files TO {name}")).await.unwrap();
    let files = format!("the role `{name}` is a member of `pg_read_server_files`, which reach");
    assert!(provider.excess_rights().await.unwrap()[0].starts_with(&files));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_table_is_not_waited_for() {
    let Some(database) = start("a_locked_table_is_not_waited_for").await else { return };
    database.admin.batch_execute("BEGIN; LOCK TABLE cups IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let provider = database.provider(|config| config.lock_timeout = 1);
    let error = fetch(&*provider, query("SELECT * FROM cups")).await.unwrap_err();
    insta::assert_snapshot!(format!("{:?}: {error}", error.kind()), @"Timeout: the query waited 1 s for a table that another session has locked: try again later");
    database.admin.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(fetch(&*provider, query("SELECT * FROM cups")).await.unwrap().1.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_the_server_ends_are_replaced() {
    let Some(database) = start("sessions_that_the_server_ends_are_replaced").await else { return };
    let provider = database.provider(|config| config.pool_size = 3);
    let streams = (0..3).map(|_| fetch(&*provider, query("SELECT pg_sleep(0.1)::text")));
    assert!(futures::future::join_all(streams).await.iter().all(Result::is_ok));
    let end =
        format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{}'", database.name);
    for _ in 0..5 {
        database.texts(&end).await;
        // At once, before the ends have been noticed, and after.
        for _ in 0..3 {
            assert_eq!(fetch(&*provider, query("SELECT 1")).await.unwrap().1.len(), 1);
        }
    }
    let running = fetch(&*provider, query("SELECT pg_sleep(20)::text"));
    let ending = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        database.texts(&end).await
    };
    let (running, _) = futures::future::join(running, ending).await;
    assert_eq!(running.unwrap_err().kind(), ErrorKind::Unavailable);
}
