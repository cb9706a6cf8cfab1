//! What differs between the dialects: names, literals, dates.

use chrono::NaiveDate;
use sqlatte_core::quote_identifier;
use sqlatte_guard::Dialect;
use sqlatte_providers::TableRef;

use super::DateKind;
use crate::dates::Grain;

/// A name, quoted only where it must be.
pub(super) fn name(dialect: Dialect, name: &str) -> String {
    let mut letters = name.chars();
    let starts_well = letters.next().is_some_and(|first| {
        first.is_ascii_lowercase() || first == '_' || (first.is_ascii_uppercase() && folds_case(dialect))
    });
    let goes_well = letters.all(|letter| {
        letter.is_ascii_digit()
            || letter == '_'
            || letter.is_ascii_lowercase()
            || (letter.is_ascii_uppercase() && folds_case(dialect))
    });
    if starts_well && goes_well && !is_reserved(name) {
        name.to_owned()
    } else {
        quote_identifier(dialect, name)
    }
}

/// Whether an unquoted name with capitals means the name as written.
fn folds_case(dialect: Dialect) -> bool {
    !matches!(dialect, Dialect::Postgresql)
}

pub(super) fn table(dialect: Dialect, table: &TableRef) -> String {
    [&table.catalog, &table.schema]
        .into_iter()
        .flatten()
        .chain([&table.name])
        .map(|part| name(dialect, part))
        .collect::<Vec<_>>()
        .join(".")
}

pub(super) fn text(dialect: Dialect, text: &str) -> String {
    match dialect {
        Dialect::Bigquery => {
            format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n"))
        }
        Dialect::Mysql => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''")),
        Dialect::Sqlite | Dialect::Postgresql | Dialect::Trino => format!("'{}'", text.replace('\'', "''")),
    }
}

/// The first moment of a day, to compare a column of this kind with.
pub(super) fn day(dialect: Dialect, day: NaiveDate, kind: DateKind) -> String {
    match (dialect, kind) {
        (Dialect::Sqlite | Dialect::Mysql, _) | (_, DateKind::Text) => format!("'{day}'"),
        (_, DateKind::Date) => format!("DATE '{day}'"),
        (Dialect::Bigquery, DateKind::Timestamp) => format!("DATETIME '{day}'"),
        (Dialect::Trino | Dialect::Bigquery | Dialect::Postgresql, _) => {
            format!("TIMESTAMP '{day} 00:00:00'")
        }
    }
}

/// A date that the dialect's functions take: SQLite and MySQL read texts themselves.
pub(super) fn moment(dialect: Dialect, kind: DateKind, date: String) -> String {
    match (dialect, kind) {
        (Dialect::Postgresql | Dialect::Trino, DateKind::Text) => format!("CAST({date} AS timestamp)"),
        (Dialect::Bigquery, DateKind::Text) => format!("CAST({date} AS datetime)"),
        _ => date,
    }
}

/// The name of the calendar step a date falls in; texts that sort by time.
pub(super) fn bucket(dialect: Dialect, grain: Grain, date: &str) -> String {
    match dialect {
        Dialect::Sqlite => match grain {
            Grain::Day => format!("date({date})"),
            // the Monday of the week
            Grain::Week => format!("date({date}, '-6 days', 'weekday 1')"),
            Grain::Month => format!("strftime('%Y-%m', {date})"),
            Grain::Quarter => format!(
                "strftime('%Y', {date}) || '-Q' || ((CAST(strftime('%m', {date}) AS INTEGER) + 2) / 3)"
            ),
            Grain::Year => format!("strftime('%Y', {date})"),
            Grain::Weekday => format!("CAST(strftime('%w', {date}) AS INTEGER)"),
            Grain::Hour => format!("CAST(strftime('%H', {date}) AS INTEGER)"),
        },
        Dialect::Postgresql => match grain {
            Grain::Day => format!("CAST({date} AS date)"),
            Grain::Week => format!("CAST(date_trunc('week', {date}) AS date)"),
            Grain::Month => format!("to_char({date}, 'YYYY-MM')"),
            Grain::Quarter => format!("to_char({date}, 'YYYY-\"Q\"Q')"),
            Grain::Year => format!("to_char({date}, 'YYYY')"),
            Grain::Weekday => format!("CAST(extract(dow FROM {date}) AS integer)"),
            Grain::Hour => format!("CAST(extract(hour FROM {date}) AS integer)"),
        },
        Dialect::Mysql => match grain {
            Grain::Day => format!("DATE({date})"),
            Grain::Week => format!("DATE_SUB(DATE({date}), INTERVAL WEEKDAY({date}) DAY)"),
            Grain::Month => format!("DATE_FORMAT({date}, '%Y-%m')"),
            Grain::Quarter => format!("CONCAT(YEAR({date}), '-Q', QUARTER({date}))"),
            Grain::Year => format!("DATE_FORMAT({date}, '%Y')"),
            Grain::Weekday => format!("DAYOFWEEK({date}) - 1"),
            Grain::Hour => format!("HOUR({date})"),
        },
        Dialect::Trino => match grain {
            Grain::Day => format!("CAST({date} AS date)"),
            Grain::Week => format!("CAST(date_trunc('week', {date}) AS date)"),
            Grain::Month => format!("date_format({date}, '%Y-%m')"),
            Grain::Quarter => {
                format!("CAST(year({date}) AS varchar) || '-Q' || CAST(quarter({date}) AS varchar)")
            }
            Grain::Year => format!("date_format({date}, '%Y')"),
            Grain::Weekday => format!("day_of_week({date}) % 7"),
            Grain::Hour => format!("hour({date})"),
        },
        Dialect::Bigquery => match grain {
            Grain::Day => format!("DATE({date})"),
            Grain::Week => format!("DATE_TRUNC(DATE({date}), ISOWEEK)"),
            Grain::Month => format!("FORMAT_DATE('%Y-%m', DATE({date}))"),
            Grain::Quarter => format!("FORMAT_DATE('%Y-Q%Q', DATE({date}))"),
            Grain::Year => format!("FORMAT_DATE('%Y', DATE({date}))"),
            Grain::Weekday => format!("EXTRACT(DAYOFWEEK FROM {date}) - 1"),
            Grain::Hour => format!("EXTRACT(HOUR FROM {date})"),
        },
    }
}

/// Whole years from a date until `today`.
pub(super) fn age(dialect: Dialect, date: &str, today: NaiveDate) -> String {
    match dialect {
        Dialect::Sqlite => {
            format!("CAST(strftime('%Y.%m%d', '{today}') - strftime('%Y.%m%d', {date}) AS INTEGER)")
        }
        Dialect::Postgresql => format!("CAST(extract(year FROM age(DATE '{today}', {date})) AS integer)"),
        Dialect::Mysql => format!("TIMESTAMPDIFF(YEAR, {date}, '{today}')"),
        Dialect::Trino => format!("date_diff('year', {date}, DATE '{today}')"),
        Dialect::Bigquery => format!(
            "DATE_DIFF(DATE '{today}', DATE({date}), YEAR) - IF(FORMAT_DATE('%m%d', DATE({date})) > '{}', 1, 0)",
            today.format("%m%d")
        ),
    }
}

/// A yes-no column as a condition.
pub(super) fn truth(dialect: Dialect, column: &str, holds: bool, is_number: bool) -> String {
    match (dialect, is_number, holds) {
        (Dialect::Sqlite, ..) | (_, true, _) => format!("{column} = {}", u8::from(holds)),
        (_, false, true) => column.to_owned(),
        (_, false, false) => format!("NOT {column}"),
    }
}

/// Lower case on both sides, or an operator that ignores case.
pub(super) fn like(dialect: Dialect, column: &str, pattern: &str, negated: bool) -> String {
    let not = if negated { "NOT " } else { "" };
    let pattern_text = text(dialect, pattern);
    match dialect {
        // these compare without case already
        Dialect::Sqlite | Dialect::Mysql => format!("{column} {not}LIKE {pattern_text}"),
        Dialect::Postgresql => format!("{column} {not}ILIKE {pattern_text}"),
        Dialect::Trino | Dialect::Bigquery => {
            format!("lower({column}) {not}LIKE {}", text(dialect, &pattern.to_lowercase()))
        }
    }
}

/// Words that would be read as SQL, in any of the dialects.
fn is_reserved(name: &str) -> bool {
    const RESERVED: &[&str] = &[
        "all",
        "analyse",
        "analyze",
        "and",
        "any",
        "array",
        "as",
        "asc",
        "between",
        "by",
        "case",
        "cast",
        "check",
        "collate",
        "column",
        "constraint",
        "create",
        "cross",
        "cube",
        "current",
        "current_date",
        "current_time",
        "current_timestamp",
        "default",
        "delete",
        "desc",
        "describe",
        "distinct",
        "do",
        "drop",
        "else",
        "end",
        "escape",
        "except",
        "exists",
        "explain",
        "extract",
        "false",
        "fetch",
        "for",
        "foreign",
        "from",
        "full",
        "function",
        "grant",
        "group",
        "groups",
        "having",
        "if",
        "in",
        "index",
        "inner",
        "insert",
        "intersect",
        "interval",
        "into",
        "is",
        "join",
        "key",
        "keys",
        "lateral",
        "left",
        "like",
        "limit",
        "localtime",
        "match",
        "merge",
        "natural",
        "new",
        "no",
        "not",
        "null",
        "of",
        "offset",
        "on",
        "only",
        "or",
        "order",
        "out",
        "outer",
        "over",
        "partition",
        "primary",
        "range",
        "rank",
        "recursive",
        "references",
        "right",
        "row",
        "rows",
        "select",
        "session_user",
        "set",
        "some",
        "struct",
        "table",
        "then",
        "to",
        "transaction",
        "trigger",
        "true",
        "union",
        "unique",
        "unnest",
        "update",
        "user",
        "using",
        "values",
        "when",
        "where",
        "window",
        "with",
        "within",
        "add",
        "read",
        "write",
        "system",
        "release",
        "replace",
        "usage",
        "condition",
        "change",
        "option",
        "lead",
        "lag",
        "value",
        "year_month",
        "percent_rank",
        "procedure",
        "schema",
        "database",
        "databases",
        "abort",
        "action",
        "begin",
        "commit",
        "temp",
        "view",
        "vacuum",
        "notnull",
        "isnull",
        "plan",
        "query",
        "raise",
        "regexp",
        "glob",
        "indexed",
        "attach",
        "detach",
        "deferrable",
        "autoincrement",
        "alter",
        "after",
        "before",
        "cascade",
        "conflict",
        "each",
        "exclusive",
        "fail",
        "ignore",
        "immediate",
        "instead",
        "nothing",
        "others",
        "pragma",
        "reindex",
        "rename",
        "restrict",
        "returning",
        "rollback",
        "savepoint",
        "ties",
        "unbounded",
        "virtual",
        "without",
    ];
    RESERVED.iter().any(|word| word.eq_ignore_ascii_case(name))
}
