use super::{
    case::{case, told},
    places,
};
use crate::engine::{Engine, required};

#[tokio::test(flavor = "multi_thread")]
async fn mysql() {
    if let Some(texts) = texts(Engine::Mysql).await {
        insta::assert_snapshot!(texts);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mariadb() {
    if let Some(texts) = texts(Engine::Mariadb).await {
        insta::assert_snapshot!(texts);
    }
}

async fn texts(engine: Engine) -> Option<String> {
    let fresh = engine.fresh().await?;
    let trino = required("SQLATTE_TEST_TRINO_URL", "Trino, which is no MySQL")?;
    let postgres = required("SQLATTE_TEST_POSTGRES_URL", "PostgreSQL, which is no MySQL")?;
    let name = &fresh.name;
    let poor = format!("poor_{}", &name[name.len() - 12..]);
    let mut admin = fresh.admin().await;
    for sql in [
        "CREATE TABLE cups (name text)".to_owned(),
        format!("CREATE USER {poor}@'%' IDENTIFIED BY 'read%only'"),
        format!("CREATE USER {poor}_away@'192.0.2.1' IDENTIFIED BY 'read%only'"),
        format!("CREATE USER {poor}_locked@'%' IDENTIFIED BY 'read%only' ACCOUNT LOCK"),
        format!("CREATE USER {poor}_expired@'%' IDENTIFIED BY 'read%only' PASSWORD EXPIRE"),
        format!("GRANT SELECT ON {name}.* TO {poor}_expired@'%'"),
    ] {
        admin.run(&sql).await;
    }
    let reader = fresh.reader().await;
    let user = reader.split("//").nth(1).unwrap().split(':').next().unwrap();
    let place = fresh.place();
    let (host, port) = (&place.host, &place.port);
    let at = |host: &str, port: &str| format!("mysql://{user}:read%25only@{host}:{port}/{name}");
    let here = |port: u16| at("127.0.0.1", &port.to_string());
    let of = |login: &str, database: &str| format!("mysql://{login}@{host}:{port}/{database}");
    let port_of =
        |url: &str| url.rsplit(':').next().unwrap().split('/').next().unwrap().parse::<u16>().unwrap();
    let cases = vec![
        case("nothing", &reader),
        case("the host has no address", at("no-such-host.invalid", port)),
        case("nobody listens at the port", here(places::closed())),
        case("nothing comes back from the network", here(places::unreachable())),
        case("what listens never speaks", here(places::silent())),
        case("PostgreSQL listens there", here(port_of(&postgres))),
        case("a web server listens there", here(port_of(&trino))),
        case("no such user", of("nobody:read%25only", name)),
        case("another password", of(&format!("{user}:hunter2"), name)),
        case("no password", of(user, name)),
        case("no such database", of(&format!("{user}:read%25only"), "no_such_database")),
        case("no such database, among several", &reader)
            .config(format!("database: {{mysql: {{databases: [{name}, no_such_database]}}}}")),
        case("a user from another machine", of(&format!("{poor}_away:read%25only"), name)),
        case("a user who is locked", of(&format!("{poor}_locked:read%25only"), name)),
        case("a password that has expired", of(&format!("{poor}_expired:read%25only"), name)),
        case("a user who may read nothing", of(&format!("{poor}:read%25only"), name)),
        case("a user who may read nothing, with no database named", of(&format!("{poor}:read%25only"), "")),
        case("no authority of the certificate is known", format!("{reader}?ssl_mode=verify_ca")),
        case("the authorities' file is missing", format!("{reader}?ssl_mode=verify_ca&ssl_ca=/no/ca.pem")),
        case("a time zone that the server does not know", format!("{reader}?time_zone=Nowhere/At_All")),
        case("no user", format!("mysql://{host}:{port}/{name}")),
    ];
    let names = [(user, "USER"), (poor.as_str(), "POOR"), (name, "DATABASE")];
    let texts = told(cases, &names, &["hunter2", "read%"]).await;
    let texts = if engine == Engine::Mysql { without_strangers(&texts) } else { texts };
    for user in
        [format!("{poor}_away'@'192.0.2.1"), format!("{poor}_locked"), format!("{poor}_expired"), poor]
    {
        admin.run(&format!("DROP USER '{user}'")).await;
    }
    admin.run(&format!("DROP USER {user}")).await;
    drop(admin);
    fresh.remove().await;
    Some(texts)
}

/// Without the cases in which MySQL draws lots: it hides which users there are by asking for the passwords of others
/// in one of several ways. Some are known here and some not, so the text differs; it has the same advice.
fn without_strangers(texts: &str) -> String {
    const STRANGERS: [&str; 3] = ["no such user", "a user from another machine", "no user"];
    let (strangers, others): (Vec<_>, Vec<_>) =
        texts.split("## ").partition(|text| STRANGERS.iter().any(|name| text.starts_with(name)));
    for text in strangers {
        assert!(text.contains("database_unauthorized") && text.contains("check"), "{text}");
    }
    others.join("## ")
}
