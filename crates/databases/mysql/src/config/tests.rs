use serde_json::json;
use sqlatte_providers::Settings;

use super::*;

fn resolved(url: &str) -> Result<Resolved> {
    Settings::from_url(url).read::<MySqlConfig>("mysql")?.resolve()
}

fn fields(settings: serde_json::Value) -> Result<Resolved> {
    Settings::new(settings)?.read::<MySqlConfig>("mysql")?.resolve()
}

fn fault(settings: serde_json::Value) -> String {
    let error = fields(settings).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidSettings);
    error.message().to_owned()
}

#[test]
fn reads_urls() {
    let all = resolved(
        "mysql://an%40a:p%2Fw+d@db.example.com:3307/sh%20op?ssl-mode=VERIFY_CA&pool_size=3&databases=a,%20b",
    )
    .unwrap();
    let address = &all.address;
    assert_eq!((address.user.as_deref(), address.password.expose()), (Some("an@a"), "p/w+d"));
    assert_eq!(
        (address.server(), all.database.as_deref()),
        ("db.example.com:3307".to_owned(), Some("sh op"))
    );
    assert_eq!((all.ssl_mode, all.pool_size), (SslMode::VerifyCa, 3));
    assert_eq!(all.databases, ["a", "b", "sh op"]);

    let short = resolved("mariadb://localhost").unwrap();
    assert_eq!(
        (short.address.server(), short.database, short.databases.len()),
        ("localhost:3306".to_owned(), None, 0)
    );
    assert_eq!(resolved("mysql://u@[::1]:33/d").unwrap().address.server(), "[::1]:33");
    let socket = resolved("mysql:///shop?socket=/run/mysqld/mysqld.sock").unwrap();
    assert_eq!(socket.address.server(), "/run/mysqld/mysqld.sock");
    assert_eq!(socket.database.as_deref(), Some("shop"));
}

#[test]
fn reads_fields_and_fills_in_the_url() {
    let all = fields(json!({
        "host": "db", "port": 3307, "database": "shop", "user": "reader", "password": 123,
        "charset": "utf8mb4",
        "use_unicode": true, "autocommit": true, "url": "", "ssl_mode": "", "ssl_ca": "", "socket": "",
        "time_zone": "", "databases": ["more"],
    }))
    .unwrap();
    assert_eq!((all.address.server(), all.address.password.expose()), ("db:3307".to_owned(), "123"));
    assert_eq!(
        (all.database.as_deref(), all.databases),
        (Some("shop"), vec!["more".to_owned(), "shop".to_owned()])
    );
    assert_eq!(all.ssl_mode, SslMode::VerifyIdentity, "a password leaves this machine");
    for local in ["mysql://localhost/d", "mysql://127.0.0.1/d", "mysql://[::1]/d", "mysql:///d?socket=/s"] {
        assert_eq!(resolved(local).unwrap().ssl_mode, SslMode::Preferred, "{local}");
    }

    let filled =
        fields(json!({ "url": "mysql://reader@db/shop", "host": "other", "password": "secret" })).unwrap();
    assert_eq!((filled.address.host(), filled.address.password.expose()), ("db", "secret"));
}

#[test]
fn says_what_is_wrong_and_shows_no_secret() {
    for (settings, text) in [
        (json!({ "url": "postgres://u:hunter2@h/d" }), "must start with `mysql://`"),
        (json!({ "url": "hunter2" }), "`url` is no URL"),
        (json!({ "url": "mysql://u:hunter2@h:99999/d" }), "`url` is no URL (invalid port number)"),
        (json!({ "url": "mysql://u:hunter2@h/a/b" }), "more than one database"),
        (json!({ "url": "mysql://u:%ffhunter2@h/a" }), "not UTF-8"),
        (json!({ "url": "mysql://h/d?ssl_mode=hunter2" }), "the parameter `ssl_mode` of `url`"),
        (json!({ "url": "mysql://h/d?alowed=hunter2" }), "a parameter `alowed` that is not known"),
        (json!({ "host": "h", "pool_size": 0 }), "`pool_size` must be from 1 to 256"),
        (json!({ "host": "h", "connect_timeout": 0 }), "`connect_timeout` must be from 1 to 60 seconds"),
        (json!({ "host": "h", "charset": "latin1" }), "`charset` can only be `utf8mb4`"),
        (json!({ "host": "h", "time_zone": "x', @@y='" }), "`time_zone` must be"),
        (json!({ "host": "h", "ssl_ca": "/no/such.pem" }), "`/no/such.pem` named by `ssl_ca` does not exist"),
        (json!({ "host": "h", "ssl_cert": "/no/such.pem" }), "belong together"),
        (json!({ "host": "h", "use_unicode": false }), "`use_unicode: false` is not possible"),
        (json!({ "hots": "h" }), "unknown field `hots`"),
    ] {
        let error = fault(settings);
        assert!(error.contains(text), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn shows_no_secret() {
    let config = MySqlConfig::new("mysql://u:hunter2@h/d");
    assert!(!format!("{config:?} {:?}", config.clone().resolve().unwrap()).contains("hunter2"));
}
