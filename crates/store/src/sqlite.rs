use std::{fmt, path::Path, sync::Arc};

use sqlatte_core::{StoreError, Stores};
use sqlx::SqliteConnection;

use crate::{
    error, open,
    readers::{Reader, Readers},
    write::Write,
    writer::Writer,
};

/// Sessions, conversations and history in one SQLite file. Clones share the file's connections.
///
/// Several processes may use the same file. Times are kept to the microsecond.
#[derive(Clone)]
pub struct SqliteStore {
    inner: Arc<Inner>,
}

struct Inner {
    path: Arc<Path>,
    readers: Readers,
    writer: Writer,
}

impl SqliteStore {
    /// Opens the file, makes it and its folder if they are not there, and brings its tables to this version.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path: Arc<Path> = path.as_ref().into();
        let writing = open::writer(&path).await?;
        SqliteStore::with(path, writing).await
    }

    async fn with(path: Arc<Path>, writing: SqliteConnection) -> Result<Self, StoreError> {
        let readers = open::readers(&path).await?;
        let writer = Writer::start(path.clone(), writing);
        Ok(SqliteStore { inner: Arc::new(Inner { path, readers, writer }) })
    }

    /// This store behind each of the ports.
    pub fn stores(&self) -> Stores {
        let store = Arc::new(self.clone());
        Stores { sessions: store.clone(), conversations: store.clone(), history: store }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Sees whether the file can be read and written; quick enough for a health check.
    pub async fn check(&self) -> Result<(), StoreError> {
        let read =
            sqlx::query("SELECT 1 FROM sessions LIMIT 1").fetch_optional(&mut *self.reader().await?).await;
        self.told(read)?;
        self.write(Write::Probe).await?;
        Ok(())
    }

    /// Reads the whole file and sees whether it is sound; takes about a second for a gigabyte.
    pub async fn verify(&self) -> Result<(), StoreError> {
        let finding = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut *self.reader().await?).await;
        let finding: String = self.told(finding)?;
        if finding == "ok" { Ok(()) } else { Err(error::damaged(self.path(), finding)) }
    }

    /// Finishes what is being written and closes the file; calls after this are refused.
    pub async fn close(&self) {
        // whoever closes last tidies the file up, which a reader may not
        self.inner.readers.close().await;
        self.inner.writer.close().await;
    }

    /// A connection to read on.
    pub(crate) async fn reader(&self) -> Result<Reader<'_>, StoreError> {
        self.told(self.inner.readers.get().await)
    }

    /// Makes a change and waits for its commit; gives the rows it touched.
    pub(crate) async fn write(&self, write: Write) -> Result<u64, StoreError> {
        self.inner.writer.write(write).await
    }

    /// Turns an error of SQLite into one for people.
    pub(crate) fn told<T>(&self, result: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        result.map_err(|cause| error::told(self.path(), cause))
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("path", &self.inner.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
