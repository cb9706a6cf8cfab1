//! The demo database: three years in the life of a coffee roaster.
//!
//! Made from a fixed seed, so two files made for the same day hold the same rows, on every machine. Nothing in
//! it is later than that day.

mod assortment;
mod people;
mod places;
mod random;
mod reviews;
mod sales;
mod stock;
mod words;

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use chrono::{Datelike, Months, NaiveDate};
use rusqlite::Connection;
use sqlatte_providers::{ErrorKind, ProviderError, Result};

use self::random::Random;

const SCHEMA: &str = include_str!("demo/schema.sql");
const INDEXES: &str = include_str!("demo/indexes.sql");
/// Marks the file as ours: `SQLa`.
const APPLICATION_ID: i32 = 0x5351_4c61;
/// Length of the header of a SQLite file.
const HEADER: usize = 100;
const SEED: u64 = 0x5eed_c0ff_ee00_0001;

/// What [`create`] made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoSummary {
    /// The tables with their rows, in alphabetical order.
    pub tables: Vec<(String, u64)>,
    /// Size of the file.
    pub bytes: u64,
}

impl DemoSummary {
    /// Rows of one table; 0 for a table it does not have.
    pub fn rows(&self, table: &str) -> u64 {
        self.tables.iter().find(|(name, _)| name == table).map_or(0, |(_, rows)| *rows)
    }
}

/// Makes the demo database at `path` as of `today`, replacing a file that is there.
///
/// It is written beside `path` and renamed when it is complete, so nobody ever opens half of it.
///
/// # Errors
/// `Unavailable` when the folder cannot be written to.
pub fn create(path: &Path, today: NaiveDate) -> Result<DemoSummary> {
    let unfinished = Unfinished::beside(path);
    let tables = fill(&unfinished.0, today).map_err(|error| cannot_make(path, error))?;
    let bytes = finish(&unfinished.0, path).map_err(|error| cannot_make(path, error))?;
    Ok(DemoSummary { tables, bytes })
}

/// What is at a path where the demo database is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Nothing.
    Missing,
    /// The demo database as of a day.
    Demo(NaiveDate),
    /// Something else, which is not ours to replace.
    Foreign,
}

/// Sees what is at `path`, from the file's header alone.
///
/// # Errors
/// `Unavailable` when the file cannot be read.
pub fn look(path: &Path) -> Result<Found> {
    let mut header = Vec::with_capacity(HEADER);
    let read = File::open(path).and_then(|file| file.take(HEADER as u64).read_to_end(&mut header));
    match read {
        Ok(_) => Ok(day_of(&header).map_or(Found::Foreign, Found::Demo)),
        // A link that leads nowhere is something.
        Err(error) if error.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(path).is_err() => {
            Ok(Found::Missing)
        }
        Err(error) => Err(ProviderError::new(
            ErrorKind::Unavailable,
            format!("the demo database `{}` cannot be read: {error}", path.display()),
        )
        .with_source(error)),
    }
}

/// The day in a header that [`create`] wrote: <https://www.sqlite.org/fileformat.html#the_database_header>.
fn day_of(header: &[u8]) -> Option<NaiveDate> {
    let number = |at: usize| Some(i32::from_be_bytes(header.get(at..at + 4)?.try_into().ok()?));
    if !header.starts_with(b"SQLite format 3\0") || number(68)? != APPLICATION_ID {
        return None;
    }
    let day = u32::try_from(number(60)?).ok()?;
    NaiveDate::from_ymd_opt(number(60)? / 10_000, day / 100 % 100, day % 100)
}

/// A day as a number that people can read in the file's header: 20261122.
fn day_number(day: NaiveDate) -> i32 {
    day.year() * 10_000 + i32::try_from(day.month() * 100 + day.day()).unwrap_or(0)
}

fn fill(path: &Path, today: NaiveDate) -> rusqlite::Result<Vec<(String, u64)>> {
    let mut connection = Connection::open(path)?;
    // A crash loses the unfinished file and nothing else.
    connection.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; PRAGMA locking_mode = EXCLUSIVE; PRAGMA foreign_keys = OFF;",
    )?;
    let start = today.checked_sub_months(Months::new(36)).unwrap_or(today);
    let random = &mut Random::new(SEED);
    let transaction = connection.transaction()?;
    transaction.execute_batch(SCHEMA)?;
    assortment::insert(&transaction, random, today)?;
    let (stores, account_managers) = places::insert(&transaction, random, today)?;
    let customers = people::insert(&transaction, random, start, today)?;
    let market =
        sales::Market { customers: &customers, stores: &stores, account_managers: &account_managers };
    sales::insert(&transaction, random, &market, start, today)?;
    stock::insert(&transaction, random, stores.len(), today)?;
    transaction.execute_batch(INDEXES)?;
    let tables = count(&transaction)?;
    transaction.pragma_update(None, "user_version", day_number(today))?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.commit()?;
    connection.close().map_err(|(_, error)| error)?;
    Ok(tables)
}

fn count(connection: &Connection) -> rusqlite::Result<Vec<(String, u64)>> {
    connection
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
        )?
        .query_map([], |row| row.get::<_, String>(0))?
        .map(|name| {
            let name = name?;
            let sql = format!("SELECT count(*) FROM \"{name}\"");
            let rows = connection.query_row(&sql, [], |row| row.get::<_, i64>(0))?;
            Ok((name, rows.unsigned_abs()))
        })
        .collect()
}

fn finish(unfinished: &Path, path: &Path) -> std::io::Result<u64> {
    let file = File::open(unfinished)?;
    file.sync_all()?;
    let bytes = file.metadata()?.len();
    fs::rename(unfinished, path)?;
    Ok(bytes)
}

fn cannot_make(path: &Path, error: impl std::error::Error + Send + Sync + 'static) -> ProviderError {
    let message = format!(
        "the demo database `{}` cannot be made: {error}; check that its folder exists, is writable and has 50 MB free",
        path.display()
    );
    ProviderError::new(ErrorKind::Unavailable, message).with_source(error)
}

/// The file while it is written; what is left of it is removed.
struct Unfinished(PathBuf);

impl Unfinished {
    fn beside(path: &Path) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".unfinished-{}-{count}", std::process::id()));
        Unfinished(path.with_file_name(name))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // After success it is no longer there.
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests;
