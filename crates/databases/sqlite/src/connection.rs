use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use rusqlite::{CachedStatement, OpenFlags, config::DbConfig, limits::Limit};
use sqlatte_providers::{ErrorKind, ProviderError, Result};

use crate::{
    authorizer::{self, Describing},
    error, functions,
    stop::Stop,
};

/// What no statement may exceed.
const LIMITS: &[(Limit, i32)] = &[
    // A value or row: stops `zeroblob` and `printf` from filling the memory.
    (Limit::SQLITE_LIMIT_LENGTH, 32 << 20),
    // The guard takes far less; the `CREATE` statements in the file are read under this limit too.
    (Limit::SQLITE_LIMIT_SQL_LENGTH, 1 << 20),
    (Limit::SQLITE_LIMIT_EXPR_DEPTH, 500),
    (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 200),
    (Limit::SQLITE_LIMIT_VDBE_OP, 1_000_000),
    (Limit::SQLITE_LIMIT_FUNCTION_ARG, 127),
    (Limit::SQLITE_LIMIT_ATTACHED, 0),
    // Matching takes the product of pattern and text.
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 2000),
    // Nothing is bound, but full-text tables bind a few themselves.
    (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 100),
    (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 1),
    (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
];
const STATEMENT_CACHE: usize = 64;
const BUSY_PAUSE: Duration = Duration::from_millis(10);

/// A connection that can read and do nothing else.
pub(crate) struct Connection {
    inner: rusqlite::Connection,
    pub(crate) describing: Describing,
    path: PathBuf,
    busy_timeout: Duration,
    identity: Identity,
}

/// Which file a connection has open: a path may come to mean another one.
#[derive(PartialEq)]
struct Identity(u64, u64);

impl Identity {
    #[cfg(unix)]
    fn of(metadata: &fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Identity(metadata.dev(), metadata.ino())
    }

    #[cfg(not(unix))]
    fn of(_: &fs::Metadata) -> Self {
        Identity(0, 0)
    }
}

impl Connection {
    pub(crate) fn open(path: &Path, busy_timeout: Duration, stop: &Stop) -> Result<Self> {
        let metadata = fs::metadata(path).map_err(|error| error::of_file(error, path))?;
        error::check_file(path, &metadata)?;
        let open = || -> rusqlite::Result<Connection> {
            // No shared mutex: one thread has the connection at a time. No URI parameters: the path is a path.
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let inner = rusqlite::Connection::open_with_flags(path, flags)?;
            // Waiting for a lock is ours, so that it can be stopped.
            inner.busy_timeout(Duration::ZERO)?;
            inner.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
            inner.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
            inner.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
            inner.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, false)?;
            // `"Berlin"` for `'Berlin'` is an error instead of a misspelt column read as a text.
            inner.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
            inner.execute_batch(
                "PRAGMA query_only = ON; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;",
            )?;
            inner.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
            for (limit, value) in LIMITS {
                inner.set_limit(*limit, *value)?;
            }
            functions::install(&inner)?;
            let describing = Describing::default();
            authorizer::install(&inner, describing.clone())?;
            let (path, identity) = (path.to_owned(), Identity::of(&metadata));
            Ok(Connection { inner, describing, path, busy_timeout, identity })
        };
        open().map_err(|error| error::of_statement(error, path, stop))
    }

    /// Whether the path still names the file this connection reads.
    pub(crate) fn is_current(&self) -> Result<bool> {
        let metadata = fs::metadata(&self.path).map_err(|error| error::of_file(error, &self.path))?;
        Ok(self.identity == Identity::of(&metadata))
    }

    /// Runs `work` with this connection heeding `stop`.
    ///
    /// While another program has the file locked, `work` is tried again until the busy timeout has passed.
    pub(crate) fn run<T>(
        &self,
        stop: &Stop,
        mut work: impl FnMut(&rusqlite::Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let _watched = stop.watch(&self.inner).map_err(|error| self.translate(error, stop))?;
        let patience = Instant::now() + self.busy_timeout;
        loop {
            match work(&self.inner) {
                Ok(result) => return Ok(result),
                Err(busy) if error::is_busy(&busy) && Instant::now() < patience => {
                    if let Some(reason) = stop.reason() {
                        return Err(reason);
                    }
                    thread::sleep(BUSY_PAUSE);
                }
                Err(other) => return Err(self.translate(other, stop)),
            }
        }
    }

    /// What a failure of SQLite means to the caller.
    pub(crate) fn translate(&self, error: rusqlite::Error, stop: &Stop) -> ProviderError {
        error::of_statement(error, &self.path, stop)
    }

    /// Prepares a caller's statement, if it is one that reads.
    pub(crate) fn prepare<'a>(
        connection: &'a rusqlite::Connection,
        sql: &str,
    ) -> rusqlite::Result<Result<CachedStatement<'a>>> {
        let statement = connection.prepare_cached(sql)?;
        let refused = |message| Ok(Err(ProviderError::new(ErrorKind::Rejected, message)));
        if !statement.readonly() {
            return refused(
                "SQLite: the statement would change the database: only statements that read may run",
            );
        }
        if statement.parameter_count() > 0 {
            return refused("SQLite: the statement has parameters, and there are no values for them");
        }
        if statement.column_count() == 0 {
            return refused("SQLite: the statement returns no columns: only queries may run");
        }
        Ok(Ok(statement))
    }
}
