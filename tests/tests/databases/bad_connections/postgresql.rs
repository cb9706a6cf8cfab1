use std::path::Path;

use tokio_postgres::NoTls;

use super::{
    case::{case, told},
    places,
};
use crate::{
    engine::{Engine, required},
    restart::Own,
};

const CERTIFICATES: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/databases/postgres/tests/certificates");

#[tokio::test(flavor = "multi_thread")]
async fn postgresql() {
    let Some(fresh) = Engine::Postgresql.fresh().await else { return };
    let Some(trino) = required("SQLATTE_TEST_TRINO_URL", "Trino, which is no PostgreSQL") else { return };
    let Some(mariadb) = required("SQLATTE_TEST_MARIADB_URL", "MariaDB, which is no PostgreSQL") else {
        return;
    };
    let name = &fresh.name;
    let poor = format!("poor_{}", &name[name.len() - 12..]);
    let mut admin = fresh.admin().await;
    for sql in [
        "CREATE TABLE cups (name text)".to_owned(),
        format!("CREATE ROLE {poor} LOGIN PASSWORD 'read%only'"),
        format!("CREATE ROLE {poor}_crowd LOGIN PASSWORD 'read%only' CONNECTION LIMIT 0"),
        format!("CREATE ROLE {poor}_out LOGIN PASSWORD 'read%only'"),
        format!("CREATE ROLE {poor}_group PASSWORD 'read%only'"),
        format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC"),
    ] {
        admin.run(&sql).await;
    }
    let reader = fresh.reader().await;
    let user = reader.split("//").nth(1).unwrap().split(':').next().unwrap();
    admin
        .run(&format!("GRANT CONNECT ON DATABASE {name} TO {user}, {poor}, {poor}_crowd, {poor}_group"))
        .await;

    let place = fresh.place();
    let (host, port) = (&place.host, &place.port);
    let at = |host: &str, port: &str| format!("postgres://{user}:read%25only@{host}:{port}/{name}");
    let here = |port: u16| at("127.0.0.1", &port.to_string());
    let of = |login: &str, database: &str| format!("postgres://{login}@{host}:{port}/{database}");
    let port_of =
        |url: &str| url.rsplit(':').next().unwrap().split('/').next().unwrap().parse::<u16>().unwrap();
    let cases = vec![
        case("nothing", &reader),
        case("the host has no address", at("no-such-host.invalid", port)),
        case("nobody listens at the port", here(places::closed())),
        case("nothing comes back from the network", here(places::unreachable())),
        case("what listens never speaks", here(places::silent())),
        case("MariaDB listens there", here(port_of(&mariadb))),
        case("a web server listens there", here(port_of(&trino))),
        case("no such role", of("nobody:read%25only", name)),
        case("another password", of(&format!("{user}:hunter2"), name)),
        case("no password", of(user, name)),
        case("no such database", of(&format!("{user}:read%25only"), "no_such_database")),
        case("no such schema", &reader).config("database: {postgresql: {schemas: [public, sales]}}"),
        case("a role that may not log in", of(&format!("{poor}_group:read%25only"), name)),
        case("a role that may not connect", of(&format!("{poor}_out:read%25only"), name)),
        case("a role without a connection left", of(&format!("{poor}_crowd:read%25only"), name)),
        case("a role that may read nothing", of(&format!("{poor}:read%25only"), name)),
        case("TLS is wanted and not offered", format!("{reader}?sslmode=require")),
        case(
            "the authorities' file is missing",
            format!("{reader}?sslmode=verify-full&sslrootcert=/no/ca.pem"),
        ),
        case("an option that the server does not know", format!("{reader}?options=-c%20no_such_setting=1")),
        case("a percent sign by itself", of(&format!("{user}:50%hunter2"), name)),
        case("no user", format!("postgres://{host}:{port}/{name}")),
    ];
    let names = [(user, "ROLE"), (poor.as_str(), "POOR"), (name, "DATABASE")];
    insta::assert_snapshot!(told(cases, &names, &["hunter2", "read%"]).await);
    for role in
        [format!("{poor}_crowd"), format!("{poor}_out"), format!("{poor}_group"), poor, user.to_owned()]
    {
        admin.run(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
    }
    drop(admin);
    fresh.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_with_tls() {
    let Some((server, url)) = Own::start("postgres", "SQLATTE_TEST_POSTGRES_URL") else { return };
    let (admin, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    tokio::spawn(connection);
    // The server's own user writes its files.
    for (file, name) in [("server.pem", "server.crt"), ("server.key", "server.key")] {
        let text = std::fs::read_to_string(Path::new(CERTIFICATES).join(file)).unwrap();
        let copy = format!(
            "COPY (SELECT unnest(string_to_array('{}', chr(10)))) TO PROGRAM 'umask 077; cat > {name}'",
            text.trim()
        );
        admin.batch_execute(&copy).await.unwrap();
    }
    admin.batch_execute("CREATE TABLE cups (name text)").await.unwrap();
    admin.batch_execute("ALTER SYSTEM SET ssl = on").await.unwrap();
    admin.batch_execute("SELECT pg_reload_conf()").await.unwrap();
    let named = url.replace("127.0.0.1", "localhost");
    let safe = |url: &str, file: &str| {
        let authorities = Path::new(CERTIFICATES).join(file).canonicalize().unwrap();
        format!("{url}?sslmode=verify-full&sslrootcert={}", authorities.display())
    };
    let cases = vec![
        case("nothing", safe(&named, "ca.pem")),
        case("no authority is known", format!("{named}?sslmode=verify-full")),
        case("another authority", safe(&named, "other-ca.pem")),
        case("the certificate has another name", safe(&url, "ca.pem")),
    ];
    insta::assert_snapshot!(told(cases, &[], &[]).await);
    drop(server);
}
