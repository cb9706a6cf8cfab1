use super::{
    case::{Case, case, told},
    places,
};
use crate::engine::required;

#[tokio::test(flavor = "multi_thread")]
async fn trino() {
    let Some(url) = required("SQLATTE_TEST_TRINO_URL", "Trino") else { return };
    let Some(postgres) = required("SQLATTE_TEST_POSTGRES_URL", "PostgreSQL, which is no Trino") else {
        return;
    };
    let Some(other) = required("SQLATTE_TEST_BIGQUERY_URL", "a web server that is no Trino") else { return };
    let server = url.trim_start_matches("http://").trim_end_matches('/');
    let at = |place: &str| format!("trino://sqlatte@{place}/tpch/tiny");
    let here = |port: u16| at(&format!("127.0.0.1:{port}"));
    let of = |rest: &str| format!("trino://sqlatte@{server}/{rest}");
    let port_of =
        |url: &str| url.rsplit(':').next().unwrap().split('/').next().unwrap().parse::<u16>().unwrap();
    let cases = vec![
        case("nothing", of("tpch/tiny")),
        case("the host has no address", at("no-such-host.invalid:8080")),
        case("nobody listens at the port", here(places::closed())),
        case("nothing comes back from the network", here(places::unreachable())),
        case("what listens never speaks", here(places::silent())),
        case("PostgreSQL listens there", here(port_of(&postgres))),
        case("another web server listens there", here(port_of(&other))),
        case("no such catalog", of("no_such_catalog/tiny")),
        case("no such schema", of("tpch/no_such_schema")),
        case("no such catalog, among several", of("tpch/tiny"))
            .config("database: {trino: {catalogs: [tpch, no_such_catalog]}}"),
        case("a user who may read nothing", format!("trino://nobody@{server}/tpch/tiny")),
        case("a password where none is taken", format!("trino://sqlatte:hunter2@{server}/tpch/tiny")),
        case(
            "a password over plain HTTP",
            "trino://sqlatte:hunter2@trino.example.com/tpch/tiny?http_scheme=http",
        ),
        case("a user in whose name this one may not ask", of("tpch/tiny?impersonate=admin")),
        case("a session property that does not exist", of("tpch/tiny?session.no_such_property=1")),
        case("HTTPS is wanted and not offered", of("tpch/tiny?http_scheme=https")),
        case(
            "no authority of the certificate is known",
            here(places::untrusted().await) + "?http_scheme=https",
        ),
        case("the authorities' file is missing", of("tpch/tiny?http_scheme=https&ca_file=/no/ca.pem")),
    ];
    let cases = cases.into_iter().map(|case: Case| case.asking("SELECT name FROM nation")).collect();
    insta::assert_snapshot!(told(cases, &[], &["hunter2"]).await);
}
