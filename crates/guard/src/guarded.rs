use crate::Dialect;

/// A statement that passed the guard, as the exact text that was checked.
///
/// Only [`Guard::check`](crate::Guard::check) makes one, so a function that takes a `Guarded` cannot be
/// handed a statement nobody looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guarded {
    sql: String,
    dialect: Dialect,
    tables: Vec<TableName>,
    row_limit: Option<u64>,
    volatile: bool,
}

impl Guarded {
    pub(crate) fn new(
        sql: String,
        dialect: Dialect,
        tables: Vec<TableName>,
        row_limit: Option<u64>,
        volatile: bool,
    ) -> Self {
        Guarded { sql, dialect, tables, row_limit, volatile }
    }

    /// Pushes a statement past the guard, so that tests can see whether the engine behind it stops it too.
    ///
    /// Exists only with the feature `unguarded`, which no shipped build turns on.
    #[cfg(feature = "unguarded")]
    pub fn unguarded(sql: &str, dialect: Dialect) -> Self {
        Guarded::new(sql.to_owned(), dialect, Vec::new(), None, true)
    }

    /// The original text, never re-serialised.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The dialect it was checked in.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The tables and views it reads, without the names its own `WITH` clauses define; in order of first use.
    pub fn tables(&self) -> &[TableName] {
        &self.tables
    }

    /// How many rows it asks for at most, where it says so itself as a number: the outermost `LIMIT` or
    /// `FETCH`.
    pub fn row_limit(&self) -> Option<u64> {
        self.row_limit
    }

    /// Whether it may give other rows the next time although no data changed, as far as its text shows: it
    /// speaks of the clock (`now()`, `current_date`), of chance (`random()`, `TABLESAMPLE`) or of the session
    /// (`current_user`).
    pub fn is_volatile(&self) -> bool {
        self.volatile
    }
}

/// A table as a statement names it: one to three parts, quotes removed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableName {
    /// The parts in order, the table's own name last.
    pub parts: Vec<String>,
}

impl TableName {
    /// The table's own name, without schema or catalog.
    pub fn name(&self) -> &str {
        self.parts.last().map_or("", String::as_str)
    }
}

impl std::fmt::Display for TableName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.parts.join("."))
    }
}
