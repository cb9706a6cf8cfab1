use sqlparser::tokenizer::Token;

use super::Lexer;
use crate::{Dialect, Reason, Refusal, names};

/// What every engine reads alike.
const COMMON: &[(&str, Token)] = &[
    ("<>", Token::Neq),
    ("<=", Token::LtEq),
    (">=", Token::GtEq),
    ("!=", Token::Neq),
    ("||", Token::StringConcat),
    (",", Token::Comma),
    ("(", Token::LParen),
    (")", Token::RParen),
    (".", Token::Period),
    (";", Token::SemiColon),
    ("=", Token::Eq),
    ("<", Token::Lt),
    (">", Token::Gt),
    ("+", Token::Plus),
    ("-", Token::Minus),
    ("*", Token::Mul),
    ("/", Token::Div),
    ("%", Token::Mod),
];

const MYSQL: &[(&str, Token)] = &[
    ("->>", Token::LongArrow),
    ("<=>", Token::Spaceship),
    ("->", Token::Arrow),
    ("<<", Token::ShiftLeft),
    (">>", Token::ShiftRight),
    ("&&", Token::Overlap),
    ("&", Token::Ampersand),
    ("|", Token::Pipe),
    ("^", Token::Caret),
    ("~", Token::Tilde),
    ("!", Token::ExclamationMark),
];

const SQLITE: &[(&str, Token)] = &[
    ("->>", Token::LongArrow),
    ("->", Token::Arrow),
    ("<<", Token::ShiftLeft),
    (">>", Token::ShiftRight),
    ("==", Token::DoubleEq),
    ("&", Token::Ampersand),
    ("|", Token::Pipe),
    ("~", Token::Tilde),
];

const TRINO: &[(&str, Token)] = &[
    ("=>", Token::RArrow),
    ("->", Token::Arrow),
    ("[", Token::LBracket),
    ("]", Token::RBracket),
    ("{", Token::LBrace),
    ("}", Token::RBrace),
    ("|", Token::Pipe),
    ("^", Token::Caret),
    (":", Token::Colon),
];

const BIGQUERY: &[(&str, Token)] = &[
    ("|>", Token::VerticalBarRightAngleBracket),
    ("=>", Token::RArrow),
    ("->", Token::Arrow),
    ("<<", Token::ShiftLeft),
    (">>", Token::ShiftRight),
    ("[", Token::LBracket),
    ("]", Token::RBracket),
    ("&", Token::Ampersand),
    ("|", Token::Pipe),
    ("^", Token::Caret),
    ("~", Token::Tilde),
    (":", Token::Colon),
];

/// What PostgreSQL reads as its own token and not as an operator's name.
const POSTGRESQL_SPECIAL: &[(&str, Token)] = &[
    ("::", Token::DoubleColon),
    (":=", Token::Assignment),
    (":", Token::Colon),
    ("[", Token::LBracket),
    ("]", Token::RBracket),
    (",", Token::Comma),
    ("(", Token::LParen),
    (")", Token::RParen),
    (".", Token::Period),
    (";", Token::SemiColon),
];

const POSTGRESQL_OPERATORS: &[(&str, Token)] = &[
    ("=>", Token::RArrow),
    ("<>", Token::Neq),
    ("!=", Token::Neq),
    ("<=", Token::LtEq),
    (">=", Token::GtEq),
    ("=", Token::Eq),
    ("<", Token::Lt),
    (">", Token::Gt),
    ("+", Token::Plus),
    ("-", Token::Minus),
    ("*", Token::Mul),
    ("/", Token::Div),
    ("%", Token::Mod),
    ("^", Token::Caret),
    ("&", Token::Ampersand),
    ("|", Token::Pipe),
    ("#", Token::Sharp),
    ("~", Token::Tilde),
    ("!", Token::ExclamationMark),
    ("!!", Token::DoubleExclamationMark),
    ("@", Token::AtSign),
    ("||", Token::StringConcat),
    ("~*", Token::TildeAsterisk),
    ("!~", Token::ExclamationMarkTilde),
    ("!~*", Token::ExclamationMarkTildeAsterisk),
    ("~~", Token::DoubleTilde),
    ("~~*", Token::DoubleTildeAsterisk),
    ("!~~", Token::ExclamationMarkDoubleTilde),
    ("!~~*", Token::ExclamationMarkDoubleTildeAsterisk),
    ("<<", Token::ShiftLeft),
    (">>", Token::ShiftRight),
    ("&&", Token::Overlap),
    ("^@", Token::CaretAt),
    ("|/", Token::PGSquareRoot),
    ("||/", Token::PGCubeRoot),
    ("->", Token::Arrow),
    ("->>", Token::LongArrow),
    ("#>", Token::HashArrow),
    ("#>>", Token::HashLongArrow),
    ("@>", Token::AtArrow),
    ("<@", Token::ArrowAt),
    ("#-", Token::HashMinus),
    ("@?", Token::AtQuestion),
    ("@@", Token::AtAt),
    ("?", Token::Question),
    ("?&", Token::QuestionAnd),
    ("?|", Token::QuestionPipe),
    ("@-@", Token::AtDashAt),
    ("?-", Token::QuestionMarkDash),
    ("##", Token::DoubleSharp),
];

impl Lexer<'_> {
    pub(super) fn operator(&mut self) -> Result<Token, Refusal> {
        let found = match self.dialect {
            Dialect::Postgresql => self.longest(&[POSTGRESQL_SPECIAL]).or_else(|| self.postgresql_operator()),
            Dialect::Mysql => self.longest(&[MYSQL, COMMON]),
            Dialect::Sqlite => self.longest(&[SQLITE, COMMON]),
            Dialect::Trino => self.longest(&[TRINO, COMMON]),
            Dialect::Bigquery => self.longest(&[BIGQUERY, COMMON]),
        };
        if let Some((length, token)) = found {
            self.skip(length);
            return Ok(token);
        }
        match self.placeholder() {
            Some(token) => Ok(token),
            None => Err(self.unknown_character()),
        }
    }

    fn longest(&self, tables: &[&[(&str, Token)]]) -> Option<(usize, Token)> {
        let rows = tables.iter().flat_map(|table| table.iter());
        let best = rows.filter(|(text, _)| self.starts_with(text)).max_by_key(|(text, _)| text.len())?;
        Some((best.0.len(), best.1.clone()))
    }

    /// The longest run of operator characters, cut as the manual says: before a comment, and before a trailing
    /// `+` or `-` unless a rarer character is in it.
    fn postgresql_operator(&self) -> Option<(usize, Token)> {
        let rest = self.rest();
        let run = rest.find(|c: char| !"+-*/<>=~!@#%^&|`?".contains(c)).unwrap_or(rest.len());
        let mut operator = &rest[..run];
        for comment in ["--", "/*"] {
            operator = operator.split(comment).next().unwrap_or_default();
        }
        let rare = |text: &str| text.contains(['~', '!', '@', '#', '%', '^', '&', '|', '`', '?']);
        while operator.len() > 1 && operator.ends_with(['+', '-']) && !rare(&operator[..operator.len() - 1]) {
            operator = &operator[..operator.len() - 1];
        }
        if operator.is_empty() {
            return None;
        }
        let known = POSTGRESQL_OPERATORS.iter().find(|(text, _)| *text == operator);
        let token =
            known.map_or_else(|| Token::CustomBinaryOperator(operator.to_owned()), |(_, t)| t.clone());
        Some((operator.len(), token))
    }

    /// `?`, `$1`, `:name`, `@name`: a value that is bound when the statement runs.
    fn placeholder(&mut self) -> Option<Token> {
        let first = self.peek()?;
        let second = self.peek_at(1);
        let digit = second.is_some_and(|c| c.is_ascii_digit());
        let letter = second.is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        let is_part: fn(char) -> bool = match (self.dialect, first) {
            (Dialect::Sqlite, '?') => |c| c.is_ascii_digit(),
            (Dialect::Mysql | Dialect::Trino | Dialect::Bigquery, '?') => |_| false,
            (Dialect::Postgresql, '$') if digit => |c| c.is_ascii_digit(),
            (Dialect::Sqlite, '$' | ':' | '@') if letter || digit => {
                |c| c.is_ascii_alphanumeric() || c == '_'
            }
            (Dialect::Bigquery, '@') if letter => |c| c.is_ascii_alphanumeric() || c == '_',
            // Only inside a row pattern, where it is the end of the partition.
            (Dialect::Trino, '$') => |_| false,
            _ => return None,
        };
        let mut text = String::from(first);
        self.bump();
        while let Some(c) = self.peek().filter(|c| is_part(*c)) {
            text.push(c);
            self.bump();
        }
        let joined = self.peek().is_some_and(|c| self.is_word_part(c)) && first != '?';
        (!joined).then_some(Token::Placeholder(text))
    }

    fn unknown_character(&self) -> Refusal {
        let rest = self.rest();
        let message = match self.dialect {
            Dialect::Mysql if rest.starts_with("@") || rest.starts_with(":=") => {
                "variables (`@name`, `@@name`, `:=`) may not be used: write the value itself".to_owned()
            }
            Dialect::Bigquery if rest.starts_with("@@") => {
                "system variables (`@@name`) may not be used".to_owned()
            }
            Dialect::Bigquery if rest.starts_with("@{") => {
                "hints (`@{…}`) may not be used: leave it out".to_owned()
            }
            _ if rest.starts_with("::") => {
                format!("{} has no `::`: write CAST(x AS type)", self.dialect.title())
            }
            _ => {
                let c = rest.chars().next().map(|c| c.escape_debug().to_string()).unwrap_or_default();
                let sign = if rest.starts_with("!~") { "!~" } else { c.as_str() };
                let instead = match names::in_place_of(self.dialect, sign) {
                    "" => String::new(),
                    instead => format!("; {instead}"),
                };
                format!("the character `{c}` has no meaning to {} here{instead}", self.dialect.title())
            }
        };
        let reason = if rest.starts_with('@') { Reason::Clause } else { Reason::Syntax };
        self.refuse(reason, message)
    }
}
