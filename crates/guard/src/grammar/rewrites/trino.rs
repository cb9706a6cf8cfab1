//! What only Trino reads.

use sqlparser::tokenizer::Token;

use super::{Change, cursor::Cursor};

/// Types whose literals the parser does not know.
const LITERAL_TYPES: &[&str] = &[
    "bigint",
    "boolean",
    "char",
    "decimal",
    "double",
    "geometry",
    "hyperloglog",
    "integer",
    "ipaddress",
    "json",
    "real",
    "smallint",
    "tinyint",
    "uuid",
    "varchar",
];

pub(super) fn rewrite(word: &str, here: &Cursor<'_>) -> Option<Change> {
    match word {
        "subset" => subset(here),
        "final" | "running" if here.bare(1).is_some() && here.token(2) == Some(&Token::LParen) => {
            Some(Change::drop_to(here.after(1)))
        }
        // `r.* AS (a, b)`.
        "as" if here.previous() == Some(&Token::Mul) && here.token(1) == Some(&Token::LParen) => {
            here.drop_names(1)
        }
        _ if LITERAL_TYPES.contains(&word) && matches!(here.token(1), Some(Token::SingleQuotedString(_))) => {
            Some(Change::drop_to(here.after(1)))
        }
        _ => None,
    }
}

/// Signs that have a meaning of their own in some places.
pub(super) fn sign(here: &Cursor<'_>) -> Option<Change> {
    // `{- A -}` in a row pattern: what is matched but not put out.
    match (here.here()?, here.token(1)) {
        (Token::LBrace, Some(Token::Minus)) => {
            return Some(Change { with: vec![Token::LParen], next: here.after(2), later: Vec::new() });
        }
        (Token::Minus, Some(Token::RBrace)) => {
            return Some(Change { with: vec![Token::RParen], next: here.after(2), later: Vec::new() });
        }
        _ => {}
    }
    // `(row).*` and `(row).* AS (a, b)`: the row says enough.
    let star = here.here() == Some(&Token::Period)
        && here.token(1) == Some(&Token::Mul)
        && matches!(here.previous(), Some(Token::RParen | Token::RBracket));
    if !star {
        return None;
    }
    let renamed = here.bare(2).as_deref() == Some("as") && here.token(3) == Some(&Token::LParen);
    if renamed { here.drop_names(3) } else { Some(Change::drop_to(here.after(2))) }
}

/// `SUBSET u = (a, b)` before the definitions of a row pattern: names only.
fn subset(here: &Cursor<'_>) -> Option<Change> {
    let end = (1..40).find(|i| here.bare(*i).as_deref() == Some("define"))?;
    let names_only = (1..end).all(|i| {
        matches!(
            here.token(i),
            Some(Token::Word(_) | Token::Eq | Token::Comma | Token::LParen | Token::RParen)
        )
    });
    names_only.then(|| Change::drop_to(here.after(end)))
}
