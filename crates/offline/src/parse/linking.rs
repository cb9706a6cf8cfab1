//! Verbs that say no more than that two things belong together: "students who take courses".

use sqlatte_core::ReadingKind;

use super::{Parser, nouns::Noun};
use crate::{lexicon::Target, model::TableId, query::Quantity, words};

/// Words between a verb and its object.
const BETWEEN: &[&str] = &[
    "in", "for", "to", "at", "with", "from", "of", "on", "by", "as", "a", "an", "the", "any", "some",
    "their", "his", "her", "all",
];

impl Parser<'_> {
    /// A verb without a meaning of its own before the table, value or number it links to.
    pub(super) fn linking_verb(&mut self) -> bool {
        let Some(token) = self.tokens.get(self.at) else { return false };
        let links_nouns = words::is_linking_verb(&token.stem)
            && self.links_at(self.at).is_empty()
            && (self.query.head.is_some()
                || !self.query.columns.is_empty()
                || !self.query.measures.is_empty());
        if !links_nouns {
            return false;
        }
        let start = self.at;
        let object_at = self.past(start + 1, BETWEEN);
        let main = self.main_table();
        if let Some(phrase) = self.noun_phrase(object_at, false)
            && let Noun::Table(object) = phrase.noun
        {
            let related = main.is_some_and(|main| main == object || self.only_related(main, object));
            let measured = !self.query.measures.is_empty() || self.query.share.is_some();
            if !related {
                return false;
            }
            self.doubt(0.95);
            let negated = std::mem::take(&mut self.negate);
            if main == Some(object) || (measured && !negated) || self.value_of_table(phrase.end, object) {
                self.negate = negated;
                self.take(1);
                return true;
            }
            let quantity = if negated { Quantity::None } else { Quantity::Some };
            let name = self.setting.model.tables[object].name();
            self.note(
                ReadingKind::Filter,
                start,
                phrase.end,
                format!("{} {name}", if negated { "no" } else { "with" }),
            );
            self.relate(object, None, quantity);
            self.take_adjectives(&phrase);
            self.take_to(phrase.end);
            return true;
        }
        let value = self.links_at(object_at).iter().any(|link| matches!(link.target, Target::Value(..)));
        let counted = self.amount_at(object_at).is_some()
            || self.number_at(object_at).is_some()
            || matches!(self.word_at(object_at), "most" | "least" | "fewest" | "more" | "both" | "either");
        let dated = self
            .tokens
            .get(object_at..)
            .and_then(|tokens| crate::dates::read(tokens, self.setting.today))
            .is_some();
        // "the activities Mark Giuliano is involved in"
        let ends = self.tokens.get(object_at).is_none_or(|token| token.kind == crate::token::TokenKind::Mark)
            && matches!(self.before(1), "is" | "are" | "was" | "were" | "has" | "have" | "been" | "of");
        if !(value || counted || dated || ends) || self.negate {
            return false;
        }
        self.doubt(0.95);
        self.take_to(if ends { object_at } else { start + 1 });
        true
    }

    /// Whether a value of this table follows: "in the department Physics".
    fn value_of_table(&self, at: usize, table: TableId) -> bool {
        self.links_at(at)
            .iter()
            .any(|link| matches!(link.target, Target::Value(column, _) if self.column(column).table == table))
    }

    /// Whether two tables are related in one way only: directly, or through one table between them.
    pub(super) fn only_related(&self, left: TableId, right: TableId) -> bool {
        let model = self.setting.model;
        let direct = model
            .edges
            .iter()
            .filter(|edge| (edge.from, edge.to) == (left, right) || (edge.from, edge.to) == (right, left))
            .count();
        let between = (0..model.tables.len())
            .filter(|&id| {
                let leads = |to: TableId| model.edges.iter().any(|edge| edge.from == id && edge.to == to);
                id != left && id != right && leads(left) && leads(right)
            })
            .count();
        match direct {
            0 => between == 1,
            1 => true,
            _ => false,
        }
    }
}
