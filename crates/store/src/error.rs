//! What people are told: which file, what is wrong with it, and what to do. Never what was to be kept in it.

use std::{io, path::Path};

use sqlatte_core::StoreError;
use sqlx::migrate::MigrateError;

// https://www.sqlite.org/rescode.html
const BUSY: i32 = 5;
const PERM: i32 = 3;
const READONLY: i32 = 8;
const IOERR: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const AUTH: i32 = 23;
const NOTADB: i32 = 26;

/// An error of SQLite, or of the way to it.
pub(crate) fn told(path: &Path, error: sqlx::Error) -> StoreError {
    let file = path.display();
    let message = match primary_code(&error) {
        Some(BUSY) => format!("{file} is locked by another process: stop that process, then try again"),
        Some(PERM | READONLY | CANTOPEN | AUTH) => return not_writable(path).with_source(error),
        Some(IOERR) => format!("{file} could not be read or written: check the disk it is on"),
        Some(CORRUPT) => format!(
            "{file} is damaged: stop SQLatte, then put a backup in its place, or move it (and its -wal and -shm \
             files) away to start with an empty one"
        ),
        Some(FULL) => format!("there is no space left for {file}: free some on the disk it is on"),
        Some(NOTADB) => return not_sqlite(path).with_source(error),
        _ => match &error {
            sqlx::Error::PoolTimedOut => format!("{file} did not answer in time: try again in a moment"),
            sqlx::Error::PoolClosed => return closed(path),
            sqlx::Error::ColumnDecode { .. } => format!(
                "{file} holds an entry this version cannot read: run the version of SQLatte that wrote it, or \
                 restore a backup"
            ),
            _ => format!("{file} could not be used; the log has the cause"),
        },
    };
    StoreError::new(message).with_source(error)
}

/// An error of bringing the file's tables to this version.
pub(crate) fn migration(path: &Path, error: MigrateError) -> StoreError {
    let file = path.display();
    match error {
        MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _) => told(path, cause),
        MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => StoreError::new(format!(
            "{file} was written by a newer SQLatte: run that version, or choose another data directory"
        ))
        .with_source(error),
        _ => StoreError::new(format!(
            "the tables in {file} are not those this version of SQLatte makes: restore a backup, or choose \
             another data directory"
        ))
        .with_source(error),
    }
}

/// Nothing can be written there.
pub(crate) fn not_writable(path: &Path) -> StoreError {
    let folder = folder(path);
    StoreError::new(format!(
        "{} cannot be written: give the user that runs SQLatte write permission on the folder {} and the files in \
         it, or choose another data directory",
        path.display(),
        folder.display()
    ))
}

/// The folder cannot be made or the file cannot be read.
pub(crate) fn file(path: &Path, error: io::Error) -> StoreError {
    use io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem, StorageFull};
    let file = path.display();
    let message = match error.kind() {
        PermissionDenied | ReadOnlyFilesystem => return not_writable(path).with_source(error),
        StorageFull => format!("there is no space left for {file}: free some on the disk it is on"),
        _ => format!(
            "{file} cannot be opened ({error}): check that {} is a folder and that the file is one SQLatte may \
             read and write",
            folder(path).display()
        ),
    };
    StoreError::new(message).with_source(error)
}

/// Some other file bears the name.
pub(crate) fn not_sqlite(path: &Path) -> StoreError {
    StoreError::new(format!(
        "{} is not a SQLite database: move it away, or choose another data directory",
        path.display()
    ))
}

/// A SQLite database, but somebody else's.
pub(crate) fn not_ours(path: &Path) -> StoreError {
    StoreError::new(format!(
        "{} is a SQLite database that SQLatte did not make, so it keeps nothing in it: choose another data \
         directory",
        path.display()
    ))
}

/// A check of the file's structure found a fault.
pub(crate) fn damaged(path: &Path, finding: String) -> StoreError {
    StoreError::new(format!(
        "{} is damaged: stop SQLatte, then put a backup in its place, or move it away to start with an empty one",
        path.display()
    ))
    .with_source(finding)
}

/// The store was closed, or the runtime it wrote on has ended.
pub(crate) fn closed(path: &Path) -> StoreError {
    StoreError::new(format!("{} was closed: SQLatte is shutting down", path.display()))
}

/// Whether another process is in the way, which passes.
pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    primary_code(error) == Some(BUSY)
}

fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let extended: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(extended & 0xff)
}

/// The nearest folder that is there.
fn folder(path: &Path) -> &Path {
    let folders = path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
    folders.into_iter().find(|folder| folder.exists()).unwrap_or(Path::new("."))
}
