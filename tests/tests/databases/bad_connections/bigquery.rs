use std::fs;

use super::{
    case::{Case, case, told},
    places,
};
use crate::engine::required;

/// What the emulator cannot show, logins, projects and rights, is on recorded answers in the adapter's own tests.
#[tokio::test(flavor = "multi_thread")]
async fn bigquery() {
    let Some(url) = required("SQLATTE_TEST_BIGQUERY_URL", "BigQuery emulator") else { return };
    let Some(postgres) = required("SQLATTE_TEST_POSTGRES_URL", "PostgreSQL, which is no BigQuery") else {
        return;
    };
    let Some(trino) = required("SQLATTE_TEST_TRINO_URL", "Trino, which is no BigQuery") else { return };
    let folder = tempfile::TempDir::new().unwrap();
    let key = folder.path().join("key.json");
    fs::write(
        &key,
        "{\"type\": \"service_account\", \"project_id\": \"demo\", \"private_key\": \"hunter2\"}",
    )
    .unwrap();
    let at = |endpoint: &str| format!("bigquery://demo?anonymous=true&endpoint={endpoint}");
    let here = |port: u16| at(&format!("http://127.0.0.1:{port}"));
    let with =
        |name: &str, more: &str| case(name, at(&url)).config(format!("database: {{bigquery: {{{more}}}}}"));
    let port_of =
        |url: &str| url.rsplit(':').next().unwrap().split('/').next().unwrap().parse::<u16>().unwrap();
    let cases = vec![
        case("nothing", at(&url)),
        case("the host has no address", at("http://no-such-host.invalid")),
        case("nobody listens at the port", here(places::closed())),
        case("nothing comes back from the network", here(places::unreachable())),
        case("what listens never speaks", here(places::silent())),
        case("PostgreSQL listens there", here(port_of(&postgres))),
        case("another web server listens there", here(port_of(&trino))),
        case("HTTPS is wanted and not offered", at(&url.replace("http://", "https://"))),
        case(
            "no authority of the certificate is known",
            at(&format!("https://127.0.0.1:{}", places::untrusted().await)),
        ),
        case("no such dataset", at(&url).replace("//demo", "//demo/no_such_dataset")),
        with("no such dataset, among several", "datasets: [no_such_dataset]"),
        case("a key file that is missing", "bigquery://demo?credentials_file=/no/key.json"),
        case("a key file that is none", format!("bigquery://demo?credentials_file={}", key.display())),
        case("no project", at(&url).replace("//demo", "//")),
    ];
    let cases = cases.into_iter().map(|case: Case| case.asking("SELECT 1")).collect();
    let folder = folder.path().display().to_string();
    insta::assert_snapshot!(told(cases, &[(&folder, "FOLDER")], &["hunter2"]).await);
}
