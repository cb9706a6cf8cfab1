//! TPC-H at scale 0.01: each query passes the guard and gives the rows that the engine's own client gives,
//! and the rows that Trino gives, as far as both show them.

use std::{collections::HashMap, process::Command};

use serde_json::Value;
use sqlatte_e2e::{Client, Server, Start};

use crate::engine::{Admin, Engine, Fresh, required};

const SCHEMA: &str = include_str!("tpch/schema.sql");
const QUERIES: &str = include_str!("tpch/queries.sql");
const TABLES: [&str; 8] =
    ["region", "nation", "part", "supplier", "partsupp", "customer", "orders", "lineitem"];
/// Rows of one INSERT.
const CHUNK: usize = 2000;

fn queries() -> Vec<(String, String)> {
    let parts = QUERIES.split("-- Q").skip(1).map(|part| part.split_once('\n').unwrap());
    parts.map(|(number, sql)| (format!("Q{number}"), sql.trim().to_owned())).collect()
}

/// The server, asking this database, with limits that no answer here meets.
fn serve(url: &str) -> Server {
    let limits = "query: { default_limit: 100000, max_limit: 100000, timeout: 300 }";
    Start::new().config(limits).argument("--database").argument(url).serve()
}

/// Trino makes the data itself.
fn trino() -> Option<String> {
    let url = required("SQLATTE_TEST_TRINO_URL", "Trino, which makes the data")?;
    Some(url.replace("http://", "trino://admin@") + "/tpch_standard/tiny")
}

async fn rows(api: &Client, sql: &str) -> Vec<Vec<String>> {
    let answer = api.sql(sql).await.expect(200);
    assert_eq!(answer["truncated"], Value::Bool(false));
    let rows = answer["data"].as_array().unwrap().iter();
    rows.map(|row| row.as_array().unwrap().iter().map(text).collect()).collect()
}

/// A cell as the clients print it.
fn text(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

async fn load(trino: &Client, to: &mut Admin) {
    for sql in SCHEMA.split(';').map(str::trim).filter(|sql| !sql.is_empty()) {
        to.run(sql).await;
    }
    for table in TABLES {
        for chunk in rows(trino, &format!("SELECT * FROM {table}")).await.chunks(CHUNK) {
            let quoted = |cell: &String| format!("'{}'", cell.replace('\'', "''"));
            let rows = chunk
                .iter()
                .map(|row| format!("({})", row.iter().map(quoted).collect::<Vec<_>>().join(", ")));
            to.run(&format!("INSERT INTO {table} VALUES {}", rows.collect::<Vec<_>>().join(", "))).await;
        }
    }
}

/// What the engine's own client prints for a query.
fn own_client(fresh: &Fresh, sql: &str) -> Vec<Vec<String>> {
    let mut command = match fresh.engine {
        Engine::Postgresql => {
            let mut psql = Command::new("psql");
            psql.args(["-XqAt", "-F", "\t", "-P", "null=NULL", "-c", sql, "-d", &fresh.url]);
            psql
        }
        Engine::Mysql | Engine::Mariadb => {
            let place = fresh.place();
            let mut client = Command::new("mariadb");
            client.args(["--no-defaults", "--batch", "--raw", "--skip-column-names", "--protocol=tcp"]);
            client.args(["-h", &place.host, "-P", &place.port, "-u", &place.user, "-e", sql, &fresh.name]);
            client.args(["--default-character-set=utf8mb4"]).env("MYSQL_PWD", &place.password);
            client
        }
        Engine::Trino => panic!("Trino's client is asked in another way"),
    };
    output(&mut command).lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// What a program prints.
fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What Trino's own client prints for each query: the cells of each row by their columns' names.
fn trino_client(program: &str, server: &str) -> HashMap<String, Vec<Value>> {
    let mut client = Command::new(program);
    client.args(["--server", server, "--user", "admin", "--catalog", "tpch_standard", "--schema", "tiny"]);
    // It starts slowly, and is asked all at once: before each answer comes its query's name.
    let script = queries().into_iter().map(|(name, sql)| format!("SELECT '{name}' AS query;\n{sql};\n"));
    client.args(["--output-format", "JSON", "--execute", &script.collect::<String>()]);
    let mut answers: HashMap<String, Vec<Value>> = HashMap::new();
    let mut rows = &mut Vec::new();
    for line in output(&mut client).lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        match row["query"].as_str() {
            Some(name) => rows = answers.entry(name.to_owned()).or_default(),
            None => rows.push(row),
        }
    }
    answers
}

/// Whether two engines mean the same: texts are equal, numbers to the last digit that both show.
fn agree(left: &str, right: &str) -> bool {
    let digits = |text: &str| text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    match (left.parse::<f64>(), right.parse::<f64>()) {
        (Ok(one), Ok(other)) => {
            let unit = 10_f64.powi(-i32::try_from(digits(left).min(digits(right))).unwrap());
            (one - other).abs() <= unit * 0.5001
        }
        _ => left == right,
    }
}

fn all_agree(left: &[Vec<String>], right: &[Vec<String>]) -> bool {
    let cells = |one: &[String], other: &[String]| {
        one.len() == other.len() && one.iter().zip(other).all(|(one, other)| agree(one, other))
    };
    left.len() == right.len() && left.iter().zip(right).all(|(one, other)| cells(one, other))
}

async fn same_as_its_own_client(engine: Engine) {
    let (Some(trino), Some(fresh)) = (trino(), engine.fresh().await) else { return };
    let trino = serve(&trino);
    load(&trino.client(), &mut fresh.admin().await).await;
    let server = serve(&fresh.reader().await);
    for (name, sql) in queries() {
        let expected = own_client(&fresh, &sql);
        assert!(!expected.is_empty(), "{name} gives no rows");
        let found = rows(&server.client(), &sql).await;
        assert_eq!(found, expected, "{name}");
        let elsewhere = rows(&trino.client(), &sql).await;
        assert!(all_agree(&found, &elsewhere), "{name}:\nhere  {found:?}\nTrino {elsewhere:?}");
    }
    drop(server);
    fresh.remove().await;
}

#[tokio::test]
async fn postgresql_gives_what_psql_gives() {
    same_as_its_own_client(Engine::Postgresql).await;
}

#[tokio::test]
async fn mysql_gives_what_its_client_gives() {
    same_as_its_own_client(Engine::Mysql).await;
}

#[tokio::test]
async fn mariadb_gives_what_its_client_gives() {
    same_as_its_own_client(Engine::Mariadb).await;
}

#[tokio::test]
async fn trino_gives_what_its_client_gives() {
    let (Some(trino), Some(address)) = (trino(), required("SQLATTE_TEST_TRINO_URL", "Trino")) else { return };
    let Some(client) = required("SQLATTE_TEST_TRINO_CLI", "client of Trino") else { return };
    let expected = trino_client(&client, &address);
    let server = serve(&trino);
    for (name, sql) in queries() {
        let answer = server.client().sql(&sql).await.expect(200);
        assert_eq!(answer["truncated"], Value::Bool(false));
        let names: Vec<&str> =
            answer["columns"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let row = |cells: &Value| {
            let cells = cells.as_array().unwrap().iter().cloned();
            names.iter().map(|name| (*name).to_owned()).zip(cells).collect::<serde_json::Map<_, _>>()
        };
        let found: Vec<Value> =
            answer["data"].as_array().unwrap().iter().map(row).map(Value::Object).collect();
        assert!(!found.is_empty(), "{name} gives no rows");
        assert_eq!(found, expected[&name], "{name}");
    }
}

#[test]
fn numbers_agree_as_far_as_both_show_them() {
    for (left, right) in [("0.05", "0.0499966"), ("25", "25.00"), ("-1.5", "-1.50"), ("a", "a"), ("13", "13")]
    {
        assert!(agree(left, right) && agree(right, left), "{left} {right}");
    }
    for (left, right) in [("0.05", "0.0559"), ("25.1", "25.3"), ("a", "b"), ("13", ""), ("1", "-1")] {
        assert!(!agree(left, right) && !agree(right, left), "{left} {right}");
    }
}
