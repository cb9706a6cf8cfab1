//! What a text may not hold, whatever it says.

use crate::{Dialect, Position, Reason, Refusal};

/// The longest statement, in bytes.
pub(crate) const LONGEST: usize = 20 * 1024;

pub(crate) fn check(dialect: Dialect, sql: &str) -> Result<(), Refusal> {
    if sql.trim().is_empty() {
        return Err(Refusal::new(Reason::Text, "the statement is empty: write a query"));
    }
    if sql.len() > LONGEST {
        return Err(Refusal::new(
            Reason::Text,
            format!("the statement is longer than {} KB: write it more simply", LONGEST / 1024),
        ));
    }
    let control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}');
    if let Some(offset) = sql.find(control) {
        return Err(Refusal::new(Reason::Text, "the statement holds a control character: delete it")
            .at(position(sql, offset)));
    }
    // MySQL and MariaDB run what is in such a comment.
    if dialect == Dialect::Mysql
        && let Some(offset) = ["/*!", "/*M!", "/*m!"].iter().filter_map(|mark| sql.find(mark)).min()
    {
        return Err(Refusal::new(
            Reason::Text,
            "comments that start with `/*!` or `/*M!` may be executed by the database: leave them out",
        )
        .at(position(sql, offset)));
    }
    Ok(())
}

fn position(sql: &str, offset: usize) -> Position {
    let before = &sql[..offset];
    let line = before.matches('\n').count() as u64 + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u64 + 1;
    Position { line, column }
}
