//! Queries in brackets where the parser looks for an expression, and rows without brackets.

use sqlparser::tokenizer::Token;

use super::{
    Change,
    cursor::{Cursor, bare},
};
use crate::Dialect;

/// Words that an expression follows.
const BEFORE_EXPRESSIONS: &[&str] = &[
    "all", "and", "any", "between", "by", "case", "else", "exists", "having", "in", "like", "not", "on",
    "or", "select", "some", "then", "when", "where",
];

pub(super) fn rewrite(dialect: Dialect, word: &str, here: &Cursor<'_>) -> Option<Change> {
    match word {
        "values" if here.previous() == Some(&Token::LParen) && is_subquery_of_rows(here) => {
            Some(subquery(dialect, here))
        }
        "values" if dialect == Dialect::Trino => rows(here),
        _ => None,
    }
}

/// A bracket that is open here and around a query in brackets of its own.
pub(super) fn bracket(here: &Cursor<'_>) -> Option<Change> {
    if here.here() != Some(&Token::LParen) || here.token(1) != Some(&Token::LParen) || !starts_query(here) {
        return None;
    }
    let inner = here.at(1)?;
    let after = here.next_from(here.closing(inner)?, 1)?;
    let previous = here.previous_word();
    // `x IN ((SELECT …), …)`: a list, which the parser takes for a query.
    if previous.as_deref() == Some("in") && here.get(after) == Some(&Token::Comma) {
        return Some(Change { with: vec![Token::LParen, Token::Plus], next: inner, later: Vec::new() });
    }
    let expression = match here.previous() {
        Some(Token::Word(_)) => previous.is_some_and(|word| BEFORE_EXPRESSIONS.contains(&word.as_str())),
        Some(token) => matches!(
            token,
            Token::Eq
                | Token::Neq
                | Token::Lt
                | Token::Gt
                | Token::LtEq
                | Token::GtEq
                | Token::Plus
                | Token::Minus
                | Token::Comma
                | Token::LParen
        ),
        None => false,
    };
    let combined = bare(here.get(after)?)?;
    (expression && matches!(combined.as_str(), "union" | "intersect" | "except")).then(|| Change {
        with: opened_subquery(),
        next: inner,
        later: Vec::new(),
    })
}

fn opened_subquery() -> Vec<Token> {
    let words = ["SELECT", "*", "FROM"].map(|word| match word {
        "*" => Token::Mul,
        word => Token::make_word(word, None),
    });
    std::iter::once(Token::LParen).chain(words).collect()
}

/// Whether `SELECT` or its like comes after the brackets that open here.
fn starts_query(here: &Cursor<'_>) -> bool {
    let first = (1..6).find(|i| here.token(*i) != Some(&Token::LParen));
    let word = first.and_then(|i| here.bare(i));
    matches!(word.as_deref(), Some("select" | "with" | "values" | "table"))
}

/// Whether nothing but rows is in the brackets, which are no body of a `WITH`.
fn is_subquery_of_rows(here: &Cursor<'_>) -> bool {
    if here.word_before_bracket().as_deref() == Some("as") {
        return false;
    }
    let Some(first) = here.at(1) else { return false };
    let mut depth = 0_usize;
    for i in first.. {
        match here.get(i) {
            Some(Token::LParen) => depth += 1,
            Some(Token::RParen) if depth == 0 => return true,
            Some(Token::RParen) => depth -= 1,
            Some(token @ Token::Word(_)) if depth == 0 && ends_rows(token) => return false,
            Some(_) => {}
            None => return false,
        }
    }
    false
}

/// `(VALUES (1), (2))`.
fn subquery(dialect: Dialect, here: &Cursor<'_>) -> Change {
    let mut change = Change::words(&["SELECT", "*", "FROM", "("], here.after(1));
    match if dialect == Dialect::Trino { rows(here) } else { None } {
        Some(rows) => {
            change.with.extend(rows.with);
            change.next = rows.next;
            change.later = rows.later;
        }
        None => change.with.push(Token::make_word("VALUES", None)),
    }
    if let Some(end) = here.closing_around() {
        change.later.push((end, vec![Token::RParen]));
    }
    change
}

/// `VALUES 1, (2, 3)`: some rows of Trino have no brackets.
fn rows(here: &Cursor<'_>) -> Option<Change> {
    let first = here.at(1)?;
    let mut later = Vec::new();
    let mut row = first;
    let mut depth = 0_usize;
    let mut i = first;
    loop {
        let ends = match here.get(i) {
            None => true,
            Some(Token::LParen | Token::LBracket) => {
                depth += 1;
                false
            }
            Some(Token::RParen | Token::RBracket) if depth > 0 => {
                depth -= 1;
                false
            }
            Some(Token::RParen | Token::RBracket) => true,
            Some(token) => depth == 0 && (*token == Token::Comma || ends_rows(token)),
        };
        if ends {
            if row != first && !is_bracketed(here, row, i) {
                later.push((row, vec![Token::LParen]));
            }
            if !is_bracketed(here, row, i) {
                later.push((i, vec![Token::RParen]));
            }
            if here.get(i) != Some(&Token::Comma) {
                break;
            }
            row = here.next_from(i + 1, 0)?;
        }
        i += 1;
    }
    let mut with = vec![Token::make_word("VALUES", None)];
    if later.first().is_some_and(|(_, tokens)| tokens.first() == Some(&Token::RParen)) {
        with.push(Token::LParen);
    }
    (!later.is_empty()).then_some(Change { with, next: first, later })
}

/// Whether the tokens up to `end` are one pair of brackets.
fn is_bracketed(here: &Cursor<'_>, start: usize, end: usize) -> bool {
    here.get(start) == Some(&Token::LParen)
        && here.closing(start).is_some_and(|close| here.next_from(close, 1).is_none_or(|next| next >= end))
}

fn ends_rows(token: &Token) -> bool {
    matches!(
        bare(token).as_deref(),
        Some("union" | "except" | "intersect" | "order" | "limit" | "offset" | "fetch")
    )
}
