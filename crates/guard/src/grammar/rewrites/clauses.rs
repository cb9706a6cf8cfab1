//! Clauses the parser misreads or lacks.

use sqlparser::tokenizer::Token;

use super::{
    Change,
    cursor::{Cursor, bare},
};
use crate::Dialect;

pub(super) fn rewrite(dialect: Dialect, word: &str, here: &Cursor<'_>) -> Option<Change> {
    if here.previous() == Some(&Token::Period) {
        return None;
    }
    let calls = here.token(1) == Some(&Token::LParen);
    match word {
        "table" => table(dialect, here),
        "only" if dialect == Dialect::Postgresql => only(here),
        "exclude" if dialect != Dialect::Bigquery && dialect != Dialect::Mysql => exclusion(here),
        "is" if dialect == Dialect::Sqlite => is(here),
        "isnull" if matches!(dialect, Dialect::Sqlite | Dialect::Postgresql) && !calls => {
            Some(Change::words(&["IS", "NULL"], here.after(1)))
        }
        "group" => group_by(here),
        // `SAFE.f(…)`: the parser has a syntax of its own for some functions.
        "safe"
            if dialect == Dialect::Bigquery
                && here.token(1) == Some(&Token::Period)
                && here.bare(2).is_some()
                && here.token(3) == Some(&Token::LParen) =>
        {
            Some(Change::drop_to(here.after(2)))
        }
        "trim" => trim(here),
        "values" if here.is_compared_with_each() => Some(each_value(dialect, here)),
        "values" if dialect == Dialect::Trino => values(here),
        "search" | "cycle" if dialect == Dialect::Postgresql && here.previous() == Some(&Token::RParen) => {
            graph_order(here)
        }
        "mod" if dialect == Dialect::Mysql => modulo(here, calls),
        "for" if dialect == Dialect::Trino => version(here),
        "key" if dialect == Dialect::Trino && matches!(here.token(1), Some(Token::SingleQuotedString(_))) => {
            Some(Change::drop_to(here.after(1)))
        }
        "final" | "running"
            if dialect == Dialect::Trino
                && here.bare(1).is_some()
                && here.token(2) == Some(&Token::LParen) =>
        {
            Some(Change::drop_to(here.after(1)))
        }
        "null" | "error" | "true" | "false" | "unknown" | "empty" | "default" => json_handler(here),
        "with" | "without" => json_wrapper(here),
        "keep" | "omit" if here.bare(1).as_deref() == Some("quotes") => {
            let scalar = here.bare(2).as_deref() == Some("on") && here.bare(3).as_deref() == Some("scalar");
            Some(Change::drop_to(here.after(if scalar { 5 } else { 2 })))
        }
        _ => None,
    }
}

/// `(row).*`: the row says enough.
pub(super) fn row_star(dialect: Dialect, here: &Cursor<'_>) -> Option<Change> {
    let star = dialect == Dialect::Postgresql
        && here.here() == Some(&Token::Period)
        && matches!(here.previous(), Some(Token::RParen | Token::RBracket))
        && here.token(1) == Some(&Token::Mul);
    star.then(|| Change::drop_to(here.after(2)))
}

/// `TABLE t`: the parser loses what follows. As an argument it is a subquery.
fn table(dialect: Dialect, here: &Cursor<'_>) -> Option<Change> {
    let argument = matches!(here.previous(), Some(Token::RArrow | Token::Comma))
        || (dialect == Dialect::Bigquery && here.previous() == Some(&Token::LParen));
    if argument && matches!(dialect, Dialect::Bigquery | Dialect::Trino) {
        return table_argument(here);
    }
    if matches!(dialect, Dialect::Sqlite | Dialect::Bigquery)
        || !matches!(here.token(1), Some(Token::Word(_)))
    {
        return None;
    }
    let starts = match here.previous() {
        None | Some(Token::LParen | Token::RParen) => true,
        Some(token) => matches!(
            bare(token).as_deref(),
            Some("union" | "all" | "except" | "intersect" | "distinct" | "explain" | "verbose")
        ),
    };
    starts.then(|| Change::words(&["SELECT", "*", "FROM"], here.after(1)))
}

fn table_argument(here: &Cursor<'_>) -> Option<Change> {
    let skipped = 1 + usize::from(here.token(1) == Some(&Token::LParen));
    let mut end = here.at(skipped)?;
    let is_word = |token: Option<&Token>| matches!(token, Some(Token::Word(_)));
    if !is_word(here.get(end)) {
        return None;
    }
    while here.next_from(end, 1).and_then(|i| here.get(i)) == Some(&Token::Period) {
        end = here.next_from(end, 2)?;
    }
    let mut change = Change::words(&["(", "SELECT", "*", "FROM"], here.after(skipped));
    if skipped == 1 {
        change.later = vec![(end + 1, vec![Token::RParen])];
    }
    Some(change)
}

/// `FROM ONLY t`: the parser takes ONLY for the table and t for its alias.
fn only(here: &Cursor<'_>) -> Option<Change> {
    let names_a_table = here.previous() == Some(&Token::Comma)
        || matches!(here.previous_word().as_deref(), Some("from" | "join"));
    names_a_table.then(|| Change::drop_to(here.after(1)))
}

/// Window frame exclusion.
fn exclusion(here: &Cursor<'_>) -> Option<Change> {
    let words = match (here.bare(1)?.as_str(), here.bare(2).as_deref()) {
        ("ties" | "group", _) => 2,
        ("current", Some("row")) | ("no", Some("others")) => 3,
        _ => return None,
    };
    Some(Change::drop_to(here.after(words)))
}

/// SQLite compares any two values with IS.
fn is(here: &Cursor<'_>) -> Option<Change> {
    let negated = here.bare(1).as_deref() == Some("not");
    let operand = here.bare(1 + usize::from(negated));
    if matches!(operand.as_deref(), Some("null" | "true" | "false" | "distinct")) {
        return None;
    }
    let operator = if negated { "<>" } else { "=" };
    Some(Change::words(&[operator], here.after(1 + usize::from(negated))))
}

/// `GROUP BY DISTINCT …` and `GROUP BY ALL CUBE …`.
fn group_by(here: &Cursor<'_>) -> Option<Change> {
    if here.bare(1)? != "by" {
        return None;
    }
    let quantifier = here.bare(2)?;
    let sets = matches!(here.bare(3).as_deref(), Some("cube" | "rollup" | "grouping"))
        || here.token(3) == Some(&Token::LParen);
    let drops = quantifier == "distinct" || (quantifier == "all" && sets);
    drops.then(|| Change::words(&["GROUP", "BY"], here.after(3)))
}

/// `TRIM(LEADING FROM x)` and `TRIM(FROM x)`.
fn trim(here: &Cursor<'_>) -> Option<Change> {
    if here.token(1) != Some(&Token::LParen) {
        return None;
    }
    let side = here.bare(2)?;
    match side.as_str() {
        "from" => Some(Change::words(&["TRIM", "("], here.after(3))),
        "leading" | "trailing" | "both" if here.bare(3).as_deref() == Some("from") => {
            Some(Change::words(&["TRIM", "("], here.after(4)))
        }
        _ => None,
    }
}

/// `VALUES 1, 2`: rows of one column.
fn values(here: &Cursor<'_>) -> Option<Change> {
    let first = here.at(1)?;
    if here.get(first) == Some(&Token::LParen) {
        return None;
    }
    let mut later = Vec::new();
    let mut depth = 0_usize;
    let mut i = first;
    while let Some(token) = here.get(i) {
        match token {
            Token::LParen | Token::LBracket => depth += 1,
            Token::RParen | Token::RBracket if depth == 0 => break,
            Token::RParen | Token::RBracket => depth -= 1,
            Token::Comma if depth == 0 => {
                later.push((i, vec![Token::RParen]));
                later.push((i + 1, vec![Token::LParen]));
            }
            Token::Word(_) if depth == 0 && ends_values(token) => break,
            _ => {}
        }
        i += 1;
    }
    later.push((i, vec![Token::RParen]));
    Some(Change { with: vec![Token::make_word("VALUES", None), Token::LParen], next: first, later })
}

fn ends_values(token: &Token) -> bool {
    matches!(
        bare(token).as_deref(),
        Some("union" | "except" | "intersect" | "order" | "limit" | "offset" | "fetch")
    )
}

/// `FOR TIMESTAMP AS OF` and `FOR VERSION AS OF`.
fn version(here: &Cursor<'_>) -> Option<Change> {
    let kind = matches!(here.bare(1)?.as_str(), "timestamp" | "version");
    let as_of = here.bare(2).as_deref() == Some("as") && here.bare(3).as_deref() == Some("of");
    (kind && as_of).then(|| Change::words(&["FOR", "SYSTEM_TIME", "AS", "OF"], here.after(4)))
}

/// `NULL ON EMPTY`, `DEFAULT 0 ON ERROR` and their like in JSON functions.
fn json_handler(here: &Cursor<'_>) -> Option<Change> {
    let first = here.bare(0)?;
    let length = match first.as_str() {
        "default" => default_length(here)?,
        "empty" if matches!(here.bare(1).as_deref(), Some("array" | "object")) => 2,
        _ => 1,
    };
    let on = here.bare(length)? == "on" && matches!(here.bare(length + 1)?.as_str(), "empty" | "error");
    let ends = here.token(length + 2) == Some(&Token::RParen)
        || matches!(
            here.bare(length + 2).as_deref(),
            Some("null" | "error" | "true" | "false" | "default" | "empty")
        );
    (on && ends).then(|| Change::drop_to(here.after(length + 2)))
}

/// How many tokens `DEFAULT` and its literal are.
fn default_length(here: &Cursor<'_>) -> Option<usize> {
    let is_number = |token: Option<&Token>| matches!(token, Some(Token::Number(..)));
    match here.token(1)? {
        Token::Number(..) | Token::SingleQuotedString(_) => Some(2),
        Token::Minus if is_number(here.token(2)) => Some(3),
        _ if here.bare(1).as_deref() == Some("null") => Some(2),
        _ => None,
    }
}

/// `WITH UNCONDITIONAL ARRAY WRAPPER`.
fn json_wrapper(here: &Cursor<'_>) -> Option<Change> {
    let end = (1..=3).find(|i| here.bare(*i).as_deref() == Some("wrapper"))?;
    let between =
        (1..end).all(|i| matches!(here.bare(i).as_deref(), Some("conditional" | "unconditional" | "array")));
    between.then(|| Change::drop_to(here.after(end + 1)))
}

/// `= ANY (VALUES (1), (2))`.
fn each_value(dialect: Dialect, here: &Cursor<'_>) -> Change {
    let mut change = Change::words(&["SELECT", "*", "FROM", "("], here.after(1));
    let rows = if dialect == Dialect::Trino { values(here) } else { None };
    match rows {
        Some(rows) => {
            change.with.extend(rows.with);
            change.later = rows.later;
        }
        None => change.with.push(Token::make_word("VALUES", None)),
    }
    if let Some(end) = here.closing_around() {
        change.later.push((end, vec![Token::RParen]));
    }
    change
}

/// `SEARCH DEPTH FIRST BY a, b SET c` and `CYCLE a, b SET c USING d` after a CTE: names only.
fn graph_order(here: &Cursor<'_>) -> Option<Change> {
    let last_word = if here.bare(0)? == "search" { "set" } else { "using" };
    let end = (1..24).find(|i| here.bare(*i).as_deref() == Some(last_word))?;
    let names_only = (1..=end + 1).all(|i| {
        matches!(
            here.token(i),
            Some(Token::Word(_) | Token::Comma | Token::SingleQuotedString(_) | Token::Number(..))
        )
    });
    names_only.then(|| Change::drop_to(here.after(end + 2)))
}

/// `a MOD b`, which is also a function.
fn modulo(here: &Cursor<'_>, calls: bool) -> Option<Change> {
    let after_value = matches!(
        here.previous(),
        Some(Token::Number(..) | Token::RParen | Token::SingleQuotedString(_) | Token::DoubleQuotedString(_))
    );
    let infix =
        if calls { after_value } else { after_value || matches!(here.previous(), Some(Token::Word(_))) };
    infix.then(|| Change { with: vec![Token::Mod], next: here.after(1), later: Vec::new() })
}
