//! What only BigQuery reads.

use sqlparser::tokenizer::Token;

use super::{Change, cursor::Cursor};

pub(super) fn rewrite(word: &str, here: &Cursor<'_>) -> Option<Change> {
    let calls = here.token(1) == Some(&Token::LParen);
    match word {
        // `SAFE.f(…)`: the parser has a syntax of its own for some functions.
        "safe"
            if here.token(1) == Some(&Token::Period)
                && here.bare(2).is_some()
                && here.token(3) == Some(&Token::LParen) =>
        {
            Some(Change::drop_to(here.after(2)))
        }
        // `STRUCT()`.
        "struct" if calls && here.token(2) == Some(&Token::RParen) => {
            Some(Change::words(&["NULL"], here.after(3)))
        }
        // `FROM t, t.items WITH OFFSET o`: the parser knows it after UNNEST only.
        "with" if here.bare(1).as_deref() == Some("offset") && here.previous() != Some(&Token::RParen) => {
            offset(here)
        }
        "full" | "left" | "inner" => outer_union(here),
        "on" if here.is_after_by_name() && calls => {
            let end = here.closing(here.at(1)?)?;
            here.is_names(here.at(1)?, end).then(|| Change::drop_to(end + 1))
        }
        // `|> AGGREGATE … GROUP AND ORDER BY` and `|> WINDOW …`.
        "group" if here.bare(1).as_deref() == Some("and") && here.bare(2).as_deref() == Some("order") => {
            Some(Change::words(&["GROUP"], here.after(3)))
        }
        "window" if here.previous() == Some(&Token::VerticalBarRightAngleBracket) => {
            Some(Change::words(&["EXTEND"], here.after(1)))
        }
        // `IN ((a, b) AS 1)` of UNPIVOT.
        "as" if here.previous() == Some(&Token::RParen)
            && matches!(here.token(1), Some(Token::Number(..))) =>
        {
            Some(Change::drop_to(here.after(2)))
        }
        _ => None,
    }
}

/// `WITH OFFSET`, `WITH OFFSET o` and `WITH OFFSET AS o`.
fn offset(here: &Cursor<'_>) -> Option<Change> {
    let is_name = |at| match here.token(at) {
        Some(Token::Word(word)) => {
            word.quote_style.is_some()
                || !matches!(
                    word.value.to_lowercase().as_str(),
                    "where"
                        | "group"
                        | "order"
                        | "limit"
                        | "join"
                        | "left"
                        | "right"
                        | "full"
                        | "inner"
                        | "cross"
                        | "on"
                        | "having"
                        | "qualify"
                        | "window"
                        | "union"
                        | "except"
                        | "intersect"
                )
        }
        _ => false,
    };
    let words = match here.bare(2).as_deref() {
        Some("as") => 4,
        _ if is_name(2) => 3,
        _ => 2,
    };
    Some(Change::drop_to(here.after(words)))
}

/// `FULL OUTER UNION ALL`: how columns are matched.
fn outer_union(here: &Cursor<'_>) -> Option<Change> {
    let outer = usize::from(here.bare(1).as_deref() == Some("outer"));
    matches!(here.bare(1 + outer)?.as_str(), "union" | "intersect" | "except")
        .then(|| Change::drop_to(here.after(1 + outer)))
}
