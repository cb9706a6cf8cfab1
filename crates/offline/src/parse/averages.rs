//! Comparing with the average of all rows, or with one of them by its name.

use sqlatte_core::ReadingKind;

use super::{Parser, nouns::Noun};
use crate::{
    lexicon::Target,
    query::{Comparison, Filter, Operand, Ref},
    words,
};

impl Parser<'_> {
    /// "above average", "than the average salary", "more expensive than average".
    pub(super) fn against_average(&mut self) -> bool {
        let start = self.at;
        let (comparison, quality, at) = match self.words4(start) {
            ["above" | "over", "average", ..] => (Comparison::More, None, start + 1),
            ["below" | "under", "average", ..] => (Comparison::Less, None, start + 1),
            ["above" | "over", "the" | "their", "average", _] => (Comparison::More, None, start + 2),
            ["below" | "under", "the" | "their", "average", _] => (Comparison::Less, None, start + 2),
            ["more", "expensive", "than", _] => (Comparison::More, Some(words::Quality::Price), start + 3),
            ["less", "expensive", "than", _] => (Comparison::Less, Some(words::Quality::Price), start + 3),
            [word, "than", ..] => match (words::comparative(word), word) {
                (Some((quality, more)), _) => {
                    (if more { Comparison::More } else { Comparison::Less }, Some(quality), start + 2)
                }
                (None, "more" | "higher" | "greater" | "larger" | "better") => {
                    (Comparison::More, None, start + 2)
                }
                (None, "less" | "lower" | "smaller" | "fewer" | "worse") => {
                    (Comparison::Less, None, start + 2)
                }
                _ => return false,
            },
            _ => return false,
        };
        let at = self.past(at, &["the", "their", "our"]);
        if !matches!(self.word_at(at), "average" | "mean" | "avg") {
            return false;
        }
        let mut end = at + 1;
        let named = self.noun_phrase(end, true);
        let mut operand = None;
        match named.as_ref().map(|phrase| phrase.noun) {
            Some(Noun::Column(column)) if self.column(column.column).is_quantity() => {
                operand = Some(Operand::Column(column));
                end = named.as_ref().map_or(end, |phrase| phrase.end);
            }
            Some(Noun::Age(column)) => {
                operand = Some(Operand::Age(column));
                end = named.as_ref().map_or(end, |phrase| phrase.end);
            }
            Some(Noun::Table(table)) if Some(table) == self.head_table() => {
                end = named.as_ref().map_or(end, |phrase| phrase.end)
            }
            _ => {}
        }
        if matches!(
            self.words4(end),
            ["of" | "in" | "for", "their" | "its" | "each" | "every" | "same", ..]
                | ["of" | "in" | "for", "the", "same", _]
        ) {
            self.trouble.get_or_insert_with(|| "it compares with the average of each group".to_owned());
        }
        let table = self.head_table().or(self.focus);
        let by_quality = quality.and_then(|quality| self.quality_column(quality, table?)).map(|column| {
            if self.column(column).is_birth {
                Operand::Age(Ref::new(column))
            } else {
                Operand::Column(Ref::new(column))
            }
        });
        let said_before = self.last_column.filter(|column| self.column(column.column).is_quantity());
        let Some(operand) = by_quality.or(operand).or(said_before.map(Operand::Column)) else { return false };
        if let Operand::Column(column) = operand
            && Some(column) == said_before
        {
            self.unask(column);
        }
        self.note(
            ReadingKind::Filter,
            start,
            end,
            format!("{0} {1} AVG({0})", self.describe_operand(operand), comparison.symbol()),
        );
        self.take_to(end);
        let table = self.operand_table(operand);
        self.add_filter(Filter::Average { column: operand, comparison }, table);
        true
    }

    /// "cheaper than House Espresso": the figure of the row of that name, in the table that is asked about.
    pub(super) fn against_named(&mut self) -> bool {
        let start = self.at;
        let (quality, more, at) = match self.words4(start) {
            ["more", "expensive", "than", _] => (words::Quality::Price, true, start + 3),
            ["less", "expensive", "than", _] => (words::Quality::Price, false, start + 3),
            [word, "than", ..] => match words::comparative(word) {
                Some((quality, more)) => (quality, more, start + 2),
                None => return false,
            },
            _ => return false,
        };
        let Some(table) = self.head_table().filter(|_| self.scope.is_none() && !self.negate) else {
            return false;
        };
        let at = self.past(at, &["the", "our"]);
        let labels = &self.setting.model.tables[table].labels;
        let names = self.best_links(
            at,
            |target| matches!(target, Target::Value(column, _) if labels == std::slice::from_ref(column)),
        );
        let [link] = names.as_slice() else { return false };
        let Target::Value(label, value) = link.target else { return false };
        let end = at + link.length;
        let Some(column) = self
            .quality_column(quality, table)
            .filter(|&column| self.column(column).table == table && self.column(column).is_quantity())
        else {
            return false;
        };
        let comparison = if more { Comparison::More } else { Comparison::Less };
        let name = self.setting.values.text(value).to_owned();
        let described = self.setting.model.column_name(column);
        self.note(
            ReadingKind::Filter,
            start,
            end,
            format!("{described} {} {described} of “{name}”", comparison.symbol()),
        );
        self.take_to(end);
        self.add_filter(Filter::Named { column: Ref::new(column), comparison, label, name }, Some(table));
        true
    }
}
