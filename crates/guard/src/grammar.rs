//! The parser in each engine's dialect, and what must be so before it is asked.

mod bans;
mod dialects;
mod rewrites;
mod trino;

use sqlparser::{
    ast::Statement,
    dialect::Dialect as Grammar,
    parser::{Parser, ParserError},
    tokenizer::{Location, Token, TokenWithSpan},
};

use crate::{Dialect, Position, Reason, Refusal, guard::with_stack, lexer};
use dialects::{Bigquery, Mysql, Postgresql, Sqlite};
use trino::TrinoDialect;

/// How deep parentheses, subqueries and cases may nest.
const DEEPEST: usize = 160;

/// The tokens without a closing semicolon; refuses a second statement and clauses that no query has.
pub(crate) fn single_statement(
    dialect: Dialect,
    mut tokens: Vec<TokenWithSpan>,
) -> Result<Vec<TokenWithSpan>, Refusal> {
    let blank = |token: &TokenWithSpan| matches!(token.token, Token::Whitespace(_));
    while tokens.last().is_some_and(blank) {
        tokens.pop();
    }
    if tokens.last().is_some_and(|token| token.token == Token::SemiColon) {
        tokens.pop();
    }
    if tokens.iter().all(blank) {
        return Err(Refusal::new(Reason::Text, "the statement is empty: write a query"));
    }
    if let Some(semicolon) = tokens.iter().find(|token| token.token == Token::SemiColon) {
        return Err(Refusal::new(
            Reason::ManyStatements,
            "only one statement may run at a time: delete everything after the first `;`",
        )
        .at_location(semicolon.span.start));
    }
    bans::check(dialect, &tokens)?;
    Ok(tokens)
}

/// Reads the tokens as one statement.
pub(crate) fn parse(dialect: Dialect, tokens: Vec<TokenWithSpan>) -> Result<Statement, Refusal> {
    match dialect {
        Dialect::Sqlite => parse_as(dialect, &Sqlite::new(), tokens),
        Dialect::Postgresql => parse_as(dialect, &Postgresql::new(), tokens),
        Dialect::Mysql => parse_as(dialect, &Mysql::new(), tokens),
        Dialect::Trino => parse_as(dialect, &TrinoDialect, tokens),
        Dialect::Bigquery => parse_as(dialect, &Bigquery::new(), tokens),
    }
}

/// Reads a statement that passed the guard once more; nothing if it did not.
pub(crate) fn reread<T>(dialect: Dialect, sql: &str, read: impl FnOnce(&Statement) -> T) -> Option<T> {
    let tokens = lexer::tokens(dialect, sql).ok()?;
    with_stack(tokens.len(), || {
        let tokens = single_statement(dialect, tokens).ok()?;
        Some(read(&parse(dialect, tokens).ok()?))
    })
}

fn parse_as(
    dialect: Dialect,
    grammar: &dyn Grammar,
    tokens: Vec<TokenWithSpan>,
) -> Result<Statement, Refusal> {
    let end = tokens.last().map_or(Location::empty(), |token| token.span.end);
    let tokens = rewrites::apply(dialect, tokens);
    let mut parser = Parser::new(grammar).with_recursion_limit(DEEPEST).with_tokens_with_locations(tokens);
    let statement = parser.parse_statement().map_err(|error| unreadable(dialect, &error, end))?;
    let next = parser.peek_token();
    if next.token != Token::EOF {
        return Err(Refusal::new(
            Reason::Syntax,
            format!("the statement makes sense up to here, but not `{}`", shortened(&next.token.to_string())),
        )
        .at_location(next.span.start));
    }
    Ok(statement)
}

fn unreadable(dialect: Dialect, error: &ParserError, end: Location) -> Refusal {
    let text = match error {
        ParserError::TokenizerError(text) | ParserError::ParserError(text) => text,
        ParserError::RecursionLimitExceeded => {
            return Refusal::new(Reason::Syntax, "the statement nests too deeply: write it more simply");
        }
    };
    let (what, position) = split_place(text);
    // The parser names no place when it comes to the end.
    let Position { line, column } = position.unwrap_or(Position { line: end.line, column: end.column });
    Refusal::new(
        Reason::Syntax,
        format!(
            "this is not {} the guard can read at line {line}, column {column}: {}",
            dialect.title(),
            shortened(what)
        ),
    )
    .at(Position { line, column })
}

/// Takes `at Line: 1, Column: 5` off the end of the parser's message.
fn split_place(text: &str) -> (&str, Option<Position>) {
    let Some((what, place)) = text.rsplit_once(" at Line: ") else { return (text, None) };
    let Some((line, column)) = place.split_once(", Column: ") else { return (text, None) };
    match (line.parse(), column.parse()) {
        (Ok(line), Ok(column)) => (what, Some(Position { line, column })),
        _ => (text, None),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(160) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
