use std::{
    io::{self, ErrorKind},
    path::Path,
    time::{Duration, Instant},
};

use sqlatte_core::StoreError;
use sqlx::{
    ConnectOptions, Connection, SqliteConnection,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::io::AsyncReadExt;

use crate::{error, readers::Readers, write::probe};

/// Marks the file as ours: "SQLt" in its header.
const APPLICATION_ID: i32 = i32::from_be_bytes(*b"SQLt");
/// How long a statement waits for another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Readers: a question reads for microseconds, so two per core keep both cores busy.
const READERS: usize = 4;

/// The connection that writes, on a file whose tables are this version's; made if it is not there.
pub(crate) async fn writer(path: &Path) -> Result<SqliteConnection, StoreError> {
    prepare(path).await?;
    let options = base(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        // a checkpoint waits for the disk: every 16 MB instead of every 4
        .pragma("wal_autocheckpoint", "4000")
        .pragma("journal_size_limit", "67108864")
        .pragma("cache_size", "-8000");
    let mut connection = connect(&options).await.map_err(|cause| error::told(path, cause))?;
    migrate(path, &mut connection).await?;
    Ok(connection)
}

/// The connections that read; to be made when the file is there.
pub(crate) async fn readers(path: &Path) -> Result<Readers, StoreError> {
    let options = base(path).read_only(true);
    let mut connections = Vec::with_capacity(READERS);
    for _ in 0..READERS {
        connections.push(connect(&options).await.map_err(|cause| error::told(path, cause))?);
    }
    Ok(Readers::new(connections))
}

fn base(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("temp_store", "memory")
        .pragma("trusted_schema", "off")
        .disable_statement_logging()
}

/// Makes the folder, and looks whether the file, if there is one, can be ours: SQLite would say less clearly.
async fn prepare(path: &Path) -> Result<(), StoreError> {
    if let Some(folder) = path.parent() {
        tokio::fs::create_dir_all(folder).await.map_err(|cause| error::file(path, cause))?;
    }
    match header(path).await {
        Ok(header) if header.is_empty() || header == *b"SQLite format 3\0" => Ok(()),
        Ok(_) => Err(error::not_sqlite(path)),
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(()),
        Err(cause) => Err(error::file(path, cause)),
    }
}

async fn header(path: &Path) -> io::Result<Vec<u8>> {
    let mut header = Vec::new();
    tokio::fs::File::open(path).await?.take(16).read_to_end(&mut header).await?;
    Ok(header)
}

/// Connects; tries again while another process turns the same new file to write-ahead logging, for which
/// SQLite does not wait by itself.
async fn connect(options: &SqliteConnectOptions) -> Result<SqliteConnection, sqlx::Error> {
    let started = Instant::now();
    loop {
        match options.connect().await {
            Err(cause) if error::is_busy(&cause) && started.elapsed() < BUSY_TIMEOUT => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            done => return done,
        }
    }
}

/// Brings the tables to this version, all steps or none.
///
/// The write lock is taken first: sqlx takes none on SQLite, and two processes that start on a new file at once
/// would both make the tables.
async fn migrate(path: &Path, connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let told = |cause| error::told(path, cause);
    let mut lock = connection.begin_with("BEGIN IMMEDIATE").await.map_err(told)?;
    if !claim(&mut lock).await.map_err(told)? {
        return Err(error::not_ours(path));
    }
    let result: Result<(), MigrateError> = migrations().run_direct(None, &mut *lock, false).await;
    result.map_err(|cause| error::migration(path, cause))?;
    // SQLite opens a file that cannot be written for reading, without a word
    probe(&mut lock).await.map_err(told)?;
    lock.commit().await.map_err(told)
}

/// Marks an empty file as ours; says whether the file is ours.
async fn claim(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let mark: i32 = sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *connection).await?;
    if mark == APPLICATION_ID {
        return Ok(true);
    }
    let things: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(&mut *connection).await?;
    if mark != 0 || things > 0 {
        return Ok(false);
    }
    let set_mark = format!("PRAGMA application_id = {APPLICATION_ID}");
    sqlx::query(sqlx::AssertSqlSafe(set_mark)).execute(connection).await?;
    Ok(true)
}

fn migrations() -> Migrator {
    let mut migrations = sqlx::migrate!();
    // the default name is also that of other crates that keep tables in the same file
    migrations.dangerous_set_table_name("sqlatte_migrations");
    migrations
}
