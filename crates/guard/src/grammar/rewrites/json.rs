//! What JSON functions say about types, missing values, errors and wrapping.

use sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, Word},
};

use super::{
    Change,
    cursor::{Cursor, bare},
};
use crate::Dialect;

pub(super) fn rewrite(dialect: Dialect, word: &str, here: &Cursor<'_>) -> Option<Change> {
    if matches!(dialect, Dialect::Sqlite | Dialect::Bigquery) {
        return None;
    }
    match word {
        "json_table" => table(here),
        "columns" if here.enclosing_call().as_deref() == Some("json_table") => columns(here),
        // `PASSING x AS y` and `DEFAULT x ON EMPTY`: x becomes an argument.
        "passing" | "default" if here.is_in_json_call() => Some(Change::comma(here.after(1))),
        "on" if here.is_in_json_call() && matches!(here.bare(1).as_deref(), Some("empty" | "error")) => {
            Some(Change::drop_to(here.after(2)))
        }
        "as" if matches!(here.token(1), Some(Token::Word(_))) && here.is_in_json_call() => {
            Some(Change::drop_to(here.after(2)))
        }
        "returning" if here.enclosing_call().is_some_and(|call| call.starts_with("json")) => returning(here),
        "format" if here.bare(1).as_deref() == Some("json") => format(here),
        "key"
            if here.is_after_start_of_object() && !matches!(here.token(1)?, Token::Colon | Token::Comma) =>
        {
            Some(Change::drop_to(here.after(1)))
        }
        "value" if is_object(here) && !here.is_after_start_of_object() => Some(Change::comma(here.after(1))),
        "null" | "absent"
            if here.bare(1).as_deref() == Some("on") && here.bare(2).as_deref() == Some("null") =>
        {
            Some(Change::drop_to(here.after(3)))
        }
        "null" | "error" | "true" | "false" | "unknown" | "empty" => handler(here),
        "with" | "without" => unique(here).or_else(|| wrapper(here)),
        "unique" if here.bare(1).as_deref() == Some("keys") => Some(Change::drop_to(here.after(2))),
        "keep" | "omit" if here.bare(1).as_deref() == Some("quotes") => {
            let scalar = here.bare(2).as_deref() == Some("on") && here.bare(3).as_deref() == Some("scalar");
            Some(Change::drop_to(here.after(if scalar { 5 } else { 2 })))
        }
        _ => None,
    }
}

/// `JSON_OBJECT('a' : 1)`: the parser takes some for the path of a value.
pub(super) fn colon(here: &Cursor<'_>) -> Option<Change> {
    (here.here() == Some(&Token::Colon) && is_object(here)).then(|| Change::comma(here.after(1)))
}

fn is_object(here: &Cursor<'_>) -> bool {
    matches!(here.enclosing_call().as_deref(), Some("json_object" | "json_objectagg"))
}

/// `JSON_TABLE(x, path COLUMNS (…))` as a call whose columns are dropped.
fn table(here: &Cursor<'_>) -> Option<Change> {
    if here.token(1) != Some(&Token::LParen) {
        return None;
    }
    // Without its keyword the parser knows no syntax for it.
    let plain = Word { value: "json_table".to_owned(), quote_style: None, keyword: Keyword::NoKeyword };
    Some(Change { with: vec![Token::Word(plain)], next: here.after(1), later: Vec::new() })
}

/// The columns and what follows them: names, types, paths and literals only.
fn columns(here: &Cursor<'_>) -> Option<Change> {
    let open = here.at(1)?;
    if here.get(open)? != &Token::LParen {
        return None;
    }
    let end = here.closing_around()?;
    let plain = (open..end).filter_map(|i| here.get(i)).all(|token| match token {
        Token::Word(_) => !matches!(bare(token).as_deref(), Some("select" | "from" | "values" | "table")),
        Token::SingleQuotedString(_)
        | Token::DoubleQuotedString(_)
        | Token::Number(..)
        | Token::Comma
        | Token::Minus
        | Token::LParen
        | Token::RParen
        | Token::LBracket
        | Token::RBracket
        | Token::DoubleColon
        | Token::Whitespace(_) => true,
        _ => false,
    });
    plain.then(|| Change::drop_to(end))
}

/// `RETURNING numeric(10, 2)`: the parser wants it last.
fn returning(here: &Cursor<'_>) -> Option<Change> {
    bare(here.token(1)?)?;
    let mut words = 2;
    let mut depth = 0_usize;
    loop {
        match here.token(words)? {
            Token::LParen => depth += 1,
            Token::RParen if depth > 0 => depth -= 1,
            Token::Number(..) | Token::Comma if depth > 0 => {}
            Token::LBracket | Token::RBracket => {}
            Token::Word(_) if is_part_of_type(here, words) => {}
            _ => break,
        }
        words += 1;
    }
    (depth == 0).then(|| Change::drop_to(here.after(words)))
}

fn is_part_of_type(here: &Cursor<'_>, at: usize) -> bool {
    match here.bare(at).as_deref() {
        Some("precision" | "varying" | "time" | "zone") => true,
        Some("with" | "without") => here.bare(at + 1).as_deref() == Some("time"),
        _ => false,
    }
}

/// `FORMAT JSON ENCODING UTF8` after a value, but not as an option in brackets.
fn format(here: &Cursor<'_>) -> Option<Change> {
    if matches!(here.previous(), None | Some(Token::LParen | Token::Comma)) {
        return None;
    }
    let encoding = here.bare(2).as_deref() == Some("encoding");
    Some(Change::drop_to(here.after(if encoding { 4 } else { 2 })))
}

/// `NULL ON EMPTY`, `EMPTY ARRAY ON ERROR` and their like.
fn handler(here: &Cursor<'_>) -> Option<Change> {
    let length = match (here.bare(0)?.as_str(), here.bare(1)?.as_str()) {
        ("empty", "array" | "object") => 2,
        _ => 1,
    };
    let on = here.bare(length)? == "on" && matches!(here.bare(length + 1)?.as_str(), "empty" | "error");
    let ends = here.token(length + 2) == Some(&Token::RParen)
        || matches!(
            here.bare(length + 2).as_deref(),
            Some("null" | "error" | "true" | "false" | "default" | "empty")
        );
    (on && ends && here.is_in_json_call()).then(|| Change::drop_to(here.after(length + 2)))
}

/// `WITH UNIQUE KEYS`.
fn unique(here: &Cursor<'_>) -> Option<Change> {
    let keys = here.bare(2).as_deref() == Some("keys");
    (here.bare(1)? == "unique" && (keys || is_object(here)))
        .then(|| Change::drop_to(here.after(if keys { 3 } else { 2 })))
}

/// `WITH UNCONDITIONAL ARRAY WRAPPER`.
fn wrapper(here: &Cursor<'_>) -> Option<Change> {
    let end = (1..=3).find(|i| here.bare(*i).as_deref() == Some("wrapper"))?;
    let between =
        (1..end).all(|i| matches!(here.bare(i).as_deref(), Some("conditional" | "unconditional" | "array")));
    between.then(|| Change::drop_to(here.after(end + 1)))
}
