use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::Change;

/// How many tokens of a call are looked back over; a longer one is left to the parser.
const LONGEST_CALL: usize = 100;

/// A place among the tokens that looks forward over blanks, and back at what was put out before it.
pub(super) struct Cursor<'a> {
    tokens: &'a [TokenWithSpan],
    index: usize,
    before: &'a [TokenWithSpan],
}

impl<'a> Cursor<'a> {
    pub(super) fn new(tokens: &'a [TokenWithSpan], index: usize, before: &'a [TokenWithSpan]) -> Self {
        Cursor { tokens, index, before }
    }

    /// The index of the significant token `ahead` places further on; this one is 0.
    pub(super) fn at(&self, ahead: usize) -> Option<usize> {
        self.next_from(self.index, ahead)
    }

    pub(super) fn next_from(&self, index: usize, ahead: usize) -> Option<usize> {
        (index..self.tokens.len())
            .filter(|i| !matches!(self.tokens[*i].token, Token::Whitespace(_)))
            .nth(ahead)
    }

    pub(super) fn get(&self, index: usize) -> Option<&'a Token> {
        self.tokens.get(index).map(|token| &token.token)
    }

    pub(super) fn token(&self, ahead: usize) -> Option<&'a Token> {
        self.get(self.at(ahead)?)
    }

    /// The token at this very place.
    pub(super) fn here(&self) -> Option<&'a Token> {
        self.get(self.index)
    }

    /// The word without quotes at that place, in lower case; nothing if this place itself is blank.
    pub(super) fn bare(&self, ahead: usize) -> Option<String> {
        match self.get(self.index)? {
            Token::Whitespace(_) => None,
            _ => bare(self.token(ahead)?),
        }
    }

    /// Where the tokens after the next `count` significant ones begin.
    pub(super) fn after(&self, count: usize) -> usize {
        self.at(count).unwrap_or(self.tokens.len())
    }

    /// The last significant token already put out.
    pub(super) fn previous(&self) -> Option<&Token> {
        self.before
            .iter()
            .rev()
            .map(|token| &token.token)
            .find(|token| !matches!(token, Token::Whitespace(_)))
    }

    pub(super) fn previous_word(&self) -> Option<String> {
        bare(self.previous()?)
    }

    /// The significant tokens already put out, the last one first.
    fn backwards(&self) -> impl Iterator<Item = &Token> {
        self.before
            .iter()
            .rev()
            .map(|token| &token.token)
            .filter(|token| !matches!(token, Token::Whitespace(_)))
    }

    /// Whether `word (` stands right before this place.
    pub(super) fn is_after_call_of(&self, word: &str) -> bool {
        let mut before = self.backwards();
        before.next() == Some(&Token::LParen) && before.next().and_then(bare).as_deref() == Some(word)
    }

    /// Whether `USING (…)` stands right before this place.
    pub(super) fn is_after_using(&self) -> bool {
        let mut before = self.backwards();
        if before.next() != Some(&Token::RParen) {
            return false;
        }
        let mut names = before.skip_while(|token| matches!(token, Token::Word(_) | Token::Comma));
        names.next() == Some(&Token::LParen) && names.next().and_then(bare).as_deref() == Some("using")
    }

    /// The word before the bracket that stands right before this place.
    pub(super) fn word_before_bracket(&self) -> Option<String> {
        self.backwards().nth(1).and_then(bare)
    }

    /// Whether `(name` or `, name` stands right before this place.
    pub(super) fn is_after_argument_name(&self) -> bool {
        let mut before = self.backwards();
        matches!(before.next(), Some(Token::Word(_)))
            && matches!(before.next(), Some(Token::LParen | Token::Comma))
    }

    /// Whether `FROM name` or `JOIN name` stands right before this place.
    pub(super) fn is_after_table(&self) -> bool {
        let mut before = self.backwards();
        matches!(before.next(), Some(Token::Word(_)))
            && matches!(before.next().and_then(bare).as_deref(), Some("from" | "join"))
    }

    /// Whether the last `BY` before this place, outside brackets, is that of `GROUP BY`.
    pub(super) fn is_in_group_by(&self) -> bool {
        let mut depth = 0_usize;
        let mut before = self.backwards().take(LONGEST_CALL);
        while let Some(token) = before.next() {
            match token {
                Token::RParen => depth += 1,
                Token::LParen if depth == 0 => return false,
                Token::LParen => depth -= 1,
                token if depth == 0 && bare(token).as_deref() == Some("by") => {
                    return before.next().and_then(bare).as_deref() == Some("group");
                }
                _ => {}
            }
        }
        false
    }

    /// Whether a pair of `JSON_OBJECT` starts here.
    pub(super) fn is_after_start_of_object(&self) -> bool {
        matches!(self.previous(), Some(Token::LParen | Token::Comma))
            && matches!(self.enclosing_call().as_deref(), Some("json_object" | "json_objectagg"))
    }

    /// Whether `JOIN (` and nothing but names stand before this place.
    pub(super) fn is_in_names_after_join(&self) -> bool {
        let is_name = |token: &&Token| match token {
            Token::Word(_) => bare(token).as_deref() != Some("select"),
            token => **token == Token::Period,
        };
        let mut before = self.backwards().skip_while(is_name);
        before.next() == Some(&Token::LParen)
            && matches!(before.next().and_then(bare).as_deref(), Some("join" | "straight_join"))
    }

    /// The word before the bracket that is open around this place, if it is near.
    pub(super) fn enclosing_call(&self) -> Option<String> {
        let mut depth = 0_usize;
        let mut before = self.backwards().take(LONGEST_CALL);
        loop {
            match before.next()? {
                Token::RParen => depth += 1,
                Token::LParen if depth == 0 => return before.next().and_then(bare),
                Token::LParen => depth -= 1,
                _ => {}
            }
        }
    }

    pub(super) fn is_in_json_call(&self) -> bool {
        matches!(
            self.enclosing_call().as_deref(),
            Some("json_value" | "json_query" | "json_exists" | "json_table")
        )
    }

    /// Whether `BY NAME` stands right before this place.
    pub(super) fn is_after_by_name(&self) -> bool {
        let mut before = self.backwards();
        before.next().and_then(bare).as_deref() == Some("name")
            && before.next().and_then(bare).as_deref() == Some("by")
    }

    /// Whether nothing but names and commas stands in the brackets from `open` to `close`.
    pub(super) fn is_names(&self, open: usize, close: usize) -> bool {
        (open..=close).filter_map(|i| self.get(i)).all(|token| {
            matches!(
                token,
                Token::Word(_) | Token::Comma | Token::LParen | Token::RParen | Token::Whitespace(_)
            )
        })
    }

    /// Drops everything up to the end of the bracket that opens `ahead`, if it holds names only.
    pub(super) fn drop_names(&self, ahead: usize) -> Option<Change> {
        let open = self.at(ahead)?;
        let close = self.closing(open)?;
        self.is_names(open, close).then(|| Change::drop_to(close + 1))
    }

    /// The index of the bracket that closes the one around this place.
    pub(super) fn closing_around(&self) -> Option<usize> {
        let mut depth = 0_usize;
        for i in self.index..self.tokens.len() {
            match self.tokens[i].token {
                Token::LParen => depth += 1,
                Token::RParen if depth == 0 => return Some(i),
                Token::RParen => depth -= 1,
                _ => {}
            }
        }
        None
    }

    /// The index of the bracket that closes the one at `open`.
    pub(super) fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for i in open..self.tokens.len() {
            match self.tokens[i].token {
                Token::LParen | Token::LBracket => depth += 1,
                Token::RParen | Token::RBracket => {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        return Some(i);
                    }
                }
                _ => {}
            }
        }
        None
    }
}

pub(super) fn bare(token: &Token) -> Option<String> {
    match token {
        Token::Word(word) if word.quote_style.is_none() => Some(word.value.to_lowercase()),
        _ => None,
    }
}
