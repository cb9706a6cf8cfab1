//! Large results from PostgreSQL, MySQL and Trino, beside those databases' own clients, in turns on the same rows.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use hyper::Method;
use sqlatte_e2e::{Client, Server, Start};

use crate::{Effort, report::Report, start::megabytes};

const ROWS: usize = 1_000_000;
const ROUNDS: usize = 3;
const GROWTH: u64 = 50;
const TABLE: &str = "sqlatte_bench";
const COLUMNS: &str = "id, name, city, price, quantity, placed_at, paid, note";
/// Its capital letter stands once in each row, and nowhere else.
const EXAMPLE: &str = "a note of Zero to forty letters or so";

/// A database to export from, and its own client.
struct Subject {
    name: &'static str,
    url: String,
    client: String,
    /// The most that CSV and JSON may take, as a ratio to the client's time; without it that is only told.
    goals: Option<(f64, f64)>,
}

/// Exports of a million rows, as ratios to what the databases' own clients take.
pub(crate) async fn measure(effort: Effort, report: &mut Report) {
    report.section(
        "Large results",
        format!(
            "`SELECT {COLUMNS}` of {ROWS} rows over `GET /api/query/{{id}}/export`, to a client that throws the bytes \
             away, divided by the time in which the database's own client writes the same rows as text to nowhere: \
             `psql -c '\\copy … to stdout csv'`, `mariadb --batch --quick`, `trino --output-format CSV`, whose time \
             holds the start of a Java machine. Trino makes the rows as they are read. Each is run {ROUNDS} times in \
             turns; the fastest of each counts. Growth as under Export."
        ),
    );
    for (variable, name, client) in [
        ("SQLATTE_TEST_POSTGRES_URL", "PostgreSQL", "psql"),
        ("SQLATTE_TEST_MARIADB_URL", "MariaDB", "mariadb"),
        ("SQLATTE_TEST_MYSQL_URL", "MySQL", "mariadb"),
    ] {
        match std::env::var(variable) {
            Ok(url) => {
                let goals = Some((1.5, 2.5));
                let mut subject = Subject { name, url, client: client.to_owned(), goals };
                subject.run(&format!("DROP DATABASE IF EXISTS {TABLE}"));
                subject.run(&format!("CREATE DATABASE {TABLE}"));
                // The database of the address is the engine's own.
                let (server, _) = subject.url.rsplit_once('/').expect("a URL with a database");
                subject.url = format!("{server}/{TABLE}");
                subject.measure(effort, report).await;
            }
            Err(_) => report.note(name, format!("not measured: {variable} is not set")),
        }
    }
    match (std::env::var("SQLATTE_TEST_TRINO_URL"), std::env::var("SQLATTE_TEST_TRINO_CLI")) {
        (Ok(server), Ok(client)) => {
            let url = format!("{}/memory/{TABLE}", server.replace("http://", "trino://admin@"));
            let subject = Subject { name: "Trino", url, client, goals: None };
            subject.run(&format!("DROP SCHEMA IF EXISTS {TABLE} CASCADE"));
            subject.run(&format!("CREATE SCHEMA {TABLE}"));
            subject.measure(effort, report).await;
        }
        _ => report
            .note("Trino", "not measured: SQLATTE_TEST_TRINO_URL and SQLATTE_TEST_TRINO_CLI are not set"),
    }
}

impl Subject {
    async fn measure(&self, effort: Effort, report: &mut Report) {
        let rows = effort.of(ROWS);
        for sql in self.made(rows) {
            self.run(&sql);
        }
        let server = Start::new().argument("--database").argument(&self.url).serve();
        let answer = server.client().sql(&format!("SELECT {COLUMNS} FROM {TABLE}")).await.expect(200);
        let text = |name: &str| answer[name].as_str().expect("an answer names itself").to_owned();
        let api = server.client().session(&text("session_id"));
        let path = |format: &str| format!("/api/query/{}/export?format={format}", text("query_id"));

        let (mut own, mut csv, mut json) = (Vec::new(), Vec::new(), Vec::new());
        let mut growth = 0;
        for _ in 0..ROUNDS {
            own.push(self.own_client());
            for (format, times) in [("csv", &mut csv), ("json", &mut json)] {
                let (took, grew) = export(&server, &api, &path(format), rows).await;
                times.push(took);
                growth = growth.max(grew);
            }
        }
        let best = |times: &[Duration]| times.iter().min().expect("rounds").as_secs_f64();
        let goals = self.goals.unzip();
        for (format, times, goal) in [("csv", &csv, goals.0), ("json", &json, goals.1)] {
            let ratio = best(times) / best(&own);
            let what = format!("{}: {format}, times its own client ({:.2} s)", self.name, best(&own));
            match goal {
                Some(goal) => report.goal(what, format!("{ratio:.2}"), &format!("≤ {goal}"), ratio <= goal),
                None => report.note(what, format!("{ratio:.2}")),
            }
        }
        report.goal(
            format!("{}: growth of resident memory", self.name),
            megabytes(growth),
            "< 50 MB",
            growth < GROWTH * 1_000_000,
        );
        drop(server);
        self.run(&format!("DROP {} {TABLE}", if self.name == "Trino" { "VIEW" } else { "TABLE" }));
    }

    /// Statements that make the table.
    fn made(&self, rows: usize) -> Vec<String> {
        let text = |number: &str| match self.name {
            "Trino" => format!("CAST({number} AS varchar)"),
            _ => number.to_owned(),
        };
        let columns = format!(
            "g AS id, concat('customer ', {}) AS name, concat('city ', {}) AS city, \
             CAST(g % 100000 / 100.0 AS decimal(12, 2)) AS price, g % 17 AS quantity",
            text("g"),
            text("g % 1000")
        );
        if self.name == "Trino" {
            // Its catalog in memory would not hold them all.
            return vec![format!(
                "CREATE VIEW {TABLE} AS SELECT {columns}, date_add('minute', g, timestamp '2024-01-01 00:00:00') AS \
                 placed_at, g % 3 = 0 AS paid, '{EXAMPLE}' AS note FROM (SELECT (a.n - 1) * 1000 + b.n AS g FROM \
                 UNNEST(sequence(1, {})) AS a (n) CROSS JOIN UNNEST(sequence(1, 1000)) AS b (n)) AS numbers",
                rows / 1000
            )];
        }
        let drop = format!("DROP TABLE IF EXISTS {TABLE}");
        let create = if self.client == "psql" {
            format!(
                "CREATE TABLE {TABLE} AS SELECT {columns}, timestamp '2024-01-01' + g * interval '1 minute' AS \
                 placed_at, g % 3 = 0 AS paid, '{EXAMPLE}' AS note FROM generate_series(1, {rows}) AS g"
            )
        } else {
            format!(
                "SET SESSION cte_max_recursion_depth = 10000000; CREATE TABLE {TABLE} AS WITH RECURSIVE n(g) AS \
                 (SELECT 1 UNION ALL SELECT g + 1 FROM n WHERE g < {rows}) SELECT {columns}, \
                 timestamp '2024-01-01 00:00:00' + interval g minute AS placed_at, g % 3 = 0 AS paid, '{EXAMPLE}' AS \
                 note FROM n"
            )
        };
        // MariaDB calls that limit otherwise.
        let create = match self.name {
            "MariaDB" => create.replace("cte_max_recursion_depth", "max_recursive_iterations"),
            _ => create,
        };
        vec![drop, create]
    }

    fn command(&self) -> Command {
        if self.client == "psql" {
            let mut psql = Command::new("psql");
            psql.args(["-XqAt", "-d", &self.url, "-c"]);
            return psql;
        }
        if self.name == "Trino" {
            let rest = self.url.trim_start_matches("trino://admin@");
            let (address, _) = rest.split_once('/').expect("a URL with a catalog");
            let mut client = Command::new(&self.client);
            client.args(["--server", address, "--user", "admin", "--catalog", "memory", "--schema", TABLE]);
            client.args(["--output-format", "CSV", "--execute"]);
            return client;
        }
        let rest = self.url.trim_start_matches("mysql://");
        let (login, place) = rest.rsplit_once('@').expect("a URL with a user");
        let (user, password) = login.split_once(':').expect("a URL with a password");
        let (address, database) = place.split_once('/').expect("a URL with a database");
        let (host, port) = address.split_once(':').expect("a URL with a port");
        let mut client = Command::new("mariadb");
        client.args([
            "--no-defaults",
            "--protocol=tcp",
            "--batch",
            "--quick",
            "-h",
            host,
            "-P",
            port,
            "-u",
            user,
        ]);
        client.args(["-D", database, "-e"]).env("MYSQL_PWD", password);
        client
    }

    fn run(&self, sql: &str) {
        let status = self.command().arg(sql).stdout(Stdio::null()).status();
        assert!(status.is_ok_and(|status| status.success()), "{}: {sql}", self.name);
    }

    /// How long the database's own client takes for all rows.
    fn own_client(&self) -> Duration {
        let all = format!("SELECT {COLUMNS} FROM {TABLE}");
        let sql = if self.client == "psql" { format!("\\copy ({all}) to stdout csv") } else { all };
        let began = Instant::now();
        self.run(&sql);
        began.elapsed()
    }
}

/// The time of one export, and what the server grew by meanwhile.
async fn export(server: &Server, api: &Client, path: &str, rows: usize) -> (Duration, u64) {
    let load = server.load();
    load.reset_peak();
    let before = load.memory();
    let began = Instant::now();
    let mut answering = api.open(Method::GET, path, bytes::Bytes::new()).await;
    assert_eq!(answering.head.status, 200, "{path}");
    let mut seen = 0;
    while let Some(part) = answering.part().await {
        seen += part.iter().filter(|byte| **byte == b'Z').count();
    }
    let took = began.elapsed();
    assert_eq!(seen, rows, "the export has other rows than the table");
    (took, load.peak_memory().saturating_sub(before))
}
