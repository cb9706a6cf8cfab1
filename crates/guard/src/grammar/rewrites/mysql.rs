//! What only MySQL and MariaDB read.

use sqlparser::tokenizer::Token;

use super::{Change, cursor::Cursor};

pub(super) fn rewrite(word: &str, here: &Cursor<'_>) -> Option<Change> {
    let calls = here.token(1) == Some(&Token::LParen);
    match word {
        "mod" => modulo(here, calls),
        "interval" if calls => interval_function(here),
        "sounds" if here.bare(1).as_deref() == Some("like") => Some(Change::drop_to(here.after(1))),
        // `_latin1 0xFF`: the value says enough.
        _ if CHARACTER_SETS.contains(&word)
            && matches!(here.token(1), Some(Token::Number(..) | Token::SingleQuotedString(_))) =>
        {
            Some(Change::drop_to(here.after(1)))
        }
        "match" if !calls => match_names(here),
        "using" if here.enclosing_call().as_deref() == Some("char") => Some(Change::drop_to(here.after(2))),
        "limit" => limit(here),
        "rows" if is_examined(here, 0) => Some(Change::drop_to(here.after(3))),
        "int" | "integer" if matches!(here.previous_word().as_deref(), Some("signed" | "unsigned")) => {
            Some(Change::drop_to(here.after(1)))
        }
        // `GROUP BY a DESC` of older versions.
        "asc" | "desc" if here.is_in_group_by() => Some(Change::drop_to(here.after(1))),
        _ => None,
    }
}

/// Words that name the character set of the literal after them.
const CHARACTER_SETS: &[&str] = &[
    "_ascii", "_big5", "_binary", "_cp1250", "_cp1251", "_cp932", "_euckr", "_gb2312", "_gbk", "_koi8r",
    "_latin1", "_latin2", "_latin5", "_sjis", "_ucs2", "_ujis", "_utf16", "_utf32", "_utf8", "_utf8mb3",
    "_utf8mb4",
];

/// `JOIN (a, b)`: a comma is a join.
pub(super) fn comma(here: &Cursor<'_>) -> Option<Change> {
    let joins = here.here() == Some(&Token::Comma) && here.is_in_names_after_join();
    joins.then(|| Change::words(&["CROSS", "JOIN"], here.after(1)))
}

/// `MATCH a, b AGAINST (…)`: the parser wants brackets around the names.
fn match_names(here: &Cursor<'_>) -> Option<Change> {
    let end = (1..24).find(|i| here.bare(*i).as_deref() == Some("against"))?;
    let names_only =
        (1..end).all(|i| matches!(here.token(i), Some(Token::Word(_) | Token::Comma | Token::Period)));
    let mut change = Change::words(&["MATCH", "("], here.after(1));
    change.later = vec![(here.at(end)?, vec![Token::RParen])];
    names_only.then_some(change)
}

/// `LIMIT ROWS EXAMINED n` of MariaDB, and the limit of `GROUP_CONCAT`.
fn limit(here: &Cursor<'_>) -> Option<Change> {
    if is_examined(here, 1) {
        return Some(Change::drop_to(here.after(4)));
    }
    let is_number = |ahead| matches!(here.token(ahead), Some(Token::Number(..)));
    let second = here.token(2) == Some(&Token::Comma) && is_number(3);
    (is_number(1) && here.enclosing_call().as_deref() == Some("group_concat"))
        .then(|| Change::drop_to(here.after(if second { 4 } else { 2 })))
}

fn is_examined(here: &Cursor<'_>, rows: usize) -> bool {
    here.bare(rows).as_deref() == Some("rows")
        && here.bare(rows + 1).as_deref() == Some("examined")
        && matches!(here.token(rows + 2), Some(Token::Number(..)))
}

/// `a MOD b`, which is also a function.
fn modulo(here: &Cursor<'_>, calls: bool) -> Option<Change> {
    let after_value = matches!(
        here.previous(),
        Some(Token::Number(..) | Token::RParen | Token::SingleQuotedString(_) | Token::DoubleQuotedString(_))
    );
    let infix =
        if calls { after_value } else { after_value || matches!(here.previous(), Some(Token::Word(_))) };
    infix.then(|| Change { with: vec![Token::Mod], next: here.after(1), later: Vec::new() })
}

/// `INTERVAL(a, b, c)` is a function, which a quoted name tells from the literal.
fn interval_function(here: &Cursor<'_>) -> Option<Change> {
    let open = here.at(1)?;
    let close = here.closing(open)?;
    let mut depth = 0_usize;
    let listed = (open..close).filter_map(|i| here.get(i)).any(|token| {
        match token {
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            _ => {}
        }
        depth == 1 && *token == Token::Comma
    });
    listed.then(|| Change {
        with: vec![Token::make_word("interval", Some('`'))],
        next: open,
        later: Vec::new(),
    })
}
