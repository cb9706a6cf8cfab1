use sqlparser::tokenizer::Token;

use super::Lexer;
use crate::{Dialect, Reason, Refusal};

impl Lexer<'_> {
    pub(super) fn number(&mut self) -> Result<Token, Refusal> {
        if self.rules.digit_names && (self.after_period() || self.is_digit_name()) {
            return Ok(self.word());
        }
        if let Some(radix) = self.radix() {
            return self.radix_number(radix);
        }
        let mut digits = self.digits();
        if self.peek() == Some('.') && self.peek_at(1) != Some('.') {
            digits.push('.');
            self.bump();
            digits.push_str(&self.digits());
        }
        let signed = usize::from(matches!(self.peek_at(1), Some('+' | '-')));
        let exponent = self.peek().is_some_and(|c| c.eq_ignore_ascii_case(&'e'))
            && self.peek_at(1 + signed).is_some_and(|c| c.is_ascii_digit());
        if exponent {
            digits.push('e');
            self.bump();
            if signed == 1 {
                digits.extend(self.bump());
            }
            digits.push_str(&self.digits());
        }
        // `project-123.dataset` in BigQuery: the parser puts the parts together.
        let part_of_name = self.dialect == Dialect::Bigquery && digits.ends_with('.');
        if self.peek().is_some_and(|c| self.is_word_part(c)) && !part_of_name {
            return Err(
                self.refuse(Reason::Syntax, "a number and a word run together: put a blank between them")
            );
        }
        Ok(Token::Number(digits, false))
    }

    fn digits(&mut self) -> String {
        let mut digits = String::new();
        while let Some(c) = self.peek() {
            if c == '_' && !digits.is_empty() && self.peek_at(1).is_some_and(|next| next.is_ascii_digit()) {
                self.bump();
            } else if c.is_ascii_digit() {
                digits.push(c);
                self.bump();
            } else {
                break;
            }
        }
        digits
    }

    fn radix(&self) -> Option<u32> {
        if self.peek() != Some('0') {
            return None;
        }
        match self.peek_at(1)?.to_ascii_lowercase() {
            'x' => Some(16),
            'o' if self.dialect != Dialect::Mysql => Some(8),
            'b' => Some(2),
            _ => None,
        }
    }

    fn radix_number(&mut self, radix: u32) -> Result<Token, Refusal> {
        self.skip(2);
        let mut digits = String::new();
        while let Some(c) = self.peek().filter(|c| c.is_digit(radix) || *c == '_') {
            if c != '_' {
                digits.push(c);
            }
            self.bump();
        }
        if digits.is_empty() || self.peek().is_some_and(|c| self.is_word_part(c)) {
            return Err(
                self.refuse(Reason::Syntax, "this is not a number the database reads: write it in digits")
            );
        }
        // Beyond 128 bits it can only be a byte string.
        let value = u128::from_str_radix(&digits, radix).unwrap_or(u128::MAX);
        Ok(Token::Number(value.to_string(), false))
    }

    fn after_period(&self) -> bool {
        self.previous() == Some(&Token::Period) && self.peek() != Some('.')
    }

    /// Whether the digits here start a name such as `2020_sales`.
    fn is_digit_name(&self) -> bool {
        let rest = self.rest();
        let length = rest.find(|c: char| !self.is_word_part(c)).unwrap_or(rest.len());
        let word = &rest[..length];
        let letters = word.trim_start_matches(|c: char| c.is_ascii_digit());
        if letters.is_empty() || word.len() == letters.len() {
            return false;
        }
        let lower = word.to_ascii_lowercase();
        let radix = lower.starts_with("0x") || lower.starts_with("0b");
        let exponent = letters.len() > 1
            && letters.starts_with(['e', 'E'])
            && letters[1..].chars().all(|c| c.is_ascii_digit());
        let signed_exponent = letters.eq_ignore_ascii_case("e") && rest[length..].starts_with(['+', '-']);
        !radix && !exponent && !signed_exponent
    }
}
