use std::{fmt, str::FromStr};

/// The SQL dialects the guard knows, one for each kind of database that can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// SQLite 3.
    Sqlite,
    /// PostgreSQL.
    Postgresql,
    /// MySQL and MariaDB.
    Mysql,
    /// Trino and Presto.
    Trino,
    /// BigQuery's GoogleSQL.
    Bigquery,
}

impl Dialect {
    /// Every dialect, in the order they are listed to people.
    pub const ALL: [Dialect; 5] =
        [Dialect::Sqlite, Dialect::Postgresql, Dialect::Mysql, Dialect::Trino, Dialect::Bigquery];

    /// The name used in configuration, on the command line and in answers.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Sqlite => "sqlite",
            Dialect::Postgresql => "postgresql",
            Dialect::Mysql => "mysql",
            Dialect::Trino => "trino",
            Dialect::Bigquery => "bigquery",
        }
    }

    /// The engine's own spelling of its name, for messages.
    pub fn title(self) -> &'static str {
        match self {
            Dialect::Sqlite => "SQLite",
            Dialect::Postgresql => "PostgreSQL",
            Dialect::Mysql => "MySQL",
            Dialect::Trino => "Trino",
            Dialect::Bigquery => "BigQuery",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A dialect name nobody knows; its text lists the known ones.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown SQL dialect `{0}`: use sqlite, postgresql, mysql, trino or bigquery")]
pub struct UnknownDialect(pub String);

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name.to_ascii_lowercase().as_str() {
            "sqlite" => Ok(Dialect::Sqlite),
            "postgresql" | "postgres" => Ok(Dialect::Postgresql),
            "mysql" | "mariadb" => Ok(Dialect::Mysql),
            "trino" | "presto" => Ok(Dialect::Trino),
            "bigquery" => Ok(Dialect::Bigquery),
            _ => Err(UnknownDialect(name.to_owned())),
        }
    }
}
