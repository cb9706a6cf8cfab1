//! What a follow-up changes of the question before without naming it.

use super::Parser;
use crate::{
    dates::Grain,
    query::{Comparison, Function},
    token::Token,
};

/// Which parts of an earlier question a follow-up speaks about.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Replaced {
    /// Only the direction and size of a ranking: "and the bottom five?".
    pub(crate) direction: Option<(bool, Option<u64>)>,
    /// Only the function of an aggregate: "and the maximum?".
    pub(crate) function: Option<Function>,
    /// Only how many are shown: "make it 10".
    pub(crate) limit: Option<u64>,
    /// Only the period, one step back: "and the year before?".
    pub(crate) earlier: Option<Grain>,
    /// Only which groups are shown, by their figure: "only those above 1000".
    pub(crate) bound: Option<Bound>,
    /// It begins with "and" or "also".
    pub(crate) adds: bool,
    /// What was counted is listed: "list them".
    pub(crate) listed: bool,
}

impl Replaced {
    /// What the first word says.
    pub(super) fn begun(tokens: &[Token]) -> Self {
        let adds = tokens.first().is_some_and(|token| matches!(token.word.as_str(), "and" | "also" | "plus"));
        Replaced { adds, ..Replaced::default() }
    }
}

/// Between which numbers a figure must lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bound {
    pub(crate) comparison: Comparison,
    pub(crate) number: f64,
    /// The upper end of "between 10 and 20".
    pub(crate) to: Option<f64>,
}

impl Parser<'_> {
    /// "Them", "those", "that", "it", "same", "instead": about the question before.
    pub(super) fn back_reference(&self) -> bool {
        if !self.fragment {
            return false;
        }
        matches!(
            self.word(0),
            "them"
                | "those"
                | "these"
                | "that"
                | "it"
                | "same"
                | "instead"
                | "again"
                | "this"
                | "ones"
                | "one"
                | "else"
                | "but"
                | "now"
                | "if"
                | "ok"
                | "how"
                | "about"
                | "what"
                | "just"
                | "only"
                | "also"
                | "too"
                | "filter"
                | "limit"
                | "restrict"
                | "break"
                | "down"
                | "split"
        )
    }
}
