//! What is told to somebody who asked in words when the SQL written for it does not run.

use sqlatte_guard::{Reason, Refusal};
use sqlatte_providers::{ErrorKind, ProviderError};

use super::AskError;

const NAME_IT: &str = "ask in other words, name the table or the column you mean, or edit the SQL";
const ASK_ANEW: &str = "ask for data in other words, or edit the SQL";

/// An error of a statement that nobody could mend, in a sentence about the question; the same kind of error.
pub(super) fn to_who_asked(error: AskError) -> AskError {
    match error {
        AskError::Refused { mut refusal, sql } => {
            refusal.message = about_refusal(&refusal);
            AskError::Refused { refusal, sql }
        }
        AskError::Database { error, sql: Some(sql) } if error.kind() == ErrorKind::Rejected => {
            let message = unrunnable("could not be run", &shortly(error.message()), NAME_IT);
            let mut told = ProviderError::new(error.kind(), message).with_usage(error.usage());
            if let Some(place) = error.position() {
                told = told.with_position(place);
            }
            AskError::Database { error: told.with_source(error), sql: Some(sql) }
        }
        error => error,
    }
}

fn about_refusal(refusal: &Refusal) -> String {
    match refusal.reason {
        Reason::ManyStatements => {
            "the answer to this question was more than one SQL statement, and one at a time may \
             run: ask for one thing at a time, or edit the SQL"
                .to_owned()
        }
        Reason::Syntax => unrunnable("could not be run", "it is not SQL that this database reads", NAME_IT),
        _ if refusal.is_mistake() => unrunnable("could not be run", &shortly(&refusal.message), NAME_IT),
        _ => unrunnable("may not run", &shortly(&refusal.message), ASK_ANEW),
    }
}

fn unrunnable(what: &str, why: &str, what_to_do: &str) -> String {
    format!("the SQL that was written for this question {what} ({why}): {what_to_do}")
}

/// The first thing that is wrong, with the name that was meant if there is one; not how to write it instead.
fn shortly(message: &str) -> String {
    let mut parts = message.split("; ");
    let first = parts.next().unwrap_or_default();
    // `…: write LIMIT at its end` is for who writes SQL, and so is what the guard goes by.
    let (what, rest) = first.split_once(": ").unwrap_or((first, ""));
    let for_writers =
        ["write ", "leave ", "delete ", "add ", "put ", "use ", "compute ", "group ", "it is not on "];
    let what = if for_writers.iter().any(|verb| rest.starts_with(verb)) { what } else { first };
    match parts.next().filter(|next| next.starts_with("did you mean")) {
        Some(meant) => format!("{what}, {}", meant.trim_end_matches('?')),
        None => what.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use sqlatte_guard::{Dialect, Guard, TableName};
    use sqlatte_providers::{ErrorKind, ProviderError};

    use super::{AskError, to_who_asked};

    #[test]
    fn sentences_for_people_who_wrote_no_sql() {
        let tables = ["customers", "orders"].map(|name| TableName { parts: vec![name.to_owned()] });
        let guard = Guard::new(Dialect::Sqlite).with_tables(tables);
        let refused = [
            "SELECT 1; SELECT 2",
            "{\"find\": \"orders\"}",
            "not SQL at all",
            "DELETE FROM orders",
            "SELECT * FROM custmers",
            "SELECT * FROM sqlite_schema",
            "SELECT YEAR(ordered_at) FROM orders",
            "SELECT TOP 5 name FROM customers",
            "SELECT load_extension('x')",
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n",
        ];
        let refused = refused
            .map(|sql| AskError::Refused { refusal: guard.check(sql).unwrap_err(), sql: sql.to_owned() });
        let rejected = [
            "there is no column `colour` in `customers`; `customers` has id, name, city",
            "there is no column `nme` in `customers`; did you mean `name`; `employees.name` exists",
            "`total` is neither in GROUP BY nor inside an aggregate, so any row's value would be shown: \
             add `total` to GROUP BY, or write an aggregate such as MAX(total)",
            "SQLite's format() takes a pattern first, so this gives the number as it is: \
             write printf('%.2f', x)",
            "SQLite: near \"~\": syntax error",
        ];
        let rejected = rejected.map(|message| {
            let error = ProviderError::new(ErrorKind::Rejected, message).with_position(7);
            AskError::Database { error, sql: Some("SELECT …".to_owned()) }
        });
        let told = refused.into_iter().chain(rejected).map(|error| {
            let (code, sql) = (error.code(), error.sql().map(str::to_owned));
            let told = to_who_asked(error);
            assert_eq!((told.code(), told.sql()), (code, sql.as_deref()));
            format!("{code}: {}\n    {told}", sql.unwrap_or_default())
        });
        insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn what_is_no_fault_of_the_statement_stays_as_it_is() {
        let error = ProviderError::new(ErrorKind::Timeout, "it took longer than 30 seconds");
        let told = to_who_asked(AskError::Database { error, sql: Some("SELECT 1".to_owned()) });
        assert_eq!(told.to_string(), "it took longer than 30 seconds");
    }
}
