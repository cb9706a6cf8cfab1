//! Patterns that take the engine years to tell that they do not match.

use sqlparser::ast::Expr;

use super::{Walk, Walker, sizes::text};
use crate::{Dialect, Reason, Refusal};

/// The most `%` or `*` of a pattern in engines that try every way to place them.
const MOST_WILDCARDS: usize = 10;

impl Walker<'_> {
    /// Refuses `(a+)+` and `(a|a)*`, which engines that backtrack try in exponentially many ways.
    pub(super) fn must_not_backtrack(&self, pattern: &Expr) -> Walk {
        let backtracks = match self.dialect() {
            Dialect::Sqlite | Dialect::Postgresql | Dialect::Mysql | Dialect::Trino => true,
            Dialect::Bigquery => false,
        };
        if backtracks && text(pattern).is_some_and(|pattern| repeats_a_repetition(&pattern)) {
            return Err(Refusal::new(
                Reason::Cost,
                "a pattern that repeats a repetition, such as `(a+)+`, may never end: write it simpler",
            ));
        }
        Ok(())
    }

    pub(super) fn must_have_few_wildcards(&self, pattern: &Expr) -> Walk {
        let many = self.dialect() == Dialect::Sqlite
            && text(pattern).is_some_and(|pattern| {
                let parts = pattern.split(['%', '*']).filter(|part| !part.is_empty());
                parts.count() > MOST_WILDCARDS
            });
        if many {
            return Err(Refusal::new(
                Reason::Cost,
                "a pattern with so many wildcards may never end: use fewer",
            ));
        }
        Ok(())
    }
}

/// Whether a repeated group holds nothing but one repetition, or two alternatives that are the same.
fn repeats_a_repetition(pattern: &str) -> bool {
    let mut rest = pattern;
    while let Some(start) = rest.find('(') {
        rest = &rest[start + 1..];
        let Some(end) = rest.find([')', '(']) else { return false };
        if !rest[end..].starts_with(')') {
            continue;
        }
        let group = rest[..end].trim_start_matches("?:");
        let repeated = rest[end + 1..].starts_with(['+', '*']) || rest[end + 1..].starts_with("{");
        if repeated && (is_one_repetition(group) || has_equal_alternatives(group)) {
            return true;
        }
    }
    false
}

/// Whether a group is one character, class or escape and a `+` or `*`.
fn is_one_repetition(group: &str) -> bool {
    let Some(atom) = group.strip_suffix(['+', '*']) else { return false };
    let class = atom.starts_with('[') && atom.find(']') == Some(atom.len() - 1);
    let escape = atom.starts_with('\\') && atom.trim_start_matches('\\').chars().count() == 1;
    class || escape || atom.chars().count() == 1
}

fn has_equal_alternatives(group: &str) -> bool {
    let alternatives: Vec<&str> = group.split('|').collect();
    alternatives.iter().enumerate().any(|(i, one)| alternatives[..i].contains(one))
}
