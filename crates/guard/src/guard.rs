use sqlparser::{ast::Statement, dialect::*, parser::Parser};

use crate::{Dialect, Guarded, Reason, Refusal};

/// Checks statements of one dialect.
#[derive(Debug, Clone)]
pub struct Guard {
    dialect: Dialect,
}

impl Guard {
    /// A guard that knows the dialect but no schema.
    pub fn new(dialect: Dialect) -> Self {
        Guard { dialect }
    }

    /// The dialect it checks.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Passes one read-only query, or says why not.
    pub fn check(&self, sql: &str) -> Result<Guarded, Refusal> {
        let parsed = match self.dialect {
            Dialect::Sqlite => Parser::parse_sql(&SQLiteDialect {}, sql),
            Dialect::Postgresql => Parser::parse_sql(&PostgreSqlDialect {}, sql),
            Dialect::Mysql => Parser::parse_sql(&MySqlDialect {}, sql),
            Dialect::Trino => Parser::parse_sql(&GenericDialect {}, sql),
            Dialect::Bigquery => Parser::parse_sql(&BigQueryDialect {}, sql),
        }
        .map_err(|error| Refusal::new(Reason::Syntax, format!("the statement cannot be read: {error}")))?;
        match parsed.as_slice() {
            [Statement::Query(_)] => Ok(Guarded::new(sql.to_owned(), self.dialect, Vec::new())),
            [_] => Err(Refusal::new(Reason::NotAQuery, "only queries that read data may run")),
            _ => Err(Refusal::new(Reason::ManyStatements, "exactly one statement may run at a time")),
        }
    }
}
