//! The functions each engine is let to call: those of its documented catalogue that only compute.

use std::{collections::HashSet, sync::LazyLock};

use crate::Dialect;

/// The functions of one engine, in lower case; names with a dot are called with it.
pub(crate) struct Catalogue {
    scalar: HashSet<&'static str>,
    tables: HashSet<&'static str>,
}

static SQLITE: LazyLock<Catalogue> = LazyLock::new(|| {
    Catalogue::read(include_str!("functions/sqlite.txt"), include_str!("functions/sqlite_tables.txt"))
});
static POSTGRESQL: LazyLock<Catalogue> = LazyLock::new(|| {
    // Any function may stand in `FROM`.
    Catalogue::read(include_str!("functions/postgresql.txt"), include_str!("functions/postgresql.txt"))
});
static MYSQL: LazyLock<Catalogue> = LazyLock::new(|| {
    Catalogue::read(include_str!("functions/mysql.txt"), include_str!("functions/mysql_tables.txt"))
});
static TRINO: LazyLock<Catalogue> = LazyLock::new(|| {
    Catalogue::read(include_str!("functions/trino.txt"), include_str!("functions/trino_tables.txt"))
});
static BIGQUERY: LazyLock<Catalogue> = LazyLock::new(|| {
    Catalogue::read(include_str!("functions/bigquery.txt"), include_str!("functions/bigquery_tables.txt"))
});

impl Catalogue {
    pub(crate) fn of(dialect: Dialect) -> &'static Catalogue {
        match dialect {
            Dialect::Sqlite => &SQLITE,
            Dialect::Postgresql => &POSTGRESQL,
            Dialect::Mysql => &MYSQL,
            Dialect::Trino => &TRINO,
            Dialect::Bigquery => &BIGQUERY,
        }
    }

    /// The functions that may be called in an expression, in no order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.scalar.iter().copied()
    }

    fn read(scalar: &'static str, tables: &'static str) -> Catalogue {
        Catalogue { scalar: words(scalar), tables: words(tables) }
    }

    /// Whether a function of this lower-case name may be called in an expression.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.scalar.contains(name)
    }

    /// Whether a function of this lower-case name may stand in `FROM`.
    pub(crate) fn has_table(&self, name: &str) -> bool {
        self.tables.contains(name)
    }
}

fn words(list: &'static str) -> HashSet<&'static str> {
    list.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect()
}
