//! XML functions, whose arguments are told apart by words.

use sqlparser::tokenizer::Token;

use super::{Change, cursor::Cursor};

pub(super) fn rewrite(word: &str, here: &Cursor<'_>) -> Option<Change> {
    let call = || here.enclosing_call();
    match word {
        "document" | "content" if here.is_after_call_of("xmlserialize") => {
            Some(Change::drop_to(here.after(1)))
        }
        "document" if matches!(here.previous_word().as_deref(), Some("is" | "not")) => {
            Some(Change::words(&["NULL"], here.after(1)))
        }
        "as" if matches!(here.token(1), Some(Token::Word(_)))
            && call().as_deref() == Some("xmlserialize") =>
        {
            Some(Change::drop_to(here.after(2)))
        }
        "name"
            if (here.is_after_call_of("xmlelement") || here.is_after_call_of("xmlpi"))
                && matches!(here.token(1), Some(Token::Word(_))) =>
        {
            Some(Change::drop_to(here.after(1)))
        }
        "lateral" if here.bare(1).as_deref() == Some("xmltable") => Some(Change::drop_to(here.after(1))),
        "passing" if call().as_deref() == Some("xmlexists") => {
            Some(Change::comma(here.after(1 + passed_by(here, 1))))
        }
        // `PASSING x BY REF`.
        "by" if call().as_deref() == Some("xmlexists") => {
            let words = passed_by(here, 0);
            (words > 0).then(|| Change::drop_to(here.after(words)))
        }
        "version" | "standalone" if call().as_deref() == Some("xmlroot") => {
            let words = match (here.bare(1).as_deref(), here.bare(2).as_deref()) {
                (Some("no"), Some("value")) => 3,
                (Some("yes" | "no"), _) => 2,
                _ => return Some(Change::drop_to(here.after(1))),
            };
            Some(Change::words(&["NULL"], here.after(words)))
        }
        _ => None,
    }
}

/// How many words `BY REF` or `BY VALUE` are.
fn passed_by(here: &Cursor<'_>, at: usize) -> usize {
    let by = here.bare(at).as_deref() == Some("by");
    if by && matches!(here.bare(at + 1).as_deref(), Some("ref" | "value")) { 2 } else { 0 }
}
