//! Cuts a statement into tokens exactly as its engine does.
//!
//! The parser's own tokenizer differs from the engines in comments, quotes, escapes and operators, and every
//! such difference is a way to hide a statement. Here each rule is the engine's; what the engine would read
//! differently under another setting, or not at all, is refused.

mod comments;
mod numbers;
mod operators;
mod quotes;
mod rules;
mod words;

use sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan, Whitespace};

use crate::{Dialect, Position, Reason, Refusal};
use rules::Rules;

/// The tokens of a statement, blanks and comments as single spaces.
///
/// Refuses a text in which a backslash decides what is a text and what is a second statement: MySQL and
/// PostgreSQL have a setting for that, and people and programs easily misread it in the others.
pub(crate) fn tokens(dialect: Dialect, sql: &str) -> Result<Vec<TokenWithSpan>, Refusal> {
    let tokens = cut(dialect, sql, false)?;
    let settable = match dialect {
        Dialect::Mysql | Dialect::Postgresql | Dialect::Bigquery => true,
        Dialect::Sqlite | Dialect::Trino => false,
    };
    let separators = |tokens: &[TokenWithSpan]| tokens.iter().filter(|t| t.token == Token::SemiColon).count();
    if settable
        && sql.contains('\\')
        && sql.contains(';')
        && cut(dialect, sql, true).is_ok_and(|other| separators(&other) > separators(&tokens))
    {
        return Err(Refusal::new(
            Reason::Text,
            "a backslash before a quote could be read in two ways: write the quote twice, or leave out the `;`",
        ));
    }
    Ok(tokens)
}

fn cut(dialect: Dialect, sql: &str, flip_backslashes: bool) -> Result<Vec<TokenWithSpan>, Refusal> {
    let mut lexer = Lexer {
        rules: Rules::of(dialect),
        flip_backslashes,
        dialect,
        text: sql,
        offset: 0,
        place: Location::new(1, 1),
        tokens: Vec::with_capacity(sql.len() / 4),
    };
    while lexer.peek().is_some() {
        lexer.token()?;
    }
    Ok(lexer.tokens)
}

struct Lexer<'a> {
    rules: &'static Rules,
    flip_backslashes: bool,
    dialect: Dialect,
    text: &'a str,
    offset: usize,
    place: Location,
    tokens: Vec<TokenWithSpan>,
}

impl<'a> Lexer<'a> {
    fn token(&mut self) -> Result<(), Refusal> {
        let Some(first) = self.peek() else { return Ok(()) };
        let start = self.place;
        let token = if self.is_blank(first) {
            self.blanks();
            Token::Whitespace(Whitespace::Space)
        } else if self.comment()? {
            Token::Whitespace(Whitespace::Space)
        } else if let Some(string) = self.quoted()? {
            string
        } else if first.is_ascii_digit()
            || (first == '.' && self.peek_at(1).is_some_and(|c| c.is_ascii_digit()))
        {
            self.number()?
        } else if self.is_word_start(first) {
            self.word()
        } else {
            self.operator()?
        };
        self.tokens.push(TokenWithSpan::new(token, Span::new(start, self.place)));
        Ok(())
    }

    fn rest(&self) -> &'a str {
        &self.text[self.offset..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The character `ahead` ASCII characters further on.
    fn peek_at(&self, ahead: usize) -> Option<char> {
        self.rest().chars().nth(ahead)
    }

    fn starts_with(&self, prefix: &str) -> bool {
        self.rest().starts_with(prefix)
    }

    fn bump(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.offset += next.len_utf8();
        if next == '\n' {
            self.place.line += 1;
            self.place.column = 1;
        } else {
            self.place.column += 1;
        }
        Some(next)
    }

    fn skip(&mut self, characters: usize) {
        for _ in 0..characters {
            self.bump();
        }
    }

    fn is_blank(&self, c: char) -> bool {
        matches!(c, ' ' | '\t' | '\n' | '\r') || (c == '\u{c}' && self.rules.form_feed_is_blank)
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|c| self.is_blank(c)) {
            self.bump();
        }
    }

    /// The token right before this place, blank or not.
    fn previous(&self) -> Option<&Token> {
        self.tokens.last().map(|last| &last.token)
    }

    fn refuse(&self, reason: Reason, message: impl Into<String>) -> Refusal {
        Refusal::new(reason, message).at(Position { line: self.place.line, column: self.place.column })
    }
}
