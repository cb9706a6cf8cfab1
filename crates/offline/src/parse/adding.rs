//! What a rule does when it fits: take words as read, note how, add to the query.

use sqlatte_core::{Reading, ReadingKind};

use super::{Parser, SharePart};
use crate::{
    model::TableId,
    query::{Filter, Group, Having, Measure, Rank, Ref, Share, Sort},
    token::TokenKind,
};

impl Parser<'_> {
    /// Takes the next `count` tokens as read.
    pub(super) fn take(&mut self, count: usize) {
        self.take_to(self.at + count);
    }

    pub(super) fn take_to(&mut self, end: usize) {
        let end = end.min(self.tokens.len());
        for read in self.read.iter_mut().take(end).skip(self.at) {
            *read = true;
        }
        self.at = self.at.max(end);
    }

    /// Notes how the words from `start` to `end` were read.
    pub(super) fn note(&mut self, kind: ReadingKind, start: usize, end: usize, meaning: String) {
        self.keep_reading(Reading::new(kind, self.phrase(start, end), meaning));
    }

    /// Notes what was taken for granted where the words from `start` to `end` do not say it.
    pub(super) fn assume(&mut self, kind: ReadingKind, start: usize, end: usize, meaning: String) {
        self.keep_reading(Reading::assumed(kind, self.phrase(start, end), meaning));
    }

    fn keep_reading(&mut self, reading: Reading) {
        let Reading { phrase, meaning, .. } = &reading;
        let known = self
            .readings
            .iter()
            .any(|known| known.meaning == *meaning && known.phrase.eq_ignore_ascii_case(phrase));
        if !known && !phrase.is_empty() && !phrase.eq_ignore_ascii_case(meaning) {
            self.readings.push(reading);
        }
    }

    pub(super) fn phrase(&self, start: usize, end: usize) -> String {
        let mut phrase = String::new();
        for token in self.tokens.iter().take(end).skip(start) {
            if !phrase.is_empty() && token.kind != TokenKind::Mark {
                phrase.push(' ');
            }
            phrase.push_str(&token.text);
        }
        phrase
    }

    pub(super) fn doubt(&mut self, factor: f64) {
        self.confidence *= factor;
    }

    /// Adds a condition where it belongs; `table` is the one its column is in.
    pub(super) fn add_filter(&mut self, filter: Filter, table: Option<TableId>) {
        let is_period = matches!(filter, Filter::Period { .. });
        if self.in_share == Some(SharePart::Part)
            && self.scope.is_none()
            && !is_period
            && let Some(share) = &mut self.query.share
        {
            share.part.push(filter);
            return;
        }
        let main = self.main_table();
        let model = self.setting.model;
        let within = self.scope.and_then(|scope| match self.query.filters.get_mut(scope) {
            Some(Filter::Relation(relation)) => Some(relation),
            _ => None,
        });
        if let Some(relation) = within {
            let belongs = match (table, main) {
                (None, _) | (_, None) => true,
                (Some(table), Some(main)) => {
                    model.distance(relation.table, table) <= model.distance(main, table)
                        && (table != main || relation.table == main)
                }
            };
            if belongs {
                relation.filters.push(filter);
                return;
            }
        }
        self.query.filters.push(filter);
        if self.alternative {
            self.join_alternatives();
        }
    }

    pub(super) fn add_measure(&mut self, measure: Measure) {
        if self.query.measures.is_empty() && self.query.head.is_some() && !self.query.counted {
            self.head_first = true;
        }
        if !self.query.measures.contains(&measure) {
            self.query.measures.push(measure);
        }
    }

    pub(super) fn add_group(&mut self, group: Group, per_each: bool) {
        if !self.query.groups.contains(&group) {
            self.query.groups.push(group);
            self.per_each.push(per_each);
        }
    }

    pub(super) fn add_column(&mut self, column: Ref) {
        self.last_column_is_new = !self.query.columns.contains(&column);
        if self.last_column_is_new {
            self.column_after_measure |= !self.query.measures.is_empty();
            self.query.columns.push(column);
        }
    }

    /// Takes back a column that was only said for its condition: "whose price is over 100".
    pub(super) fn unask(&mut self, column: Ref) {
        if self.last_column == Some(column) && self.last_column_is_new {
            self.query.columns.retain(|other| *other != column);
            self.last_column_is_new = false;
        }
    }

    pub(super) fn set_rank(&mut self, rank: Rank) {
        if self.query.rank.is_some() {
            // two rankings in one question are more than this grammar knows
            self.trouble.get_or_insert_with(|| "it asks for two rankings at once".to_owned());
            return;
        }
        self.query.rank = Some(rank);
    }

    pub(super) fn add_having(&mut self, having: Having) {
        self.query.having.push(having);
    }

    pub(super) fn add_sort(&mut self, sort: Sort) {
        self.query.sort.push(sort);
    }

    pub(super) fn set_share(&mut self, share: Share) {
        self.query.share = Some(share);
    }
}
