//! What JSON functions say about missing values, errors and wrapping: words and literals only.

use sqlparser::tokenizer::Token;

use super::{Change, cursor::Cursor};

/// `NULL ON EMPTY`, `DEFAULT 0 ON ERROR` and their like in JSON functions.
pub(super) fn handler(here: &Cursor<'_>) -> Option<Change> {
    let first = here.bare(0)?;
    let length = match first.as_str() {
        "default" => default_length(here)?,
        "empty" if matches!(here.bare(1).as_deref(), Some("array" | "object")) => 2,
        _ => 1,
    };
    let on = here.bare(length)? == "on" && matches!(here.bare(length + 1)?.as_str(), "empty" | "error");
    let ends = here.token(length + 2) == Some(&Token::RParen)
        || matches!(
            here.bare(length + 2).as_deref(),
            Some("null" | "error" | "true" | "false" | "default" | "empty")
        );
    (on && ends).then(|| Change::drop_to(here.after(length + 2)))
}

/// How many tokens `DEFAULT` and its literal are.
fn default_length(here: &Cursor<'_>) -> Option<usize> {
    let is_number = |token: Option<&Token>| matches!(token, Some(Token::Number(..)));
    match here.token(1)? {
        Token::Number(..) | Token::SingleQuotedString(_) => Some(2),
        Token::Minus if is_number(here.token(2)) => Some(3),
        _ if here.bare(1).as_deref() == Some("null") => Some(2),
        _ => None,
    }
}

/// `WITH UNCONDITIONAL ARRAY WRAPPER`.
pub(super) fn wrapper(here: &Cursor<'_>) -> Option<Change> {
    let end = (1..=3).find(|i| here.bare(*i).as_deref() == Some("wrapper"))?;
    let between =
        (1..end).all(|i| matches!(here.bare(i).as_deref(), Some("conditional" | "unconditional" | "array")));
    between.then(|| Change::drop_to(here.after(end + 1)))
}
