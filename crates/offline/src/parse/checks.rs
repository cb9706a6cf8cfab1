//! What must hold of a question that was read: nothing lost, nothing that no row can fulfil.

use sqlatte_core::{Reading, ReadingKind};

use super::Parser;
use crate::{
    model::TableId,
    query::{Figure, Filter, Group},
    token::TokenKind,
};

impl Parser<'_> {
    /// "with beans from Ethiopia": "beans" stands in the comment of the column that Ethiopia is a value of.
    pub(super) fn accept_comment_words(&mut self) {
        let mut comments = String::new();
        for filter in &self.query.filters {
            if let Filter::OneOf { column, .. } | Filter::Truth { column, .. } = filter {
                comments.push_str(&self.column(column.column).comment);
                comments.push(' ');
            }
        }
        if comments.is_empty() {
            return;
        }
        let known: Vec<String> =
            crate::token::tokenise(&comments).into_iter().map(|token| token.norm).collect();
        for (at, token) in self.tokens.iter().enumerate() {
            let is_content = token.kind == TokenKind::Word
                && token.word.len() > 3
                && !crate::words::is_grammar(&token.word)
                && !crate::words::is_closed(&token.word);
            let has_value_near = (at.saturating_sub(3)..at + 4).any(|near| {
                self.links_at(near)
                    .iter()
                    .any(|link| matches!(link.target, crate::lexicon::Target::Value(..)))
            });
            let said_of_rows = at > 0
                && matches!(
                    self.word_at(at - 1),
                    "have" | "has" | "no" | "without" | "a" | "an" | "by" | "per"
                );
            if !self.read[at] && is_content && has_value_near && !said_of_rows && known.contains(&token.norm)
            {
                self.read[at] = true;
                self.confidence *= 0.85;
            }
        }
    }

    /// A table that was named must be what is listed, counted, grouped by or asked about; or one that every row
    /// has anyway.
    pub(super) fn check_named_tables(&mut self) {
        let used = crate::usage::tables(&self.query, self.setting.model);
        let mains: Vec<TableId> = self
            .query
            .head
            .and_then(|head| self.table_of_head(head))
            .into_iter()
            .chain(self.query.measures.iter().filter_map(|measure| self.measure_table(measure)))
            .chain(self.query.share.iter().filter_map(|share| self.measure_table(&share.of)))
            .chain(self.query.rank.iter().filter_map(|rank| match &rank.by {
                Figure::Measure(measure) => self.measure_table(measure),
                Figure::Plain(_) => None,
            }))
            .collect();
        let lost = self.beside.iter().find(|(table, ..)| {
            !used.contains(table) && !mains.iter().any(|main| self.setting.model.always_has(*main, *table))
        });
        if let Some((_, start, end)) = lost {
            let said = self.phrase(*start, *end);
            self.trouble.get_or_insert_with(|| format!("it is not clear how “{said}” is meant"));
        }
    }

    /// One row cannot be organic and not organic, or in Berlin and in Paris.
    pub(super) fn check_contradictions(&mut self) {
        let filters = &self.query.filters;
        let clashes = filters.iter().enumerate().any(|(place, filter)| {
            filters.iter().skip(place + 1).any(|other| match (filter, other) {
                (Filter::Truth { column, holds }, Filter::Truth { column: other, holds: also }) => {
                    column == other && holds != also
                }
                (
                    Filter::OneOf { column, values, negated: false },
                    Filter::OneOf { column: other, values: also, negated: false },
                ) => column == other && !values.iter().any(|value| also.contains(value)),
                _ => false,
            })
        });
        if clashes {
            self.trouble.get_or_insert_with(|| "no row can fulfil all of it".to_owned());
        }
    }

    pub(super) fn check_whole(&mut self) {
        self.check_contradictions();
        self.check_named_tables();
        self.check_losses();
        if self.says_new
            && !self.query.filters.iter().any(|filter| matches!(filter, Filter::Period { .. }))
            && !self.query.groups.iter().any(|group| matches!(group, Group::Period(..)))
        {
            self.trouble.get_or_insert_with(|| "it does not say since when something is new".to_owned());
        }
        if let Some((_, start, end)) =
            self.dangling.iter().find(|(column, ..)| self.query.columns.contains(column))
        {
            let said = self.phrase(*start, *end);
            self.trouble.get_or_insert_with(|| format!("it is not clear how “{said}” is meant"));
        }
        let query = &self.query;
        let asks = query.head.is_some()
            || !query.columns.is_empty()
            || !query.measures.is_empty()
            || !query.groups.is_empty()
            || query.share.is_some()
            || !query.ages.is_empty()
            || query.rank.is_some();
        if !asks {
            self.trouble.get_or_insert_with(|| "it names nothing that this database keeps".to_owned());
        }
        if self.how_much {
            self.trouble.get_or_insert_with(|| "it does not say how much of what".to_owned());
        }
        let grouped_without_measure = !query.groups.is_empty()
            && query.measures.is_empty()
            && query.rank.is_none()
            && query.having.is_empty()
            && query.share.is_none();
        if grouped_without_measure && query.head.is_none() && query.columns.is_empty() {
            self.trouble
                .get_or_insert_with(|| "it groups without saying what is counted or added up".to_owned());
        } else if grouped_without_measure {
            self.trouble.get_or_insert_with(|| "it lists and groups at once".to_owned());
        }
        if !query.having.is_empty() && query.head.is_none() && query.groups.is_empty() {
            self.trouble.get_or_insert_with(|| "it does not say what the amounts are of".to_owned());
        }
    }

    pub(super) fn settle_dates(&mut self) {
        let filled = crate::periods::fill(&mut self.query, self.setting.model);
        if filled.missing {
            self.trouble.get_or_insert_with(|| "there is no date to go by".to_owned());
        }
        if filled.vague {
            self.confidence *= 0.75;
        }
        if let Some(column) = filled.column {
            let meaning = self.setting.model.column_name(column.column);
            self.readings.push(Reading::assumed(ReadingKind::DateRange, "dates", meaning));
        }
    }
}
