//! Whether a statement may give other rows the next time although no data changed: by the clock, by chance,
//! or by who asks and how often.
//!
//! Words are looked at, not calls: a column that is named like such a function counts too, which costs
//! nothing but a result that could have been kept. Quoted names are names. What hides in a view, or in a
//! function of the administrator's own, is not seen.

use sqlparser::tokenizer::{Token, TokenWithSpan, Word};

/// The functions and keywords, of all engines, in lower case.
const WORDS: &[&str] = &[
    // the clock
    "age",
    "clock_timestamp",
    "curdate",
    "current_date",
    "current_datetime",
    "current_time",
    "current_timestamp",
    "current_timezone",
    "curtime",
    "localtime",
    "localtimestamp",
    "now",
    "statement_timestamp",
    "sysdate",
    "timeofday",
    "transaction_timestamp",
    "unix_timestamp",
    "utc_date",
    "utc_time",
    "utc_timestamp",
    // chance
    "gen_random_uuid",
    "generate_uuid",
    "rand",
    "random",
    "random_bytes",
    "random_normal",
    "random_string",
    "randomblob",
    "shuffle",
    "tablesample",
    "uuid",
    "uuid_short",
    "uuidv4",
    "uuidv7",
    // the session
    "changes",
    "connection_id",
    "current_role",
    "current_schema",
    "current_user",
    "found_rows",
    "last_insert_id",
    "last_insert_rowid",
    "pg_backend_pid",
    "row_count",
    "session_user",
    "total_changes",
    "txid_current",
    "user",
];

/// SQLite's functions that mean the present where they are given no time.
const NOW_IF_EMPTY: &[&str] = &["date", "datetime", "julianday", "time", "unixepoch"];

/// Texts that stand for the present in SQLite's functions and in PostgreSQL's dates.
const TEXTS: &[&str] = &["now", "today", "tomorrow", "yesterday"];

/// Whether any of these tokens makes a statement volatile.
pub(crate) fn any(tokens: &[TokenWithSpan]) -> bool {
    let tokens: Vec<&Token> = tokens
        .iter()
        .map(|token| &token.token)
        .filter(|token| !matches!(token, Token::Whitespace(_)))
        .collect();
    tokens.iter().enumerate().any(|(at, token)| match token {
        // Double quotes hold a text in SQLite, where no column is named like it.
        Token::Word(Word { value, quote_style: Some(_), .. })
        | Token::SingleQuotedString(value)
        | Token::DoubleQuotedString(value) => is_in(TEXTS, value.trim()),
        Token::Word(Word { value, .. }) => {
            is_in(WORDS, value) || means_now(value, tokens.get(at + 1..).unwrap_or_default())
        }
        _ => false,
    })
}

/// Whether a word is a call that means the present, by what follows it.
fn means_now(word: &str, next: &[&Token]) -> bool {
    match next {
        [Token::LParen, Token::RParen, ..] => is_in(NOW_IF_EMPTY, word),
        [Token::LParen, Token::SingleQuotedString(_), Token::RParen, ..] => is_in(&["strftime"], word),
        _ => false,
    }
}

fn is_in(list: &[&str], word: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use crate::{Dialect, Guard};

    #[test]
    fn the_clock_chance_and_the_session_are_seen() {
        use Dialect::{Bigquery, Mysql, Postgresql, Sqlite, Trino};
        for (dialect, sql) in [
            (Sqlite, "SELECT id FROM t WHERE d > date('now', '-7 days')"),
            (Sqlite, "SELECT id FROM t WHERE d > date(\"now\")"),
            (Sqlite, "SELECT DATE ( ) AS d"),
            (Sqlite, "SELECT strftime('%Y')"),
            (Sqlite, "SELECT id FROM t ORDER BY Random()"),
            (Sqlite, "SELECT current_timestamp"),
            (Postgresql, "SELECT a FROM t WHERE d = ' Today '::date"),
            (Postgresql, "SELECT age(born) FROM t"),
            (Postgresql, "SELECT CURRENT_DATE - d FROM t"),
            (Mysql, "SELECT a FROM t WHERE d >= NOW() - INTERVAL 1 DAY"),
            (Mysql, "SELECT a FROM t ORDER BY RAND()"),
            (Trino, "SELECT a FROM t WHERE d = current_date"),
            (Trino, "SELECT shuffle(a) FROM t"),
            (Bigquery, "SELECT a FROM t WHERE d = CURRENT_DATE()"),
            (Bigquery, "SELECT GENERATE_UUID()"),
        ] {
            assert!(Guard::new(dialect).check(sql).unwrap().is_volatile(), "{sql}");
        }
    }

    #[test]
    fn what_only_computes_is_stable() {
        use Dialect::{Mysql, Postgresql, Sqlite};
        for (dialect, sql) in [
            (
                Sqlite,
                "SELECT count(*), strftime('%Y', d) AS y FROM t WHERE d >= date('2026-01-01') GROUP BY y",
            ),
            (Sqlite, "SELECT date(d), 'do it now' FROM t"),
            (Postgresql, "SELECT \"user\", date_trunc('month', d) FROM t"),
            (Mysql, "SELECT year(d), sum(a) FROM t GROUP BY 1"),
        ] {
            assert!(!Guard::new(dialect).check(sql).unwrap().is_volatile(), "{sql}");
        }
    }
}
