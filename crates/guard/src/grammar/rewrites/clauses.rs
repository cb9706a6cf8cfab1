//! Clauses the parser misreads or lacks.

use sqlparser::tokenizer::Token;

use super::{
    Change,
    cursor::{Cursor, bare},
    json,
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
        // `ROWS FROM (f(…), g(…))`: the parser knows the same list of functions as UNNEST.
        "rows"
            if dialect == Dialect::Postgresql
                && here.bare(1).as_deref() == Some("from")
                && here.token(2) == Some(&Token::LParen) =>
        {
            Some(Change::words(&["UNNEST"], here.after(2)))
        }
        "similar" | "escape" if here.enclosing_call().as_deref() == Some("substring") => {
            Some(Change { with: vec![Token::Comma], next: here.after(1), later: Vec::new() })
        }
        "document" | "content"
            if here.is_after_call_of("xmlparse") || here.is_after_call_of("xmlserialize") =>
        {
            Some(Change::drop_to(here.after(1)))
        }
        "document" if matches!(here.previous_word().as_deref(), Some("is" | "not")) => {
            Some(Change::words(&["NULL"], here.after(1)))
        }
        "subset" if dialect == Dialect::Trino => subset(here),
        "passing" if here.is_in_json_call() => {
            Some(Change { with: vec![Token::Comma], next: here.after(1), later: Vec::new() })
        }
        "as" if matches!(dialect, Dialect::Postgresql | Dialect::Trino)
            && matches!(here.token(1), Some(Token::Word(_)))
            && (here.is_in_json_call() || here.enclosing_call().as_deref() == Some("xmlserialize")) =>
        {
            Some(Change::drop_to(here.after(2)))
        }
        "exclude" if dialect != Dialect::Bigquery && dialect != Dialect::Mysql => exclusion(here),
        "is" if dialect == Dialect::Sqlite => is(here),
        "isnull" if matches!(dialect, Dialect::Sqlite | Dialect::Postgresql) && !calls => {
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
        "interval" if dialect == Dialect::Mysql && calls => interval_function(here),
        "sounds" if dialect == Dialect::Mysql && here.bare(1).as_deref() == Some("like") => {
            Some(Change::drop_to(here.after(1)))
        }
        "symmetric" | "asymmetric" if here.previous_word().as_deref() == Some("between") => {
            Some(Change::drop_to(here.after(1)))
        }
        "at" if here.bare(1).as_deref() == Some("local") => {
            let mut change = Change::words(&["AT", "TIME", "ZONE"], here.after(2));
            change.with.push(Token::SingleQuotedString("local".to_owned()));
            Some(change)
        }
        "name" if here.is_after_call_of("xmlelement") && matches!(here.token(1), Some(Token::Word(_))) => {
            Some(Change::drop_to(here.after(1)))
        }
        "as" if dialect == Dialect::Postgresql && here.is_after_using() => {
            Some(Change::drop_to(here.after(2)))
        }
        "for" if matches!(dialect, Dialect::Trino | Dialect::Bigquery) => version(here),
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
        "null" | "error" | "true" | "false" | "unknown" | "empty" | "default" => json::handler(here),
        "with" | "without" => json::wrapper(here),
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

/// `JOIN (a, b)` of MySQL: a comma is a join.
pub(super) fn comma_join(dialect: Dialect, here: &Cursor<'_>) -> Option<Change> {
    let joins =
        dialect == Dialect::Mysql && here.here() == Some(&Token::Comma) && here.is_in_names_after_join();
    joins.then(|| Change::words(&["CROSS", "JOIN"], here.after(1)))
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

/// `INTERVAL(a, b, c)` of MySQL is a function, which a quoted name tells from the literal.
fn interval_function(here: &Cursor<'_>) -> Option<Change> {
    let open = here.at(1)?;
    let close = here.closing(open)?;
    let mut depth = 0_usize;
    let listed = (open..close).filter_map(|i| here.get(i)).any(|token| {
        match token {
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            _ => {}
        }
        depth == 1 && *token == Token::Comma
    });
    listed.then(|| Change {
        with: vec![Token::make_word("interval", Some('`'))],
        next: open,
        later: Vec::new(),
    })
}

/// `SUBSET u = (a, b)` before the definitions of a row pattern: names only.
fn subset(here: &Cursor<'_>) -> Option<Change> {
    let end = (1..40).find(|i| here.bare(*i).as_deref() == Some("define"))?;
    let names_only = (1..end).all(|i| {
        matches!(
            here.token(i),
            Some(Token::Word(_) | Token::Eq | Token::Comma | Token::LParen | Token::RParen)
        )
    });
    names_only.then(|| Change::drop_to(here.after(end)))
}
