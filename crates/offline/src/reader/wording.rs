//! What a question says in one word for two, and what it says beside its own words.

use super::{Knowledge, Unread};
use crate::{
    figures,
    token::{Token, TokenKind, tokenise},
};

/// What a question says of a discount where the database does not.
const DISCOUNT_IS_OFF: &str = "discount already taken off the price";
const DISCOUNT_IS_ON: &str = "discount still to take off the price";

impl Unread {
    /// Makes whole questions of the options that only say what to add to this one.
    pub(super) fn about(self, asked: &[Token]) -> Self {
        let Unread::Ambiguous(message, options) = self else { return self };
        let mut question = String::new();
        for token in asked {
            if !question.is_empty() && token.kind != TokenKind::Mark {
                question.push(' ');
            }
            match token.kind {
                TokenKind::Quoted => question.push_str(&format!("\"{}\"", token.text)),
                _ => question.push_str(&token.text),
            }
        }
        let question = question.trim_end_matches(['?', '.', '!', ' ']);
        let options = options.into_iter().map(|option| format!("{question}, {option}")).collect();
        Unread::Ambiguous(message, options)
    }
}

impl Knowledge {
    /// "Unpaid" and "inactive" with the column "paid" or "active" to say so: "not paid", "not active".
    pub(super) fn write_out_denials(&self, tokens: Vec<Token>) -> Vec<Token> {
        let denied = |token: &Token| -> Option<String> {
            let known = !self.lexicon.phrase(&token.norm).is_empty()
                || self.lexicon.knows_word(&token.norm)
                || self.values.knows_word(&token.norm)
                || !self.lexicon.verb(&token.stem).is_empty();
            if known || token.kind != TokenKind::Word {
                return None;
            }
            let bare = token.word.strip_prefix("un").or_else(|| token.word.strip_prefix("in"))?;
            let says_so = |column: &crate::model::Column| {
                column.is_boolean && column.words.last().is_some_and(|word| word == bare)
            };
            self.model.columns.iter().any(says_so).then(|| bare.to_owned())
        };
        let mut written = Vec::with_capacity(tokens.len());
        for token in tokens {
            match denied(&token) {
                Some(bare) => {
                    written.push(Token::new("not", TokenKind::Word));
                    written.push(Token::new(&bare, TokenKind::Word));
                }
                None => written.push(token),
            }
        }
        written
    }

    /// Takes "discount already taken off" and "discount still to take off" out of a question, where the
    /// database does not say which.
    pub(super) fn taking_discount(&self, tokens: &mut Vec<Token>) -> Option<bool> {
        figures::doubtful_discount(&self.model)?;
        [(DISCOUNT_IS_OFF, false), (DISCOUNT_IS_ON, true)].into_iter().find_map(|(said, takes)| {
            let said: Vec<Token> = tokenise(said);
            let at = tokens
                .windows(said.len())
                .position(|words| words.iter().zip(&said).all(|(word, said)| word.word == said.word))?;
            let from = if at > 0 && tokens[at - 1].is_mark(",") { at - 1 } else { at };
            tokens.drain(from..at + said.len());
            Some(takes)
        })
    }

    /// Asks whether a discount is already taken off a price, where the sums differ and nothing says which is
    /// right.
    pub(super) fn ask_about_discount(&self) -> Option<Unread> {
        let (price, discount) = figures::doubtful_discount(&self.model)?;
        let (price, discount) = (self.model.column_name(price), self.model.column_name(discount));
        Some(Unread::Ambiguous(
            format!("Is {discount} already taken off {price}? Nothing here says so, and the sums differ."),
            vec![DISCOUNT_IS_OFF.to_owned(), DISCOUNT_IS_ON.to_owned()],
        ))
    }
}
