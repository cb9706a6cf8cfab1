//! A database of a test's own on a server that the environment names.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a harness is a part of tests")]

mod hostile;
mod schema;

use std::{marker::PhantomData, path::Path, sync::Arc};

use async_trait::async_trait;
use mysql_async::{Conn, Opts, OptsBuilder, Row, Value as Wire, prelude::Queryable};
use sqlatte_db_mysql::{MySql, MySqlConfig};
use sqlatte_guard::Dialect;
use sqlatte_providers::{ColumnType, DatabaseProvider, Value};
use sqlatte_testkit::{
    database::{Applies, DatabaseHarness, OddName, Sort, ValueCase, sql_of_guide},
    proxy::Proxy,
};

/// Which server a test runs against.
pub(crate) trait Server: Send + Sync + 'static {
    /// The environment variable with the address and the password of an administrator.
    const VARIABLE: &'static str;
    /// The name for people.
    const NAME: &'static str;
    const IS_MARIADB: bool;
}

pub(crate) struct MySqlServer;

impl Server for MySqlServer {
    const VARIABLE: &'static str = "SQLATTE_TEST_MYSQL_URL";
    const NAME: &'static str = "MySQL";
    const IS_MARIADB: bool = false;
}

pub(crate) struct MariaDbServer;

impl Server for MariaDbServer {
    const VARIABLE: &'static str = "SQLATTE_TEST_MARIADB_URL";
    const NAME: &'static str = "MariaDB";
    const IS_MARIADB: bool = true;
}

const GUIDE: &str = include_str!("../../../../../docs/guides/mysql.md");
const PASSWORD: &str = "Gr0und beans, 'quoted' \\ and $trong";

pub(crate) struct Harness<S> {
    opts: Opts,
    /// The test's database, which is the name of its user, too.
    pub(crate) name: String,
    proxy: Proxy,
    server: PhantomData<S>,
}

impl<S: Server> Harness<S> {
    /// A connection that may do everything.
    pub(crate) async fn admin(&self) -> Conn {
        Conn::new(self.opts.clone()).await.unwrap()
    }

    /// Settings for the user who may read the whole database, over the proxy.
    pub(crate) fn config(&self) -> MySqlConfig {
        let mut config = MySqlConfig::default();
        config.host = self.proxy.address().ip().to_string();
        config.port = Some(self.proxy.address().port());
        config.database.clone_from(&self.name);
        config.user.clone_from(&self.name);
        config.password = sqlatte_providers::Secret::new(PASSWORD);
        config
    }

    /// Runs several statements as administrator, in the test's database.
    pub(crate) async fn set_up(&self, script: &str) {
        let mut admin = self.admin().await;
        admin.query_drop(format!("USE {}", quote(&self.name))).await.unwrap();
        admin.query_drop(script).await.unwrap_or_else(|error| panic!("{error}: {script}"));
        admin.disconnect().await.unwrap();
    }

    /// What each connection of the test's user is doing.
    async fn processes(&self) -> Vec<String> {
        let mut admin = self.admin().await;
        let rows: Vec<Row> = admin.query("SHOW FULL PROCESSLIST").await.unwrap();
        admin.disconnect().await.unwrap();
        let ours = rows.iter().filter(|row| row.get::<String, _>(1).unwrap() == self.name);
        ours.map(|row| row.get(4).unwrap()).collect()
    }

    /// All rows of a query as administrator, as text.
    #[allow(dead_code, clippy::allow_attributes, reason = "each test program uses a part of it")]
    pub(crate) async fn rows(&self, sql: &str) -> String {
        self.all_rows(&[sql.to_owned()]).await
    }

    /// The rows of several queries, on one connection.
    async fn all_rows(&self, queries: &[String]) -> String {
        let mut admin = self.admin().await;
        admin.query_drop(format!("USE {}", quote(&self.name))).await.unwrap();
        let mut text = String::new();
        for sql in queries {
            let rows: Result<Vec<Row>, _> = admin.query(sql).await;
            match rows {
                Ok(rows) => text.extend(rows.into_iter().map(|row| format!("{:?}\n", shown(row.unwrap())))),
                Err(error) => text.push_str(&error.to_string()),
            }
        }
        admin.disconnect().await.unwrap();
        text
    }
}

fn shown(values: Vec<Wire>) -> Vec<String> {
    values.into_iter().map(|value| value.as_sql(true)).collect()
}

fn quote(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// What the guide has administrators run, for a database and a user of this name.
fn rights(name: &str) -> String {
    let sql = sql_of_guide(GUIDE, "## A user that can only read");
    assert!(sql.contains("'sqlatte'@'%'") && sql.contains(" shop.* ") && sql.contains("'a long password'"));
    let sql = sql.replace("'sqlatte'", &quote(name)).replace("shop", &quote(name));
    sql.replace("'a long password'", &literal(PASSWORD))
}

fn literal(text: &str) -> String {
    Wire::from(text).as_sql(false)
}

#[async_trait]
impl<S: Server> DatabaseHarness for Harness<S> {
    async fn start() -> Result<Self, String> {
        let url = std::env::var(S::VARIABLE).map_err(|_| {
            format!("no {} to test with: set {} or run the tests with cargo xtask test", S::NAME, S::VARIABLE)
        })?;
        let opts = Opts::from_url(&url).map_err(|error| error.to_string())?;
        let opts: Opts = OptsBuilder::from_opts(opts).prefer_socket(false).into();
        let address = format!("{}:{}", opts.ip_or_hostname(), opts.tcp_port());
        let proxy = Proxy::before(&address).await.map_err(|error| error.to_string())?;
        let moment = std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() % 1_000_000_000_000;
        let name = format!("sqlatte_test_{}_{moment}", std::process::id());
        // Shorter than a user may be called: tests make some with a letter more.
        let name = name.chars().take(30).collect();
        let harness = Harness { opts, name, proxy, server: PhantomData };
        let mut admin = harness.admin().await;
        // The character set is spelled out since MariaDB's default is Latin 1.
        let database = format!("CREATE DATABASE {} CHARACTER SET utf8mb4", quote(&harness.name));
        admin.query_drop(database).await.map_err(|error| error.to_string())?;
        admin.disconnect().await.map_err(|error| error.to_string())?;
        harness.set_up(schema::TABLES).await;
        if S::IS_MARIADB {
            let uuid = "'123e4567-e89b-12d3-a456-426614174000'";
            harness.set_up(&format!("ALTER TABLE sorts ADD u UUID; UPDATE sorts SET u = {uuid}")).await;
            // Hostile statements speak of it.
            harness.set_up("CREATE SEQUENCE s").await;
        }
        harness.set_up(&schema::odd_tables(&harness.odd_names())).await;
        harness.set_up(&rights(&harness.name)).await;
        harness
            .set_up(&format!(
                "CREATE USER {few}@'%' IDENTIFIED BY {password};
                 GRANT SELECT ON {name}.clients TO {few}@'%';
                 GRANT SELECT ON {name}.sales TO {few}@'%'",
                name = quote(&harness.name),
                few = quote(&few(&harness.name)),
                password = literal(PASSWORD),
            ))
            .await;
        Ok(harness)
    }

    fn dialect(&self) -> Dialect {
        Dialect::Mysql
    }

    async fn provider(&self, connections: usize) -> Arc<dyn DatabaseProvider> {
        let mut config = self.config();
        config.pool_size = connections;
        Arc::new(MySql::new(config).unwrap())
    }

    async fn restricted(&self) -> Applies<Arc<dyn DatabaseProvider>> {
        let mut config = self.config();
        config.user = few(&self.name);
        Applies::Yes(Arc::new(MySql::new(config).unwrap()))
    }

    async fn wrong_password(&self) -> Applies<Arc<dyn DatabaseProvider>> {
        let mut config = self.config();
        config.password = sqlatte_providers::Secret::new(format!("{PASSWORD}!"));
        Applies::Yes(Arc::new(MySql::new(config).unwrap()))
    }

    fn password(&self) -> Applies<String> {
        Applies::Yes(PASSWORD.to_owned())
    }

    async fn take_away(&self) -> Applies<()> {
        self.proxy.cut().await;
        Applies::Yes(())
    }

    async fn bring_back(&self) {
        self.proxy.restore().await.unwrap();
    }

    fn breaks_connections(&self) -> Applies<()> {
        Applies::Yes(())
    }

    async fn running(&self) -> Applies<u64> {
        let works = |command: &String| ["Query", "Execute", "Prepare"].contains(&command.as_str());
        Applies::Yes(self.processes().await.iter().filter(|command| works(command)).count() as u64)
    }

    async fn sessions(&self) -> Applies<u64> {
        Applies::Yes(self.processes().await.len() as u64)
    }

    async fn administer(&self, sql: &str) {
        self.set_up(sql).await;
    }

    async fn administer_all(&self, statements: &[String]) {
        self.set_up(&statements.join(";")).await;
    }

    fn many_tables(&self) -> Applies<usize> {
        // Half a minute; making them takes longest.
        Applies::Yes(1000)
    }

    fn odd_names(&self) -> Vec<OddName> {
        let names = [
            ("it's", "a'b"),
            ("back`tick", "`"),
            ("\"double\"", "\""),
            ("dot.ted", "a.b"),
            ("per%cent_", "100%"),
            ("under_score", "_"),
            ("  leading space", " x"),
            ("MixedCase", "CamelCase"),
            ("ağ漢字", "größe"),
            ("1st", "2nd"),
            ("select", "from"),
            ("back\\slash", "\\"),
            ("x` (a int); DROP TABLE clients; -- ", "'; DROP TABLE sales; --"),
            ("semi;colon", "/* x */"),
            ("question?", ":name"),
        ];
        let odd = |(table, column): (&str, &str)| OddName {
            table: table.trim_end().to_owned(),
            column: column.to_owned(),
        };
        names.into_iter().map(odd).collect()
    }

    fn comments(&self) -> Applies<()> {
        Applies::Yes(())
    }

    fn keys(&self) -> Applies<()> {
        Applies::Yes(())
    }

    fn samples(&self) -> Applies<()> {
        Applies::Yes(())
    }

    fn value(&self, sort: Sort) -> Applies<ValueCase> {
        let text = |text: &str| Value::Text(text.to_owned());
        let (sql, kind, value) = match sort {
            Sort::Null => ("SELECT NULL", ColumnType::Unknown, Value::Null),
            Sort::Decimal => (
                "SELECT d FROM sorts",
                ColumnType::Decimal,
                Value::Decimal("12345678901234567890.123456789".to_owned()),
            ),
            Sort::BigInteger => ("SELECT b FROM sorts", ColumnType::Integer, Value::Integer(i64::MIN)),
            Sort::Unsigned => ("SELECT ub FROM sorts", ColumnType::Integer, Value::Unsigned(u64::MAX)),
            Sort::Float => ("SELECT f FROM sorts", ColumnType::Float, Value::Float(0.1)),
            Sort::FloatNan => return Applies::No("MySQL has no NaN"),
            Sort::Timestamp => {
                ("SELECT ts FROM sorts", ColumnType::Timestamp, text("2026-11-22 13:14:15.123456"))
            }
            Sort::TimestampTz => return Applies::No("MySQL has no type that keeps a zone"),
            Sort::Date => ("SELECT dt FROM sorts", ColumnType::Date, text("2024-02-29")),
            Sort::Time => ("SELECT tm FROM sorts", ColumnType::Time, text("23:59:59")),
            Sort::Interval => return Applies::No("MySQL has no type for intervals"),
            Sort::Boolean => ("SELECT bo FROM sorts", ColumnType::Boolean, Value::Bool(true)),
            Sort::Json => (
                "SELECT j FROM sorts",
                ColumnType::Json,
                Value::Json(serde_json::json!({ "a": [1, null, "ü"] })),
            ),
            Sort::Array => return Applies::No("MySQL has no arrays"),
            Sort::Bytes => ("SELECT `by` FROM sorts", ColumnType::Bytes, Value::Bytes(vec![0, 255, 16])),
            Sort::Uuid if S::IS_MARIADB => {
                // A result does not say of a text that it was a UUID.
                ("SELECT u FROM sorts", ColumnType::Text, text("123e4567-e89b-12d3-a456-426614174000"))
            }
            Sort::Uuid => return Applies::No("MySQL has no type for UUIDs"),
            Sort::Enum => ("SELECT e FROM sorts", ColumnType::Text, text("small")),
            Sort::Utf8 => ("SELECT t FROM sorts", ColumnType::Text, text("ağ 漢字 😊 'quoted\"")),
        };
        Applies::Yes(ValueCase { sql: sql.to_owned(), kind, value })
    }

    fn many_rows(&self, count: u64) -> String {
        let places = count.saturating_sub(1).max(1).ilog10() + 1;
        let (digits, tables) = schema::digits(places);
        format!(
            "{digits} SELECT i, LPAD(i, 100, '0') AS t FROM (SELECT 1 + {tables}) AS n WHERE i <= {count}"
        )
    }

    fn endless(&self) -> String {
        let (digits, tables) = schema::digits(12);
        format!("{digits} SELECT COUNT(*) FROM (SELECT 1 + {tables}) AS n WHERE i % 7 <> 8")
    }

    fn failing(&self) -> Applies<String> {
        Applies::Yes("SELECT id + 9223372036854775806 FROM clients".to_owned())
    }

    fn positions(&self) -> Applies<()> {
        Applies::Yes(())
    }

    fn hostile(&self) -> Vec<String> {
        hostile::statements(&self.name, &self.file())
    }

    async fn state(&self) -> String {
        let mut admin = self.admin().await;
        let list = format!("SHOW FULL TABLES FROM {}", quote(&self.name));
        let tables: Vec<(String, String)> = admin.query(list).await.unwrap();
        admin.disconnect().await.unwrap();
        let file = Path::new(&self.file()).exists();
        format!("file {file}\n{}", self.all_rows(&hostile::state(&self.name, &tables, S::IS_MARIADB)).await)
    }

    fn changes(&self) -> Vec<String> {
        hostile::changes(&self.name)
    }

    fn session(&self) -> Vec<String> {
        hostile::session(S::IS_MARIADB)
    }
}

impl<S> Harness<S> {
    /// A file that a hostile statement might write.
    fn file(&self) -> String {
        std::env::temp_dir().join(format!("{}.out", self.name)).display().to_string()
    }
}

/// The user who may read two tables.
fn few(name: &str) -> String {
    format!("few{}", &name[12..])
}

impl<S> Drop for Harness<S> {
    fn drop(&mut self) {
        let (opts, name) = (self.opts.clone(), self.name.clone());
        let clean_up = async move {
            let Ok(mut admin) = Conn::new(opts).await else { return };
            for sql in [
                format!("DROP DATABASE {}", quote(&name)),
                format!("DROP USER {}@'%'", quote(&name)),
                format!("DROP USER {}@'%'", quote(&few(&name))),
            ] {
                // What cannot be removed now is a leftover that nobody minds.
                drop(admin.query_drop(sql).await);
            }
            drop(admin.disconnect().await);
        };
        // The test's own runtime is about to end.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        drop(std::thread::spawn(move || runtime.block_on(clean_up)).join());
    }
}
