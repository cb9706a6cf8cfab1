use sqlparser::tokenizer::Token;

use super::Lexer;

impl Lexer<'_> {
    pub(super) fn is_word_start(&self, c: char) -> bool {
        c.is_ascii_alphabetic()
            || c == '_'
            || (!c.is_ascii() && self.rules.unicode_names)
            // Only MySQL lets a bare name start with a dollar, and then it is no placeholder.
            || (c == '$' && self.rules.digit_names)
    }

    pub(super) fn is_word_part(&self, c: char) -> bool {
        self.is_word_start(c) || c.is_ascii_digit() || (c == '$' && self.rules.dollar_names)
    }

    pub(super) fn word(&mut self) -> Token {
        let rest = self.rest();
        let length = rest.find(|c: char| !self.is_word_part(c)).unwrap_or(rest.len());
        let word = &rest[..length];
        self.skip(word.chars().count());
        Token::make_word(word, None)
    }
}
