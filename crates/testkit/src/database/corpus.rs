#![expect(
    clippy::print_stderr,
    clippy::expect_used,
    reason = "part of tests: what is left out is to be seen"
)]

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

use sqlatte_guard::Dialect;

/// Statements of many authors, in a folder beside the project that not every checkout has.
const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/guard");

/// The statements that the guard's own tests know as hostile in this dialect, each once: the project's, and
/// where they are present the shared ones.
pub fn hostile_corpus(dialect: Dialect) -> Vec<String> {
    let mut statements = own(dialect);
    for file in ["readonly_corpus.tsv", "extra.tsv"] {
        let path = Path::new(SHARED).join(file);
        match fs::read_to_string(&path) {
            Ok(text) => statements.extend(shared(&text, dialect)),
            Err(_) => eprintln!("skipped: no {}", path.display()),
        }
    }
    let mut known = HashSet::new();
    statements.retain(|sql| known.insert(sql.clone()));
    statements
}

/// Lines of verdict, class and statement.
fn own(dialect: Dialect) -> Vec<String> {
    let corpus = match dialect {
        Dialect::Postgresql => include_str!("../../../guard/tests/corpus/postgresql.tsv"),
        Dialect::Mysql => include_str!("../../../guard/tests/corpus/mysql.tsv"),
        Dialect::Trino => include_str!("../../../guard/tests/corpus/trino.tsv"),
        Dialect::Bigquery => include_str!("../../../guard/tests/corpus/bigquery.tsv"),
        Dialect::Sqlite => include_str!("../../../guard/tests/corpus/sqlite.tsv"),
    };
    let refused = corpus.lines().filter_map(|line| line.strip_prefix("refuse\t")?.split_once('\t'));
    refused.map(|(_, sql)| sql.replace("\\n", "\n").replace("\\r", "\r")).collect()
}

/// Lines of dialect, verdict, class and statement.
fn shared(text: &str, wanted: Dialect) -> impl Iterator<Item = String> {
    text.lines().filter_map(move |line| {
        let mut fields = line.splitn(4, '\t');
        let dialect: Dialect = fields.next()?.parse().ok()?;
        let is_hostile = fields.next()? == "deny";
        let sql = fields.nth(1)?;
        (dialect == wanted && is_hostile).then(|| sql.replace("\\n", "\n"))
    })
}

/// Statements that make what the corpora speak of, so that theirs fail for a better reason than a missing
/// table. `DS.` stands for the dataset in BigQuery's.
pub(super) fn victims(dialect: Dialect) -> Vec<String> {
    let (tables, text) = match dialect {
        Dialect::Sqlite => ("t a b c d u s", "TEXT"),
        // `s` is a sequence there.
        Dialect::Postgresql => ("t a b c d u", "text"),
        Dialect::Mysql => ("t a b c d u t1 t2", "VARCHAR(20)"),
        Dialect::Trino => ("t a b c s lineitem", "varchar"),
        Dialect::Bigquery => ("DS.t DS.a DS.b DS.s", "STRING"),
    };
    let integer = if dialect == Dialect::Bigquery { "INT64" } else { "integer" };
    let tables = tables.split(' ').flat_map(|table| {
        let columns = ["id", "a", "b", "x", "tenant"].map(|name| format!("{name} {integer}")).join(", ");
        [
            format!("CREATE TABLE {table} ({columns}, name {text}, secret {text})"),
            format!(
                "INSERT INTO {table} VALUES (1, 1, 1, 1, 1, 'Ann', 'red'), (2, 2, 2, 2, 2, 'Ben', 'blue')"
            ),
        ]
    });
    let more: &[&str] = match dialect {
        Dialect::Sqlite => &["CREATE VIEW v AS SELECT 1 AS a"],
        Dialect::Postgresql => &[
            "CREATE SEQUENCE s",
            "GRANT USAGE ON SEQUENCE s TO PUBLIC",
            "CREATE VIEW v AS SELECT 1 AS a",
            "CREATE MATERIALIZED VIEW mv AS SELECT 1 AS a",
            "CREATE FUNCTION purge() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS
                 $$ WITH gone AS (DELETE FROM t RETURNING *) SELECT count(*) FROM gone $$",
        ],
        Dialect::Mysql => &[
            "CREATE PROCEDURE `purge`() DELETE FROM t",
            "CREATE PROCEDURE p() DELETE FROM t",
            "CREATE FUNCTION f(n INT) RETURNS INT DETERMINISTIC BEGIN DELETE FROM t; RETURN n; END",
        ],
        Dialect::Trino => &["CREATE VIEW v AS SELECT 1 AS a"],
        Dialect::Bigquery => &[],
    };
    tables.chain(more.iter().map(|sql| (*sql).to_owned())).collect()
}

/// The files that statements name: a server on this machine could write them.
pub(super) fn files_named(statements: &[String]) -> Vec<PathBuf> {
    let quoted = statements.iter().flat_map(|sql| sql.split(['\'', '"']));
    let paths =
        quoted.filter(|text| text.starts_with('/') && text.len() > 1 && !text.contains(char::is_whitespace));
    let mut paths: Vec<_> = paths.map(PathBuf::from).collect();
    paths.sort();
    paths.dedup();
    paths
}

/// How long these files are and when they were written, as far as they exist.
pub(super) fn files_now(paths: &[PathBuf]) -> String {
    let shown = paths.iter().filter_map(|path| {
        let found = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
        let modified = found.modified().expect("the system keeps times");
        Some(format!("file {} {} {modified:?}\n", path.display(), found.len()))
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use sqlatte_guard::Dialect;

    use super::{files_named, own, shared};

    #[test]
    fn only_hostile_lines_of_the_dialect_are_taken() {
        let text = "# dialect\texpect\tclass\tsql\npostgres\tdeny\tx\tCOPY t\\nTO 'a\tb'\npostgres\tallow\tok\tSELECT 1\n\
                    duckdb\tdeny\tx\tLOAD x\nmysql\tdeny\tx\tDO 1\n";
        assert_eq!(shared(text, Dialect::Postgresql).collect::<Vec<_>>(), ["COPY t\nTO 'a\tb'"]);
        assert!(Dialect::ALL.into_iter().all(|dialect| own(dialect).len() > 100));
    }

    #[test]
    fn files_are_those_in_quotes() {
        let statements =
            ["COPY t TO '/tmp/x.csv'", "SELECT \"/tmp/y\", '/', '/* a */' / 2"].map(str::to_owned);
        assert_eq!(files_named(&statements), ["/tmp/x.csv", "/tmp/y"].map(std::path::PathBuf::from));
    }
}
