//! Types the parser lacks. A type is words, numbers, commas and brackets; anything else in its place is left for
//! the parser to refuse.

use sqlparser::tokenizer::Token;

use super::{
    Change,
    cursor::{Cursor, bare},
};
use crate::Dialect;

pub(super) fn rewrite(dialect: Dialect, word: &str, here: &Cursor<'_>) -> Option<Change> {
    match (dialect, word) {
        // `CAST(x AS REAL(7, 2))`: SQLite takes any type with any length.
        (Dialect::Sqlite, "real" | "double" | "text" | "integer" | "blob" | "date" | "timestamp")
            if here.previous_word().as_deref() == Some("as") && here.token(1) == Some(&Token::LParen) =>
        {
            let close = here.closing(here.at(1)?)?;
            let lengths = (here.at(1)?..=close).filter_map(|i| here.get(i)).all(|token| {
                matches!(
                    token,
                    Token::Number(..) | Token::Comma | Token::LParen | Token::RParen | Token::Whitespace(_)
                )
            });
            lengths.then(|| Change::words(&[word], close + 1))
        }
        (Dialect::Trino, "as") => cast_type(here),
        (Dialect::Bigquery, "array" | "struct") => literal_type(here),
        (Dialect::Mysql, _) if MYSQL_UNITS.contains(&word) && here.token(1) != Some(&Token::LParen) => {
            Some(Change::words(&["SECOND"], here.after(1)))
        }
        (Dialect::Mysql, "character") if here.bare(1).as_deref() == Some("set") => {
            here.bare(2).map(|_| Change::drop_to(here.after(3)))
        }
        (Dialect::Mysql, "charset") if here.previous_word().as_deref() == Some("char") => {
            here.bare(1).map(|_| Change::drop_to(here.after(2)))
        }
        _ => None,
    }
}

/// Units of intervals of two parts.
const MYSQL_UNITS: &[&str] = &[
    "second_microsecond",
    "minute_microsecond",
    "minute_second",
    "hour_microsecond",
    "hour_second",
    "hour_minute",
    "day_microsecond",
    "day_second",
    "day_minute",
    "day_hour",
    "year_month",
];

/// `AS ARRAY(ROW(a bigint))` before the end of a cast.
fn cast_type(here: &Cursor<'_>) -> Option<Change> {
    let first = here.at(1)?;
    let open = here.at(2)?;
    if !matches!(bare(here.get(first)?)?.as_str(), "array" | "map" | "row")
        || here.get(open)? != &Token::LParen
    {
        return None;
    }
    let close = here.closing(open)?;
    let ends_cast = here.next_from(close, 1).and_then(|i| here.get(i)) == Some(&Token::RParen);
    let is_type = (open..=close).filter_map(|i| here.get(i)).all(is_type_token);
    (ends_cast && is_type).then(|| Change::words(&["AS", "VARCHAR"], close + 1))
}

fn is_type_token(token: &Token) -> bool {
    match token {
        Token::Word(_) => !matches!(bare(token).as_deref(), Some("select" | "from" | "values" | "table")),
        Token::Number(..) | Token::Comma | Token::LParen | Token::RParen | Token::Whitespace(_) => true,
        _ => false,
    }
}

/// `ARRAY<STRUCT<a INT64>>[…]` and `STRUCT<a INT64>(…)`: the values say enough.
fn literal_type(here: &Cursor<'_>) -> Option<Change> {
    let open = here.at(1)?;
    if here.get(open)? != &Token::Lt {
        return None;
    }
    let mut depth = 0_usize;
    let mut i = open;
    loop {
        match here.get(i)? {
            Token::Lt => depth += 1,
            Token::Gt => depth = depth.checked_sub(1)?,
            Token::ShiftRight => depth = depth.checked_sub(2)?,
            token if is_type_token(token) => {}
            _ => return None,
        }
        if depth == 0 {
            break;
        }
        i += 1;
    }
    let next = here.next_from(i + 1, 0)?;
    let kind = here.bare(0)?;
    match (kind.as_str(), here.get(next)?) {
        ("array", Token::LBracket) | ("struct", Token::LParen) => Some(Change::words(&[&kind], next)),
        _ => None,
    }
}
