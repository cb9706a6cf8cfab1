use super::Lexer;
use crate::{Dialect, Reason, Refusal};

/// Hints of MySQL that only steer its optimizer; the others set variables or choose resource groups.
const MYSQL_HINTS: &[&str] = &[
    "bka",
    "no_bka",
    "bnl",
    "no_bnl",
    "derived_condition_pushdown",
    "no_derived_condition_pushdown",
    "group_index",
    "no_group_index",
    "hash_join",
    "no_hash_join",
    "index",
    "no_index",
    "index_merge",
    "no_index_merge",
    "join_fixed_order",
    "join_index",
    "no_join_index",
    "join_order",
    "join_prefix",
    "join_suffix",
    "max_execution_time",
    "merge",
    "no_merge",
    "mrr",
    "no_mrr",
    "no_icp",
    "no_range_optimization",
    "order_index",
    "no_order_index",
    "qb_name",
    "semijoin",
    "no_semijoin",
    "skip_scan",
    "no_skip_scan",
    "subquery",
];

impl Lexer<'_> {
    /// Skips a comment that starts here, and says whether there was one.
    pub(super) fn comment(&mut self) -> Result<bool, Refusal> {
        if self.starts_with("/*") {
            self.block_comment()?;
            return Ok(true);
        }
        let dashes = self.starts_with("--")
            && (!self.rules.dashes_need_blank
                || self.peek_at(2).is_none_or(|c| c.is_ascii_whitespace() || c.is_ascii_control()));
        if dashes || (self.rules.hash_comments && self.starts_with("#")) {
            self.line_comment()?;
            return Ok(true);
        }
        Ok(false)
    }

    fn line_comment(&mut self) -> Result<(), Refusal> {
        while let Some(c) = self.peek() {
            if c == '\n' {
                break;
            }
            // Some engines end the comment here and some do not.
            if c == '\r' && self.peek_at(1).is_some_and(|next| next != '\n') {
                return Err(self.refuse(
                    Reason::Text,
                    "a comment holds a carriage return, which databases read differently: use plain line ends",
                ));
            }
            self.bump();
        }
        Ok(())
    }

    fn block_comment(&mut self) -> Result<(), Refusal> {
        let start = self.place;
        let text = self.rest();
        let mut depth = 0_usize;
        loop {
            if self.starts_with("/*") && (depth == 0 || self.rules.nested_comments) {
                depth += 1;
                self.skip(2);
            } else if self.starts_with("*/") {
                depth -= 1;
                self.skip(2);
                if depth == 0 {
                    break;
                }
            } else if self.bump().is_none() {
                self.place = start;
                return Err(
                    self.refuse(Reason::Syntax, "a comment that starts here never ends: close it with `*/`")
                );
            }
        }
        let comment = &text[..text.len() - self.rest().len()];
        match comment.strip_prefix("/*+") {
            Some(hints) => self.hints(hints),
            None => Ok(()),
        }
    }

    /// A hint comment may steer the optimizer but not set anything.
    fn hints(&self, hints: &str) -> Result<(), Refusal> {
        let refused = |name: &str| {
            self.refuse(Reason::Clause, format!("the optimizer hint `{name}` may not be used: leave it out"))
        };
        let mut names = hints.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        match self.dialect {
            Dialect::Mysql => {
                let called = hints.split('(').filter_map(|before| {
                    before
                        .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                        .find(|word| !word.is_empty())
                });
                let calls = hints.matches('(').count();
                match called
                    .take(calls)
                    .find(|name| !MYSQL_HINTS.contains(&name.to_ascii_lowercase().as_str()))
                {
                    Some(name) => Err(refused(name)),
                    None => Ok(()),
                }
            }
            Dialect::Sqlite | Dialect::Postgresql | Dialect::Trino | Dialect::Bigquery => {
                match names.find(|name| name.to_ascii_lowercase().starts_with("set")) {
                    Some(name) => Err(refused(name)),
                    None => Ok(()),
                }
            }
        }
    }
}
