//! What people call the parts of a row: its name, its full name, all about it; and alternatives with "or".

use sqlatte_core::ReadingKind;

use super::{Parser, nouns::Noun};
use crate::{
    lexicon::Target,
    model::TableId,
    query::{Comparison, Filter, Group, Head, Operand, Ref},
};

impl Parser<'_> {
    /// "full names of the students", "the name of the item" where the item has a title.
    pub(super) fn names(&mut self) -> bool {
        let start = self.at;
        let full = self.word(0) == "full" && self.norm_at(start + 1) == "name";
        if !full && self.norm_at(start) != "name" {
            return false;
        }
        let end = if full { start + 2 } else { start + 1 };
        let possessed = matches!(self.before(1), "their" | "its" | "his" | "her");
        let owner = self.owner_after(end).or_else(|| {
            let subject = self.head_table().or(self.focus);
            if possessed { subject } else { subject.filter(|_| full) }
        });
        let owner = owner.or_else(|| full.then(|| self.anchors.first().map(|(_, table)| *table)).flatten());
        let Some(owner) = owner else { return false };
        let model = self.setting.model;
        let theirs =
            matches!((self.word_at(end), self.word_at(end + 1)), ("of", "their" | "its" | "his" | "her"));
        if theirs && self.query.head.is_some() && self.head_table() != Some(owner) {
            // "employees with the name of their store"
            let Some(phrase) = self.noun_phrase(end + 2, false) else { return false };
            self.note(ReadingKind::Table, start, phrase.end, crate::figures::describe_table(model, owner));
            self.query.companions.push(Head::Table(owner));
            self.take_to(phrase.end);
            return true;
        }
        let table = &model.tables[owner];
        let named = table.columns.iter().any(|&id| {
            let column = &model.columns[id];
            column.words == ["name"] || (full && column.words == ["full", "name"])
        });
        if (named && !full) || table.labels.is_empty() {
            return false;
        }
        let longer = self.links_at(start).first().is_some_and(|link| link.length > end - start);
        if longer {
            return false;
        }
        self.note(ReadingKind::Table, start, end, crate::figures::describe_table(model, owner));
        for label in table.labels.clone() {
            self.add_column(Ref::new(label));
        }
        self.focus = self.focus.or(Some(owner));
        self.take_to(end);
        true
    }

    /// "list them", "show me those": what the question before counted.
    pub(super) fn list_them(&mut self) -> bool {
        if !self.fragment || self.at != 0 {
            return false;
        }
        let at = match self.word(0) {
            "list" | "show" | "display" | "give" | "name" => self.past(1, &["me", "us", "all", "of"]),
            "which" | "who" => 1,
            _ => return false,
        };
        let at = match (self.word_at(0), self.word_at(at), self.word_at(at + 1)) {
            ("which" | "who", "ones", _) => at + 1,
            ("which" | "who", "are", "they" | "those" | "these") => at + 2,
            ("which" | "who", ..) => return false,
            (_, "them" | "those" | "these", _) => at + 1,
            _ => return false,
        };
        let at = self.past(at, &["all", "please"]);
        if self.tokens.iter().skip(at).any(|token| token.kind != crate::token::TokenKind::Mark) {
            return false;
        }
        self.replaces.listed = true;
        self.take_to(at);
        true
    }

    /// "all information about the airports", "all details of each order".
    pub(super) fn everything(&mut self) -> bool {
        let start = self.at;
        let whole = matches!(self.word(0), "all" | "complete")
            || matches!(self.before(1), "all" | "the" | "complete");
        let at = if matches!(self.word(0), "all" | "complete") { start + 1 } else { start };
        let at = self.past(at, &["the", "available"]);
        if !whole
            || !matches!(
                self.word_at(at),
                "information" | "info" | "details" | "attributes" | "columns" | "fields"
            )
        {
            return false;
        }
        let next =
            self.past(at + 1, &["of", "about", "on", "for", "the", "all", "each", "every", "regarding"]);
        if next == at + 1 || !self.query.columns.is_empty() || self.query.head.is_some() {
            return false;
        }
        if self.links_at(at).iter().any(|link| matches!(link.target, Target::Column(_)) && link.weight > 0.6)
        {
            return false;
        }
        let next = self.past_ranking_words(next);
        let Some(Noun::Table(_)) = self.noun_phrase(next, false).map(|phrase| phrase.noun) else {
            return false;
        };
        self.query.everything = true;
        self.note(ReadingKind::Column, start, at + 1, "all columns".to_owned());
        let end =
            self.past(at + 1, &["of", "about", "on", "for", "the", "all", "each", "every", "regarding"]);
        self.take_to(end);
        true
    }

    /// "above 200 or below 100", "district 1 or 2", "whose name is Kohler or whose first name is Marina".
    pub(super) fn alternative(&mut self) -> bool {
        if self.word(0) != "or" || self.scope.is_some() || self.alternative || self.negate {
            return false;
        }
        let Some(
            Filter::Compare { .. }
            | Filter::OneOf { negated: false, .. }
            | Filter::Text { negated: false, .. }
            | Filter::Period { negated: false, .. }
            | Filter::Either(_),
        ) = self.query.filters.last()
        else {
            return false;
        };
        if let [.., Filter::OneOf { column: first, .. }, Filter::OneOf { column: last, .. }] =
            self.query.filters.as_slice()
            && first != last
            && self.column(first.column).table == self.column(last.column).table
        {
            // "Ada Lovelace or Alan Turing": each is two conditions
            return false;
        }
        // "1 or 2": the same column again
        if let (Some(number), Some(Filter::Compare { left, comparison: Comparison::Equal, .. })) =
            (self.number_at(self.at + 1), self.query.filters.last())
        {
            let left: Operand = *left;
            self.alternative = true;
            self.take(2);
            let table = self.operand_table(left);
            self.add_filter(Filter::Compare { left, comparison: Comparison::Equal, number }, table);
            return true;
        }
        self.alternative = true;
        self.doubt(0.95);
        self.take(1);
        true
    }

    /// Makes one condition of the last two.
    pub(super) fn join_alternatives(&mut self) {
        self.alternative = false;
        let (Some(second), Some(first)) = (self.query.filters.pop(), self.query.filters.pop()) else {
            return;
        };
        let either = match first {
            Filter::Either(mut filters) => {
                filters.push(second);
                filters
            }
            first => vec![first, second],
        };
        self.query.filters.push(Filter::Either(either));
    }

    /// "... and the number of accounts for each": the columns said before are what is grouped by.
    pub(super) fn each_of_them(&mut self) -> bool {
        if !matches!(self.word(0), "each") || self.query.columns.is_empty() || !self.query.groups.is_empty() {
            return false;
        }
        let ends = self.past(self.at + 1, &["of", "them", "one", "has", "have", "is", "are"]);
        if !self.tokens.get(ends).is_none_or(|token| token.kind == crate::token::TokenKind::Mark) {
            return false;
        }
        self.take_to(ends);
        let counts_head =
            self.query.measures.iter().all(|measure| self.measure_table(measure) == self.head_table());
        if self.query.head.is_none() || counts_head {
            self.query.head = None;
            for column in std::mem::take(&mut self.query.columns) {
                self.add_group(Group::Column(column), true);
            }
            self.column_after_measure = false;
        } else if let Some(head) = self.query.head {
            self.add_group(Group::Entity(head), true);
        }
        true
    }

    /// "list the major of each student": where nothing is counted, each one is listed.
    pub(super) fn settle_listed_groups(&mut self) {
        let query = &mut self.query;
        let nothing_measured = query.measures.is_empty()
            && query.rank.is_none()
            && query.having.is_empty()
            && query.share.is_none()
            && !query.counted;
        let [Group::Entity(Head::Table(table))] = query.groups.as_slice() else { return };
        let table: TableId = *table;
        let of_table =
            query.columns.iter().all(|column| self.setting.model.columns[column.column].table == table);
        let same = of_table
            && query
                .head
                .is_none_or(|head| crate::figures::head_table(self.setting.model, head) == Some(table));
        if nothing_measured && same && !query.columns.is_empty() {
            query.named &= query.head.is_some();
            query.head = Some(Head::Table(table));
            query.groups.clear();
            self.per_each.clear();
        }
    }
}
