//! Faults, and what people are told of them.

use sqlatte_db_mysql::{MySql, MySqlConfig, SslMode};
use sqlatte_providers::{DatabaseProvider, ErrorKind, ProviderError, Secret, Value};
use sqlatte_testkit::database::{DatabaseHarness, started};
use tokio::net::TcpListener;

use super::{fails, fetch, fetch_value, text};
use crate::harness::{Harness, MariaDbServer, Server};

on_both!(says_where_a_fault_is, names_what_is_wrong, encrypts_as_it_is_told, tells_rights_beyond_reading,);

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

    // Something that waits for us to speak first, as PostgreSQL and web servers do, and something that
    // speaks.
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
    is(error, ErrorKind::Forbidden, "SELECT command denied");
    is(fails(&*provider, "SET @x = 1").await, ErrorKind::Rejected, "only statements that give rows may run");
}

async fn tells_rights_beyond_reading<S: Server>(harness: &Harness<S>) {
    let provider = harness.provider(1).await;
    assert_eq!(provider.excess_rights().await.unwrap(), [""; 0], "the user of the guide");
    let user = harness.config().user;
    harness.set_up(&format!("GRANT UPDATE (name) ON `{}`.clients TO `{user}`@'%'", harness.name)).await;
    let excess = provider.excess_rights().await.unwrap();
    assert!(excess.len() == 1 && excess[0].contains("reading takes (UPDATE)"), "{excess:?}");
}

async fn encrypts_as_it_is_told<S: Server>(harness: &Harness<S>) {
    let offered = harness.rows("SHOW GLOBAL VARIABLES LIKE 'ssl_ca'").await;
    let cipher = async |ssl_mode: SslMode, authority: Option<&str>| {
        let mut config = harness.config();
        config.ssl_mode = Some(ssl_mode);
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
