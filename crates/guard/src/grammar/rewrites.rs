//! Small changes to the tokens where the parser does not know, or misreads, what an engine reads.
//!
//! Only the parser sees them: the engine gets the original text. No change drops an expression, and each leaves
//! a statement that is refused whenever the original must be.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use crate::Dialect;

pub(super) fn apply(dialect: Dialect, tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let mut output: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    let mut i = 0;
    while i < tokens.len() {
        let here = Cursor { tokens: &tokens, index: i };
        match rewrite(dialect, &here, &output) {
            Some(change) => {
                let span = tokens[i].span;
                output.extend(change.with.into_iter().map(|token| TokenWithSpan::new(token, span)));
                i = change.next;
            }
            None => {
                output.push(tokens[i].clone());
                i += 1;
            }
        }
    }
    output
}

/// Tokens to put in place of those from the cursor up to `next`.
struct Change {
    with: Vec<Token>,
    next: usize,
}

fn rewrite(dialect: Dialect, here: &Cursor<'_>, before: &[TokenWithSpan]) -> Option<Change> {
    let word = here.word(0)?;
    match word.as_str() {
        // The parser loses what follows `TABLE name`.
        "table" if dialect != Dialect::Sqlite && dialect != Dialect::Bigquery && here.is_word(1) => {
            let starts = match previous(before) {
                None | Some(Token::LParen) => true,
                Some(Token::RParen) => true,
                Some(Token::Word(word)) => {
                    matches!(
                        word.value.to_lowercase().as_str(),
                        "union" | "all" | "except" | "intersect" | "distinct"
                    )
                }
                Some(_) => false,
            };
            starts.then(|| Change {
                with: vec![Token::make_word("SELECT", None), Token::Mul, Token::make_word("FROM", None)],
                next: here.index + 1,
            })
        }
        // `FROM ONLY t`: the parser takes ONLY for the table and t for its alias.
        "only" if dialect == Dialect::Postgresql => match previous(before) {
            Some(Token::Comma) => Some(Change { with: vec![], next: here.index + 1 }),
            Some(Token::Word(word)) if matches!(word.value.to_lowercase().as_str(), "from" | "join") => {
                Some(Change { with: vec![], next: here.index + 1 })
            }
            _ => None,
        },
        // Window frame exclusion.
        "exclude" if dialect != Dialect::Bigquery && dialect != Dialect::Mysql => {
            let words = match (here.word(1)?.as_str(), here.word(2).as_deref()) {
                ("ties" | "group", _) => 2,
                ("current", Some("row")) | ("no", Some("others")) => 3,
                _ => return None,
            };
            Some(Change { with: vec![], next: here.after(words) })
        }
        _ => None,
    }
}

fn previous(before: &[TokenWithSpan]) -> Option<&Token> {
    before.iter().rev().map(|token| &token.token).find(|token| !matches!(token, Token::Whitespace(_)))
}

struct Cursor<'a> {
    tokens: &'a [TokenWithSpan],
    index: usize,
}

impl Cursor<'_> {
    /// The index of the token `ahead` significant tokens further on.
    fn at(&self, ahead: usize) -> Option<usize> {
        (self.index..self.tokens.len())
            .filter(|i| !matches!(self.tokens[*i].token, Token::Whitespace(_)))
            .nth(ahead)
    }

    /// The bare word `ahead` significant tokens further on, in lower case.
    fn word(&self, ahead: usize) -> Option<String> {
        if matches!(self.tokens[self.index].token, Token::Whitespace(_)) {
            return None;
        }
        match &self.tokens[self.at(ahead)?].token {
            Token::Word(word) if word.quote_style.is_none() => Some(word.value.to_lowercase()),
            _ => None,
        }
    }

    fn is_word(&self, ahead: usize) -> bool {
        self.at(ahead).is_some_and(|i| matches!(self.tokens[i].token, Token::Word(_)))
    }

    fn after(&self, ahead: usize) -> usize {
        self.at(ahead).unwrap_or(self.tokens.len())
    }
}
