use sqlparser::tokenizer::Token;

use super::Lexer;
use crate::{Dialect, Reason, Refusal};

/// How a text ends and what a backslash in it means.
#[derive(Clone, Copy)]
struct Text {
    quote: char,
    triple: bool,
    backslashes: bool,
}

impl<'a> Lexer<'a> {
    /// A quoted text or name that starts here.
    pub(super) fn quoted(&mut self) -> Result<Option<Token>, Refusal> {
        let Some(first) = self.peek() else { return Ok(None) };
        match first {
            '\'' => self.plain_text('\'').map(Some),
            '"' if self.rules.double_quotes_are_text => self.plain_text('"').map(Some),
            '"' => self.name('"', '"').map(Some),
            '`' if self.rules.backticks => self.name('`', '`').map(Some),
            '[' if self.rules.brackets => self.name('[', ']').map(Some),
            '$' if self.rules.dollar_quotes => self.dollar_text(),
            _ if first.is_ascii_alphabetic() || first == '_' => self.prefixed_text(),
            _ => Ok(None),
        }
    }

    fn plain_text(&mut self, quote: char) -> Result<Token, Refusal> {
        self.text(quote, self.rules.backslashes != self.flip_backslashes)
    }

    fn text(&mut self, quote: char, backslashes: bool) -> Result<Token, Refusal> {
        let threefold = if quote == '"' { "\"\"\"" } else { "'''" };
        let triple = self.rules.triple_quotes && self.starts_with(threefold);
        let content = self.text_content(Text { quote, triple, backslashes })?;
        Ok(if quote == '"' { Token::DoubleQuotedString(content) } else { Token::SingleQuotedString(content) })
    }

    fn text_content(&mut self, text: Text) -> Result<String, Refusal> {
        let start = self.place;
        let width = if text.triple { 3 } else { 1 };
        self.skip(width);
        let mut content = String::new();
        loop {
            let Some(c) = self.peek() else {
                self.place = start;
                return Err(
                    self.refuse(Reason::Syntax, "a quoted text that starts here never ends: close the quote")
                );
            };
            if c == '\\' && text.backslashes {
                self.bump();
                content.push('\\');
                content.extend(self.bump());
            } else if c != text.quote {
                if c == '\n' && self.rules.triple_quotes && !text.triple {
                    return Err(self.refuse(
                        Reason::Syntax,
                        "a quoted text may not go over a line end: use triple quotes",
                    ));
                }
                content.push(c);
                self.bump();
            } else if text.triple {
                if self.rest().chars().take(3).filter(|c| *c == text.quote).count() == 3 {
                    self.skip(3);
                    return Ok(content);
                }
                content.push(c);
                self.bump();
            } else if self.peek_at(1) == Some(text.quote) && !self.rules.triple_quotes {
                content.push(c);
                self.skip(2);
            } else {
                self.bump();
                if !self.continues(text.quote) {
                    return Ok(content);
                }
            }
        }
    }

    /// Moves on to the next part of a text that goes on after a line end.
    fn continues(&mut self, quote: char) -> bool {
        if !self.rules.texts_continue_on_next_line {
            return false;
        }
        let rest = self.rest();
        let mut next = rest;
        loop {
            next = next.trim_start_matches(|c: char| self.is_blank(c));
            if !next.starts_with("--") {
                break;
            }
            next = next.find(['\n', '\r']).map_or("", |end| &next[end..]);
        }
        let gap = &rest[..rest.len() - next.len()];
        if !gap.contains(['\n', '\r']) || !next.starts_with(quote) {
            return false;
        }
        self.skip(gap.chars().count() + 1);
        true
    }

    fn name(&mut self, open: char, close: char) -> Result<Token, Refusal> {
        let start = self.place;
        self.bump();
        let mut name = String::new();
        loop {
            match self.bump() {
                None => {
                    self.place = start;
                    return Err(self.refuse(
                        Reason::Syntax,
                        "a quoted name that starts here never ends: close the quote",
                    ));
                }
                Some('\\') if self.dialect == Dialect::Bigquery => {
                    return Err(self.refuse(Reason::Text, "a quoted name may not hold a backslash"));
                }
                Some(c) if c == close && open != '[' && self.peek() == Some(close) => {
                    if self.dialect == Dialect::Bigquery {
                        return Err(self.refuse(
                            Reason::Syntax,
                            "two names stand next to each other without a separator",
                        ));
                    }
                    name.push(c);
                    self.bump();
                }
                Some(c) if c == close => break,
                Some(c) => name.push(c),
            }
        }
        // The parser knows every quote by its opening character.
        Ok(Token::make_word(&name, Some(open)))
    }

    /// `$tag$…$tag$`; nothing if this dollar starts no text.
    fn dollar_text(&mut self) -> Result<Option<Token>, Refusal> {
        let rest = self.rest();
        let Some(length) = rest[1..].find('$') else { return Ok(None) };
        let tag = &rest[1..=length];
        let is_tag = tag.chars().enumerate().all(|(i, c)| {
            c == '_' || c.is_ascii_alphabetic() || !c.is_ascii() || (i > 0 && c.is_ascii_digit())
        });
        if !is_tag {
            return Ok(None);
        }
        let delimiter = &rest[..length + 2];
        let body = &rest[delimiter.len()..];
        let Some(end) = body.find(delimiter) else {
            return Err(self.refuse(
                Reason::Syntax,
                format!("a text that starts with {delimiter} never ends: close it with {delimiter}"),
            ));
        };
        let content = body[..end].to_owned();
        self.skip(rest[..delimiter.len() * 2 + end].chars().count());
        Ok(Some(Token::SingleQuotedString(content)))
    }

    /// `E'…'`, `x'…'`, `r"…"`, `_utf8'…'` and their like; nothing if a plain word starts here.
    fn prefixed_text(&mut self) -> Result<Option<Token>, Refusal> {
        let rest = self.rest();
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let prefix = rest[..length].to_ascii_lowercase();
        let after = rest[length..].chars().next();
        if prefix == "u" && rest[length..].starts_with("&\"") {
            return Err(
                self.refuse(Reason::Text, "names written as U&\"…\" may not be used: write the name itself")
            );
        }
        if prefix == "u" && rest[length..].starts_with("&'") {
            if !matches!(self.dialect, Dialect::Postgresql | Dialect::Trino) {
                return Ok(None);
            }
            self.skip(2);
            return self.text('\'', false).map(Some);
        }
        let Some(quote) = after.filter(|c| *c == '\'' || (*c == '"' && self.rules.double_quotes_are_text))
        else {
            return Ok(None);
        };
        let charset = self.dialect == Dialect::Mysql && prefix.starts_with('_');
        if !charset && !self.rules.text_prefixes.contains(&prefix.as_str()) {
            return Ok(None);
        }
        self.skip(length);
        let backslashes = match self.dialect {
            Dialect::Postgresql => prefix == "e",
            // A raw text gives the backslash no meaning, but a quote after it still does not end the text.
            Dialect::Bigquery => !(self.flip_backslashes && prefix.contains('r')),
            Dialect::Mysql => (charset || prefix == "n") != self.flip_backslashes,
            Dialect::Sqlite | Dialect::Trino => false,
        };
        let text = self.text(quote, backslashes)?;
        let digits = matches!(prefix.as_str(), "x" | "b") && self.dialect != Dialect::Bigquery;
        match &text {
            Token::SingleQuotedString(content) | Token::DoubleQuotedString(content)
                if digits && !content.chars().all(|c| c.is_ascii_hexdigit() || c.is_ascii_whitespace()) =>
            {
                Err(self.refuse(Reason::Syntax, format!("{prefix}'…' may hold nothing but digits")))
            }
            _ => Ok(Some(text)),
        }
    }
}
