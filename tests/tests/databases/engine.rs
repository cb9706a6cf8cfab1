use hyper::Method;
use mysql_async::prelude::Queryable;
use sqlatte_e2e::Client;
use sqlatte_testkit::skip;

/// A database server to test with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Postgresql,
    Mysql,
    Mariadb,
    /// With a schema of its catalog `memory` as the database.
    Trino,
}

impl Engine {
    /// The environment's name for the address of a superuser.
    fn variable(self) -> &'static str {
        match self {
            Engine::Postgresql => "SQLATTE_TEST_POSTGRES_URL",
            Engine::Mysql => "SQLATTE_TEST_MYSQL_URL",
            Engine::Mariadb => "SQLATTE_TEST_MARIADB_URL",
            Engine::Trino => "SQLATTE_TEST_TRINO_URL",
        }
    }

    /// A fresh database; `None`, with the reason printed, where there is no server to test with.
    pub(crate) async fn fresh(self) -> Option<Fresh> {
        let root = required(self.variable(), &format!("{self:?}"))?;
        let name = format!("sqlatte_{}", uuid::Uuid::now_v7().simple());
        let url = match self {
            Engine::Trino => format!("{}/memory/{name}", root.replace("http://", "trino://admin@")),
            _ => format!("{}/{name}", root.rsplit_once('/').unwrap().0),
        };
        let root = if self == Engine::Trino { url.clone() } else { root };
        let fresh = Fresh { url, engine: self, name, root };
        Admin::connect(self, &fresh.root).await.run(&format!("CREATE {} {}", self.kind(), fresh.name)).await;
        Some(fresh)
    }

    /// What the engine calls a database.
    fn kind(self) -> &'static str {
        if self == Engine::Trino { "SCHEMA" } else { "DATABASE" }
    }
}

/// The address in a variable; without it the test is skipped, or fails where servers are required.
pub(crate) fn required(variable: &str, what: &str) -> Option<String> {
    let found = std::env::var(variable).ok();
    if found.is_none() {
        let said = format!("no {what} to test with: set {variable}, or run the tests with cargo xtask test");
        skip(std::thread::current().name().unwrap_or_default(), &said);
    }
    found
}

/// A database of one test.
pub(crate) struct Fresh {
    /// Its address, for its owner.
    pub(crate) url: String,
    pub(crate) engine: Engine,
    pub(crate) name: String,
    root: String,
}

impl Fresh {
    pub(crate) async fn admin(&self) -> Admin {
        Admin::connect(self.engine, &self.url).await
    }

    /// Makes a user who may read and nothing else; gives the address to connect with.
    pub(crate) async fn reader(&self) -> String {
        let user = format!("r{}", &self.name[self.name.len() - 12..]);
        let grants = match self.engine {
            Engine::Postgresql => vec![
                format!("CREATE ROLE {user} LOGIN PASSWORD 'read%only'"),
                format!("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {user}"),
            ],
            Engine::Mysql | Engine::Mariadb => vec![
                format!("CREATE USER {user}@'%' IDENTIFIED BY 'read%only'"),
                format!("GRANT SELECT, SHOW VIEW ON {}.* TO {user}@'%'", self.name),
            ],
            // The server's rules know one.
            Engine::Trino => return self.url.replace("//admin@", "//sqlatte@"),
        };
        let mut admin = self.admin().await;
        for grant in grants {
            admin.run(&grant).await;
        }
        let (scheme, rest) = self.url.split_once("://").unwrap();
        let (_, place) = rest.rsplit_once('@').unwrap();
        format!("{scheme}://{user}:read%25only@{place}")
    }

    /// The parts of the address.
    pub(crate) fn place(&self) -> Place {
        let (_, rest) = self.url.split_once("://").unwrap();
        let (login, place) = rest.rsplit_once('@').unwrap();
        let (user, password) = login.split_once(':').unwrap();
        let (host, port) = place.split_once('/').unwrap().0.split_once(':').unwrap();
        let [user, password, host, port] = [user, password, host, port].map(str::to_owned);
        Place { user, password, host, port }
    }

    /// Removes the database.
    pub(crate) async fn remove(self) {
        let more = if self.engine == Engine::Trino { " CASCADE" } else { "" };
        let drop = format!("DROP {} {}{more}", self.engine.kind(), self.name);
        Admin::connect(self.engine, &self.root).await.run(&drop).await;
    }
}

/// Where a server is, and who may do everything there.
pub(crate) struct Place {
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) host: String,
    pub(crate) port: String,
}

/// A connection that may do everything.
pub(crate) enum Admin {
    Postgresql(tokio_postgres::Client),
    Mysql(mysql_async::Conn),
    Trino(Client),
}

impl Admin {
    async fn connect(engine: Engine, url: &str) -> Self {
        match engine {
            Engine::Postgresql => {
                let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
                tokio::spawn(connection);
                Admin::Postgresql(client)
            }
            Engine::Mysql | Engine::Mariadb => Self::connect_mysql(url).await,
            Engine::Trino => {
                let parts: Vec<&str> = url.trim_start_matches("trino://admin@").split('/').collect();
                let [address, catalog, schema] = parts[..] else { panic!("{url}") };
                let client = Client::new(address.parse().unwrap()).with("x-trino-user", "admin");
                Admin::Trino(client.with("x-trino-catalog", catalog).with("x-trino-schema", schema))
            }
        }
    }

    async fn connect_mysql(url: &str) -> Self {
        let mut connection = mysql_async::Conn::from_url(url).await.unwrap();
        // The statements of these tests quote as standard SQL does.
        let modes = "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES', foreign_key_checks = 0";
        connection.query_drop(modes).await.unwrap();
        Admin::Mysql(connection)
    }

    /// Runs one statement.
    pub(crate) async fn run(&mut self, sql: &str) {
        let start = || sql.chars().take(300).collect::<String>();
        match self {
            Admin::Postgresql(client) => {
                client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{error:?}: {}", start()));
            }
            Admin::Mysql(connection) => {
                connection.query_drop(sql).await.unwrap_or_else(|error| panic!("{error}: {}", start()));
            }
            Admin::Trino(client) => {
                let sql_bytes = bytes::Bytes::copy_from_slice(sql.as_bytes());
                let mut page = client.send(Method::POST, "/v1/statement", sql_bytes).await.expect(200);
                while let Some(next) = page["nextUri"].as_str() {
                    let path = &next[next.find("/v1/").unwrap()..];
                    page = client.get(path).await.expect(200);
                }
                assert!(page["error"].is_null(), "{}: {}", page["error"]["message"], start());
            }
        }
    }
}
