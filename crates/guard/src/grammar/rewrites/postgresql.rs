//! What only PostgreSQL reads.

use sqlparser::tokenizer::Token;

use super::{Change, cursor::Cursor};

/// Types whose literals the parser takes for a column and its alias.
const LITERAL_TYPES: &[&str] = &[
    "box",
    "cidr",
    "circle",
    "inet",
    "int4range",
    "int8range",
    "daterange",
    "lseg",
    "macaddr",
    "money",
    "name",
    "numrange",
    "point",
    "polygon",
    "tsrange",
    "tstzrange",
    "tsquery",
    "tsvector",
    "varbit",
];

pub(super) fn rewrite(word: &str, here: &Cursor<'_>) -> Option<Change> {
    match word {
        "only" => only(here),
        // `ROWS FROM (f(…), g(…))`: the parser knows the same list of functions as UNNEST.
        "rows" if here.bare(1).as_deref() == Some("from") && here.token(2) == Some(&Token::LParen) => {
            Some(Change::words(&["UNNEST"], here.after(2)))
        }
        "search" | "cycle" if here.previous() == Some(&Token::RParen) => graph_order(here),
        "as" if here.is_after_using() => Some(Change::drop_to(here.after(2))),
        "as" => record(here),
        "variadic" if matches!(here.previous(), Some(Token::LParen | Token::Comma)) => {
            Some(Change::drop_to(here.after(1)))
        }
        _ if LITERAL_TYPES.contains(&word) && matches!(here.token(1), Some(Token::SingleQuotedString(_))) => {
            Some(Change::drop_to(here.after(1)))
        }
        "uescape" if matches!(here.token(1), Some(Token::SingleQuotedString(_))) => {
            Some(Change::drop_to(here.after(2)))
        }
        "for" if here.bare(1).as_deref() == Some("read") && here.bare(2).as_deref() == Some("only") => {
            Some(Change::drop_to(here.after(3)))
        }
        _ => None,
    }
}

/// Signs that have a meaning of their own in some places.
pub(super) fn sign(here: &Cursor<'_>) -> Option<Change> {
    match here.here()? {
        // `(row).*`: the row says enough.
        Token::Period
            if here.token(1) == Some(&Token::Mul)
                && matches!(here.previous(), Some(Token::RParen | Token::RBracket)) =>
        {
            Some(Change::drop_to(here.after(2)))
        }
        // `name := value` is the older spelling of `name => value`.
        Token::Assignment if here.is_after_argument_name() => {
            Some(Change { with: vec![Token::RArrow], next: here.after(1), later: Vec::new() })
        }
        // `FROM t*`: with the tables that inherit from it.
        Token::Mul if here.is_after_table() => Some(Change::drop_to(here.after(1))),
        Token::SingleQuotedString(_) => frame_bound(here),
        _ => None,
    }
}

/// `RANGE BETWEEN '1 day'::interval PRECEDING`: a literal.
fn frame_bound(here: &Cursor<'_>) -> Option<Change> {
    let bound = here.token(1)? == &Token::DoubleColon
        && here.bare(2).is_some()
        && matches!(here.bare(3)?.as_str(), "preceding" | "following");
    let number = Token::Number("1".to_owned(), false);
    bound.then(|| Change { with: vec![number], next: here.after(3), later: Vec::new() })
}

/// `FROM ONLY t`: the parser takes ONLY for the table and t for its alias.
fn only(here: &Cursor<'_>) -> Option<Change> {
    let names_a_table = here.previous() == Some(&Token::Comma)
        || matches!(here.previous_word().as_deref(), Some("from" | "join"));
    names_a_table.then(|| Change::drop_to(here.after(1)))
}

/// `f(…) AS (a int, b text)`: the parser wants a name before the columns.
fn record(here: &Cursor<'_>) -> Option<Change> {
    let columns = here.previous() == Some(&Token::RParen)
        && here.token(1) == Some(&Token::LParen)
        && matches!(here.token(2), Some(Token::Word(_)))
        && matches!(here.token(3), Some(Token::Word(_)))
        && !matches!(
            here.bare(2).as_deref(),
            Some("select" | "with" | "values" | "table" | "insert" | "update" | "delete" | "merge")
        );
    columns.then(|| Change::words(&["AS", "record"], here.after(1)))
}

/// `SEARCH DEPTH FIRST BY a, b SET c` and `CYCLE a, b SET c USING d` after a CTE: names only.
fn graph_order(here: &Cursor<'_>) -> Option<Change> {
    let last_word = if here.bare(0)? == "search" { "set" } else { "using" };
    let end = (1..24).find(|i| here.bare(*i).as_deref() == Some(last_word))?;
    let names_only = (1..=end + 1).all(|i| {
        matches!(
            here.token(i),
            Some(Token::Word(_) | Token::Comma | Token::SingleQuotedString(_) | Token::Number(..))
        )
    });
    names_only.then(|| Change::drop_to(here.after(end + 2)))
}
