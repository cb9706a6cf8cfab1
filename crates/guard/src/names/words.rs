//! Words that the parser takes for columns and an engine does not.

use sqlparser::ast::Ident;

use crate::Dialect;

/// Columns that every table has, and values that are written like columns.
pub(super) fn stands_alone(dialect: Dialect, ident: &Ident) -> bool {
    let name = ident.value.to_lowercase();
    let name = name.as_str();
    let is_word = ident.quote_style.is_none();
    let is_value = is_word && (is_a_time(name) || (dialect != Dialect::Sqlite && is_a_user(name)));
    is_value
        || match dialect {
            Dialect::Sqlite => {
                matches!(name, "rowid" | "oid" | "_rowid_" | "rank")
                    || (is_word && matches!(name, "true" | "false"))
            }
            Dialect::Postgresql => {
                matches!(name, "ctid" | "oid" | "tableoid" | "xmin" | "xmax" | "cmin" | "cmax")
            }
            Dialect::Mysql => {
                name.starts_with(['_', '@'])
                    || matches!(name, "row_start" | "row_end" | "binary" | "default" | "maxvalue" | "rownum")
                    || matches!(name, "utc_date" | "utc_time" | "utc_timestamp")
            }
            Dialect::Trino => name.contains('$'),
            Dialect::Bigquery => name.starts_with(['_', '@']),
        }
}

fn is_a_time(name: &str) -> bool {
    matches!(
        name,
        "current_date"
            | "current_time"
            | "current_timestamp"
            | "current_datetime"
            | "localtime"
            | "localtimestamp"
    )
}

fn is_a_user(name: &str) -> bool {
    matches!(
        name,
        "current_user"
            | "current_role"
            | "current_schema"
            | "current_catalog"
            | "current_path"
            | "session_user"
            | "system_user"
            | "user"
    )
}

/// Words that some functions take as an argument: date parts, weekdays, forms of text.
pub(super) fn is_argument(dialect: Dialect, ident: &Ident) -> bool {
    if ident.quote_style.is_some() {
        return false;
    }
    let name = ident.value.to_lowercase();
    let name = name.as_str();
    let form = matches!(name, "nfc" | "nfd" | "nfkc" | "nfkd");
    match dialect {
        Dialect::Sqlite => false,
        Dialect::Postgresql => form || matches!(name, "document" | "content"),
        Dialect::Trino => form || matches!(name, "lax" | "strict"),
        Dialect::Mysql => {
            is_a_part(name)
                || name.starts_with("sql_tsi_")
                || matches!(name, "date" | "time" | "datetime" | "timestamp" | "char" | "binary")
        }
        Dialect::Bigquery => form || is_a_part(name),
    }
}

/// The word that begins a literal of a range.
pub(super) fn is_range(dialect: Dialect, ident: &Ident) -> bool {
    dialect == Dialect::Bigquery && ident.quote_style.is_none() && ident.value.eq_ignore_ascii_case("range")
}

fn is_a_part(name: &str) -> bool {
    matches!(
        name,
        "nanosecond"
            | "microsecond"
            | "millisecond"
            | "second"
            | "minute"
            | "hour"
            | "day"
            | "dayofweek"
            | "dayofyear"
            | "week"
            | "isoweek"
            | "month"
            | "quarter"
            | "year"
            | "isoyear"
            | "monday"
            | "tuesday"
            | "wednesday"
            | "thursday"
            | "friday"
            | "saturday"
            | "sunday"
    )
}
