//! SQLite itself says whether a name exists: the gold statements over real schemas, and thousands of broken ones.

use std::{collections::HashMap, path::PathBuf};

use rusqlite::{Connection, OpenFlags, config::DbConfig};
use sqlatte_guard::{Dialect, Guard, KnownTable, KnownTables};

use crate::{corpora::shared, schema::table};

struct Database {
    connection: Connection,
    known: KnownTables,
    columns: Vec<String>,
}

impl Database {
    fn open(name: &str) -> rusqlite::Result<Self> {
        // Nobody writes these files, and the folder may not be writable.
        let uri = format!("file:{}?immutable=1", file(name).display());
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let connection = Connection::open_with_flags(uri, flags)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        let names = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name";
        let tables = texts(&connection, names, "")?
            .into_iter()
            .map(|name| {
                let columns = texts(&connection, "SELECT name FROM pragma_table_xinfo(?)", &name)?;
                let key = "SELECT name FROM pragma_table_info(?) WHERE pk > 0";
                let primary_key = texts(&connection, key, &name)?;
                Ok(KnownTable { name: table(&name), columns, primary_key, keys: Vec::new() })
            })
            .collect::<rusqlite::Result<Vec<_>>>()?;
        let columns = tables.iter().flat_map(|table| table.columns.clone()).collect();
        Ok(Database { connection, known: KnownTables::new(Dialect::Sqlite, Vec::new(), tables), columns })
    }

    /// What SQLite says of a statement, and what we say of its names; nothing if the guard refuses it.
    fn judge(&self, sql: &str) -> Option<(Result<(), String>, Option<String>)> {
        let guarded = Guard::new(Dialect::Sqlite).check(sql).ok()?;
        let real = self.connection.prepare(sql).map(drop).map_err(|error| error.to_string());
        let ours = self.known.read(&guarded).unknown.into_iter().next().map(|name| name.message);
        Some((real, ours))
    }
}

fn file(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/text2sql/dbs");
    folder.join(format!("{name}.sqlite"))
}

fn texts(connection: &Connection, sql: &str, parameter: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(sql)?;
    let count = statement.parameter_count();
    let parameters = rusqlite::params_from_iter(std::iter::repeat_n(parameter, count));
    statement.query_map(parameters, |row| row.get(0))?.collect()
}

/// The gold statements, and each with one word in it exchanged: a misspelt column, a column of another table.
#[test]
fn sqlite_agrees() {
    let text = shared("text2sql/questions.jsonl").unwrap_or_default();
    let mut databases = HashMap::new();
    let (mut read, mut broken, mut found, mut absent) = (0, 0, 0, 0);
    let (mut alarms, mut missed) = (Vec::new(), Vec::new());
    for (number, line) in text.lines().enumerate() {
        let question: serde_json::Value = serde_json::from_str(line).expect("a JSON line");
        let [name, sql] = ["db", "gold_sql"].map(|field| question[field].as_str().expect("text"));
        if !file(name).exists() {
            absent += 1;
            continue;
        }
        let database =
            databases.entry(name.to_owned()).or_insert_with(|| Database::open(name).expect("a database"));
        for sql in std::iter::once(sql.to_owned()).chain(exchanged(database, sql, number)) {
            let Some((real, ours)) = database.judge(&sql) else { continue };
            read += 1;
            match (real, ours) {
                (Ok(()), Some(message)) => alarms.push(format!("{name}: {message}: {sql}")),
                (Err(error), ours) if error.contains("no such column") => {
                    broken += 1;
                    match ours {
                        Some(_) => found += 1,
                        None => missed.push(format!("{name}: {error}: {sql}")),
                    }
                }
                _ => {}
            }
        }
    }
    println!("{absent} questions without their database");
    println!("{read} statements read; {found} of {broken} with unknown columns found; missed:");
    missed.iter().take(20).for_each(|line| println!("    {line}"));
    assert!(alarms.is_empty(), "{} false alarms in {read}:\n{}", alarms.len(), alarms.join("\n"));
    assert!(missed.len() * 100 <= broken, "{} of {broken} missed", missed.len());
}

/// The statement with one of its columns misspelt, and with one replaced by some other column of the database.
fn exchanged(database: &Database, sql: &str, number: usize) -> Vec<String> {
    let used: Vec<&String> =
        database.columns.iter().filter(|column| positions(sql, column).next().is_some()).collect();
    let Some(column) = used.get(number % used.len().max(1)) else { return Vec::new() };
    let Some(at) = positions(sql, column).last() else { return Vec::new() };
    let other = &database.columns[(number * 7 + 3) % database.columns.len()];
    let misspelt = format!("{}{column}", &column[..1]);
    [misspelt.as_str(), other]
        .into_iter()
        .filter(|word| word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
        .map(|word| format!("{}{word}{}", &sql[..at], &sql[at + column.len()..]))
        .collect()
}

/// Where a word stands alone, outside quotes, regardless of case.
fn positions<'a>(sql: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let lower = sql.to_ascii_lowercase();
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let hits: Vec<usize> = lower.match_indices(&word.to_ascii_lowercase()).map(|(at, _)| at).collect();
    hits.into_iter().filter(move |at| {
        let (before, after) = (&sql[..*at], &sql[at + word.len()..]);
        let quoted = before.matches(['\'', '"']).count() % 2 == 1;
        !word.is_empty()
            && word.chars().all(part)
            && !quoted
            && !before.ends_with(part)
            && !after.starts_with(part)
            && !after.starts_with('.')
    })
}

/// Few gold statements are doubtful: those that show a column that nothing they group by settles.
#[test]
fn few_gold_statements_are_doubtful() {
    let text = shared("text2sql/questions.jsonl").unwrap_or_default();
    let mut databases = HashMap::new();
    let (mut read, mut doubtful) = (0, Vec::new());
    for line in text.lines() {
        let question: serde_json::Value = serde_json::from_str(line).expect("a JSON line");
        let [name, sql] = ["db", "gold_sql"].map(|field| question[field].as_str().expect("text"));
        if !file(name).exists() {
            continue;
        }
        let database =
            databases.entry(name.to_owned()).or_insert_with(|| Database::open(name).expect("a database"));
        let Ok(guarded) = Guard::new(Dialect::Sqlite).check(sql) else { continue };
        read += 1;
        doubtful.extend(
            database.known.read(&guarded).doubtful.into_iter().map(|doubt| format!("{name}: {doubt}: {sql}")),
        );
    }
    println!("{} of {read} doubtful:\n{}", doubtful.len(), doubtful.join("\n"));
    assert!(doubtful.len() * 100 <= read, "{} of {read}", doubtful.len());
}
