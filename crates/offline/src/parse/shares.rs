//! Shares: "what percentage of orders are online", "share of revenue by channel".

use sqlatte_core::ReadingKind;

use super::{Parser, SharePart, nouns::Noun};
use crate::query::{Filter, Function, Head, Measure, Operand, Share};

impl Parser<'_> {
    pub(super) fn share(&mut self) -> bool {
        if matches!(self.word(0), "share" | "percentage" | "shares" | "percentages")
            && matches!(self.word(1), "of" | "by" | "per" | "for")
            && self.query.measures.len() == 1
            && self.query.share.is_none()
            && matches!(self.word(2), "each" | "every" | "all")
        {
            // "the revenue share of each channel"
            if let Some(of) = self.query.measures.pop() {
                self.take(1);
                self.set_share(Share { of, part: Vec::new() });
                self.head_first = false;
                return true;
            }
        }
        if !matches!(self.word(0), "percentage" | "percent" | "share" | "proportion" | "fraction" | "ratio")
            || self.word(1) != "of"
            || self.query.share.is_some()
        {
            return false;
        }
        if !self.links_at(self.at).is_empty() && self.word(0) == "share" && self.query.head.is_some() {
            return false;
        }
        let start = self.at;
        let at = self.past(start + 2, &["all", "the", "our", "total", "number", "of", "overall"]);
        let dated = self
            .tokens
            .get(at..)
            .and_then(|tokens| crate::dates::read(tokens, self.setting.today))
            .filter(|date| self.noun_phrase(at + date.length, true).is_some());
        let at = at + dated.as_ref().map_or(0, |date| date.length);
        let Some(phrase) = self.noun_phrase(at, true) else { return false };
        let of = match phrase.noun {
            Noun::Table(table) => Measure::count(table),
            Noun::Concept(concept) => Measure::new(Function::Sum, Operand::Concept(concept)),
            Noun::Column(column) if self.column(column.column).is_quantity() => {
                Measure::new(Function::Sum, Operand::Column(column))
            }
            _ => return false,
        };
        self.take_to(phrase.end);
        if let Some(date) = dated {
            // "share of the 2025 revenue"
            self.query.filters.push(Filter::Period { column: None, spans: vec![date.span], negated: false });
        }
        let predicate = (phrase.end..self.tokens.len()).find(|&at| {
            matches!(
                self.word_at(at),
                "are"
                    | "is"
                    | "were"
                    | "was"
                    | "who"
                    | "that"
                    | "have"
                    | "has"
                    | "come"
                    | "comes"
                    | "came"
                    | "did"
                    | "had"
                    | "do"
                    | "does"
                    | "which"
            )
        });
        if let Noun::Table(table) = phrase.noun {
            self.query.head = Some(Head::Table(table));
        }
        self.focus = self.measure_table(&of);
        self.note(ReadingKind::Metric, start, phrase.end, format!("share of {}", self.describe_measure(&of)));
        self.set_share(Share { of, part: Vec::new() });
        // "percentage of online orders that were cancelled": the adjective belongs to the whole
        self.in_share = Some(if predicate.is_some() { SharePart::Whole } else { SharePart::Part });
        for (filter, table, from, to) in phrase.adjectives {
            self.note_filter(&filter, from, to);
            self.add_filter(filter, Some(table));
        }
        self.share_part_from = predicate.unwrap_or(phrase.end);
        true
    }

    /// Moves on to the part when its words begin.
    pub(super) fn mind_share(&mut self) {
        if self.in_share == Some(SharePart::Whole) && self.at >= self.share_part_from {
            self.in_share = Some(SharePart::Part);
        }
    }

    /// Whether a filter of a share says anything about the part.
    pub(super) fn share_is_whole(&self) -> bool {
        self.query.share.as_ref().is_some_and(|share| share.part.is_empty())
    }

    pub(super) fn filters_mention_period(&self) -> bool {
        self.query.filters.iter().any(|filter| matches!(filter, Filter::Period { .. }))
    }
}
