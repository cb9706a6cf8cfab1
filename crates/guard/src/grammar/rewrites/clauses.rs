//! Clauses the parser misreads or lacks.

use sqlparser::tokenizer::Token;

use super::{
    Change,
    cursor::{Cursor, bare},
};
use crate::Dialect;

pub(super) fn rewrite(dialect: Dialect, word: &str, here: &Cursor<'_>) -> Option<Change> {
    let calls = here.token(1) == Some(&Token::LParen);
    match word {
        "table" => table(dialect, here),
        "similar" | "escape" if here.enclosing_call().as_deref() == Some("substring") => {
            Some(Change::comma(here.after(1)))
        }
        "exclude" if dialect != Dialect::Bigquery && dialect != Dialect::Mysql => exclusion(here),
        "is" if dialect == Dialect::Sqlite => is(here),
        "isnull"
            if matches!(dialect, Dialect::Sqlite | Dialect::Postgresql)
                && !calls
                && here.previous_word().as_deref() != Some("as") =>
        {
            Some(Change::words(&["IS", "NULL"], here.after(1)))
        }
        "not" if dialect == Dialect::Sqlite => sqlite_not(here),
        "indexed" if dialect == Dialect::Sqlite && here.bare(1).as_deref() == Some("by") => {
            Some(Change::drop_to(here.after(3)))
        }
        "materialized"
            if dialect == Dialect::Sqlite && here.previous_word().as_deref() == Some("as") && calls =>
        {
            Some(Change::drop_to(here.after(1)))
        }
        "in" if dialect == Dialect::Sqlite && !calls => in_table(here),
        "distinct" if here.previous() == Some(&Token::VerticalBarRightAngleBracket) => {
            Some(Change::words(&["WHERE", "TRUE"], here.after(1)))
        }
        "group" => group_by(here),
        "trim" => trim(here),
        "symmetric" | "asymmetric" if here.previous_word().as_deref() == Some("between") => {
            Some(Change::drop_to(here.after(1)))
        }
        "at" if here.bare(1).as_deref() == Some("local") => {
            let mut change = Change::words(&["AT", "TIME", "ZONE"], here.after(2));
            change.with.push(Token::SingleQuotedString("local".to_owned()));
            Some(change)
        }
        // A list, an array or a subquery of patterns.
        "like" | "ilike" if matches!(here.bare(1).as_deref(), Some("any" | "all" | "some")) => {
            Some(Change::words(&["IN"], here.after(2)))
        }
        "corresponding" => corresponding(here),
        "collate" if matches!(dialect, Dialect::Sqlite | Dialect::Postgresql | Dialect::Mysql) => {
            collation(here)
        }
        "for" if matches!(dialect, Dialect::Trino | Dialect::Bigquery) => version(here),
        _ => None,
    }
}

/// `NOT GLOB`, `NOT INDEXED` and `AS NOT MATERIALIZED` of SQLite.
fn sqlite_not(here: &Cursor<'_>) -> Option<Change> {
    match here.bare(1)?.as_str() {
        "glob" | "regexp" | "match" => Some(Change::drop_to(here.after(1))),
        "indexed" => Some(Change::drop_to(here.after(2))),
        "materialized" if here.previous_word().as_deref() == Some("as") => {
            Some(Change::drop_to(here.after(2)))
        }
        _ => None,
    }
}

/// `x IN t` and `x IN f(y)` of SQLite.
fn in_table(here: &Cursor<'_>) -> Option<Change> {
    let mut end = here.at(1)?;
    if !matches!(here.get(end), Some(Token::Word(_))) {
        return None;
    }
    while here.next_from(end, 1).and_then(|i| here.get(i)) == Some(&Token::Period) {
        end = here.next_from(end, 2)?;
    }
    if let Some(open) = here.next_from(end, 1)
        && here.get(open) == Some(&Token::LParen)
    {
        end = here.closing(open)?;
    }
    let mut change = Change::words(&["IN", "(", "SELECT", "*", "FROM"], here.after(1));
    change.later = vec![(end + 1, vec![Token::RParen])];
    Some(change)
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

/// `UNION CORRESPONDING BY (a, b)`.
fn corresponding(here: &Cursor<'_>) -> Option<Change> {
    let combines =
        matches!(here.previous_word()?.as_str(), "union" | "intersect" | "except" | "all" | "distinct");
    match here.bare(1)?.as_str() {
        "by" if combines => here.drop_names(2),
        "select" | "values" | "table" if combines => Some(Change::drop_to(here.after(1))),
        _ => None,
    }
}

/// `COLLATE schema.name`, which the parser binds too loosely.
fn collation(here: &Cursor<'_>) -> Option<Change> {
    match here.token(1)? {
        Token::Word(_) if here.token(2) == Some(&Token::Period) => Some(Change::drop_to(here.after(4))),
        Token::Word(_) | Token::SingleQuotedString(_) => Some(Change::drop_to(here.after(2))),
        _ => None,
    }
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

/// `FOR TIMESTAMP AS OF`, `FOR VERSION AS OF` and `FOR SYSTEM TIME AS OF`.
fn version(here: &Cursor<'_>) -> Option<Change> {
    let words = match (here.bare(1)?.as_str(), here.bare(2)?.as_str()) {
        ("timestamp" | "version", _) => 1,
        ("system", "time") => 2,
        _ => return None,
    };
    let as_of =
        here.bare(words + 1).as_deref() == Some("as") && here.bare(words + 2).as_deref() == Some("of");
    as_of.then(|| Change::words(&["FOR", "SYSTEM_TIME", "AS", "OF"], here.after(words + 3)))
}
