//! Host names: a name of an attacker's that points to this machine (DNS rebinding) is not answered.

use sqlatte_e2e::database;

use crate::support::Setup;

#[tokio::test]
async fn names_that_are_not_ours_get_nothing() {
    let setup =
        Setup::with(database::shop, |start| start.config("app: {allowed_hosts: [sql.example.com]}")).await;
    let port = setup.server.address().port();
    for host in [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "sql.example.com.evil.example",
        "sql.example.org",
    ] {
        for host in [host.to_owned(), format!("{host}:{port}")] {
            let client = setup.client().with("host", &host);
            for path in ["/", "/api/tables", "/api/history", "/widget.js", "/metrics", "/docs/", "/nowhere"] {
                client.get(path).await.problem(421, "unknown_host");
            }
            client.sql("SELECT 1").await.problem(421, "unknown_host");
        }
    }
    for host in
        ["localhost", "LOCALHOST", "127.0.0.1", "[::1]", "10.1.2.3", "sql.example.com", "SQL.example.com"]
    {
        for host in [host.to_owned(), format!("{host}:{port}")] {
            assert_eq!(setup.client().with("host", &host).get("/api/tables").await.status, 200, "{host}");
        }
    }
}
