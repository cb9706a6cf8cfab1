use std::{
    fmt,
    fs::{self, File},
    io::{self, Read},
    path::Path,
    time::Duration,
};

use rusqlite::{Error, ErrorCode};
use sqlatte_providers::{ErrorKind, ProviderError};

use crate::stop::Stop;

/// Every SQLite file starts with this.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// The file without its folders: whoever asks need not learn where the server keeps its files.
pub(crate) fn name(path: &Path) -> impl fmt::Display {
    Path::new(path.file_name().unwrap_or(path.as_os_str())).display()
}

/// What a failed statement means to the caller.
pub(crate) fn of_statement(error: Error, path: &Path, stop: &Stop) -> ProviderError {
    let place = name(path);
    let new = |kind, message: String| ProviderError::new(kind, message);
    let translated = match &error {
        Error::SqlInputError { msg, offset, .. } => {
            let translated = new(ErrorKind::Rejected, format!("SQLite: {msg}"));
            return match usize::try_from(*offset) {
                Ok(offset) => translated.with_position(offset),
                Err(_) => translated,
            }
            .with_source(error);
        }
        Error::MultipleStatement => {
            new(ErrorKind::Rejected, "SQLite: exactly one statement can run at a time".to_owned())
        }
        Error::SqliteFailure(failure, message) => {
            let words = message.clone().unwrap_or_else(|| failure.to_string());
            match failure.code {
                ErrorCode::OperationInterrupted => stop
                    .reason()
                    .unwrap_or_else(|| new(ErrorKind::Cancelled, "the query was stopped".to_owned())),
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => locked(path),
                ErrorCode::DatabaseCorrupt => new(
                    ErrorKind::Unexpected,
                    format!(
                        "the database `{place}` is damaged ({words}): restore it from a backup, or save what is left with `sqlite3 '{place}' .recover`"
                    ),
                ),
                ErrorCode::NotADatabase => not_a_database(path),
                ErrorCode::CannotOpen => cannot_open(path),
                ErrorCode::PermissionDenied => no_permission(path),
                ErrorCode::SystemIoFailure => new(
                    ErrorKind::Unavailable,
                    format!("reading the database `{place}` failed ({words}): check the disk it is on"),
                ),
                ErrorCode::OutOfMemory => new(
                    ErrorKind::Unavailable,
                    "the query needs more memory than there is: ask for less".to_owned(),
                ),
                ErrorCode::TooBig => {
                    new(ErrorKind::Rejected, format!("SQLite: {words}: a value is too large to be read"))
                }
                ErrorCode::AuthorizationForStatementDenied | ErrorCode::ReadOnly => new(
                    ErrorKind::Rejected,
                    format!("SQLite refuses this ({words}): only statements that read data may run"),
                ),
                _ => new(ErrorKind::Rejected, format!("SQLite: {words}")),
            }
        }
        other => new(ErrorKind::Unexpected, format!("SQLite answered unexpectedly: {other}")),
    };
    translated.with_source(error)
}

/// Whether the connection that gave this error may be used again.
pub(crate) fn is_lasting(error: &ProviderError) -> bool {
    matches!(error.kind(), ErrorKind::Unexpected | ErrorKind::Unavailable | ErrorKind::InvalidSettings)
}

/// Whether another try may find the file unlocked.
pub(crate) fn is_busy(error: &Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

pub(crate) fn locked(path: &Path) -> ProviderError {
    ProviderError::new(
        ErrorKind::Unavailable,
        format!(
            "the database `{}` is locked by a program that writes to it: try again when it has finished, or raise `busy_timeout_ms`",
            name(path)
        ),
    )
    .with_retry_after(Duration::from_secs(1))
}

/// What the operating system's refusal means.
pub(crate) fn of_file(error: io::Error, path: &Path) -> ProviderError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ProviderError::new(
            ErrorKind::Unavailable,
            format!(
                "the database file `{}` does not exist: check the path, or put the file back",
                name(path)
            ),
        )
        .with_source(error),
        io::ErrorKind::PermissionDenied => no_permission(path).with_source(error),
        _ => ProviderError::new(
            ErrorKind::Unavailable,
            format!("the database file `{}` cannot be opened: {error}", name(path)),
        )
        .with_source(error),
    }
}

/// Looks at the file before SQLite does: SQLite takes a folder and an empty file for reasons of its own.
pub(crate) fn check_file(path: &Path, metadata: &fs::Metadata) -> Result<(), ProviderError> {
    let invalid = |message: String| Err(ProviderError::new(ErrorKind::InvalidSettings, message));
    if metadata.is_dir() {
        return invalid(format!("`{}` is a folder: name the database file in it", name(path)));
    }
    if metadata.len() == 0 {
        return invalid(format!(
            "the database file `{}` is empty: name the file that holds the tables",
            name(path)
        ));
    }
    let mut start = Vec::new();
    let file = File::open(path).map_err(|error| of_file(error, path))?;
    file.take(MAGIC.len() as u64).read_to_end(&mut start).map_err(|error| of_file(error, path))?;
    if start == MAGIC { Ok(()) } else { Err(not_a_database(path)) }
}

fn not_a_database(path: &Path) -> ProviderError {
    ProviderError::new(
        ErrorKind::InvalidSettings,
        format!(
            "the file `{}` is not a SQLite database, or it is encrypted: name a file made by SQLite 3",
            name(path)
        ),
    )
}

fn no_permission(path: &Path) -> ProviderError {
    ProviderError::new(
        ErrorKind::Unauthorized,
        format!("the database file `{}` may not be read by this user: give it read permission", name(path)),
    )
}

/// SQLite says only "unable to open": the file is there, so something beside it is missing.
fn cannot_open(path: &Path) -> ProviderError {
    if uses_wal(path).unwrap_or(false) {
        return ProviderError::new(
            ErrorKind::Unsupported,
            format!(
                "the database `{}` is in WAL mode, which needs a writable folder even for reading: make the folder writable, or run `PRAGMA journal_mode=DELETE` on the database once",
                name(path)
            ),
        );
    }
    match File::open(path) {
        Err(error) => of_file(error, path),
        Ok(_) => ProviderError::new(
            ErrorKind::Unavailable,
            format!("the database `{}` cannot be opened: check the permissions of its folder", name(path)),
        ),
    }
}

fn uses_wal(path: &Path) -> io::Result<bool> {
    let mut header = [0; 20];
    File::open(path)?.read_exact(&mut header)?;
    // Bytes 18 and 19 are the format's write and read versions; 2 is WAL.
    Ok(header[18..] == [2, 2])
}
