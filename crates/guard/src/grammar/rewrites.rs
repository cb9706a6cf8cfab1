//! Small changes to the tokens where the parser does not know, or misreads, what an engine reads.
//!
//! Only the parser sees them: the engine gets the original text. What is dropped are words, types and literals,
//! never an expression, and every word before a parenthesis is still looked at in the original tokens.

mod bigquery;
mod clauses;
mod cursor;
mod json;
mod mysql;
mod postgresql;
mod queries;
mod trino;
mod types;
mod xml;

use sqlparser::tokenizer::{Token, TokenWithSpan};

use crate::Dialect;
use cursor::Cursor;

pub(super) fn apply(dialect: Dialect, tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let mut output: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    let mut closing: Vec<(usize, Vec<Token>)> = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        while let Some((_, inserted)) = closing.pop_if(|(at, _)| *at <= i) {
            let span = tokens[i].span;
            output.extend(inserted.into_iter().map(|token| TokenWithSpan::new(token, span)));
        }
        let here = Cursor::new(&tokens, i, &output);
        let change = match here.bare(0) {
            Some(word) => word_change(dialect, &word, &here),
            None => sign_change(dialect, &here),
        };
        match change {
            Some(Change { with, next, later }) => {
                let span = tokens[i].span;
                output.extend(with.into_iter().map(|token| TokenWithSpan::new(token, span)));
                closing.extend(later);
                closing.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
                i = next;
            }
            None => {
                output.push(tokens[i].clone());
                i += 1;
            }
        }
    }
    for (_, inserted) in closing {
        output.extend(inserted.into_iter().map(TokenWithSpan::wrap));
    }
    output
}

fn word_change(dialect: Dialect, word: &str, here: &Cursor<'_>) -> Option<Change> {
    if here.previous() == Some(&Token::Period) {
        return None;
    }
    let own = match dialect {
        Dialect::Mysql => mysql::rewrite(word, here),
        Dialect::Postgresql => postgresql::rewrite(word, here).or_else(|| xml::rewrite(word, here)),
        Dialect::Trino => trino::rewrite(word, here),
        Dialect::Bigquery => bigquery::rewrite(word, here),
        Dialect::Sqlite => None,
    };
    own.or_else(|| clauses::rewrite(dialect, word, here))
        .or_else(|| queries::rewrite(dialect, word, here))
        .or_else(|| json::rewrite(dialect, word, here))
        .or_else(|| types::rewrite(dialect, word, here))
}

fn sign_change(dialect: Dialect, here: &Cursor<'_>) -> Option<Change> {
    let own = match dialect {
        Dialect::Mysql => mysql::comma(here),
        Dialect::Postgresql => postgresql::sign(here),
        Dialect::Trino => trino::sign(here),
        Dialect::Sqlite | Dialect::Bigquery => None,
    };
    own.or_else(|| queries::bracket(here)).or_else(|| json::colon(here))
}

/// Tokens to put in place of those from the cursor up to `next`, and more to insert further on.
struct Change {
    with: Vec<Token>,
    next: usize,
    later: Vec<(usize, Vec<Token>)>,
}

impl Change {
    fn drop_to(next: usize) -> Change {
        Change { with: Vec::new(), next, later: Vec::new() }
    }

    fn comma(next: usize) -> Change {
        Change { with: vec![Token::Comma], next, later: Vec::new() }
    }

    fn words(words: &[&str], next: usize) -> Change {
        let mut with = Vec::new();
        for word in words {
            with.push(match *word {
                "*" => Token::Mul,
                "(" => Token::LParen,
                "=" => Token::Eq,
                "<>" => Token::Neq,
                word => Token::make_word(word, None),
            });
        }
        Change { with, next, later: Vec::new() }
    }
}
